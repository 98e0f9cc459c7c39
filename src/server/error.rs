//! The failures of services, told apart by what a person can do about them.

use crate::functions::Refusal;

/// Why a service could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be reached right now; the same request may work in a moment.
    #[error("the database is unavailable: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// Too much is being done already; the same request may work in a moment.
    #[error("too many wait already")]
    Busy,
    /// Tried too often.
    #[error("too many attempts")]
    TooMany {
        /// To wait.
        seconds: u32,
    },
    /// The account is gone or disabled.
    #[error("the account is gone or disabled")]
    NoAccount,
    /// Something that must not happen; the request id leads to the log.
    #[error("{0}")]
    Unexpected(String),
}

impl From<Error> for Refusal {
    /// The cause goes to the log and no further.
    fn from(error: Error) -> Self {
        match error {
            Error::Unavailable(cause) => {
                tracing::warn!(%cause, "the database is unavailable");
                Self::Unavailable
            }
            Error::Busy => {
                tracing::warn!("too many passwords wait to be hashed");
                Self::Unavailable
            }
            Error::TooMany { seconds } => Self::TooManyAttempts { seconds },
            Error::NoAccount => Self::SignedOut,
            Error::Unexpected(cause) => {
                tracing::error!(%cause, "unexpected failure");
                Self::Unexpected
            }
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let is_passing = match &error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Protocol(_) => true,
            // 57P: shutting down or starting up; 53: out of a resource; 08: connection lost;
            // 25006: only for reading; 40: to be tried again.
            sqlx::Error::Database(db) => db.code().is_some_and(|code| {
                ["57P", "53", "08", "25006", "40"]
                    .iter()
                    .any(|class| code.starts_with(class))
            }),
            _ => false,
        };
        if is_passing {
            Self::Unavailable(error)
        } else {
            Self::Unexpected(error.to_string())
        }
    }
}

impl From<tower_sessions::session::Error> for Error {
    fn from(error: tower_sessions::session::Error) -> Self {
        match error {
            // The store's only backend is the database.
            tower_sessions::session::Error::Store(error) => {
                Self::Unavailable(sqlx::Error::Protocol(error.to_string()))
            }
            other @ tower_sessions::session::Error::SerdeJson(_) => {
                Self::Unexpected(other.to_string())
            }
        }
    }
}

impl From<super::vault::VaultError> for Error {
    fn from(error: super::vault::VaultError) -> Self {
        Self::Unexpected(error.to_string())
    }
}
