//! The language of an address without one, and remembering the one that was read last.

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::middleware::Next;
use axum::response::Response;

use super::cookie;
use crate::domain::Locale;
use crate::server::{App, Config};

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

/// Keeps the language of a page in a cookie for a year.
pub async fn remember(
    State(app): State<App>,
    Extension(locale): Extension<Locale>,
    request: Request,
    next: Next,
) -> Response {
    let name = cookie::name(COOKIE, &app.config);
    let is_known = cookie::get(request.headers(), &name) == Some(locale.code());
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
