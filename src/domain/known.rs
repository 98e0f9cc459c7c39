//! Everything known of one customer at one moment.

use std::collections::BTreeMap;

use super::field::Code;
use super::progress::Blocker;
use super::step::Step;
use super::typed::{Answers, Draft};

/// What is known of stored vendor credentials; never a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credential {
    /// What may be shown of it; `None` when there is none.
    pub preview: Option<String>,
    /// It is the operator's.
    pub is_shared: bool,
    /// The vendor has accepted it.
    pub is_checked: bool,
    /// Why the vendor has refused it since.
    pub problem: Option<Code>,
}

impl Credential {
    #[must_use]
    pub const fn is_stored(&self) -> bool {
        self.preview.is_some()
    }
}

/// What was typed into a step and is not, or not yet, an answer; and who saved it last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub fields: Draft,
    /// Counts the saves of the step; a save that knows an older one may conflict.
    pub version: i64,
    /// The rendered form that saved last.
    pub editor: u128,
    /// The last save's place in that form's own order.
    pub sequence: i64,
    /// Continue was pressed.
    pub is_submitted: bool,
    /// The step was done, and counted.
    pub is_completed: bool,
}

/// Everything known of one customer.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub email: String,
    /// What was understood last of every field.
    pub answers: Answers,
    pub kept: BTreeMap<Step, Kept>,
    pub skipped: Vec<Step>,
    pub vapi: Credential,
    pub twilio: Credential,
    /// The assistant exists at Vapi.
    pub has_assistant: bool,
    /// Why Vapi could not be told of the assistant as it now is.
    pub assistant_problem: Option<Blocker>,
    /// What Twilio said of the number that is now the answer.
    pub number_problem: Option<Code>,
    /// The host that takes that number's calls now.
    pub number_used_by: Option<String>,
    /// The number that is linked to the assistant.
    pub linked_number: Option<String>,
    /// What was missing when the vendors were last asked.
    pub live: Option<Vec<Blocker>>,
    pub is_completed: bool,
}

impl Known {
    #[must_use]
    pub fn is_skipped(&self, step: Step) -> bool {
        self.skipped.contains(&step)
    }

    /// Takes over whether a step is skipped; true when that is new.
    pub fn skip(&mut self, step: Step, skipped: bool) -> bool {
        let is_new = self.is_skipped(step) != skipped;
        if is_new && skipped {
            self.skipped.push(step);
        } else if is_new {
            self.skipped.retain(|other| *other != step);
        }
        is_new
    }

    #[must_use]
    pub fn is_submitted(&self, step: Step) -> bool {
        self.kept.get(&step).is_some_and(|kept| kept.is_submitted)
    }

    /// Counts the saves of a step; 0 before the first.
    #[must_use]
    pub fn version(&self, step: Step) -> i64 {
        self.kept.get(&step).map_or(0, |kept| kept.version)
    }
}
