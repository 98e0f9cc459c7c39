//! Step 3.

use leptos::prelude::*;

use crate::domain::ava::{GUIDELINES, JOB_TO_BE_DONE, LANGUAGES, PERSONA, TONE};
use crate::pages::form::{self, Look};
use crate::pages::step::StepPage;
use crate::pages::texts::t;

pub fn fields(page: &StepPage) -> AnyView {
    let (form, l) = (&page.form, page.form.locale);
    let mut personas = form::choices(l, &PERSONA);
    for persona in &mut personas {
        persona.hint = Some(match persona.value {
            "secretary" => t!(l, onboarding.ava.personas.secretary_hint),
            "concierge" => t!(l, onboarding.ava.personas.concierge_hint),
            "sdr" => t!(l, onboarding.ava.personas.sdr_hint),
            _ => t!(l, onboarding.ava.personas.cs_hint),
        });
    }
    view! {
        {form::group(form, &PERSONA, None, personas)}
        {form::text(form, &JOB_TO_BE_DONE, Some(t!(l, onboarding.ava.job_to_be_done_hint)), Look::lines(5))}
        {form::group(form, &LANGUAGES, None, form::choices(l, &LANGUAGES))}
        {form::group(form, &TONE, None, form::choices(l, &TONE))}
        {form::text(form, &GUIDELINES, Some(t!(l, onboarding.ava.guidelines_hint)), Look::lines(4))}
    }
    .into_any()
}
