//! Home after the onboarding.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::Refusal;
use super::outcome::{Again, Answer, Outcome};
use crate::domain::Problem;
use crate::domain::progress::Blocker;

/// What the vendors said, and the page that shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    pub blockers: Vec<Blocker>,
    pub to: String,
}

impl Outcome for Checked {
    fn answer(self) -> Answer {
        Answer::To(self.to)
    }
}

/// Asks the vendors anew whether Ava can answer; changes nothing there.
#[server(prefix = "/fn", endpoint = "check")]
pub async fn check() -> Result<Checked, Refusal> {
    use crate::server::services::launch;
    use crate::server::web::asked;

    let (app, user) = (asked::app(), asked::customer()?.user());
    let blockers = launch::check(&app, user).await?;
    let to = asked::studio();
    Ok(Checked { blockers, to })
}

/// What became of the wish to give the number back, and the page that says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unlinked {
    Done { to: String },
    Blocked { blocker: Blocker, to: String },
}

impl Outcome for Unlinked {
    fn answer(self) -> Answer {
        match self {
            Self::Done { to } | Self::Blocked { to, .. } => Answer::To(to),
        }
    }
}

/// Gives the number back: its calls go where they went before.
#[server(prefix = "/fn", endpoint = "unlink_number")]
pub async fn unlink_number() -> Result<Unlinked, Refusal> {
    use crate::server::services::{Halt, numbers};
    use crate::server::web::asked;

    let (app, user) = (asked::app(), asked::customer()?.user());
    match numbers::unlink(&app, user).await {
        Ok(()) => {
            let to = asked::studio() + "?notice=unlinked";
            Ok(Unlinked::Done { to })
        }
        Err(Halt::Blocker(blocker)) => {
            let to = format!(
                "{}?notice=not-unlinked&why={}",
                asked::studio(),
                blocker.id()
            );
            Ok(Unlinked::Blocked { blocker, to })
        }
        Err(Halt::Error(error)) => Err(error.into()),
    }
}

/// What became of the wish for a test call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TestCall {
    /// It is under way, or one was already.
    Placed {
        id: String,
        to: String,
    },
    Refused {
        problems: Vec<Problem>,
    },
    /// Ava cannot call yet.
    Blocked {
        blocker: Blocker,
        to: String,
    },
}

impl Outcome for TestCall {
    fn answer(self) -> Answer {
        match self {
            Self::Placed { to, .. } | Self::Blocked { to, .. } => Answer::To(to),
            Self::Refused { problems } => Again::problems(problems),
        }
    }
}

/// Lets Ava call a number.
#[server(prefix = "/fn", endpoint = "place_test_call")]
pub async fn place_test_call(customer_number: String) -> Result<TestCall, Refusal> {
    use crate::domain::Code;
    use crate::domain::call::CUSTOMER_NUMBER;
    use crate::server::services::calls::{self, Test};
    use crate::server::web::asked;

    let (app, user) = (asked::app(), asked::customer()?.user());
    let refused = |problem| TestCall::Refused {
        problems: vec![problem],
    };
    let number = match CUSTOMER_NUMBER.text(&customer_number) {
        Ok(number) => number,
        Err(problem) => return Ok(refused(problem)),
    };
    Ok(match calls::test(&app, user, number).await? {
        Test::Placed(id) | Test::Running(id) => TestCall::Placed {
            id: id.to_string(),
            to: format!("{}#call-{id}", asked::studio()),
        },
        Test::Wait => refused(CUSTOMER_NUMBER.problem(Code::Taken)),
        Test::Blocked(blocker) => TestCall::Blocked {
            blocker,
            to: format!(
                "{}?notice=cannot-call&why={}",
                asked::studio(),
                blocker.id()
            ),
        },
    })
}

/// Where a call stands, as a page that follows it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// In the words of the page's language.
    pub words: String,
    /// Whether it is over.
    pub done: bool,
}
