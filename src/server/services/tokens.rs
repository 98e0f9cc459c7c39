//! Tokens with which programs use the JSON API: made once, shown once, known by their hash.

use sqlx::PgPool;
use time::OffsetDateTime;
use uuid::Uuid;

use super::accounts::Welcome;
use super::{limits, opaque};
use crate::domain::token::{TOKEN_DAYS, TOKEN_NAME};
use crate::domain::{Code, Problem};
use crate::server::Error;
use crate::server::store::api_tokens::{self as rows, New, Row};
use crate::server::store::onboarding::{self, OfToken};
use crate::server::vault::preview;

/// What every token begins with, so that one that leaked is recognised.
pub const PREFIX: &str = "ava_";
/// For how many days a log-in's token is good; as long as a session at most.
const LOG_IN_DAYS: i32 = 30;

/// A token that was just made; it is never shown again.
pub struct Issued {
    pub token: String,
    pub expires_at: OffsetDateTime,
}

/// What became of the wish for a token.
pub enum Created {
    Issued(Issued),
    /// One of this id was made before, as by a form that was sent twice.
    Before,
    Problems(Vec<Problem>),
}

/// Makes a token for a program, of a name and a number of days as they were typed.
///
/// # Errors
/// When the database does not answer.
pub async fn create(
    pool: &PgPool,
    user: Uuid,
    id: Uuid,
    name: &str,
    days: &str,
) -> Result<Created, Error> {
    let (name, days) = (TOKEN_NAME.text(name), TOKEN_DAYS.text(days));
    let days = days.and_then(|days| {
        days.parse()
            .map_err(|_| TOKEN_DAYS.problem(Code::NotInList))
    });
    let (name, days) = match (name, days) {
        (Ok(name), Ok(days)) => (name, days),
        (name, days) => {
            let problems = [name.err(), days.err()];
            return Ok(Created::Problems(problems.into_iter().flatten().collect()));
        }
    };
    let mut connection = pool.acquire().await?;
    limits::TOKEN.need(&mut connection, user.as_bytes()).await?;
    drop(connection);
    let issued = issue(pool, user, id, &name, days, None).await?;
    Ok(issued.map_or(Created::Before, Created::Issued))
}

/// Makes the token of a log-in. A new password ends it, as it ends sessions.
///
/// # Errors
/// When the database does not answer.
pub async fn log_in(pool: &PgPool, welcome: &Welcome) -> Result<Issued, Error> {
    let (id, epoch) = (Uuid::new_v4(), Some(welcome.session_epoch));
    issue(pool, welcome.user, id, "login", LOG_IN_DAYS, epoch)
        .await?
        .ok_or_else(|| Error::Unexpected("a new id was not new".to_owned()))
}

async fn issue(
    pool: &PgPool,
    user: Uuid,
    id: Uuid,
    name: &str,
    days: i32,
    session_epoch: Option<i32>,
) -> Result<Option<Issued>, Error> {
    let token = format!("{PREFIX}{}", opaque::random());
    let mut connection = pool.acquire().await?;
    let new = New {
        id,
        name,
        token_hash: &opaque::hash(&token),
        token_preview: &preview(&token),
        session_epoch,
        days,
    };
    let expires_at = rows::insert(&mut connection, user, &new).await?;
    if expires_at.is_some() {
        tracing::info!(%user, token = %id, "token made");
    }
    Ok(expires_at.map(|expires_at| Issued { token, expires_at }))
}

/// Whose token this is; `None` when it is not, or no longer, good. Its use is noted.
///
/// # Errors
/// When the database does not answer.
pub async fn authenticate(pool: &PgPool, token: &str) -> Result<Option<OfToken>, Error> {
    if !token.starts_with(PREFIX) {
        return Ok(None);
    }
    let mut connection = pool.acquire().await?;
    let of_token = onboarding::of_token(&mut connection, &opaque::hash(token)).await?;
    if let Some(stale) = of_token.as_ref().filter(|of_token| of_token.is_stale) {
        rows::touch(&mut connection, stale.token).await?;
    }
    Ok(of_token)
}

/// A customer's tokens that are good, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(pool: &PgPool, user: Uuid) -> Result<Vec<Row>, Error> {
    let mut connection = pool.acquire().await?;
    Ok(rows::of_user(&mut connection, user).await?)
}

/// Voids a token. Idempotent; another customer's token is not touched.
///
/// # Errors
/// When the database does not answer.
pub async fn revoke(pool: &PgPool, user: Uuid, id: Uuid) -> Result<(), Error> {
    let mut connection = pool.acquire().await?;
    if rows::delete(&mut connection, user, id).await? {
        tracing::info!(%user, token = %id, "token revoked");
    } else {
        tracing::warn!(%user, token = %id, "refused: a token that is not, or no longer, the customer's");
    }
    Ok(())
}
