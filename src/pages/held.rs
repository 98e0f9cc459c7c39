//! A form that could not be taken: everything typed stands ready to be sent again.

use std::sync::Arc;

use leptos::prelude::*;

use crate::components::form::{CsrfField, HiddenField};
use crate::components::{Frame, Layout};
use crate::domain::Locale;
use crate::functions::address;
use crate::texts::t;

/// Why the form was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The database cannot be reached.
    Unavailable,
    /// The form's token is no longer right.
    Expired,
    /// The session is over.
    SignedOut,
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
pub fn title(l: Locale, reason: Reason) -> String {
    match reason {
        Reason::Unavailable => t!(l, common.held.unavailable_title),
        Reason::Expired => t!(l, common.held.expired_title),
        Reason::SignedOut => t!(l, common.held.signed_out_title),
    }
}

#[component]
pub fn HeldPage(frame: Arc<Frame>, held: Held) -> impl IntoView {
    let l = frame.locale;
    let text = match held.reason {
        Reason::Unavailable => t!(l, common.held.unavailable_text),
        Reason::Expired => t!(l, common.held.expired_text),
        Reason::SignedOut => t!(l, common.held.signed_out_text),
    };
    let log_in = (held.reason == Reason::SignedOut).then(|| {
        let href = frame.href(address::LOG_IN);
        view! { <p><a href=href target="_blank">{t!(l, common.held.signed_out_link)}</a></p> }
    });
    let secret_note = held
        .lacks_secret
        .then(|| view! { <p>{t!(l, common.held.secret_note)}</p> });
    let fields: Vec<_> = held
        .fields
        .into_iter()
        .map(|(name, value)| view! { <HiddenField name value/> })
        .collect();
    view! {
        <Layout frame=frame.clone()>
            <h1>{title(l, held.reason)}</h1>
            <p>{text}</p>
            {secret_note}
            {log_in}
            <form method="post" action=held.action>
                <CsrfField token=&frame.csrf_token/>
                {fields}
                <button class="primary">{t!(l, common.held.send_again)}</button>
            </form>
        </Layout>
    }
}
