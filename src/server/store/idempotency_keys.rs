//! The first outcomes of requests that named an `Idempotency-Key`, kept for a day.

use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

/// A request that was seen before.
pub struct Row {
    pub request_hash: Vec<u8>,
    /// Absent while it is under way.
    pub status: Option<i16>,
    pub location: Option<String>,
    pub body: Option<Value>,
}

/// Takes a key for a request; false when it is taken. A request that was never answered, as when
/// its server died, holds its key for a minute.
///
/// # Errors
/// When the database does not answer.
pub async fn take(
    connection: &mut PgConnection,
    user: Uuid,
    key: &str,
    request_hash: &[u8],
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "INSERT INTO idempotency_keys AS i (user_id, key, request_hash) VALUES ($1, $2, $3)
         ON CONFLICT (user_id, key) DO UPDATE SET
            request_hash = excluded.request_hash, status = NULL, location = NULL, body = NULL,
            created_at = now()
         WHERE i.created_at < now() - interval '1 day'
            OR (i.status IS NULL AND i.created_at < now() - interval '1 minute')",
        user,
        key,
        request_hash
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// What a key was taken for.
///
/// # Errors
/// When the database does not answer.
pub async fn get(
    connection: &mut PgConnection,
    user: Uuid,
    key: &str,
) -> sqlx::Result<Option<Row>> {
    sqlx::query_as!(
        Row,
        "SELECT request_hash, status, location, body FROM idempotency_keys
         WHERE user_id = $1 AND key = $2",
        user,
        key
    )
    .fetch_optional(connection)
    .await
}

/// Keeps the outcome of the request that took a key.
///
/// # Errors
/// When the database does not answer.
pub async fn answer(
    connection: &mut PgConnection,
    user: Uuid,
    key: &str,
    status: i16,
    location: Option<&str>,
    body: Option<&Value>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE idempotency_keys SET status = $3, location = $4, body = $5
         WHERE user_id = $1 AND key = $2",
        user,
        key,
        status,
        location,
        body
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Gives a key back whose request came to nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn give_back(connection: &mut PgConnection, user: Uuid, key: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM idempotency_keys WHERE user_id = $1 AND key = $2 AND status IS NULL",
        user,
        key
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets what is older than a day.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM idempotency_keys WHERE created_at < now() - interval '1 day'")
        .execute(connection)
        .await?;
    Ok(())
}
