//! Stored vendor credentials: what is shown of them, and how they are removed. The step and the
//! settings show the same.

use leptos::prelude::*;

use super::form::{self, Filled, Look};
use super::layout::{self, Frame};
use super::step::{StepPage, Stored};
use super::texts::{self, t};
use crate::domain::{Locale, Step, twilio, vapi};

/// The line that says what is stored.
fn stored_line(l: Locale, stored: &Stored) -> Option<AnyView> {
    let preview = stored.preview.clone()?;
    let unchecked = (!stored.checked).then(|| {
        view! { " "<span class="tag">{t!(l, onboarding.secret.unchecked)}</span> }
    });
    Some(
        view! {
            <p class="stored">{t!(l, onboarding.secret.stored)}" "{layout::ltr(preview)}{unchecked}</p>
        }
        .into_any(),
    )
}

fn hint(l: Locale, stored: &Stored, hint: String) -> String {
    match stored.preview {
        Some(_) => t!(l, onboarding.secret.keep_hint),
        None => hint,
    }
}

pub fn vapi_fields(form: &Filled, stored: &Stored) -> AnyView {
    let l = form.locale;
    let field = &vapi::VAPI_API_KEY;
    let hint = hint(l, stored, t!(l, onboarding.vapi.vapi_api_key_hint));
    view! {
        {stored_line(l, stored)}
        {form::secret(form, field, texts::label(l, field.name), Some(hint), "off")}
    }
    .into_any()
}

pub fn twilio_fields(form: &Filled, stored: &Stored) -> AnyView {
    let l = form.locale;
    let field = &twilio::AUTH_TOKEN;
    let hint = hint(l, stored, t!(l, onboarding.twilio.auth_token_hint));
    view! {
        {form::text(form, &twilio::ACCOUNT_SID, Some(t!(l, onboarding.twilio.account_sid_hint)), Look::KEY)}
        {stored_line(l, stored)}
        {form::secret(form, field, texts::label(l, field.name), Some(hint), "off")}
        {form::text(form, &twilio::PHONE_NUMBER, Some(t!(l, onboarding.twilio.phone_number_hint)), Look::PHONE)}
    }
    .into_any()
}

/// A form of its own, folded away: what will stop working, and the button.
pub fn removal(
    frame: &Frame,
    action: String,
    text: String,
    button: String,
    hidden: AnyView,
) -> AnyView {
    let l = frame.locale;
    view! {
        <details class="removal">
            <summary>{t!(l, onboarding.secret.remove)}</summary>
            <p>{text}</p>
            <form method="post" action=action>
                {frame.csrf_field()}
                {hidden}
                <button class="danger" name="intent" value="remove">{button}</button>
            </form>
        </details>
    }
    .into_any()
}

pub(super) fn vapi_removal(frame: &Frame, page: &StepPage) -> Option<AnyView> {
    page.vapi.preview.as_ref()?;
    Some(removal_of(
        frame,
        Step::Vapi,
        super::step::href(frame, Step::Vapi),
        ().into_any(),
    ))
}

pub(super) fn twilio_removal(frame: &Frame, page: &StepPage) -> Option<AnyView> {
    page.twilio.preview.as_ref()?;
    Some(removal_of(
        frame,
        Step::Twilio,
        super::step::href(frame, Step::Twilio),
        ().into_any(),
    ))
}

/// The removal of a step's credentials by a form sent to `action`.
pub(super) fn removal_of(frame: &Frame, step: Step, action: String, hidden: AnyView) -> AnyView {
    let l = frame.locale;
    let (text, button) = match step {
        Step::Vapi => (
            t!(l, onboarding.vapi.remove_text),
            t!(l, onboarding.vapi.remove_button),
        ),
        _ => (
            t!(l, onboarding.twilio.remove_text),
            t!(l, onboarding.twilio.remove_button),
        ),
    };
    removal(frame, action, text, button, hidden)
}
