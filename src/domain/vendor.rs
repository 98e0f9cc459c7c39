//! The two vendors whose keys a customer may store.

use serde::{Deserialize, Serialize};

use super::field::Field;
use super::step::Step;
use super::{twilio, vapi};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Vendor {
    Vapi,
    Twilio,
}

impl Vendor {
    /// The step that asks for its credentials.
    #[must_use]
    pub const fn step(self) -> Step {
        match self {
            Self::Vapi => Step::Vapi,
            Self::Twilio => Step::Twilio,
        }
    }

    /// As it is kept and as forms have it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        self.step().id()
    }

    /// As people know it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Vapi => "Vapi",
            Self::Twilio => "Twilio",
        }
    }

    /// The field of its secret.
    #[must_use]
    pub const fn secret(self) -> &'static Field {
        match self {
            Self::Vapi => &vapi::VAPI_API_KEY,
            Self::Twilio => &twilio::AUTH_TOKEN,
        }
    }
}
