//! Vapi's key.

use std::sync::Arc;

use leptos::prelude::*;

use super::keys::KeyStep;
use crate::components::Frame;
use crate::components::credentials::{Removal, StoredLine, kept_hint};
use crate::components::field::SecretField;
use crate::components::form::Filled;
use crate::domain::known::Credential;
use crate::domain::vapi::VAPI_API_KEY;
use crate::pages::step::StepPage;
use crate::texts::t;

pub const VENDOR: &str = "Vapi";

#[component]
pub fn VapiStep(frame: Arc<Frame>, page: Arc<StepPage>) -> impl IntoView {
    let stored = page.vapi.clone();
    let action = frame.step_href(page.step);
    let linked_number = page.linked_number.clone();
    let removal = view! { <VapiRemoval frame=&frame stored=&stored action linked_number/> };
    view! {
        <KeyStep frame page=page.clone() vendor=VENDOR stored removal>
            <VapiFields form=&page.form stored=&page.vapi/>
        </KeyStep>
    }
}

/// What the step and the settings ask for.
#[component]
pub fn VapiFields<'a>(form: &'a Filled, stored: &'a Credential) -> impl IntoView + use<> {
    view! {
        <StoredLine l=form.locale stored/>
        <SecretField form field=&VAPI_API_KEY hint=kept_hint(form.locale, stored)/>
    }
}

/// The form that removes what is stored.
#[component]
pub fn VapiRemoval<'a>(
    frame: &'a Frame,
    stored: &'a Credential,
    action: String,
    linked_number: Option<String>,
    /// More fields.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView + use<> {
    let l = frame.locale;
    stored.preview.is_some().then(|| {
        view! {
            <Removal
                frame action linked_number text=t!(l, onboarding.vapi.remove_text)
                button=t!(l, onboarding.vapi.remove_button)
            >
                {children.map(|children| children())}
            </Removal>
        }
    })
}
