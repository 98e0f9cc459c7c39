//! Vendor credentials: storing, removing, and sealing them anew under another key.

use serde_json::json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::onboarding::Onboarding;
use super::save::{Method, Save};
use crate::domain::{Problem, Step, Value, twilio, vapi};
use crate::server::Error;
use crate::server::store::{self, credentials as rows, events};
use crate::server::vault::{Column, Vault, VaultError, preview};

/// Seals and stores the secret that came with a save, with its event. Returns the problems that
/// keep it from being stored; then nothing has changed.
///
/// # Errors
/// When the database does not answer.
pub async fn store(
    connection: &mut PgConnection,
    vault: &Vault,
    before: &Onboarding,
    save: &Save,
    secret: &str,
) -> Result<Vec<Problem>, Error> {
    let typed = [secret.to_owned()];
    match save.step {
        Step::Vapi => {
            let key = match vapi::VAPI_API_KEY.parse(&typed) {
                Ok(Some(Value::Text(key))) => key,
                Ok(_) => return Ok(Vec::new()),
                Err(code) => return Ok(vec![vapi::VAPI_API_KEY.problem(code)]),
            };
            let sealed = vault.seal(before.user, Column::VapiApiKey, &key)?;
            rows::upsert_vapi(connection, before.user, &sealed, &preview(&key)).await?;
            configured(connection, before.user, "vapi_configured", save.method).await?;
        }
        Step::Twilio => {
            let token = match twilio::AUTH_TOKEN.parse(&typed) {
                Ok(Some(Value::Text(token))) => token,
                Ok(_) => return Ok(Vec::new()),
                Err(code) => return Ok(vec![twilio::AUTH_TOKEN.problem(code)]),
            };
            // A token alone opens nothing, so it waits for a usable account beside it.
            let sid_typed = save.typed.values(twilio::ACCOUNT_SID.name);
            if let Some(problem) = twilio::ACCOUNT_SID.check(sid_typed) {
                return Ok(vec![problem]);
            }
            let Ok(Some(Value::Text(sid))) = twilio::ACCOUNT_SID.parse(sid_typed) else {
                return Ok(Vec::new());
            };
            let number = twilio::PHONE_NUMBER
                .parse(save.typed.values(twilio::PHONE_NUMBER.name))
                .ok()
                .flatten();
            let number = match &number {
                Some(Value::Text(number)) => Some(number.as_str()),
                _ => None,
            };
            let sealed = vault.seal(before.user, Column::TwilioAuthToken, &token)?;
            let token = (sealed.as_slice(), preview(&token));
            rows::upsert_twilio(connection, before.user, &sid, (token.0, &token.1), number).await?;
            configured(connection, before.user, "twilio_configured", save.method).await?;
        }
        _ => {}
    }
    Ok(Vec::new())
}

async fn configured(
    connection: &mut PgConnection,
    user: Uuid,
    event: &str,
    method: Method,
) -> Result<(), Error> {
    Ok(events::insert(connection, user, event, json!({"method": method.id()})).await?)
}

/// Forgets the credentials of a step; true when there were some. Idempotent.
///
/// # Errors
/// When the account is gone or the database does not answer.
pub async fn remove(pool: &PgPool, user: Uuid, step: Step) -> Result<bool, Error> {
    let mut transaction = pool.begin().await?;
    if !store::lock_user(&mut transaction, user).await? {
        return Err(Error::NoAccount);
    }
    let removed = match step {
        Step::Vapi => rows::delete_vapi(&mut transaction, user).await?,
        Step::Twilio => rows::delete_twilio(&mut transaction, user).await?,
        _ => false,
    };
    transaction.commit().await?;
    tracing::info!(%user, step = step.id(), removed, "credentials removed");
    Ok(removed)
}

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
    for column in [Column::VapiApiKey, Column::TwilioAuthToken] {
        let mut after = Uuid::nil();
        loop {
            let page = match column {
                Column::VapiApiKey => rows::vapi_after(&mut connection, after).await?,
                Column::TwilioAuthToken => rows::twilio_after(&mut connection, after).await?,
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
    };
    Ok(Ok(done))
}
