//! Pages and addresses that need no account.

use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, HeaderMap, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use leptos::view;

use super::render;
use super::visit::{Customer, Visit};
use crate::components::Frame;
use crate::functions::Refusal;
use crate::pages::landing::LandingPage;
use crate::pages::static_pages::{HelpPage, TermsPage};
use crate::server::{App, store};
use crate::texts::t;

/// `/`: to the start page in the account's language, else the browser's.
pub async fn choose_language(visit: Visit) -> Response {
    let visit_locale = visit.locale;
    let locale = match Customer::of(visit) {
        Ok(customer) => customer.locale().unwrap_or(visit_locale),
        Err(_) => visit_locale,
    };
    let mut response = render::redirect(StatusCode::FOUND, &format!("/{}", locale.code()));
    response
        .headers_mut()
        .insert(VARY, HeaderValue::from_static("Accept-Language, Cookie"));
    response
}

pub async fn landing(visit: Visit) -> Response {
    match Customer::of(visit) {
        Ok(customer) => landing_page(&customer.visit, customer.onboarding.known.is_completed),
        Err(visit) => landing_page(&visit, false),
    }
}

fn landing_page(visit: &Visit, set_up_done: bool) -> Response {
    let frame = public_frame(visit, t!(visit.locale, common.landing.title));
    render::page(
        StatusCode::OK,
        frame,
        |frame| view! { <LandingPage frame set_up_done/> },
    )
}

pub async fn help(visit: Visit) -> Response {
    let frame = public_frame(&visit, t!(visit.locale, common.help_page.title));
    let contact = visit.app.config.support_email.clone();
    render::page(
        StatusCode::OK,
        frame,
        |frame| view! { <HelpPage frame contact/> },
    )
}

pub async fn terms(visit: Visit) -> Response {
    let frame = public_frame(&visit, t!(visit.locale, common.terms_page.title));
    render::page(StatusCode::OK, frame, |frame| view! { <TermsPage frame/> })
}

/// The frame of a page that search engines may keep.
pub(super) fn public_frame(visit: &Visit, title: String) -> Frame {
    Frame {
        is_public: true,
        ..visit.frame(title)
    }
}

pub async fn not_found(visit: Visit) -> Response {
    render::refusal(&visit, &Refusal::NotFound)
}

pub async fn method_not_allowed(visit: Visit) -> Response {
    render::refusal(&visit, &Refusal::MethodNotAllowed)
}

/// Whether this instance can serve: the database answers and its migrations are applied.
pub async fn readyz(State(app): State<App>) -> Response {
    match store::is_ready(&app.pool).await {
        Ok(true) => "ready".into_response(),
        Ok(false) => (StatusCode::SERVICE_UNAVAILABLE, "migrations are missing").into_response(),
        Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer",
        )
            .into_response(),
    }
}

pub async fn robots() -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    (headers, "User-agent: *\nAllow: /\n").into_response()
}
