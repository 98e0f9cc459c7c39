//! Vapi and Twilio: the only place that knows their JSON. Services call it and never hold a
//! database connection meanwhile.
//!
//! What is known of both vendors, with its sources, stands beside each function: "spec" is the
//! vendor's published contract in `tests/contracts`, "docs" their documentation, "observed" what
//! public code and forums report.

mod door;
pub mod twilio;
pub mod vapi;

use door::Door;
use twilio::Twilio;
use vapi::Vapi;

use super::Config;

/// Why a vendor did not do what was asked. Never holds anything the vendor or the customer wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No usable answer: not reached, too late, a 5xx, or something that is no JSON.
    #[error("the vendor did not answer")]
    Unreachable {
        /// Whether the request may have been carried out all the same.
        maybe_done: bool,
    },
    /// 429: the vendor asks to wait; nothing was done.
    #[error("the vendor asks to wait")]
    Busy,
    #[error("the credentials were refused: {0:?}")]
    Refused(Refusal),
    #[error("the vendor knows no such thing")]
    NotFound,
    /// 4xx: the request itself was not taken.
    #[error("the vendor did not take the request (status {0})")]
    Rejected(u16),
}

/// Why credentials were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Wrong,
    /// Vapi's public key where the private one is needed.
    PublicKey,
    /// The account is suspended or closed.
    Suspended,
    /// Twilio's test credentials, which cannot read an account.
    TestCredentials,
}

impl Failure {
    /// Whether a later attempt may succeed without anybody changing anything.
    #[must_use]
    pub const fn is_passing(self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Busy)
    }
}

/// Both vendors, at the addresses of the configuration.
pub struct Vendors {
    pub vapi: Vapi,
    pub twilio: Twilio,
}

impl Vendors {
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn new(config: &Config) -> reqwest::Result<Self> {
        let door = |base| Door::new(base, config.vendor_timeout);
        Ok(Self {
            vapi: Vapi::new(door(&config.vapi_base_url)?),
            twilio: Twilio::new(door(&config.twilio_base_url)?),
        })
    }
}
