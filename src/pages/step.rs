//! The frame of every step: where one stands, what needs attention, the form and its buttons. It knows no step.

use std::sync::Arc;

use leptos::either::Either;
use leptos::prelude::*;

use crate::components::form::{CsrfField, ErrorSummary, Filled, HiddenField};
use crate::components::progress::{StepItem, status_class};
use crate::components::{Alert, Frame, Layout, StatusLine};
use crate::domain::known::Credential;
use crate::domain::progress::{Blocker, Status};
use crate::domain::{Answers, Code, Step};
use crate::functions::address;
use crate::functions::credentials::Said;
use crate::islands::Autosave;
use crate::texts::{self, t};

/// One step as one customer sees it.
pub struct StepPage {
    pub step: Step,
    pub form: Filled,
    /// In the order of [`Step::ALL`].
    pub statuses: [Status; Step::COUNT],
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
    pub vapi: Credential,
    pub twilio: Credential,
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

/// The numbers of the Twilio account, to choose from.
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
            steps = Step::COUNT,
            name = name
        )
}

/// A step's page around what the step itself shows.
#[component]
pub fn StepFrame<C: IntoView + 'static>(
    frame: Arc<Frame>,
    page: Arc<StepPage>,
    /// What has to be dealt with before anything else.
    #[prop(optional)]
    alerts: Option<AnyView>,
    /// What became of what was asked for.
    #[prop(optional)]
    news: Option<AnyView>,
    children: TypedChildren<C>,
) -> impl IntoView {
    let l = frame.locale;
    let children = children.into_inner();
    let (heading, lead) = texts::step_title(l, page.step);
    let back = match page.then {
        Then::Next => page
            .step
            .previous()
            .map_or_else(|| frame.href(""), |step| frame.step_href(step)),
        Then::Review => frame.step_href(Step::Done),
        Then::Studio => frame.href(address::STUDIO),
    };
    let skipped = (page.status(page.step) == Status::Skipped)
        .then(|| view! { <p class="notice">{t!(l, onboarding.skipped_notice)}</p> });
    let removed = page
        .removed
        .then(|| view! { <StatusLine text=t!(l, settings.removed)/> });
    view! {
        <Layout frame=frame.clone()>
            <a class="back" href=back>{t!(l, common.back)}</a>
            <div class="with-steps">
                <nav class="steps" aria-label=t!(l, onboarding.steps_nav)>
                    <Steps frame=&frame page=&page/>
                </nav>
                <div class="step">
                    <Conflict frame=&frame page=&page/>
                    {alerts}
                    <ErrorSummary form=&page.form focus=page.refused/>
                    {news}
                    <Attention frame=&frame page=&page/>
                    {skipped}
                    {removed}
                    <p class="caption">
                        {t!(l, onboarding.progress, number = page.step.number(), steps = Step::COUNT)}
                    </p>
                    <h1>{heading}</h1>
                    <p class="lead">{lead}</p>
                    {children()}
                </div>
            </div>
        </Layout>
    }
}

/// The form of a step around its fields, saved while it is filled in.
#[component]
pub fn StepForm<C: IntoView + 'static>(
    frame: Arc<Frame>,
    page: Arc<StepPage>,
    /// Whether its buttons offer to skip the step.
    #[prop(default = true)]
    skips: bool,
    children: TypedChildren<C>,
) -> impl IntoView {
    let l = frame.locale;
    let children = children.into_inner();
    let skip = skips.then(|| {
        view! { <button class="secondary" name="intent" value="skip">{t!(l, onboarding.skip)}</button> }
    });
    view! {
        <form id="step-form" method="post" action=frame.step_href(page.step) novalidate>
            <ControlFields frame=&frame page=&page/>
            {children()}
            <div class="actions">
                <button class="primary" name="intent" value="continue">{t!(l, onboarding.save_and_continue)}</button>
                <button class="secondary" name="intent" value="later">{t!(l, onboarding.later)}</button>
                {skip}
            </div>
            <SaveState frame=&frame step=page.step/>
        </form>
    }
}

/// What every save carries beside the answers.
#[component]
pub fn ControlFields<'a>(frame: &'a Frame, page: &'a StepPage) -> impl IntoView + use<> {
    let then = page
        .then
        .id()
        .map(|id| view! { <input type="hidden" name="return_to" value=id/> });
    view! {
        <CsrfField frame=&frame/>
        <HiddenField name="version" value=page.version.to_string()/>
        <HiddenField name="editor" value=page.editor.clone()/>
        <HiddenField name="sequence" value="0".to_owned()/>
        {then}
    }
}

/// The list of all steps; shown where there is room for it.
#[component]
fn Steps<'a>(frame: &'a Frame, page: &'a StepPage) -> impl IntoView + use<> {
    let l = frame.locale;
    let items: Vec<_> = Step::ALL
        .into_iter()
        .zip(page.statuses)
        .map(|(step, status)| {
            if step != page.step {
                return Either::Left(view! { <StepItem frame step status/> });
            }
            Either::Right(view! {
                <li class=status_class(status)>
                    <span aria-current="step">
                        {texts::step_name(l, step)}
                        <span class="visually-hidden">" ("{t!(l, onboarding.status.current)}")"</span>
                    </span>
                </li>
            })
        })
        .collect();
    view! { <ol>{items}</ol> }
}

/// The other steps that need attention, each with a link.
#[component]
fn Attention<'a>(frame: &'a Frame, page: &'a StepPage) -> impl IntoView + use<> {
    let l = frame.locale;
    let steps: Vec<_> = Step::ALL
        .into_iter()
        .filter(|step| *step != page.step && page.status(*step) == Status::NeedsAttention)
        .map(
            |step| view! { <li><a href=frame.step_href(step)>{texts::step_name(l, step)}</a></li> },
        )
        .collect();
    let comes_later = page.refused || page.waits || page.is_conflict();
    (!steps.is_empty() && !comes_later).then(|| {
        view! {
            <div class="attention" role="status">
                <p>{t!(l, onboarding.attention_title)}</p>
                <ul>{steps}</ul>
            </div>
        }
    })
}

/// Two windows disagree: what to know, and the way to the other's answers.
#[component]
fn Conflict<'a>(frame: &'a Frame, page: &'a StepPage) -> impl IntoView + use<> {
    let l = frame.locale;
    let theirs = frame.step_href(page.step);
    page.is_conflict().then(|| {
        view! {
            <Alert id="conflict-title" title=t!(l, onboarding.conflict.title)>
                <p>{t!(l, onboarding.conflict.text)}</p>
                <p><a href=theirs>{t!(l, onboarding.conflict.keep_theirs)}</a></p>
            </Alert>
        }
    })
}

/// Where the save state appears, with its words, and what can be done in two of the states.
#[component]
fn SaveState<'a>(frame: &'a Frame, step: Step) -> impl IntoView + use<> {
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
            data-other-account=t!(l, onboarding.saved.other_account)
            data-refused=t!(l, onboarding.saved.refused)
        >
            <Autosave/>
            <button class="link when-conflict" name="intent" value="compare">
                {t!(l, onboarding.saved.compare)}
            </button>
            <a class="when-signed-out" href=frame.href(address::LOG_IN) target="_blank">
                {t!(l, onboarding.saved.log_in_again)}
            </a>
        </div>
    }
}
