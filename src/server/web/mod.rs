//! The door for browsers: pages as they are asked for, and the way from a form to its function and back.
//! Every form is sent to the address of its own page.

pub mod account;
pub mod arrival;
pub mod asked;
pub mod client_ip;
pub mod cookie;
pub mod csrf;
mod device;
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
use axum::http::{HeaderName, Request, StatusCode};
use axum::response::Response;
use tracing::Span;

/// Names a request, in the log and to who asked.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest address that is repeated: in a link, in a redirect, in the log.
pub const LONGEST_REPEATED: usize = 300;

/// The name that a proxy of ours has for a request.
#[derive(Clone)]
struct IdOfProxy(String);

/// Takes away the id that came with a request, for it may be anybody's. A trusted proxy's is kept for the log.
pub fn without_foreign_id(mut request: Request<Body>, has_proxies: bool) -> Request<Body> {
    let foreign = request.headers_mut().remove(REQUEST_ID);
    let id = foreign.as_ref().and_then(|id| id.to_str().ok());
    let is_id = |id: &&str| {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:=+/".contains(&byte);
        (1..=100).contains(&id.len()) && id.bytes().all(is_part)
    };
    if let Some(id) = id.filter(is_id).filter(|_| has_proxies) {
        let id = IdOfProxy(id.to_owned());
        request.extensions_mut().insert(id);
    }
    request
}

/// The span of a request: its path without the query, which may hold a mailed token.
pub fn span(request: &Request<Body>) -> Span {
    let id = request
        .headers()
        .get(REQUEST_ID)
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default();
    let id_of_proxy = request.extensions().get::<IdOfProxy>();
    let id_of_proxy = id_of_proxy.map(|id| id.0.as_str());
    let path = request.uri().path();
    let path = &path[..path.floor_char_boundary(LONGEST_REPEATED)];
    tracing::info_span!("request", method = %request.method(), path, id, id_of_proxy)
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
