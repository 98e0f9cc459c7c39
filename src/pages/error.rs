//! What went wrong, and what to do now.

use std::sync::Arc;

use leptos::prelude::*;

use crate::components::{Frame, Layout};
use crate::domain::Locale;
use crate::texts::t;

/// A page for a request that cannot be answered as asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    NotFound,
    Malformed,
    TooLarge,
    /// The form did not arrive whole.
    Incomplete,
    LongAddress,
    LargeHeaders,
    Method,
    Forbidden,
    Unavailable,
    /// Seconds to wait.
    Wait(u32),
    /// The request id, to be told to support.
    Unexpected(String),
}

/// The heading and the sentence of a trouble.
#[must_use]
pub fn words(l: Locale, trouble: &Trouble) -> (String, String) {
    match trouble {
        Trouble::NotFound => (
            t!(l, common.errors.not_found_title),
            t!(l, common.errors.not_found_text),
        ),
        Trouble::Malformed => (
            t!(l, common.errors.malformed_title),
            t!(l, common.errors.malformed_text),
        ),
        Trouble::TooLarge => (
            t!(l, common.errors.too_large_title),
            t!(l, common.errors.too_large_text),
        ),
        Trouble::Incomplete => (
            t!(l, common.errors.incomplete_title),
            t!(l, common.errors.incomplete_text),
        ),
        Trouble::LongAddress => (
            t!(l, common.errors.long_address_title),
            t!(l, common.errors.long_address_text),
        ),
        Trouble::LargeHeaders => (
            t!(l, common.errors.large_headers_title),
            t!(l, common.errors.large_headers_text),
        ),
        Trouble::Method => (
            t!(l, common.errors.method_title),
            t!(l, common.errors.method_text),
        ),
        Trouble::Forbidden => (
            t!(l, common.errors.forbidden_title),
            t!(l, common.errors.forbidden_text),
        ),
        Trouble::Unavailable => (
            t!(l, common.errors.unavailable_title),
            t!(l, common.errors.unavailable_text),
        ),
        Trouble::Wait(seconds) => (
            t!(l, common.errors.wait_title),
            t!(l, common.errors.wait_text, count = *seconds),
        ),
        Trouble::Unexpected(id) => (
            t!(l, common.errors.unexpected_title),
            t!(l, common.errors.unexpected_text, id = id.as_str()),
        ),
    }
}

#[component]
pub fn TroublePage(frame: Arc<Frame>, trouble: Trouble) -> impl IntoView {
    let l = frame.locale;
    let (title, text) = words(l, &trouble);
    let again = matches!(trouble, Trouble::Unavailable).then(|| {
        let href = frame.href(&frame.path);
        view! { <p><a href=href>{t!(l, common.errors.try_again_link)}</a></p> }
    });
    view! {
        <Layout frame=frame.clone()>
            <h1>{title}</h1>
            <p>{text}</p>
            {again}
            <p><a href=frame.href("")>{t!(l, common.errors.home_link)}</a></p>
        </Layout>
    }
}
