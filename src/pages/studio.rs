//! Home after the onboarding: whether Ava is live, what is missing, what is set up, test call, calls.

use leptos::prelude::*;

use super::form::{self, Filled, Look};
use super::layout::{self, Frame};
use super::step::{self, Stored};
use super::steps::done;
use crate::domain::call::CUSTOMER_NUMBER;
use crate::domain::progress::Blocker;
use crate::domain::{Answers, Locale, Step};
use crate::islands::Watch;
use crate::texts::{self, t};

pub struct Studio {
    pub answers: Answers,
    pub vapi: Stored,
    pub twilio: Stored,
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

pub fn page(frame: &Frame, studio: &Studio) -> AnyView {
    let l = frame.locale;
    let unfinished = (!studio.completed).then(|| {
        view! {
            <p class="notice">
                {t!(l, studio.not_finished)}" "
                <a href=frame.href("/onboarding")>{t!(l, common.continue_setup)}</a>
            </p>
        }
    });
    let not_sent = studio.assistant_problem.map(|problem| {
        let (reason, _) = texts::blocker(l, problem);
        let text = t!(l, studio.not_sent, reason = reason);
        view! { <p class="attention" role="status">{text}</p> }
    });
    layout::page(
        frame,
        view! {
            {form::summary(&studio.test, true)}
            {notice(l, studio)}
            <h1>{t!(l, studio.title)}</h1>
            {unfinished}
            {standing(frame, studio)}
            {not_sent}
            {configured(frame, studio)}
            {test_call(frame, studio)}
            {calls(frame, studio)}
            {unlinking(frame, studio)}
        }
        .into_any(),
    )
}

fn notice(l: Locale, studio: &Studio) -> Option<AnyView> {
    let (text, class) = match studio.notice.as_ref()? {
        Notice::Unlinked => (t!(l, studio.unlinked), "notice"),
        Notice::NotUnlinked(blocker) => {
            let (reason, _) = texts::blocker(l, *blocker);
            (t!(l, studio.unlink_failed, reason = reason), "attention")
        }
        Notice::CannotCall(blocker) => (texts::blocker(l, *blocker).0, "attention"),
    };
    Some(view! { <p class=class role="status">{text}</p> }.into_any())
}

/// A button with a form of its own.
fn act(frame: &Frame, intent: &'static str, class: &'static str, label: String) -> AnyView {
    view! {
        <form method="post" action=frame.href("/ava-studio")>
            {frame.csrf_field()}
            <button class=class name="intent" value=intent>{label}</button>
        </form>
    }
    .into_any()
}

/// Whether Ava answers, by the vendors' own word.
fn standing(frame: &Frame, studio: &Studio) -> AnyView {
    let l = frame.locale;
    let checked_at = done::checked_at(l, studio.checked_at.as_deref());
    let check = |l| act(frame, "check", "secondary", t!(l, studio.check));
    if studio.is_live {
        let number = layout::isolated(studio.linked_number.as_deref().unwrap_or_default());
        return view! {
            <section class="live" aria-labelledby="live">
                <h2 id="live">{t!(l, studio.live_title)}</h2>
                <p>{t!(l, studio.live_text, number = number)}</p>
                {checked_at}
                {check(l)}
            </section>
        }
        .into_any();
    }
    let launch = act(frame, "launch", "primary", t!(l, studio.launch));
    if studio.blockers.is_empty() {
        return view! {
            <section class="attention" aria-labelledby="ready">
                <h2 id="ready">{t!(l, studio.ready_title)}</h2>
                <p>{t!(l, studio.ready_text)}</p>
                {launch}
            </section>
        }
        .into_any();
    }
    // Only what the vendors said may have changed by itself.
    let again = studio.checked_at.is_some().then_some(launch);
    view! {
        <section class="attention" aria-labelledby="not-live">
            <h2 id="not-live">{t!(l, studio.not_live_title)}</h2>
            <p>{t!(l, studio.not_live_text)}</p>
            {done::list(frame, &studio.blockers)}
            {checked_at}
            {again}
        </section>
    }
    .into_any()
}

fn configured(frame: &Frame, studio: &Studio) -> AnyView {
    let l = frame.locale;
    let answer = |name: &str| studio.answers.text(name).map(str::to_owned);
    let row = |label: String, value: Option<AnyView>, step: Step| {
        let value = value.unwrap_or_else(|| t!(l, studio.none).into_any());
        let change = format!("{}?return=studio", step::href(frame, step));
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
    };
    let ltr = |text: Option<String>| text.map(|text| layout::ltr(text).into_any());
    let words = |text: Option<String>| text.map(|text| view! { <bdi>{text}</bdi> }.into_any());
    let choice = |name: &str| answer(name).map(|value| texts::choice(l, name, &value));
    view! {
        <section class="review" aria-labelledby="configured">
            <header><h2 id="configured">{t!(l, studio.configured_title)}</h2></header>
            <dl>
                {row(t!(l, studio.assistant), words(answer("name")), Step::Assistant)}
                {row(texts::label(l, "persona"), words(choice("persona")), Step::Ava)}
                {row(t!(l, studio.number), ltr(answer("number")), Step::Telephony)}
                {row(t!(l, studio.hours), words(choice("business_hours")), Step::Telephony)}
                {row(t!(l, studio.vapi), ltr(studio.vapi.preview.clone()), Step::Vapi)}
                {row(t!(l, studio.twilio), ltr(answer("account_sid")), Step::Twilio)}
                {row(t!(l, studio.plan), words(choice("plan")), Step::Plan)}
            </dl>
        </section>
    }
    .into_any()
}

fn test_call(frame: &Frame, studio: &Studio) -> AnyView {
    let l = frame.locale;
    let content = if studio.is_live {
        view! {
            <p>{t!(l, studio.test_text)}</p>
            <form method="post" action=frame.href("/ava-studio") novalidate>
                {frame.csrf_field()}
                {form::text(&studio.test, &CUSTOMER_NUMBER, None, Look::PHONE)}
                <div class="actions">
                    <button class="primary" name="intent" value="call">{t!(l, studio.test_button)}</button>
                </div>
            </form>
        }
        .into_any()
    } else {
        view! { <p>{t!(l, studio.test_waits)}</p> }.into_any()
    };
    view! {
        <section aria-labelledby="test-call">
            <h2 id="test-call">{t!(l, studio.test_title)}</h2>
            {content}
        </section>
    }
    .into_any()
}

fn calls(frame: &Frame, studio: &Studio) -> AnyView {
    let l = frame.locale;
    let content = if studio.calls.is_empty() {
        view! { <p>{t!(l, studio.no_calls)}</p> }.into_any()
    } else {
        let items: Vec<_> = studio.calls.iter().map(|call| item(frame, call)).collect();
        view! { <ul class="calls">{items}</ul> }.into_any()
    };
    view! {
        <section aria-labelledby="calls">
            <h2 id="calls">{t!(l, studio.calls_title)}</h2>
            {content}
        </section>
    }
    .into_any()
}

fn item(frame: &Frame, call: &Call) -> AnyView {
    let l = frame.locale;
    let number = call.number.as_deref().map(layout::isolated);
    let title = match (number, call.is_test) {
        (Some(number), true) => t!(l, studio.call_test, number = number),
        (Some(number), false) => t!(l, studio.call_with, number = number),
        (None, _) => t!(l, studio.call_unknown_number),
    };
    let status = texts::call_status(l, &call.status, call.ended_reason.as_deref());
    let duration = call.duration.map(|seconds| {
        let time = format!("{}:{:02}", seconds / 60, seconds % 60);
        view! { " · "<span>{t!(l, studio.duration, time = layout::isolated(&time))}</span> }
    });
    let summary = call
        .summary
        .clone()
        .map(|summary| view! { <p dir="auto">{summary}</p> });
    let state = if call.is_running {
        let address = frame.href(&format!("/ava-studio/calls/{}", call.id));
        view! {
            <span class="call-status" role="status" data-watch=address>
                <span data-words="">{status}</span>
                <Watch/>
            </span>
            " "<a href=frame.href("/ava-studio")>{t!(l, studio.reload)}</a>
        }
        .into_any()
    } else {
        view! { <span class="call-status">{status}</span> }.into_any()
    };
    view! {
        <li id=format!("call-{}", call.id)>
            <h3>{title}</h3>
            <p><time class="hint" dir="ltr">{call.started.clone()}</time>" · "{state}{duration}</p>
            {summary}
        </li>
    }
    .into_any()
}

fn unlinking(frame: &Frame, studio: &Studio) -> Option<AnyView> {
    let l = frame.locale;
    let number = layout::isolated(studio.linked_number.as_deref()?);
    let button = act(frame, "unlink", "danger", t!(l, studio.unlink_button));
    Some(
        view! {
            <details class="removal">
                <summary>{t!(l, studio.unlink_summary)}</summary>
                <p>{t!(l, studio.unlink_text, number = number)}</p>
                {button}
            </details>
        }
        .into_any(),
    )
}
