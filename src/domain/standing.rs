//! What follows for each step from what is known of a customer.

use super::field::Problem;
use super::known::Known;
use super::progress::{Facts, Status, StepFacts};
use super::step::Step;
use super::typed::{Answers, Draft, Value};
use super::{profile, telephony};

impl Known {
    /// Takes over answers that are to be written.
    pub fn answered(&mut self, answers: Answers) {
        let number = |answers: &Answers| answers.get(telephony::NUMBER.name).cloned();
        let before = number(&self.answers);
        self.answers.overlay(answers);
        if number(&self.answers) != before {
            // What was said of it was said of another one.
            self.number_problem = None;
            self.number_used_by = None;
        }
    }

    /// The answers of a step, as a form would show them.
    #[must_use]
    pub fn stored(&self, step: Step) -> Draft {
        let mut stored = Draft::default();
        for field in step.fields().iter().filter(|field| !field.is_secret()) {
            let value = self.answers.get(field.name);
            stored.set(field.name, value.map(Value::typed).unwrap_or_default());
        }
        stored
    }

    /// What was typed into a step: its answers, and over them what was typed and not understood.
    #[must_use]
    pub fn typed(&self, step: Step) -> Draft {
        let mut typed = self.stored(step);
        if let Some(kept) = self.kept.get(&step) {
            typed.overlay(kept.fields.clone());
        }
        typed
    }

    /// What a step's form shows: what was typed, and what is proposed where nothing ever was. A field
    /// that was emptied stays empty.
    #[must_use]
    pub fn shown(&self, step: Step, proposed: &Draft) -> Draft {
        let mut shown = self.typed(step);
        let kept = self.kept.get(&step).map(|kept| &kept.fields);
        for (name, values) in proposed.iter() {
            let was_typed = kept.is_some_and(|kept| kept.contains(name));
            if !was_typed && shown.values(name).is_empty() {
                shown.set(name, values.to_vec());
            }
        }
        shown
    }

    /// What keeps a step from being done.
    #[must_use]
    pub fn problems(&self, step: Step) -> Vec<Problem> {
        let typed = self.typed(step);
        let mut problems = step.problems(&typed);
        step.judge(self, &typed, &mut problems);
        problems
    }

    /// Where one step stands.
    #[must_use]
    pub fn status(&self, step: Step) -> Status {
        self.step_facts(step).status()
    }

    fn step_facts(&self, step: Step) -> StepFacts {
        StepFacts {
            problems: self.problems(step),
            is_settled: step.is_settled(self),
            can_start: step.can_start(self),
            touched: self.kept.contains_key(&step),
            submitted: self.is_submitted(step),
            skipped: self.is_skipped(step),
        }
    }

    /// The facts from which every status follows.
    #[must_use]
    pub fn facts(&self) -> Facts {
        Facts {
            steps: Step::ALL.map(|step| self.step_facts(step)),
            has_vapi_key: self.vapi.is_stored(),
            has_twilio_credentials: self.twilio.is_stored(),
            assistant_created: self.has_assistant,
            number_linked: self.linked_number.is_some()
                && self.linked_number.as_deref() == self.answers.text(telephony::NUMBER.name),
            live: self.live.clone(),
            terms_accepted: self.answers.flag(profile::ACCEPT_TERMS.name),
            completed: self.is_completed,
        }
    }
}
