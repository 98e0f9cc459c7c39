//! The addresses of the pages, below their language: a page with a form is asked for and sent to at the same
//! one, where `server/web/forms.rs` mounts its functions.

use crate::domain::Step;

pub const SIGN_UP: &str = "/signup";
pub const LOG_IN: &str = "/login";
pub const LOG_OUT: &str = "/logout";
pub const FORGOT_PASSWORD: &str = "/forgot-password";
pub const RESET_PASSWORD: &str = "/reset-password";
/// Asks for the password again.
pub const CONFIRM: &str = "/confirm";
/// Leads to where a customer stands.
pub const ONBOARDING: &str = "/onboarding";
/// How to come back another day.
pub const LATER: &str = "/onboarding/later";
pub const SETTINGS: &str = "/settings";
/// The customer's data to take away.
pub const EXPORT: &str = "/settings/export";
pub const STUDIO: &str = "/ava-studio";

#[must_use]
pub fn step(step: Step) -> String {
    format!("{ONBOARDING}/{}", step.id())
}

/// A section of the settings.
#[must_use]
pub fn section(id: &str) -> String {
    format!("{SETTINGS}?section={id}")
}

/// Where one call stands, for the page that follows it.
#[must_use]
pub fn call(id: &str) -> String {
    format!("{STUDIO}/calls/{id}")
}
