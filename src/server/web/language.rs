//! The language of an address without one, and remembering the one that was read last.

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::Response;
use tower_sessions::Session;

use super::cookie;
use crate::domain::Locale;
use crate::server::services::accounts;
use crate::server::{App, Config, session};

const COOKIE: &str = "locale";

/// The cookie's language, else the browser's, else English.
#[must_use]
pub fn preferred(headers: &HeaderMap, config: &Config) -> Locale {
    let accepted = || Locale::negotiate(headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?);
    cookie::get(headers, &cookie::name(COOKIE, config))
        .and_then(Locale::from_code)
        .or_else(accepted)
        .unwrap_or_default()
}

/// Keeps the language of a page in a cookie for a year, and lets the account follow a customer who has
/// switched to it.
pub async fn remember(
    State(app): State<App>,
    Extension(locale): Extension<Locale>,
    request: Request,
    next: Next,
) -> Response {
    if !is_read(&request) {
        return next.run(request).await;
    }
    let name = cookie::name(COOKIE, &app.config);
    let former = cookie::get(request.headers(), &name).and_then(Locale::from_code);
    let is_known = former == Some(locale);
    let session = request.extensions().get::<Session>().cloned();
    if let Some(session) = session
        && former.is_some()
        && !is_known
        && is_from_own_page(request.headers())
    {
        follow(&app, &session, locale).await;
    }
    let mut response = next.run(request).await;
    if !is_known {
        cookie::set(
            &mut response,
            &name,
            locale.code(),
            Some(31_536_000),
            &app.config,
        );
    }
    response
}

/// Whether somebody reads the page: not while a browser only gets it ready, nor where our own code asks for a part.
fn is_read(request: &Request) -> bool {
    let says = |name: &str, word: &str| {
        let value = request.headers().get(name);
        let value = value.and_then(|value| value.to_str().ok());
        value.is_some_and(|value| value.contains(word))
    };
    let is_prefetched = ["sec-purpose", "purpose", "x-moz"]
        .iter()
        .any(|name| says(name, "prefetch"));
    let is_navigation =
        !request.headers().contains_key("sec-fetch-mode") || says("sec-fetch-mode", "navigate");
    request.method() != Method::HEAD && !is_prefetched && is_navigation
}

/// A link in a mail or on another site changes nothing of an account.
fn is_from_own_page(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    site.is_some_and(|site| site == "same-origin")
}

/// A page is shown all the same when this fails: it will say what is wrong, if it matters there.
async fn follow(app: &App, session: &Session, locale: Locale) {
    if let Ok(Some(of)) = session::current(session).await
        && let Err(error) = accounts::follow_locale(&app.pool, of.user, of.epoch, locale).await
    {
        tracing::warn!(%error, "the account's language stays as it was");
    }
}
