//! Step 3.

use leptos::prelude::*;

use crate::domain::ava::{GUIDELINES, JOB_TO_BE_DONE, LANGUAGES, PERSONA, TONE};
use crate::pages::form::{self, Look};
use crate::pages::step::StepPage;

pub fn fields(page: &StepPage) -> AnyView {
    let (form, l) = (&page.form, page.form.locale);
    view! {
        {form::group(form, &PERSONA, None, form::choices(l, &PERSONA))}
        {form::text(form, &JOB_TO_BE_DONE, None, Look::lines(5))}
        {form::group(form, &LANGUAGES, None, form::choices(l, &LANGUAGES))}
        {form::group(form, &TONE, None, form::choices(l, &TONE))}
        {form::text(form, &GUIDELINES, None, Look::lines(4))}
    }
    .into_any()
}
