//! What a form proposes where nothing was ever answered: never stored before Continue is pressed.

use crate::domain::{Draft, Locale, Step, assistant, ava, plan, profile, telephony, twilio};
use crate::pages::texts::{self, t};
use crate::server::services::onboarding::Onboarding;

/// Fills the empty fields of a step that was never saved.
pub fn fill(onboarding: &Onboarding, step: Step, page_locale: Locale, typed: &mut Draft) {
    if onboarding.draft(step).is_some() {
        return;
    }
    let mut propose = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|_| typed.values(name).is_empty()) {
            typed.set(name, vec![value]);
        }
    };
    let answers = onboarding.answers();
    match step {
        Step::Profile => propose(profile::LOCALE.name, Some(page_locale.code().to_owned())),
        Step::Ava => propose(ava::LANGUAGES.name, Some(page_locale.code().to_owned())),
        Step::Telephony => {
            propose(
                telephony::NUMBER.name,
                answers.text(twilio::PHONE_NUMBER.name).map(str::to_owned),
            );
            propose(
                telephony::BUSINESS_HOURS.name,
                Some(telephony::usual_hours(page_locale).to_owned()),
            );
            propose(
                telephony::FALLBACK_EMAIL.name,
                Some(onboarding.record.email.clone()),
            );
        }
        Step::Assistant => {
            let locale = assistant_locale(onboarding, page_locale);
            propose(assistant::NAME.name, Some(t!(locale, common.product)));
            propose(
                assistant::VOICE.name,
                Some(assistant::first_voice(locale).to_owned()),
            );
            propose(
                assistant::FIRST_MESSAGE.name,
                Some(greeting(onboarding, locale)),
            );
            propose(
                assistant::INSTRUCTIONS.name,
                made_instructions(onboarding, locale),
            );
        }
        Step::Plan => {
            propose(plan::PLAN.name, Some("free".to_owned()));
            propose(plan::SEATS.name, Some("1".to_owned()));
        }
        Step::Vapi | Step::Twilio | Step::Integrations | Step::Done => {}
    }
}

/// The language the assistant is prepared in: the customer's own where Ava is to speak it, else
/// the first that she is to speak.
fn assistant_locale(onboarding: &Onboarding, page_locale: Locale) -> Locale {
    let answers = onboarding.answers();
    let spoken = answers.list(ava::LANGUAGES.name);
    let own = answers
        .text(profile::LOCALE.name)
        .unwrap_or(page_locale.code());
    let code = if spoken.is_empty() || spoken.iter().any(|code| code == own) {
        own
    } else {
        spoken[0].as_str()
    };
    Locale::from_code(code).unwrap_or(page_locale)
}

fn greeting(onboarding: &Onboarding, l: Locale) -> String {
    match onboarding.answers().text(profile::ORGANIZATION_NAME.name) {
        Some(organization) => t!(
            l,
            onboarding.assistant.default_greeting,
            organization = organization
        ),
        None => t!(l, onboarding.assistant.default_greeting_plain),
    }
}

/// The instructions that would be proposed to the customer now.
pub fn instructions(onboarding: &Onboarding, page_locale: Locale) -> Option<String> {
    made_instructions(onboarding, assistant_locale(onboarding, page_locale))
}

/// Instructions made of the answers to step 3; none before it is answered.
fn made_instructions(onboarding: &Onboarding, l: Locale) -> Option<String> {
    let answers = onboarding.answers();
    let job = answers.text(ava::JOB_TO_BE_DONE.name)?;
    let choice = |name: &str| {
        answers
            .text(name)
            .map(|value| texts::choice(l, name, value))
    };
    let organization = answers.text(profile::ORGANIZATION_NAME.name).map_or_else(
        || t!(l, onboarding.assistant.default_our_business),
        str::to_owned,
    );
    let mut parts = vec![t!(
        l,
        onboarding.assistant.default_instructions,
        organization = organization,
        role = choice(ava::PERSONA.name)?,
        tone = choice(ava::TONE.name)?,
        job = job
    )];
    if let Some(guidelines) = answers.text(ava::GUIDELINES.name) {
        parts.push(t!(
            l,
            onboarding.assistant.default_rules,
            guidelines = guidelines
        ));
    }
    let hours = answers.text(telephony::BUSINESS_HOURS.name);
    if let (Some(hours), Some(zone)) = (hours, answers.text(profile::TIMEZONE.name)) {
        parts.push(t!(
            l,
            onboarding.assistant.default_hours,
            hours = hours,
            zone = zone
        ));
    }
    Some(parts.join("\n"))
}
