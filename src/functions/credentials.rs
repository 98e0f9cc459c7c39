//! What can be done with stored keys, in their steps and in the settings.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Refusal;
use super::outcome::{Again, Answer, Outcome, Says};
use crate::domain::Vendor;
use crate::domain::progress::Blocker;

/// What became of the wish to remove credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Removed {
    Done {
        to: String,
    },
    /// What they were used for cannot be taken back now; nothing was removed.
    Blocked {
        blocker: Blocker,
    },
}

impl Outcome for Removed {
    fn answer(self) -> Answer {
        match self {
            Self::Done { to } => Answer::To(to),
            Self::Blocked { blocker } => Again::says(409, Says::Blocked(blocker)),
        }
    }
}

/// Removes the stored credentials for a vendor; a number that Ava answers is given back first.
#[server(prefix = "/fn", endpoint = "remove_credentials")]
pub async fn remove_credentials(
    vendor: Vendor,
    section: String,
    return_to: String,
) -> Result<Removed, Refusal> {
    use crate::server::services::{Halt, keys};
    use crate::server::web::asked;

    let (app, user) = (asked::app(), asked::fresh_customer()?.user());
    match keys::remove(&app, user, vendor).await {
        Ok(()) => {
            let place = asked::place(vendor.step(), &section, &return_to);
            let to = place.with("notice", "removed");
            Ok(Removed::Done { to })
        }
        Err(Halt::Blocker(blocker)) => Ok(Removed::Blocked { blocker }),
        Err(Halt::Error(error)) => Err(error.into()),
    }
}

/// A vendor's word on stored credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    Accepted,
    Refused,
    /// It does not answer; what was known stays.
    Silent,
}

impl Said {
    /// As it stands in the address after the question.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Silent => "silent",
        }
    }

    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Accepted, Self::Refused, Self::Silent]
            .into_iter()
            .find(|said| said.id() == id)
    }
}

/// What the vendor said, and the page that shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rechecked {
    pub said: Said,
    pub to: String,
}

impl Outcome for Rechecked {
    fn answer(self) -> Answer {
        Answer::To(self.to)
    }
}

/// Asks a vendor again about the stored credentials.
#[server(prefix = "/fn", endpoint = "recheck")]
pub async fn recheck(
    vendor: Vendor,
    section: String,
    return_to: String,
) -> Result<Rechecked, Refusal> {
    use crate::server::services::credentials;
    use crate::server::vendors::Failure;
    use crate::server::web::asked;

    let (app, user) = (asked::app(), asked::customer()?.user());
    let said = match credentials::recheck(&app, user, vendor).await? {
        Ok(()) => Said::Accepted,
        Err(Failure::Refused(_)) => Said::Refused,
        Err(_) => Said::Silent,
    };
    let place = asked::place(vendor.step(), &section, &return_to);
    let to = place.with("said", said.id());
    Ok(Rechecked { said, to })
}
