//! Vapi's key, in the step and in the settings.

use leptos::prelude::*;

use super::outcome::KeysSaved;
use super::{Refusal, Secret, Sent};

/// Stores the private key of the customer's Vapi account once Vapi has accepted it.
#[server(prefix = "/fn", endpoint = "save_vapi_key")]
pub async fn save_vapi_key(vapi_api_key: Secret, form: Sent) -> Result<KeysSaved, Refusal> {
    use crate::domain::Vendor;
    use crate::server::web::saving;

    saving::keys(Vendor::Vapi, Vec::new(), &vapi_api_key, form).await
}
