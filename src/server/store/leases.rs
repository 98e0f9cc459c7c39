//! Leases: who may talk to the vendors about a customer.

use sqlx::PgConnection;
use uuid::Uuid;

/// How long a lease lasts unless it is renewed, in seconds: longer than any one vendor call.
const SECONDS: f64 = 20.0;

/// Takes a customer's lease or renews one's own; false while somebody else holds it.
///
/// # Errors
/// When the database does not answer.
pub async fn take(connection: &mut PgConnection, user: Uuid, holder: Uuid) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "INSERT INTO vendor_leases (user_id, holder, expires_at)
         VALUES ($1, $2, now() + make_interval(secs => $3))
         ON CONFLICT (user_id) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
            WHERE vendor_leases.holder = excluded.holder OR vendor_leases.expires_at < now()",
        user,
        holder,
        SECONDS
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Gives a lease back.
///
/// # Errors
/// When the database does not answer; it then runs out by itself.
pub async fn give_back(
    connection: &mut PgConnection,
    user: Uuid,
    holder: Uuid,
) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM vendor_leases WHERE user_id = $1 AND holder = $2",
        user,
        holder
    )
    .execute(connection)
    .await?;
    Ok(())
}
