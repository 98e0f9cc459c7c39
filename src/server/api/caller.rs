//! Who calls: a program with a token, or a page of our own with the session's cookie.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION};
use axum::http::request::Parts;
use time::OffsetDateTime;
use tower_sessions::Session;
use uuid::Uuid;

use super::problem::{Kind, Problem};
use crate::domain::Locale;
use crate::server::services::onboarding::{self, Onboarding};
use crate::server::services::tokens;
use crate::server::web::arrival::is_from_elsewhere;
use crate::server::web::client_ip::client_ip;
use crate::server::{App, Error, session};

/// The header that only a page of our own can send along with a cookie: another origin's would be
/// asked for by the browser first, and refused.
pub const OWN_HEADER: &str = "x-requested-with";

/// An active customer.
#[derive(Clone)]
pub struct Caller {
    pub user: Uuid,
    pub by: By,
    /// Where they stood when the call came.
    pub before: Arc<Onboarding>,
}

/// By what a caller is known.
#[derive(Clone, Debug)]
pub enum By {
    Token(Uuid),
    /// And when its customer gave the password.
    Session(Session, OffsetDateTime),
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        if let Some(known) = parts.extensions.get::<Self>() {
            return Ok(known.clone());
        }
        let caller = match parts.headers.get(AUTHORIZATION) {
            Some(value) => {
                let of_token = async {
                    let token = value.to_str().ok().and_then(bearer);
                    match token {
                        Some(token) => tokens::authenticate(&app.pool, token).await,
                        None => Ok(None),
                    }
                }
                .await?;
                let Some(of_token) = of_token else {
                    tracing::warn!("refused: a token that is not, or no longer, good");
                    return Err(Kind::Unauthorized.into());
                };
                Self {
                    user: of_token.onboarding.user,
                    by: By::Token(of_token.token),
                    before: Arc::new(of_token.onboarding),
                }
            }
            None => of_session(parts, app).await?,
        };
        parts.extensions.insert(caller.clone());
        Ok(caller)
    }
}

impl Caller {
    /// Whether a customer who is known by a cookie has given the password a short while ago, as the settings ask for.
    ///
    /// # Errors
    /// [`Kind::Unauthorized`] when not.
    pub fn must_be_fresh(&self) -> Result<(), Problem> {
        match self.by {
            By::Session(_, logged_in_at) if !session::is_fresh(logged_in_at) => {
                tracing::warn!(user = %self.user, "refused: the log-in is too long ago for this");
                Err(Kind::Unauthorized.into())
            }
            _ => Ok(()),
        }
    }

    /// Reads where the caller stands.
    ///
    /// # Errors
    /// When the account is gone or the database does not answer.
    pub async fn onboarding(&self, app: &App) -> Result<Onboarding, Error> {
        let mut connection = app.pool.acquire().await?;
        onboarding::load(&mut connection, self.user).await
    }
}

/// The program at the other end: where it is and which language it asks for.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    pub ip: IpAddr,
    pub locale: Locale,
}

impl FromRequestParts<App> for Client {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let accepted = parts.headers.get(ACCEPT_LANGUAGE);
        let locale = accepted.and_then(|value| Locale::negotiate(value.to_str().ok()?));
        let peer = parts.extensions.get();
        Ok(Self {
            ip: client_ip(&parts.headers, peer, app.config.trusted_proxies),
            locale: locale.unwrap_or_default(),
        })
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

async fn of_session(parts: &Parts, app: &App) -> Result<Caller, Problem> {
    let session = parts
        .extensions
        .get::<Session>()
        .cloned()
        .ok_or_else(|| Error::Unexpected("the router lacks sessions".to_owned()))?;
    let found = session::customer(&app.pool, &session)
        .await?
        .ok_or(Kind::Unauthorized)?;
    let before = found.onboarding;
    let is_change = !parts.method.is_safe();
    if is_from_elsewhere(&parts.headers, &app.config) {
        tracing::warn!(user = %before.user, "refused: a call from another origin");
        return Err(Kind::Forbidden.into());
    }
    if is_change && !parts.headers.contains_key(OWN_HEADER) {
        tracing::warn!(user = %before.user, "refused: a call that does not show that it is ours");
        return Err(Kind::Forbidden.into());
    }
    Ok(Caller {
        user: before.user,
        by: By::Session(session, found.logged_in_at),
        before: Arc::new(before),
    })
}
