//! Mail that waits to be sent, and mail that could not be. Its address is the account's, read when it is sent.

use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::credentials::Sealed;
use crate::domain::Locale;

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Kind {
    /// The link to set a new password.
    PasswordReset,
    /// That the password was changed, whoever did it.
    PasswordChanged,
}

impl Kind {
    /// The name in logs and metrics.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::PasswordReset => "password_reset",
            Self::PasswordChanged => "password_changed",
        }
    }
}

/// Adds the mail with a link, in place of an older one that waits: its link is void.
///
/// # Errors
/// When the database does not answer.
pub async fn insert_reset(
    connection: &mut PgConnection,
    user: Uuid,
    locale: Locale,
    token_encrypted: &[u8],
    minutes: i32,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO outbox (id, user_id, kind, locale, token_encrypted, expires_at)
         VALUES ($1, $2, $3, $4, $5, now() + make_interval(mins => $6))
         ON CONFLICT (user_id) WHERE token_encrypted IS NOT NULL DO UPDATE SET id = excluded.id,
            locale = excluded.locale, token_encrypted = excluded.token_encrypted, attempts = 0,
            next_attempt_at = now(), expires_at = excluded.expires_at, smtp_code = NULL, created_at = now()",
        Uuid::now_v7(),
        user,
        Kind::PasswordReset.id(),
        locale.code(),
        token_encrypted,
        minutes
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Adds a mail without a secret, in the account's language.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(
    connection: &mut PgConnection,
    user: Uuid,
    kind: Kind,
    days: i32,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO outbox (id, user_id, kind, expires_at)
         VALUES ($1, $2, $3, now() + make_interval(days => $4))",
        Uuid::now_v7(),
        user,
        kind.id(),
        days
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets the mail whose link was voided before it was sent.
///
/// # Errors
/// When the database does not answer.
pub async fn delete_reset(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM outbox WHERE user_id = $1 AND token_encrypted IS NOT NULL",
        user
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A mail that one sender has taken.
pub struct Claimed {
    pub id: Uuid,
    pub user_id: Uuid,
    pub kind: Kind,
    /// The stored address of the account.
    pub email: String,
    pub locale: Option<String>,
    pub token_encrypted: Option<Vec<u8>>,
    /// How often it was taken, this time included. Tells this claim from a later one.
    pub attempts: i32,
    /// It is too old to be of use.
    pub is_expired: bool,
    pub created_at: OffsetDateTime,
}

/// Takes the mail that has waited longest. A claim is a time, not a lock: after these seconds the mail is free
/// again, as when its sender died.
///
/// # Errors
/// When the database does not answer.
pub async fn claim(connection: &mut PgConnection, seconds: f64) -> sqlx::Result<Option<Claimed>> {
    sqlx::query_as!(
        Claimed,
        r#"UPDATE outbox o
         SET attempts = o.attempts + 1, next_attempt_at = now() + make_interval(secs => $1)
         FROM users u
         WHERE u.id = o.user_id AND o.id = (
            SELECT id FROM outbox WHERE failed_at IS NULL AND next_attempt_at <= now()
            ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING o.id, o.user_id, o.kind AS "kind: Kind", u.email, coalesce(o.locale, u.locale) AS locale,
            o.token_encrypted, o.attempts, o.expires_at <= now() AS "is_expired!", o.created_at"#,
        seconds
    )
    .fetch_optional(connection)
    .await
}

/// Forgets a mail that was handed over.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(connection: &mut PgConnection, id: Uuid) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM outbox WHERE id = $1", id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Lets a mail wait for its next attempt, but not beyond its use.
///
/// # Errors
/// When the database does not answer; the claim then ends by itself.
pub async fn postpone(
    connection: &mut PgConnection,
    claimed: &Claimed,
    seconds: f64,
    smtp_code: Option<i16>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE outbox SET smtp_code = $4,
            next_attempt_at = least(now() + make_interval(secs => $3), expires_at)
         WHERE id = $1 AND attempts = $2",
        claimed.id,
        claimed.attempts,
        seconds,
        smtp_code
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Marks a mail that is not tried again, and forgets its secret.
///
/// # Errors
/// When the database does not answer; the claim then ends by itself.
pub async fn fail(
    connection: &mut PgConnection,
    claimed: &Claimed,
    smtp_code: Option<i16>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE outbox SET failed_at = now(), token_encrypted = NULL, smtp_code = coalesce($3, smtp_code)
         WHERE id = $1 AND attempts = $2",
        claimed.id,
        claimed.attempts,
        smtp_code
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets what failed a month ago.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM outbox WHERE failed_at < now() - interval '30 days'")
        .execute(connection)
        .await?;
    Ok(())
}

/// A page of sealed tokens in the order of their users, after the given one.
///
/// # Errors
/// When the database does not answer.
pub async fn tokens_after(connection: &mut PgConnection, after: Uuid) -> sqlx::Result<Vec<Sealed>> {
    sqlx::query_as!(
        Sealed,
        r#"SELECT user_id, token_encrypted AS "ciphertext!" FROM outbox
         WHERE user_id > $1 AND token_encrypted IS NOT NULL ORDER BY user_id LIMIT 200"#,
        after
    )
    .fetch_all(connection)
    .await
}

/// Replaces a token's ciphertext unless it has changed meanwhile; true when replaced.
///
/// # Errors
/// When the database does not answer.
pub async fn reseal(
    connection: &mut PgConnection,
    old: &Sealed,
    ciphertext: &[u8],
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE outbox SET token_encrypted = $3 WHERE user_id = $1 AND token_encrypted = $2",
        old.user_id,
        old.ciphertext,
        ciphertext
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}
