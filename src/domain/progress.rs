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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepFacts {
    /// What keeps it from being done.
    pub problems: Vec<Problem>,
    /// What it needs beside good answers is there, such as the vendor's word.
    pub is_settled: bool,
    /// Nothing has to be done before.
    pub can_start: bool,
    /// Something was saved here.
    pub touched: bool,
    /// The customer has pressed Continue here.
    pub submitted: bool,
    /// The customer has chosen to skip it.
    pub skipped: bool,
}

impl StepFacts {
    /// Where the step stands.
    #[must_use]
    pub const fn status(&self) -> Status {
        if self.is_settled && self.problems.is_empty() {
            Status::Done
        } else if self.skipped {
            Status::Skipped
        } else if !self.can_start {
            Status::CannotStart
        } else if self.submitted {
            Status::NeedsAttention
        } else if self.touched {
            Status::InProgress
        } else {
            Status::NotStarted
        }
    }
}

impl Default for StepFacts {
    fn default() -> Self {
        Self {
            problems: Vec::new(),
            is_settled: true,
            can_start: true,
            touched: false,
            submitted: false,
            skipped: false,
        }
    }
}

/// What is known of one customer's onboarding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// In the order of [`Step::ALL`].
    pub steps: [StepFacts; Step::COUNT],
    pub has_vapi_key: bool,
    pub has_twilio_credentials: bool,
    /// The assistant exists at Vapi.
    pub assistant_created: bool,
    /// The number is linked to the assistant.
    pub number_linked: bool,
    /// What was missing when the vendors were last asked.
    pub live: Option<Vec<Blocker>>,
    pub terms_accepted: bool,
    pub completed: bool,
}

/// Something that Ava needs before she can answer calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blocker {
    Terms,
    VapiKey,
    VapiRefused,
    VapiUnreachable,
    TwilioCredentials,
    TwilioRefused,
    TwilioUnreachable,
    Number,
    NumberNotOwned,
    NumberNoVoice,
    NumberRouted,
    Assistant,
    AssistantNotCreated,
    AssistantRejected,
    NumberNotLinked,
    NumberRejected,
    /// Another window or instance is at it.
    InProgress,
}

impl Blocker {
    pub const ALL: [Self; 17] = [
        Self::Terms,
        Self::VapiKey,
        Self::VapiRefused,
        Self::VapiUnreachable,
        Self::TwilioCredentials,
        Self::TwilioRefused,
        Self::TwilioUnreachable,
        Self::Number,
        Self::NumberNotOwned,
        Self::NumberNoVoice,
        Self::NumberRouted,
        Self::Assistant,
        Self::AssistantNotCreated,
        Self::AssistantRejected,
        Self::NumberNotLinked,
        Self::NumberRejected,
        Self::InProgress,
    ];

    /// As it is kept and as JSON has it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Terms => "terms",
            Self::VapiKey => "vapi_key",
            Self::VapiRefused => "vapi_refused",
            Self::VapiUnreachable => "vapi_unreachable",
            Self::TwilioCredentials => "twilio_credentials",
            Self::TwilioRefused => "twilio_refused",
            Self::TwilioUnreachable => "twilio_unreachable",
            Self::Number => "number",
            Self::NumberNotOwned => "number_not_owned",
            Self::NumberNoVoice => "number_no_voice",
            Self::NumberRouted => "number_routed",
            Self::Assistant => "assistant",
            Self::AssistantNotCreated => "assistant_not_created",
            Self::AssistantRejected => "assistant_rejected",
            Self::NumberNotLinked => "number_not_linked",
            Self::NumberRejected => "number_rejected",
            Self::InProgress => "in_progress",
        }
    }

    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|blocker| blocker.id() == id)
    }

    /// The step where it can be removed.
    #[must_use]
    pub const fn step(self) -> Step {
        match self {
            Self::Terms => Step::Profile,
            Self::VapiKey | Self::VapiRefused | Self::VapiUnreachable => Step::Vapi,
            Self::TwilioCredentials | Self::TwilioRefused | Self::TwilioUnreachable => Step::Twilio,
            Self::Number
            | Self::NumberNotOwned
            | Self::NumberNoVoice
            | Self::NumberRouted
            | Self::NumberRejected => Step::Telephony,
            Self::Assistant | Self::AssistantNotCreated | Self::AssistantRejected => {
                Step::Assistant
            }
            Self::NumberNotLinked | Self::InProgress => Step::Done,
        }
    }
}

impl Facts {
    #[must_use]
    pub fn step(&self, step: Step) -> &StepFacts {
        &self.steps[step as usize]
    }

    #[must_use]
    pub fn status(&self, step: Step) -> Status {
        self.step(step).status()
    }

    /// The first step that is neither done nor skipped; the review when there is none.
    #[must_use]
    pub fn first_open(&self) -> Step {
        Step::asking()
            .find(|step| !matches!(self.status(*step), Status::Done | Status::Skipped))
            .unwrap_or(Step::Done)
    }

    /// What the customer has not given yet, in the order of the steps. Without these the vendors
    /// need not even be asked.
    #[must_use]
    pub fn missing(&self) -> Vec<Blocker> {
        [
            (!self.terms_accepted, Blocker::Terms),
            (!self.has_vapi_key, Blocker::VapiKey),
            (!self.has_twilio_credentials, Blocker::TwilioCredentials),
            (
                !self.step(Step::Telephony).problems.is_empty(),
                Blocker::Number,
            ),
            (
                !self.step(Step::Assistant).problems.is_empty(),
                Blocker::Assistant,
            ),
        ]
        .into_iter()
        .filter_map(|(missing, blocker)| missing.then_some(blocker))
        .collect()
    }

    /// Everything that keeps Ava from answering calls: what is missing, else what the vendors said
    /// when they were last asked. Empty also before they were asked at all: launching asks them.
    #[must_use]
    pub fn blockers(&self) -> Vec<Blocker> {
        let missing = self.missing();
        if missing.is_empty() {
            self.live.clone().unwrap_or_default()
        } else {
            missing
        }
    }

    /// Whether Ava answers, by the vendors' own last word.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.missing().is_empty()
            && self.assistant_created
            && self.number_linked
            && self.live.as_ref().is_some_and(Vec::is_empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::field::Code;
    use crate::domain::{Known, ava, profile};

    /// A customer who has just signed up: every step that asks something lacks something.
    fn newcomer() -> Facts {
        let mut facts = Known::default().facts();
        // Its defaults are valid.
        facts.steps[Step::Plan as usize].problems.clear();
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
        let mut known = Known::default();
        known.skip(Step::Vapi, true);
        assert_eq!(known.facts().status(Step::Vapi), Status::Skipped);
        known.vapi.preview = Some("****1234".to_owned());
        assert_eq!(
            known.facts().status(Step::Vapi),
            Status::Skipped,
            "not checked"
        );
        known.vapi.is_checked = true;
        assert_eq!(known.facts().status(Step::Vapi), Status::Done);
        assert_eq!(known.facts().status(Step::Assistant), Status::NotStarted);
    }

    #[test]
    fn defaults_alone_do_not_answer_the_plan() {
        let mut facts = newcomer();
        assert_eq!(facts.status(Step::Plan), Status::NotStarted);
        facts.steps[Step::Plan as usize].is_settled = true;
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
        assert!(!facts.is_live());
        facts.steps[Step::Profile as usize].problems =
            vec![profile::INDUSTRY.problem(Code::NotInList)];
        facts.steps[Step::Done as usize].is_settled = true;
        assert_eq!(facts.status(Step::Done), Status::Done);
    }

    #[test]
    fn only_the_vendors_own_word_makes_live() {
        let mut facts = Facts {
            terms_accepted: true,
            has_vapi_key: true,
            has_twilio_credentials: true,
            assistant_created: true,
            number_linked: true,
            ..Facts::default()
        };
        assert_eq!(facts.blockers(), []);
        assert!(!facts.is_live(), "nobody was asked");
        facts.live = Some(vec![Blocker::VapiUnreachable]);
        assert_eq!(facts.blockers(), [Blocker::VapiUnreachable]);
        facts.live = Some(Vec::new());
        assert!(facts.is_live());
        facts.terms_accepted = false;
        assert_eq!(
            facts.blockers(),
            [Blocker::Terms],
            "what is missing comes first"
        );
    }

    #[test]
    fn blockers_are_kept_by_their_ids() {
        for blocker in Blocker::ALL {
            assert_eq!(Blocker::from_id(blocker.id()), Some(blocker));
        }
    }
}
