//! E-mail addresses: what may be one, how it is written and sent, and which spellings are one account.
//!
//! The browser judges the shape only: the tables of Unicode and IDNA would cost more bytes than all islands.

use super::Code;

/// The longest address, in bytes of its ASCII form (RFC 5321, 4.5.3.1.3, less the angle brackets).
const MAX: usize = 254;
/// The longest part before the `@`, in bytes (RFC 5321, 4.5.3.1.1).
const LOCAL_MAX: usize = 64;
/// The dots between labels (UTS 46, 2.3).
const DOTS: [char; 4] = ['.', '。', '．', '｡'];

/// Reads an address as it is kept and shown.
///
/// # Errors
/// [`Code::Invisible`] where a character is in it that nobody sees, [`Code::TooLong`], [`Code::Malformed`].
pub fn parse(typed: &str) -> Result<String, Code> {
    let (local, domain) = parts(typed)?;
    written(local, domain)
}

/// The two parts of an address. White space and direction marks around it come along with copied text.
fn parts(typed: &str) -> Result<(&str, &str), Code> {
    let text = typed.trim_matches(|c: char| c.is_whitespace() || is_mark(c));
    if text.chars().count() > MAX {
        return Err(Code::TooLong);
    }
    let (local, domain) = text.rsplit_once('@').ok_or(Code::Malformed)?;
    // IDNA itself judges the two joiners, which Persian and Indic names need.
    let is_joiner = |c| matches!(c, '\u{200c}' | '\u{200d}');
    if local.contains(is_invisible) || domain.contains(|c| is_invisible(c) && !is_joiner(c)) {
        return Err(Code::Invisible);
    }
    let forbidden = |c: char| c.is_whitespace() || c.is_control() || "@,;:<>()[]\"\\".contains(c);
    let is_local = !local.is_empty()
        && local.len() <= LOCAL_MAX
        && !local.contains(forbidden)
        && !local.split('.').any(str::is_empty);
    let is_domain = !domain.contains(forbidden) && domain.contains(DOTS);
    if is_local && is_domain {
        Ok((local, domain))
    } else {
        Err(Code::Malformed)
    }
}

/// Direction marks and characters without width that programs put around copied text.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Characters that leave no ink: Unicode's `Default_Ignorable_Code_Point` (16.0), interlinear marks, and the
/// blank Braille pattern.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(not(feature = "ssr"))]
fn written(local: &str, domain: &str) -> Result<String, Code> {
    let is_label =
        |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
    if domain.split(DOTS).all(is_label) {
        Ok(format!("{local}@{domain}"))
    } else {
        Err(Code::Malformed)
    }
}

#[cfg(feature = "ssr")]
pub use unicode::{canonical, envelope, written};

#[cfg(feature = "ssr")]
mod unicode {
    use icu_normalizer::ComposingNormalizerBorrowed;

    use super::{MAX, parts};
    use crate::domain::Code;

    const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();

    /// The address with its host in Unicode, as people read it.
    ///
    /// # Errors
    /// When the host is none, or the whole is too long.
    pub fn written(local: &str, domain: &str) -> Result<String, Code> {
        let ascii = host(domain)?;
        if local.len() + 1 + ascii.len() > MAX {
            return Err(Code::TooLong);
        }
        let (shown, _) = idna::domain_to_unicode(&ascii);
        Ok(format!("{}@{shown}", NFC.normalize(local)))
    }

    /// The host in ASCII, as IDNA 2008 has it (crate `idna`: UTS 46, without transitional processing).
    fn host(domain: &str) -> Result<String, Code> {
        let ascii = idna::domain_to_ascii_strict(domain).map_err(|_| Code::Malformed)?;
        let top = ascii.rsplit('.').next().unwrap_or_default();
        let is_number = top.bytes().all(|b| b.is_ascii_digit());
        if ascii.contains('.') && !is_number {
            Ok(ascii)
        } else {
            Err(Code::Malformed)
        }
    }

    /// The one form in which spellings of the same address are compared, byte for byte; `None` for what is no
    /// address.
    ///
    /// The host in ASCII; the local part composed (NFC) and in lower case by Unicode's simple mapping, so that a
    /// letter becomes one letter or stays: `İ` is never `i`.
    #[must_use]
    pub fn canonical(typed: &str) -> Option<String> {
        let (local, domain) = parts(typed).ok()?;
        let lower = |c: char| {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(one), None) => one,
                _ => c,
            }
        };
        let local: String = NFC.normalize(local).chars().map(lower).collect();
        Some(format!("{}@{}", NFC.normalize(&local), host(domain).ok()?))
    }

    /// The address as it is sent: the local part as it was typed, the host in ASCII.
    #[must_use]
    pub fn envelope(address: &str) -> Option<String> {
        let (local, domain) = parts(address).ok()?;
        Some(format!("{local}@{}", host(domain).ok()?))
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_are_one() {
        // (one, another); the hosts as crate `idna` 1.1 and Chromium write them.
        for (one, another) in [
            ("mike@example.com", " Mike@EXAMPLE.com\u{200f}"),
            ("MIKE@example.com", "mi\u{212a}e@example.com"),
            ("rene\u{301}@example.com", "RENÉ@example.com"),
            ("info@münchen.example", "info@xn--mnchen-3ya.example"),
            ("info@mu\u{308}nchen.example", "info@MÜNCHEN.example"),
            ("info@faß.example", "info@xn--fa-hia.example"),
            ("שלום@דוגמה.example", "שלום@xn--6dbbec0c.example"),
            ("a@example。com", "a@example.com"),
        ] {
            assert_eq!(canonical(one), canonical(another), "{one} {another}");
            assert!(canonical(one).is_some(), "{one}");
        }
    }

    #[test]
    fn different_addresses_stay_different() {
        for (one, another) in [
            ("mike@example.com", "m\u{130}ke@example.com"),
            ("mike@example.com", "m\u{131}ke@example.com"),
            ("mike@example.com", "mіke@example.com"),
            ("mike@example.com", "ｍike@example.com"),
            ("strasse@example.com", "straße@example.com"),
            ("info@fass.example", "info@faß.example"),
            ("m.ike@example.com", "mike@example.com"),
            ("mike+ava@example.com", "mike@example.com"),
        ] {
            assert_ne!(canonical(one), canonical(another), "{one} {another}");
            assert!(
                canonical(one).is_some() && canonical(another).is_some(),
                "{one} {another}"
            );
        }
    }

    #[test]
    fn the_canonical_form_is_its_own() {
        for address in [
            "M\u{130}ke@example.com",
            "Ǆ@ÉCOLE.example",
            "\u{3a3}\u{3a3}@x.example",
            "e\u{301}@a.io",
        ] {
            let once = canonical(address).expect("an address");
            assert_eq!(canonical(&once).as_ref(), Some(&once), "{address}");
            let written = parse(address).expect("an address");
            assert_eq!(canonical(&written).as_ref(), Some(&once), "{address}");
        }
    }

    #[test]
    fn an_address_is_shown_in_unicode_and_sent_in_ascii() {
        let written = parse(" Info@xn--mnchen-3ya.EXAMPLE ").expect("an address");
        assert_eq!(written, "Info@münchen.example");
        assert_eq!(
            envelope(&written).as_deref(),
            Some("Info@xn--mnchen-3ya.example")
        );
    }

    #[test]
    fn what_nobody_sees_is_named() {
        for c in "\u{ad}\u{34f}\u{61c}\u{115f}\u{17b4}\u{180e}\u{200b}\u{2060}\u{2800}\u{3164}\u{fe0f}\u{feff}\u{ffa0}\u{e0041}".chars() {
            for address in [format!("mi{c}ke@example.com"), format!("mike@exam{c}ple.com")] {
                assert_eq!(parse(&address), Err(Code::Invisible), "{c:?}");
                assert_eq!(canonical(&address), None, "{c:?}");
            }
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "mike",
            "mike@",
            "@example.com",
            "mike@localhost",
            "mi ke@example.com",
            "mike@exa mple.com",
            "mike@example..com",
            "mike@-example.com",
            "mike@example.com.",
            "mike@[10.0.0.1]",
            "mike@10.0.0.1",
            ".mike@example.com",
            "mi..ke@example.com",
            "mike@example.com,dana@example.com",
            "Mike <mike@example.com>",
            "mike@exa_mple.com",
            "mike@xn--a.example",
            "mike@a\u{200c}b.example",
        ] {
            assert_eq!(parse(text), Err(Code::Malformed), "{text}");
        }
        let long = format!("{}@example.com", "a".repeat(65));
        assert_eq!(parse(&long), Err(Code::Malformed));
        let long = format!("mike@{}example.com", "abcdefgh.".repeat(28));
        assert_eq!(parse(&long), Err(Code::TooLong));
    }
}
