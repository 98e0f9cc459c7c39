//! Tokens with which programs use the JSON API.

use super::field::{Field, Rule};

/// What its owner knows a token by.
pub const TOKEN_NAME: Field = Field::required("token_name", Rule::Line { min: 1, max: 60 });
/// For how many days a token is good.
pub const TOKEN_DAYS: Field = Field::required("token_days", Rule::Choice(&["30", "90", "365"]));
