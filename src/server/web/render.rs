//! Turning a view and its data into an answer.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::http::header::{HeaderValue, LOCATION, RETRY_AFTER};
use axum::response::{Html, IntoResponse, Json, Response};
use leptos::prelude::*;
use serde_json::json;

use super::visit::{Form, Visit};
use crate::components::Frame;
use crate::domain::Step;
use crate::pages::error::{self, Trouble, TroublePage};
use crate::pages::held::{self, Held, HeldPage, Reason};
use crate::server::Error;

/// Renders a page whole, on the server, with this status.
pub fn page<V: IntoView>(
    status: StatusCode,
    frame: Frame,
    view: impl FnOnce(Arc<Frame>) -> V,
) -> Response {
    let owner = Owner::new_root(None);
    let html = owner.with(|| {
        provide_context(frame.nonce.clone());
        view(Arc::new(frame)).to_html()
    });
    owner.unset_with_forced_cleanup();
    (status, Html(html)).into_response()
}

/// A redirect after a form (303) or to where something now is.
#[must_use]
pub fn redirect(status: StatusCode, to: &str) -> Response {
    let mut response = status.into_response();
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert(LOCATION, to);
    }
    response
}

/// "See other": the answer to every form that was taken.
#[must_use]
pub fn see_other(to: &str) -> Response {
    redirect(StatusCode::SEE_OTHER, to)
}

/// A page, or for the browser's own code a code, that says what went wrong.
pub fn trouble(visit: &Visit, trouble: Trouble) -> Response {
    let (status, code) = match &trouble {
        Trouble::NotFound => (StatusCode::NOT_FOUND, "not_found"),
        Trouble::Malformed => (StatusCode::UNPROCESSABLE_ENTITY, "malformed"),
        Trouble::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
        Trouble::Method => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
        Trouble::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
        Trouble::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        Trouble::Wait(_) => (StatusCode::TOO_MANY_REQUESTS, "too_many_attempts"),
        Trouble::Unexpected(_) => (StatusCode::INTERNAL_SERVER_ERROR, "unexpected"),
    };
    let retry_after = match trouble {
        Trouble::Unavailable => Some(5),
        Trouble::Wait(seconds) => Some(seconds),
        _ => None,
    };
    let mut response = if visit.wants_json {
        (status, Json(json!({"code": code}))).into_response()
    } else {
        let (title, _) = error::words(visit.locale, &trouble);
        page(
            status,
            visit.frame(title),
            |frame| view! { <TroublePage frame trouble/> },
        )
    };
    if let Some(seconds) = retry_after {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The answer to a failure of a service on a page that was asked for.
pub fn failure(visit: &Visit, error: &Error) -> Response {
    match error {
        Error::Unavailable(cause) => {
            tracing::warn!(%cause, "the database is unavailable");
            trouble(visit, Trouble::Unavailable)
        }
        Error::NoAccount => log_in_first(visit),
        Error::Unexpected(cause) => {
            tracing::error!(%cause, "unexpected failure");
            trouble(visit, Trouble::Unexpected(visit.request_id.clone()))
        }
    }
}

/// The answer to a failure of a service on a form: what was typed is kept in the page.
pub fn form_failure(visit: &Visit, error: &Error, form: Form) -> Response {
    match error {
        Error::Unavailable(cause) => {
            tracing::warn!(%cause, "the database is unavailable");
            hold(visit, form, Reason::Unavailable)
        }
        Error::NoAccount => hold(visit, form, Reason::SignedOut),
        Error::Unexpected(_) => failure(visit, error),
    }
}

/// A form that could not be taken, ready to be sent again without its secrets.
pub fn hold(visit: &Visit, form: Form, reason: Reason) -> Response {
    let (status, code) = match reason {
        Reason::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
        Reason::Expired => (StatusCode::FORBIDDEN, "form_expired"),
        Reason::SignedOut => (StatusCode::UNAUTHORIZED, "signed_out"),
    };
    if visit.wants_json {
        return (status, Json(json!({"code": code}))).into_response();
    }
    let is_secret = |name: &str| {
        name.contains("password")
            || name == "token"
            || Step::asking()
                .filter_map(|step| step.field(name))
                .any(crate::domain::Field::is_secret)
    };
    let (secrets, fields): (Vec<_>, Vec<_>) = form
        .fields
        .into_iter()
        .partition(|(name, _)| is_secret(name));
    let held = Held {
        reason,
        action: visit
            .uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned(),
        fields,
        lacks_secret: secrets.iter().any(|(_, value)| !value.is_empty()),
    };
    let frame = visit.frame(held::title(visit.locale, reason));
    page(status, frame, |frame| view! { <HeldPage frame held/> })
}

/// To the log-in page, and back here afterwards.
#[must_use]
pub fn log_in_first(visit: &Visit) -> Response {
    if visit.wants_json {
        return (
            StatusCode::UNAUTHORIZED,
            Json(json!({"code": "signed_out"})),
        )
            .into_response();
    }
    let here = visit.uri.path_and_query().map_or("/", |path| path.as_str());
    let here: String = url::form_urlencoded::byte_serialize(here.as_bytes()).collect();
    see_other(&visit.href(&format!("/login?returnTo={here}")))
}

/// An answer without a page, for where not even the frame of one can be made.
#[must_use]
pub fn plain(status: StatusCode) -> Response {
    (status, status.canonical_reason().unwrap_or_default()).into_response()
}
