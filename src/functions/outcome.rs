//! What becomes of a function, and what a page makes of it.

use serde::{Deserialize, Serialize};

use crate::domain::Problem;
use crate::domain::progress::Blocker;

/// What a page does after a function: goes on, or is shown again.
pub trait Outcome: Serialize {
    fn answer(self) -> Answer;
}

/// The answer to a plain form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// To the page at this address of ours.
    To(String),
    /// The page of the form again, with what was typed.
    Again(Again),
}

/// Why a page is shown again after its form was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Again {
    /// 422 unless told otherwise.
    pub status: Option<u16>,
    /// What is wrong with which field.
    pub problems: Vec<Problem>,
    pub says: Option<Says>,
}

/// What a page says beside the problems of fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// Another window has saved other values; both are shown.
    Conflict,
    /// The vendor of the secret does not answer; the secret waits.
    Waits,
    /// The operator's key cannot be used now.
    NotShared,
    /// Nothing was removed or taken back, and why.
    Blocked(Blocker),
    /// Address and password do not belong together.
    Wrong,
    /// Seconds to wait.
    Wait(u32),
    /// The link in the mail works no more.
    LinkExpired,
    /// The token that was just made, shown this once; none if the form that was sent had made it before.
    Issued(Option<String>),
}

impl Again {
    #[must_use]
    pub fn problems(problems: Vec<Problem>) -> Answer {
        Answer::Again(Self {
            problems,
            ..Self::default()
        })
    }

    #[must_use]
    pub fn says(status: u16, says: Says) -> Answer {
        Answer::Again(Self {
            status: Some(status),
            says: Some(says),
            ..Self::default()
        })
    }
}

/// What became of the save of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Saved {
    /// Stored under this version, or overtaken by a newer save of the same form; and where the form leads.
    Stored { version: i64, to: String },
    /// Another window or device has saved other values meanwhile; nothing was changed.
    Conflict,
}

impl Outcome for Saved {
    fn answer(self) -> Answer {
        match self {
            Self::Stored { to, .. } => Answer::To(to),
            Self::Conflict => Again::says(409, Says::Conflict),
        }
    }
}

/// What became of the save of a step that the settings show too, where they are strict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Checked {
    Saved(Saved),
    /// Something is wrong; nothing was changed.
    Refused {
        problems: Vec<Problem>,
    },
}

impl Outcome for Checked {
    fn answer(self) -> Answer {
        match self {
            Self::Saved(saved) => saved.answer(),
            Self::Refused { problems } => Again::problems(problems),
        }
    }
}

/// What became of the save of a step with a vendor's keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum KeysSaved {
    Saved(Saved),
    Refused(KeysRefused),
}

/// Why keys were not stored; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeysRefused {
    /// The secret cannot be one, its vendor refuses it, or a field beside it is wrong.
    Refused { problems: Vec<Problem> },
    /// The vendor does not answer. The secret waits for a quarter of an hour.
    Waits,
    /// The operator's key is not offered, or does not work now.
    NotShared,
    /// What was made with the operator's key cannot be taken back now.
    Blocked { blocker: Blocker },
}

impl Outcome for KeysSaved {
    fn answer(self) -> Answer {
        match self {
            Self::Saved(saved) => saved.answer(),
            Self::Refused(KeysRefused::Refused { problems }) => Again::problems(problems),
            Self::Refused(KeysRefused::Waits) => Again::says(422, Says::Waits),
            Self::Refused(KeysRefused::NotShared) => Again::says(409, Says::NotShared),
            Self::Refused(KeysRefused::Blocked { blocker }) => {
                Again::says(409, Says::Blocked(blocker))
            }
        }
    }
}
