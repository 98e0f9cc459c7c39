//! Sign-up, log-in, and the way back in after a forgotten password.

use leptos::prelude::*;

use super::form::{self, Filled, Look};
use super::layout::{self, Frame};
use crate::domain::account::EMAIL;
use crate::domain::{Field, Rule};
use crate::texts::{self, t};

const NEW_PASSWORD: Field = Field::required("password", Rule::Secret { max: 256 });

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
    fn return_field(&self) -> Option<AnyView> {
        let path = self.return_to.clone()?;
        Some(view! { <input type="hidden" name="return_to" value=path/> }.into_any())
    }

    /// The address of the other page of the two, keeping where to go afterwards.
    fn other(&self, frame: &Frame, path: &str) -> String {
        let query = self.return_to.as_deref().map(|to| {
            let to = url::form_urlencoded::byte_serialize(to.as_bytes()).collect::<String>();
            format!("?returnTo={to}")
        });
        format!("{}{}", frame.href(path), query.unwrap_or_default())
    }

    /// The summary of a refused attempt as a whole: it says nothing of single fields.
    fn trouble(&self) -> Option<AnyView> {
        let l = self.form.locale;
        let (title, text) = if let Some(seconds) = self.wait {
            super::error::words(l, &super::error::Trouble::Wait(seconds))
        } else if self.wrong {
            (t!(l, common.there_is_a_problem), t!(l, account.wrong))
        } else {
            return None;
        };
        Some(
            view! {
                <div class="summary" role="alert" tabindex="-1" autofocus=true aria-labelledby="summary-title">
                    <h2 id="summary-title">{title}</h2>
                    <ul><li><a href="#email">{text}</a></li></ul>
                </div>
            }
            .into_any(),
        )
    }

    fn summary(&self) -> Option<AnyView> {
        self.trouble().or_else(|| form::summary(&self.form, true))
    }
}

pub fn sign_up(frame: &Frame, page: &Credentials) -> AnyView {
    let l = frame.locale;
    layout::page(
        frame,
        view! {
            {page.summary()}
            <div class="narrow-page">
                <h1>{t!(l, account.sign_up_title)}</h1>
                <form method="post" action=frame.href("/signup") novalidate>
                    {frame.csrf_field()}
                    {page.return_field()}
                    {form::text(&page.form, &EMAIL, Some(t!(l, account.email_hint)), Look::EMAIL)}
                    {form::secret(&page.form, &NEW_PASSWORD, texts::label(l, NEW_PASSWORD.name), Some(t!(l, account.new_password_hint)), "new-password")}
                    <button class="primary">{t!(l, account.sign_up_button)}</button>
                </form>
                <p>{t!(l, account.have_account)}" "<a href=page.other(frame, "/login")>{t!(l, common.log_in)}</a></p>
            </div>
        }
        .into_any(),
    )
}

pub fn log_in(frame: &Frame, page: &Credentials) -> AnyView {
    let l = frame.locale;
    let notice = page.notice.map(|notice| {
        let text = match notice {
            Notice::LogInFirst => t!(l, account.log_in_first),
            Notice::SignedOut => t!(l, account.signed_out),
            Notice::PasswordReset => t!(l, account.reset_done),
            Notice::AccountDeleted => t!(l, account.account_deleted),
        };
        view! { <p class="notice" role="status">{text}</p> }
    });
    let look = Look {
        autocomplete: Some("username"),
        ..Look::EMAIL
    };
    layout::page(
        frame,
        view! {
            {page.summary()}
            <div class="narrow-page">
                {notice}
                <h1>{t!(l, account.log_in_title)}</h1>
                <form method="post" action=frame.href("/login") novalidate>
                    {frame.csrf_field()}
                    {page.return_field()}
                    {form::text(&page.form, &EMAIL, None, look)}
                    {form::secret(&page.form, &NEW_PASSWORD, texts::label(l, NEW_PASSWORD.name), None, "current-password")}
                    <button class="primary">{t!(l, account.log_in_button)}</button>
                </form>
                <p><a href=frame.href("/forgot-password")>{t!(l, account.forgot_link)}</a></p>
                <p>{t!(l, account.no_account)}" "<a href=page.other(frame, "/signup")>{t!(l, common.sign_up)}</a></p>
            </div>
        }
        .into_any(),
    )
}

/// The page to ask for a reset link, and after it was asked for.
pub struct Forgotten {
    pub form: Filled,
    /// Minutes that the link works, once it is on its way.
    pub sent: Option<i32>,
}

pub fn forgot_password(frame: &Frame, page: &Forgotten) -> AnyView {
    let l = frame.locale;
    let main = if let Some(minutes) = page.sent {
        view! {
            <h1>{t!(l, account.forgot_sent_title)}</h1>
            <p>{t!(l, account.forgot_sent_text, minutes = minutes)}</p>
        }
        .into_any()
    } else {
        view! {
            {form::summary(&page.form, true)}
            <h1>{t!(l, account.forgot_title)}</h1>
            <p>{t!(l, account.forgot_text)}</p>
            <form method="post" action=frame.href("/forgot-password") novalidate>
                {frame.csrf_field()}
                {form::text(&page.form, &EMAIL, None, Look::EMAIL)}
                <button class="primary">{t!(l, account.forgot_button)}</button>
            </form>
        }
        .into_any()
    };
    layout::page(
        frame,
        view! { <div class="narrow-page">{main}</div> }.into_any(),
    )
}

/// The page behind a reset link.
pub struct Resetting {
    pub form: Filled,
    pub token: String,
    /// Minutes that a link works, when this one does no more.
    pub expired: Option<i32>,
}

pub fn reset_password(frame: &Frame, page: &Resetting) -> AnyView {
    let l = frame.locale;
    let main = if let Some(minutes) = page.expired {
        view! {
            <h1>{t!(l, account.reset_expired_title)}</h1>
            <p>{t!(l, account.reset_expired_text, minutes = minutes)}</p>
            <p><a class="button primary" href=frame.href("/forgot-password")>{t!(l, account.reset_expired_link)}</a></p>
        }
        .into_any()
    } else {
        view! {
            {form::summary(&page.form, true)}
            <h1>{t!(l, account.reset_title)}</h1>
            <form method="post" action=frame.href("/reset-password") novalidate>
                {frame.csrf_field()}
                <input type="hidden" name="token" value=page.token.clone() autocomplete="off"/>
                {form::secret(&page.form, &NEW_PASSWORD, t!(l, account.new_password), Some(t!(l, account.new_password_hint)), "new-password")}
                <button class="primary">{t!(l, account.reset_button)}</button>
            </form>
        }
        .into_any()
    };
    layout::page(
        frame,
        view! { <div class="narrow-page">{main}</div> }.into_any(),
    )
}
