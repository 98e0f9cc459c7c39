//! The assistant.

use std::sync::Arc;

use leptos::either::EitherOf3;
use leptos::prelude::*;

use crate::components::Frame;
use crate::components::field::{Look, Options, Select, TextField};
use crate::domain::assistant::{
    FIRST_MESSAGE, INSTRUCTIONS, NAME, VOICE, VOICES, voice_locale, voice_name,
};
use crate::domain::progress::Status;
use crate::domain::{Locale, Step};
use crate::pages::step::{StepForm, StepFrame, StepPage};
use crate::texts::{self, t};

#[component]
pub fn AssistantStep(frame: Arc<Frame>, page: Arc<StepPage>) -> impl IntoView {
    view! {
        <StepFrame frame=frame.clone() page=page.clone()>
            <StepForm frame=frame.clone() page=page.clone()>
                <Standing frame=&frame page=&page/>
                <TextField form=&page.form field=&NAME/>
                <Select form=&page.form field=&VOICE options=voices(page.form.typed.text(VOICE.name))/>
                <TextField form=&page.form field=&FIRST_MESSAGE look=Look::lines(3)/>
                <WaitsForJob frame=&frame page=&page/>
                <TextField form=&page.form field=&INSTRUCTIONS look=Look::lines(10)/>
            </StepForm>
        </StepFrame>
    }
}

/// Whether the assistant exists at Vapi as it is here.
#[component]
fn Standing<'a>(frame: &'a Frame, page: &'a StepPage) -> impl IntoView + use<> {
    let l = frame.locale;
    if page.vapi.preview.is_none() {
        return Some(EitherOf3::A(view! {
            <p class="notice">
                {t!(l, onboarding.assistant.waits_for_key)}" "
                <a href=frame.step_href(Step::Vapi)>{t!(l, onboarding.assistant.waits_for_key_link)}</a>
            </p>
        }));
    }
    if let Some(problem) = page.assistant_problem {
        let (reason, _) = texts::blocker(l, problem);
        let text = t!(l, onboarding.assistant.not_sent, reason = reason);
        return Some(EitherOf3::B(
            view! { <p class="attention" role="status">{text}</p> },
        ));
    }
    let text = if page.assistant_created {
        t!(l, onboarding.assistant.created)
    } else if page.version > 0 {
        t!(l, onboarding.assistant.waits_for_creation)
    } else {
        return None;
    };
    Some(EitherOf3::C(view! { <p class="notice">{text}</p> }))
}

/// Instructions are written of the answers to another step.
#[component]
fn WaitsForJob<'a>(frame: &'a Frame, page: &'a StepPage) -> impl IntoView + use<> {
    let l = frame.locale;
    let is_unwritten = page.form.typed.text(INSTRUCTIONS.name).is_empty();
    (is_unwritten && page.status(Step::Ava) != Status::Done).then(|| {
        view! {
            <p class="notice">
                {t!(l, onboarding.assistant.waits_for_job)}" "
                <a href=frame.step_href(Step::Ava)>{t!(l, onboarding.assistant.waits_for_job_link)}</a>
            </p>
        }
    })
}

/// The voices by the language that they speak.
fn voices(chosen: &str) -> impl IntoView + use<> {
    Locale::ALL.map(|locale| {
        let voices = VOICES
            .iter()
            .filter(|voice| voice_locale(voice) == Some(locale))
            .map(|voice| (*voice, voice_name(voice).to_owned()))
            .collect();
        view! { <optgroup label=locale.own_name()><Options of=voices chosen/></optgroup> }
    })
}
