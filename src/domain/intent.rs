//! What a customer wants beside keeping what was typed into a step.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Nothing; the form saved itself.
    Autosave,
    /// To go on. Pressing Enter in an old browser sends no button, which means this too.
    #[default]
    #[serde(alias = "")]
    Continue,
    Skip,
    Later,
    /// To see what is saved beside what was typed, where the two disagree.
    Compare,
    /// As Continue, with the secret that waits for its vendor stored as it is.
    StoreUnchecked,
    /// As Continue, with the operator's credentials.
    UseShared,
}

impl Intent {
    /// Whether the customer means the step to be done.
    #[must_use]
    pub const fn submits(self) -> bool {
        matches!(
            self,
            Self::Continue | Self::StoreUnchecked | Self::UseShared
        )
    }
}
