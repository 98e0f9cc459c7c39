//! Other tools.

use leptos::prelude::*;

use super::{Refusal, Saved, Sent, Ticked, Typed};

/// Saves what the customer would like Ava to work with.
#[server(prefix = "/fn", endpoint = "save_integrations")]
pub async fn save_integrations(
    calendar: Typed,
    workspace_apps: Ticked,
    crm: Typed,
    form: Sent,
) -> Result<Saved, Refusal> {
    use crate::domain::{Step, integrations};
    use crate::server::services::proposals;
    use crate::server::web::saving;

    let fields = vec![
        (&integrations::CALENDAR, calendar.into()),
        (&integrations::WORKSPACE_APPS, workspace_apps.into()),
        (&integrations::CRM, crm.into()),
    ];
    saving::step(Step::Integrations, proposals::none, fields, form).await
}
