//! Home after the onboarding: whether Ava is live, what is missing, what is set up.

use leptos::prelude::*;

use super::layout::{self, Frame};
use super::step::{self, Stored};
use super::steps::done;
use super::texts::{self, t};
use crate::domain::progress::Blocker;
use crate::domain::{Answers, Step};

pub struct Studio {
    pub answers: Answers,
    pub vapi: Stored,
    pub twilio: Stored,
    pub blockers: Vec<Blocker>,
    pub completed: bool,
}

pub fn page(frame: &Frame, studio: &Studio) -> AnyView {
    let l = frame.locale;
    let answer = |name: &str| studio.answers.text(name).map(str::to_owned);
    let row = |label: String, value: Option<AnyView>, step: Step| {
        let value = value.unwrap_or_else(|| t!(l, studio.none).into_any());
        view! {
            <div class="row">
                <dt>{label.clone()}</dt>
                <dd>{value}</dd>
                <dd class="action">
                    <a href=step::href(frame, step)>
                        {t!(l, studio.change)}<span class="visually-hidden">" "{label}</span>
                    </a>
                </dd>
            </div>
        }
    };
    let ltr = |text: Option<String>| text.map(|text| layout::ltr(text).into_any());
    let words = |text: Option<String>| text.map(|text| view! { <bdi>{text}</bdi> }.into_any());
    let unfinished = (!studio.completed).then(|| {
        view! {
            <p class="notice">
                {t!(l, studio.not_finished)}" "
                <a href=frame.href("/onboarding")>{t!(l, common.continue_setup)}</a>
            </p>
        }
    });
    let plan = answer("plan").map(|plan| texts::choice(l, "plan", &plan));
    layout::page(
        frame,
        view! {
            <h1>{t!(l, studio.title)}</h1>
            {unfinished}
            <section class="attention" aria-labelledby="not-live">
                <h2 id="not-live">{t!(l, studio.not_live_title)}</h2>
                <p>{t!(l, studio.not_live_text)}</p>
                {done::list(frame, &studio.blockers)}
            </section>
            <section class="review" aria-labelledby="configured">
                <header><h2 id="configured">{t!(l, studio.configured_title)}</h2></header>
                <dl>
                    {row(t!(l, studio.assistant), words(answer("name")), Step::Assistant)}
                    {row(t!(l, studio.number), ltr(answer("number")), Step::Telephony)}
                    {row(t!(l, studio.hours), ltr(answer("business_hours")), Step::Telephony)}
                    {row(t!(l, studio.vapi), ltr(studio.vapi.preview.clone()), Step::Vapi)}
                    {row(t!(l, studio.twilio), ltr(answer("account_sid")), Step::Twilio)}
                    {row(t!(l, studio.plan), words(plan), Step::Plan)}
                </dl>
            </section>
        }
        .into_any(),
    )
}
