//! Where to go after log-in: only to our own pages.

use crate::domain::Locale;
use crate::functions::address;

/// The path if it is one of ours: it begins with a language and holds nothing that a browser could
/// read as another host.
#[must_use]
pub fn local_path(path: &str) -> Option<String> {
    let first = path.strip_prefix('/')?.split(['/', '?']).next()?;
    let is_plain = path
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'<' | b'>' | b'"' | b'#'));
    let decoded = path.to_ascii_lowercase();
    let hides_something = ["//", "%2f%2f", "%5c", "%0d", "%0a", "%00"]
        .iter()
        .any(|bad| decoded.contains(bad));
    let is_ours = Locale::from_code(first).is_some() && !path.ends_with(address::LOG_OUT);
    (is_ours && is_plain && !hides_something && path.len() <= 300).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn only_own_pages_are_returned_to() {
        for good in [
            "/en/onboarding/vapi?x=1",
            "/he/settings?section=vapi&returnTo=onboarding",
            "/fr",
        ] {
            assert_eq!(local_path(good).as_deref(), Some(good));
        }
        for bad in [
            "",
            "//x",
            "///x",
            "https://x",
            "http:///x",
            "javascript:alert(1)",
            "/\\x",
            "/en\\..\\x",
            "/en//x",
            "/en/%2f%2fx",
            "/en/%0d%0aSet-Cookie:x",
            "/en/\r\nx",
            "/de/onboarding",
            "/en/logout",
            "/",
            "en/onboarding",
            "/en/ x",
        ] {
            assert_eq!(local_path(bad), None, "{bad}");
        }
    }
}
