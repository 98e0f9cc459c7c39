//! The operator's keys, for customers who choose them instead of their own.

use uuid::Uuid;

use super::credentials::{Judged, Ready, may_check};
use super::onboarding::Onboarding;
use super::{Halt, assistants, numbers};
use crate::domain::{Known, Vendor};
use crate::server::store::credentials as rows;
use crate::server::{App, Error};

/// Whether the operator's credentials for a vendor are offered to this customer, who has none.
#[must_use]
pub fn offered(app: &App, known: &Known, vendor: Vendor) -> bool {
    match vendor {
        Vendor::Vapi => app.config.vapi_api_key.is_some() && !known.vapi.is_stored(),
        Vendor::Twilio => {
            app.config.twilio.is_some() && known.vapi.is_shared && !known.twilio.is_stored()
        }
    }
}

/// Whether this customer may use the operator's credentials for a vendor, and whether they work.
pub(super) async fn judge(app: &App, before: &Onboarding, vendor: Vendor) -> Result<Judged, Error> {
    let stored = match vendor {
        Vendor::Vapi => &before.known.vapi,
        Vendor::Twilio => &before.known.twilio,
    };
    if stored.is_shared {
        // The button was pressed twice.
        return Ok(Judged::Nothing);
    }
    if !offered(app, &before.known, vendor) {
        return Ok(Judged::NotShared);
    }
    let mut connection = app.pool.acquire().await?;
    if !may_check(&mut connection, before.user).await? {
        return Ok(Judged::TooMany);
    }
    drop(connection);
    let said = match (vendor, &app.config.vapi_api_key, &app.config.twilio) {
        (Vendor::Vapi, Some(key), _) => app.vendors.vapi.check(&key.0).await,
        (Vendor::Twilio, _, Some(account)) => app.vendors.twilio.check(account.into()).await,
        _ => return Ok(Judged::NotShared),
    };
    match said {
        Ok(()) => Ok(Judged::Ready(Ready {
            own: None,
            is_checked: true,
        })),
        Err(failure) => {
            tracing::error!(vendor = vendor.id(), %failure, "the shared credentials do not work");
            Ok(Judged::NotShared)
        }
    }
}

/// Takes back at the vendors what was made with the operator's credentials for a vendor, before they are
/// removed or replaced: nothing of a customer stays in an account that is not theirs. Idempotent.
///
/// # Errors
/// What keeps it from being taken back; or the database does not answer.
pub async fn leave(app: &App, user: Uuid, vendor: Vendor) -> Result<(), Halt> {
    let mut connection = app.pool.acquire().await?;
    let stored = rows::of_user(&mut connection, user).await?;
    drop(connection);
    match vendor {
        _ if !stored.is_shared(vendor) => Ok(()),
        Vendor::Vapi => assistants::leave(app, user).await,
        Vendor::Twilio => numbers::unlink(app, user).await,
    }
}
