//! What each step asks. The frame around it is [`super::step`]'s.

pub mod assistant;
pub mod ava;
pub mod done;
pub mod integrations;
pub mod plan;
pub mod profile;
pub mod telephony;
pub mod twilio;
pub mod vapi;

use leptos::prelude::*;

use super::layout::Frame;
use super::step::StepPage;
use crate::domain::Step;
use crate::texts::t;

/// The ways of a step that asks for a vendor's keys: here, in the settings, the operator's, not now.
pub(super) fn ways(frame: &Frame, page: &StepPage, here: AnyView) -> AnyView {
    let l = frame.locale;
    let settings = frame.href(&format!(
        "/settings?section={}&returnTo=onboarding",
        page.step.id()
    ));
    let remove = match page.step {
        Step::Vapi => super::secret::vapi_removal(frame, page),
        Step::Twilio => super::secret::twilio_removal(frame, page),
        _ => None,
    };
    let stored = match page.step {
        Step::Twilio => &page.twilio,
        _ => &page.vapi,
    };
    let recheck = super::secret::recheck(
        frame,
        stored,
        super::step::href(frame, page.step),
        ().into_any(),
    );
    view! {
        <h2 class="visually-hidden">{t!(l, onboarding.secret.ways_title)}</h2>
        <section class="card way" aria-labelledby="way-here">
            <h3 id="way-here">{t!(l, onboarding.secret.way_here_title)}</h3>
            {here}
            {recheck}
            {remove}
        </section>
        <div class="cards ways">
            <section class="card way" aria-labelledby="way-settings">
                <h3 id="way-settings">{t!(l, onboarding.secret.way_settings_title)}</h3>
                <p>{t!(l, onboarding.secret.way_settings_text)}</p>
                <p><a class="button secondary" href=settings>{t!(l, onboarding.secret.way_settings_link)}</a></p>
            </section>
            {page.offers_shared.then(|| super::secret::offer(l, page.step, "step-form"))}
            <section class="card way" aria-labelledby="way-skip">
                <h3 id="way-skip">{t!(l, onboarding.secret.way_skip_title)}</h3>
                <p>{t!(l, onboarding.secret.way_skip_text)}</p>
                <p><button class="secondary" form="step-form" name="intent" value="skip">{t!(l, onboarding.skip)}</button></p>
            </section>
        </div>
    }
    .into_any()
}
