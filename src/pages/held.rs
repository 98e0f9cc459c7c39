//! A form that could not be taken: everything typed stands ready to be sent again.

use std::sync::Arc;

use leptos::prelude::*;

use crate::components::form::HiddenField;
use crate::components::{Frame, Layout};
use crate::domain::Locale;
use crate::functions::address;
use crate::functions::form::bare_name;
use crate::texts::{self, t};

/// Why the form was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The database cannot be reached.
    Unavailable,
    /// The form's token is no longer right.
    Expired,
    /// The browser keeps no cookies.
    NoCookies,
    /// The session is over.
    SignedOut,
    /// The log-in is too long ago.
    LogInAgain,
    /// Another account is logged in now: its address.
    OtherAccount(String),
    /// Seconds to wait after too many attempts.
    Wait(u32),
}

/// The form, without its secrets.
pub struct Held {
    pub reason: Reason,
    pub action: String,
    pub fields: Vec<(String, String)>,
    /// Whether a secret had to be left out.
    pub lacks_secret: bool,
}

#[must_use]
pub fn title(l: Locale, reason: &Reason) -> String {
    match reason {
        Reason::Unavailable => t!(l, common.held.unavailable_title),
        Reason::Expired => t!(l, common.held.expired_title),
        Reason::NoCookies => t!(l, common.held.no_cookies_title),
        Reason::SignedOut => t!(l, common.held.signed_out_title),
        Reason::LogInAgain => t!(l, account.confirm_title),
        Reason::OtherAccount(_) => t!(l, common.held.other_account_title),
        Reason::Wait(_) => t!(l, common.errors.wait_title),
    }
}

#[component]
pub fn HeldPage(frame: Arc<Frame>, held: Held) -> impl IntoView {
    let l = frame.locale;
    let text = match &held.reason {
        Reason::Unavailable => t!(l, common.held.unavailable_text),
        Reason::Expired => t!(l, common.held.expired_text),
        Reason::NoCookies => t!(l, common.held.no_cookies_text),
        Reason::SignedOut => t!(l, common.held.signed_out_text),
        Reason::LogInAgain => t!(l, common.held.log_in_again_text),
        Reason::OtherAccount(email) => {
            t!(l, common.held.other_account_text, email = email.as_str())
        }
        Reason::Wait(seconds) => t!(l, common.errors.wait_text, count = *seconds),
    };
    let first = match held.reason {
        Reason::SignedOut => Some((address::LOG_IN, t!(l, common.held.signed_out_link))),
        Reason::LogInAgain => Some((address::CONFIRM, t!(l, common.held.log_in_again_link))),
        _ => None,
    };
    let first = first.map(|(path, words)| {
        view! { <p><a href=frame.href(path) target="_blank">{words}</a></p> }
    });
    let secret_note = held
        .lacks_secret
        .then(|| view! { <p>{t!(l, common.held.secret_note)}</p> });
    // Whoever sends it again sees what: another site may have filled it in.
    let shown: Vec<_> = held
        .fields
        .iter()
        .filter_map(|(name, value)| {
            let name = bare_name(name);
            let label = texts::field_label(l, name)?;
            let value = texts::choice(l, name, value);
            Some(view! {
                <div>
                    <dt>{label}</dt>
                    <dd dir="auto">{value}</dd>
                </div>
            })
        })
        .collect();
    let fields: Vec<_> = held
        .fields
        .into_iter()
        .map(|(name, value)| view! { <HiddenField name value/> })
        .collect();
    view! {
        <Layout frame=frame.clone()>
            <h1>{title(l, &held.reason)}</h1>
            <p>{text}</p>
            {secret_note}
            {first}
            {(!shown.is_empty()).then(|| view! { <dl class="answers">{shown}</dl> })}
            <form method="post" action=held.action>
                <HiddenField name="csrf_token" value=frame.csrf_token.clone()/>
                {fields}
                <button class="primary">{t!(l, common.held.send_again)}</button>
            </form>
        </Layout>
    }
}
