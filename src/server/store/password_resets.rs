//! Password resets: one open link per account, stored as a hash.

use sqlx::PgConnection;
use uuid::Uuid;

/// Opens a reset for an account and voids an older one; false, and nothing changed, when the account has had
/// five within the hour, whoever asked.
///
/// # Errors
/// When the database does not answer.
pub async fn replace(
    connection: &mut PgConnection,
    user: Uuid,
    token_hash: &[u8],
    minutes: i32,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "INSERT INTO password_resets AS r (token_hash, user_id, expires_at, requested_at)
         VALUES ($1, $2, now() + make_interval(mins => $3), ARRAY[now()])
         ON CONFLICT (user_id) DO UPDATE SET token_hash = excluded.token_hash,
            created_at = now(), expires_at = excluded.expires_at,
            requested_at = (array_prepend(now(), r.requested_at))[1:5]
         WHERE r.requested_at[5] IS NULL OR r.requested_at[5] < now() - interval '1 hour'",
        token_hash,
        user,
        minutes
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// The active account whose reset this token opens, while it lasts.
///
/// # Errors
/// When the database does not answer.
pub async fn owner(connection: &mut PgConnection, token_hash: &[u8]) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "SELECT r.user_id FROM password_resets r JOIN users u ON u.id = r.user_id
         WHERE r.token_hash = $1 AND r.expires_at > now() AND u.is_active",
        token_hash
    )
    .fetch_optional(connection)
    .await
}

/// Uses up the reset that this token opens: once, however often it is asked for at the same time.
///
/// # Errors
/// When the database does not answer.
pub async fn take(connection: &mut PgConnection, token_hash: &[u8]) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "DELETE FROM password_resets r USING users u
         WHERE u.id = r.user_id AND r.token_hash = $1 AND r.expires_at > now() AND u.is_active
         RETURNING r.user_id",
        token_hash
    )
    .fetch_optional(connection)
    .await
}

/// Voids every open reset of an account.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM password_resets WHERE user_id = $1", user)
        .execute(connection)
        .await?;
    Ok(())
}
