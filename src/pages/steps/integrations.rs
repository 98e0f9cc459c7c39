//! Other tools.

use std::sync::Arc;

use leptos::prelude::*;

use crate::components::Frame;
use crate::components::field::{Choice, Choices, choices};
use crate::domain::integrations::{CALENDAR, CRM, WORKSPACE_APPS};
use crate::domain::{Field, Locale};
use crate::pages::step::{StepForm, StepFrame, StepPage};
use crate::texts::t;

#[component]
pub fn IntegrationsStep(frame: Arc<Frame>, page: Arc<StepPage>) -> impl IntoView {
    let l = frame.locale;
    view! {
        <StepFrame frame=frame.clone() page=page.clone()>
            <StepForm frame page=page.clone()>
                <Choices form=&page.form field=&CALENDAR choices=unconnected(l, &CALENDAR)/>
                <Choices form=&page.form field=&WORKSPACE_APPS choices=unconnected(l, &WORKSPACE_APPS)/>
                <Choices form=&page.form field=&CRM choices=unconnected(l, &CRM)/>
            </StepForm>
        </StepFrame>
    }
}

/// Nothing pretends to be connected.
fn unconnected(l: Locale, field: &Field) -> Vec<Choice> {
    let mut choices = choices(l, field);
    for choice in choices.iter_mut().filter(|choice| choice.value != "none") {
        choice.hint = Some(t!(l, onboarding.integrations.not_connected));
    }
    choices
}
