//! Vendor credentials; secrets only as ciphertexts.

use sqlx::PgConnection;
use uuid::Uuid;

/// Stores the Vapi key, replacing an older one; it counts as not checked.
///
/// # Errors
/// When the database does not answer.
pub async fn upsert_vapi(
    connection: &mut PgConnection,
    user: Uuid,
    encrypted: &[u8],
    preview: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO vapi_credentials (user_id, vapi_api_key_encrypted, vapi_api_key_preview)
         VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE SET vapi_api_key_encrypted = excluded.vapi_api_key_encrypted,
            vapi_api_key_preview = excluded.vapi_api_key_preview, checked_at = NULL",
        user,
        encrypted,
        preview
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets the Vapi key; true when there was one.
///
/// # Errors
/// When the database does not answer.
pub async fn delete_vapi(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<bool> {
    let done = sqlx::query!("DELETE FROM vapi_credentials WHERE user_id = $1", user)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Stores the Twilio credentials, replacing older ones; they count as not checked.
///
/// # Errors
/// When the database does not answer.
pub async fn upsert_twilio(
    connection: &mut PgConnection,
    user: Uuid,
    account_sid: &str,
    auth_token: (&[u8], &str),
    phone_number: Option<&str>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO twilio_credentials
            (user_id, account_sid, auth_token_encrypted, auth_token_preview, phone_number)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (user_id) DO UPDATE SET account_sid = excluded.account_sid,
            auth_token_encrypted = excluded.auth_token_encrypted,
            auth_token_preview = excluded.auth_token_preview,
            phone_number = excluded.phone_number, checked_at = NULL",
        user,
        account_sid,
        auth_token.0,
        auth_token.1,
        phone_number
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Changes the number beside stored Twilio credentials.
///
/// # Errors
/// When the database does not answer.
pub async fn set_twilio_number(
    connection: &mut PgConnection,
    user: Uuid,
    phone_number: Option<&str>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE twilio_credentials SET phone_number = $2 WHERE user_id = $1",
        user,
        phone_number
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets the Twilio credentials; true when there were some.
///
/// # Errors
/// When the database does not answer.
pub async fn delete_twilio(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<bool> {
    let done = sqlx::query!("DELETE FROM twilio_credentials WHERE user_id = $1", user)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// A ciphertext and whose it is.
pub struct Sealed {
    pub user_id: Uuid,
    pub ciphertext: Vec<u8>,
}

/// A page of Vapi keys in the order of their users, after the given one.
///
/// # Errors
/// When the database does not answer.
pub async fn vapi_after(connection: &mut PgConnection, after: Uuid) -> sqlx::Result<Vec<Sealed>> {
    sqlx::query_as!(
        Sealed,
        "SELECT user_id, vapi_api_key_encrypted AS ciphertext FROM vapi_credentials
         WHERE user_id > $1 ORDER BY user_id LIMIT 200",
        after
    )
    .fetch_all(connection)
    .await
}

/// A page of Twilio tokens in the order of their users, after the given one.
///
/// # Errors
/// When the database does not answer.
pub async fn twilio_after(connection: &mut PgConnection, after: Uuid) -> sqlx::Result<Vec<Sealed>> {
    sqlx::query_as!(
        Sealed,
        "SELECT user_id, auth_token_encrypted AS ciphertext FROM twilio_credentials
         WHERE user_id > $1 ORDER BY user_id LIMIT 200",
        after
    )
    .fetch_all(connection)
    .await
}

/// Replaces a Vapi key's ciphertext unless it has changed meanwhile; true when replaced.
///
/// # Errors
/// When the database does not answer.
pub async fn reseal_vapi(
    connection: &mut PgConnection,
    old: &Sealed,
    ciphertext: &[u8],
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE vapi_credentials SET vapi_api_key_encrypted = $3
         WHERE user_id = $1 AND vapi_api_key_encrypted = $2",
        old.user_id,
        old.ciphertext,
        ciphertext
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Replaces a Twilio token's ciphertext unless it has changed meanwhile; true when replaced.
///
/// # Errors
/// When the database does not answer.
pub async fn reseal_twilio(
    connection: &mut PgConnection,
    old: &Sealed,
    ciphertext: &[u8],
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "UPDATE twilio_credentials SET auth_token_encrypted = $3
         WHERE user_id = $1 AND auth_token_encrypted = $2",
        old.user_id,
        old.ciphertext,
        ciphertext
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}
