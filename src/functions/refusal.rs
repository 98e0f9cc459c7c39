//! Why a function was not run, or did not come to an end: what any of them can meet.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// Holds nothing that was typed and nothing secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Nobody is logged in, or the account is gone.
    SignedOut,
    /// The log-in is too long ago for what was asked: the password has to be given again.
    LogInAgain,
    /// The form does not prove that it is ours.
    FormExpired,
    /// The browser keeps no cookies for this site, so that no form can prove anything.
    NoCookies,
    /// Another site has sent it.
    Forbidden,
    /// The form is of another account than the one that is logged in now.
    OtherAccount,
    /// There is nothing of this name or id.
    NotFound,
    MethodNotAllowed,
    TooLarge,
    /// It is no form of ours.
    Malformed,
    TooManyAttempts {
        /// To wait.
        seconds: u32,
    },
    /// The database cannot be reached right now.
    Unavailable,
    /// Something that must not happen.
    Unexpected,
}

impl Refusal {
    /// The status of an answer with it.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::SignedOut | Self::LogInAgain => 401,
            Self::FormExpired | Self::NoCookies | Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::OtherAccount => 409,
            Self::TooLarge => 413,
            Self::Malformed => 422,
            Self::TooManyAttempts { .. } => 429,
            Self::Unexpected => 500,
            Self::Unavailable => 503,
        }
    }
}

impl FromServerFnError for Refusal {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::Malformed,
            ServerFnErrorErr::Request(_) => Self::Unavailable,
            _ => Self::Unexpected,
        }
    }
}
