//! Whose sessions are. Their content belongs to the library's own store.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// Notes whose a session is, in which epoch of the account and since when.
///
/// # Errors
/// When the database does not answer.
pub async fn set_customer(
    connection: &mut PgConnection,
    id: &str,
    user: Uuid,
    session_epoch: i32,
    logged_in_at: OffsetDateTime,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE sessions SET user_id = $2, session_epoch = $3, logged_in_at = $4 WHERE id = $1",
        id,
        user,
        session_epoch,
        logged_in_at
    )
    .execute(connection)
    .await?;
    Ok(())
}
