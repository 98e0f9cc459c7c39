//! What each step shows. The frame around it is [`super::step`]'s.

pub mod assistant;
pub mod ava;
pub mod done;
pub mod integrations;
pub mod keys;
pub mod plan;
pub mod profile;
pub mod telephony;
pub mod twilio;
pub mod vapi;
