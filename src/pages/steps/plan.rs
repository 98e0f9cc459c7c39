//! Step 8.

use leptos::prelude::*;

use crate::domain::plan::{PLAN, SEATS};
use crate::pages::form::{self, Look};
use crate::pages::step::StepPage;
use crate::pages::texts::t;

pub fn fields(page: &StepPage) -> AnyView {
    let (form, l) = (&page.form, page.form.locale);
    let mut plans = form::choices(l, &PLAN);
    for plan in &mut plans {
        plan.hint = Some(match plan.value {
            "free" => t!(l, onboarding.plan.plans.free_hint),
            "pro" => t!(l, onboarding.plan.plans.pro_hint),
            _ => t!(l, onboarding.plan.plans.business_hint),
        });
    }
    let number = Look {
        inputmode: Some("numeric"),
        ltr: true,
        narrow: true,
        ..Look::PLAIN
    };
    view! {
        {form::group(form, &PLAN, None, plans)}
        {form::text(form, &SEATS, Some(t!(l, onboarding.plan.seats_hint)), number)}
    }
    .into_any()
}
