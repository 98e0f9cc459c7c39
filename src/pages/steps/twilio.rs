//! Twilio's account.

use std::sync::Arc;

use leptos::prelude::*;

use super::keys::KeyStep;
use crate::components::Frame;
use crate::components::credentials::{Removal, StoredLine, kept_hint};
use crate::components::field::{Look, SecretField, TextField};
use crate::components::form::Filled;
use crate::domain::known::Credential;
use crate::domain::twilio::{ACCOUNT_SID, AUTH_TOKEN, PHONE_NUMBER};
use crate::pages::step::StepPage;
use crate::texts::t;

pub const VENDOR: &str = "Twilio";

#[component]
pub fn TwilioStep(frame: Arc<Frame>, page: Arc<StepPage>) -> impl IntoView {
    let stored = page.twilio.clone();
    let action = frame.step_href(page.step);
    let linked_number = page.linked_number.clone();
    let removal = view! { <TwilioRemoval frame=&frame stored=&stored action linked_number/> };
    view! {
        <KeyStep frame page=page.clone() vendor=VENDOR stored removal>
            <TwilioFields form=&page.form stored=&page.twilio/>
        </KeyStep>
    }
}

/// What the step and the settings ask for.
#[component]
pub fn TwilioFields<'a>(form: &'a Filled, stored: &'a Credential) -> impl IntoView + use<> {
    let l = form.locale;
    // The operator's credentials are the whole; of the customer's own only the token is hidden.
    let (above, beside) = if stored.is_shared {
        (Some(stored), None)
    } else {
        (None, Some(stored))
    };
    view! {
        {above.map(|stored| view! { <StoredLine l stored/> })}
        <TextField form field=&ACCOUNT_SID look=Look::KEY/>
        {beside.map(|stored| view! { <StoredLine l stored/> })}
        <SecretField form field=&AUTH_TOKEN hint=kept_hint(l, stored)/>
        <TextField form field=&PHONE_NUMBER look=Look::PHONE/>
    }
}

/// The form that removes what is stored.
#[component]
pub fn TwilioRemoval<'a>(
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
                frame action linked_number text=t!(l, onboarding.twilio.remove_text)
                button=t!(l, onboarding.twilio.remove_button)
            >
                {children.map(|children| children())}
            </Removal>
        }
    })
}
