//! Accounts: who may log in.

use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::Locale;

/// What log-in needs to know of an account.
pub struct Login {
    pub id: Uuid,
    pub hashed_password: String,
    pub is_active: bool,
    pub session_epoch: i32,
    pub locale: Option<String>,
    pub onboarding_completed: bool,
}

/// Adds an account; `None` when the address is taken in any spelling.
///
/// # Errors
/// When the database does not answer.
pub async fn insert(
    connection: &mut PgConnection,
    email: &str,
    hashed_password: &str,
    locale: Locale,
) -> sqlx::Result<Option<Uuid>> {
    let id = sqlx::query_scalar!(
        "INSERT INTO users (id, email, hashed_password, locale) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING RETURNING id",
        Uuid::now_v7(),
        email,
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

/// The account of an address, in any spelling of it.
///
/// # Errors
/// When the database does not answer.
pub async fn by_email(connection: &mut PgConnection, email: &str) -> sqlx::Result<Option<Login>> {
    sqlx::query_as!(
        Login,
        "SELECT id, hashed_password, is_active, session_epoch, locale, onboarding_completed
         FROM users WHERE lower(email) = lower($1)",
        email
    )
    .fetch_optional(connection)
    .await
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

/// Replaces the password hash and moves on the epoch that every older session was made in.
///
/// # Errors
/// When the database does not answer.
pub async fn set_password(
    connection: &mut PgConnection,
    user: Uuid,
    hashed_password: &str,
) -> sqlx::Result<i32> {
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
