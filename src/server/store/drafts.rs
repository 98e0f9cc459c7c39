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
    /// The step is done for the first time.
    pub completed: bool,
}

impl Save<'_> {
    /// The row that it makes, as far as that is known before.
    #[must_use]
    pub fn row(&self) -> Row {
        Row {
            step: self.step.id().to_owned(),
            fields: Json(self.fields.clone()),
            version: 0,
            editor: self.editor,
            sequence: self.sequence,
            submitted: self.submitted,
            completed: self.completed,
            updated_at: OffsetDateTime::UNIX_EPOCH,
        }
    }
}

/// Stores a draft and gives its row as it now is.
///
/// # Errors
/// When the database does not answer.
pub async fn upsert(
    connection: &mut PgConnection,
    user: Uuid,
    save: &Save<'_>,
) -> sqlx::Result<Row> {
    sqlx::query_as!(
        Row,
        r#"INSERT INTO drafts (user_id, step, fields, editor, sequence, submitted_at, completed_at)
         VALUES ($1, $2, $3, $4, $5, CASE WHEN $6 THEN now() END, CASE WHEN $7 THEN now() END)
         ON CONFLICT (user_id, step) DO UPDATE SET
            fields = excluded.fields, version = drafts.version + 1, editor = excluded.editor,
            sequence = excluded.sequence,
            submitted_at = coalesce(drafts.submitted_at, excluded.submitted_at),
            completed_at = coalesce(drafts.completed_at, excluded.completed_at)
         RETURNING step, fields AS "fields: Json<Draft>", version, editor, sequence,
            submitted_at IS NOT NULL AS "submitted!", completed_at IS NOT NULL AS "completed!", updated_at"#,
        user,
        save.step.id(),
        Json(save.fields) as _,
        save.editor,
        save.sequence,
        save.submitted,
        save.completed,
    )
    .fetch_one(connection)
    .await
}
