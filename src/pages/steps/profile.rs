//! Step 1.

use leptos::prelude::*;

use crate::domain::profile::{
    ACCEPT_TERMS, FULL_NAME, INDUSTRY, LOCALE, MARKETING_OPT_IN, ORGANIZATION_NAME, TIMEZONE,
};
use crate::domain::timezone::ZONES;
use crate::islands::ProposeZone;
use crate::pages::form::{self, Filled, Group, Look};
use crate::pages::layout::Frame;
use crate::pages::step::StepPage;
use crate::texts::t;

pub fn fields(frame: &Frame, page: &StepPage) -> AnyView {
    view! {
        {about(&page.form)}
        {accept_terms(frame, &page.form)}
        {form::tick(&page.form, &MARKETING_OPT_IN, None)}
    }
    .into_any()
}

/// What the settings show of the profile as well.
pub fn about(form: &Filled) -> AnyView {
    let l = form.locale;
    let industries = form::choices(l, &INDUSTRY)
        .into_iter()
        .map(|choice| (choice.value, choice.label))
        .collect();
    view! {
        {form::text(form, &FULL_NAME, None, Look::completed_by("name"))}
        {form::text(form, &ORGANIZATION_NAME, None, Look::completed_by("organization"))}
        {form::select(form, &INDUSTRY, None, vec![(None, industries)])}
        {form::select(form, &TIMEZONE, None, zones())}
        <ProposeZone/>
        {form::group(form, &LOCALE, None, form::choices(l, &LOCALE))}
    }
    .into_any()
}

pub fn accept_terms(frame: &Frame, form: &Filled) -> AnyView {
    let l = form.locale;
    let href = frame.href("/terms");
    let read = view! {
        <p class="below"><a href=href target="_blank">{t!(l, onboarding.profile.accept_terms_link)}</a></p>
    };
    form::tick(form, &ACCEPT_TERMS, Some(read.into_any()))
}

/// All zones under the part of the world that their name begins with.
fn zones() -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for zone in ZONES {
        let part = zone.split_once('/').map(|(part, _)| part.to_owned());
        match groups.last_mut().filter(|(name, _)| *name == part) {
            Some((_, zones)) => zones.push((zone, (*zone).to_owned())),
            None => groups.push((part, vec![(zone, (*zone).to_owned())])),
        }
    }
    groups
}
