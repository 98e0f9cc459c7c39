//! Calls: the test call, the events that Vapi posts, and asking after calls that fell silent.

use std::time::Duration;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Halt;
use super::credentials;
use super::lease::{self, Lease};
use super::limits;
use crate::domain::progress::Blocker;
use crate::server::store::calls::{self as rows, News, Row};
use crate::server::store::{self, assistants, phone_numbers};
use crate::server::vault::Column;
use crate::server::vendors::Failure;
use crate::server::vendors::vapi::{CallSeen, Event, call_body};
use crate::server::{App, Error};

/// After so much silence Vapi is asked what became of a call, in seconds.
const SILENCE: f64 = 10.0;

/// What became of the wish for a test call.
#[derive(Debug, PartialEq, Eq)]
pub enum Test {
    /// It is under way.
    Placed(Uuid),
    /// One was under way already.
    Running(Uuid),
    /// Ava cannot call yet.
    Blocked(Blocker),
    /// Too many within the hour.
    Wait,
}

/// Calls a number and lets Ava speak. While a test call runs, asking again shows that one: a call
/// costs money and is never placed twice for one wish.
///
/// # Errors
/// When the account is gone or the database does not answer.
pub async fn test(app: &App, user: Uuid, number: String) -> Result<Test, Error> {
    let placed = lease::hold(app, user, |app, lease| Box::pin(place(app, lease, number)));
    match placed.await {
        Ok(test) => Ok(test),
        Err(Halt::Blocker(blocker)) => Ok(Test::Blocked(blocker)),
        Err(Halt::Error(error)) => Err(error),
    }
}

async fn place(app: &App, lease: &Lease, number: String) -> Result<Test, Halt> {
    let user = lease.user;
    let secrets = credentials::open(app, user).await?;
    let mut connection = app.pool.acquire().await?;
    if let Some(running) = rows::running_test(&mut connection, user).await? {
        return Ok(Test::Running(running));
    }
    let assistant = assistants::of_user(&mut connection, user)
        .await?
        .and_then(|row| row.vapi_id)
        .ok_or(Blocker::AssistantNotCreated)?;
    let phone = phone_numbers::of_user(&mut connection, user)
        .await?
        .filter(|row| row.linked)
        .and_then(|row| row.vapi_id)
        .ok_or(Blocker::NumberNotLinked)?;
    let key = secrets.vapi_api_key.ok_or(Blocker::VapiKey)?;
    let id = Uuid::now_v7();
    let place = limits::TEST_CALL.take(&mut connection, user.as_bytes());
    if place.await?.is_err() {
        return Ok(Test::Wait);
    }
    rows::insert_test(&mut connection, user, id, &number).await?;
    drop(connection);

    let placed = app
        .vendors
        .vapi
        .call(&key, &call_body(&assistant, &phone, &number))
        .await;
    let mut transaction = app.pool.begin().await?;
    if !store::lock_user(&mut transaction, user).await? {
        return Err(Error::NoAccount.into());
    }
    match placed {
        Ok(seen) => rows::set_placed(&mut transaction, user, id, &seen.id).await?,
        Err(Failure::Unreachable { maybe_done: true }) => {
            rows::set_not_placed(&mut transaction, id, "unknown").await?;
        }
        Err(failure) => {
            tracing::info!(%user, %failure, "a test call was not placed");
            rows::set_not_placed(&mut transaction, id, "not-placed").await?;
        }
    }
    transaction.commit().await?;
    Ok(Test::Placed(id))
}

/// A customer's calls, newest first: the latest, or those before one of them.
///
/// # Errors
/// When the database does not answer.
pub async fn page(
    app: &App,
    user: Uuid,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Row>, Error> {
    let mut connection = app.pool.acquire().await?;
    Ok(rows::page(&mut connection, user, before, limit).await?)
}

/// One call of a customer.
///
/// # Errors
/// When the database does not answer.
pub async fn one(app: &App, user: Uuid, id: Uuid) -> Result<Option<Row>, Error> {
    let mut connection = app.pool.acquire().await?;
    Ok(rows::one(&mut connection, user, id).await?)
}

/// What was done with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Stored,
    /// Known already.
    Again,
    /// Of a type that tells nothing we keep.
    Ignored,
    /// No such assistant, or not its secret.
    Unauthorized,
    Malformed,
}

/// Takes an event that was posted for one of our assistants. Only what is picked out is kept.
///
/// # Errors
/// When the database does not answer.
pub async fn take(app: &App, assistant: Uuid, secret: &[u8], body: &[u8]) -> Result<Taken, Error> {
    let mut connection = app.pool.acquire().await?;
    let owner = assistants::owner(&mut connection, assistant).await?;
    let Some((owner, sealed)) =
        owner.and_then(|owner| Some((owner.user_id, owner.webhook_secret_encrypted?)))
    else {
        tracing::warn!(%assistant, "refused: an event for no assistant of ours");
        return Ok(Taken::Unauthorized);
    };
    let expected = app.vault.open(owner, Column::WebhookSecret, &sealed)?;
    // Hashes of what is compared give nothing away by the time it takes.
    if Sha256::digest(secret) != Sha256::digest(expected.as_bytes()) {
        tracing::warn!(user = %owner, %assistant, "refused: an event without the assistant's secret");
        return Ok(Taken::Unauthorized);
    }
    drop(connection);
    let Some(event) = Event::read(body) else {
        return Ok(Taken::Malformed);
    };
    let is_known = matches!(event.kind.as_str(), "status-update" | "end-of-call-report");
    let Some(call) = event.call.filter(|_| is_known) else {
        return Ok(Taken::Ignored);
    };
    let mut transaction = app.pool.begin().await?;
    if !store::lock_user(&mut transaction, owner).await? {
        return Ok(Taken::Unauthorized);
    }
    let status = call.status.as_deref().unwrap_or_default();
    let is_new = rows::insert_event(
        &mut transaction,
        owner,
        &call.id,
        &event.kind,
        &bounded(status, 40),
    )
    .await?;
    if !is_new {
        return Ok(Taken::Again);
    }
    let customer = event
        .customer_number
        .as_deref()
        .map(|number| bounded(number, 40));
    learn(&mut transaction, owner, &call, customer.as_deref()).await?;
    transaction.commit().await?;
    Ok(Taken::Stored)
}

async fn learn(
    connection: &mut sqlx::PgConnection,
    user: Uuid,
    seen: &CallSeen,
    customer_number: Option<&str>,
) -> Result<(), Error> {
    let text = |text: &Option<String>, max: usize| text.as_deref().map(|text| bounded(text, max));
    let status = text(&seen.status, 40);
    let ended_reason = text(&seen.ended_reason, 200);
    let summary = seen
        .analysis
        .as_ref()
        .and_then(|analysis| text(&analysis.summary, 4_000));
    let news = News {
        customer_number,
        status: status.as_deref(),
        ended_reason: ended_reason.as_deref(),
        summary: summary.as_deref(),
        started_at: seen.started_at,
        ended_at: seen.ended_at,
    };
    Ok(rows::learn(connection, user, &seen.id, &news).await?)
}

fn bounded(text: &str, max: usize) -> String {
    text.chars().filter(|c| *c != '\0').take(max).collect()
}

/// Asks after calls whose end was never told; true when there were some.
///
/// # Errors
/// When the database does not answer.
pub async fn reconcile(app: &App) -> Result<bool, Error> {
    reconcile_after(app, SILENCE).await
}

/// As [`reconcile`], after another silence, in seconds.
///
/// # Errors
/// When the database does not answer.
pub async fn reconcile_after(app: &App, seconds: f64) -> Result<bool, Error> {
    let mut connection = app.pool.acquire().await?;
    let silent = rows::silent(&mut connection, seconds).await?;
    drop(connection);
    for call in &silent {
        let secrets = credentials::open(app, call.user_id).await?;
        let Some(key) = secrets.vapi_api_key else {
            continue;
        };
        let seen = app.vendors.vapi.call_seen(&key, &call.vapi_id).await;
        let mut connection = app.pool.acquire().await?;
        match seen {
            Ok(seen) => learn(&mut connection, call.user_id, &seen, None).await?,
            Err(Failure::NotFound) => {
                rows::set_lost(&mut connection, call.user_id, &call.vapi_id).await?;
            }
            Err(_) => {}
        }
    }
    Ok(!silent.is_empty())
}

/// Reconciles for as long as the server runs. Several instances may: each call is given to one.
pub async fn watch(app: App) {
    let mut often = tokio::time::interval(Duration::from_secs(5));
    loop {
        often.tick().await;
        if let Err(error) = reconcile(&app).await {
            tracing::warn!(%error, "silent calls were not asked after");
        }
    }
}
