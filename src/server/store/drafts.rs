//! Drafts: what was typed and is not, or not yet, the value of a column.

use sqlx::PgConnection;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::domain::{Draft, Step};

/// The draft of one step and who wrote it last.
#[derive(Clone, Debug)]
pub struct Row {
    pub step: String,
    pub fields: Json<Draft>,
    /// Counts the saves of this step; a save that knows an older one may conflict.
    pub version: i64,
    /// The rendered form that saved last.
    pub editor: Uuid,
    /// The last save's place in that form's own order.
    pub sequence: i64,
    pub submitted: bool,
    pub completed: bool,
    pub updated_at: OffsetDateTime,
}

/// All drafts of a customer.
///
/// # Errors
/// When the database does not answer.
pub async fn all(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as!(
        Row,
        r#"SELECT step, fields AS "fields: Json<Draft>", version, editor, sequence,
            submitted_at IS NOT NULL AS "submitted!", completed_at IS NOT NULL AS "completed!", updated_at
         FROM drafts WHERE user_id = $1"#,
        user
    )
    .fetch_all(connection)
    .await
}

/// What a save leaves behind.
pub struct Save<'a> {
    pub step: Step,
    pub fields: &'a Draft,
    pub editor: Uuid,
    pub sequence: i64,
    /// Continue was pressed.
    pub submitted: bool,
}

/// Stores a draft and returns its new version.
///
/// # Errors
/// When the database does not answer.
pub async fn upsert(
    connection: &mut PgConnection,
    user: Uuid,
    save: Save<'_>,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "INSERT INTO drafts (user_id, step, fields, editor, sequence, submitted_at)
         VALUES ($1, $2, $3, $4, $5, CASE WHEN $6 THEN now() END)
         ON CONFLICT (user_id, step) DO UPDATE SET
            fields = excluded.fields, version = drafts.version + 1, editor = excluded.editor,
            sequence = excluded.sequence,
            submitted_at = coalesce(drafts.submitted_at, excluded.submitted_at)
         RETURNING version",
        user,
        save.step.id(),
        Json(save.fields) as _,
        save.editor,
        save.sequence,
        save.submitted,
    )
    .fetch_one(connection)
    .await
}

/// Marks a step as done for the first time.
///
/// # Errors
/// When the database does not answer.
pub async fn complete(connection: &mut PgConnection, user: Uuid, step: Step) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE drafts SET completed_at = now() WHERE user_id = $1 AND step = $2",
        user,
        step.id()
    )
    .execute(connection)
    .await?;
    Ok(())
}
