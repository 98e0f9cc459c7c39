//! Analytics events, written in the transaction of what they count.

use serde_json::Value;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// Adds an event. Properties hold no secret, no free text and no address.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(
    connection: &mut PgConnection,
    user: Uuid,
    event: &str,
    properties: Value,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO analytics_events (user_id, event, properties) VALUES ($1, $2, $3)",
        user,
        event,
        properties
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// An event that was not forwarded yet.
pub struct Waiting {
    pub id: i64,
    pub user_id: Option<Uuid>,
    pub event: String,
    pub properties: Value,
    pub created_at: OffsetDateTime,
}

/// The oldest events that wait, a hundred at most, held until the transaction ends.
///
/// # Errors
/// When the database does not answer.
pub async fn waiting(connection: &mut PgConnection) -> sqlx::Result<Vec<Waiting>> {
    sqlx::query_as!(
        Waiting,
        "SELECT id, user_id, event, properties, created_at FROM analytics_events
         WHERE forwarded_at IS NULL ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED"
    )
    .fetch_all(connection)
    .await
}

/// Marks events as forwarded.
///
/// # Errors
/// When the database does not answer.
pub async fn mark_forwarded(connection: &mut PgConnection, ids: &[i64]) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE analytics_events SET forwarded_at = now() WHERE id = ANY($1)",
        ids
    )
    .execute(connection)
    .await?;
    Ok(())
}
