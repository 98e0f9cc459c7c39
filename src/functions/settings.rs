//! The settings beside those of a step: the password, tokens for programs, and the end of the account.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::outcome::{Again, Answer, Outcome, Says};
use super::{Refusal, Secret};
use crate::domain::Problem;
use crate::domain::progress::Blocker;

/// What became of a change of password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordChanged {
    Done { to: String },
    Refused { problems: Vec<Problem> },
}

impl Outcome for PasswordChanged {
    fn answer(self) -> Answer {
        match self {
            Self::Done { to } => Answer::To(to),
            Self::Refused { problems } => Again::problems(problems),
        }
    }
}

/// Changes the password, given the one of today; every other session ends.
#[server(prefix = "/fn", endpoint = "change_password")]
pub async fn change_password(
    current_password: Secret,
    password: Secret,
) -> Result<PasswordChanged, Refusal> {
    use crate::server::services::accounts::{self, Change};
    use crate::server::web::asked;

    let customer = asked::customer()?;
    let (app, user) = (&customer.visit.app, customer.user());
    let changed = accounts::change_password(app, user, &current_password.0, &password.0);
    Ok(match changed.await? {
        Change::Done(session_epoch) => {
            let to = asked::renew(&customer, session_epoch).await?;
            PasswordChanged::Done { to }
        }
        Change::Problems(problems) => PasswordChanged::Refused { problems },
    })
}

/// What became of a new token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenCreated {
    /// The token, shown this once.
    Issued {
        token: String,
    },
    /// The form that was sent has made its token before.
    WasIssued,
    Refused {
        problems: Vec<Problem>,
    },
}

impl Outcome for TokenCreated {
    fn answer(self) -> Answer {
        match self {
            Self::Issued { token } => Again::says(200, Says::Issued(Some(token))),
            Self::WasIssued => Again::says(200, Says::Issued(None)),
            Self::Refused { problems } => Again::problems(problems),
        }
    }
}

/// Makes a token for a program; `editor` is the form's own id, which makes one however often it is sent.
#[server(prefix = "/fn", endpoint = "create_token")]
pub async fn create_token(
    token_name: String,
    token_days: String,
    editor: String,
) -> Result<TokenCreated, Refusal> {
    use crate::server::services::tokens::{self, Created};
    use crate::server::web::asked;

    let (app, user) = (asked::app(), asked::fresh_customer()?.user());
    let id = editor.parse().map_err(|_| Refusal::Malformed)?;
    Ok(
        match tokens::create(&app.pool, user, id, &token_name, &token_days).await? {
            Created::Issued(issued) => TokenCreated::Issued {
                token: issued.token,
            },
            Created::Before => TokenCreated::WasIssued,
            Created::Problems(problems) => TokenCreated::Refused { problems },
        },
    )
}

/// Where the tokens are listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRevoked {
    pub to: String,
}

impl Outcome for TokenRevoked {
    fn answer(self) -> Answer {
        Answer::To(self.to)
    }
}

/// Voids a token; one that is none of the customer's stays as it is.
#[server(prefix = "/fn", endpoint = "revoke_token")]
pub async fn revoke_token(id: String) -> Result<TokenRevoked, Refusal> {
    use crate::server::services::tokens;
    use crate::server::web::asked;

    let (app, user) = (asked::app(), asked::customer()?.user());
    let id = id.parse().map_err(|_| Refusal::Malformed)?;
    tokens::revoke(&app.pool, user, id).await?;
    let to = asked::section("api").with("notice", "revoked");
    Ok(TokenRevoked { to })
}

/// Where the sessions are listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsEnded {
    pub to: String,
}

impl Outcome for SessionsEnded {
    fn answer(self) -> Answer {
        Answer::To(self.to)
    }
}

/// Logs out one other device.
#[server(prefix = "/fn", endpoint = "end_session")]
pub async fn end_session(id: String) -> Result<SessionsEnded, Refusal> {
    use crate::server::session;
    use crate::server::web::asked;

    let (app, user) = (asked::app(), asked::customer()?.user());
    session::end_one(&app.pool, user, &id).await?;
    let to = asked::section("security").with("notice", "session-ended");
    Ok(SessionsEnded { to })
}

/// Logs out every device but this.
#[server(prefix = "/fn", endpoint = "end_other_sessions")]
pub async fn end_other_sessions() -> Result<SessionsEnded, Refusal> {
    use crate::server::session;
    use crate::server::web::asked;

    let customer = asked::customer()?;
    let (visit, user) = (&customer.visit, customer.user());
    session::end_others(&visit.app.pool, &visit.session, user).await?;
    let to = asked::section("security").with("notice", "session-ended");
    Ok(SessionsEnded { to })
}

/// What became of the wish to delete the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountDeleted {
    Done {
        to: String,
    },
    Refused {
        problems: Vec<Problem>,
    },
    /// The number cannot be given back now; nothing was deleted.
    Blocked {
        blocker: Blocker,
    },
}

impl Outcome for AccountDeleted {
    fn answer(self) -> Answer {
        match self {
            Self::Done { to } => Answer::To(to),
            Self::Refused { problems } => Again::problems(problems),
            Self::Blocked { blocker } => Again::says(422, Says::Blocked(blocker)),
        }
    }
}

/// Deletes the account for good, given its password; on request its number is given back first.
#[server(prefix = "/fn", endpoint = "delete_account")]
pub async fn delete_account(
    delete_password: Secret,
    give_back: bool,
) -> Result<AccountDeleted, Refusal> {
    use crate::server::services::accounts::{self, Deletion};
    use crate::server::web::asked;

    let customer = asked::customer()?;
    let (app, user) = (&customer.visit.app, customer.user());
    Ok(
        match accounts::delete(app, user, &delete_password.0, give_back).await? {
            Deletion::Done => {
                let to = asked::gone(&customer.visit).await?;
                AccountDeleted::Done { to }
            }
            Deletion::Problems(problems) => AccountDeleted::Refused { problems },
            Deletion::Blocked(blocker) => AccountDeleted::Blocked { blocker },
        },
    )
}
