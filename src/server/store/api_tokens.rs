//! Tokens of the JSON API; known only by their hash.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// A token as its owner sees it.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: Uuid,
    pub name: String,
    pub token_preview: String,
    pub is_of_log_in: bool,
    pub created_at: OffsetDateTime,
    pub last_used_at: Option<OffsetDateTime>,
    pub expires_at: OffsetDateTime,
}

/// A token that is made.
pub struct New<'a> {
    pub id: Uuid,
    pub name: &'a str,
    pub token_hash: &'a [u8],
    pub token_preview: &'a str,
    /// The epoch with which it ends; none for one that outlives a new password.
    pub session_epoch: Option<i32>,
    pub days: i32,
}

/// Keeps a token and gives its end; `None` when there is one of this id already.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(
    connection: &mut PgConnection,
    user: Uuid,
    new: &New<'_>,
) -> sqlx::Result<Option<OffsetDateTime>> {
    sqlx::query_scalar!(
        "INSERT INTO api_tokens (id, user_id, name, token_hash, token_preview, session_epoch, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(days => $7))
         ON CONFLICT (id) DO NOTHING RETURNING expires_at",
        new.id,
        user,
        new.name,
        new.token_hash,
        new.token_preview,
        new.session_epoch,
        new.days,
    )
    .fetch_optional(connection)
    .await
}

/// Notes that a token is used.
///
/// # Errors
/// When the database does not answer.
pub async fn touch(connection: &mut PgConnection, id: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE api_tokens SET last_used_at = now() WHERE id = $1",
        id
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A customer's tokens that are good, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn of_user(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as!(
        Row,
        r#"SELECT t.id, t.name, t.token_preview, t.session_epoch IS NOT NULL AS "is_of_log_in!",
            t.created_at, t.last_used_at, t.expires_at
         FROM api_tokens t JOIN users u ON u.id = t.user_id
         WHERE t.user_id = $1 AND t.expires_at > now()
            AND coalesce(t.session_epoch = u.session_epoch, true)
         ORDER BY t.created_at DESC, t.id"#,
        user
    )
    .fetch_all(connection)
    .await
}

/// Voids a token; false when the customer has none of this id.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(connection: &mut PgConnection, user: Uuid, id: Uuid) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "DELETE FROM api_tokens WHERE user_id = $1 AND id = $2",
        user,
        id
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Deletes the tokens whose time is over.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM api_tokens WHERE expires_at < now()")
        .execute(connection)
        .await?;
    Ok(())
}
