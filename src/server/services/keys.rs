//! The steps that ask for a vendor's keys: a save whose secret is stored once its vendor has accepted it,
//! and their removal.

use sqlx::Connection;
use uuid::Uuid;

use super::credentials::{self, Asked, Judged, Method, Ready};
use super::onboarding::{self, Onboarding};
use super::save::{self, Save};
use super::{Halt, numbers, shared_keys};
use crate::domain::progress::Blocker;
use crate::domain::{Intent, Problem, Vendor};
use crate::server::{App, Error, store};

/// What a save with a secret came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Saved {
    /// What became of the answers; the secret, if there was one, is stored with them.
    Saved(save::Saved),
    /// The secret cannot be one, or its vendor refuses it; nothing was changed.
    Refused(Vec<Problem>),
    /// The vendor of the secret does not answer. The secret waits; nothing else was changed.
    Waits,
    /// The operator's key is not offered, or does not work now; nothing was changed.
    NotShared,
    /// What was made with the operator's key cannot be taken back now; nothing was changed.
    Blocked(Blocker),
    /// Too many secrets were tried within the hour; nothing was changed.
    TooMany,
}

/// Stores the step of a vendor's keys with its secret, at once or not at all.
///
/// # Errors
/// When the account is gone or the database does not answer; nothing has changed then.
pub async fn save(
    app: &App,
    before: Onboarding,
    vendor: Vendor,
    secret: Option<&str>,
    method: Method,
    save: &Save,
) -> Result<Saved, Error> {
    let user = before.user;
    let judged = match save.intent {
        Intent::Autosave | Intent::Compare => Judged::Nothing,
        Intent::UseShared => shared_keys::judge(app, &before, vendor).await?,
        intent if secret.is_none() && !intent.submits() => Judged::Nothing,
        intent => {
            let asked = Asked {
                vendor,
                typed: &save.typed,
                secret,
                is_checked: intent != Intent::StoreUnchecked,
                // A program sends it again by itself.
                may_wait: method != Method::Api,
            };
            credentials::judge(app, user, &asked).await?
        }
    };
    let ready = match judged {
        Judged::Ready(ready) => ready,
        Judged::Refused(problems) => return Ok(Saved::Refused(problems)),
        Judged::Silent => return Ok(Saved::Waits),
        Judged::NotShared => return Ok(Saved::NotShared),
        Judged::TooMany => return Ok(Saved::TooMany),
        Judged::Nothing => {
            let (saved, _) = save::save(&app.pool, before, save).await?;
            return Ok(Saved::Saved(saved));
        }
    };
    if ready.is_own() {
        // Nothing is taken back for a save that is refused.
        if let Some(refused @ save::Saved::Conflict) = save::overtaken(&before, save) {
            return Ok(Saved::Saved(refused));
        }
        match shared_keys::leave(app, user, vendor).await {
            Ok(()) => {}
            Err(Halt::Blocker(blocker)) => return Ok(Saved::Blocked(blocker)),
            Err(Halt::Error(error)) => return Err(error),
        }
    }
    store_with(app, user, vendor, method, &ready, save)
        .await
        .map(Saved::Saved)
}

async fn store_with(
    app: &App,
    user: Uuid,
    vendor: Vendor,
    method: Method,
    ready: &Ready,
    save: &Save,
) -> Result<save::Saved, Error> {
    let mut connection = app.pool.acquire().await?;
    loop {
        let mut transaction = connection.begin().await?;
        if !store::lock_user(&mut transaction, user).await? {
            return Err(Error::NoAccount);
        }
        let before = onboarding::load(&mut transaction, user).await?;
        if let Some(refused @ save::Saved::Conflict) = save::overtaken(&before, save) {
            return Ok(refused);
        }
        credentials::store(&mut transaction, user, vendor, method, ready).await?;
        let before = onboarding::load(&mut transaction, user).await?;
        if let Some((saved, _)) = save::attempt(&mut transaction, before, save).await? {
            transaction.commit().await?;
            return Ok(saved);
        }
    }
}

/// Forgets the credentials for a vendor; a number that is linked is given back first, while it still can
/// be. Idempotent.
///
/// # Errors
/// What keeps the number from being given back: then nothing is removed. Or the account is gone, or
/// the database does not answer.
pub async fn remove(app: &App, user: Uuid, vendor: Vendor) -> Result<(), Halt> {
    shared_keys::leave(app, user, vendor).await?;
    numbers::unlink(app, user).await?;
    Ok(credentials::remove(app, user, vendor).await?)
}
