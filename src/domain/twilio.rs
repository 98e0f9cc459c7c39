//! Step 4: the customer's Twilio account.

use super::field::{Field, Rule};

pub const ACCOUNT_SID: Field = Field::required("account_sid", Rule::AccountSid);
/// 32 hexadecimal digits by custom only; Twilio documents no format, so none is demanded.
pub const AUTH_TOKEN: Field = Field::required("auth_token", Rule::Secret { max: 128 });
pub const PHONE_NUMBER: Field = Field::optional("phone_number", Rule::Phone);

pub const FIELDS: &[Field] = &[ACCOUNT_SID, AUTH_TOKEN, PHONE_NUMBER];
