//! Requests that are done once, however often they are sent.

use serde_json::Value;
use sqlx::PgPool;
use uuid::Uuid;

use crate::server::Error;
use crate::server::store::idempotency_keys as rows;

/// What a request came to.
pub struct Outcome {
    /// Of HTTP.
    pub status: u16,
    pub location: Option<String>,
    pub body: Value,
}

/// What became of the wish to do a request under a key.
pub enum Taken {
    /// It is to be done now.
    New,
    /// It is under way.
    Running,
    /// It was done within the last 24 hours.
    Done(Outcome),
    /// The key was used for something else.
    OtherRequest,
}

/// Takes a key for a request.
///
/// # Errors
/// When the database does not answer.
pub async fn take(pool: &PgPool, user: Uuid, key: &str, hash: &[u8]) -> Result<Taken, Error> {
    let mut connection = pool.acquire().await?;
    if rows::take(&mut connection, user, key, hash).await? {
        return Ok(Taken::New);
    }
    Ok(match rows::get(&mut connection, user, key).await? {
        // Given back a moment ago.
        None => Taken::Running,
        Some(row) if row.request_hash != hash => Taken::OtherRequest,
        Some(row) => match row.status.map(u16::try_from) {
            Some(Ok(status)) => Taken::Done(Outcome {
                status,
                location: row.location,
                body: row.body.unwrap_or_default(),
            }),
            _ => Taken::Running,
        },
    })
}

/// Keeps what a request came to.
///
/// # Errors
/// When the database does not answer.
pub async fn keep(pool: &PgPool, user: Uuid, key: &str, outcome: &Outcome) -> Result<(), Error> {
    let mut connection = pool.acquire().await?;
    let status = i16::try_from(outcome.status).unwrap_or(200);
    let location = outcome.location.as_deref();
    Ok(rows::answer(
        &mut connection,
        user,
        key,
        status,
        location,
        Some(&outcome.body),
    )
    .await?)
}

/// Frees the key of a request that came to nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn give_back(pool: &PgPool, user: Uuid, key: &str) -> Result<(), Error> {
    let mut connection = pool.acquire().await?;
    Ok(rows::give_back(&mut connection, user, key).await?)
}
