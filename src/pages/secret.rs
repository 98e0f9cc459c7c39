//! Stored vendor credentials: what is shown of them, and how they are removed. The step and the
//! settings show the same.

use leptos::prelude::*;

use super::form::{self, Filled, Look};
use super::layout::{self, Frame};
use super::step::{StepPage, Stored};
use crate::domain::progress::Blocker;
use crate::domain::{Locale, Step, twilio, vapi};
use crate::functions::credentials::Said;
use crate::texts::{self, t};

/// The line that says what is stored.
fn stored_line(l: Locale, stored: &Stored) -> Option<AnyView> {
    let preview = stored.preview.clone()?;
    let what = if stored.shared {
        t!(l, onboarding.secret.shared_in_use).into_any()
    } else {
        view! { {t!(l, onboarding.secret.stored)}" "{layout::ltr(preview)} }.into_any()
    };
    let said = match (stored.checked, stored.refused) {
        (true, _) => t!(l, onboarding.secret.checked),
        (_, true) => t!(l, onboarding.secret.refused),
        _ => t!(l, onboarding.secret.unchecked),
    };
    let class = if stored.checked { "tag good" } else { "tag" };
    // Not the form's first button, so that Enter does not press it.
    let again = (!stored.checked).then(|| {
        view! {
            " "<button class="link" form="recheck-form">{t!(l, onboarding.secret.check_again)}</button>
        }
    });
    Some(
        view! {
            <p class="stored">{what}" "<span class=class>{said}</span>{again}</p>
        }
        .into_any(),
    )
}

/// The hint of a secret that is stored; else it has the field's own.
fn hint(l: Locale, stored: &Stored) -> Option<String> {
    (stored.preview.is_some() && !stored.shared).then(|| t!(l, onboarding.secret.keep_hint))
}

/// The way of the operator's key. Its button sends the step's form.
pub fn offer(l: Locale, step: Step, form: &'static str) -> AnyView {
    view! {
        <section class="card way" aria-labelledby="way-shared">
            <h3 id="way-shared">{t!(l, onboarding.secret.way_shared_title)}</h3>
            <p>{t!(l, onboarding.secret.way_shared_text, vendor = vendor(step))}</p>
            <p><button class="secondary" form=form name="intent" value="use_shared">{t!(l, onboarding.secret.way_shared_button)}</button></p>
        </section>
    }
    .into_any()
}

/// The operator's key was asked for and cannot be used.
pub fn not_shared(l: Locale) -> AnyView {
    view! {
        <div class="summary" role="alert" tabindex="-1" autofocus=true aria-labelledby="not-shared">
            <h2 id="not-shared">{t!(l, onboarding.secret.not_shared_title)}</h2>
            <p>{t!(l, onboarding.secret.not_shared_text)}</p>
        </div>
    }
    .into_any()
}

pub fn vapi_fields(form: &Filled, stored: &Stored) -> AnyView {
    let l = form.locale;
    let field = &vapi::VAPI_API_KEY;
    let hint = hint(l, stored);
    view! {
        {stored_line(l, stored)}
        {form::secret(form, field, texts::label(l, field.name), hint, "off")}
    }
    .into_any()
}

pub fn twilio_fields(form: &Filled, stored: &Stored) -> AnyView {
    let l = form.locale;
    let field = &twilio::AUTH_TOKEN;
    let hint = hint(l, stored);
    view! {
        {stored.shared.then(|| stored_line(l, stored))}
        {form::text(form, &twilio::ACCOUNT_SID, None, Look::KEY)}
        {(!stored.shared).then(|| stored_line(l, stored))}
        {form::secret(form, field, texts::label(l, field.name), hint, "off")}
        {form::text(form, &twilio::PHONE_NUMBER, None, Look::PHONE)}
    }
    .into_any()
}

/// The form of the button that asks the vendor again about what is stored.
pub fn recheck(frame: &Frame, stored: &Stored, action: String, hidden: AnyView) -> Option<AnyView> {
    (stored.preview.is_some() && !stored.checked).then(|| {
        view! {
            <form id="recheck-form" method="post" action=action>
                {frame.csrf_field()}
                {hidden}
                <input type="hidden" name="intent" value="recheck"/>
            </form>
        }
        .into_any()
    })
}

/// The vendor does not answer: what is kept, and the two ways on. Both buttons send the step's form.
pub fn waits(l: Locale, step: Step, form: &'static str) -> AnyView {
    view! {
        <div class="summary" role="alert" tabindex="-1" autofocus=true aria-labelledby="waits-title">
            <h2 id="waits-title">{t!(l, onboarding.secret.waits_title, vendor = vendor(step))}</h2>
            <p>{t!(l, onboarding.secret.waits_text)}</p>
            <p class="actions">
                <button class="secondary" form=form name="intent" value="continue">{t!(l, onboarding.secret.check_again)}</button>
                <button class="secondary" form=form name="intent" value="store_unchecked">{t!(l, onboarding.secret.store_unchecked)}</button>
            </p>
        </div>
    }
    .into_any()
}

/// What the vendor said when it was asked again.
pub fn said(l: Locale, step: Step, said: Said) -> AnyView {
    let vendor = vendor(step);
    let text = match said {
        Said::Accepted => t!(l, onboarding.secret.check_good, vendor = vendor),
        Said::Refused => t!(l, onboarding.secret.check_refused, vendor = vendor),
        Said::Silent => t!(l, onboarding.secret.check_silent, vendor = vendor),
    };
    view! { <p class="notice" role="status">{text}</p> }.into_any()
}

/// Nothing was removed, and why.
pub fn not_removed(l: Locale, blocker: Blocker) -> AnyView {
    let (reason, _) = texts::blocker(l, blocker);
    view! {
        <div class="summary" role="alert" tabindex="-1" autofocus=true aria-labelledby="not-removed">
            <h2 id="not-removed">{t!(l, onboarding.secret.not_removed_title)}</h2>
            <p>{t!(l, onboarding.secret.not_removed_text)}</p>
            <p>{reason}</p>
        </div>
    }
    .into_any()
}

const fn vendor(step: Step) -> &'static str {
    match step {
        Step::Twilio => "Twilio",
        _ => "Vapi",
    }
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
        page.linked_number.as_deref(),
        ().into_any(),
    ))
}

pub(super) fn twilio_removal(frame: &Frame, page: &StepPage) -> Option<AnyView> {
    page.twilio.preview.as_ref()?;
    Some(removal_of(
        frame,
        Step::Twilio,
        super::step::href(frame, Step::Twilio),
        page.linked_number.as_deref(),
        ().into_any(),
    ))
}

/// The removal of a step's credentials by a form sent to `action`.
pub(super) fn removal_of(
    frame: &Frame,
    step: Step,
    action: String,
    linked_number: Option<&str>,
    hidden: AnyView,
) -> AnyView {
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
    let text = match linked_number {
        Some(number) => {
            let number = layout::isolated(number);
            format!(
                "{text} {}",
                t!(l, onboarding.secret.removal_unlinks, number = number)
            )
        }
        None => text,
    };
    removal(frame, action, text, button, hidden)
}
