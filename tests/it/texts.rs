//! The three languages, as texts.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ava::domain::account::{EMAIL, PASSWORD, PASSWORD_MAX};
use ava::domain::call::CUSTOMER_NUMBER;
use ava::domain::progress::Blocker;
use ava::domain::token::{TOKEN_DAYS, TOKEN_NAME};
use ava::domain::{Code, Field, Locale, Rule, Step};
use ava::texts;
use serde_json::Value;

fn files(locale: &str) -> BTreeMap<String, String> {
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
    "account_sid.label",
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
    "choices.pro",
    "auth_token.label",
];

#[test]
fn nothing_was_left_in_english() {
    let english = files("en");
    for locale in ["fr", "he"] {
        for (key, text) in files(locale) {
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
    for (key, text) in files("fr") {
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
    for (key, text) in files("en") {
        let text = text.to_lowercase();
        for word in ["invalid", "please", "oops", "forbidden", "required field"] {
            assert!(!text.contains(word), "{key}: {text}");
        }
    }
}

#[test]
fn hebrew_texts_are_hebrew() {
    for (key, text) in files("he") {
        let is_name = SAME_IN_ALL.iter().any(|end| key.ends_with(end));
        let has_hebrew = text.chars().any(|c| ('\u{5d0}'..='\u{5ea}').contains(&c));
        assert!(is_name || has_hebrew, "{key}: {text}");
    }
}

/// Every field that has words: those of the steps, and those of the other forms.
fn fields() -> Vec<Field> {
    let password = |name| Field::required(name, Rule::Secret { max: PASSWORD_MAX });
    let others = [
        EMAIL,
        password(PASSWORD),
        password("current_password"),
        password("delete_password"),
        TOKEN_NAME,
        TOKEN_DAYS,
        CUSTOMER_NUMBER,
    ];
    let steps = Step::ALL.into_iter().flat_map(Step::fields).copied();
    steps.chain(others).collect()
}

/// What a form can find wrong with a field.
fn codes(field: &Field) -> Vec<Code> {
    let mut codes = match field.rule {
        Rule::Line { .. } | Rule::Secret { .. } => {
            vec![Code::TooShort, Code::TooLong, Code::Malformed]
        }
        Rule::Text { .. } => vec![Code::TooShort, Code::TooLong],
        Rule::Email => vec![Code::TooLong, Code::Malformed],
        Rule::Phone | Rule::Hours | Rule::AccountSid => vec![Code::Malformed],
        Rule::TimeZone | Rule::Choice(_) | Rule::Choices(_) | Rule::Flag => vec![Code::NotInList],
        Rule::Whole { .. } => vec![Code::Malformed, Code::OutOfRange],
    };
    if field.required {
        codes.push(Code::Required);
    }
    codes
}

#[test]
fn every_field_has_words_for_itself_its_choices_and_its_problems() {
    for (l, field) in Locale::ALL
        .into_iter()
        .flat_map(|l| fields().into_iter().map(move |field| (l, field)))
    {
        let name = field.name;
        let label = texts::label(l, name);
        assert_ne!(label, name, "{l:?}: the label");
        for code in codes(&field) {
            let words = texts::problem(l, field.problem(code));
            assert_ne!(words, label, "{l:?}: {code:?} of {name}");
        }
        let values = match field.rule {
            Rule::Choice(list) | Rule::Choices(list) => list,
            Rule::Flag => &["true"],
            _ => &[],
        };
        for value in values {
            let words = texts::choice(l, name, value);
            assert_ne!(words, *value, "{l:?}: {name}");
        }
    }
}

#[test]
fn every_step_and_every_blocker_has_words() {
    for l in Locale::ALL {
        for step in Step::ALL {
            let (title, lead) = texts::step_title(l, step);
            for words in [texts::step_name(l, step), title, lead] {
                assert_ne!(words, step.id(), "{l:?}");
            }
        }
        for blocker in Blocker::ALL {
            let (text, link) = texts::blocker(l, blocker);
            assert!(text != blocker.id() && link != blocker.id(), "{l:?} {text}");
        }
    }
}
