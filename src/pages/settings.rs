//! The settings: one section at a time, and the way back to the step one came from.

use leptos::prelude::*;

use super::form::{self, Filled};
use super::layout::{self, Frame};
use super::secret;
use super::step::Stored;
use super::steps::profile;
use super::tokens::{self, Tokens};
use crate::domain::progress::Blocker;
use crate::domain::{Field, Locale, Rule, Step};
use crate::functions::credentials::Said;
use crate::texts::{self, t};

/// A section of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Profile,
    Vapi,
    Twilio,
    Security,
    Api,
}

impl Section {
    pub const ALL: [Self; 5] = [
        Self::Profile,
        Self::Vapi,
        Self::Twilio,
        Self::Security,
        Self::Api,
    ];

    /// The value of `section=` in the address.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Vapi => "vapi",
            Self::Twilio => "twilio",
            Self::Security => "security",
            Self::Api => "api",
        }
    }

    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.id() == id)
    }

    /// The step whose answers this section shows.
    #[must_use]
    pub const fn step(self) -> Option<Step> {
        match self {
            Self::Profile => Some(Step::Profile),
            Self::Vapi => Some(Step::Vapi),
            Self::Twilio => Some(Step::Twilio),
            Self::Security | Self::Api => None,
        }
    }

    fn name(self, l: Locale) -> String {
        match self {
            Self::Profile => t!(l, settings.profile),
            Self::Vapi => t!(l, settings.vapi),
            Self::Twilio => t!(l, settings.twilio),
            Self::Security => t!(l, settings.security),
            Self::Api => t!(l, settings.api),
        }
    }
}

/// What has just been done here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Saved,
    Removed,
    PasswordChanged,
    TokenRevoked,
}

pub struct Settings {
    pub section: Section,
    pub form: Filled,
    pub version: i64,
    pub editor: String,
    pub refused: bool,
    pub done: Option<Done>,
    /// The customer came from the onboarding and goes back to this section's step.
    pub from_onboarding: bool,
    pub vapi: Stored,
    pub twilio: Stored,
    /// The vendor of the section's secret does not answer; the secret waits.
    pub waits: bool,
    /// What the vendor said when it was asked again.
    pub said: Option<Said>,
    /// The operator's key is offered in this section.
    pub offers_shared: bool,
    /// It was asked for, and cannot be used now.
    pub not_shared: bool,
    /// Nothing was removed, and why.
    pub not_removed: Option<Blocker>,
    pub tokens: Tokens,
    /// The number that Ava answers now.
    pub linked_number: Option<String>,
}

const PASSWORD: Field = Field::required("password", Rule::Secret { max: 256 });
const DELETE_PASSWORD: Field = Field::required("delete_password", Rule::Secret { max: 256 });
const CURRENT_PASSWORD: Field = Field::required("current_password", Rule::Secret { max: 256 });

/// The address of a section, keeping the way back.
fn href(frame: &Frame, section: Section, from_onboarding: bool) -> String {
    let back = if from_onboarding {
        "&returnTo=onboarding"
    } else {
        ""
    };
    frame.href(&format!("/settings?section={}{back}", section.id()))
}

pub fn page(frame: &Frame, page: &Settings) -> AnyView {
    let l = frame.locale;
    let sections: Vec<_> = Section::ALL
        .into_iter()
        .map(|section| {
            let current = (section == page.section).then_some("page");
            view! {
                <li><a href=href(frame, section, page.from_onboarding) aria-current=current>{section.name(l)}</a></li>
            }
        })
        .collect();
    let back = page
        .section
        .step()
        .filter(|_| page.from_onboarding)
        .map(|step| {
            let text = t!(l, settings.back_to_step, step = texts::step_name(l, step));
            view! { <a class="back" href=super::step::href(frame, step)>{text}</a> }
        });
    let done = page.done.map(|done| {
        let text = match done {
            Done::Saved => t!(l, settings.saved),
            Done::Removed => t!(l, settings.removed),
            Done::TokenRevoked => t!(l, settings.token_revoked),
            Done::PasswordChanged => t!(l, settings.security_done),
        };
        view! { <p class="notice" role="status">{text}</p> }
    });
    let step = page.section.step().unwrap_or(Step::Vapi);
    let waits = page.waits.then(|| secret::waits(l, step, "settings-form"));
    let said = page.said.map(|said| secret::said(l, step, said));
    let not_removed = page
        .not_removed
        .map(|blocker| secret::not_removed(l, blocker));
    let not_shared = page.not_shared.then(|| secret::not_shared(l));
    layout::page(
        frame,
        view! {
            {back}
            {waits}
            {not_removed}
            {not_shared}
            {said}
            {form::summary(&page.form, page.refused)}
            {done}
            <h1>{t!(l, settings.title)}</h1>
            <nav class="tabs" aria-label=t!(l, settings.nav)><ul>{sections}</ul></nav>
            {section(frame, page)}
        }
        .into_any(),
    )
}

fn section(frame: &Frame, page: &Settings) -> AnyView {
    let l = frame.locale;
    let hidden = || {
        let back = page
            .from_onboarding
            .then(|| view! { <input type="hidden" name="return_to" value="onboarding"/> });
        view! {
            <input type="hidden" name="section" value=page.section.id()/>
            {back}
        }
        .into_any()
    };
    let fields = match page.section {
        Section::Profile => profile::about(&page.form),
        Section::Vapi => view! {
            <p>{t!(l, settings.vapi_text)}</p>
            {secret::vapi_fields(&page.form, &page.vapi)}
        }
        .into_any(),
        Section::Twilio => view! {
            <p>{t!(l, settings.twilio_text)}</p>
            {secret::twilio_fields(&page.form, &page.twilio)}
        }
        .into_any(),
        Section::Security => view! {
            <h2>{t!(l, settings.security_title)}</h2>
            <p>{t!(l, settings.security_text)}</p>
            {form::secret(&page.form, &CURRENT_PASSWORD, texts::label(l, CURRENT_PASSWORD.name), None, "current-password")}
            {form::secret(&page.form, &PASSWORD, t!(l, account.new_password), Some(t!(l, account.new_password_hint)), "new-password")}
        }
        .into_any(),
        Section::Api => return tokens::section(frame, page, hidden()),
    };
    let step = page.section.step().unwrap_or(Step::Vapi);
    let button = match page.section {
        Section::Security => t!(l, settings.security_button),
        _ => t!(l, settings.save),
    };
    let remove = page.section.step().filter(|step| match step {
        Step::Vapi => page.vapi.preview.is_some(),
        Step::Twilio => page.twilio.preview.is_some(),
        _ => false,
    });
    let recheck = match page.section {
        Section::Vapi => Some(&page.vapi),
        Section::Twilio => Some(&page.twilio),
        _ => None,
    };
    let recheck = recheck.and_then(|stored| {
        let action = href(frame, page.section, page.from_onboarding);
        secret::recheck(frame, stored, action, hidden())
    });
    let remove = remove.map(|step| {
        secret::removal_of(
            frame,
            step,
            href(frame, page.section, page.from_onboarding),
            page.linked_number.as_deref(),
            hidden(),
        )
    });
    view! {
        <form id="settings-form" method="post" action=href(frame, page.section, page.from_onboarding) novalidate>
            {frame.csrf_field()}
            {hidden()}
            <input type="hidden" name="version" value=page.version.to_string() autocomplete="off"/>
            <input type="hidden" name="editor" value=page.editor.clone() autocomplete="off"/>
            {fields}
            <div class="actions"><button class="primary">{button}</button></div>
        </form>
        {page.offers_shared.then(|| secret::offer(l, step, "settings-form"))}
        {recheck}
        {remove}
        {(page.section == Section::Security).then(|| deletion(frame, page, hidden()))}
    }
    .into_any()
}

/// The end of the account, folded away unless something was wrong with it.
fn deletion(frame: &Frame, page: &Settings, hidden: AnyView) -> AnyView {
    let l = frame.locale;
    let gives_back = page.linked_number.as_ref().map(|_| {
        view! {
            <div class="option">
                <input id="give_back" type="checkbox" name="give_back" value="true" checked=true/>
                <label for="give_back">{t!(l, settings.delete_unlink)}</label>
            </div>
        }
    });
    let is_wrong = page
        .form
        .problems
        .iter()
        .any(|problem| problem.field == DELETE_PASSWORD.name);
    let open = is_wrong || page.not_removed.is_some();
    view! {
        <details class="removal" open=open>
            <summary>{t!(l, settings.delete_title)}</summary>
            <p>{t!(l, settings.delete_text)}</p>
            <form method="post" action=href(frame, page.section, false) novalidate>
                {frame.csrf_field()}
                {hidden}
                {form::secret(&page.form, &DELETE_PASSWORD, texts::label(l, DELETE_PASSWORD.name), None, "current-password")}
                {gives_back}
                <button class="danger" name="intent" value="delete">{t!(l, settings.delete_button)}</button>
            </form>
        </details>
    }
    .into_any()
}
