//! Vendor credentials; secrets only as ciphertexts.

use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use super::answers::bind;
use crate::domain::{Answers, Vendor, twilio};

/// Stores the Vapi key, replacing an older one, with whether Vapi has accepted it. Without a ciphertext
/// the row stands for the operator's key.
///
/// # Errors
/// When the database does not answer.
pub async fn upsert_vapi(
    connection: &mut PgConnection,
    user: Uuid,
    encrypted: Option<&[u8]>,
    preview: &str,
    is_checked: bool,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO vapi_credentials (user_id, vapi_api_key_encrypted, vapi_api_key_preview, checked_at)
         VALUES ($1, $2, $3, CASE WHEN $4 THEN now() END)
         ON CONFLICT (user_id) DO UPDATE SET vapi_api_key_encrypted = excluded.vapi_api_key_encrypted,
            vapi_api_key_preview = excluded.vapi_api_key_preview, checked_at = excluded.checked_at,
            problem = NULL",
        user,
        encrypted,
        preview,
        is_checked
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

/// Stores the Twilio credentials, replacing older ones, with whether Twilio has accepted them. Without an
/// account and a ciphertext the row stands for the operator's account.
///
/// # Errors
/// When the database does not answer.
pub async fn upsert_twilio(
    connection: &mut PgConnection,
    user: Uuid,
    account_sid: Option<&str>,
    auth_token: (Option<&[u8]>, &str),
    phone_number: Option<&str>,
    is_checked: bool,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO twilio_credentials
            (user_id, account_sid, auth_token_encrypted, auth_token_preview, phone_number, checked_at)
         VALUES ($1, $2, $3, $4, $5, CASE WHEN $6 THEN now() END)
         ON CONFLICT (user_id) DO UPDATE SET account_sid = excluded.account_sid,
            auth_token_encrypted = excluded.auth_token_encrypted,
            auth_token_preview = excluded.auth_token_preview,
            phone_number = excluded.phone_number, checked_at = excluded.checked_at, problem = NULL",
        user,
        account_sid,
        auth_token.0,
        auth_token.1,
        phone_number,
        is_checked
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Adds to a statement that begins with `WITH account (id)` that the number beside stored Twilio credentials
/// changes.
pub(super) fn write_answers(sql: &mut QueryBuilder<'_, Postgres>, answers: &Answers) {
    sql.push(", twilio AS (UPDATE twilio_credentials t SET phone_number = ");
    bind(sql, &twilio::PHONE_NUMBER, answers);
    sql.push(" FROM account WHERE t.user_id = account.id)");
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

/// Forgets that a customer uses the operator's Twilio account.
///
/// # Errors
/// When the database does not answer.
pub async fn delete_shared_twilio(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM twilio_credentials WHERE user_id = $1 AND auth_token_encrypted IS NULL",
        user
    )
    .execute(connection)
    .await?;
    Ok(())
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
        r#"SELECT user_id, vapi_api_key_encrypted AS "ciphertext!" FROM vapi_credentials
         WHERE user_id > $1 AND vapi_api_key_encrypted IS NOT NULL ORDER BY user_id LIMIT 200"#,
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
        r#"SELECT user_id, auth_token_encrypted AS "ciphertext!" FROM twilio_credentials
         WHERE user_id > $1 AND auth_token_encrypted IS NOT NULL ORDER BY user_id LIMIT 200"#,
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

/// What the vendors need to be asked, still sealed.
#[derive(Default)]
pub struct Stored {
    /// The operator's key is used.
    pub vapi_is_shared: bool,
    /// The operator's account is used.
    pub twilio_is_shared: bool,
    pub vapi_api_key: Option<Vec<u8>>,
    pub account_sid: Option<String>,
    pub auth_token: Option<Vec<u8>>,
}

impl Stored {
    /// Whether the operator's credentials for a vendor are used.
    #[must_use]
    pub const fn is_shared(&self, vendor: Vendor) -> bool {
        match vendor {
            Vendor::Vapi => self.vapi_is_shared,
            Vendor::Twilio => self.twilio_is_shared,
        }
    }
}

/// A customer's stored credentials.
///
/// # Errors
/// When the database does not answer.
pub async fn of_user(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<Stored> {
    let row = sqlx::query_as!(
        Stored,
        r#"SELECT v.vapi_api_key_encrypted AS "vapi_api_key?", t.account_sid AS "account_sid?",
            t.auth_token_encrypted AS "auth_token?",
            v.user_id IS NOT NULL AND v.vapi_api_key_encrypted IS NULL AS "vapi_is_shared!",
            t.user_id IS NOT NULL AND t.auth_token_encrypted IS NULL AS "twilio_is_shared!"
         FROM users u
         LEFT JOIN vapi_credentials v ON v.user_id = u.id
         LEFT JOIN twilio_credentials t ON t.user_id = u.id
         WHERE u.id = $1"#,
        user
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.unwrap_or_default())
}

/// Notes the vendor's word on the stored Vapi key: accepted, or why not.
///
/// # Errors
/// When the database does not answer.
pub async fn set_vapi_checked(
    connection: &mut PgConnection,
    user: Uuid,
    problem: Option<&str>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE vapi_credentials SET problem = $2::text, checked_at = CASE WHEN $2::text IS NULL THEN now() END
         WHERE user_id = $1",
        user,
        problem
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes the vendor's word on the stored Twilio credentials: accepted, or why not.
///
/// # Errors
/// When the database does not answer.
pub async fn set_twilio_checked(
    connection: &mut PgConnection,
    user: Uuid,
    problem: Option<&str>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE twilio_credentials SET problem = $2::text, checked_at = CASE WHEN $2::text IS NULL THEN now() END
         WHERE user_id = $1",
        user,
        problem
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A secret that waits for its vendor to answer, sealed for the column it would go to.
pub struct Pending {
    pub secret_encrypted: Vec<u8>,
    pub secret_preview: String,
    pub account_sid: Option<String>,
    pub phone_number: Option<String>,
}

/// Keeps a secret for a quarter of an hour, replacing one for the same vendor.
///
/// # Errors
/// When the database does not answer.
pub async fn hold(
    connection: &mut PgConnection,
    user: Uuid,
    vendor: Vendor,
    pending: &Pending,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO pending_credentials
            (user_id, step, secret_encrypted, secret_preview, account_sid, phone_number)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (user_id, step) DO UPDATE SET secret_encrypted = excluded.secret_encrypted,
            secret_preview = excluded.secret_preview, account_sid = excluded.account_sid,
            phone_number = excluded.phone_number, created_at = now()",
        user,
        vendor.id(),
        pending.secret_encrypted,
        pending.secret_preview,
        pending.account_sid,
        pending.phone_number
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The secret that waits, while it is kept.
///
/// # Errors
/// When the database does not answer.
pub async fn held(
    connection: &mut PgConnection,
    user: Uuid,
    vendor: Vendor,
) -> sqlx::Result<Option<Pending>> {
    sqlx::query_as!(
        Pending,
        "SELECT secret_encrypted, secret_preview, account_sid, phone_number FROM pending_credentials
         WHERE user_id = $1 AND step = $2 AND created_at > now() - interval '15 minutes'",
        user,
        vendor.id()
    )
    .fetch_optional(connection)
    .await
}

/// Forgets the secret that waits.
///
/// # Errors
/// When the database does not answer.
pub async fn drop_held(
    connection: &mut PgConnection,
    user: Uuid,
    vendor: Vendor,
) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM pending_credentials WHERE user_id = $1 AND step = $2",
        user,
        vendor.id()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets every secret that has waited too long.
///
/// # Errors
/// When the database does not answer.
pub async fn sweep(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM pending_credentials WHERE created_at < now() - interval '15 minutes'"
    )
    .execute(connection)
    .await?;
    Ok(())
}
