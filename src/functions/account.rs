//! Sign-up, log-in, log-out, and the way back in after a forgotten password.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::outcome::{Again, Answer, Outcome, Says};
use super::{Refusal, Secret};
use crate::domain::Problem;

/// What became of a sign-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignedUp {
    Welcome {
        to: String,
    },
    Refused {
        problems: Vec<Problem>,
    },
    /// Too many from this visitor.
    Wait {
        seconds: u32,
    },
}

impl Outcome for SignedUp {
    fn answer(self) -> Answer {
        match self {
            Self::Welcome { to } => Answer::To(to),
            Self::Refused { problems } => Again::problems(problems),
            Self::Wait { seconds } => Again::says(429, Says::Wait(seconds)),
        }
    }
}

/// Makes an account and logs in; the password of an existing one logs in to that.
#[server(prefix = "/fn", endpoint = "sign_up")]
pub async fn sign_up(
    email: String,
    password: Secret,
    return_to: String,
) -> Result<SignedUp, Refusal> {
    use crate::server::services::accounts::{self, SignUp};
    use crate::server::web::asked;

    let visit = asked::visit();
    let (pool, visitor) = (&visit.app.pool, visit.visitor());
    let made = accounts::sign_up(pool, &visitor, &email, &password.0, visit.locale).await?;
    Ok(match made {
        SignUp::Welcome(welcome) => {
            let to = asked::enter(&visit, &welcome, &email, &return_to).await?;
            SignedUp::Welcome { to }
        }
        SignUp::Problems(problems) => SignedUp::Refused { problems },
        SignUp::Wait(seconds) => SignedUp::Wait { seconds },
    })
}

/// What became of a log-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoggedIn {
    Welcome {
        to: String,
    },
    Refused {
        problems: Vec<Problem>,
    },
    /// The address or the password is wrong; which one is not told.
    Wrong,
    /// Too many failures.
    Wait {
        seconds: u32,
    },
}

impl Outcome for LoggedIn {
    fn answer(self) -> Answer {
        match self {
            Self::Welcome { to } => Answer::To(to),
            Self::Refused { problems } => Again::problems(problems),
            Self::Wrong => Again::says(422, Says::Wrong),
            Self::Wait { seconds } => Again::says(429, Says::Wait(seconds)),
        }
    }
}

#[server(prefix = "/fn", endpoint = "log_in")]
pub async fn log_in(
    email: String,
    password: Secret,
    return_to: String,
) -> Result<LoggedIn, Refusal> {
    use crate::server::services::accounts::{self, LogIn};
    use crate::server::web::asked;

    let visit = asked::visit();
    let (pool, visitor) = (&visit.app.pool, visit.visitor());
    Ok(
        match accounts::log_in(pool, &visitor, &email, &password.0).await? {
            LogIn::Welcome(welcome) => {
                let to = asked::enter(&visit, &welcome, &email, &return_to).await?;
                LoggedIn::Welcome { to }
            }
            LogIn::Problems(problems) => LoggedIn::Refused { problems },
            LogIn::Wrong => LoggedIn::Wrong,
            LogIn::Wait(seconds) => LoggedIn::Wait { seconds },
        },
    )
}

/// What became of the password that was asked for again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirmed {
    Done { to: String },
    Refused { problems: Vec<Problem> },
}

impl Outcome for Confirmed {
    fn answer(self) -> Answer {
        match self {
            Self::Done { to } => Answer::To(to),
            Self::Refused { problems } => Again::problems(problems),
        }
    }
}

/// Shows by the password that it is still the customer who sits here; the session goes on under a new token.
#[server(prefix = "/fn", endpoint = "confirm_password")]
pub async fn confirm_password(
    current_password: Secret,
    return_to: String,
) -> Result<Confirmed, Refusal> {
    use crate::server::services::accounts;
    use crate::server::web::asked;

    let customer = asked::customer()?;
    let (pool, user) = (&customer.visit.app.pool, customer.user());
    Ok(
        match accounts::confirm(pool, user, &current_password.0).await? {
            None => {
                let to = asked::confirmed(&customer, &return_to).await?;
                Confirmed::Done { to }
            }
            Some(problem) => Confirmed::Refused {
                problems: vec![problem],
            },
        },
    )
}

/// Where one is after something that cannot fail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedOut {
    pub to: String,
}

impl Outcome for LoggedOut {
    fn answer(self) -> Answer {
        Answer::To(self.to)
    }
}

#[server(prefix = "/fn", endpoint = "log_out")]
pub async fn log_out() -> Result<LoggedOut, Refusal> {
    use crate::server::web::asked;

    let to = asked::leave(&asked::visit()).await?;
    Ok(LoggedOut { to })
}

/// What became of the wish for a reset link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetRequested {
    /// It is on its way, if there is such an account.
    Sent {
        to: String,
    },
    Refused {
        problems: Vec<Problem>,
    },
}

impl Outcome for ResetRequested {
    fn answer(self) -> Answer {
        match self {
            Self::Sent { to } => Answer::To(to),
            Self::Refused { problems } => Again::problems(problems),
        }
    }
}

/// Mails a link to set a new password.
#[server(prefix = "/fn", endpoint = "request_password_reset")]
pub async fn request_password_reset(email: String) -> Result<ResetRequested, Refusal> {
    use crate::functions::address;
    use crate::server::services::resets::{self, Forgot};
    use crate::server::web::asked;

    let visit = asked::visit();
    Ok(
        match resets::request(&visit.app, &visit.visitor(), &email, visit.locale).await? {
            Forgot::Sent => {
                let to = format!("{}?notice=sent", visit.href(address::FORGOT_PASSWORD));
                ResetRequested::Sent { to }
            }
            Forgot::Problems(problems) => ResetRequested::Refused { problems },
        },
    )
}

/// What became of a new password after a reset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordReset {
    Done {
        to: String,
    },
    /// The link is unknown, used, replaced or too old.
    LinkExpired,
    Refused {
        problems: Vec<Problem>,
    },
}

impl Outcome for PasswordReset {
    fn answer(self) -> Answer {
        match self {
            Self::Done { to } => Answer::To(to),
            Self::LinkExpired => Again::says(410, Says::LinkExpired),
            Self::Refused { problems } => Again::problems(problems),
        }
    }
}

/// Sets a new password by the token of a mailed link.
#[server(prefix = "/fn", endpoint = "reset_password")]
pub async fn reset_password(token: Secret, password: Secret) -> Result<PasswordReset, Refusal> {
    use crate::functions::address;
    use crate::server::services::resets::{self, Reset};
    use crate::server::web::asked;

    let visit = asked::visit();
    // A form that was held is sent again without its secrets.
    let held = || visit.reset_token.clone().unwrap_or_default();
    let token = Some(token.0).filter(|token| !token.is_empty());
    let token = token.unwrap_or_else(held);
    Ok(
        match resets::reset_password(&visit.app, &visit.visitor(), &token, &password.0).await? {
            Reset::Done => {
                let to = format!("{}?notice=password-reset", visit.href(address::LOG_IN));
                PasswordReset::Done { to }
            }
            Reset::LinkExpired => PasswordReset::LinkExpired,
            Reset::Problems(problems) => PasswordReset::Refused { problems },
        },
    )
}
