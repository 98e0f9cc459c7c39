//! Step 5.

use leptos::prelude::*;

use crate::domain::telephony::{BUSINESS_HOURS, FALLBACK_EMAIL, NUMBER};
use crate::pages::form::{self, Look};
use crate::pages::step::StepPage;
use crate::pages::texts::t;

pub fn fields(page: &StepPage) -> AnyView {
    let (form, l) = (&page.form, page.form.locale);
    let zone = page.answers.text("timezone").map(|zone| {
        let zone = format!("\u{2066}{zone}\u{2069}");
        view! { <p class="hint below">{t!(l, onboarding.telephony.business_hours_zone, zone = zone)}</p> }
    });
    view! {
        {form::text(form, &NUMBER, Some(t!(l, onboarding.telephony.number_hint)), Look::PHONE)}
        {form::text(form, &BUSINESS_HOURS, Some(t!(l, onboarding.telephony.business_hours_hint)), Look::PLAIN)}
        {zone}
        {form::text(form, &FALLBACK_EMAIL, Some(t!(l, onboarding.telephony.fallback_email_hint)), Look::EMAIL)}
    }
    .into_any()
}
