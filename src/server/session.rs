//! Sessions: who is logged in, for how long, and how that is kept.
//!
//! A session lives 7 days without use and 30 days at most. The cookie holds a random token of 128
//! bits; the database holds only its hash.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use time::{Duration, OffsetDateTime};
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{self, SessionStore};
use tower_sessions::{Expiry, Session, SessionManagerLayer};
use uuid::Uuid;

use super::services::accounts::Welcome;
use super::store::onboarding::{self, OfSession};
use super::store::sessions::{self, Row};
use super::{Config, Error};

const IDLE: Duration = Duration::days(7);
const ABSOLUTE: Duration = Duration::days(30);
/// How exactly its last use is known; with that a session is prolonged.
const USE: Duration = Duration::hours(1);
/// How long after a log-in that which matters most is done without asking for the password again.
const FRESH: Duration = Duration::minutes(10);
const KEY: &str = "customer";

/// What a session knows of its customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedIn {
    pub user: Uuid,
    /// The account's epoch at log-in; a new password begins another and voids this session.
    pub epoch: i32,
    pub since: OffsetDateTime,
    pub from: From,
}

/// Where a session was begun: shown to its customer, and looked at by nobody else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct From {
    pub user_agent: String,
    pub ip: String,
}

/// Whether a log-in is as recent as tokens, keys and the like ask for.
#[must_use]
pub fn is_fresh(logged_in_at: OffsetDateTime) -> bool {
    OffsetDateTime::now_utc() < logged_in_at + FRESH
}

/// What the session says of its customer, whose account may be gone or in another epoch; `None` for a visitor.
///
/// # Errors
/// When the database does not answer.
pub async fn current(session: &Session) -> Result<Option<LoggedIn>, Error> {
    Ok(session.get(KEY).await?)
}

/// The customer of a session, read in one statement; `None` for a visitor, and when the account is gone or
/// the session older than its password. A session in use is prolonged.
///
/// # Errors
/// When the database does not answer.
pub async fn customer(pool: &PgPool, session: &Session) -> Result<Option<OfSession>, Error> {
    let Some(token) = session.id() else {
        return Ok(None);
    };
    let now = OffsetDateTime::now_utc();
    let mut connection = pool.acquire().await?;
    let found =
        onboarding::of_session(&mut connection, &hash(token), now - ABSOLUTE, now - USE).await?;
    drop(connection);
    let Some(found) = found else {
        end(session).await?;
        return Ok(None);
    };
    if found.is_stale {
        // The middleware saves what was changed, and sends the cookie anew.
        session.set_expiry(Some(Expiry::OnInactivity(IDLE)));
    }
    Ok(Some(found))
}

/// Begins a session under a new token; the old one, if any, dies with all it held.
///
/// # Errors
/// When the database does not answer.
pub async fn begin(session: &Session, welcome: &Welcome, from: From) -> Result<(), Error> {
    session.clear().await;
    // After `flush`, tower-sessions 0.14 would save the new session under the token of the old.
    session.cycle_id().await?;
    let logged_in = LoggedIn {
        user: welcome.user,
        epoch: welcome.session_epoch,
        since: OffsetDateTime::now_utc(),
        from,
    };
    session.insert(KEY, logged_in).await?;
    Ok(session.save().await?)
}

/// Where a customer is logged in, the last used first; and which of these this session is.
///
/// # Errors
/// When the database does not answer.
pub async fn list(
    pool: &PgPool,
    session: &Session,
    user: Uuid,
) -> Result<(Vec<sessions::Known>, String), Error> {
    let mut connection = pool.acquire().await?;
    let since = OffsetDateTime::now_utc() - ABSOLUTE;
    let all = sessions::of_user(&mut connection, user, since).await?;
    Ok((all, session.id().map(hash).unwrap_or_default()))
}

/// Ends one of a customer's sessions, by its id in the list. Idempotent; another customer's is not touched.
///
/// # Errors
/// When the database does not answer.
pub async fn end_one(pool: &PgPool, user: Uuid, id: &str) -> Result<(), Error> {
    let mut connection = pool.acquire().await?;
    if sessions::delete_of(&mut connection, user, id).await? {
        tracing::info!(%user, "session ended");
    } else {
        tracing::warn!(%user, "refused: a session that is not, or no longer, the customer's");
    }
    Ok(())
}

/// Ends every session of a customer but this.
///
/// # Errors
/// When the database does not answer.
pub async fn end_others(pool: &PgPool, session: &Session, user: Uuid) -> Result<(), Error> {
    let this = session.id().map(hash).unwrap_or_default();
    let mut connection = pool.acquire().await?;
    let ended = sessions::delete_others(&mut connection, user, &this).await?;
    tracing::info!(%user, ended, "other sessions ended");
    Ok(())
}

/// Ends the session on the server and in the browser.
///
/// # Errors
/// When the database does not answer.
pub async fn end(session: &Session) -> Result<(), Error> {
    // Where there is none the library would warn of it.
    if session.id().is_some() {
        session.flush().await?;
    }
    Ok(())
}

/// The middleware that loads and saves sessions.
#[must_use]
pub fn layer(pool: PgPool, config: &Config) -> SessionManagerLayer<Hashed> {
    let name = if config.is_https() {
        "__Host-session"
    } else {
        "session"
    };
    SessionManagerLayer::new(Hashed { pool })
        .with_name(name)
        .with_secure(config.is_https())
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(IDLE))
}

/// What stands in the database for a session's token.
fn hash(token: Id) -> String {
    let digest = Sha256::digest(token.0.to_be_bytes());
    let mut first = [0; 16];
    first.copy_from_slice(&digest[..16]);
    Id(i128::from_be_bytes(first)).to_string()
}

/// A store that knows tokens only by their hash, so that a stolen table opens no session; and sessions only of
/// customers.
#[derive(Clone, Debug)]
pub struct Hashed {
    pool: PgPool,
}

fn failed(error: &impl ToString) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for Hashed {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        let logged_in = record.data.get(KEY).cloned().unwrap_or_default();
        let of: LoggedIn = serde_json::from_value(logged_in).map_err(|error| failed(&error))?;
        let row = Row {
            user: of.user,
            session_epoch: of.epoch,
            logged_in_at: of.since,
            user_agent: of.from.user_agent,
            ip: of.from.ip,
            expires_at: record.expiry_date,
        };
        let mut connection = self.pool.acquire().await.map_err(|error| failed(&error))?;
        // 128 random bits do not collide.
        sessions::insert(&mut connection, &hash(record.id), &row)
            .await
            .map_err(|error| failed(&error))
    }

    /// Only its time changes: without a database the page is answered all the same, where the library would send an
    /// empty 500. One that was ended meanwhile stays so.
    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let prolonged = async {
            let mut connection = self.pool.acquire().await?;
            sessions::touch(&mut connection, &hash(record.id), record.expiry_date).await
        };
        if let Err(error) = prolonged.await {
            tracing::warn!(%error, "a session was not prolonged");
        }
        Ok(())
    }

    async fn load(&self, token: &Id) -> session_store::Result<Option<Record>> {
        let mut connection = self.pool.acquire().await.map_err(|error| failed(&error))?;
        let since = OffsetDateTime::now_utc() - ABSOLUTE;
        let row = sessions::of(&mut connection, &hash(*token), since)
            .await
            .map_err(|error| failed(&error))?;
        row.map(|row| {
            let logged_in = LoggedIn {
                user: row.user,
                epoch: row.session_epoch,
                since: row.logged_in_at,
                from: From {
                    user_agent: row.user_agent,
                    ip: row.ip,
                },
            };
            let logged_in = serde_json::to_value(logged_in).map_err(|error| failed(&error))?;
            Ok(Record {
                id: *token,
                data: [(KEY.to_owned(), logged_in)].into(),
                expiry_date: row.expires_at,
            })
        })
        .transpose()
    }

    async fn delete(&self, token: &Id) -> session_store::Result<()> {
        let mut connection = self.pool.acquire().await.map_err(|error| failed(&error))?;
        sessions::delete(&mut connection, &hash(*token))
            .await
            .map_err(|error| failed(&error))
    }
}
