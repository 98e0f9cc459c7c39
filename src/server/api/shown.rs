//! How values look in answers.

use axum::http::HeaderMap;
use axum::http::header::IF_MATCH;
use serde_json::Value;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::domain::{Answers, Step};

/// A time as RFC 3339 has it, to the second.
pub fn time(time: OffsetDateTime) -> String {
    let whole = time.replace_nanosecond(0).unwrap_or(time);
    whole.format(&Rfc3339).unwrap_or_default()
}

/// The answers of some steps, every field by its name.
pub fn answers(steps: &[Step], answers: &Answers) -> Value {
    steps
        .iter()
        .flat_map(|step| step.fields())
        .map(|field| {
            let value = answers.get(field.name).map(serde_json::to_value);
            let value = value.and_then(Result::ok).unwrap_or_default();
            (field.name.to_owned(), value)
        })
        .collect()
}

/// The version of what is shown.
pub fn etag(shown: &Value) -> String {
    let digest = Sha256::digest(shown.to_string());
    let tag = u128::from_be_bytes(digest[..16].try_into().unwrap_or_default());
    format!("\"{tag:032x}\"")
}

/// Whether `If-Match` allows to change what has this version; without one it does. A weak tag never
/// matches (RFC 9110, section 13.1.1).
pub fn matches(headers: &HeaderMap, etag: &str) -> bool {
    let mut named = headers.get_all(IF_MATCH).iter().peekable();
    named.peek().is_none()
        || named
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .any(|tag| tag == "*" || tag == etag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_version_is_matched_whole_and_strong() {
        let tag = etag(&json!({"a": 1}));
        let allows = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(IF_MATCH, value.parse().expect("a header"));
            matches(&headers, &tag)
        };
        assert!(matches(&HeaderMap::new(), &tag));
        assert!(allows(&tag) && allows("*") && allows(&format!("\"old\", {tag}")));
        assert!(!allows(&format!("W/{tag}")) && !allows("\"old\"") && !allows(""));
        assert_ne!(tag, etag(&json!({"a": 2})));
    }
}
