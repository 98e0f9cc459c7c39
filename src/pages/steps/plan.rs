//! Step 8.

use leptos::prelude::*;

use crate::domain::plan::{PLAN, SEATS};
use crate::pages::form::{self, Look};
use crate::pages::step::StepPage;

pub fn fields(page: &StepPage) -> AnyView {
    let (form, l) = (&page.form, page.form.locale);
    let number = Look {
        inputmode: Some("numeric"),
        ltr: true,
        narrow: true,
        ..Look::PLAIN
    };
    view! {
        {form::group(form, &PLAN, None, form::choices(l, &PLAN))}
        {form::text(form, &SEATS, None, number)}
    }
    .into_any()
}
