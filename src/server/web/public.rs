//! Pages and addresses that need no account.

use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, HeaderMap, VARY};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use leptos::view;

use super::render;
use super::return_to::local_path;
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

/// What is at no address; where only a slash at its end is too much, the way to the right one.
pub async fn not_found(method: Method, visit: Visit) -> Response {
    match without_slash(&visit.uri) {
        Some(address) if matches!(method, Method::GET | Method::HEAD) => {
            render::redirect(StatusCode::PERMANENT_REDIRECT, &address)
        }
        _ => render::refusal(&visit, &Refusal::NotFound),
    }
}

/// The address of one of our pages without the slash at its end; `None` where there is none.
fn without_slash(uri: &Uri) -> Option<String> {
    let path = local_path(uri.path())?;
    let path = path.strip_suffix('/')?;
    let query = uri.query().filter(|query| query.is_ascii());
    Some(query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_leads_to_the_page_before_it_and_never_away() {
        let cases = [
            ("/en/", Some("/en")),
            ("/en/login/", Some("/en/login")),
            (
                "/fr/settings/?section=api&x=//y",
                Some("/fr/settings?section=api&x=//y"),
            ),
            ("/en/login", None),
            ("/en/login//", None),
            ("/", None),
            ("//", None),
            ("/nothing/", None),
            ("//evil.example/", None),
            ("/en//evil.example/", None),
            ("/en/%2f%2fevil.example/", None),
            ("/\\evil.example/", None),
        ];
        for (address, expected) in cases {
            // What is no URI does not come so far.
            let uri = address.parse::<Uri>().unwrap_or_default();
            assert_eq!(without_slash(&uri).as_deref(), expected, "{address}");
        }
    }
}
