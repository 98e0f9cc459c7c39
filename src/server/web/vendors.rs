//! What follows a saved step at the vendors: they are told in the same action.

use super::proposals;
use super::visit::Customer;
use crate::domain::{Draft, Step, telephony};
use crate::server::Error;
use crate::server::services::assistants::{self, From};
use crate::server::services::onboarding::Onboarding;
use crate::server::services::{Halt, launch, numbers};

/// Tells the vendors what a saved step has changed. What does not succeed is noted, and the pages say
/// so: going on is never kept up by a vendor. `before` is the customer as they were.
pub async fn told(before: &Customer, step: Step, typed: &Draft) -> Result<(), Error> {
    let (app, user) = (&before.visit.app, before.user());
    let record = &before.onboarding.record;
    let from = if record.onboarding_completed {
        From::Studio
    } else {
        From::Onboarding
    };
    match step {
        Step::Telephony => {
            if let Ok(Some(crate::domain::Value::Text(number))) =
                telephony::NUMBER.parse(typed.values(telephony::NUMBER.name))
            {
                numbers::inspect(app, user, &number).await?;
                let was_linked = record.linked_number.as_deref();
                if was_linked.is_some_and(|linked| linked != number) {
                    launch::launch(app, user, from).await?;
                }
            }
        }
        Step::Assistant => {
            if let Some(made) = made(before).await? {
                assistants::note_instructions(app, user, &made).await?;
            }
            let is_whole = step.problems(typed).is_empty();
            if is_whole && record.vapi_api_key_preview.is_some() {
                tell(before, from).await?;
            }
        }
        Step::Profile | Step::Ava => {
            let changed = match made(before).await? {
                Some(made) => assistants::follow_persona(app, user, &made).await?,
                None => false,
            };
            if changed && record.vapi_id.is_some() {
                tell(before, from).await?;
            }
        }
        _ => {}
    }
    Ok(())
}

async fn tell(customer: &Customer, from: From) -> Result<(), Error> {
    match assistants::ensure(&customer.visit.app, customer.user(), from).await {
        Ok(()) => Ok(()),
        Err(Halt::Blocker(blocker)) => {
            tracing::warn!(user = %customer.user(), blocker = blocker.id(), "Vapi was not told");
            Ok(())
        }
        Err(Halt::Error(error)) => Err(error),
    }
}

/// The instructions that the answers now make.
async fn made(before: &Customer) -> Result<Option<String>, Error> {
    let mut connection = before.visit.app.pool.acquire().await?;
    let after = Onboarding::load(&mut connection, before.user()).await?;
    Ok(proposals::instructions(&after, before.visit.locale))
}
