//! Sends the mail that waits in the outbox: at once where that can be, else again and again until it is taken or of
//! no use any more.
//!
//! Of several instances each takes others. A mail is handed over once, unless a process dies or a connection breaks
//! after the mail server has taken it and before its row is deleted: nothing can exclude that. It then goes out again
//! under the same Message-ID, so that receivers can drop the double.

use std::future::Future;
use std::time::Duration;

use super::notices;
use crate::server::mail::{NotSent, TIMEOUT};
use crate::server::store::outbox::{self, Claimed};
use crate::server::{App, Error};

/// How often is looked for mail that another instance has left, or whose wait is over.
const EVERY: Duration = Duration::from_secs(5);

/// When a mail is tried again.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The wait after the first attempt; each other is twice as long as the one before.
    pub first_wait: Duration,
    pub longest_wait: Duration,
    /// How long a mail belongs to whoever has taken it: longer than one attempt may last.
    pub claim: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            first_wait: Duration::from_secs(5),
            longest_wait: Duration::from_hours(1),
            claim: TIMEOUT + Duration::from_secs(30),
        }
    }
}

impl Pace {
    /// The wait after so many attempts.
    fn wait(self, attempts: i32) -> Duration {
        let doublings = u32::try_from(attempts - 1).unwrap_or_default();
        let wait = 2_u32
            .checked_pow(doublings)
            .and_then(|times| self.first_wait.checked_mul(times));
        wait.map_or(self.longest_wait, |wait| wait.min(self.longest_wait))
    }
}

/// Sends mail until it is told to stop; the one that is being handed over then is not left in between.
pub async fn run(app: App, pace: Pace, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            biased;
            () = &mut stop => return,
            () = app.mailer.woken() => {}
            _ = ticks.tick() => {}
        }
        match send_one(&app, pace).await {
            // There may be more.
            Ok(true) => app.mailer.wake(),
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "mail waits"),
        }
    }
}

/// Sends all that is due.
///
/// # Errors
/// When the database does not answer; what was not sent waits.
pub async fn send_due(app: &App, pace: Pace) -> Result<(), Error> {
    while send_one(app, pace).await? {}
    Ok(())
}

/// Tries one mail; false when none is due.
async fn send_one(app: &App, pace: Pace) -> Result<bool, Error> {
    let mut connection = app.pool.acquire().await?;
    let claimed = outbox::claim(&mut connection, pace.claim.as_secs_f64()).await?;
    drop(connection);
    let Some(mail) = claimed else {
        return Ok(false);
    };
    let sent = send(app, &mail).await;
    let mut connection = app.pool.acquire().await?;
    let (id, kind) = (mail.id, mail.kind.id());
    let outcome = match sent {
        Ok(()) => {
            outbox::delete(&mut connection, id).await?;
            tracing::info!(mail = %id, kind, attempts = mail.attempts, "mail sent");
            "sent"
        }
        Err(NotSent::NotYet { smtp_code, cause }) => {
            let seconds = pace.wait(mail.attempts).as_secs_f64();
            outbox::postpone(&mut connection, &mail, seconds, code(smtp_code)).await?;
            tracing::warn!(mail = %id, kind, attempts = mail.attempts, smtp_code, cause, "mail waits");
            "postponed"
        }
        Err(NotSent::Refused { smtp_code }) => {
            outbox::fail(&mut connection, &mail, code(smtp_code)).await?;
            let is_expired = mail.is_expired;
            tracing::error!(mail = %id, kind, attempts = mail.attempts, smtp_code, is_expired, "mail failed");
            "failed"
        }
    };
    metrics::counter!("mails_total", "kind" => kind, "outcome" => outcome).increment(1);
    Ok(true)
}

async fn send(app: &App, mail: &Claimed) -> Result<(), NotSent> {
    let never = NotSent::Refused { smtp_code: None };
    if mail.is_expired {
        return Err(never);
    }
    let letter = notices::letter(app, mail).map_err(|error| {
        tracing::error!(mail = %mail.id, %error, "mail cannot be read");
        never
    })?;
    app.mailer
        .send(mail.id, &mail.email, mail.created_at, &letter)
        .await
}

fn code(smtp_code: Option<u16>) -> Option<i16> {
    smtp_code.and_then(|code| code.try_into().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_the_longest_and_fit_into_the_life_of_a_link() {
        let pace = Pace::default();
        let waits: Vec<u64> = (1..=11)
            .map(|attempts| pace.wait(attempts).as_secs())
            .collect();
        assert_eq!(waits, [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600]);
        assert_eq!(pace.wait(i32::MAX), pace.longest_wait);
    }

    #[test]
    fn a_claim_outlasts_an_attempt() {
        assert!(Pace::default().claim > TIMEOUT);
    }
}
