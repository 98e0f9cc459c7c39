//! What each step asks, and how it is judged: the one table that names them all.

use serde::Deserialize;
use serde::de::{Deserializer, Error};

use super::field::{Code, Field, Problem};
use super::known::Known;
use super::step::Step;
use super::typed::{Answers, Draft};
use super::{
    account, assistant, ava, call, integrations, plan, profile, telephony, token, twilio, vapi,
};

impl Step {
    #[must_use]
    pub const fn fields(self) -> &'static [Field] {
        match self {
            Self::Profile => profile::FIELDS,
            Self::Vapi => vapi::FIELDS,
            Self::Ava => ava::FIELDS,
            Self::Twilio => twilio::FIELDS,
            Self::Telephony => telephony::FIELDS,
            Self::Integrations => integrations::FIELDS,
            Self::Assistant => assistant::FIELDS,
            Self::Plan => plan::FIELDS,
            Self::Done => &[profile::ACCEPT_TERMS],
        }
    }

    #[must_use]
    pub fn field(self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.name == name)
    }

    /// Everything that keeps the step from being done, in the order of its fields: each field by
    /// its own rule, then the rules between fields.
    ///
    /// Secrets are not judged here: what was stored of them never comes back as typed text.
    #[must_use]
    pub fn problems(self, typed: &Draft) -> Vec<Problem> {
        let mut problems: Vec<Problem> = self
            .fields()
            .iter()
            .filter(|field| !field.is_secret())
            .filter_map(|field| field.check(typed.values(field.name)))
            .collect();
        if problems.is_empty() {
            problems.extend(match self {
                Self::Plan => plan::conflict(typed),
                _ => None,
            });
        }
        problems
    }

    /// Judges what was typed by what else is known of the customer: adds what is wrong beyond the rules
    /// of the fields, and takes away what is not.
    pub fn judge(self, known: &Known, typed: &Draft, problems: &mut Vec<Problem>) {
        match self {
            Self::Vapi => vapi::judge(known, problems),
            Self::Twilio => twilio::judge(known, typed, problems),
            Self::Telephony => telephony::judge(known, problems),
            Self::Assistant => assistant::judge(known, typed, problems),
            // The terms are asked for here, but missing where they are asked first.
            Self::Done => problems.clear(),
            _ => {}
        }
    }

    /// Whether what the step needs beside good answers is there.
    #[must_use]
    pub fn is_settled(self, known: &Known) -> bool {
        match self {
            Self::Vapi => known.vapi.is_checked,
            Self::Twilio => known.twilio.is_checked,
            Self::Assistant => known.has_assistant && known.assistant_problem.is_none(),
            Self::Done => known.is_completed,
            // What is right from the beginning is done only by an answer.
            _ => known.is_submitted(self) || self.fields().iter().any(Field::begins_missing),
        }
    }

    /// Whether nothing has to be done before.
    #[must_use]
    pub const fn can_start(self, known: &Known) -> bool {
        match self {
            Self::Assistant => known.vapi.is_stored(),
            _ => true,
        }
    }

    /// The answers that a save makes of what was typed; the rest waits in the draft.
    #[must_use]
    pub fn answers(self, known: &Known, typed: &Draft, is_autosave: bool) -> Answers {
        match self {
            Self::Twilio => twilio::answers(known, typed),
            Self::Assistant => assistant::answers(known, typed, is_autosave),
            _ => Answers::understood(self.fields(), typed),
        }
    }
}

/// The fields that can have a problem beside those of the steps.
const OTHER_FIELDS: [&str; 7] = [
    account::EMAIL.name,
    account::PASSWORD,
    account::CURRENT_PASSWORD,
    account::DELETE_PASSWORD,
    token::TOKEN_NAME.name,
    token::TOKEN_DAYS.name,
    call::CUSTOMER_NUMBER.name,
];

impl<'de> Deserialize<'de> for Problem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Sent {
            field: String,
            code: Code,
        }
        let Sent { field, code } = Sent::deserialize(deserializer)?;
        Step::asking()
            .flat_map(Step::fields)
            .map(|field| field.name)
            .chain(OTHER_FIELDS)
            .find(|name| *name == field)
            .map(|field| Self { field, code })
            .ok_or_else(|| D::Error::custom("no such field"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn field_names_are_unique() {
        let mut names: Vec<_> = Step::asking()
            .flat_map(Step::fields)
            .map(|field| field.name)
            .chain(OTHER_FIELDS)
            .collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
