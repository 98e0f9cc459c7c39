//! How far a customer is: the status of each step, computed from facts and nothing else.

use serde::{Deserialize, Serialize};

use super::field::Problem;
use super::step::Step;

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    NotStarted,
    InProgress,
    Done,
    Skipped,
    NeedsAttention,
    CannotStart,
}

/// What is known of one step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepFacts {
    /// What keeps it from being done.
    pub problems: Vec<Problem>,
    /// Something was saved here.
    pub touched: bool,
    /// The customer has pressed Continue here.
    pub submitted: bool,
    /// The customer has chosen to skip it.
    pub skipped: bool,
}

/// What is known of one customer's onboarding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// In the order of [`Step::ALL`].
    pub steps: [StepFacts; 9],
    pub has_vapi_key: bool,
    pub has_twilio_credentials: bool,
    /// The assistant exists at Vapi.
    pub assistant_created: bool,
    /// The number is linked to the assistant.
    pub number_linked: bool,
    pub terms_accepted: bool,
    pub completed: bool,
}

/// Something that Ava needs before she can answer calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blocker {
    Terms,
    VapiKey,
    Assistant,
    TwilioCredentials,
    Number,
    NumberNotLinked,
}

impl Blocker {
    /// The step where it can be removed.
    #[must_use]
    pub const fn step(self) -> Step {
        match self {
            Self::Terms => Step::Profile,
            Self::VapiKey => Step::Vapi,
            Self::Assistant => Step::Assistant,
            Self::TwilioCredentials => Step::Twilio,
            Self::Number | Self::NumberNotLinked => Step::Telephony,
        }
    }
}

impl Facts {
    #[must_use]
    pub fn step(&self, step: Step) -> &StepFacts {
        &self.steps[step as usize]
    }

    /// Whether the step's own checks pass now.
    fn is_done(&self, step: Step) -> bool {
        let facts = self.step(step);
        match step {
            Step::Vapi => self.has_vapi_key,
            Step::Twilio => self.has_twilio_credentials && facts.problems.is_empty(),
            Step::Assistant => self.assistant_created && facts.problems.is_empty(),
            // Its defaults are valid, so only an answer makes it done.
            Step::Plan => facts.submitted && facts.problems.is_empty(),
            Step::Done => self.completed,
            _ => facts.problems.is_empty(),
        }
    }

    #[must_use]
    pub fn status(&self, step: Step) -> Status {
        let facts = self.step(step);
        if self.is_done(step) {
            Status::Done
        } else if facts.skipped {
            Status::Skipped
        } else if step == Step::Assistant && !self.has_vapi_key {
            Status::CannotStart
        } else if facts.submitted && (!facts.problems.is_empty() || step == Step::Vapi) {
            Status::NeedsAttention
        } else if facts.touched {
            Status::InProgress
        } else {
            Status::NotStarted
        }
    }

    /// The first step that is neither done nor skipped; the review when there is none.
    #[must_use]
    pub fn first_open(&self) -> Step {
        Step::asking()
            .find(|step| !matches!(self.status(*step), Status::Done | Status::Skipped))
            .unwrap_or(Step::Done)
    }

    /// What is still missing for Ava to answer calls, in the order of the steps.
    #[must_use]
    pub fn blockers(&self) -> Vec<Blocker> {
        let number_valid = self.is_done(Step::Telephony);
        [
            (!self.terms_accepted, Blocker::Terms),
            (!self.has_vapi_key, Blocker::VapiKey),
            (!self.has_twilio_credentials, Blocker::TwilioCredentials),
            (!number_valid, Blocker::Number),
            (!self.assistant_created, Blocker::Assistant),
            (
                number_valid && self.assistant_created && !self.number_linked,
                Blocker::NumberNotLinked,
            ),
        ]
        .into_iter()
        .filter_map(|(missing, blocker)| missing.then_some(blocker))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::field::Code;
    use crate::domain::{ava, profile};

    /// A customer who has just signed up: every step that asks something lacks something.
    fn newcomer() -> Facts {
        let mut facts = Facts::default();
        for step in Step::asking().filter(|step| *step != Step::Plan) {
            facts.steps[step as usize].problems = vec![step.fields()[0].problem(Code::Required)];
        }
        facts
    }

    #[test]
    fn a_newcomer_has_nothing_started_and_begins_at_step_one() {
        let facts = newcomer();
        for step in Step::ALL {
            let expected = match step {
                Step::Assistant => Status::CannotStart,
                _ => Status::NotStarted,
            };
            assert_eq!(facts.status(step), expected, "{step:?}");
        }
        assert_eq!(facts.first_open(), Step::Profile);
    }

    #[test]
    fn saving_makes_in_progress_and_continue_with_problems_needs_attention() {
        let mut facts = newcomer();
        let ava = &mut facts.steps[Step::Ava as usize];
        ava.problems = vec![ava::TONE.problem(Code::Required)];
        ava.touched = true;
        assert_eq!(facts.status(Step::Ava), Status::InProgress);
        facts.steps[Step::Ava as usize].submitted = true;
        assert_eq!(facts.status(Step::Ava), Status::NeedsAttention);
        facts.steps[Step::Ava as usize].problems.clear();
        assert_eq!(facts.status(Step::Ava), Status::Done);
    }

    #[test]
    fn a_skipped_step_is_done_once_its_facts_say_so() {
        let mut facts = newcomer();
        facts.steps[Step::Vapi as usize].skipped = true;
        assert_eq!(facts.status(Step::Vapi), Status::Skipped);
        facts.has_vapi_key = true;
        assert_eq!(facts.status(Step::Vapi), Status::Done);
        assert_eq!(facts.status(Step::Assistant), Status::NotStarted);
    }

    #[test]
    fn defaults_alone_do_not_answer_the_plan() {
        let mut facts = newcomer();
        assert_eq!(facts.status(Step::Plan), Status::NotStarted);
        facts.steps[Step::Plan as usize].submitted = true;
        assert_eq!(facts.status(Step::Plan), Status::Done);
    }

    #[test]
    fn skipping_everything_leads_to_the_review_with_every_blocker() {
        let mut facts = newcomer();
        for step in Step::asking() {
            facts.steps[step as usize].skipped = true;
        }
        assert_eq!(facts.first_open(), Step::Done);
        assert_eq!(
            facts.blockers(),
            [
                Blocker::Terms,
                Blocker::VapiKey,
                Blocker::TwilioCredentials,
                Blocker::Number,
                Blocker::Assistant,
            ]
        );
        facts.steps[Step::Profile as usize].problems =
            vec![profile::INDUSTRY.problem(Code::NotInList)];
        facts.completed = true;
        assert_eq!(facts.status(Step::Done), Status::Done);
    }
}
