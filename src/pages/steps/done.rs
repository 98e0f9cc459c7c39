//! The review, and the end.

use std::sync::Arc;

use leptos::either::EitherOf3;
use leptos::prelude::*;

use super::profile::AcceptTerms;
use crate::components::form::shown;
use crate::components::layout::isolated;
use crate::components::progress::{CheckedAt, Missing};
use crate::components::{Frame, Ltr, StatusLine};
use crate::domain::{Field, Rule, Step, Value};
use crate::pages::step::{ControlFields, StepFrame, StepPage};
use crate::texts::{self, t};

#[component]
pub fn DoneStep(frame: Arc<Frame>, page: Arc<StepPage>) -> impl IntoView {
    let l = frame.locale;
    let notice = page
        .completed
        .then(|| view! { <StatusLine text=t!(l, onboarding.done.completed_notice)/> });
    let takeover = page.used_by.as_deref().map(|host| {
        let text = t!(l, onboarding.telephony.takeover, host = isolated(host));
        view! { <p class="attention">{text}</p> }
    });
    view! {
        <StepFrame frame=frame.clone() page=page.clone()>
            {notice}
            <Review frame=&frame page=&page/>
            <Blockers frame=&frame page=&page/>
            {takeover}
            <Ending frame=&frame page=&page/>
        </StepFrame>
    }
}

/// The answers of each step.
#[component]
fn Review<'a>(frame: &'a Frame, page: &'a StepPage) -> impl IntoView + use<> {
    let sections: Vec<_> = Step::asking()
        .map(|step| view! { <ReviewedStep frame page step/> })
        .collect();
    sections
}

#[component]
fn ReviewedStep<'a>(frame: &'a Frame, page: &'a StepPage, step: Step) -> impl IntoView + use<> {
    let l = frame.locale;
    let name = texts::step_name(l, step);
    let id = format!("review-{}", step.id());
    let rows: Vec<_> = step
        .fields()
        .iter()
        .map(|field| {
            view! {
                <div class="row">
                    <dt>{texts::label(l, field.name)}</dt>
                    <dd><Answer page field/></dd>
                </div>
            }
        })
        .collect();
    let change = format!("{}?return=done", frame.step_href(step));
    view! {
        <section class="review" aria-labelledby=id.clone()>
            <header>
                <h2 id=id.clone()>{name.clone()}</h2>
                <span class="status">{texts::status(l, page.status(step))}</span>
                <a href=change>
                    {t!(l, onboarding.done.change)}<span class="visually-hidden">" "{name}</span>
                </a>
            </header>
            <dl>{rows}</dl>
        </section>
    }
}

#[component]
fn Answer<'a>(page: &'a StepPage, field: &'static Field) -> impl IntoView + use<> {
    let l = page.form.locale;
    let secret = match field.name {
        "vapi_api_key" => page.vapi.preview.clone(),
        "auth_token" => page.twilio.preview.clone(),
        _ => None,
    };
    if let Some(preview) = secret {
        return EitherOf3::A(view! { <Ltr text=preview/> });
    }
    let values = page
        .answers
        .get(field.name)
        .map(Value::typed)
        .unwrap_or_default();
    let words = shown(l, field, &values);
    match field.rule {
        Rule::Phone | Rule::Email | Rule::AccountSid | Rule::TimeZone if !values.is_empty() => {
            EitherOf3::A(view! { <Ltr text=words/> })
        }
        Rule::Text { .. } => EitherOf3::B(view! { <span class="long" dir="auto">{words}</span> }),
        _ => EitherOf3::C(view! { <bdi>{words}</bdi> }),
    }
}

/// What keeps Ava from answering.
#[component]
fn Blockers<'a>(frame: &'a Frame, page: &'a StepPage) -> impl IntoView + use<> {
    let l = frame.locale;
    (!page.blockers.is_empty()).then(|| {
        view! {
            <section class="attention" aria-labelledby="blockers">
                <h2 id="blockers">{t!(l, onboarding.done.blockers_title)}</h2>
                <Missing frame blockers=&page.blockers/>
                <CheckedAt l time=page.live_checked_at.clone()/>
            </section>
        }
    })
}

/// The form with the buttons that end the onboarding.
#[component]
fn Ending<'a>(frame: &'a Frame, page: &'a StepPage) -> impl IntoView + use<> {
    let l = frame.locale;
    let terms = (!page.answers.flag("accept_terms"))
        .then(|| view! { <AcceptTerms frame form=&page.form/> });
    // What the vendors complain of may have passed; what the customer has not given has not.
    let may_retry = page.live_checked_at.is_some() && !page.blockers.is_empty();
    let (intent, button, hint) = if page.blockers.is_empty() {
        let hint = t!(l, onboarding.done.launch_hint);
        ("launch", t!(l, onboarding.done.launch), hint)
    } else {
        let hint = t!(l, onboarding.done.finish_hint);
        ("continue", t!(l, onboarding.done.finish), hint)
    };
    let again = may_retry.then(|| {
        view! {
            <button class="secondary" name="intent" value="launch">{t!(l, onboarding.done.launch_again)}</button>
        }
    });
    view! {
        <form method="post" action=frame.step_href(page.step) novalidate>
            <ControlFields frame page/>
            {terms}
            <div class="actions">
                <button class="primary" name="intent" value=intent>{button}</button>
                {again}
                <button class="secondary" name="intent" value="later">{t!(l, onboarding.later)}</button>
            </div>
            <p class="hint">{hint}</p>
        </form>
    }
}
