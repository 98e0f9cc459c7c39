//! Attempts that are limited, by kind and a keyed hash of who made them.

use sqlx::PgConnection;

/// How many attempts of a kind a subject has made in the last `seconds`, and how many seconds ago
/// the latest was.
///
/// # Errors
/// When the database does not answer.
pub async fn recent(
    connection: &mut PgConnection,
    kind: &str,
    subject: &[u8],
    seconds: f64,
) -> sqlx::Result<(i64, Option<f64>)> {
    let row = sqlx::query!(
        r#"SELECT count(*) AS "count!", extract(epoch FROM now() - max(created_at))::float8 AS age
         FROM attempts WHERE kind = $1 AND subject = $2
            AND created_at > now() - make_interval(secs => $3)"#,
        kind,
        subject,
        seconds
    )
    .fetch_one(connection)
    .await?;
    Ok((row.count, row.age))
}

/// Counts an attempt.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(connection: &mut PgConnection, kind: &str, subject: &[u8]) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO attempts (kind, subject) VALUES ($1, $2)",
        kind,
        subject
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets the attempts of a subject, as after a success.
///
/// # Errors
/// When the database does not answer.
pub async fn clear(connection: &mut PgConnection, kind: &str, subject: &[u8]) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM attempts WHERE kind = $1 AND subject = $2",
        kind,
        subject
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets what no limit looks at any more.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM attempts WHERE created_at < now() - interval '1 day'")
        .execute(connection)
        .await?;
    Ok(())
}
