//! What follows a saved step at the vendors: they are told in the same action, through whichever door
//! it was saved.

use uuid::Uuid;

use super::services::assistants::{self, From};
use super::services::onboarding::Onboarding;
use super::services::{Halt, launch, numbers};
use super::{App, Error, proposals};
use crate::domain::{Draft, Locale, Step, Value, assistant, telephony};

/// Tells the vendors what a saved step has changed. What does not succeed is noted with the answer
/// that it concerns: going on is never kept up by a vendor. `after` is the customer as they are now.
///
/// # Errors
/// When the account is gone or the database does not answer.
pub async fn told(
    app: &App,
    after: &Onboarding,
    from: From,
    step: Step,
    typed: &Draft,
) -> Result<(), Error> {
    let (user, record) = (after.user, &after.record);
    match step {
        Step::Telephony => {
            if let Ok(Some(Value::Text(number))) =
                telephony::NUMBER.parse(typed.values(telephony::NUMBER.name))
            {
                numbers::inspect(app, user, &number).await?;
                let is_linked = record.linked_number.as_deref();
                if is_linked.is_some_and(|linked| linked != number) {
                    launch::launch(app, user, from).await?;
                }
            }
        }
        Step::Assistant => {
            let made = Locale::ALL.map(|l| proposals::made(after, l));
            assistants::note_made(app, user, made).await?;
            let is_whole = step.problems(typed).is_empty();
            if is_whole && record.vapi_api_key_preview.is_some() {
                tell(app, user, from).await?;
            }
        }
        _ => {}
    }
    // The steps that her words are made of, in the language of her voice.
    let voice = record.answers.text(assistant::VOICE.name);
    if matches!(step, Step::Profile | Step::Ava | Step::Telephony)
        && let Some(spoken) = voice.and_then(assistant::voice_locale)
        && assistants::follow(app, user, &proposals::made(after, spoken)).await?
        && record.vapi_id.is_some()
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
