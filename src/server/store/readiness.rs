//! What the vendors said when they were last asked whether Ava can answer.

use sqlx::PgConnection;
use uuid::Uuid;

/// Keeps the vendors' latest word.
///
/// # Errors
/// When the database does not answer.
pub async fn set(
    connection: &mut PgConnection,
    user: Uuid,
    blockers: &[String],
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO readiness (user_id, blockers) VALUES ($1, $2)
         ON CONFLICT (user_id) DO UPDATE SET blockers = excluded.blockers, checked_at = now()",
        user,
        blockers
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets it, as when something it was about has changed.
///
/// # Errors
/// When the database does not answer.
pub async fn clear(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM readiness WHERE user_id = $1", user)
        .execute(connection)
        .await?;
    Ok(())
}
