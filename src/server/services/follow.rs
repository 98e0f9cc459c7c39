//! What follows saved answers at the vendors: they are told in the same action, through whichever door
//! the answers came.

use uuid::Uuid;

use super::assistants::{self, From};
use super::onboarding::Onboarding;
use super::{Halt, launch, numbers, proposals};
use crate::domain::{Draft, Locale, Step, Value, assistant, telephony};
use crate::server::{App, Error};

/// Tells the vendors what saved answers have changed. What does not succeed is noted with the answer that
/// it concerns: going on is never kept up by a vendor. `after` is the customer as they are now, `typed`
/// the fields that were saved.
///
/// # Errors
/// When the account is gone or the database does not answer.
pub async fn follow(app: &App, after: &Onboarding, from: From, typed: &Draft) -> Result<(), Error> {
    let (user, known) = (after.user, &after.known);
    let number = telephony::NUMBER.parse(typed.values(telephony::NUMBER.name));
    if let Ok(Some(Value::Text(number))) = number {
        numbers::inspect(app, user, &number).await?;
        let linked = known.linked_number.as_deref();
        if linked.is_some_and(|linked| linked != number) {
            launch::launch(app, user, from).await?;
        }
    }
    if typed.contains(assistant::VOICE.name) {
        let made = Locale::ALL.map(|l| proposals::made(known, l));
        assistants::note_made(app, user, made).await?;
        let is_whole = Step::Assistant.problems(typed).is_empty();
        if is_whole && known.vapi.is_stored() {
            tell(app, user, from).await?;
        }
    }
    // What her words are made of, in the language of her voice.
    let is_source = proposals::SOURCES
        .iter()
        .any(|field| typed.contains(field.name));
    let voice = known.answers.text(assistant::VOICE.name);
    if is_source
        && let Some(spoken) = voice.and_then(assistant::voice_locale)
        && assistants::adopt(app, user, &proposals::made(known, spoken)).await?
        && after.vapi_id.is_some()
    {
        tell(app, user, from).await?;
    }
    Ok(())
}

async fn tell(app: &App, user: Uuid, from: From) -> Result<(), Error> {
    match assistants::ensure(app, user, from).await {
        Ok(()) => Ok(()),
        Err(Halt::Blocker(blocker)) => {
            tracing::warn!(%user, blocker = blocker.id(), "Vapi was not told");
            Ok(())
        }
        Err(Halt::Error(error)) => Err(error),
    }
}
