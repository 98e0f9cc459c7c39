//! Step 2.

use leptos::prelude::*;

use crate::pages::secret;
use crate::pages::step::StepPage;

pub fn fields(page: &StepPage) -> AnyView {
    secret::vapi_fields(&page.form, &page.vapi)
}
