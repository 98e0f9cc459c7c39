//! The only place with SQL. Functions take a connection; services own the transaction.

mod answers;
pub mod api_tokens;
pub mod assistants;
pub mod calls;
pub mod credentials;
pub mod events;
pub mod export;
pub mod idempotency_keys;
pub mod leases;
pub mod limits;
pub mod onboarding;
pub mod outbox;
pub mod password_resets;
pub mod phone_numbers;
pub mod readiness;
pub mod sessions;
pub mod users;

use sqlx::migrate::Migrator;
use sqlx::{PgConnection, PgPool};

/// The migrations, compiled in. Applied under a lock: several instances may start at once.
pub static MIGRATIONS: Migrator = sqlx::migrate!();

/// Whether the database answers and has every migration that this program knows.
///
/// # Errors
/// When the database does not answer.
pub async fn is_ready(pool: &PgPool) -> sqlx::Result<bool> {
    // Not a checked query: the table belongs to the migrator, not to a migration.
    let applied: i64 = sqlx::query_scalar("SELECT count(*) FROM _sqlx_migrations WHERE success")
        .fetch_one(pool)
        .await?;
    let known = MIGRATIONS
        .iter()
        .filter(|m| m.migration_type.is_up_migration())
        .count();
    Ok(usize::try_from(applied).is_ok_and(|applied| applied >= known))
}

/// Holds the user's row until the transaction ends, so that changes to one account queue up.
/// False when there is no such active account.
///
/// # Errors
/// When the database does not answer.
pub async fn lock_user(connection: &mut PgConnection, user: uuid::Uuid) -> sqlx::Result<bool> {
    let row = sqlx::query_scalar!(
        "SELECT id FROM users WHERE id = $1 AND is_active FOR NO KEY UPDATE",
        user
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.is_some())
}
