//! The steps: their order and their addresses.

use serde::{Deserialize, Serialize};

/// A step of the onboarding, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    Profile,
    Vapi,
    Ava,
    Twilio,
    Telephony,
    Integrations,
    Assistant,
    Plan,
    Done,
}

impl Step {
    pub const COUNT: usize = Self::Done as usize + 1;

    pub const ALL: [Self; Self::COUNT] = [
        Self::Profile,
        Self::Vapi,
        Self::Ava,
        Self::Twilio,
        Self::Telephony,
        Self::Integrations,
        Self::Assistant,
        Self::Plan,
        Self::Done,
    ];

    /// The steps that ask something: all but the review at the end.
    pub fn asking() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|step| *step != Self::Done)
    }

    /// The last part of the address, `step_id` in events and the key in the database.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Vapi => "vapi",
            Self::Ava => "ava",
            Self::Twilio => "twilio",
            Self::Telephony => "telephony",
            Self::Integrations => "integrations",
            Self::Assistant => "assistant",
            Self::Plan => "plan",
            Self::Done => "done",
        }
    }

    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.id() == id)
    }

    /// Counted from 1.
    #[must_use]
    pub const fn number(self) -> usize {
        self as usize + 1
    }

    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::ALL.get(self.number()).copied()
    }

    #[must_use]
    pub fn previous(self) -> Option<Self> {
        (self as usize)
            .checked_sub(1)
            .and_then(|index| Self::ALL.get(index))
            .copied()
    }
}

#[cfg(test)]
mod tests {
    use super::Step;

    #[test]
    fn the_order_is_one_chain() {
        let mut walked = vec![Step::Profile];
        while let Some(next) = walked[walked.len() - 1].next() {
            assert_eq!(next.previous(), walked.last().copied());
            walked.push(next);
        }
        assert_eq!(walked, Step::ALL);
        assert_eq!(Step::Done.number(), Step::COUNT);
    }

    #[test]
    fn ids_lead_back() {
        for step in Step::ALL {
            assert_eq!(Step::from_id(step.id()), Some(step));
        }
    }
}
