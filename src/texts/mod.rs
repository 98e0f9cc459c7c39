//! The texts, in the language of whoever reads them. Server build: an island finds its few words in the page.
//!
//! A text that one place needs is written there by its key, with [`t!`]. The words of what the domain has by
//! name (steps, fields, choices, problems, blockers) are looked up by that name in the table that `build.rs` makes of
//! the same files, so that a new step brings its words in its own block.

pub mod mail;

use crate::domain::progress::{Blocker, Status};
use crate::domain::{Locale, Problem, Rule, Step, assistant, hours};

include!(concat!(env!("OUT_DIR"), "/i18n/mod.rs"));
// `WORDS`: each text without variables by its path, in the order of `Locale::ALL`.
include!(concat!(env!("OUT_DIR"), "/words.rs"));

/// The texts' own name of a language.
#[must_use]
pub const fn of(locale: Locale) -> i18n::Locale {
    match locale {
        Locale::En => i18n::Locale::en,
        Locale::Fr => i18n::Locale::fr,
        Locale::He => i18n::Locale::he,
    }
}

/// A text by its key: `t!(locale, common.log_in)`, with variables where it has some.
macro_rules! t {
    ($locale:expr, $($key:ident).+ $(, $($rest:tt)*)?) => {
        leptos_i18n::td_string!($crate::texts::of($locale), $($key).+ $(, $($rest)*)?).to_string()
    };
}
pub(crate) use t;

/// The text at a path of the files.
fn word(l: Locale, path: &[&str]) -> Option<&'static str> {
    let index = WORDS
        .binary_search_by(|(known, _)| (*known).cmp(path))
        .ok()?;
    Some(WORDS[index].1[l as usize])
}

/// The short name of a step, in lists.
#[must_use]
pub fn step_name(l: Locale, step: Step) -> String {
    of_step(l, step, "name").to_owned()
}

/// The heading of a step and the sentence below it.
#[must_use]
pub fn step_title(l: Locale, step: Step) -> (String, String) {
    (
        of_step(l, step, "title").to_owned(),
        of_step(l, step, "lead").to_owned(),
    )
}

fn of_step(l: Locale, step: Step, text: &str) -> &'static str {
    word(l, &["onboarding", step.id(), text]).unwrap_or(step.id())
}

#[must_use]
pub fn status(l: Locale, status: Status) -> String {
    match status {
        Status::NotStarted => t!(l, onboarding.status.not_started),
        Status::InProgress => t!(l, onboarding.status.in_progress),
        Status::Done => t!(l, onboarding.status.done),
        Status::Skipped => t!(l, onboarding.status.skipped),
        Status::NeedsAttention => t!(l, onboarding.status.needs_attention),
        Status::CannotStart => t!(l, onboarding.status.cannot_start),
    }
}

/// What is missing, and the words of the link to where it can be added.
#[must_use]
pub fn blocker(l: Locale, blocker: Blocker) -> (String, String) {
    let words = |text| {
        let path = ["onboarding", "blockers", blocker.id(), text];
        word(l, &path).unwrap_or(blocker.id()).to_owned()
    };
    (words("text"), words("link"))
}

/// The words of a field's label.
#[must_use]
pub fn label(l: Locale, field: &str) -> String {
    field_label(l, field).unwrap_or(field).to_owned()
}

/// As [`label`], for what may be no field that is shown.
#[must_use]
pub fn field_label(l: Locale, field: &str) -> Option<&'static str> {
    word(l, &["fields", field, "label"])
}

/// The sentence below a field's label, where it has one.
#[must_use]
pub fn hint(l: Locale, field: &str) -> Option<&'static str> {
    word(l, &["fields", field, "hint"])
}

/// The words of having chosen nothing yet, where a field offers that.
#[must_use]
pub fn none(l: Locale, field: &str) -> Option<&'static str> {
    word(l, &["fields", field, "none"])
}

/// The words of one value of a field: those of its choice, else the value as its rule writes it.
#[must_use]
pub fn choice(l: Locale, field: &str, value: &str) -> String {
    if let Some(words) = word(l, &["fields", field, "choices", value]) {
        return words.to_owned();
    }
    let rule = Step::asking()
        .find_map(|step| step.field(field))
        .map(|field| field.rule);
    match rule {
        Some(Rule::Hours) => hours::localized(value, l),
        Some(Rule::Choice(Locale::CODES) | Rule::Choices(Locale::CODES)) => {
            Locale::from_code(value)
                .map_or(value, |spoken| spoken.own_name())
                .to_owned()
        }
        Some(Rule::Choice(assistant::VOICES)) => assistant::voice_name(value).to_owned(),
        Some(Rule::Flag) if value == "true" => t!(l, onboarding.done.yes),
        _ => value.to_owned(),
    }
}

/// The sentence below one choice of a field, where it has one.
#[must_use]
pub fn choice_hint(l: Locale, field: &str, value: &str) -> Option<&'static str> {
    word(l, &["fields", field, "choice_hints", value])
}

/// What a problem asks the customer to do: in the words for its code, else in those that serve the field
/// whatever is wrong with it.
#[must_use]
pub fn problem(l: Locale, problem: Problem) -> String {
    word(l, &["fields", problem.field, "problems", problem.code.id()])
        .or_else(|| word(l, &["fields", problem.field, "problem"]))
        .map_or_else(|| label(l, problem.field), str::to_owned)
}

/// Where a call stands, in words; how it ended where that is known.
#[must_use]
pub fn call_status(l: Locale, status: &str, ended_reason: Option<&str>) -> String {
    match (status, ended_reason.unwrap_or_default()) {
        ("placing", _) => t!(l, studio.status.placing),
        ("scheduled" | "queued", _) => t!(l, studio.status.queued),
        ("ringing", _) => t!(l, studio.status.ringing),
        ("in-progress" | "forwarding", _) => t!(l, studio.status.in_progress),
        ("not-placed", _) => t!(l, studio.status.not_placed),
        ("unknown", _) => t!(l, studio.status.unknown),
        (_, "customer-busy") => t!(l, studio.status.busy),
        (_, "customer-did-not-answer") => t!(l, studio.status.no_answer),
        (_, "voicemail") => t!(l, studio.status.voicemail),
        (_, reason) if reason.starts_with("call.start.error") || reason.starts_with("twilio-") => {
            t!(l, studio.status.failed)
        }
        _ => t!(l, studio.status.ended),
    }
}
