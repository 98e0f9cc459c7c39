//! Turning a view and its data into an answer.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::http::header::{HeaderValue, LOCATION, RETRY_AFTER};
use axum::response::{Html, IntoResponse, Json, Response};
use leptos::prelude::*;

use super::visit::{Form, Visit};
use crate::components::Frame;
use crate::domain::Vendor;
use crate::functions::Refusal;
use crate::functions::address;
use crate::functions::form::may_be_shown;
use crate::pages::error::{self, Trouble, TroublePage};
use crate::pages::held::{self, Held, HeldPage, Reason};
use crate::server::Error;

/// Renders a page whole, on the server, with this status.
///
/// Leptos renders; `leptos_axum`'s handler around it does not take part. It renders into a stream, for data that comes
/// later, of which pages have none: step 5 took 39 µs so, and takes 24 µs here (release build, median of 5,000), and
/// each page ended with two scripts that no island reads.
pub fn page<V: IntoView>(
    status: StatusCode,
    frame: Frame,
    view: impl FnOnce(Arc<Frame>) -> V,
) -> Response {
    // What islands keep belongs to it, and goes with it.
    let owner = Owner::new();
    let html = owner.with(|| {
        provide_context(frame.nonce.clone());
        view(Arc::new(frame)).to_html()
    });
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

/// A page that says what went wrong; the browser's own code needs no more than the status.
pub fn trouble(visit: &Visit, status: StatusCode, trouble: Trouble) -> Response {
    if visit.wants_json {
        return plain(status);
    }
    let (title, _) = error::words(visit.locale, &trouble);
    page(
        status,
        visit.frame(title),
        |frame| view! { <TroublePage frame trouble/> },
    )
}

/// A page, or for the browser's own code a code, that says what went wrong.
pub fn refusal(visit: &Visit, refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or_default();
    let mut response = if visit.wants_json {
        (status, Json(refusal)).into_response()
    } else {
        let what = match refusal {
            Refusal::NotFound => Trouble::NotFound,
            Refusal::MethodNotAllowed => Trouble::Method,
            Refusal::TooLarge => Trouble::TooLarge,
            Refusal::Malformed => Trouble::Malformed,
            Refusal::Forbidden
            | Refusal::FormExpired
            | Refusal::NoCookies
            | Refusal::OtherAccount => Trouble::Forbidden,
            Refusal::TooManyAttempts { seconds } => Trouble::Wait(*seconds),
            Refusal::Unavailable => Trouble::Unavailable,
            Refusal::SignedOut => return log_in_first(visit),
            Refusal::LogInAgain => return confirm_first(visit, &visit.here()),
            Refusal::Unexpected => Trouble::Unexpected(visit.request_id.clone()),
        };
        trouble(visit, status, what)
    };
    set_retry_after(&mut response, refusal);
    response
}

fn set_retry_after(response: &mut Response, refusal: &Refusal) {
    let seconds = match refusal {
        Refusal::Unavailable => 5,
        Refusal::TooManyAttempts { seconds } => *seconds,
        _ => return,
    };
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from(seconds));
}

/// The answer to a failure of a service on a page that was asked for.
pub fn failure(visit: &Visit, error: Error) -> Response {
    refusal(visit, &error.into())
}

/// A form that could not be taken, ready to be sent again without its secrets.
pub fn hold(visit: &Visit, form: Form, why: &Refusal) -> Response {
    let reason = match why {
        Refusal::SignedOut => Reason::SignedOut,
        Refusal::LogInAgain => Reason::LogInAgain,
        Refusal::FormExpired => Reason::Expired,
        Refusal::NoCookies => Reason::NoCookies,
        Refusal::OtherAccount => Reason::OtherAccount(
            visit
                .customer
                .as_ref()
                .map_or_else(String::new, |customer| customer.known.email.clone()),
        ),
        Refusal::TooManyAttempts { seconds } => Reason::Wait(*seconds),
        _ => Reason::Unavailable,
    };
    if visit.wants_json {
        return refusal(visit, why);
    }
    let status = StatusCode::from_u16(why.status()).unwrap_or_default();
    let lacks_secret = form.fields.iter().any(|(name, value)| {
        let is_secret = name.contains("password")
            || name == "token"
            || [Vendor::Vapi, Vendor::Twilio]
                .map(|vendor| vendor.secret().name)
                .contains(&name.as_str());
        is_secret && !value.is_empty()
    });
    let fields = form.fields.into_iter();
    let fields = fields.filter(|(name, _)| may_be_shown(name)).collect();
    let title = held::title(visit.locale, &reason);
    let held = Held {
        reason,
        action: visit.here(),
        fields,
        lacks_secret,
    };
    let frame = visit.frame(title);
    let mut response = page(status, frame, |frame| view! { <HeldPage frame held/> });
    set_retry_after(&mut response, why);
    response
}

/// To the log-in page, and back here afterwards.
#[must_use]
pub fn log_in_first(visit: &Visit) -> Response {
    if visit.wants_json {
        return (StatusCode::UNAUTHORIZED, Json(Refusal::SignedOut)).into_response();
    }
    let here = visit.here();
    let here: String = url::form_urlencoded::byte_serialize(here.as_bytes()).collect();
    see_other(&format!("{}?returnTo={here}", visit.href(address::LOG_IN)))
}

/// To the page that asks for the password again, and from there to an address of ours.
#[must_use]
pub fn confirm_first(visit: &Visit, then: &str) -> Response {
    let then: String = url::form_urlencoded::byte_serialize(then.as_bytes()).collect();
    see_other(&format!("{}?returnTo={then}", visit.href(address::CONFIRM)))
}

/// An answer without a page, for where not even the frame of one can be made.
#[must_use]
pub fn plain(status: StatusCode) -> Response {
    (status, status.canonical_reason().unwrap_or_default()).into_response()
}
