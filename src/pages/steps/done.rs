//! Step 9: the review, and the end.

use leptos::prelude::*;

use crate::domain::{Field, Locale, Rule, Step, Value};
use crate::pages::form;
use crate::pages::layout::{self, Frame};
use crate::pages::step::{self, StepPage};
use crate::texts::{self, t};

pub fn content(frame: &Frame, page: &StepPage) -> AnyView {
    let l = frame.locale;
    let sections: Vec<_> = Step::asking()
        .map(|step| section(frame, page, step))
        .collect();
    let terms = (!page.answers.flag("accept_terms"))
        .then(|| super::profile::accept_terms(frame, &page.form));
    let notice = page.completed.then(
        || view! { <p class="notice" role="status">{t!(l, onboarding.done.completed_notice)}</p> },
    );
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
    let takeover = page.used_by.as_deref().map(|host| {
        let text = t!(
            l,
            onboarding.telephony.takeover,
            host = layout::isolated(host)
        );
        view! { <p class="attention">{text}</p> }
    });
    view! {
        {notice}
        {sections}
        {blockers(frame, page)}
        {takeover}
        <form method="post" action=step::href(frame, Step::Done) novalidate>
            {step::control_fields(frame, page)}
            {terms}
            <div class="actions">
                <button class="primary" name="intent" value=intent>{button}</button>
                {again}
                <button class="secondary" name="intent" value="later">{t!(l, onboarding.later)}</button>
            </div>
            <p class="hint">{hint}</p>
        </form>
    }
    .into_any()
}

fn section(frame: &Frame, page: &StepPage, step: Step) -> AnyView {
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
                    <dd>{answer(page, field)}</dd>
                </div>
            }
        })
        .collect();
    let change = format!("{}?return=done", step::href(frame, step));
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
    .into_any()
}

fn answer(page: &StepPage, field: &Field) -> AnyView {
    let l = page.form.locale;
    let secret = match field.name {
        "vapi_api_key" => page.vapi.preview.clone(),
        "auth_token" => page.twilio.preview.clone(),
        _ => None,
    };
    if let Some(preview) = secret {
        return layout::ltr(preview).into_any();
    }
    let values = page
        .answers
        .get(field.name)
        .map(Value::typed)
        .unwrap_or_default();
    let words = form::shown(l, field, &values);
    match field.rule {
        Rule::Phone | Rule::Email | Rule::AccountSid | Rule::TimeZone if !values.is_empty() => {
            layout::ltr(words).into_any()
        }
        Rule::Text { .. } => view! { <span class="long" dir="auto">{words}</span> }.into_any(),
        _ => view! { <bdi>{words}</bdi> }.into_any(),
    }
}

fn blockers(frame: &Frame, page: &StepPage) -> Option<AnyView> {
    let l = frame.locale;
    if page.blockers.is_empty() {
        return None;
    }
    Some(
        view! {
            <section class="attention" aria-labelledby="blockers">
                <h2 id="blockers">{t!(l, onboarding.done.blockers_title)}</h2>
                {list(frame, &page.blockers)}
                {checked_at(l, page.live_checked_at.as_deref())}
            </section>
        }
        .into_any(),
    )
}

/// When the vendors said so.
pub fn checked_at(l: Locale, time: Option<&str>) -> Option<AnyView> {
    let text = t!(l, onboarding.done.checked_at, time = time?);
    Some(view! { <p class="hint">{text}</p> }.into_any())
}

/// Each thing that is missing, with the link to where it can be added.
pub fn list(frame: &Frame, blockers: &[crate::domain::progress::Blocker]) -> AnyView {
    let items: Vec<_> = blockers
        .iter()
        .map(|blocker| {
            let (text, link) = texts::blocker(frame.locale, *blocker);
            view! { <li>{text}" "<a href=step::href(frame, blocker.step())>{link}</a></li> }
        })
        .collect();
    view! { <ul>{items}</ul> }.into_any()
}
