//! Who the customer is.

use super::field::{Field, Rule};
use super::locale::Locale;

pub const INDUSTRIES: &[&str] = &[
    "healthcare",
    "beauty",
    "legal",
    "real_estate",
    "home_services",
    "automotive",
    "hospitality",
    "retail",
    "fitness",
    "education",
    "finance",
    "technology",
    "nonprofit",
    "other",
];

/// The version of the terms that is asked for today; kept with the acceptance.
pub const TERMS_VERSION: &str = "2026-11";

pub const FULL_NAME: Field = Field::required("full_name", Rule::Line { min: 1, max: 120 });
pub const ORGANIZATION_NAME: Field =
    Field::required("organization_name", Rule::Line { min: 2, max: 120 });
pub const INDUSTRY: Field = Field::optional("industry", Rule::Choice(INDUSTRIES));
pub const TIMEZONE: Field = Field::required("timezone", Rule::TimeZone);
pub const LOCALE: Field = Field::required("locale", Rule::Choice(Locale::CODES));
pub const MARKETING_OPT_IN: Field = Field::optional("marketing_opt_in", Rule::Flag);
pub const ACCEPT_TERMS: Field = Field::required("accept_terms", Rule::Flag);

pub const FIELDS: &[Field] = &[
    FULL_NAME,
    ORGANIZATION_NAME,
    INDUSTRY,
    TIMEZONE,
    LOCALE,
    ACCEPT_TERMS,
    MARKETING_OPT_IN,
];
