//! One document lists the rule of every field; it is written from the fields themselves.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use ava::domain::account::EMAIL;
use ava::domain::call::CUSTOMER_NUMBER;
use ava::domain::token::{TOKEN_DAYS, TOKEN_NAME};
use ava::domain::{Field, Rule, Step};

fn row(text: &mut String, field: &Field) {
    let rule = match field.rule {
        Rule::Line { min, max } => format!("one line, {min} to {max}"),
        Rule::Text { min, max } => format!("text, {min} to {max}"),
        Rule::Email => "e-mail address, at most 254".to_owned(),
        Rule::Phone => "phone number with country code, kept as E.164".to_owned(),
        Rule::Hours => "weekly opening hours, kept as `Mon-Fri 09:00-18:00`".to_owned(),
        Rule::TimeZone => "IANA time zone".to_owned(),
        Rule::Choice(list) if list.len() > 6 => format!("one of {} choices", list.len()),
        Rule::Choice(list) => format!("one of {}", list.join(", ")),
        Rule::Choices(list) => format!("any of {}", list.join(", ")),
        Rule::Flag => "ticked or not".to_owned(),
        Rule::Whole { min, max } => format!("whole number, {min} to {max}"),
        Rule::AccountSid => "`AC` and 32 hexadecimal digits".to_owned(),
        Rule::Secret { max } => format!("secret, at most {max}"),
    };
    let needed = if field.required { "yes" } else { "" };
    let _ = writeln!(text, "| `{}` | {rule} | {needed} |", field.form_name());
}

fn document() -> String {
    let mut text = String::from(
        "# Fields\n\nEvery field with its rule, as server and browser apply it. Lengths are in\n\
         characters. Written by `UPDATE_DOCS=1 cargo test --features ssr fields`.\n",
    );
    for step in Step::asking() {
        let _ = write!(
            text,
            "\n## {}. `{}`\n\n| Field | Rule | Needed |\n|---|---|---|\n",
            step.number(),
            step.id()
        );
        step.fields().iter().for_each(|field| row(&mut text, field));
    }
    text.push_str("\n## Beside the steps\n\n| Field | Rule | Needed |\n|---|---|---|\n");
    for field in [EMAIL, CUSTOMER_NUMBER, TOKEN_NAME, TOKEN_DAYS] {
        row(&mut text, &field);
    }
    text.push_str("\nBetween fields: the plan `free` has at most 2 `seats`; the `voice` speaks one of the `languages`.\n");
    text
}

#[test]
fn the_document_of_fields_is_true() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/FIELDS.md");
    let document = document();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &document).expect("written");
    }
    assert_eq!(fs::read_to_string(&path).expect("docs/FIELDS.md"), document);
}
