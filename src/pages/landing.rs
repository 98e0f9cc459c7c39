//! The first page: what Ava does, and the way in.

use leptos::prelude::*;

use super::layout::{self, Frame};
use crate::texts::t;

/// `onward` is where a logged-in customer goes on: the set-up or the studio.
pub struct Landing {
    pub set_up_done: bool,
}

pub fn page(frame: &Frame, landing: &Landing) -> AnyView {
    let l = frame.locale;
    let (href, label) = match (frame.signed_in, landing.set_up_done) {
        (false, _) => ("/signup", t!(l, common.landing.start)),
        (true, false) => ("/onboarding", t!(l, common.continue_setup)),
        (true, true) => ("/ava-studio", t!(l, common.studio)),
    };
    let point = |title: String, text: String| {
        view! {
            <li class="card">
                <h3>{title}</h3>
                <p>{text}</p>
            </li>
        }
    };
    layout::page(
        frame,
        view! {
            <div class="hero">
                <h1>{t!(l, common.landing.title)}</h1>
                <p class="lead">{t!(l, common.landing.lead)}</p>
                <p><a class="button primary" href=frame.href(href)>{label}</a></p>
                <p class="hint">{t!(l, common.landing.start_hint)}</p>
            </div>
            <section aria-labelledby="points">
                <h2 id="points">{t!(l, common.landing.points_title)}</h2>
                <ul class="cards">
                    {point(t!(l, common.landing.point_languages_title), t!(l, common.landing.point_languages_text))}
                    {point(t!(l, common.landing.point_number_title), t!(l, common.landing.point_number_text))}
                    {point(t!(l, common.landing.point_control_title), t!(l, common.landing.point_control_text))}
                </ul>
            </section>
        }
        .into_any(),
    )
}
