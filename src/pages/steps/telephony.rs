//! Number and hours.

use std::sync::Arc;

use leptos::either::EitherOf3;
use leptos::prelude::*;

use crate::components::field::{Look, TextField};
use crate::components::layout::isolated;
use crate::components::{Frame, Ltr};
use crate::domain::telephony::{BUSINESS_HOURS, FALLBACK_EMAIL, NUMBER};
use crate::domain::{Locale, Step};
use crate::pages::step::{NumberChoice, Numbers, StepForm, StepFrame, StepPage};
use crate::texts::{self, t};

#[component]
pub fn TelephonyStep(frame: Arc<Frame>, page: Arc<StepPage>) -> impl IntoView {
    view! {
        <StepFrame frame=frame.clone() page=page.clone()>
            <StepForm frame=frame.clone() page=page.clone()>
                <TelephonyFields frame=&frame page=&page/>
            </StepForm>
        </StepFrame>
    }
}

#[component]
fn TelephonyFields<'a>(frame: &'a Frame, page: &'a StepPage) -> impl IntoView + use<> {
    let (form, l) = (&page.form, frame.locale);
    let takeover = page.used_by.as_deref().map(|host| {
        let text = t!(l, onboarding.telephony.takeover, host = isolated(host));
        view! { <p class="attention" role="status">{text}</p> }
    });
    let zone = page.answers.text("timezone").map(|zone| {
        let zone = isolated(zone);
        view! { <p class="hint below">{t!(l, onboarding.telephony.business_hours_zone, zone = zone)}</p> }
    });
    view! {
        {takeover}
        <NumberChoices frame page/>
        <TextField form field=&NUMBER look=Look::PHONE/>
        <TextField form field=&BUSINESS_HOURS/>
        {zone}
        <TextField form field=&FALLBACK_EMAIL look=Look::EMAIL/>
    }
}

/// The numbers of the account, each with the button that takes it.
#[component]
fn NumberChoices<'a>(frame: &'a Frame, page: &'a StepPage) -> impl IntoView + use<> {
    let l = frame.locale;
    let chosen = page.form.typed.text(NUMBER.name);
    let content = match &page.numbers {
        Numbers::Unknown => return None,
        Numbers::Silent => EitherOf3::A(view! {
            <p>
                {t!(l, onboarding.telephony.list_silent)}" "
                <a href=frame.step_href(Step::Telephony)>{t!(l, onboarding.telephony.list_again)}</a>
            </p>
        }),
        Numbers::Listed(numbers) if numbers.is_empty() => {
            EitherOf3::B(view! { <p>{t!(l, onboarding.telephony.no_numbers)}</p> })
        }
        Numbers::Listed(numbers) => {
            let items: Vec<_> = numbers
                .iter()
                .map(|number| view! { <NumberItem l number chosen/> })
                .collect();
            EitherOf3::C(view! { <ul class="numbers">{items}</ul> })
        }
    };
    Some(view! {
        <section aria-labelledby="numbers">
            <h2 id="numbers">{t!(l, onboarding.telephony.choose_title)}</h2>
            {content}
        </section>
    })
}

#[component]
fn NumberItem<'a>(l: Locale, number: &'a NumberChoice, chosen: &'a str) -> impl IntoView + use<> {
    let used_by = number.used_by.as_deref().map(|host| {
        let text = t!(l, onboarding.telephony.used_by, host = isolated(host));
        view! { " "<span class="tag">{text}</span> }
    });
    let action = if let Some(code) = number.problem {
        let text = texts::problem(l, NUMBER.problem(code));
        EitherOf3::A(view! { <span class="hint">{text}</span> })
    } else if number.number == chosen {
        let text = t!(l, onboarding.telephony.chosen);
        EitherOf3::B(view! { <span class="tag good">{text}</span> })
    } else {
        let label = t!(
            l,
            onboarding.telephony.choose,
            number = isolated(&number.number)
        );
        let value = format!("number:{}", number.number);
        EitherOf3::C(view! {
            <button class="secondary" name="intent" value=value>{label}</button>
        })
    };
    view! { <li><Ltr text=number.number.clone()/>{used_by}" "{action}</li> }
}
