//! Step 7.

use leptos::prelude::*;

use crate::domain::assistant::{
    FIRST_MESSAGE, INSTRUCTIONS, NAME, VOICE, VOICES, voice_locale, voice_name,
};
use crate::domain::progress::Status;
use crate::domain::{Locale, Step};
use crate::pages::form::{self, Look};
use crate::pages::layout::Frame;
use crate::pages::step::{self, StepPage};
use crate::texts::{self, t};

pub fn fields(frame: &Frame, page: &StepPage) -> AnyView {
    let (form, l) = (&page.form, page.form.locale);
    let waits = if page.vapi.preview.is_none() {
        Some(
            view! {
                <p class="notice">
                    {t!(l, onboarding.assistant.waits_for_key)}" "
                    <a href=step::href(frame, Step::Vapi)>{t!(l, onboarding.assistant.waits_for_key_link)}</a>
                </p>
            }
            .into_any(),
        )
    } else if let Some(problem) = page.assistant_problem {
        let (reason, _) = texts::blocker(l, problem);
        let text = t!(l, onboarding.assistant.not_sent, reason = reason);
        Some(view! { <p class="attention" role="status">{text}</p> }.into_any())
    } else if page.assistant_created {
        Some(view! { <p class="notice">{t!(l, onboarding.assistant.created)}</p> }.into_any())
    } else if page.version > 0 {
        Some(
            view! { <p class="notice">{t!(l, onboarding.assistant.waits_for_creation)}</p> }
                .into_any(),
        )
    } else {
        None
    };
    let is_unwritten = form.typed.text(INSTRUCTIONS.name).is_empty();
    let waits_for_job = (is_unwritten && page.status(Step::Ava) != Status::Done).then(|| {
        view! {
            <p class="notice">
                {t!(l, onboarding.assistant.waits_for_job)}" "
                <a href=step::href(frame, Step::Ava)>{t!(l, onboarding.assistant.waits_for_job_link)}</a>
            </p>
        }
    });
    let voices = Locale::ALL
        .into_iter()
        .map(|locale| {
            let voices = VOICES
                .iter()
                .filter(|voice| voice_locale(voice) == Some(locale))
                .map(|voice| (*voice, voice_name(voice).to_owned()))
                .collect();
            (Some(locale.own_name().to_owned()), voices)
        })
        .collect();
    view! {
        {waits}
        {form::text(form, &NAME, None, Look::PLAIN)}
        {form::select(form, &VOICE, None, voices)}
        {form::text(form, &FIRST_MESSAGE, None, Look::lines(3))}
        {waits_for_job}
        {form::text(form, &INSTRUCTIONS, None, Look::lines(10))}
    }
    .into_any()
}
