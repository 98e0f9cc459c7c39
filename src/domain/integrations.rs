//! What the customer would like Ava to work with. Interest only; nothing is connected.

use super::field::{Field, Rule};

pub const CALENDARS: &[&str] = &["google", "outlook", "none"];
pub const APPS: &[&str] = &[
    "slack",
    "notion",
    "gmail",
    "google-calendar",
    "outlook",
    "hubspot",
    "zapier",
    "webhook",
];
pub const CRMS: &[&str] = &["hubspot", "salesforce", "none"];

pub const CALENDAR: Field = Field::required("calendar", Rule::Choice(CALENDARS));
pub const WORKSPACE_APPS: Field = Field::optional("workspace_apps", Rule::Choices(APPS));
pub const CRM: Field = Field::required("crm", Rule::Choice(CRMS));

pub const FIELDS: &[Field] = &[CALENDAR, WORKSPACE_APPS, CRM];
