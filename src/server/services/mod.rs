//! What the product does. One service serves pages and API alike: it owns the transaction, counts
//! the event, and knows neither HTTP nor HTML.

pub mod accounts;
pub mod assistants;
pub mod calls;
pub mod credentials;
pub mod export;
pub mod follow;
pub mod forwarding;
pub mod idempotency;
pub mod keys;
pub mod launch;
pub mod lease;
pub mod limits;
pub mod notices;
pub mod numbers;
pub mod onboarding;
mod opaque;
pub mod outbox;
mod password_policy;
pub mod passwords;
pub mod proposals;
pub mod resets;
pub mod rotation;
pub mod save;
pub mod shared_keys;
pub mod tokens;
pub mod visitor;

use super::Error;
use crate::domain::progress::Blocker;

/// Why work with the vendors stopped: something the customer can see to, or a failure of our own.
#[derive(Debug)]
pub enum Halt {
    Blocker(Blocker),
    Error(Error),
}

impl<E: Into<Error>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

impl From<Blocker> for Halt {
    fn from(blocker: Blocker) -> Self {
        Self::Blocker(blocker)
    }
}
