//! Sessions: who is logged in, for how long, and how that is kept.
//!
//! A session lives 7 days without use and 30 days at most. The cookie holds a random token of 128
//! bits; the database holds only its hash.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, PgPool};
use time::{Duration, OffsetDateTime};
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{self, ExpiredDeletion, SessionStore};
use tower_sessions::{Expiry, Session, SessionManagerLayer};
use tower_sessions_sqlx_store::PostgresStore;
use uuid::Uuid;

use super::services::accounts::Welcome;
use super::store::onboarding::{self, Onboarding};
use super::store::sessions;
use super::{Config, Error};

const IDLE: Duration = Duration::days(7);
const ABSOLUTE: Duration = Duration::days(30);
/// A session in use is prolonged once this much of its idle time has passed.
const PROLONG_AFTER: Duration = Duration::days(1);
const KEY: &str = "customer";

/// What a session knows of its customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedIn {
    pub user: Uuid,
    /// The account's epoch at log-in; a new password begins another and voids this session.
    pub epoch: i32,
    #[serde(with = "time::serde::timestamp")]
    pub since: OffsetDateTime,
}

/// The customer of a session, prolonging it when it is in use; `None` for a visitor.
///
/// # Errors
/// When the database does not answer.
pub async fn current(session: &Session) -> Result<Option<LoggedIn>, Error> {
    let Some(logged_in) = session.get::<LoggedIn>(KEY).await? else {
        return Ok(None);
    };
    let now = OffsetDateTime::now_utc();
    if logged_in.since + ABSOLUTE <= now {
        end(session).await?;
        return Ok(None);
    }
    if session.expiry_date() < now + IDLE - PROLONG_AFTER {
        session.set_expiry(Some(Expiry::OnInactivity(IDLE)));
    }
    Ok(Some(logged_in))
}

/// The customer of a session, read in one statement; `None` for a visitor, and when the account is gone or
/// the session older than its password. A session in use is prolonged.
///
/// # Errors
/// When the database does not answer.
pub async fn customer(pool: &PgPool, session: &Session) -> Result<Option<Onboarding>, Error> {
    let Some(token) = session.id() else {
        return Ok(None);
    };
    let id = Hashed::id(&token).to_string();
    let now = OffsetDateTime::now_utc();
    let mut connection = pool.acquire().await?;
    let until = now + IDLE - PROLONG_AFTER;
    let found = onboarding::of_session(&mut connection, &id, now - ABSOLUTE, until).await?;
    if let Some((onboarding, ends_soon)) = found {
        drop(connection);
        if ends_soon {
            current(session).await?;
        }
        return Ok(Some(onboarding));
    }
    // It is over, or it was begun before sessions knew whose they are.
    drop(connection);
    let Some(logged_in) = current(session).await? else {
        return Ok(None);
    };
    let mut connection = pool.acquire().await?;
    logged_in.note(&mut connection, &id).await?;
    let found = onboarding::load(&mut connection, logged_in.user).await?;
    let found = found.filter(|onboarding| onboarding.session_epoch == logged_in.epoch);
    if found.is_none() {
        end(session).await?;
    }
    Ok(found)
}

impl LoggedIn {
    async fn note(&self, connection: &mut PgConnection, id: &str) -> sqlx::Result<()> {
        sessions::set_customer(connection, id, self.user, self.epoch, self.since).await
    }
}

/// Begins a session under a new token; the old one, if any, dies with all it held.
///
/// # Errors
/// When the database does not answer.
pub async fn begin(session: &Session, welcome: &Welcome) -> Result<(), Error> {
    end(session).await?;
    let logged_in = LoggedIn {
        user: welcome.user,
        epoch: welcome.session_epoch,
        since: OffsetDateTime::now_utc(),
    };
    session.insert(KEY, logged_in).await?;
    Ok(session.save().await?)
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
    let store = Hashed {
        pool: pool.clone(),
        table: table(pool),
    };
    SessionManagerLayer::new(store)
        .with_name(name)
        .with_secure(config.is_https())
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(IDLE))
}

/// Deletes the sessions whose time is over.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(pool: PgPool) -> Result<(), Error> {
    table(pool)
        .delete_expired()
        .await
        .map_err(|error| Error::Unavailable(sqlx::Error::Protocol(error.to_string())))
}

fn table(pool: PgPool) -> PostgresStore {
    PostgresStore::new(pool)
        .with_schema_name("public")
        .and_then(|store| store.with_table_name("sessions"))
        .expect("both names are plain identifiers")
}

/// A store that knows tokens only by their hash, so that a stolen table opens no session.
#[derive(Clone, Debug)]
pub struct Hashed {
    pool: PgPool,
    table: PostgresStore,
}

impl Hashed {
    fn id(token: &Id) -> Id {
        let digest = Sha256::digest(token.0.to_be_bytes());
        let mut first = [0; 16];
        first.copy_from_slice(&digest[..16]);
        Id(i128::from_be_bytes(first))
    }

    fn record(record: &Record) -> Record {
        Record {
            id: Self::id(&record.id),
            ..record.clone()
        }
    }
}

#[async_trait]
impl SessionStore for Hashed {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        // 128 random bits do not collide.
        self.save(record).await
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        let record = Self::record(record);
        self.table.save(&record).await?;
        let logged_in = record.data.get(KEY).cloned();
        let logged_in = logged_in.and_then(|value| serde_json::from_value::<LoggedIn>(value).ok());
        if let Some(logged_in) = logged_in {
            let noted = async {
                let mut connection = self.pool.acquire().await?;
                logged_in
                    .note(&mut connection, &record.id.to_string())
                    .await
            };
            let failed = |error: sqlx::Error| session_store::Error::Backend(error.to_string());
            noted.await.map_err(failed)?;
        }
        Ok(())
    }

    async fn load(&self, token: &Id) -> session_store::Result<Option<Record>> {
        let stored = self.table.load(&Self::id(token)).await?;
        Ok(stored.map(|record| Record {
            id: *token,
            ..record
        }))
    }

    async fn delete(&self, token: &Id) -> session_store::Result<()> {
        self.table.delete(&Self::id(token)).await
    }
}
