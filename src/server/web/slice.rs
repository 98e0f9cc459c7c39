//! What the pages need of one step.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;

use crate::components::Frame;
use crate::domain::{Draft, Known, Locale, Step};
use crate::pages::step::StepPage;

/// What a form proposes by what is known, on a page of this language.
pub type Proposes = fn(&Known, Locale) -> Draft;

/// Renders the page of a step.
pub type View = fn(StatusCode, Frame, Arc<StepPage>) -> Response;

pub struct Slice {
    pub step: Step,
    pub proposes: Proposes,
    pub view: View,
    /// Its page offers the numbers of the Twilio account.
    pub lists_numbers: bool,
}
