//! Reading a request: the visit, the proven form, the customer; or the answer where one of them is missing.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Request};
use axum::http::header::{CONTENT_TYPE, HeaderMap, ORIGIN, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use leptos::nonce::Nonce;
use tower_sessions::Session;

use super::cookie::{self, KNOWN_BROWSER};
use super::visit::{Customer, Form, Visit};
use super::{csrf, language, render};
use crate::domain::Locale;
use crate::functions::Refusal;
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
                .get("x-request-id")
                .and_then(|id| id.to_str().ok())
                .unwrap_or_default()
                .to_owned(),
            wants_json: accepts_json(&parts.headers),
            app: app.clone(),
        };
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
pub const BODY_LIMIT: usize = 64 * 1024;

impl FromRequest<App> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, app).await?;
        if is_from_elsewhere(&parts.headers, &app.config) {
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
        let Ok(body) = axum::body::to_bytes(body, BODY_LIMIT).await else {
            return Err(render::refusal(&visit, &Refusal::TooLarge));
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
        if !is_proven {
            let why = if visit.csrf.has_cookie() {
                Refusal::FormExpired
            } else {
                Refusal::NoCookies
            };
            return Err(render::hold(&visit, form, &why));
        }
        let account = form.last("account");
        let is_of_another = visit
            .customer
            .as_ref()
            .is_some_and(|customer| account != customer.user.simple().to_string());
        if is_of_another && !account.is_empty() {
            return Err(render::hold(&visit, form, &Refusal::OtherAccount));
        }
        Ok(Self { visit, form })
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

/// The visitor's address: the peer's, or what the trusted proxies in front say it is.
pub(in crate::server) fn client_ip(
    headers: &HeaderMap,
    peer: Option<&ConnectInfo<SocketAddr>>,
    trusted_proxies: usize,
) -> IpAddr {
    let forwarded = || {
        let hops: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        let index = hops.len().checked_sub(trusted_proxies)?;
        hops.get(index)?.trim().parse().ok()
    };
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.ip());
    if trusted_proxies == 0 {
        peer
    } else {
        forwarded().unwrap_or(peer)
    }
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

    #[test]
    fn only_configured_proxies_are_believed() {
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-forwarded-for",
            "6.6.6.6, 203.0.113.7".parse().expect("a header"),
        );
        let peer = ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 1)));
        assert_eq!(client_ip(&headers, Some(&peer), 0).to_string(), "10.0.0.1");
        assert_eq!(
            client_ip(&headers, Some(&peer), 1).to_string(),
            "203.0.113.7"
        );
        assert_eq!(client_ip(&headers, Some(&peer), 3).to_string(), "10.0.0.1");
    }
}
