//! How much somebody has used of what is limited, by kind and subject.

use sqlx::PgConnection;

/// How a limit counts: each use adds one to a level that falls by one in so many seconds.
pub struct Terms<'a> {
    /// Up to this level a use is free.
    pub free: f64,
    /// Seconds in which the level falls by one.
    pub fades: f64,
    /// Above it: seconds since the last use until the next, by how far above.
    pub waits: &'a [f64],
}

/// Takes a place, unless there is none: at once for everybody who asks at the same time.
///
/// # Errors
/// When the database does not answer.
pub async fn take(
    connection: &mut PgConnection,
    kind: &str,
    subject: &[u8],
    terms: &Terms<'_>,
) -> sqlx::Result<bool> {
    let taken = sqlx::query_scalar!(
        r#"INSERT INTO limits AS l (kind, subject, level, last_at) VALUES ($1, $2, 1, clock_timestamp())
         ON CONFLICT (kind, subject) DO UPDATE SET
            level = least(
                greatest(l.level - extract(epoch FROM clock_timestamp() - l.last_at)::float8 / $4, 0) + 1,
                $3::float8 + cardinality($5::float8[])),
            last_at = clock_timestamp()
         WHERE coalesce(
            extract(epoch FROM clock_timestamp() - l.last_at)::float8 >= ($5::float8[])[least(
                ceil(greatest(l.level - extract(epoch FROM clock_timestamp() - l.last_at)::float8 / $4, 0) - $3::float8)
                    ::integer + 1,
                cardinality($5::float8[]))],
            true)
         RETURNING true AS "taken!""#,
        kind,
        subject,
        terms.free,
        terms.fades,
        terms.waits,
    )
    .fetch_optional(connection)
    .await?;
    Ok(taken.is_some())
}

/// The seconds until there is a place.
///
/// # Errors
/// When the database does not answer.
pub async fn wait(
    connection: &mut PgConnection,
    kind: &str,
    subject: &[u8],
    terms: &Terms<'_>,
) -> sqlx::Result<f64> {
    let row = sqlx::query!(
        r#"SELECT level AS "level!", extract(epoch FROM clock_timestamp() - last_at)::float8 AS "age!"
         FROM limits WHERE kind = $1 AND subject = $2"#,
        kind,
        subject
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(0.0) };
    let above = (row.level - row.age / terms.fades).max(0.0) - terms.free;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index, and negative ones are 0"
    )]
    let index = (above.ceil().max(0.0) as usize).min(terms.waits.len() - 1);
    Ok(terms.waits[index] - row.age)
}

/// Gives a place back.
///
/// # Errors
/// When the database does not answer.
pub async fn give_back(
    connection: &mut PgConnection,
    kind: &str,
    subject: &[u8],
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE limits SET level = greatest(level - 1, 0) WHERE kind = $1 AND subject = $2",
        kind,
        subject
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets what a subject has used.
///
/// # Errors
/// When the database does not answer.
pub async fn clear(connection: &mut PgConnection, kind: &str, subject: &[u8]) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM limits WHERE kind = $1 AND subject = $2",
        kind,
        subject
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets what has long fallen to nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM limits WHERE last_at < now() - interval '1 day'")
        .execute(connection)
        .await?;
    Ok(())
}
