//! The number that Ava answers, and how Twilio routed it before.

use serde_json::Value;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// A customer's number as stored.
pub struct Row {
    pub number: String,
    pub twilio_sid: String,
    /// Where its calls went before, as the vendor room writes it.
    pub former_routing: Json<Value>,
    pub vapi_id: Option<String>,
    pub linked: bool,
}

/// # Errors
/// When the database does not answer.
pub async fn of_user(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<Option<Row>> {
    sqlx::query_as!(
        Row,
        r#"SELECT number, twilio_sid, former_routing AS "former_routing: Json<Value>", vapi_id,
            linked_at IS NOT NULL AS "linked!"
         FROM phone_numbers WHERE user_id = $1"#,
        user
    )
    .fetch_optional(connection)
    .await
}

/// A number as Twilio has it before anything is changed there.
pub struct Found<'a> {
    pub number: &'a str,
    pub twilio_sid: &'a str,
    pub former_routing: &'a Value,
    /// It leads to Vapi already.
    pub is_ours: bool,
    /// It belongs to the operator's account, from which others choose too.
    pub is_shared: bool,
}

/// Keeps a number's former routing before anything is changed. What is kept already stays while the
/// number is linked or leads to Vapi: a second look would see our own changes. False when another
/// customer has this number of the shared account.
///
/// # Errors
/// When the database does not answer.
pub async fn keep(
    connection: &mut PgConnection,
    user: Uuid,
    found: &Found<'_>,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "INSERT INTO phone_numbers (user_id, number, twilio_sid, former_routing, is_shared)
         VALUES ($1, $2, $3, $4, $6)
         ON CONFLICT (user_id) DO UPDATE SET twilio_sid = excluded.twilio_sid,
            former_routing = excluded.former_routing, is_shared = excluded.is_shared
            WHERE phone_numbers.linked_at IS NULL AND NOT $5",
        user,
        found.number,
        found.twilio_sid,
        found.former_routing,
        found.is_ours,
        found.is_shared,
    )
    .execute(connection)
    .await;
    match done {
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Ok(false),
        done => done.map(|_| true),
    }
}

/// The numbers of the shared account that other customers have.
///
/// # Errors
/// When the database does not answer.
pub async fn of_others(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        "SELECT number FROM phone_numbers WHERE is_shared AND user_id <> $1",
        user
    )
    .fetch_all(connection)
    .await
}

/// Notes that the number is linked to the assistant, under Vapi's id of the number.
///
/// # Errors
/// When the database does not answer.
pub async fn set_linked(
    connection: &mut PgConnection,
    user: Uuid,
    vapi_id: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE phone_numbers SET vapi_id = $2, linked_at = coalesce(linked_at, now()) WHERE user_id = $1",
        user,
        vapi_id
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes that the number is not linked any more; what it needs to be linked again is kept.
///
/// # Errors
/// When the database does not answer.
pub async fn set_unlinked(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE phone_numbers SET linked_at = NULL WHERE user_id = $1",
        user
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets the number once its former routing is back.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM phone_numbers WHERE user_id = $1", user)
        .execute(connection)
        .await?;
    Ok(())
}

/// Keeps what Twilio said of a number: a problem, and who takes its calls now.
///
/// # Errors
/// When the database does not answer.
pub async fn set_check(
    connection: &mut PgConnection,
    user: Uuid,
    number: &str,
    problem: Option<&str>,
    used_by: Option<&str>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO number_checks (user_id, number, problem, used_by) VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id) DO UPDATE SET number = excluded.number, problem = excluded.problem,
            used_by = excluded.used_by, checked_at = now()",
        user,
        number,
        problem,
        used_by
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets what Twilio said, as when it is another account.
///
/// # Errors
/// When the database does not answer.
pub async fn clear_check(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM number_checks WHERE user_id = $1", user)
        .execute(connection)
        .await?;
    Ok(())
}
