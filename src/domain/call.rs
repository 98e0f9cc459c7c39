//! The test call.

use super::field::{Field, Rule};

/// Whom Ava calls.
pub const CUSTOMER_NUMBER: Field = Field::required("customer_number", Rule::Phone);
