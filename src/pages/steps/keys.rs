//! A step that asks for a vendor's keys: here, in the settings, the operator's, or not now.

use std::sync::Arc;

use leptos::prelude::*;

use crate::components::Frame;
use crate::components::credentials::{
    NotRemoved, NotShared, RecheckForm, SharedWay, VendorSaid, Waits, Way,
};
use crate::domain::known::Credential;
use crate::functions::address;
use crate::pages::step::{StepForm, StepFrame, StepPage};
use crate::texts::t;

const FORM: &str = "step-form";

#[component]
pub fn KeyStep<R: IntoView + 'static, C: IntoView + 'static>(
    frame: Arc<Frame>,
    page: Arc<StepPage>,
    vendor: &'static str,
    stored: Credential,
    /// The form that removes what is stored.
    removal: R,
    children: TypedChildren<C>,
) -> impl IntoView {
    let l = frame.locale;
    let children = children.into_inner();
    let waits = page.waits.then(|| view! { <Waits l vendor form=FORM/> });
    let not_removed = page
        .not_removed
        .map(|blocker| view! { <NotRemoved l blocker/> });
    let not_shared = page.not_shared.then(|| view! { <NotShared l/> });
    let alerts = view! {
        {waits}
        {not_removed}
        {not_shared}
    };
    let news = page.said.map(|said| view! { <VendorSaid l vendor said/> });
    view! {
        <StepFrame frame=frame.clone() page=page.clone() alerts=alerts.into_any() news=news.into_any()>
            <h2 class="visually-hidden">{t!(l, onboarding.secret.ways_title)}</h2>
            <section class="card way" aria-labelledby="way-here">
                <h3 id="way-here">{t!(l, onboarding.secret.way_here_title)}</h3>
                <StepForm frame=frame.clone() page=page.clone() skips=false>{children()}</StepForm>
                <RecheckForm frame=&frame stored=&stored action=frame.step_href(page.step)/>
                {removal}
            </section>
            <OtherWays frame=&frame page=&page vendor/>
        </StepFrame>
    }
}

#[component]
fn OtherWays<'a>(
    frame: &'a Frame,
    page: &'a StepPage,
    vendor: &'static str,
) -> impl IntoView + use<> {
    let l = frame.locale;
    let settings = format!("{}&returnTo=onboarding", address::section(page.step.id()));
    let settings = frame.href(&settings);
    let shared = page
        .offers_shared
        .then(|| view! { <SharedWay l vendor form=FORM/> });
    view! {
        <div class="cards ways">
            <Way
                id="way-settings" title=t!(l, onboarding.secret.way_settings_title)
                text=t!(l, onboarding.secret.way_settings_text)
            >
                <a class="button secondary" href=settings>{t!(l, onboarding.secret.way_settings_link)}</a>
            </Way>
            {shared}
            <Way
                id="way-skip" title=t!(l, onboarding.secret.way_skip_title)
                text=t!(l, onboarding.secret.way_skip_text)
            >
                <button class="secondary" form=FORM name="intent" value="skip">{t!(l, onboarding.skip)}</button>
            </Way>
        </div>
    }
}
