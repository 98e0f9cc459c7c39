//! The key of the customer's Vapi account.

use super::field::{Code, Field, Problem, Rule};
use super::known::Known;

/// Vapi documents no format; a private key is only known to be text without spaces.
pub const VAPI_API_KEY: Field = Field::required("vapi_api_key", Rule::Secret { max: 256 });

pub const FIELDS: &[Field] = &[VAPI_API_KEY];

pub fn judge(known: &Known, problems: &mut Vec<Problem>) {
    let code = if known.vapi.is_stored() {
        known.vapi.problem
    } else {
        Some(Code::Required)
    };
    problems.extend(code.map(|code| VAPI_API_KEY.problem(code)));
}
