//! Sealing every stored secret anew, after the vault's key has changed.

use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::server::Error;
use crate::server::store::{assistants, credentials as rows, outbox};
use crate::server::vault::{Column, Vault, VaultError};

/// What a rotation did.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Rotation {
    pub resealed: u64,
    pub already_current: u64,
    /// Neither the current nor an old key opens these.
    pub unreadable: u64,
}

/// Seals every secret anew under the current key, page by page, while servers run. A secret that
/// its owner replaces meanwhile is left as the owner wrote it. May be run again at any time.
///
/// # Errors
/// When the database does not answer; what is done stays done.
pub async fn rotate(pool: &PgPool, vault: &Vault) -> Result<Rotation, Error> {
    let mut connection = pool.acquire().await?;
    let mut rotation = Rotation::default();
    for column in [
        Column::VapiApiKey,
        Column::TwilioAuthToken,
        Column::WebhookSecret,
        Column::OutboxToken,
    ] {
        let mut after = Uuid::nil();
        loop {
            let page = match column {
                Column::VapiApiKey => rows::vapi_after(&mut connection, after).await?,
                Column::TwilioAuthToken => rows::twilio_after(&mut connection, after).await?,
                Column::WebhookSecret => assistants::secrets_after(&mut connection, after).await?,
                Column::OutboxToken => outbox::tokens_after(&mut connection, after).await?,
            };
            let Some(last) = page.last() else { break };
            after = last.user_id;
            for old in &page {
                if vault.is_current(&old.ciphertext) {
                    rotation.already_current += 1;
                    continue;
                }
                match reseal(&mut connection, vault, column, old).await? {
                    Ok(true) => rotation.resealed += 1,
                    Ok(false) => rotation.already_current += 1,
                    Err(_) => rotation.unreadable += 1,
                }
            }
        }
    }
    Ok(rotation)
}

async fn reseal(
    connection: &mut PgConnection,
    vault: &Vault,
    column: Column,
    old: &rows::Sealed,
) -> Result<Result<bool, VaultError>, Error> {
    let secret = match vault.open(old.user_id, column, &old.ciphertext) {
        Ok(secret) => secret,
        Err(error) => return Ok(Err(error)),
    };
    let sealed = vault.seal(old.user_id, column, &secret)?;
    let done = match column {
        Column::VapiApiKey => rows::reseal_vapi(connection, old, &sealed).await?,
        Column::TwilioAuthToken => rows::reseal_twilio(connection, old, &sealed).await?,
        Column::WebhookSecret => assistants::reseal(connection, old, &sealed).await?,
        Column::OutboxToken => outbox::reseal(connection, old, &sealed).await?,
    };
    Ok(Ok(done))
}
