//! The assistant at Vapi: created once, found again, kept as the customer has it.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::RngCore;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::credentials::{self, Secrets};
use super::lease::{self, Lease};
use super::proposals::Made;
use super::{Halt, numbers};
use crate::domain::progress::Blocker;
use crate::server::store::assistants::{self as rows, Row};
use crate::server::store::{self, events, readiness};
use crate::server::vault::Column;
use crate::server::vendors::Failure;
use crate::server::vendors::vapi::Assistant;
use crate::server::{App, Error};

/// Through which door an assistant was created; the `from` of its event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    Onboarding,
    Studio,
    Api,
}

impl From {
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Onboarding => "onboarding",
            Self::Studio => "studio",
            Self::Api => "api",
        }
    }
}

/// What a failure at Vapi keeps the customer from.
#[must_use]
pub const fn blocker(failure: Failure) -> Blocker {
    match failure {
        Failure::Unreachable { .. } | Failure::Busy => Blocker::VapiUnreachable,
        Failure::Refused(_) => Blocker::VapiRefused,
        Failure::NotFound | Failure::Rejected(_) => Blocker::AssistantRejected,
    }
}

/// Brings the customer's assistant to Vapi as it now is: creates it, finds it again or changes it.
/// Runs to its end though the one who asked may leave. A failure is noted with the assistant.
///
/// # Errors
/// What keeps it from being there, or a failure of the database.
pub async fn ensure(app: &App, user: Uuid, from: From) -> Result<(), Halt> {
    lease::hold(app, user, move |app, lease| {
        Box::pin(async move {
            let secrets = credentials::open(app, user).await?;
            ensure_held(app, lease, &secrets, from).await.map(drop)
        })
    })
    .await
}

/// The customer's assistant as stored.
///
/// # Errors
/// When the database does not answer.
pub async fn of_user(app: &App, user: Uuid) -> Result<Option<Row>, Error> {
    let mut connection = app.pool.acquire().await?;
    Ok(rows::of_user(&mut connection, user).await?)
}

/// Keeps what an integrator wants to find with the assistant; Vapi is told with the next change.
///
/// # Errors
/// When the database does not answer.
pub async fn set_metadata(
    app: &App,
    user: Uuid,
    metadata: &BTreeMap<String, String>,
) -> Result<(), Error> {
    let mut connection = app.pool.acquire().await?;
    Ok(rows::set_metadata(&mut connection, user, metadata).await?)
}

/// Deletes the assistant, at Vapi first; a number that is linked to it is given back before.
///
/// # Errors
/// What keeps it from being deleted: then it stays. Or a failure of the database.
pub async fn delete(app: &App, user: Uuid) -> Result<(), Halt> {
    lease::hold(app, user, |app, lease| Box::pin(delete_held(app, lease))).await
}

async fn delete_held(app: &App, lease: &Lease) -> Result<(), Halt> {
    let user = lease.user;
    leave_held(app, lease).await?;
    let mut transaction = app.pool.begin().await?;
    rows::delete(&mut transaction, user).await?;
    readiness::clear(&mut transaction, user).await?;
    transaction.commit().await?;
    tracing::info!(%user, "assistant deleted");
    Ok(())
}

/// Deletes the assistant at Vapi and keeps its answers here; a number that is linked to it is given back
/// before.
///
/// # Errors
/// What keeps it from being deleted: then it stays. Or a failure of the database.
pub async fn leave(app: &App, user: Uuid) -> Result<(), Halt> {
    lease::hold(app, user, |app, lease| Box::pin(leave_held(app, lease))).await
}

async fn leave_held(app: &App, lease: &Lease) -> Result<(), Halt> {
    let user = lease.user;
    let secrets = credentials::open(app, user).await?;
    numbers::unlink_held(app, lease, &secrets).await?;
    let id = of_user(app, user).await?.and_then(|row| row.vapi_id);
    if let (Some(key), Some(id)) = (&secrets.vapi_api_key, id) {
        lease.renew().await?;
        match app.vendors.vapi.delete_assistant(key, &id).await {
            // A key that opens nothing any more leaves nothing to delete.
            Ok(()) | Err(Failure::Refused(_)) => {}
            Err(failure) => return Err(blocker(failure).into()),
        }
    }
    let mut connection = app.pool.acquire().await?;
    Ok(rows::forget_vapi(&mut connection, user).await?)
}

/// Notes which of the customer's texts are among those made of the answers.
///
/// # Errors
/// When the database does not answer.
pub async fn note_made(
    app: &App,
    user: Uuid,
    made: impl IntoIterator<Item = Made>,
) -> Result<(), Error> {
    let mut instructions = Vec::new();
    let mut first_messages = Vec::new();
    for made in made {
        instructions.extend(made.instructions);
        first_messages.push(made.first_message);
    }
    let mut connection = app.pool.acquire().await?;
    Ok(rows::set_follows(&mut connection, user, &instructions, &first_messages).await?)
}

/// Lets texts that were made of the answers follow them; the customer's own stay. True when any
/// changed.
///
/// # Errors
/// When the database does not answer.
pub async fn adopt(app: &App, user: Uuid, made: &Made) -> Result<bool, Error> {
    let mut connection = app.pool.acquire().await?;
    let instructions = made.instructions.as_deref();
    Ok(rows::follow(&mut connection, user, instructions, &made.first_message).await?)
}

/// As [`ensure`], with a lease that is held already; gives Vapi's id of the assistant.
pub(super) async fn ensure_held(
    app: &App,
    lease: &Lease,
    secrets: &Secrets,
    from: From,
) -> Result<String, Halt> {
    let done = bring(app, lease, secrets, from).await;
    if let Err(Halt::Blocker(blocker)) = &done {
        let mut connection = app.pool.acquire().await?;
        rows::set_problem(&mut connection, lease.user, blocker.id()).await?;
    }
    done
}

async fn bring(app: &App, lease: &Lease, secrets: &Secrets, from: From) -> Result<String, Halt> {
    let user = lease.user;
    let key = secrets.vapi_api_key.as_deref().ok_or(Blocker::VapiKey)?;
    let events_secret = events_secret(app, user).await?;
    let mut connection = app.pool.acquire().await?;
    let row = rows::of_user(&mut connection, user)
        .await?
        .ok_or(Blocker::Assistant)?;
    drop(connection);
    let events_url = events_url(app, row.id)?;
    let body = Assistant {
        id: row.id,
        name: &row.name,
        voice: &row.voice,
        first_message: &row.first_message,
        instructions: &row.instructions,
        metadata: &row.metadata.0,
        events_url: &events_url,
        events_secret: &events_secret,
    }
    .body();
    let hash = Sha256::digest(body.to_string()).to_vec();
    let vapi = &app.vendors.vapi;

    if let Some(id) = &row.vapi_id {
        lease.renew().await?;
        let told = if row.sent_hash.as_deref() == Some(&hash) {
            vapi.assistant(key, id).await.map(drop)
        } else {
            vapi.update_assistant(key, id, &body).await
        };
        match told {
            Ok(()) => return keep(app, user, id, &hash, from).await,
            // Deleted at Vapi, or the key is another organisation's: begin anew.
            Err(Failure::NotFound) => {}
            Err(failure) => return Err(blocker(failure).into()),
        }
    }
    let mut may_create = true;
    for attempt in 0..3 {
        lease.renew().await?;
        let found = vapi
            .find_assistant(key, row.id, row.created_at)
            .await
            .map_err(blocker)?;
        if let Some(found) = found {
            // Made earlier, and the answer was lost: it is taken over as it should now be.
            lease.renew().await?;
            vapi.update_assistant(key, &found.id, &body)
                .await
                .map_err(blocker)?;
            return keep(app, user, &found.id, &hash, from).await;
        }
        if !may_create {
            break;
        }
        lease.renew().await?;
        match vapi.create_assistant(key, &body).await {
            Ok(id) => return keep(app, user, &id, &hash, from).await,
            // It may have been made all the same: look, but do not make another.
            Err(Failure::Unreachable { maybe_done: true }) => may_create = false,
            Err(Failure::Busy) if attempt < 2 => tokio::time::sleep(Duration::from_secs(1)).await,
            Err(failure) => return Err(blocker(failure).into()),
        }
    }
    Err(Blocker::VapiUnreachable.into())
}

/// Keeps what Vapi now knows, and counts the assistant the first time.
async fn keep(
    app: &App,
    user: Uuid,
    vapi_id: &str,
    hash: &[u8],
    from: From,
) -> Result<String, Halt> {
    let mut transaction = app.pool.begin().await?;
    if !store::lock_user(&mut transaction, user).await? {
        return Err(Error::NoAccount.into());
    }
    rows::set_sent(&mut transaction, user, vapi_id, hash).await?;
    if rows::set_created(&mut transaction, user).await? {
        let voice = rows::of_user(&mut transaction, user)
            .await?
            .map(|row| row.voice);
        let properties = json!({"voice": voice, "from": from.id()});
        events::insert(&mut transaction, user, "assistant_created", properties).await?;
        tracing::info!(%user, "assistant created");
    }
    transaction.commit().await?;
    Ok(vapi_id.to_owned())
}

/// Where Vapi posts the events of an assistant.
fn events_url(app: &App, id: Uuid) -> Result<String, Error> {
    app.config
        .public_url
        .join(&format!("/webhooks/vapi/{id}"))
        .map(String::from)
        .map_err(|error| Error::Unexpected(error.to_string()))
}

/// The secret of the customer's events, made at the first call.
async fn events_secret(app: &App, user: Uuid) -> Result<String, Halt> {
    let mut connection = app.pool.acquire().await?;
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    let sealed = app
        .vault
        .seal(user, Column::WebhookSecret, &URL_SAFE_NO_PAD.encode(bytes))?;
    rows::set_webhook_secret(&mut connection, user, &sealed).await?;
    let row = rows::of_user(&mut connection, user)
        .await?
        .ok_or(Blocker::Assistant)?;
    let sealed = row.webhook_secret_encrypted.ok_or(Blocker::Assistant)?;
    Ok(app.vault.open(user, Column::WebhookSecret, &sealed)?)
}
