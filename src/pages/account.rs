//! Sign-up, log-in, and the way back in after a forgotten password.

use std::sync::Arc;

use leptos::either::Either;
use leptos::prelude::*;

use super::error::{self, Trouble};
use crate::components::field::{Look, SecretField, TextField};
use crate::components::form::{CsrfField, ErrorSummary, Filled, HiddenField};
use crate::components::{Alert, Frame, Layout, StatusLine};
use crate::domain::account::{self, EMAIL, PASSWORD, PASSWORD_MAX};
use crate::domain::{Field, Rule};
use crate::functions::address;
use crate::texts::{self, t};

const NEW_PASSWORD: Field = Field::required(PASSWORD, Rule::Secret { max: PASSWORD_MAX });
const CURRENT_PASSWORD: Field = Field::required(
    account::CURRENT_PASSWORD,
    Rule::Secret { max: PASSWORD_MAX },
);

/// A form of an account, as it was sent or still empty.
#[derive(Default)]
pub struct Credentials {
    pub form: Filled,
    /// Where to go afterwards: a path of ours, already checked.
    pub return_to: Option<String>,
    /// Address and password do not belong together.
    pub wrong: bool,
    /// Seconds to wait before another attempt counts.
    pub wait: Option<u32>,
    pub notice: Option<Notice>,
}

/// Why the log-in page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    LogInFirst,
    SignedOut,
    PasswordReset,
    AccountDeleted,
}

impl Credentials {
    /// The address of the other page of the two, keeping where to go afterwards.
    fn other(&self, frame: &Frame, path: &str) -> String {
        let query = self.return_to.as_deref().map(|to| {
            let to = url::form_urlencoded::byte_serialize(to.as_bytes()).collect::<String>();
            format!("?returnTo={to}")
        });
        format!("{}{}", frame.href(path), query.unwrap_or_default())
    }

    /// What is wrong with an attempt as a whole; it says nothing of single fields.
    fn trouble(&self) -> Option<(String, String)> {
        let l = self.form.locale;
        match self.wait {
            Some(seconds) => Some(error::words(l, &Trouble::Wait(seconds))),
            None => self
                .wrong
                .then(|| (t!(l, common.there_is_a_problem), t!(l, account.wrong))),
        }
    }
}

#[component]
fn Summary<'a>(page: &'a Credentials) -> impl IntoView + use<> {
    match page.trouble() {
        Some((title, text)) => Either::Left(view! {
            <Alert id="summary-title" title>
                <ul><li><a href="#email">{text}</a></li></ul>
            </Alert>
        }),
        None => Either::Right(view! { <ErrorSummary form=&page.form focus=true/> }),
    }
}

/// What the forms of both pages carry unseen.
#[component]
fn Carried<'a>(frame: &'a Frame, page: &'a Credentials) -> impl IntoView + use<> {
    let return_to = page
        .return_to
        .clone()
        .map(|path| view! { <input type="hidden" name="return_to" value=path/> });
    view! {
        <CsrfField frame=&frame/>
        {return_to}
    }
}

#[component]
pub fn SignUpPage(frame: Arc<Frame>, page: Credentials) -> impl IntoView {
    let l = frame.locale;
    view! {
        <Layout frame=frame.clone()>
            <Summary page=&page/>
            <div class="narrow-page">
                <h1>{t!(l, account.sign_up_title)}</h1>
                <form method="post" action=frame.href(address::SIGN_UP) novalidate>
                    <Carried frame=&frame page=&page/>
                    <TextField form=&page.form field=&EMAIL look=Look::EMAIL hint=t!(l, account.email_hint)/>
                    <SecretField
                        form=&page.form field=&NEW_PASSWORD autocomplete="new-password"
                        hint=Some(t!(l, account.new_password_hint))
                    />
                    <button class="primary">{t!(l, account.sign_up_button)}</button>
                </form>
                <p>{t!(l, account.have_account)}" "<a href=page.other(&frame, address::LOG_IN)>{t!(l, common.log_in)}</a></p>
            </div>
        </Layout>
    }
}

#[component]
pub fn LogInPage(frame: Arc<Frame>, page: Credentials) -> impl IntoView {
    let l = frame.locale;
    let notice = page.notice.map(|notice| {
        let text = match notice {
            Notice::LogInFirst => t!(l, account.log_in_first),
            Notice::SignedOut => t!(l, account.signed_out),
            Notice::PasswordReset => t!(l, account.reset_done),
            Notice::AccountDeleted => t!(l, account.account_deleted),
        };
        view! { <StatusLine text/> }
    });
    let look = Look {
        autocomplete: Some("username"),
        ..Look::EMAIL
    };
    view! {
        <Layout frame=frame.clone()>
            <Summary page=&page/>
            <div class="narrow-page">
                {notice}
                <h1>{t!(l, account.log_in_title)}</h1>
                <form method="post" action=frame.href(address::LOG_IN) novalidate>
                    <Carried frame=&frame page=&page/>
                    <TextField form=&page.form field=&EMAIL look/>
                    <SecretField form=&page.form field=&NEW_PASSWORD autocomplete="current-password"/>
                    <button class="primary">{t!(l, account.log_in_button)}</button>
                </form>
                <p><a href=frame.href(address::FORGOT_PASSWORD)>{t!(l, account.forgot_link)}</a></p>
                <p>{t!(l, account.no_account)}" "<a href=page.other(&frame, address::SIGN_UP)>{t!(l, common.sign_up)}</a></p>
            </div>
        </Layout>
    }
}

/// The page that asks for the password again.
pub struct Confirming {
    pub form: Filled,
    /// Whose password.
    pub email: String,
    /// Where to go afterwards: a path of ours, already checked.
    pub return_to: Option<String>,
}

#[component]
pub fn ConfirmPage(frame: Arc<Frame>, page: Confirming) -> impl IntoView {
    let l = frame.locale;
    let return_to = page
        .return_to
        .map(|path| view! { <input type="hidden" name="return_to" value=path/> });
    view! {
        <Layout frame=frame.clone()>
            <ErrorSummary form=&page.form focus=true/>
            <div class="narrow-page">
                <h1>{t!(l, account.confirm_title)}</h1>
                <p>{t!(l, account.confirm_text)}</p>
                <form method="post" action=frame.href(address::CONFIRM) novalidate>
                    <CsrfField frame=&frame/>
                    {return_to}
                    <div class="field">
                        <label for="email">{texts::label(l, EMAIL.name)}</label>
                        <input
                            id="email" type="email" dir="ltr" autocomplete="username" translate="no"
                            value=page.email readonly=true
                        />
                    </div>
                    <SecretField
                        form=&page.form field=&CURRENT_PASSWORD autocomplete="current-password"
                        label=texts::label(l, PASSWORD)
                    />
                    <button class="primary">{t!(l, account.confirm_button)}</button>
                </form>
                <p><a href=frame.href(address::FORGOT_PASSWORD)>{t!(l, account.forgot_link)}</a></p>
            </div>
        </Layout>
    }
}

/// The page to ask for a reset link, and after it was asked for. `sent` is the minutes that the link works,
/// once it is on its way.
#[component]
pub fn ForgotPasswordPage(frame: Arc<Frame>, form: Filled, sent: Option<i32>) -> impl IntoView {
    let l = frame.locale;
    let main = match sent {
        Some(minutes) => Either::Left(view! {
            <h1>{t!(l, account.forgot_sent_title)}</h1>
            <p>{t!(l, account.forgot_sent_text, minutes = minutes)}</p>
        }),
        None => Either::Right(view! {
            <ErrorSummary form=&form focus=true/>
            <h1>{t!(l, account.forgot_title)}</h1>
            <p>{t!(l, account.forgot_text)}</p>
            <form method="post" action=frame.href(address::FORGOT_PASSWORD) novalidate>
                <CsrfField frame=&frame/>
                <TextField form=&form field=&EMAIL look=Look::EMAIL/>
                <button class="primary">{t!(l, account.forgot_button)}</button>
            </form>
        }),
    };
    view! { <Layout frame><div class="narrow-page">{main}</div></Layout> }
}

/// The page behind a reset link.
pub struct Resetting {
    pub form: Filled,
    pub token: String,
    /// Minutes that a link works, when this one does no more.
    pub expired: Option<i32>,
}

#[component]
pub fn ResetPasswordPage(frame: Arc<Frame>, page: Resetting) -> impl IntoView {
    let l = frame.locale;
    let main = match page.expired {
        Some(minutes) => Either::Left(view! {
            <h1>{t!(l, account.reset_expired_title)}</h1>
            <p>{t!(l, account.reset_expired_text, minutes = minutes)}</p>
            <p><a class="button primary" href=frame.href(address::FORGOT_PASSWORD)>{t!(l, account.reset_expired_link)}</a></p>
        }),
        None => Either::Right(view! {
            <ErrorSummary form=&page.form focus=true/>
            <h1>{t!(l, account.reset_title)}</h1>
            <form method="post" action=frame.href(address::RESET_PASSWORD) novalidate>
                <CsrfField frame=&frame/>
                <HiddenField name="token" value=page.token/>
                <SecretField
                    form=&page.form field=&NEW_PASSWORD autocomplete="new-password"
                    label=t!(l, account.new_password) hint=Some(t!(l, account.new_password_hint))
                />
                <button class="primary">{t!(l, account.reset_button)}</button>
            </form>
        }),
    };
    view! { <Layout frame><div class="narrow-page">{main}</div></Layout> }
}
