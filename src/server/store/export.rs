//! Everything that is kept of one customer, as JSON; but no secret, not even sealed or hashed.

use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};
use tokio_stream::{Stream, StreamExt};
use uuid::Uuid;

/// The tables with something of a customer, and the column that says whose it is.
pub const TABLES: [(&str, &str); 17] = [
    ("users", "id"),
    ("user_onboarding", "user_id"),
    ("drafts", "user_id"),
    ("vapi_credentials", "user_id"),
    ("twilio_credentials", "user_id"),
    ("pending_credentials", "user_id"),
    ("assistants", "user_id"),
    ("phone_numbers", "user_id"),
    ("number_checks", "user_id"),
    ("readiness", "user_id"),
    ("calls", "user_id"),
    ("call_events", "user_id"),
    ("api_tokens", "user_id"),
    ("sessions", "user_id"),
    ("idempotency_keys", "user_id"),
    ("analytics_events", "user_id"),
    ("outbox", "user_id"),
];

/// What holds a secret, or opens something.
const SECRET: [&str; 11] = [
    "hashed_password",
    "vapi_api_key_encrypted",
    "auth_token_encrypted",
    "secret_encrypted",
    "webhook_secret_encrypted",
    "sent_hash",
    "token_hash",
    "token_encrypted",
    "request_hash",
    "data",
    "session_epoch",
];

/// The rows of one of [`TABLES`], each as JSON, as they come from the database.
pub fn rows<'c>(
    connection: &'c mut PgConnection,
    sql: &'c str,
    user: Uuid,
) -> impl Stream<Item = sqlx::Result<String>> + 'c {
    let secret: Vec<String> = SECRET.map(str::to_owned).to_vec();
    let rows = sqlx::query(sql).bind(user).bind(secret).fetch(connection);
    rows.map(|row: sqlx::Result<PgRow>| row?.try_get(0))
}

/// The statement for [`rows`].
#[must_use]
pub fn statement(table: &str, owner: &str) -> String {
    let id = if table == "sessions" { " - 'id'" } else { "" };
    format!("SELECT (to_jsonb(t) - $2{id})::text FROM {table} t WHERE t.{owner} = $1")
}
