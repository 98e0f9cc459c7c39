//! Step 6.

use leptos::prelude::*;

use crate::domain::Field;
use crate::domain::integrations::{CALENDAR, CRM, WORKSPACE_APPS};
use crate::pages::form::{self, Choice};
use crate::pages::step::StepPage;
use crate::texts::t;

pub fn fields(page: &StepPage) -> AnyView {
    let (form, l) = (&page.form, page.form.locale);
    // Nothing pretends to be connected.
    let choices = |field: &Field| -> Vec<Choice> {
        let mut choices = form::choices(l, field);
        for choice in choices.iter_mut().filter(|choice| choice.value != "none") {
            choice.hint = Some(t!(l, onboarding.integrations.not_connected));
        }
        choices
    };
    view! {
        {form::group(form, &CALENDAR, None, choices(&CALENDAR))}
        {form::group(form, &WORKSPACE_APPS, None, choices(&WORKSPACE_APPS))}
        {form::group(form, &CRM, None, choices(&CRM))}
    }
    .into_any()
}
