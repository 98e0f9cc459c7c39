//! Step 4.

use leptos::prelude::*;

use crate::pages::secret;
use crate::pages::step::StepPage;

pub fn fields(page: &StepPage) -> AnyView {
    secret::twilio_fields(&page.form, &page.twilio)
}
