//! The phone number: which ones the account has, linking one to the assistant, and giving it back
//! as it was.

use std::time::Duration;

use sqlx::types::Json;
use uuid::Uuid;

use super::Halt;
use super::credentials::{self, Secrets};
use super::lease::{self, Lease};
use crate::domain::Code;
use crate::domain::progress::Blocker;
use crate::server::store::{phone_numbers as rows, readiness};
use crate::server::vendors::Failure;
use crate::server::vendors::twilio::{Number, Routing};
use crate::server::vendors::vapi::Import;
use crate::server::{App, Error};

/// How long the page waits for its list; the customer can ask for it again.
const LIST_PATIENCE: Duration = Duration::from_millis(1_500);

/// A number of the customer's Twilio account, for choosing.
#[derive(Clone, Debug)]
pub struct Choice {
    pub number: String,
    pub problem: Option<Code>,
    /// The host that takes its calls now.
    pub used_by: Option<String>,
}

impl std::convert::From<Number> for Choice {
    fn from(number: Number) -> Self {
        Self {
            problem: problem_of(&number),
            used_by: number.routing.used_by(),
            number: number.number,
        }
    }
}

fn problem_of(number: &Number) -> Option<Code> {
    if !number.has_voice {
        Some(Code::NoVoice)
    } else if number.routing.ignores_voice_url() {
        Some(Code::Routed)
    } else {
        None
    }
}

/// The account's numbers that take calls; `None` when there are no credentials or Twilio does not
/// answer quickly.
///
/// # Errors
/// When the database does not answer.
pub async fn choices(app: &App, user: Uuid) -> Result<Option<Vec<Choice>>, Error> {
    match tokio::time::timeout(LIST_PATIENCE, list(app, user)).await {
        Ok(Ok(choices)) => Ok(Some(choices)),
        Ok(Err(Halt::Error(error))) => Err(error),
        Ok(Err(Halt::Blocker(_))) | Err(_) => Ok(None),
    }
}

/// The account's numbers that take calls.
///
/// # Errors
/// What keeps them from being listed; or the database does not answer.
pub async fn list(app: &App, user: Uuid) -> Result<Vec<Choice>, Halt> {
    let secrets = credentials::open(app, user).await?;
    let with = secrets.twilio().ok_or(Blocker::TwilioCredentials)?;
    let listed = app.vendors.twilio.numbers(with).await;
    let listed = listed.map_err(twilio_blocker)?;
    let taken = of_others(app, user, &secrets).await?;
    Ok(listed
        .into_iter()
        .filter(|number| number.has_voice && !taken.contains(&number.number))
        .map(Choice::from)
        .collect())
}

/// The numbers of the customer's Twilio account that are other customers': none, unless it is shared.
async fn of_others(app: &App, user: Uuid, secrets: &Secrets) -> Result<Vec<String>, Error> {
    if !secrets.twilio_is_shared {
        return Ok(Vec::new());
    }
    let mut connection = app.pool.acquire().await?;
    Ok(rows::of_others(&mut connection, user).await?)
}

/// Asks Twilio about the number that Ava is to answer and keeps what it says. Without credentials, or when
/// Twilio does not answer, nothing is known and nothing is kept.
///
/// # Errors
/// When the database does not answer.
pub async fn inspect(app: &App, user: Uuid, number: &str) -> Result<(), Error> {
    let secrets = credentials::open(app, user).await?;
    let Some(with) = secrets.twilio() else {
        return Ok(());
    };
    let Ok(found) = app.vendors.twilio.number(with, number).await else {
        return Ok(());
    };
    let taken = of_others(app, user, &secrets).await?;
    let found = found.filter(|found| !taken.contains(&found.number));
    let (problem, used_by) = match &found {
        None => (Some(Code::NotOwned), None),
        Some(found) => (problem_of(found), found.routing.used_by()),
    };
    let mut connection = app.pool.acquire().await?;
    rows::set_check(
        &mut connection,
        user,
        number,
        problem.map(Code::id),
        used_by.as_deref(),
    )
    .await?;
    Ok(())
}

const fn twilio_blocker(failure: Failure) -> Blocker {
    match failure {
        Failure::Unreachable { .. } | Failure::Busy => Blocker::TwilioUnreachable,
        Failure::Refused(_) => Blocker::TwilioRefused,
        Failure::NotFound => Blocker::NumberNotOwned,
        Failure::Rejected(_) => Blocker::NumberRejected,
    }
}

const fn vapi_blocker(failure: Failure) -> Blocker {
    match failure {
        Failure::Unreachable { .. } | Failure::Busy => Blocker::VapiUnreachable,
        Failure::Refused(_) => Blocker::VapiRefused,
        Failure::NotFound | Failure::Rejected(_) => Blocker::NumberRejected,
    }
}

/// Lets the customer's number be answered by the assistant. What it did before is kept first; another
/// number that was linked before is given back.
pub(super) async fn link_held(
    app: &App,
    lease: &Lease,
    secrets: &Secrets,
    number: &str,
    assistant_id: &str,
) -> Result<(), Halt> {
    let user = lease.user;
    let key = secrets.vapi_api_key.as_deref().ok_or(Blocker::VapiKey)?;
    let with = secrets.twilio().ok_or(Blocker::TwilioCredentials)?;
    let mut connection = app.pool.acquire().await?;
    let row = rows::of_user(&mut connection, user).await?;
    drop(connection);
    if row.as_ref().is_some_and(|row| row.number != number) {
        unlink_held(app, lease, secrets).await?;
    }
    lease.renew().await?;
    let found = app
        .vendors
        .twilio
        .number(with, number)
        .await
        .map_err(twilio_blocker)?
        .ok_or(Blocker::NumberNotOwned)?;
    match problem_of(&found) {
        Some(Code::NoVoice) => return Err(Blocker::NumberNoVoice.into()),
        Some(_) => return Err(Blocker::NumberRouted.into()),
        None => {}
    }
    let former = serde_json::to_value(&found.routing).unwrap_or_default();
    let is_ours = found.routing.leads_to_vapi();
    let mut connection = app.pool.acquire().await?;
    let kept = rows::Found {
        number,
        twilio_sid: &found.sid,
        former_routing: &former,
        is_ours,
        is_shared: secrets.twilio_is_shared,
    };
    if !rows::keep(&mut connection, user, &kept).await? {
        return Err(Blocker::NumberNotOwned.into());
    }
    drop(connection);

    let vapi = &app.vendors.vapi;
    let import = Import {
        number,
        account_sid: with.account_sid,
        auth_token: with.auth_token,
        assistant_id,
    };
    let mut may_import = true;
    for attempt in 0..3 {
        lease.renew().await?;
        let seen = vapi.find_number(key, number).await.map_err(vapi_blocker)?;
        if let Some(seen) = &seen
            && !is_ours
            && may_import
        {
            // Imported once, but its calls go elsewhere by now: only an import turns them round.
            lease.renew().await?;
            vapi.delete_number(key, &seen.id)
                .await
                .map_err(vapi_blocker)?;
        } else if let Some(seen) = seen {
            if seen.assistant_id.as_deref() != Some(assistant_id) {
                lease.renew().await?;
                vapi.attach(key, &seen.id, assistant_id)
                    .await
                    .map_err(vapi_blocker)?;
            }
            return linked(app, user, &seen.id).await;
        }
        if !may_import {
            break;
        }
        lease.renew().await?;
        match vapi.import_number(key, &import).await {
            Ok(id) => return linked(app, user, &id).await,
            // It may be imported all the same: look, but do not import it again.
            Err(Failure::Unreachable { maybe_done: true }) => may_import = false,
            Err(Failure::Busy) if attempt < 2 => tokio::time::sleep(Duration::from_secs(1)).await,
            Err(failure) => return Err(vapi_blocker(failure).into()),
        }
    }
    Err(Blocker::VapiUnreachable.into())
}

async fn linked(app: &App, user: Uuid, vapi_id: &str) -> Result<(), Halt> {
    let mut connection = app.pool.acquire().await?;
    rows::set_linked(&mut connection, user, vapi_id).await?;
    tracing::info!(%user, "number linked");
    Ok(())
}

/// Gives the linked number back: Vapi forgets it, and Twilio routes its calls as before. When the
/// second half fails the first is taken back, so that both sides have changed or neither.
///
/// # Errors
/// What keeps it from being given back; or a failure of the database.
pub async fn unlink(app: &App, user: Uuid) -> Result<(), Halt> {
    lease::hold(app, user, move |app, lease| {
        Box::pin(async move {
            let secrets = credentials::open(app, user).await?;
            unlink_held(app, lease, &secrets).await
        })
    })
    .await
}

/// As [`unlink`], with a lease that is held already.
pub(super) async fn unlink_held(app: &App, lease: &Lease, secrets: &Secrets) -> Result<(), Halt> {
    let user = lease.user;
    let mut connection = app.pool.acquire().await?;
    let Some(row) = rows::of_user(&mut connection, user).await? else {
        return Ok(());
    };
    drop(connection);
    let Json(former) = row.former_routing;
    let former: Routing = serde_json::from_value(former).unwrap_or_default();
    let vapi = &app.vendors.vapi;
    let with = secrets.twilio();

    lease.renew().await?;
    let seen = match secrets.vapi_api_key.as_deref() {
        None => None,
        Some(key) => match vapi.find_number(key, &row.number).await {
            Ok(seen) => seen.map(|seen| (key, seen)),
            // With a key that opens nothing any more there is nothing left to change there.
            Err(Failure::Refused(_)) => None,
            Err(failure) => return Err(vapi_blocker(failure).into()),
        },
    };
    if let Some((key, seen)) = &seen {
        lease.renew().await?;
        vapi.delete_number(key, &seen.id)
            .await
            .map_err(vapi_blocker)?;
    }
    if let Some(with) = with {
        let restored = app
            .vendors
            .twilio
            .set_routing(with, &row.twilio_sid, &former)
            .await;
        match restored {
            // A number or an account that is gone needs no routing.
            Ok(()) | Err(Failure::NotFound | Failure::Refused(_)) => {}
            Err(failure) => {
                if let Some((key, seen)) = &seen
                    && let Some(assistant_id) = &seen.assistant_id
                {
                    let import = Import {
                        number: &row.number,
                        account_sid: with.account_sid,
                        auth_token: with.auth_token,
                        assistant_id,
                    };
                    if let Err(failure) = vapi.import_number(key, &import).await {
                        tracing::warn!(%user, %failure, "a number is half given back");
                        let mut connection = app.pool.acquire().await?;
                        rows::set_unlinked(&mut connection, user).await?;
                    }
                }
                return Err(twilio_blocker(failure).into());
            }
        }
    }
    let mut transaction = app.pool.begin().await?;
    rows::delete(&mut transaction, user).await?;
    readiness::clear(&mut transaction, user).await?;
    transaction.commit().await?;
    tracing::info!(%user, "number given back");
    Ok(())
}
