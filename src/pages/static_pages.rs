//! Pages of text alone: help and terms.

use std::sync::Arc;

use leptos::prelude::*;

use crate::components::{Frame, Layout, Ltr};
use crate::domain::profile::TERMS_VERSION;
use crate::texts::t;

/// `contact` is the operator's address for questions, if there is one.
#[component]
pub fn HelpPage(frame: Arc<Frame>, contact: Option<String>) -> impl IntoView {
    let l = frame.locale;
    let contact = contact.map(|email| {
        let href = format!("mailto:{email}");
        view! {
            <h2>{t!(l, common.help_page.contact_title)}</h2>
            <p>{t!(l, common.help_page.contact_text)}" "<a href=href><Ltr text=email/></a></p>
        }
    });
    view! {
        <Layout frame>
            <h1>{t!(l, common.help_page.title)}</h1>
            <h2>{t!(l, common.help_page.keys_title)}</h2>
            <p>{t!(l, common.help_page.keys_vapi)}</p>
            <p>{t!(l, common.help_page.keys_twilio)}</p>
            <h2>{t!(l, common.help_page.order_title)}</h2>
            <p>{t!(l, common.help_page.order_text)}</p>
            <h2>{t!(l, common.help_page.live_title)}</h2>
            <p>{t!(l, common.help_page.live_text)}</p>
            {contact}
        </Layout>
    }
}

#[component]
pub fn TermsPage(frame: Arc<Frame>) -> impl IntoView {
    let l = frame.locale;
    view! {
        <Layout frame>
            <h1>{t!(l, common.terms_page.title)}</h1>
            <p class="hint">{t!(l, common.terms_page.version, version = TERMS_VERSION)}</p>
            <h2>{t!(l, common.terms_page.service_title)}</h2>
            <p>{t!(l, common.terms_page.service_text)}</p>
            <h2>{t!(l, common.terms_page.callers_title)}</h2>
            <p>{t!(l, common.terms_page.callers_text)}</p>
            <h2>{t!(l, common.terms_page.vendors_title)}</h2>
            <p>{t!(l, common.terms_page.vendors_text)}</p>
            <h2>{t!(l, common.terms_page.leaving_title)}</h2>
            <p>{t!(l, common.terms_page.leaving_text)}</p>
        </Layout>
    }
}
