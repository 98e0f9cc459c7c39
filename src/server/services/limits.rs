//! Limits: who may try what, how often. A place is taken before the work, so that those who ask at once are
//! counted one after the other, on however many instances; a success gives it back.

use sqlx::PgConnection;

use crate::server::Error;
use crate::server::store::limits::{self as rows, Terms};

/// A kind of attempt that is limited.
pub struct Limit {
    kind: &'static str,
    /// So many at once are free.
    free: u16,
    /// Seconds after which one is forgotten.
    fades: u16,
    /// What is to wait after the last attempt when none is free, in seconds, the longer the more were made.
    waits: &'static [f64],
}

/// Log-ins of one visitor to one account. The waits fade, so that nobody is locked out for good.
pub const LOG_IN: Limit = Limit {
    kind: "log_in",
    free: 3,
    fades: 300,
    waits: &[1.0, 3.0, 5.0, 10.0, 20.0, 30.0],
};

/// Log-ins to one account from browsers that it does not know. Those that it knows have [`LOG_IN`] to themselves,
/// so that its owner gets in while others try.
pub const LOG_IN_OF_STRANGERS: Limit = Limit {
    kind: "log_in_of_strangers",
    free: 30,
    fades: 60,
    waits: &[1.0, 3.0, 5.0, 10.0],
};

/// Log-ins and links of one visitor to all accounts together: 100 in a quarter of an hour.
pub const LOG_IN_OF_VISITOR: Limit = Limit {
    kind: "log_in_of_visitor",
    free: 100,
    fades: 9,
    waits: &[9.0, 30.0, 60.0],
};

/// The present password of a session's account, asked again.
pub const CURRENT_PASSWORD: Limit = Limit {
    kind: "current_password",
    ..LOG_IN
};

/// Sign-ups of one visitor: 30 an hour.
pub const SIGN_UP: Limit = Limit {
    kind: "sign_up",
    free: 30,
    fades: 120,
    waits: &[120.0],
};

/// Mails with a reset link that one visitor asks for: 20 an hour. Those to one account are counted with its reset.
pub const RESET_OF_VISITOR: Limit = Limit {
    kind: "reset_of_visitor",
    free: 20,
    fades: 180,
    waits: &[180.0],
};

/// Tokens that one customer makes: 20 an hour.
pub const TOKEN: Limit = Limit {
    kind: "token",
    free: 20,
    fades: 180,
    waits: &[180.0],
};

/// Vendors' words on one customer's keys: 60 an hour.
pub const KEY_CHECK: Limit = Limit {
    kind: "key_check",
    free: 60,
    fades: 60,
    waits: &[60.0],
};

/// Test calls of one customer: 20 an hour.
pub const TEST_CALL: Limit = Limit {
    kind: "test_call",
    free: 20,
    fades: 180,
    waits: &[180.0],
};

impl Limit {
    fn terms(&self) -> Terms<'static> {
        Terms {
            free: self.free.into(),
            fades: self.fades.into(),
            waits: self.waits,
        }
    }

    /// Takes a place; `Err` with the seconds to wait when there is none.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take(
        &self,
        connection: &mut PgConnection,
        subject: &[u8],
    ) -> Result<Result<(), u32>, Error> {
        let terms = self.terms();
        if rows::take(connection, self.kind, subject, &terms).await? {
            return Ok(Ok(()));
        }
        let wait = rows::wait(connection, self.kind, subject, &terms).await?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and a few hundred"
        )]
        Ok(Err(wait.ceil().max(1.0) as u32))
    }

    /// As [`Limit::take`]; without a place that is an error.
    ///
    /// # Errors
    /// [`Error::TooMany`], or when the database does not answer.
    pub async fn need(&self, connection: &mut PgConnection, subject: &[u8]) -> Result<(), Error> {
        self.take(connection, subject)
            .await?
            .map_err(|seconds| Error::TooMany { seconds })
    }

    /// Gives a place back that was not needed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn give_back(
        &self,
        connection: &mut PgConnection,
        subject: &[u8],
    ) -> Result<(), Error> {
        Ok(rows::give_back(connection, self.kind, subject).await?)
    }

    /// Forgets what was tried, as after a success.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn clear(&self, connection: &mut PgConnection, subject: &[u8]) -> Result<(), Error> {
        Ok(rows::clear(connection, self.kind, subject).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_says_what_is_in_force() {
        let document = include_str!("../../../SECURITY.md");
        for (name, limit) in [
            ("Log-in, one visitor on one account", LOG_IN),
            (
                "Log-in, one account, browsers that it does not know",
                LOG_IN_OF_STRANGERS,
            ),
            (
                "Log-in and reset links, one visitor on all accounts",
                LOG_IN_OF_VISITOR,
            ),
            ("Present password, one account", CURRENT_PASSWORD),
            ("Sign-up, one visitor (not in development)", SIGN_UP),
            ("Reset mail, one visitor", RESET_OF_VISITOR),
            ("New token, one account", TOKEN),
            ("Check of keys, one account", KEY_CHECK),
            ("Test call, one account", TEST_CALL),
        ] {
            let time = |seconds: f64| {
                if seconds < 60.0 {
                    format!("{seconds} s")
                } else {
                    format!("{} min", seconds / 60.0)
                }
            };
            let fades = time(limit.fades.into());
            let waits = match limit.waits {
                [one] => time(*one),
                more => {
                    let more: Vec<String> = more.iter().map(ToString::to_string).collect();
                    format!("{} s", more.join(", "))
                }
            };
            let row = format!("| {name} | {} | {fades} | {waits} |", limit.free);
            assert!(document.contains(&row), "{row}");
        }
    }
}
