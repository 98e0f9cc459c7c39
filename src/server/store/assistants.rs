//! The assistant of a customer, and what Vapi was told of it.

use std::collections::BTreeMap;

use sqlx::types::Json;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use time::OffsetDateTime;
use uuid::Uuid;

use super::answers::bind;
use crate::domain::{Answers, assistant};

/// Adds to a statement that begins with `WITH account (id)` that the assistant is made or its answers are
/// replaced; its link to Vapi stays.
pub(super) fn write_answers(sql: &mut QueryBuilder<'_, Postgres>, answers: &Answers) {
    sql.push(
        ", assistant AS (
            INSERT INTO assistants (user_id, id, name, voice, first_message, instructions)
            SELECT account.id, ",
    );
    sql.push_bind(Uuid::now_v7());
    for field in assistant::FIELDS {
        sql.push(", ");
        bind(sql, field, answers);
    }
    sql.push(
        " FROM account ON CONFLICT (user_id) DO UPDATE SET name = excluded.name, voice = excluded.voice,
            first_message = excluded.first_message, instructions = excluded.instructions)",
    );
}

/// An assistant as stored.
pub struct Row {
    pub id: Uuid,
    pub vapi_id: Option<String>,
    pub name: String,
    pub voice: String,
    pub first_message: String,
    pub instructions: String,
    pub webhook_secret_encrypted: Option<Vec<u8>>,
    pub sent_hash: Option<Vec<u8>>,
    /// What an integrator keeps with it: texts by name.
    pub metadata: Json<BTreeMap<String, String>>,
    /// Why Vapi could not be told the last time.
    pub problem: Option<String>,
    pub created_at: OffsetDateTime,
    pub updated_at: OffsetDateTime,
}

/// # Errors
/// When the database does not answer.
pub async fn of_user(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<Option<Row>> {
    sqlx::query_as!(
        Row,
        r#"SELECT id, vapi_id, name, voice, first_message, instructions, webhook_secret_encrypted,
            sent_hash, metadata AS "metadata: Json<BTreeMap<String, String>>", problem, created_at,
            updated_at
         FROM assistants WHERE user_id = $1"#,
        user
    )
    .fetch_optional(connection)
    .await
}

/// Whose an assistant is, and the sealed secret of its events.
pub struct Owner {
    pub user_id: Uuid,
    pub webhook_secret_encrypted: Option<Vec<u8>>,
}

/// The owner of an assistant by our own id, as long as the account is active.
///
/// # Errors
/// When the database does not answer.
pub async fn owner(connection: &mut PgConnection, id: Uuid) -> sqlx::Result<Option<Owner>> {
    sqlx::query_as!(
        Owner,
        "SELECT a.user_id, a.webhook_secret_encrypted FROM assistants a
         JOIN users u ON u.id = a.user_id WHERE a.id = $1 AND u.is_active",
        id
    )
    .fetch_optional(connection)
    .await
}

/// Keeps the secret of an assistant's events, unless it has one.
///
/// # Errors
/// When the database does not answer.
pub async fn set_webhook_secret(
    connection: &mut PgConnection,
    user: Uuid,
    sealed: &[u8],
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE assistants SET webhook_secret_encrypted = $2
         WHERE user_id = $1 AND webhook_secret_encrypted IS NULL",
        user,
        sealed
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes what Vapi now knows: under which id, and a hash of its content.
///
/// # Errors
/// When the database does not answer.
pub async fn set_sent(
    connection: &mut PgConnection,
    user: Uuid,
    vapi_id: &str,
    hash: &[u8],
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE assistants SET vapi_id = $2, sent_hash = $3, problem = NULL WHERE user_id = $1",
        user,
        vapi_id,
        hash
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes that Vapi no longer has it, or that it is another key's.
///
/// # Errors
/// When the database does not answer.
pub async fn forget_vapi(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE assistants SET vapi_id = NULL, sent_hash = NULL WHERE user_id = $1",
        user
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes why Vapi could not be told.
///
/// # Errors
/// When the database does not answer.
pub async fn set_problem(
    connection: &mut PgConnection,
    user: Uuid,
    problem: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE assistants SET problem = $2 WHERE user_id = $1",
        user,
        problem
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes whether the instructions and the greeting are among those that are made of the answers.
///
/// # Errors
/// When the database does not answer.
pub async fn set_follows(
    connection: &mut PgConnection,
    user: Uuid,
    instructions: &[String],
    first_messages: &[String],
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE assistants
         SET follows_persona = instructions = ANY($2), follows_organization = first_message = ANY($3)
         WHERE user_id = $1",
        user,
        instructions,
        first_messages
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Replaces instructions and a greeting that follow the answers; true when that changed anything.
///
/// # Errors
/// When the database does not answer.
pub async fn follow(
    connection: &mut PgConnection,
    user: Uuid,
    instructions: Option<&str>,
    first_message: &str,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE assistants SET
             instructions = CASE WHEN follows_persona THEN coalesce($2, instructions) ELSE instructions END,
             first_message = CASE WHEN follows_organization THEN $3 ELSE first_message END
         WHERE user_id = $1
           AND (follows_persona AND instructions <> $2 OR follows_organization AND first_message <> $3)",
        user,
        instructions,
        first_message
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Notes that the customer's assistant exists at Vapi; true the first time.
///
/// # Errors
/// When the database does not answer.
pub async fn set_created(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE user_onboarding SET onboarding_assistant_created = true
         WHERE user_id = $1 AND NOT onboarding_assistant_created",
        user
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Replaces what an integrator keeps with the assistant.
///
/// # Errors
/// When the database does not answer.
pub async fn set_metadata(
    connection: &mut PgConnection,
    user: Uuid,
    metadata: &BTreeMap<String, String>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE assistants SET metadata = $2 WHERE user_id = $1",
        user,
        Json(metadata) as _
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets the assistant, so that another one counts anew.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM assistants WHERE user_id = $1", user)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "UPDATE user_onboarding SET onboarding_assistant_created = false WHERE user_id = $1",
        user
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A page of event secrets in the order of their users, after the given one.
///
/// # Errors
/// When the database does not answer.
pub async fn secrets_after(
    connection: &mut PgConnection,
    after: Uuid,
) -> sqlx::Result<Vec<super::credentials::Sealed>> {
    sqlx::query_as!(
        super::credentials::Sealed,
        r#"SELECT user_id, webhook_secret_encrypted AS "ciphertext!" FROM assistants
         WHERE user_id > $1 AND webhook_secret_encrypted IS NOT NULL ORDER BY user_id LIMIT 200"#,
        after
    )
    .fetch_all(connection)
    .await
}

/// Replaces an event secret's ciphertext unless it has changed meanwhile; true when replaced.
///
/// # Errors
/// When the database does not answer.
pub async fn reseal(
    connection: &mut PgConnection,
    old: &super::credentials::Sealed,
    ciphertext: &[u8],
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE assistants SET webhook_secret_encrypted = $3
         WHERE user_id = $1 AND webhook_secret_encrypted = $2",
        old.user_id,
        old.ciphertext,
        ciphertext
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}
