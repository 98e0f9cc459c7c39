//! The number that Ava answers, and when the business is open.

use super::field::{Field, Problem, Rule};
use super::known::Known;
use super::locale::Locale;

pub const NUMBER: Field = Field::required("number", Rule::Phone);
pub const BUSINESS_HOURS: Field = Field::required("business_hours", Rule::Hours);
pub const FALLBACK_EMAIL: Field = Field::optional("fallback_email", Rule::Email);

pub const FIELDS: &[Field] = &[NUMBER, BUSINESS_HOURS, FALLBACK_EMAIL];

/// The hours proposed to a customer who has set none: the usual business days of the language.
#[must_use]
pub const fn usual_hours(locale: Locale) -> &'static str {
    match locale {
        Locale::En | Locale::Fr => "Mon-Fri 09:00-18:00",
        Locale::He => "Sun-Thu 09:00-18:00",
    }
}

/// What Twilio said of the number counts once nothing else is wrong.
pub fn judge(known: &Known, problems: &mut Vec<Problem>) {
    if problems.is_empty() {
        problems.extend(known.number_problem.map(|code| NUMBER.problem(code)));
    }
}
