//! Step 5.

use leptos::prelude::*;

use crate::domain::Step;
use crate::domain::telephony::{BUSINESS_HOURS, FALLBACK_EMAIL, NUMBER};
use crate::pages::form::{self, Look};
use crate::pages::layout::{self, Frame};
use crate::pages::step::{self, NumberChoice, Numbers, StepPage};
use crate::texts::{self, t};

pub fn fields(frame: &Frame, page: &StepPage) -> AnyView {
    let (form, l) = (&page.form, page.form.locale);
    let takeover = page.used_by.as_deref().map(|host| {
        let text = t!(
            l,
            onboarding.telephony.takeover,
            host = layout::isolated(host)
        );
        view! { <p class="attention" role="status">{text}</p> }
    });
    let zone = page.answers.text("timezone").map(|zone| {
        let zone = format!("\u{2066}{zone}\u{2069}");
        view! { <p class="hint below">{t!(l, onboarding.telephony.business_hours_zone, zone = zone)}</p> }
    });
    view! {
        {takeover}
        {numbers(frame, page)}
        {form::text(form, &NUMBER, None, Look::PHONE)}
        {form::text(form, &BUSINESS_HOURS, None, Look::PLAIN)}
        {zone}
        {form::text(form, &FALLBACK_EMAIL, None, Look::EMAIL)}
    }
    .into_any()
}

/// The numbers of the account, each with the button that takes it.
fn numbers(frame: &Frame, page: &StepPage) -> Option<AnyView> {
    let l = page.form.locale;
    let chosen = page.form.typed.text(NUMBER.name).to_owned();
    let content = match &page.numbers {
        Numbers::Unknown => return None,
        Numbers::Silent => {
            let again = step::href(frame, Step::Telephony);
            view! {
                <p>
                    {t!(l, onboarding.telephony.list_silent)}" "
                    <a href=again>{t!(l, onboarding.telephony.list_again)}</a>
                </p>
            }
            .into_any()
        }
        Numbers::Listed(numbers) if numbers.is_empty() => {
            view! { <p>{t!(l, onboarding.telephony.no_numbers)}</p> }.into_any()
        }
        Numbers::Listed(numbers) => {
            let items: Vec<_> = numbers
                .iter()
                .map(|choice| item(page, &chosen, choice))
                .collect();
            view! { <ul class="numbers">{items}</ul> }.into_any()
        }
    };
    Some(
        view! {
            <section aria-labelledby="numbers">
                <h2 id="numbers">{t!(l, onboarding.telephony.choose_title)}</h2>
                {content}
            </section>
        }
        .into_any(),
    )
}

fn item(page: &StepPage, chosen: &str, choice: &NumberChoice) -> AnyView {
    let l = page.form.locale;
    let used_by = choice.used_by.as_deref().map(|host| {
        let text = t!(
            l,
            onboarding.telephony.used_by,
            host = layout::isolated(host)
        );
        view! { " "<span class="tag">{text}</span> }
    });
    let number = layout::isolated(&choice.number);
    let action = if let Some(code) = choice.problem {
        let text = texts::problem(l, NUMBER.problem(code));
        view! { <span class="hint">{text}</span> }.into_any()
    } else if choice.number == chosen {
        view! { <span class="tag good">{t!(l, onboarding.telephony.chosen)}</span> }.into_any()
    } else {
        let label = t!(l, onboarding.telephony.choose, number = number);
        let value = format!("number:{}", choice.number);
        view! { <button class="secondary" name="intent" value=value>{label}</button> }.into_any()
    };
    view! { <li>{layout::ltr(choice.number.clone())}{used_by}" "{action}</li> }.into_any()
}
