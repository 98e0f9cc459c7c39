//! The plan.

use leptos::prelude::*;

use super::{Refusal, Saved, Sent, Typed};

/// Saves the plan and the seats.
#[server(prefix = "/fn", endpoint = "save_plan")]
pub async fn save_plan(plan: Typed, seats: Typed, form: Sent) -> Result<Saved, Refusal> {
    use crate::domain::{Step, plan as fields};
    use crate::server::services::proposals;
    use crate::server::web::saving;

    let fields = vec![(&fields::PLAN, plan.into()), (&fields::SEATS, seats.into())];
    saving::step(Step::Plan, proposals::none, fields, form).await
}
