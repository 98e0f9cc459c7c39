//! What a vendor does on a bad day: asked for by a test for one call, or by the beginning of a key.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

use super::values::lock;
use super::wire::Ask;

#[derive(Clone, Debug)]
pub enum Fault {
    /// Closes the connection; nothing is done.
    Disconnect,
    /// Nothing is done, and the answer comes after a minute.
    TimeoutBefore,
    /// It is done, and the answer comes after a minute.
    TimeoutAfter,
    /// 429 with `Retry-After: 1`; nothing is done.
    RateLimited,
    /// 500; nothing is done.
    Failed,
    /// It is done, and the answer is 500.
    FailedAfter,
    /// It is done, and the answer is no JSON.
    Malformed,
    /// It is done, which is told here; the answer never comes.
    HoldAfter(Arc<Notify>),
}

impl PartialEq for Fault {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::HoldAfter(mine), Self::HoldAfter(theirs)) => Arc::ptr_eq(mine, theirs),
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

impl Fault {
    /// As the control API names it.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "disconnect" => Self::Disconnect,
            "timeout_before" => Self::TimeoutBefore,
            "timeout_after" => Self::TimeoutAfter,
            "rate_limited" => Self::RateLimited,
            "failed" => Self::Failed,
            "failed_after" => Self::FailedAfter,
            "malformed" => Self::Malformed,
            _ => return None,
        })
    }
}

/// Faults that wait for their calls, and those that come but once.
#[derive(Default)]
pub struct Faults {
    queued: Mutex<Vec<Queued>>,
    /// Keys and calls that were late already.
    late: Mutex<BTreeSet<(String, String)>>,
}

/// A fault that waits for its call.
pub struct Queued {
    pub call: String,
    /// Only for this key or account.
    pub secret: Option<String>,
    pub fault: Fault,
}

impl Queued {
    fn is_for(&self, ask: &Ask) -> bool {
        self.call == ask.call
            && self
                .secret
                .as_deref()
                .is_none_or(|wanted| wanted == ask.secret)
    }
}

impl Faults {
    pub fn queue(&self, queued: Queued) {
        lock(&self.queued).push(queued);
    }

    /// The fault that a call meets: one that waits for it, or what its key or token asks for.
    pub fn met(&self, ask: &Ask) -> Option<Fault> {
        self.take(ask).or_else(|| self.magic(ask))
    }

    fn take(&self, ask: &Ask) -> Option<Fault> {
        let mut queued = lock(&self.queued);
        let place = queued.iter().position(|queued| queued.is_for(ask))?;
        Some(queued.remove(place).fault)
    }

    fn magic(&self, ask: &Ask) -> Option<Fault> {
        let (word, call) = (&ask.token, &ask.call);
        if word.starts_with("limited") {
            Some(Fault::RateLimited)
        } else if word.starts_with("down") {
            Some(Fault::Failed)
        } else if word.starts_with("dead") {
            Some(Fault::Disconnect)
        } else if word.starts_with("late")
            && matches!(call.as_str(), "POST /assistant" | "POST /phone-number")
            && lock(&self.late).insert((word.clone(), call.clone()))
        {
            Some(Fault::TimeoutAfter)
        } else {
            None
        }
    }
}

/// Whether each answer to this caller takes long.
pub fn is_slow(ask: &Ask) -> bool {
    ask.token.starts_with("slow")
}
