//! The frame of every step: where one stands, what needs attention, the form and its buttons.

use leptos::prelude::*;

use super::form::{self, Filled};
use super::layout::{self, Frame};
use super::secret;
use super::steps;
use crate::domain::progress::{Blocker, Status};
use crate::domain::{Answers, Code, Step};
use crate::functions::credentials::Said;
use crate::islands::Autosave;
use crate::texts::{self, t};

/// One step as one customer sees it.
pub struct StepPage {
    pub step: Step,
    pub form: Filled,
    /// In the order of [`Step::ALL`].
    pub statuses: [Status; 9],
    pub version: i64,
    /// Names this rendering of the form in its saves.
    pub editor: String,
    /// Where Continue leads.
    pub then: Then,
    /// A submit has just been answered with the problems shown.
    pub refused: bool,
    pub removed: bool,
    pub email: String,
    pub answers: Answers,
    pub vapi: Stored,
    pub twilio: Stored,
    pub assistant_created: bool,
    /// Why Vapi could not be told of the assistant the last time.
    pub assistant_problem: Option<Blocker>,
    pub blockers: Vec<Blocker>,
    /// When the vendors were last asked, as a time of day.
    pub live_checked_at: Option<String>,
    pub completed: bool,
    /// The vendor of this step's secret does not answer; the secret waits.
    pub waits: bool,
    /// What the vendor said when it was asked again.
    pub said: Option<Said>,
    /// The operator's key is offered in this step.
    pub offers_shared: bool,
    /// It was asked for, and cannot be used now.
    pub not_shared: bool,
    /// Nothing was removed, and why.
    pub not_removed: Option<Blocker>,
    /// The number that Ava answers now.
    pub linked_number: Option<String>,
    pub numbers: Numbers,
    /// The host that takes the number's calls now, and will lose them.
    pub used_by: Option<String>,
}

/// The numbers of the Twilio account, in step 5.
#[derive(Default)]
pub enum Numbers {
    /// There is no account to ask.
    #[default]
    Unknown,
    /// Twilio did not answer in time.
    Silent,
    Listed(Vec<NumberChoice>),
}

/// A number to choose.
pub struct NumberChoice {
    pub number: String,
    pub problem: Option<Code>,
    pub used_by: Option<String>,
}

/// Where Continue leads: on, or back to where the step was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Then {
    #[default]
    Next,
    Review,
    Studio,
}

impl Then {
    /// By `return=` in the address or `return_to` in the form.
    #[must_use]
    pub fn from_id(id: &str) -> Self {
        match id {
            "done" => Self::Review,
            "studio" => Self::Studio,
            _ => Self::Next,
        }
    }

    const fn id(self) -> Option<&'static str> {
        match self {
            Self::Next => None,
            Self::Review => Some("done"),
            Self::Studio => Some("studio"),
        }
    }
}

/// What may be shown of stored credentials.
#[derive(Clone, Default)]
pub struct Stored {
    pub preview: Option<String>,
    /// It is the operator's.
    pub shared: bool,
    /// The vendor has accepted it.
    pub checked: bool,
    /// The vendor has refused it since.
    pub refused: bool,
}

impl StepPage {
    #[must_use]
    pub fn status(&self, step: Step) -> Status {
        self.statuses[step as usize]
    }

    fn is_conflict(&self) -> bool {
        self.form.theirs.is_some()
    }
}

/// The title of a step's page: progress first, an error before everything.
#[must_use]
pub fn title(page: &StepPage) -> String {
    let l = page.form.locale;
    let error = if page.form.problems.is_empty() {
        String::new()
    } else {
        t!(l, common.title_error_prefix)
    };
    let name = texts::step_name(l, page.step);
    error
        + &t!(
            l,
            onboarding.step_title,
            number = page.step.number(),
            name = name
        )
}

/// The address of a step, with the way back to the review where it was opened from there.
#[must_use]
pub fn href(frame: &Frame, step: Step) -> String {
    frame.href(&format!("/onboarding/{}", step.id()))
}

pub fn page(frame: &Frame, page: &StepPage) -> AnyView {
    let l = frame.locale;
    let (heading, lead) = texts::step_title(l, page.step);
    let back = match page.then {
        Then::Next => page
            .step
            .previous()
            .map_or_else(|| frame.href(""), |step| href(frame, step)),
        Then::Review => href(frame, Step::Done),
        Then::Studio => frame.href("/ava-studio"),
    };
    let skipped = (page.status(page.step) == Status::Skipped)
        .then(|| view! { <p class="notice">{t!(l, onboarding.skipped_notice)}</p> });
    let removed = page
        .removed
        .then(|| view! { <p class="notice" role="status">{t!(l, settings.removed)}</p> });
    let waits = page.waits.then(|| secret::waits(l, page.step, "step-form"));
    let said = page.said.map(|said| secret::said(l, page.step, said));
    let not_shared = page.not_shared.then(|| secret::not_shared(l));
    let not_removed = page
        .not_removed
        .map(|blocker| secret::not_removed(l, blocker));
    let content = match page.step {
        Step::Done => steps::done::content(frame, page),
        _ => asking(frame, page),
    };
    layout::page(
        frame,
        view! {
            <a class="back" href=back>{t!(l, common.back)}</a>
            <div class="with-steps">
                <nav class="steps" aria-label=t!(l, onboarding.steps_nav)>{list(frame, page)}</nav>
                <div class="step">
                    {conflict(frame, page)}
                    {waits}
                    {not_removed}
                    {not_shared}
                    {form::summary(&page.form, page.refused)}
                    {said}
                    {attention(frame, page)}
                    {skipped}
                    {removed}
                    <p class="caption">{t!(l, onboarding.progress, number = page.step.number())}</p>
                    <h1>{heading}</h1>
                    <p class="lead">{lead}</p>
                    {content}
                </div>
            </div>
        }
        .into_any(),
    )
}

/// The fields of a step in their form, with its buttons.
fn asking(frame: &Frame, page: &StepPage) -> AnyView {
    let l = frame.locale;
    let has_ways = matches!(page.step, Step::Vapi | Step::Twilio);
    let fields = match page.step {
        Step::Profile => steps::profile::fields(frame, page),
        Step::Vapi => steps::vapi::fields(page),
        Step::Ava => steps::ava::fields(page),
        Step::Twilio => steps::twilio::fields(page),
        Step::Telephony => steps::telephony::fields(frame, page),
        Step::Integrations => steps::integrations::fields(page),
        Step::Assistant => steps::assistant::fields(frame, page),
        Step::Plan => steps::plan::fields(page),
        Step::Done => ().into_any(),
    };
    let skip = (!has_ways).then(|| {
        view! { <button class="secondary" name="intent" value="skip">{t!(l, onboarding.skip)}</button> }
    });
    let form = view! {
        <form id="step-form" method="post" action=href(frame, page.step) novalidate>
            {control_fields(frame, page)}
            {fields}
            <div class="actions">
                <button class="primary" name="intent" value="continue">{t!(l, onboarding.save_and_continue)}</button>
                <button class="secondary" name="intent" value="later">{t!(l, onboarding.later)}</button>
                {skip}
            </div>
            {save_state(frame, page.step)}
        </form>
    };
    if has_ways {
        steps::ways(frame, page, form.into_any())
    } else {
        form.into_any()
    }
}

/// What every save carries beside the answers.
pub(super) fn control_fields(frame: &Frame, page: &StepPage) -> AnyView {
    let then = page
        .then
        .id()
        .map(|id| view! { <input type="hidden" name="return_to" value=id/> });
    view! {
        {frame.csrf_field()}
        <input type="hidden" name="version" value=page.version.to_string() autocomplete="off"/>
        <input type="hidden" name="editor" value=page.editor.clone() autocomplete="off"/>
        <input type="hidden" name="sequence" value="0" autocomplete="off"/>
        {then}
    }
    .into_any()
}

/// The list of all steps; shown where there is room for it.
fn list(frame: &Frame, page: &StepPage) -> AnyView {
    let l = frame.locale;
    let items: Vec<AnyView> = Step::ALL
        .into_iter()
        .map(|step| {
            let name = texts::step_name(l, step);
            let status = page.status(step);
            let class = format!("status-{status:?}");
            if step == page.step {
                let here = t!(l, onboarding.status.current);
                return view! {
                    <li class=class>
                        <span aria-current="step">{name}<span class="visually-hidden">" ("{here}")"</span></span>
                    </li>
                }
                .into_any();
            }
            view! {
                <li class=class>
                    <a href=href(frame, step)>{name}</a>
                    <span class="status">{texts::status(l, status)}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ol>{items}</ol> }.into_any()
}

/// All steps with where they stand, as a list of tasks.
pub(super) fn tasks(frame: &Frame, statuses: &[Status; 9]) -> AnyView {
    let l = frame.locale;
    let items: Vec<_> = Step::ALL
        .into_iter()
        .zip(statuses)
        .map(|(step, status)| {
            view! {
                <li class=format!("status-{status:?}")>
                    <a href=href(frame, step)>{texts::step_name(l, step)}</a>
                    <span class="status">{texts::status(l, *status)}</span>
                </li>
            }
        })
        .collect();
    view! { <ol class="tasks">{items}</ol> }.into_any()
}

/// The other steps that need attention, each with a link.
fn attention(frame: &Frame, page: &StepPage) -> Option<AnyView> {
    let l = frame.locale;
    let steps: Vec<_> = Step::ALL
        .into_iter()
        .filter(|step| *step != page.step && page.status(*step) == Status::NeedsAttention)
        .map(|step| view! { <li><a href=href(frame, step)>{texts::step_name(l, step)}</a></li> })
        .collect();
    if steps.is_empty() || page.refused || page.waits || page.is_conflict() {
        return None;
    }
    Some(
        view! {
            <div class="attention" role="status">
                <p>{t!(l, onboarding.attention_title)}</p>
                <ul>{steps}</ul>
            </div>
        }
        .into_any(),
    )
}

/// Two windows disagree: what to know, and the way to the other's answers.
fn conflict(frame: &Frame, page: &StepPage) -> Option<AnyView> {
    let l = frame.locale;
    page.is_conflict().then(|| {
        view! {
            <div class="summary" role="alert" tabindex="-1" autofocus=true aria-labelledby="conflict-title">
                <h2 id="conflict-title">{t!(l, onboarding.conflict.title)}</h2>
                <p>{t!(l, onboarding.conflict.text)}</p>
                <p><a href=href(frame, page.step)>{t!(l, onboarding.conflict.keep_theirs)}</a></p>
            </div>
        }
        .into_any()
    })
}

/// Where the save state appears, with its words, and what can be done in two of the states.
fn save_state(frame: &Frame, step: Step) -> AnyView {
    let l = frame.locale;
    view! {
        <div
            class="save-state" data-step=step.id()
            data-ready=t!(l, onboarding.saved.automatic)
            data-saving=t!(l, onboarding.saved.saving)
            data-saved=t!(l, onboarding.saved.saved_at, time = "{time}")
            data-retrying=t!(l, onboarding.saved.retrying)
            data-conflict=t!(l, onboarding.saved.conflict)
            data-signed-out=t!(l, onboarding.saved.signed_out)
            data-refused=t!(l, onboarding.saved.refused)
        >
            <Autosave/>
            <button class="link when-conflict" name="intent" value="compare">
                {t!(l, onboarding.saved.compare)}
            </button>
            <a class="when-signed-out" href=frame.href("/login") target="_blank">
                {t!(l, onboarding.saved.log_in_again)}
            </a>
        </div>
    }
    .into_any()
}

/// The page after "Save and come back later".
pub struct LaterPage {
    pub email: String,
    pub statuses: [Status; 9],
}

pub fn later(frame: &Frame, page: &LaterPage) -> AnyView {
    let l = frame.locale;
    let email = format!("\u{2068}{}\u{2069}", page.email);
    layout::page(
        frame,
        view! {
            <h1>{t!(l, onboarding.later_page.title)}</h1>
            <p class="lead">{t!(l, onboarding.later_page.text, email = email)}</p>
            <p><a class="button primary" href=frame.href("/onboarding")>{t!(l, onboarding.later_page.continue_button)}</a></p>
            <h2>{t!(l, onboarding.later_page.list_title)}</h2>
            {tasks(frame, &page.statuses)}
        }
        .into_any(),
    )
}
