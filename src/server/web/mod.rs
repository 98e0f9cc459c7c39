//! The door for browsers: pages as they are asked for, and the way from a form to its function and back.
//! Every form is sent to the address of its own page.

pub mod account;
pub mod arrival;
pub mod asked;
pub mod client_ip;
pub mod cookie;
pub mod csrf;
mod door;
pub mod forms;
pub mod headers;
pub mod language;
pub mod onboarding;
mod page;
pub mod public;
pub mod render;
mod return_to;
pub mod saving;
pub mod settings;
mod shown;
mod slice;
pub mod studio;
pub mod visit;
pub mod webhooks;

use std::any::Any;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::Response;
use tracing::Span;

/// The longest address that is repeated: in a link, in a redirect, in the log.
pub const LONGEST_REPEATED: usize = 300;

/// The span of a request: its path without the query, which may hold a mailed token.
pub fn span(request: &Request<Body>) -> Span {
    let id = request
        .headers()
        .get("x-request-id")
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default();
    tracing::info_span!("request", method = %request.method(), path = request.uri().path(), id)
}

/// The last resort: a handler has panicked. The panic itself is in the log.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the middleware hands it over like that"
)]
pub fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    log_panic(panic.as_ref());
    render::plain(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Notes that a handler has panicked.
pub fn log_panic(panic: &(dyn Any + Send)) {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or_default();
    tracing::error!(text, "a handler panicked");
}
