//! Reading where a customer stands, and finishing.

use serde_json::json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::domain::Step;
use crate::domain::progress::Status;
use crate::server::Error;
pub use crate::server::store::onboarding::Onboarding;
use crate::server::store::{self, events};

/// Reads an active customer's onboarding.
///
/// # Errors
/// [`Error::NoAccount`] when the account is gone or disabled; or the database does not answer.
pub async fn load(connection: &mut PgConnection, user: Uuid) -> Result<Onboarding, Error> {
    store::onboarding::load(connection, user)
        .await?
        .ok_or(Error::NoAccount)
}

/// What finishing came to.
#[derive(Debug, PartialEq, Eq)]
pub struct Finished {
    /// False when the onboarding had been finished before.
    pub now: bool,
}

/// Completes the onboarding, whatever is still missing for going live. Idempotent.
///
/// # Errors
/// When the account is gone or the database does not answer; nothing has changed then.
pub async fn finish(pool: &PgPool, user: Uuid) -> Result<Finished, Error> {
    let mut transaction = pool.begin().await?;
    if !store::lock_user(&mut transaction, user).await? {
        return Err(Error::NoAccount);
    }
    let Some(seconds) = store::onboarding::complete(&mut transaction, user).await? else {
        return Ok(Finished { now: false });
    };
    let known = load(&mut transaction, user).await?.known;
    let facts = known.facts();
    let skipped: Vec<&str> = Step::asking()
        .filter(|step| facts.status(*step) == Status::Skipped)
        .map(Step::id)
        .collect();
    events::insert(
        &mut transaction,
        user,
        "onboarding_completed",
        json!({
            "duration_seconds": seconds,
            "steps_skipped": skipped,
            "plan_selected": known.answers.text("plan"),
            "live": facts.is_live(),
        }),
    )
    .await?;
    transaction.commit().await?;
    tracing::info!(%user, "onboarding completed");
    Ok(Finished { now: true })
}
