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
pub struct Save {
    pub step: Step,
    pub fields: Draft,
    pub editor: Uuid,
    pub sequence: i64,
    /// Continue was pressed.
    pub submitted: bool,
    /// The step is done for the first time.
    pub completed: bool,
}
