//! Number and hours.

use leptos::prelude::*;

use super::{Refusal, Saved, Sent, Typed};

/// Saves which number Ava answers, and when the business is open.
#[server(prefix = "/fn", endpoint = "save_telephony")]
pub async fn save_telephony(
    number: Typed,
    business_hours: Typed,
    fallback_email: Typed,
    form: Sent,
) -> Result<Saved, Refusal> {
    use crate::domain::{Step, telephony};
    use crate::server::services::proposals;
    use crate::server::web::saving;

    let fields = vec![
        (&telephony::NUMBER, number.into()),
        (&telephony::BUSINESS_HOURS, business_hours.into()),
        (&telephony::FALLBACK_EMAIL, fallback_email.into()),
    ];
    saving::step(Step::Telephony, proposals::telephony, fields, form).await
}

/// Takes one of the account's numbers, keeps what was typed beside it, and stays on the step.
#[server(prefix = "/fn", endpoint = "take_number")]
pub async fn take_number(
    number: Typed,
    business_hours: Typed,
    fallback_email: Typed,
    form: Sent,
) -> Result<Saved, Refusal> {
    use crate::domain::{Step, telephony};
    use crate::server::services::proposals;
    use crate::server::web::saving;

    let fields = vec![
        (&telephony::NUMBER, number.into()),
        (&telephony::BUSINESS_HOURS, business_hours.into()),
        (&telephony::FALLBACK_EMAIL, fallback_email.into()),
    ];
    saving::and_stay(Step::Telephony, proposals::telephony, fields, form).await
}
