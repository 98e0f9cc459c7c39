//! Accounts: who may log in.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::Locale;

/// What log-in needs to know of an account.
pub struct Login {
    pub id: Uuid,
    /// As it was given at sign-up: where mail goes.
    pub email: String,
    pub hashed_password: String,
    pub is_active: bool,
    pub session_epoch: i32,
    pub locale: Option<String>,
    pub onboarding_completed: bool,
}

/// Adds an account; `None` when the address is taken in any spelling.
///
/// `canonical` is the one form of all its spellings.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(
    connection: &mut PgConnection,
    email: &str,
    canonical: &str,
    hashed_password: &str,
    locale: Locale,
) -> sqlx::Result<Option<Uuid>> {
    let id = sqlx::query_scalar!(
        "INSERT INTO users (id, email, email_canonical, hashed_password, locale) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING RETURNING id",
        Uuid::now_v7(),
        email,
        canonical,
        hashed_password,
        locale.code(),
    )
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(id) = id {
        sqlx::query!("INSERT INTO user_onboarding (user_id) VALUES ($1)", id)
            .execute(connection)
            .await?;
    }
    Ok(id)
}

/// The account of an address, by the one form of its spellings; or by what was typed, where the account has no
/// such form because another has it.
///
/// # Errors
/// When the database does not answer.
pub async fn by_email(
    connection: &mut PgConnection,
    canonical: &str,
    typed: &str,
) -> sqlx::Result<Option<Login>> {
    sqlx::query_as!(
        Login,
        r#"SELECT id, email, hashed_password, is_active, session_epoch, locale, onboarding_completed
         FROM users WHERE email_canonical = $1 OR (email_canonical IS NULL AND email COLLATE "C" = $2)
         ORDER BY email_canonical LIMIT 1"#,
        canonical,
        typed
    )
    .fetch_optional(connection)
    .await
}

/// Accounts whose address has no canonical form yet: up to so many, after this id.
///
/// # Errors
/// When the database does not answer.
pub async fn without_canonical(
    connection: &mut PgConnection,
    after: Uuid,
    count: i64,
) -> sqlx::Result<Vec<(Uuid, String)>> {
    let rows = sqlx::query!(
        "SELECT id, email FROM users WHERE email_canonical IS NULL AND id > $1 ORDER BY id LIMIT $2",
        after,
        count
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.email)).collect())
}

/// Gives accounts the canonical form of their address, but for those whose form another account has.
///
/// # Errors
/// When the database does not answer.
pub async fn set_canonical(
    connection: &mut PgConnection,
    ids: &[Uuid],
    canonical: &[String],
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE users u SET email_canonical = n.canonical
         FROM (SELECT DISTINCT ON (canonical) id, canonical
               FROM unnest($1::uuid[], $2::text[]) AS n (id, canonical) ORDER BY canonical, id) n
         WHERE u.id = n.id AND u.email_canonical IS NULL
            AND NOT EXISTS (SELECT FROM users o WHERE o.email_canonical = n.canonical)",
        ids,
        canonical
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Changes the language of an active account, for a session of this epoch.
///
/// # Errors
/// When the database does not answer.
pub async fn set_locale(
    connection: &mut PgConnection,
    user: Uuid,
    session_epoch: i32,
    locale: Locale,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE users SET locale = $3
         WHERE id = $1 AND session_epoch = $2 AND is_active AND locale IS DISTINCT FROM $3",
        user,
        session_epoch,
        locale.code()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The password hash of an active account.
///
/// # Errors
/// When the database does not answer.
pub async fn hashed_password(
    connection: &mut PgConnection,
    user: Uuid,
) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        "SELECT hashed_password FROM users WHERE id = $1 AND is_active",
        user
    )
    .fetch_optional(connection)
    .await
}

/// The address and names of an account: what it must not have as a password.
///
/// # Errors
/// When the database does not answer.
pub async fn names(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<Vec<String>> {
    let known = sqlx::query!(
        "SELECT email, full_name, organization_name FROM users WHERE id = $1",
        user
    )
    .fetch_optional(connection)
    .await?;
    let names = known.map(|known| [Some(known.email), known.full_name, known.organization_name]);
    Ok(names.into_iter().flatten().flatten().collect())
}

/// The epoch of an active account, which every session was made in that is still good.
///
/// # Errors
/// When the database does not answer.
pub async fn session_epoch(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<Option<i32>> {
    sqlx::query_scalar!(
        "SELECT session_epoch FROM users WHERE id = $1 AND is_active",
        user
    )
    .fetch_optional(connection)
    .await
}

/// Replaces the password hash and moves on the epoch that every older session was made in; tokens of programs end.
///
/// # Errors
/// When the database does not answer.
pub async fn set_password(
    connection: &mut PgConnection,
    user: Uuid,
    hashed_password: &str,
) -> sqlx::Result<i32> {
    sqlx::query!("DELETE FROM api_tokens WHERE user_id = $1", user)
        .execute(&mut *connection)
        .await?;
    sqlx::query_scalar!(
        "UPDATE users SET hashed_password = $2, session_epoch = session_epoch + 1
         WHERE id = $1 RETURNING session_epoch",
        user,
        hashed_password
    )
    .fetch_one(connection)
    .await
}

/// Deletes an account and, by its foreign keys, everything of it.
///
/// # Errors
/// When the database does not answer.
pub async fn delete(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM users WHERE id = $1", user)
        .execute(connection)
        .await?;
    Ok(())
}

/// Replaces the password hash by one of the same password at today's costs.
///
/// # Errors
/// When the database does not answer.
pub async fn rehash(
    connection: &mut PgConnection,
    user: Uuid,
    hashed_password: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE users SET hashed_password = $2 WHERE id = $1",
        user,
        hashed_password
    )
    .execute(connection)
    .await?;
    Ok(())
}
