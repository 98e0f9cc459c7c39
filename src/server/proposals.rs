//! What a form proposes where nothing was ever typed: stored only with something that the customer did.

use crate::domain::{Draft, Field, Locale, Step, assistant, ava, profile, telephony, twilio};
use crate::server::services::assistants::Made;
use crate::server::services::onboarding::Onboarding;
use crate::texts::{self, t};

/// What the form of a step proposes, by what is known now; fields without a proposal are absent.
#[must_use]
pub fn of(onboarding: &Onboarding, step: Step, page_locale: Locale) -> Draft {
    let mut proposed = Draft::default();
    let mut propose = |field: &Field, value: Option<String>| {
        if let Some(value) = value {
            proposed.set(field.name, vec![value]);
        }
    };
    let answers = onboarding.answers();
    match step {
        Step::Profile => propose(&profile::LOCALE, Some(page_locale.code().to_owned())),
        Step::Ava => propose(&ava::LANGUAGES, Some(page_locale.code().to_owned())),
        Step::Telephony => {
            let number = answers.text(twilio::PHONE_NUMBER.name);
            let hours = telephony::usual_hours(page_locale);
            propose(&telephony::NUMBER, number.map(str::to_owned));
            propose(&telephony::BUSINESS_HOURS, Some(hours.to_owned()));
            propose(
                &telephony::FALLBACK_EMAIL,
                Some(onboarding.record.email.clone()),
            );
        }
        Step::Assistant => {
            let l = assistant_locale(onboarding, page_locale);
            let voice = assistant::first_voice(l);
            propose(&assistant::NAME, Some(t!(l, common.product)));
            propose(&assistant::VOICE, Some(voice.to_owned()));
            let made = made(onboarding, l);
            propose(&assistant::FIRST_MESSAGE, Some(made.first_message));
            propose(&assistant::INSTRUCTIONS, made.instructions);
        }
        Step::Vapi | Step::Twilio | Step::Integrations | Step::Plan | Step::Done => {}
    }
    proposed
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

/// What Ava says and how she behaves, made of the answers by now.
pub fn made(onboarding: &Onboarding, l: Locale) -> Made {
    Made {
        first_message: greeting(onboarding, l),
        instructions: instructions(onboarding, l),
    }
}

/// Instructions made of the answers to step 3; none before it is answered.
fn instructions(onboarding: &Onboarding, l: Locale) -> Option<String> {
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
            hours = texts::choice(l, telephony::BUSINESS_HOURS.name, hours),
            zone = zone
        ));
    }
    Some(parts.join("\n"))
}
