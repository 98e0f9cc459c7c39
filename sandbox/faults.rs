//! What a vendor does on a bad day: asked for by a test for one call, or by the beginning of a key.

use std::sync::Arc;

use tokio::sync::Notify;

use super::Sandbox;
use super::wire::{Ask, Vendor};

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

/// A fault that waits for its call.
pub struct Queued {
    pub call: String,
    /// Only for this key or account.
    pub secret: Option<String>,
    pub fault: Fault,
}

impl Queued {
    pub fn is_for(&self, call: &str, secret: &str) -> bool {
        self.call == call && self.secret.as_deref().is_none_or(|wanted| wanted == secret)
    }
}

/// The fault that a call meets: one that waits for it, or what its key or token asks for.
pub fn met(sandbox: &Sandbox, vendor: Vendor, ask: &Ask) -> Option<Fault> {
    sandbox
        .take_fault(&ask.call, &ask.secret)
        .or_else(|| magic(sandbox, vendor, ask))
}

fn magic(sandbox: &Sandbox, vendor: Vendor, ask: &Ask) -> Option<Fault> {
    let word = magic_word(vendor, ask);
    if word.starts_with("limited") {
        Some(Fault::RateLimited)
    } else if word.starts_with("down") {
        Some(Fault::Failed)
    } else if word.starts_with("dead") {
        Some(Fault::Disconnect)
    } else if vendor == Vendor::Vapi
        && word.starts_with("late")
        && matches!(ask.call.as_str(), "POST /assistant" | "POST /phone-number")
        && sandbox.state().is_first_late(word, &ask.call)
    {
        Some(Fault::TimeoutAfter)
    } else {
        None
    }
}

/// Whether each answer to this caller takes long.
pub fn is_slow(vendor: Vendor, ask: &Ask) -> bool {
    magic_word(vendor, ask).starts_with("slow")
}

fn magic_word(vendor: Vendor, ask: &Ask) -> &str {
    match vendor {
        Vendor::Vapi => &ask.secret,
        Vendor::Twilio => &ask.token,
    }
}
