//! Reading a request: the visit, the proven form, the customer; or the answer where one of them is missing.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{CONTENT_TYPE, HeaderMap, ORIGIN, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use leptos::nonce::Nonce;
use tower_sessions::Session;

use super::client_ip::client_ip;
use super::cookie::{self, KNOWN_BROWSER};
use super::visit::{Customer, Form, Visit};
use super::{REQUEST_ID, csrf, language, render};
use crate::domain::Locale;
use crate::functions::{Refusal, address};
use crate::pages::error::Trouble;
use crate::server::body::{self, Unread};
use crate::server::{App, Config, session};

impl FromRequestParts<App> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let missing = |what: &str| {
            tracing::error!("{what} is missing: the router lacks a layer");
            render::plain(StatusCode::INTERNAL_SERVER_ERROR)
        };
        let extensions = &parts.extensions;
        let from_address = || Locale::from_code(parts.uri.path().split('/').nth(1)?);
        let locale = extensions
            .get::<Locale>()
            .copied()
            .or_else(from_address)
            .unwrap_or_else(|| language::preferred(&parts.headers, &app.config));
        let session = extensions
            .get::<Session>()
            .ok_or_else(|| missing("the session"))?;
        let held = |name| {
            let held = cookie::get(&parts.headers, &cookie::name(name, &app.config));
            held.map(str::to_owned)
        };
        let mut visit = Self {
            locale,
            uri: extensions
                .get::<axum::extract::OriginalUri>()
                .map_or_else(|| parts.uri.clone(), |original| original.0.clone()),
            session: session.clone(),
            csrf: extensions
                .get::<csrf::Proof>()
                .ok_or_else(|| missing("the csrf secret"))?
                .clone(),
            nonce: extensions
                .get::<Nonce>()
                .ok_or_else(|| missing("the nonce"))?
                .clone(),
            customer: None,
            logged_in_at: None,
            ip: client_ip(&parts.headers, extensions.get(), app.config.trusted_proxies),
            user_agent: parts
                .headers
                .get(USER_AGENT)
                .and_then(|agent| agent.to_str().ok())
                .map(|agent| agent.chars().take(300).collect())
                .unwrap_or_default(),
            known: held(KNOWN_BROWSER),
            reset_token: held(cookie::RESET),
            request_id: parts
                .headers
                .get(REQUEST_ID)
                .and_then(|id| id.to_str().ok())
                .unwrap_or_default()
                .to_owned(),
            wants_json: accepts_json(&parts.headers),
            app: app.clone(),
        };
        if let Some((status, trouble)) = too_long(parts) {
            return Err(render::trouble(&visit, status, trouble));
        }
        match session::customer(&app.pool, &visit.session).await {
            Ok(Some(found)) => {
                visit.logged_in_at = Some(found.logged_in_at);
                visit.customer = Some(Arc::new(found.onboarding));
            }
            Ok(None) => {}
            // A form's answer keeps what was typed, so that one is given by `Form`.
            Err(error) if parts.method == Method::POST => {
                parts.extensions.insert(Unreachable);
                tracing::warn!(%error, "the session could not be read");
            }
            Err(error) => return Err(render::failure(&visit, error)),
        }
        Ok(visit)
    }
}

#[derive(Clone, Copy)]
struct Unreachable;

/// A visit with its form, read and proven to come from our own page.
pub struct Posted {
    pub visit: Visit,
    pub form: Form,
}

/// The largest form body, in bytes.
const BODY_LIMIT: usize = 64 * 1024;
/// The longest address, and all headers together, of a request to a page, in bytes.
const ADDRESS_LIMIT: usize = 8 * 1024;
const HEADERS_LIMIT: usize = 32 * 1024;

impl FromRequest<App> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, app).await?;
        if is_from_elsewhere(&parts.headers, &app.config) {
            tracing::warn!(user = ?visit.user(), "refused: a form from another site");
            return Err(render::refusal(&visit, &Refusal::Forbidden));
        }
        let content_type = parts
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let is_form = content_type
            .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"));
        if !is_form {
            return Err(render::refusal(&visit, &Refusal::Malformed));
        }
        let body = match body::read(body, BODY_LIMIT).await {
            Ok(body) => body,
            Err(Unread::TooLarge) => return Err(render::refusal(&visit, &Refusal::TooLarge)),
            Err(unread) => {
                let status = unread.status();
                return Err(render::trouble(&visit, status, Trouble::Incomplete));
            }
        };
        let Some(fields) = decode(&body) else {
            return Err(render::refusal(&visit, &Refusal::Malformed));
        };
        let mut form = Form { fields };
        let is_proven = visit.csrf.fits(form.last("csrf_token"));
        form.remove("csrf_token");
        if parts.extensions.get::<Unreachable>().is_some() {
            return Err(render::hold(&visit, form, &Refusal::Unavailable));
        }
        if visit.customer.is_none() && parts.uri.path().ends_with(address::LOG_OUT) {
            // In another tab, say.
            return Err(render::see_other(&visit.signed_out()));
        }
        let account = form.last("account");
        let is_of_another = visit
            .customer
            .as_ref()
            .is_some_and(|customer| account != customer.user.simple().to_string());
        if is_of_another && !account.is_empty() {
            tracing::warn!(user = ?visit.user(), "refused: a form of another account");
            return Err(render::hold(&visit, form, &Refusal::OtherAccount));
        }
        if !is_proven {
            tracing::warn!(user = ?visit.user(), "refused: a form without a good token");
            let why = if visit.csrf.has_cookie() {
                Refusal::FormExpired
            } else {
                Refusal::NoCookies
            };
            return Err(render::hold(&visit, form, &why));
        }
        Ok(Self { visit, form })
    }
}

/// What is too long of a request. The HTTP library answers by itself, without a page or headers of ours, only to what
/// is longer still.
fn too_long(parts: &Parts) -> Option<(StatusCode, Trouble)> {
    let address = parts
        .uri
        .path_and_query()
        .map_or(0, |all| all.as_str().len());
    let headers = parts.headers.iter();
    let headers: usize = headers
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if address > ADDRESS_LIMIT {
        Some((StatusCode::URI_TOO_LONG, Trouble::LongAddress))
    } else if headers > HEADERS_LIMIT {
        Some((
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Trouble::LargeHeaders,
        ))
    } else {
        None
    }
}

/// Whether a browser says that another origin's page sends this. One too old to name the site names the origin.
pub(in crate::server) fn is_from_elsewhere(headers: &HeaderMap, config: &Config) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "cross-site" || site == "same-site";
    }
    let own = config.public_url.origin().ascii_serialization();
    headers
        .get(ORIGIN)
        .is_some_and(|origin| origin.as_bytes() != own.as_bytes())
}

/// Reads a form body: UTF-8, line breaks as `\n`, without the NUL that no text may hold.
/// `None` when it is not well formed.
fn decode(body: &[u8]) -> Option<Vec<(String, String)>> {
    let text = std::str::from_utf8(body).ok()?;
    // The decoder replaces broken UTF-8; a browser never sends it.
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(text).ok()?;
    let is_broken = |text: &str| text.contains(['\u{fffd}']);
    if pairs.len() > 200 || pairs.iter().any(|(name, _)| is_broken(name)) {
        return None;
    }
    let clean = |text: String| {
        text.replace("\r\n", "\n")
            .replace('\r', "\n")
            .replace('\0', "")
    };
    Some(
        pairs
            .into_iter()
            .map(|(name, value)| (name, clean(value)))
            .collect(),
    )
}

fn accepts_json(headers: &HeaderMap) -> bool {
    headers
        .get(axum::http::header::ACCEPT)
        .is_some_and(|accept| accept == "application/json")
}

impl FromRequestParts<App> for Customer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let visit = Visit::from_request_parts(parts, app).await?;
        Self::of(visit).map_err(|visit| render::log_in_first(&visit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_decoded_with_plain_line_breaks_and_broken_ones_refused() {
        let pairs = decode(b"a=1%0D%0A2&languages%5B%5D=en&languages%5B%5D=he&b=%D7%A9%00")
            .expect("decodes");
        let value = |index: usize| pairs[index].1.as_str();
        assert_eq!(value(0), "1\n2");
        assert_eq!(pairs[1].0, "languages[]");
        assert_eq!(value(3), "ש");
        assert_eq!(decode(b"\xff\xfe"), None);
    }
}
