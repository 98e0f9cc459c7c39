//! Who the customer is, in the step and in the settings.

use leptos::prelude::*;

use super::outcome::Checked;
use super::{Refusal, Sent, Ticked, Typed};

/// Saves who the customer is. The settings do not show the ticks, and leave them as they are.
#[server(prefix = "/fn", endpoint = "save_profile")]
pub async fn save_profile(
    full_name: Typed,
    organization_name: Typed,
    industry: Typed,
    timezone: Typed,
    locale: Typed,
    accept_terms: Ticked,
    marketing_opt_in: Ticked,
    form: Sent,
) -> Result<Checked, Refusal> {
    use crate::domain::{Step, profile};
    use crate::server::services::proposals;
    use crate::server::web::saving;

    let mut fields = vec![
        (&profile::FULL_NAME, full_name.into()),
        (&profile::ORGANIZATION_NAME, organization_name.into()),
        (&profile::INDUSTRY, industry.into()),
        (&profile::TIMEZONE, timezone.into()),
        (&profile::LOCALE, locale.into()),
    ];
    if form.section.is_empty() {
        fields.push((&profile::ACCEPT_TERMS, accept_terms.into()));
        fields.push((&profile::MARKETING_OPT_IN, marketing_opt_in.into()));
    }
    saving::checked(Step::Profile, proposals::profile, fields, form).await
}
