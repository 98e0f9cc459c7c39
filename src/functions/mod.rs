//! Everything that a customer can do on the pages: one server function for each, a file per step and one
//! each for account, settings and studio.
//!
//! Arguments are the fields of a form by their names, whatever was typed; the outcome of a function has
//! only what can become of it, and its error is what no function gets past ([`Refusal`]). The bodies exist
//! only in the server's build. Forms come through `server/web/door.rs`, which also says why this is not
//! left to the framework.

pub mod account;
pub mod address;
pub mod assistant;
pub mod ava;
pub mod credentials;
pub mod done;
pub mod form;
pub mod integrations;
pub mod outcome;
pub mod plan;
pub mod profile;
pub mod refusal;
pub mod settings;
pub mod studio;
pub mod telephony;
pub mod twilio;
pub mod vapi;

pub use form::{Secret, Sent, Ticked, Typed};
pub use outcome::Saved;
pub use refusal::Refusal;
