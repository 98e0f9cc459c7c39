//! Calls and the events that told of them.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// A call as it is shown.
#[derive(Clone, Debug)]
pub struct Row {
    pub id: Uuid,
    pub vapi_id: Option<String>,
    pub is_test: bool,
    pub customer_number: Option<String>,
    pub status: String,
    pub ended_reason: Option<String>,
    pub summary: Option<String>,
    pub started_at: Option<OffsetDateTime>,
    pub ended_at: Option<OffsetDateTime>,
    pub created_at: OffsetDateTime,
}

/// A customer's calls, newest first: the latest, or those before one of them.
///
/// # Errors
/// When the database does not answer.
pub async fn page(
    connection: &mut PgConnection,
    user: Uuid,
    before: Option<Uuid>,
    limit: i64,
) -> sqlx::Result<Vec<Row>> {
    sqlx::query_as!(
        Row,
        "SELECT id, vapi_id, is_test, customer_number, status, ended_reason, summary, started_at,
            ended_at, created_at
         FROM calls
         WHERE user_id = $1 AND ($2::uuid IS NULL OR (created_at, id) <
            (SELECT created_at, id FROM calls WHERE user_id = $1 AND id = $2))
         ORDER BY created_at DESC, id DESC LIMIT $3",
        user,
        before,
        limit
    )
    .fetch_all(connection)
    .await
}

/// One call of a customer.
///
/// # Errors
/// When the database does not answer.
pub async fn one(connection: &mut PgConnection, user: Uuid, id: Uuid) -> sqlx::Result<Option<Row>> {
    sqlx::query_as!(
        Row,
        "SELECT id, vapi_id, is_test, customer_number, status, ended_reason, summary, started_at,
            ended_at, created_at
         FROM calls WHERE user_id = $1 AND id = $2",
        user,
        id
    )
    .fetch_optional(connection)
    .await
}

/// Notes a test call before it is placed.
///
/// # Errors
/// When the database does not answer.
pub async fn insert_test(
    connection: &mut PgConnection,
    user: Uuid,
    id: Uuid,
    customer_number: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO calls (id, user_id, is_test, customer_number, status)
         VALUES ($1, $2, true, $3, 'placing')",
        id,
        user,
        customer_number
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The test call that was placed a moment ago and has not ended, if there is one.
///
/// # Errors
/// When the database does not answer.
pub async fn running_test(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "SELECT id FROM calls
         WHERE user_id = $1 AND is_test AND status NOT IN ('ended', 'not-placed', 'unknown')
            AND created_at > now() - interval '6 minutes'
         ORDER BY created_at DESC LIMIT 1",
        user
    )
    .fetch_optional(connection)
    .await
}

/// Notes Vapi's answer to a test call: its id there. Events that were quicker than the answer have
/// made a row of their own, which is merged into this one.
///
/// # Errors
/// When the database does not answer.
pub async fn set_placed(
    connection: &mut PgConnection,
    user: Uuid,
    id: Uuid,
    vapi_id: &str,
) -> sqlx::Result<()> {
    let early = sqlx::query!(
        "DELETE FROM calls WHERE user_id = $1 AND vapi_id = $2
         RETURNING status, ended_reason, summary, started_at, ended_at",
        user,
        vapi_id
    )
    .fetch_optional(&mut *connection)
    .await?;
    let status = early
        .as_ref()
        .map_or("queued", |early| early.status.as_str());
    sqlx::query!(
        "UPDATE calls SET vapi_id = $3, status = $4, ended_reason = $5, summary = $6,
            started_at = $7, ended_at = $8
         WHERE user_id = $1 AND id = $2",
        user,
        id,
        vapi_id,
        status,
        early.as_ref().and_then(|early| early.ended_reason.clone()),
        early.as_ref().and_then(|early| early.summary.clone()),
        early.as_ref().and_then(|early| early.started_at),
        early.as_ref().and_then(|early| early.ended_at),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends a test call that Vapi did not place (`not-placed`), or of which that is not known (`unknown`).
///
/// # Errors
/// When the database does not answer.
pub async fn set_not_placed(
    connection: &mut PgConnection,
    id: Uuid,
    status: &str,
) -> sqlx::Result<()> {
    sqlx::query!("UPDATE calls SET status = $2 WHERE id = $1", id, status)
        .execute(connection)
        .await?;
    Ok(())
}

/// Notes an event; false when it was noted before.
///
/// # Errors
/// When the database does not answer.
pub async fn insert_event(
    connection: &mut PgConnection,
    user: Uuid,
    vapi_id: &str,
    kind: &str,
    status: &str,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "INSERT INTO call_events (user_id, vapi_id, type, status) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
        user,
        vapi_id,
        kind,
        status
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// What was learnt of a call.
#[derive(Default)]
pub struct News<'a> {
    pub customer_number: Option<&'a str>,
    pub status: Option<&'a str>,
    pub ended_reason: Option<&'a str>,
    pub summary: Option<&'a str>,
    pub started_at: Option<OffsetDateTime>,
    pub ended_at: Option<OffsetDateTime>,
}

/// Adds what was learnt to a call, making its row where there is none. News may come late: a
/// status never goes back, and nothing known is lost.
///
/// # Errors
/// When the database does not answer.
pub async fn learn(
    connection: &mut PgConnection,
    user: Uuid,
    vapi_id: &str,
    news: &News<'_>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO calls AS c (id, user_id, vapi_id, customer_number, status, ended_reason, summary,
            started_at, ended_at)
         VALUES ($1, $2, $3, $4, coalesce($5, 'queued'), $6, $7, $8, $9)
         ON CONFLICT (user_id, vapi_id) DO UPDATE SET
            customer_number = coalesce(c.customer_number, excluded.customer_number),
            status = CASE WHEN
                array_position(ARRAY['placing', 'scheduled', 'queued', 'ringing', 'in-progress', 'forwarding', 'ended'], c.status)
                >= coalesce(array_position(ARRAY['placing', 'scheduled', 'queued', 'ringing', 'in-progress', 'forwarding', 'ended'], $5), 0)
                THEN c.status ELSE coalesce($5, c.status) END,
            ended_reason = coalesce(excluded.ended_reason, c.ended_reason),
            summary = coalesce(excluded.summary, c.summary),
            started_at = coalesce(excluded.started_at, c.started_at),
            ended_at = coalesce(excluded.ended_at, c.ended_at)",
        Uuid::now_v7(),
        user,
        vapi_id,
        news.customer_number,
        news.status,
        news.ended_reason,
        news.summary,
        news.started_at,
        news.ended_at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A call whose end was not told.
pub struct Open {
    pub user_id: Uuid,
    pub vapi_id: String,
}

/// Calls of which nothing was heard for `seconds`, ten at most; each is given out once in that time.
///
/// # Errors
/// When the database does not answer.
pub async fn silent(connection: &mut PgConnection, seconds: f64) -> sqlx::Result<Vec<Open>> {
    sqlx::query_as!(
        Open,
        r#"UPDATE calls SET asked_at = now() WHERE id IN (
            SELECT id FROM calls
            WHERE status <> 'ended' AND vapi_id IS NOT NULL
                AND greatest(asked_at, updated_at) < now() - make_interval(secs => $1)
                AND created_at > now() - interval '1 day'
            ORDER BY asked_at LIMIT 10 FOR UPDATE SKIP LOCKED)
         RETURNING user_id, vapi_id AS "vapi_id!""#,
        seconds
    )
    .fetch_all(connection)
    .await
}

/// Notes that Vapi does not know a call.
///
/// # Errors
/// When the database does not answer.
pub async fn set_lost(
    connection: &mut PgConnection,
    user: Uuid,
    vapi_id: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE calls SET status = 'ended' WHERE user_id = $1 AND vapi_id = $2 AND status <> 'ended'",
        user,
        vapi_id
    )
    .execute(connection)
    .await?;
    Ok(())
}
