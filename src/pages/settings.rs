//! The settings: one section at a time, and the way back to the step one came from.

use std::sync::Arc;

use leptos::either::{Either, either};
use leptos::prelude::*;

use super::sessions::{Session, SessionList};
use super::steps::profile::ProfileFields;
use super::steps::twilio::{self, TwilioFields, TwilioRemoval};
use super::steps::vapi::{self, VapiFields, VapiRemoval};
use super::tokens::{TokenSection, Tokens};
use crate::components::credentials::{
    NotRemoved, NotShared, RecheckForm, SharedWay, VendorSaid, Waits,
};
use crate::components::field::SecretField;
use crate::components::form::{CsrfField, ErrorSummary, Filled, HiddenField};
use crate::components::{Frame, Layout, StatusLine};
use crate::domain::account::{PASSWORD as NEW_PASSWORD, PASSWORD_MAX};
use crate::domain::known::Credential;
use crate::domain::progress::Blocker;
use crate::domain::{Field, Locale, Rule, Step};
use crate::functions::address;
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

    /// The vendor whose credentials this section shows.
    const fn vendor(self) -> Option<&'static str> {
        match self {
            Self::Vapi => Some(vapi::VENDOR),
            Self::Twilio => Some(twilio::VENDOR),
            Self::Profile | Self::Security | Self::Api => None,
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
    SessionEnded,
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
    pub vapi: Credential,
    pub twilio: Credential,
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
    pub sessions: Vec<Session>,
    /// The number that Ava answers now.
    pub linked_number: Option<String>,
}

const FORM: &str = "settings-form";

const fn password(name: &'static str) -> Field {
    Field::required(name, Rule::Secret { max: PASSWORD_MAX })
}
const PASSWORD: Field = password(NEW_PASSWORD);
const DELETE_PASSWORD: Field = password("delete_password");
const CURRENT_PASSWORD: Field = password("current_password");

/// The address of a section, keeping the way back.
fn href(frame: &Frame, section: Section, from_onboarding: bool) -> String {
    let back = if from_onboarding {
        "&returnTo=onboarding"
    } else {
        ""
    };
    frame.href(&format!("{}{back}", address::section(section.id())))
}

#[component]
pub fn SettingsPage(frame: Arc<Frame>, page: Settings) -> impl IntoView {
    let l = frame.locale;
    let back = page
        .section
        .step()
        .filter(|_| page.from_onboarding)
        .map(|step| {
            let text = t!(l, settings.back_to_step, step = texts::step_name(l, step));
            view! { <a class="back" href=frame.step_href(step)>{text}</a> }
        });
    let done = page.done.map(|done| {
        let text = match done {
            Done::Saved => t!(l, settings.saved),
            Done::Removed => t!(l, settings.removed),
            Done::TokenRevoked => t!(l, settings.token_revoked),
            Done::SessionEnded => t!(l, settings.sessions_ended),
            Done::PasswordChanged => t!(l, settings.security_done),
        };
        view! { <StatusLine text/> }
    });
    view! {
        <Layout frame=frame.clone()>
            {back}
            <VendorNews l page=&page/>
            <ErrorSummary form=&page.form focus=page.refused/>
            {done}
            <h1>{t!(l, settings.title)}</h1>
            <Tabs frame=&frame page=&page/>
            <Shown frame=&frame page=&page/>
        </Layout>
    }
}

#[component]
fn Tabs<'a>(frame: &'a Frame, page: &'a Settings) -> impl IntoView + use<> {
    let l = frame.locale;
    let sections = Section::ALL.map(|section| {
        let current = (section == page.section).then_some("page");
        let href = href(frame, section, page.from_onboarding);
        view! { <li><a href=href aria-current=current>{section.name(l)}</a></li> }
    });
    view! { <nav class="tabs" aria-label=t!(l, settings.nav)><ul>{sections}</ul></nav> }
}

/// What became of the credentials of a section.
#[component]
fn VendorNews<'a>(l: Locale, page: &'a Settings) -> impl IntoView + use<> {
    let vendor = page.section.vendor();
    let waits = vendor
        .filter(|_| page.waits)
        .map(|vendor| view! { <Waits l vendor form=FORM/> });
    let not_removed = page
        .not_removed
        .map(|blocker| view! { <NotRemoved l blocker/> });
    let not_shared = page.not_shared.then(|| view! { <NotShared l/> });
    let said = vendor
        .zip(page.said)
        .map(|(vendor, said)| view! { <VendorSaid l vendor said/> });
    view! {
        {waits}
        {not_removed}
        {not_shared}
        {said}
    }
}

/// The fields that bring a form back to this section.
#[component]
fn Carried(section: Section, from_onboarding: bool) -> impl IntoView {
    let back = from_onboarding
        .then(|| view! { <input type="hidden" name="return_to" value="onboarding"/> });
    view! {
        <input type="hidden" name="section" value=section.id()/>
        {back}
    }
}

/// The section that is open.
#[component]
fn Shown<'a>(frame: &'a Frame, page: &'a Settings) -> impl IntoView + use<> {
    let (section, from_onboarding) = (page.section, page.from_onboarding);
    let (form, editor) = (&page.form, page.editor.clone());
    if section == Section::Api {
        return Either::Left(view! {
            <TokenSection frame form editor tokens=&page.tokens>
                <Carried section from_onboarding/>
            </TokenSection>
        });
    }
    let l = frame.locale;
    let button = match section {
        Section::Security => t!(l, settings.security_button),
        _ => t!(l, settings.save),
    };
    Either::Right(view! {
        <form id=FORM method="post" action=href(frame, section, from_onboarding) novalidate>
            <CsrfField frame=&frame/>
            <Carried section from_onboarding/>
            <HiddenField name="version" value=page.version.to_string()/>
            <HiddenField name="editor" value=editor/>
            <Fields l page/>
            <div class="actions"><button class="primary">{button}</button></div>
        </form>
        <BelowForm frame page/>
    })
}

#[component]
fn Fields<'a>(l: Locale, page: &'a Settings) -> impl IntoView + use<> {
    let form = &page.form;
    either!(page.section,
        Section::Vapi => view! {
            <p>{t!(l, settings.vapi_text)}</p>
            <VapiFields form stored=&page.vapi/>
        },
        Section::Twilio => view! {
            <p>{t!(l, settings.twilio_text)}</p>
            <TwilioFields form stored=&page.twilio/>
        },
        Section::Security => view! {
            <h2>{t!(l, settings.security_title)}</h2>
            <p>{t!(l, settings.security_text)}</p>
            <SecretField form field=&CURRENT_PASSWORD autocomplete="current-password"/>
            <SecretField
                form field=&PASSWORD autocomplete="new-password"
                label=t!(l, account.new_password) hint=Some(t!(l, account.new_password_hint))
            />
        },
        Section::Profile | Section::Api => view! { <ProfileFields form/> },
    )
}

/// What else can be done with what a section shows.
#[component]
fn BelowForm<'a>(frame: &'a Frame, page: &'a Settings) -> impl IntoView + use<> {
    let l = frame.locale;
    let (section, from_onboarding) = (page.section, page.from_onboarding);
    let action = href(frame, section, from_onboarding);
    let linked_number = page.linked_number.clone();
    let shared = section
        .vendor()
        .filter(|_| page.offers_shared)
        .map(|vendor| view! { <SharedWay l vendor form=FORM/> });
    either!(section,
        Section::Profile | Section::Api => (),
        Section::Vapi => view! {
            {shared}
            <RecheckForm frame stored=&page.vapi action=action.clone()>
                <Carried section from_onboarding/>
            </RecheckForm>
            <VapiRemoval frame stored=&page.vapi action linked_number>
                <Carried section from_onboarding/>
            </VapiRemoval>
        },
        Section::Twilio => view! {
            {shared}
            <RecheckForm frame stored=&page.twilio action=action.clone()>
                <Carried section from_onboarding/>
            </RecheckForm>
            <TwilioRemoval frame stored=&page.twilio action linked_number>
                <Carried section from_onboarding/>
            </TwilioRemoval>
        },
        Section::Security => view! {
            <SessionList frame sessions=&page.sessions/>
            <section aria-labelledby="data">
                <h2 id="data">{t!(l, settings.export_title)}</h2>
                <p>{t!(l, settings.export_text)}</p>
                <p><a href=frame.href(address::EXPORT)>{t!(l, settings.export_link)}</a></p>
            </section>
            <Deletion frame page/>
        },
    )
}

/// The end of the account, folded away unless something was wrong with it.
#[component]
fn Deletion<'a>(frame: &'a Frame, page: &'a Settings) -> impl IntoView + use<> {
    let l = frame.locale;
    let (section, from_onboarding) = (page.section, page.from_onboarding);
    let gives_back = page.linked_number.as_ref().map(|_| {
        view! {
            <div class="option">
                <input id="give_back" type="checkbox" name="give_back" value="true" checked=true/>
                <label for="give_back">{t!(l, settings.delete_unlink)}</label>
            </div>
        }
    });
    let is_wrong = page.form.problem(&DELETE_PASSWORD).is_some();
    let open = is_wrong || page.not_removed.is_some();
    view! {
        <details class="removal" open=open>
            <summary>{t!(l, settings.delete_title)}</summary>
            <p>{t!(l, settings.delete_text)}</p>
            <form method="post" action=href(frame, section, false) novalidate>
                <CsrfField frame=&frame/>
                <Carried section from_onboarding/>
                <SecretField form=&page.form field=&DELETE_PASSWORD autocomplete="current-password"/>
                {gives_back}
                <button class="danger" name="intent" value="delete">{t!(l, settings.delete_button)}</button>
            </form>
        </details>
    }
}
