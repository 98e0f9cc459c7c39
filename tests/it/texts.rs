//! The three languages, as texts.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

fn texts(locale: &str) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("locales")
        .join(locale);
    for file in fs::read_dir(folder).expect("a folder") {
        let path = file.expect("a file").path();
        let json: Value =
            serde_json::from_str(&fs::read_to_string(&path).expect("text")).expect("JSON");
        let name = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        collect(&json, &name, &mut texts);
    }
    texts
}

fn collect(json: &Value, key: &str, texts: &mut BTreeMap<String, String>) {
    match json {
        Value::Object(entries) => entries
            .iter()
            .for_each(|(name, value)| collect(value, &format!("{key}.{name}"), texts)),
        Value::String(text) => {
            texts.insert(key.to_owned(), text.clone());
        }
        other => panic!("{key}: {other}"),
    }
}

/// Names that are the same in every language, by the end of their key.
const SAME_IN_ALL: &[&str] = &[
    "account_sid",
    "outlook",
    "slack",
    "notion",
    "gmail",
    "hubspot",
    "zapier",
    "webhook",
    "salesforce",
    "settings.vapi",
    "settings.twilio",
    "settings.api",
    "terms_page.version",
    "common.product",
    "plans.pro",
    "auth_token",
];

#[test]
fn nothing_was_left_in_english() {
    let english = texts("en");
    for locale in ["fr", "he"] {
        for (key, text) in texts(locale) {
            let is_name = SAME_IN_ALL.iter().any(|end| key.ends_with(end));
            assert!(
                is_name || english.get(&key) != Some(&text),
                "{locale} {key} is the English text"
            );
        }
    }
}

#[test]
fn french_has_its_spaces_quotes_and_apostrophes() {
    for (key, text) in texts("fr") {
        let chars: Vec<char> = text.chars().collect();
        for pair in chars.windows(2) {
            match pair[1] {
                ';' | '!' | '?' => {
                    assert!(matches!(pair[0], '\u{202f}' | '\u{a0}'), "{key}: {text}");
                }
                ':' => assert!(
                    matches!(pair[0], '\u{a0}' | '\u{202f}') || pair[0].is_ascii_digit(),
                    "{key}: {text}"
                ),
                _ => {}
            }
        }
        assert!(!text.contains('\'') && !text.contains('"'), "{key}: {text}");
    }
}

#[test]
fn messages_say_what_to_do() {
    for (key, text) in texts("en") {
        let text = text.to_lowercase();
        for word in ["invalid", "please", "oops", "forbidden", "required field"] {
            assert!(!text.contains(word), "{key}: {text}");
        }
    }
}

#[test]
fn hebrew_texts_are_hebrew() {
    for (key, text) in texts("he") {
        let is_name = SAME_IN_ALL.iter().any(|end| key.ends_with(end));
        let has_hebrew = text.chars().any(|c| ('\u{5d0}'..='\u{5ea}').contains(&c));
        assert!(is_name || has_hebrew, "{key}: {text}");
    }
}
