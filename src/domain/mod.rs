//! What Ava knows: the steps, their fields, the rules of each field, and how far a customer is.
//!
//! Pure: no framework, no clock, no I/O. Compiled into the server and into the browser, so that
//! both judge a field by the same function.

pub mod account;
pub mod assistant;
pub mod ava;
pub mod call;
pub mod email;
pub mod field;
pub mod hours;
pub mod integrations;
pub mod intent;
pub mod known;
pub mod locale;
pub mod phone;
pub mod plan;
pub mod profile;
pub mod progress;
pub mod rules;
pub mod standing;
pub mod step;
pub mod telephony;
pub mod timezone;
pub mod token;
pub mod twilio;
pub mod typed;
pub mod vapi;
pub mod vendor;

pub use field::{Code, Field, Problem, Rule};
pub use intent::Intent;
pub use known::Known;
pub use locale::Locale;
pub use step::Step;
pub use typed::{Answers, Draft, Value};
pub use vendor::Vendor;
