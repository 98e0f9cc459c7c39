//! Launching Ava, and asking the vendors whether she can answer.

use uuid::Uuid;

use super::assistants::{self, From};
use super::credentials::{self, Secrets};
use super::lease::{self, Lease};
use super::onboarding::{self, Onboarding};
use super::{Halt, numbers};
use crate::domain::progress::Blocker;
use crate::domain::{Vendor, telephony};
use crate::server::store::{phone_numbers, readiness};
use crate::server::vendors::Failure;
use crate::server::{App, Error};

/// Makes Ava answer: checks both accounts, brings the assistant to Vapi, links the number, and
/// completes the onboarding. What is left to do comes back; empty means that Ava is live. May be
/// asked for any number of times.
///
/// # Errors
/// When the account is gone or the database does not answer.
pub async fn launch(app: &App, user: Uuid, from: From) -> Result<Vec<Blocker>, Error> {
    ask(app, user, Some(from)).await
}

/// Asks the vendors anew whether Ava can answer; changes nothing there.
///
/// # Errors
/// When the account is gone or the database does not answer.
pub async fn check(app: &App, user: Uuid) -> Result<Vec<Blocker>, Error> {
    ask(app, user, None).await
}

async fn ask(app: &App, user: Uuid, link: Option<From>) -> Result<Vec<Blocker>, Error> {
    let missing = load(app, user).await?.known.facts().missing();
    if !missing.is_empty() {
        return Ok(missing);
    }
    let held = lease::hold(app, user, move |app, lease| {
        Box::pin(ask_and_note(app, lease, link))
    });
    match held.await {
        Ok(blockers) => Ok(blockers),
        // It may have come to its end just when nobody waited any more.
        Err(Halt::Blocker(blocker)) => {
            let is_live = load(app, user).await?.known.facts().is_live();
            Ok(if is_live { Vec::new() } else { vec![blocker] })
        }
        Err(Halt::Error(error)) => Err(error),
    }
}

/// Asks the vendors, and keeps what they say for the pages.
async fn ask_and_note(app: &App, lease: &Lease, link: Option<From>) -> Result<Vec<Blocker>, Halt> {
    let user = lease.user;
    if link.is_some() {
        // What a page shows that is opened meanwhile, or after a crash.
        note(app, user, &[Blocker::InProgress]).await?;
    }
    // What is stored may have changed while another held the lease.
    let onboarding = load(app, user).await?;
    let blockers = match onboarding.known.facts().missing() {
        missing if !missing.is_empty() => missing,
        _ => match ask_held(app, lease, &onboarding, link).await {
            Ok(blockers) => blockers,
            Err(Halt::Blocker(blocker)) => vec![blocker],
            Err(error) => return Err(error),
        },
    };
    note(app, user, &blockers).await?;
    if link.is_some() && blockers.is_empty() {
        onboarding::finish(&app.pool, user).await?;
    }
    Ok(blockers)
}

async fn note(app: &App, user: Uuid, blockers: &[Blocker]) -> Result<(), Error> {
    let ids: Vec<String> = blockers.iter().map(|b| b.id().to_owned()).collect();
    let mut connection = app.pool.acquire().await?;
    Ok(readiness::set(&mut connection, user, &ids).await?)
}

async fn load(app: &App, user: Uuid) -> Result<Onboarding, Error> {
    let mut connection = app.pool.acquire().await?;
    onboarding::load(&mut connection, user).await
}

async fn ask_held(
    app: &App,
    lease: &Lease,
    onboarding: &Onboarding,
    link: Option<From>,
) -> Result<Vec<Blocker>, Halt> {
    let secrets = credentials::open(app, lease.user).await?;
    let (vapi, twilio) = tokio::join!(
        credentials::ask(app, lease.user, &secrets, Vendor::Vapi),
        credentials::ask(app, lease.user, &secrets, Vendor::Twilio),
    );
    let mut blockers: Vec<Blocker> = [
        vapi?.err().map(|failure| match failure {
            Failure::Refused(_) => Blocker::VapiRefused,
            _ => Blocker::VapiUnreachable,
        }),
        twilio?.err().map(|failure| match failure {
            Failure::Refused(_) => Blocker::TwilioRefused,
            _ => Blocker::TwilioUnreachable,
        }),
    ]
    .into_iter()
    .flatten()
    .collect();
    let number = onboarding
        .known
        .answers
        .text(telephony::NUMBER.name)
        .ok_or(Blocker::Number)?;
    if let Some(from) = link {
        if !blockers.contains(&Blocker::VapiRefused)
            && !blockers.contains(&Blocker::VapiUnreachable)
        {
            match assistants::ensure_held(app, lease, &secrets, from).await {
                Ok(assistant) if blockers.is_empty() => {
                    match numbers::link_held(app, lease, &secrets, number, &assistant).await {
                        Ok(()) => {}
                        Err(Halt::Blocker(blocker)) => blockers.push(blocker),
                        Err(error) => return Err(error),
                    }
                }
                Ok(_) => {}
                Err(Halt::Blocker(blocker)) => blockers.push(blocker),
                Err(error) => return Err(error),
            }
        }
    } else if blockers.is_empty() {
        blockers.extend(standing(app, lease, &secrets, onboarding, number).await?);
    }
    Ok(blockers)
}

/// What the vendors say of assistant and number as they are.
async fn standing(
    app: &App,
    lease: &Lease,
    secrets: &Secrets,
    onboarding: &Onboarding,
    number: &str,
) -> Result<Option<Blocker>, Halt> {
    let key = secrets.vapi_api_key.as_deref().ok_or(Blocker::VapiKey)?;
    let with = secrets.twilio().ok_or(Blocker::TwilioCredentials)?;
    let Some(assistant) = &onboarding.vapi_id else {
        return Ok(Some(Blocker::AssistantNotCreated));
    };
    match app.vendors.vapi.assistant(key, assistant).await {
        Ok(_) => {}
        Err(Failure::NotFound) => return Ok(Some(Blocker::AssistantNotCreated)),
        Err(failure) => return Ok(Some(assistants::blocker(failure))),
    }
    match app.vendors.twilio.number(with, number).await {
        Ok(Some(found)) if found.routing.ignores_voice_url() => {
            return Ok(Some(Blocker::NumberRouted));
        }
        // Something else was set to take its calls meanwhile.
        Ok(Some(found)) if found.routing.used_by().is_some() => {
            return not_linked(app, lease.user).await;
        }
        Ok(Some(_)) => {}
        Ok(None) => return Ok(Some(Blocker::NumberNotOwned)),
        Err(_) => return Ok(Some(Blocker::TwilioUnreachable)),
    }
    match app.vendors.vapi.find_number(key, number).await {
        Ok(Some(seen)) if seen.assistant_id.as_deref() == Some(assistant) => Ok(None),
        Ok(_) => not_linked(app, lease.user).await,
        Err(_) => Ok(Some(Blocker::VapiUnreachable)),
    }
}

async fn not_linked(app: &App, user: Uuid) -> Result<Option<Blocker>, Halt> {
    let mut connection = app.pool.acquire().await?;
    phone_numbers::set_unlinked(&mut connection, user).await?;
    Ok(Some(Blocker::NumberNotLinked))
}
