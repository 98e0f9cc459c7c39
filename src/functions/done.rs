//! The review, and the end.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::outcome::{Answer, Outcome};
use super::{Refusal, Ticked};
use crate::domain::progress::Blocker;

/// What became of a launch, and the page that shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Launched {
    Live {
        to: String,
    },
    /// Something keeps Ava from answering.
    Blocked {
        blockers: Vec<Blocker>,
        to: String,
    },
}

impl Outcome for Launched {
    fn answer(self) -> Answer {
        match self {
            Self::Live { to } | Self::Blocked { to, .. } => Answer::To(to),
        }
    }
}

/// Makes Ava answer, and completes the onboarding. May be asked for any number of times.
#[server(prefix = "/fn", endpoint = "launch")]
pub async fn launch(accept_terms: Ticked, from_studio: bool) -> Result<Launched, Refusal> {
    use crate::domain::Step;
    use crate::server::services::assistants::From;
    use crate::server::services::{launch, save};
    use crate::server::web::asked;

    let (app, user) = (asked::app(), asked::customer()?.user());
    if accept_terms.is_ticked() {
        save::accept_terms(&app.pool, user).await?;
    }
    let (from, again) = if from_studio {
        (From::Studio, asked::studio())
    } else {
        (From::Onboarding, asked::step(Step::Done))
    };
    let blockers = launch::launch(&app, user, from).await?;
    Ok(if blockers.is_empty() {
        let to = asked::studio();
        Launched::Live { to }
    } else {
        let to = again;
        Launched::Blocked { blockers, to }
    })
}

/// The page that follows the review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
    pub to: String,
}

impl Outcome for Reviewed {
    fn answer(self) -> Answer {
        Answer::To(self.to)
    }
}

/// Completes the onboarding, whatever is still missing for going live.
#[server(prefix = "/fn", endpoint = "finish")]
pub async fn finish(accept_terms: Ticked) -> Result<Reviewed, Refusal> {
    use crate::server::services::{onboarding, save};
    use crate::server::web::asked;

    let (app, user) = (asked::app(), asked::customer()?.user());
    if accept_terms.is_ticked() {
        save::accept_terms(&app.pool, user).await?;
    }
    onboarding::finish(&app.pool, user).await?;
    let to = asked::studio();
    Ok(Reviewed { to })
}

/// Leaves the review for another day; the terms that were ticked are accepted.
#[server(prefix = "/fn", endpoint = "leave_review")]
pub async fn leave_review(accept_terms: Ticked) -> Result<Reviewed, Refusal> {
    use crate::server::services::save;
    use crate::server::web::asked;

    let (app, user) = (asked::app(), asked::customer()?.user());
    if accept_terms.is_ticked() {
        save::accept_terms(&app.pool, user).await?;
    }
    let to = asked::later();
    Ok(Reviewed { to })
}
