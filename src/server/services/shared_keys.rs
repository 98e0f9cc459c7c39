//! The operator's keys, for customers who choose them instead of their own.

use uuid::Uuid;

use super::credentials::{Judged, Ready, may_check};
use super::{Halt, assistants, numbers};
use crate::domain::Step;
use crate::server::store::credentials as rows;
use crate::server::store::onboarding::{self, Record};
use crate::server::{App, Error};

/// Whether the operator's credentials of a step are offered to this customer, who has none.
#[must_use]
pub fn offered(app: &App, record: &Record, step: Step) -> bool {
    match step {
        Step::Vapi => app.config.vapi_api_key.is_some() && record.vapi_api_key_preview.is_none(),
        Step::Twilio => {
            app.config.twilio.is_some()
                && record.vapi_is_shared
                && record.auth_token_preview.is_none()
        }
        _ => false,
    }
}

/// Whether this customer may use the operator's credentials of a step, and whether they work.
pub(super) async fn judge(app: &App, user: Uuid, step: Step) -> Result<Judged, Error> {
    let mut connection = app.pool.acquire().await?;
    if rows::of_user(&mut connection, user).await?.is_shared(step) {
        // The button was pressed twice.
        return Ok(Judged::Nothing);
    }
    let record = onboarding::load(&mut connection, user)
        .await?
        .ok_or(Error::NoAccount)?;
    if !offered(app, &record, step) {
        return Ok(Judged::NotShared);
    }
    if !may_check(&mut connection, user).await? {
        return Ok(Judged::TooMany);
    }
    drop(connection);
    let said = match (step, &app.config.vapi_api_key, &app.config.twilio) {
        (Step::Vapi, Some(key), _) => app.vendors.vapi.check(&key.0).await,
        (Step::Twilio, _, Some(account)) => app.vendors.twilio.check(account.into()).await,
        _ => return Ok(Judged::NotShared),
    };
    match said {
        Ok(()) => Ok(Judged::Ready(Ready {
            own: None,
            is_checked: true,
        })),
        Err(failure) => {
            tracing::error!(step = step.id(), %failure, "the shared credentials do not work");
            Ok(Judged::NotShared)
        }
    }
}

/// Takes back at the vendors what was made with the operator's credentials of a step, before they are
/// removed or replaced: nothing of a customer stays in an account that is not theirs. Idempotent.
///
/// # Errors
/// What keeps it from being taken back; or the database does not answer.
pub async fn leave(app: &App, user: Uuid, step: Step) -> Result<(), Halt> {
    let mut connection = app.pool.acquire().await?;
    let stored = rows::of_user(&mut connection, user).await?;
    drop(connection);
    match step {
        _ if !stored.is_shared(step) => Ok(()),
        Step::Vapi => assistants::leave(app, user).await,
        _ => numbers::unlink(app, user).await,
    }
}
