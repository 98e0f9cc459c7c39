//! Sessions of customers, known only by a hash of their token.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

/// A session.
pub struct Row {
    pub user: Uuid,
    /// It is void in a later epoch of the account.
    pub session_epoch: i32,
    pub logged_in_at: OffsetDateTime,
    /// Where it was begun; empty when that is not known.
    pub user_agent: String,
    pub ip: String,
    pub expires_at: OffsetDateTime,
}

/// # Errors
/// When the database does not answer.
pub async fn insert(connection: &mut PgConnection, id: &str, row: &Row) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO sessions (id, user_id, session_epoch, logged_in_at, user_agent, ip, expiry_date, last_used_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, now())",
        id,
        row.user,
        row.session_epoch,
        row.logged_in_at,
        row.user_agent,
        row.ip,
        row.expires_at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A session that is not over and was begun after `since`.
///
/// # Errors
/// When the database does not answer.
pub async fn of(
    connection: &mut PgConnection,
    id: &str,
    since: OffsetDateTime,
) -> sqlx::Result<Option<Row>> {
    sqlx::query_as!(
        Row,
        r#"SELECT user_id AS "user!", session_epoch AS "session_epoch!", logged_in_at AS "logged_in_at!",
            coalesce(user_agent, '') AS "user_agent!", coalesce(ip, '') AS "ip!", expiry_date AS expires_at
         FROM sessions WHERE id = $1 AND expiry_date > now() AND logged_in_at > $2"#,
        id,
        since
    )
    .fetch_optional(connection)
    .await
}

/// Notes that a session is used, and prolongs it.
///
/// # Errors
/// When the database does not answer.
pub async fn touch(
    connection: &mut PgConnection,
    id: &str,
    expires_at: OffsetDateTime,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE sessions SET last_used_at = now(), expiry_date = $2 WHERE id = $1",
        id,
        expires_at
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A session as its customer sees it.
pub struct Known {
    pub id: String,
    pub user_agent: String,
    pub ip: String,
    pub logged_in_at: OffsetDateTime,
    pub last_used_at: OffsetDateTime,
}

/// The sessions of an account that are good and were begun after `since`, the last used first.
///
/// # Errors
/// When the database does not answer.
pub async fn of_user(
    connection: &mut PgConnection,
    user: Uuid,
    since: OffsetDateTime,
) -> sqlx::Result<Vec<Known>> {
    sqlx::query_as!(
        Known,
        r#"SELECT s.id, coalesce(s.user_agent, '') AS "user_agent!", coalesce(s.ip, '') AS "ip!",
            s.logged_in_at AS "logged_in_at!", coalesce(s.last_used_at, s.logged_in_at) AS "last_used_at!"
         FROM sessions s JOIN users u ON u.id = s.user_id AND u.session_epoch = s.session_epoch
         WHERE s.user_id = $1 AND s.expiry_date > now() AND s.logged_in_at > $2
         ORDER BY s.last_used_at DESC NULLS LAST, s.id"#,
        user,
        since
    )
    .fetch_all(connection)
    .await
}

/// Ends one session of an account; another account's is not touched.
///
/// # Errors
/// When the database does not answer.
pub async fn delete_of(connection: &mut PgConnection, user: Uuid, id: &str) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "DELETE FROM sessions WHERE user_id = $1 AND id = $2",
        user,
        id
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Ends every session of an account but this.
///
/// # Errors
/// When the database does not answer.
pub async fn delete_others(
    connection: &mut PgConnection,
    user: Uuid,
    id: &str,
) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "DELETE FROM sessions WHERE user_id = $1 AND id <> $2",
        user,
        id
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// # Errors
/// When the database does not answer.
pub async fn delete(connection: &mut PgConnection, id: &str) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM sessions WHERE id = $1", id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Deletes the sessions whose time is over, and those of nobody.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM sessions WHERE expiry_date < now() OR user_id IS NULL")
        .execute(connection)
        .await?;
    Ok(())
}
