//! Analytics events, written in the transaction of what they count.

use serde_json::Value;
use sqlx::PgConnection;
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
