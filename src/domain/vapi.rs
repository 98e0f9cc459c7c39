//! Step 2: the key of the customer's Vapi account.

use super::field::{Field, Rule};

/// Vapi documents no format; a private key is only known to be text without spaces.
pub const VAPI_API_KEY: Field = Field::required("vapi_api_key", Rule::Secret { max: 256 });

pub const FIELDS: &[Field] = &[VAPI_API_KEY];
