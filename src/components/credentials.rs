//! Credentials of a vendor: what is shown of them, and what their vendor or the operator makes of them. The step and
//! the settings show the same.

use leptos::either::Either;
use leptos::prelude::*;

use super::form::CsrfField;
use super::layout::isolated;
use super::{Alert, Frame, Ltr, StatusLine};
use crate::domain::Locale;
use crate::domain::known::Credential;
use crate::domain::progress::Blocker;
use crate::functions::credentials::Said;
use crate::texts::{self, t};

/// The line that says what is stored.
#[component]
pub fn StoredLine<'a>(l: Locale, stored: &'a Credential) -> impl IntoView + use<> {
    let preview = stored.preview.clone()?;
    let what = if stored.is_shared {
        Either::Left(t!(l, onboarding.secret.shared_in_use))
    } else {
        Either::Right(view! { {t!(l, onboarding.secret.stored)}" "<Ltr text=preview/> })
    };
    let said = match (stored.is_checked, stored.problem.is_some()) {
        (true, _) => t!(l, onboarding.secret.checked),
        (_, true) => t!(l, onboarding.secret.refused),
        _ => t!(l, onboarding.secret.unchecked),
    };
    let class = if stored.is_checked { "tag good" } else { "tag" };
    // Not the form's first button, so that Enter does not press it.
    let again = (!stored.is_checked).then(|| {
        view! {
            " "<button class="link" form="recheck-form">{t!(l, onboarding.secret.check_again)}</button>
        }
    });
    Some(view! { <p class="stored">{what}" "<span class=class>{said}</span>{again}</p> })
}

/// The hint of a secret that is stored; another has the field's own.
#[must_use]
pub fn kept_hint(l: Locale, stored: &Credential) -> Option<String> {
    (stored.preview.is_some() && !stored.is_shared).then(|| t!(l, onboarding.secret.keep_hint))
}

/// The form of the button that asks the vendor again about what is stored.
#[component]
pub fn RecheckForm<'a>(
    frame: &'a Frame,
    stored: &'a Credential,
    action: String,
    /// More fields.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView + use<> {
    (stored.preview.is_some() && !stored.is_checked).then(|| {
        view! {
            <form id="recheck-form" method="post" action=action>
                <CsrfField frame=&frame/>
                {children.map(|children| children())}
                <input type="hidden" name="intent" value="recheck"/>
            </form>
        }
    })
}

/// One way to go on.
#[component]
pub fn Way<C: IntoView + 'static>(
    id: &'static str,
    title: String,
    text: String,
    children: TypedChildren<C>,
) -> impl IntoView {
    view! {
        <section class="card way" aria-labelledby=id>
            <h3 id=id>{title}</h3>
            <p>{text}</p>
            <p>{children.into_inner()()}</p>
        </section>
    }
}

/// The way of the operator's key. Its button sends the form with this id.
#[component]
pub fn SharedWay(l: Locale, vendor: &'static str, form: &'static str) -> impl IntoView {
    view! {
        <Way
            id="way-shared" title=t!(l, onboarding.secret.way_shared_title)
            text=t!(l, onboarding.secret.way_shared_text, vendor = vendor)
        >
            <button class="secondary" form=form name="intent" value="use_shared">
                {t!(l, onboarding.secret.way_shared_button)}
            </button>
        </Way>
    }
}

/// The vendor does not answer: what is kept, and the two ways on. Both buttons send the form with this id.
#[component]
pub fn Waits(l: Locale, vendor: &'static str, form: &'static str) -> impl IntoView {
    view! {
        <Alert id="waits-title" title=t!(l, onboarding.secret.waits_title, vendor = vendor)>
            <p>{t!(l, onboarding.secret.waits_text)}</p>
            <p class="actions">
                <button class="secondary" form=form name="intent" value="continue">
                    {t!(l, onboarding.secret.check_again)}
                </button>
                <button class="secondary" form=form name="intent" value="store_unchecked">
                    {t!(l, onboarding.secret.store_unchecked)}
                </button>
            </p>
        </Alert>
    }
}

/// Nothing was removed, and why.
#[component]
pub fn NotRemoved(l: Locale, blocker: Blocker) -> impl IntoView {
    let (reason, _) = texts::blocker(l, blocker);
    view! {
        <Alert id="not-removed" title=t!(l, onboarding.secret.not_removed_title)>
            <p>{t!(l, onboarding.secret.not_removed_text)}</p>
            <p>{reason}</p>
        </Alert>
    }
}

/// The operator's key was asked for and cannot be used.
#[component]
pub fn NotShared(l: Locale) -> impl IntoView {
    view! {
        <Alert id="not-shared" title=t!(l, onboarding.secret.not_shared_title)>
            <p>{t!(l, onboarding.secret.not_shared_text)}</p>
        </Alert>
    }
}

/// What the vendor said when it was asked again.
#[component]
pub fn VendorSaid(l: Locale, vendor: &'static str, said: Said) -> impl IntoView {
    let text = match said {
        Said::Accepted => t!(l, onboarding.secret.check_good, vendor = vendor),
        Said::Refused => t!(l, onboarding.secret.check_refused, vendor = vendor),
        Said::Silent => t!(l, onboarding.secret.check_silent, vendor = vendor),
    };
    view! { <StatusLine text/> }
}

/// A form of its own, folded away: what will stop working, and the button.
#[component]
pub fn Removal<'a>(
    frame: &'a Frame,
    action: String,
    text: String,
    button: String,
    /// The number that Ava answers now, and then no more.
    linked_number: Option<String>,
    /// More fields.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView + use<> {
    let l = frame.locale;
    let text = match linked_number {
        Some(number) => {
            let number = isolated(&number);
            format!(
                "{text} {}",
                t!(l, onboarding.secret.removal_unlinks, number = number)
            )
        }
        None => text,
    };
    view! {
        <details class="removal">
            <summary>{t!(l, onboarding.secret.remove)}</summary>
            <p>{text}</p>
            <form method="post" action=action>
                <CsrfField frame=&frame/>
                {children.map(|children| children())}
                <button class="danger" name="intent" value="remove">{button}</button>
            </form>
        </details>
    }
}
