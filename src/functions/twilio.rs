//! Twilio's account, in the step and in the settings.

use leptos::prelude::*;

use super::outcome::KeysSaved;
use super::{Refusal, Secret, Sent, Typed};

/// Stores the customer's Twilio account once Twilio has accepted it.
#[server(prefix = "/fn", endpoint = "save_twilio")]
pub async fn save_twilio(
    account_sid: Typed,
    auth_token: Secret,
    phone_number: Typed,
    form: Sent,
) -> Result<KeysSaved, Refusal> {
    use crate::domain::{Vendor, twilio};
    use crate::server::web::saving;

    let fields = vec![
        (&twilio::ACCOUNT_SID, account_sid.into()),
        (&twilio::PHONE_NUMBER, phone_number.into()),
    ];
    saving::keys(Vendor::Twilio, fields, &auth_token, form).await
}
