//! Where the customer is logged in: each session, ended alone or all others at once.

use leptos::prelude::*;

use crate::components::Frame;
use crate::components::form::CsrfField;
use crate::components::layout::isolated;
use crate::functions::address;
use crate::texts::t;

/// A session as its customer sees it; times are dates.
#[derive(Clone, Debug)]
pub struct Session {
    pub id: String,
    /// Browser and system, where they are known.
    pub device: Option<String>,
    /// The address it was begun from; empty when that is not known.
    pub ip: String,
    pub since: String,
    pub last_used: String,
    /// This is the one that asks.
    pub is_this: bool,
}

#[component]
pub fn SessionList<'a>(frame: &'a Frame, sessions: &'a [Session]) -> impl IntoView + use<> {
    let l = frame.locale;
    let action = frame.href(&address::section("security"));
    let items: Vec<_> = sessions
        .iter()
        .map(|session| view! { <SessionItem frame session action=action.clone()/> })
        .collect();
    let others = (sessions.len() > 1).then(|| {
        view! {
            <form method="post" action=action>
                <CsrfField frame/>
                <input type="hidden" name="section" value="security"/>
                <button class="secondary" name="intent" value="end_others">{t!(l, settings.sessions_end_others)}</button>
            </form>
        }
    });
    view! {
        <section aria-labelledby="sessions">
            <h2 id="sessions">{t!(l, settings.sessions_title)}</h2>
            <ul class="calls">{items}</ul>
            {others}
        </section>
    }
}

#[component]
fn SessionItem<'a>(
    frame: &'a Frame,
    session: &'a Session,
    action: String,
) -> impl IntoView + use<> {
    let l = frame.locale;
    let device = session
        .device
        .clone()
        .unwrap_or_else(|| t!(l, settings.sessions_unknown_device));
    let life = t!(
        l,
        settings.sessions_life,
        since = isolated(&session.since),
        last_used = isolated(&session.last_used)
    );
    let place = (!session.ip.is_empty())
        .then(|| view! { " · "<bdi dir="ltr" translate="no">{session.ip.clone()}</bdi> });
    let end = (!session.is_this).then(|| {
        let label = t!(l, settings.sessions_end_label, device = device.clone());
        view! {
            <form method="post" action=action>
                <CsrfField frame/>
                <input type="hidden" name="section" value="security"/>
                <button class="danger" name="intent" value=format!("end:{}", session.id) aria-label=label>
                    {t!(l, settings.sessions_end)}
                </button>
            </form>
        }
    });
    let this = session
        .is_this
        .then(|| view! { " · "<strong>{t!(l, settings.sessions_this)}</strong> });
    view! {
        <li>
            <h3><bdi>{device}</bdi></h3>
            <p class="hint">{life}{place}{this}</p>
            {end}
        </li>
    }
}
