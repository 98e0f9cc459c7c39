//! Home after the onboarding: whether Ava is live, what is missing, what is set up, test call, calls.

use std::sync::Arc;

use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;

use crate::components::field::{Look, TextField};
use crate::components::form::{CsrfField, ErrorSummary, Filled};
use crate::components::layout::isolated;
use crate::components::progress::{CheckedAt, Missing};
use crate::components::{Frame, Layout, Ltr};
use crate::domain::call::CUSTOMER_NUMBER;
use crate::domain::known::Credential;
use crate::domain::progress::Blocker;
use crate::domain::{Answers, Locale, Step};
use crate::functions::address;
use crate::islands::Watch;
use crate::texts::{self, t};

pub struct Studio {
    pub answers: Answers,
    pub vapi: Credential,
    pub twilio: Credential,
    pub blockers: Vec<Blocker>,
    pub completed: bool,
    pub is_live: bool,
    /// When the vendors were last asked, as a time of day.
    pub checked_at: Option<String>,
    pub linked_number: Option<String>,
    pub assistant_problem: Option<Blocker>,
    /// What was typed for a test call, and what is wrong with it.
    pub test: Filled,
    pub notice: Option<Notice>,
    pub calls: Vec<Call>,
}

/// What has just been done here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    Unlinked,
    NotUnlinked(Blocker),
    CannotCall(Blocker),
}

/// A call as it is shown.
pub struct Call {
    pub id: String,
    pub is_test: bool,
    pub number: Option<String>,
    pub status: String,
    pub ended_reason: Option<String>,
    pub summary: Option<String>,
    /// In seconds.
    pub duration: Option<i64>,
    pub started: String,
    /// Its end is not known yet.
    pub is_running: bool,
}

#[component]
pub fn StudioPage(frame: Arc<Frame>, studio: Studio) -> impl IntoView {
    let l = frame.locale;
    let unfinished = (!studio.completed).then(|| {
        view! {
            <p class="notice">
                {t!(l, studio.not_finished)}" "
                <a href=frame.href(address::ONBOARDING)>{t!(l, common.continue_setup)}</a>
            </p>
        }
    });
    let not_sent = studio.assistant_problem.map(|problem| {
        let (reason, _) = texts::blocker(l, problem);
        let text = t!(l, studio.not_sent, reason = reason);
        view! { <p class="attention" role="status">{text}</p> }
    });
    view! {
        <Layout frame=frame.clone()>
            <ErrorSummary form=&studio.test focus=true/>
            <News l notice=studio.notice/>
            <h1>{t!(l, studio.title)}</h1>
            {unfinished}
            <Standing frame=&frame studio=&studio/>
            {not_sent}
            <Configured frame=&frame studio=&studio/>
            <TestCall frame=&frame studio=&studio/>
            <Calls frame=&frame calls=&studio.calls/>
            <Unlinking frame=&frame studio=&studio/>
        </Layout>
    }
}

#[component]
fn News(l: Locale, notice: Option<Notice>) -> impl IntoView {
    let (text, class) = match notice? {
        Notice::Unlinked => (t!(l, studio.unlinked), "notice"),
        Notice::NotUnlinked(blocker) => {
            let (reason, _) = texts::blocker(l, blocker);
            (t!(l, studio.unlink_failed, reason = reason), "attention")
        }
        Notice::CannotCall(blocker) => (texts::blocker(l, blocker).0, "attention"),
    };
    Some(view! { <p class=class role="status">{text}</p> })
}

/// A button with a form of its own.
#[component]
fn Act<'a>(
    frame: &'a Frame,
    intent: &'static str,
    class: &'static str,
    label: String,
) -> impl IntoView + use<> {
    view! {
        <form method="post" action=frame.href(address::STUDIO)>
            <CsrfField frame=&frame/>
            <button class=class name="intent" value=intent>{label}</button>
        </form>
    }
}

/// Whether Ava answers, by the vendors' own word.
#[component]
fn Standing<'a>(frame: &'a Frame, studio: &'a Studio) -> impl IntoView + use<> {
    let l = frame.locale;
    let time = studio.checked_at.clone();
    if studio.is_live {
        let number = isolated(studio.linked_number.as_deref().unwrap_or_default());
        return EitherOf3::A(view! {
            <section class="live" aria-labelledby="live">
                <h2 id="live">{t!(l, studio.live_title)}</h2>
                <p>{t!(l, studio.live_text, number = number)}</p>
                <CheckedAt l time/>
                <Act frame intent="check" class="secondary" label=t!(l, studio.check)/>
            </section>
        });
    }
    let launch = view! { <Act frame intent="launch" class="primary" label=t!(l, studio.launch)/> };
    if studio.blockers.is_empty() {
        return EitherOf3::B(view! {
            <section class="attention" aria-labelledby="ready">
                <h2 id="ready">{t!(l, studio.ready_title)}</h2>
                <p>{t!(l, studio.ready_text)}</p>
                {launch}
            </section>
        });
    }
    // Only what the vendors said may have changed by itself.
    let again = studio.checked_at.is_some().then_some(launch);
    EitherOf3::C(view! {
        <section class="attention" aria-labelledby="not-live">
            <h2 id="not-live">{t!(l, studio.not_live_title)}</h2>
            <p>{t!(l, studio.not_live_text)}</p>
            <Missing frame blockers=&studio.blockers/>
            <CheckedAt l time/>
            {again}
        </section>
    })
}

#[component]
fn Configured<'a>(frame: &'a Frame, studio: &'a Studio) -> impl IntoView + use<> {
    let l = frame.locale;
    let answer = |name: &str| studio.answers.text(name).map(str::to_owned);
    let choice = |name: &str| answer(name).map(|value| texts::choice(l, name, &value));
    let ltr = |text: Option<String>| text.map(Value::Ltr);
    let words = |text: Option<String>| text.map(Value::Words);
    let rows = [
        (
            t!(l, studio.assistant),
            words(answer("name")),
            Step::Assistant,
        ),
        (
            texts::label(l, "persona"),
            words(choice("persona")),
            Step::Ava,
        ),
        (t!(l, studio.number), ltr(answer("number")), Step::Telephony),
        (
            t!(l, studio.hours),
            words(choice("business_hours")),
            Step::Telephony,
        ),
        (
            t!(l, studio.vapi),
            ltr(studio.vapi.preview.clone()),
            Step::Vapi,
        ),
        (
            t!(l, studio.twilio),
            ltr(answer("account_sid")),
            Step::Twilio,
        ),
        (t!(l, studio.plan), words(choice("plan")), Step::Plan),
    ];
    let rows = rows.map(|(label, value, step)| view! { <Row frame label value step/> });
    view! {
        <section class="review" aria-labelledby="configured">
            <header><h2 id="configured">{t!(l, studio.configured_title)}</h2></header>
            <dl>{rows}</dl>
        </section>
    }
}

/// A value as it is to be read.
enum Value {
    /// A key, a number or an address.
    Ltr(String),
    Words(String),
}

#[component]
fn Row<'a>(
    frame: &'a Frame,
    label: String,
    value: Option<Value>,
    step: Step,
) -> impl IntoView + use<> {
    let l = frame.locale;
    let value = match value {
        None => EitherOf3::A(t!(l, studio.none)),
        Some(Value::Ltr(text)) => EitherOf3::B(view! { <Ltr text/> }),
        Some(Value::Words(text)) => EitherOf3::C(view! { <bdi>{text}</bdi> }),
    };
    let change = format!("{}?return=studio", frame.step_href(step));
    view! {
        <div class="row">
            <dt>{label.clone()}</dt>
            <dd>{value}</dd>
            <dd class="action">
                <a href=change>
                    {t!(l, studio.change)}<span class="visually-hidden">" "{label}</span>
                </a>
            </dd>
        </div>
    }
}

#[component]
fn TestCall<'a>(frame: &'a Frame, studio: &'a Studio) -> impl IntoView + use<> {
    let l = frame.locale;
    let content = if studio.is_live {
        Either::Left(view! {
            <p>{t!(l, studio.test_text)}</p>
            <form method="post" action=frame.href(address::STUDIO) novalidate>
                <CsrfField frame=&frame/>
                <TextField form=&studio.test field=&CUSTOMER_NUMBER look=Look::PHONE/>
                <div class="actions">
                    <button class="primary" name="intent" value="call">{t!(l, studio.test_button)}</button>
                </div>
            </form>
        })
    } else {
        Either::Right(view! { <p>{t!(l, studio.test_waits)}</p> })
    };
    view! {
        <section aria-labelledby="test-call">
            <h2 id="test-call">{t!(l, studio.test_title)}</h2>
            {content}
        </section>
    }
}

#[component]
fn Calls<'a>(frame: &'a Frame, calls: &'a [Call]) -> impl IntoView + use<> {
    let l = frame.locale;
    let content = if calls.is_empty() {
        Either::Left(view! { <p>{t!(l, studio.no_calls)}</p> })
    } else {
        let items: Vec<_> = calls
            .iter()
            .map(|call| view! { <CallItem frame call/> })
            .collect();
        Either::Right(view! { <ul class="calls">{items}</ul> })
    };
    view! {
        <section aria-labelledby="calls">
            <h2 id="calls">{t!(l, studio.calls_title)}</h2>
            {content}
        </section>
    }
}

#[component]
fn CallItem<'a>(frame: &'a Frame, call: &'a Call) -> impl IntoView + use<> {
    let l = frame.locale;
    let number = call.number.as_deref().map(isolated);
    let title = match (number, call.is_test) {
        (Some(number), true) => t!(l, studio.call_test, number = number),
        (Some(number), false) => t!(l, studio.call_with, number = number),
        (None, _) => t!(l, studio.call_unknown_number),
    };
    let duration = call.duration.map(|seconds| {
        let time = format!("{}:{:02}", seconds / 60, seconds % 60);
        view! { " · "<span>{t!(l, studio.duration, time = isolated(&time))}</span> }
    });
    let summary = call
        .summary
        .clone()
        .map(|summary| view! { <p dir="auto">{summary}</p> });
    view! {
        <li id=format!("call-{}", call.id)>
            <h3>{title}</h3>
            <p>
                <time class="hint" dir="ltr">{call.started.clone()}</time>" · "
                <CallState frame call/>
                {duration}
            </p>
            {summary}
        </li>
    }
}

/// Where a call stands; one that is running is followed.
#[component]
fn CallState<'a>(frame: &'a Frame, call: &'a Call) -> impl IntoView + use<> {
    let l = frame.locale;
    let status = texts::call_status(l, &call.status, call.ended_reason.as_deref());
    if !call.is_running {
        return Either::Left(view! { <span class="call-status">{status}</span> });
    }
    let address = frame.href(&address::call(&call.id));
    Either::Right(view! {
        <span class="call-status" role="status" data-watch=address>
            <span data-words="">{status}</span>
            <Watch/>
        </span>
        " "<a href=frame.href(address::STUDIO)>{t!(l, studio.reload)}</a>
    })
}

#[component]
fn Unlinking<'a>(frame: &'a Frame, studio: &'a Studio) -> impl IntoView + use<> {
    let l = frame.locale;
    let number = isolated(studio.linked_number.as_deref()?);
    Some(view! {
        <details class="removal">
            <summary>{t!(l, studio.unlink_summary)}</summary>
            <p>{t!(l, studio.unlink_text, number = number)}</p>
            <Act frame intent="unlink" class="danger" label=t!(l, studio.unlink_button)/>
        </details>
    })
}
