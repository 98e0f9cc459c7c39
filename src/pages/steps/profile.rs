//! Who the customer is.

use std::sync::{Arc, LazyLock};

use leptos::prelude::*;
use leptos::tachys::html::InertElement;

use crate::components::Frame;
use crate::components::field::{Choices, Look, Options, Select, TextField, Tick, choices};
use crate::components::form::Filled;
use crate::domain::profile::{
    ACCEPT_TERMS, FULL_NAME, INDUSTRY, LOCALE, MARKETING_OPT_IN, ORGANIZATION_NAME, TIMEZONE,
};
use crate::domain::timezone::ZONES;
use crate::islands::ProposeZone;
use crate::pages::step::{StepForm, StepFrame, StepPage};
use crate::texts::t;

#[component]
pub fn ProfileStep(frame: Arc<Frame>, page: Arc<StepPage>) -> impl IntoView {
    view! {
        <StepFrame frame=frame.clone() page=page.clone()>
            <StepForm frame=frame.clone() page=page.clone()>
                <ProfileFields form=&page.form/>
                <AcceptTerms frame=&frame form=&page.form/>
                <Tick form=&page.form field=&MARKETING_OPT_IN/>
            </StepForm>
        </StepFrame>
    }
}

/// What the settings show of the profile as well.
#[component]
pub fn ProfileFields<'a>(form: &'a Filled) -> impl IntoView + use<> {
    let industries = choices(form.locale, &INDUSTRY)
        .into_iter()
        .map(|choice| (choice.value, choice.label))
        .collect();
    let industries = view! { <Options of=industries chosen=form.typed.text(INDUSTRY.name)/> };
    let zones = InertElement::new(zones(form.typed.text(TIMEZONE.name)));
    view! {
        <TextField form field=&FULL_NAME look=Look::completed_by("name")/>
        <TextField form field=&ORGANIZATION_NAME look=Look::completed_by("organization")/>
        <Select form field=&INDUSTRY options=industries/>
        <Select form field=&TIMEZONE options=zones/>
        <ProposeZone/>
        <Choices form field=&LOCALE/>
    }
}

#[component]
pub fn AcceptTerms<'a>(frame: &'a Frame, form: &'a Filled) -> impl IntoView + use<> {
    let l = frame.locale;
    let href = frame.href("/terms");
    view! {
        <Tick form field=&ACCEPT_TERMS>
            <p class="below"><a href=href target="_blank">{t!(l, onboarding.profile.accept_terms_link)}</a></p>
        </Tick>
    }
}

/// The options of all zones, under the part of the world that their name begins with. There are hundreds, and two
/// pages differ in one word of them.
fn zones(chosen: &str) -> String {
    static OPTIONS: LazyLock<String> = LazyLock::new(|| {
        let parts = ZONES.chunk_by(|one, other| part(one) == part(other));
        let groups = parts.map(|zones| {
            let options: Vec<_> = zones
                .iter()
                .map(|zone| view! { <option>{*zone}</option> })
                .collect();
            match part(zones[0]) {
                Some(part) => view! { <optgroup label=part>{options}</optgroup> }.to_html(),
                None => options.to_html(),
            }
        });
        groups.collect()
    });
    OPTIONS.replacen(
        &format!("<option>{chosen}</option>"),
        &format!("<option selected>{chosen}</option>"),
        1,
    )
}

fn part(zone: &str) -> Option<&str> {
    zone.split_once('/').map(|(part, _)| part)
}
