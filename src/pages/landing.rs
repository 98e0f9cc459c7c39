//! The first page: what Ava does, and the way in.

use std::sync::Arc;

use leptos::prelude::*;

use crate::components::{Frame, Layout};
use crate::functions::address;
use crate::texts::t;

/// A logged-in customer goes on to the set-up, or once it is done to the studio.
#[component]
pub fn LandingPage(frame: Arc<Frame>, set_up_done: bool) -> impl IntoView {
    let l = frame.locale;
    let (href, label) = match (frame.account.is_some(), set_up_done) {
        (false, _) => (address::SIGN_UP, t!(l, common.landing.start)),
        (true, false) => (address::ONBOARDING, t!(l, common.continue_setup)),
        (true, true) => (address::STUDIO, t!(l, common.studio)),
    };
    view! {
        <Layout frame=frame.clone()>
            <div class="hero">
                <h1>{t!(l, common.landing.title)}</h1>
                <p class="lead">{t!(l, common.landing.lead)}</p>
                <p><a class="button primary" href=frame.href(href)>{label}</a></p>
                <p class="hint">{t!(l, common.landing.start_hint)}</p>
            </div>
            <section aria-labelledby="points">
                <h2 id="points">{t!(l, common.landing.points_title)}</h2>
                <ul class="cards">
                    <Point
                        title=t!(l, common.landing.point_languages_title)
                        text=t!(l, common.landing.point_languages_text)
                    />
                    <Point
                        title=t!(l, common.landing.point_number_title)
                        text=t!(l, common.landing.point_number_text)
                    />
                    <Point
                        title=t!(l, common.landing.point_control_title)
                        text=t!(l, common.landing.point_control_text)
                    />
                </ul>
            </section>
        </Layout>
    }
}

#[component]
fn Point(title: String, text: String) -> impl IntoView {
    view! {
        <li class="card">
            <h3>{title}</h3>
            <p>{text}</p>
        </li>
    }
}
