//! The customer's Twilio account.

use super::field::{Code, Field, Problem, Rule};
use super::known::Known;
use super::typed::{Answers, Draft};

pub const ACCOUNT_SID: Field = Field::required("account_sid", Rule::AccountSid);
/// 32 hexadecimal digits by custom only; Twilio documents no format, so none is demanded.
pub const AUTH_TOKEN: Field = Field::required("auth_token", Rule::Secret { max: 128 });
pub const PHONE_NUMBER: Field = Field::optional("phone_number", Rule::Phone);

pub const FIELDS: &[Field] = &[ACCOUNT_SID, AUTH_TOKEN, PHONE_NUMBER];

pub fn judge(known: &Known, typed: &Draft, problems: &mut Vec<Problem>) {
    let sid = typed.text(ACCOUNT_SID.name);
    let code = if known.twilio.is_shared && sid.is_empty() {
        // The operator's account has no fields of its own.
        problems.retain(|problem| problem.field != ACCOUNT_SID.name);
        known.twilio.problem
    } else if known.twilio.is_stored() && fits(known, sid) {
        known.twilio.problem
    } else {
        Some(Code::Required)
    };
    problems.extend(code.map(|code| AUTH_TOKEN.problem(code)));
}

/// Whether the stored token belongs to this account.
#[must_use]
pub fn fits(known: &Known, account_sid: &str) -> bool {
    known.answers.text(ACCOUNT_SID.name).unwrap_or_default() == account_sid
}

/// The account is written together with its token; beside a stored one only the number.
pub fn answers(known: &Known, typed: &Draft) -> Answers {
    if known.twilio.is_stored() {
        Answers::understood(&[PHONE_NUMBER], typed)
    } else {
        Answers::default()
    }
}
