//! How far a customer is, and what is missing.

use leptos::prelude::*;

use super::Frame;
use crate::domain::progress::{Blocker, Status};
use crate::domain::{Locale, Step};
use crate::texts::{self, t};

/// The class of a step's item in a list.
pub const fn status_class(status: Status) -> &'static str {
    match status {
        Status::NotStarted => "status-NotStarted",
        Status::InProgress => "status-InProgress",
        Status::Done => "status-Done",
        Status::Skipped => "status-Skipped",
        Status::NeedsAttention => "status-NeedsAttention",
        Status::CannotStart => "status-CannotStart",
    }
}

/// A step in a list, with where it stands.
#[component]
pub fn StepItem<'a>(frame: &'a Frame, step: Step, status: Status) -> impl IntoView + use<> {
    let l = frame.locale;
    view! {
        <li class=status_class(status)>
            <a href=frame.step_href(step)>{texts::step_name(l, step)}</a>
            <span class="status">{texts::status(l, status)}</span>
        </li>
    }
}

/// All steps with where they stand, as a list of tasks.
#[component]
pub fn TaskList<'a>(frame: &'a Frame, statuses: [Status; Step::COUNT]) -> impl IntoView + use<> {
    let items: Vec<_> = Step::ALL
        .into_iter()
        .zip(statuses)
        .map(|(step, status)| view! { <StepItem frame step status/> })
        .collect();
    view! { <ol class="tasks">{items}</ol> }
}

/// Each thing that is missing, with the link to where it can be added.
#[component]
pub fn Missing<'a>(frame: &'a Frame, blockers: &'a [Blocker]) -> impl IntoView + use<> {
    let items: Vec<_> = blockers
        .iter()
        .map(|blocker| {
            let (text, link) = texts::blocker(frame.locale, *blocker);
            view! { <li>{text}" "<a href=frame.step_href(blocker.step())>{link}</a></li> }
        })
        .collect();
    view! { <ul>{items}</ul> }
}

/// When the vendors were last asked, as a time of day.
#[component]
pub fn CheckedAt(l: Locale, time: Option<String>) -> impl IntoView {
    time.map(|time| {
        let text = t!(l, onboarding.done.checked_at, time = time);
        view! { <p class="hint">{text}</p> }
    })
}
