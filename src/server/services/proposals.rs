//! What a form proposes where nothing was ever typed: stored only with something that the customer did.
//! Fields without a proposal are absent.

use crate::domain::{Draft, Field, Known, Locale, assistant, ava, profile, telephony, twilio};
use crate::texts::{self, t};

fn propose(proposed: &mut Draft, field: &Field, value: impl Into<String>) {
    proposed.set(field.name, vec![value.into()]);
}

/// Nothing.
#[must_use]
pub fn none(_: &Known, _: Locale) -> Draft {
    Draft::default()
}

#[must_use]
pub fn profile(_: &Known, page_locale: Locale) -> Draft {
    let mut proposed = Draft::default();
    propose(&mut proposed, &profile::LOCALE, page_locale.code());
    proposed
}

#[must_use]
pub fn ava(_: &Known, page_locale: Locale) -> Draft {
    let mut proposed = Draft::default();
    propose(&mut proposed, &ava::LANGUAGES, page_locale.code());
    proposed
}

#[must_use]
pub fn telephony(known: &Known, page_locale: Locale) -> Draft {
    let mut proposed = Draft::default();
    if let Some(number) = known.answers.text(twilio::PHONE_NUMBER.name) {
        propose(&mut proposed, &telephony::NUMBER, number);
    }
    let hours = telephony::usual_hours(page_locale);
    propose(&mut proposed, &telephony::BUSINESS_HOURS, hours);
    propose(
        &mut proposed,
        &telephony::FALLBACK_EMAIL,
        known.email.as_str(),
    );
    proposed
}

#[must_use]
pub fn assistant(known: &Known, page_locale: Locale) -> Draft {
    let mut proposed = Draft::default();
    let l = assistant_locale(known, page_locale);
    let made = made(known, l);
    propose(&mut proposed, &assistant::NAME, t!(l, common.product));
    propose(&mut proposed, &assistant::VOICE, assistant::first_voice(l));
    propose(&mut proposed, &assistant::FIRST_MESSAGE, made.first_message);
    if let Some(instructions) = made.instructions {
        propose(&mut proposed, &assistant::INSTRUCTIONS, instructions);
    }
    proposed
}

/// The language the assistant is prepared in: the customer's own where Ava is to speak it, else
/// the first that she is to speak.
fn assistant_locale(known: &Known, page_locale: Locale) -> Locale {
    let spoken = known.answers.list(ava::LANGUAGES.name);
    let own = known
        .answers
        .text(profile::LOCALE.name)
        .unwrap_or(page_locale.code());
    let code = if spoken.is_empty() || spoken.iter().any(|code| code == own) {
        own
    } else {
        spoken[0].as_str()
    };
    Locale::from_code(code).unwrap_or(page_locale)
}

/// What Ava says and how she behaves, made of a customer's answers in one language.
pub struct Made {
    pub first_message: String,
    /// `None` before the persona is known.
    pub instructions: Option<String>,
}

/// The fields that [`made`] makes its texts of.
pub const SOURCES: [&Field; 7] = [
    &profile::ORGANIZATION_NAME,
    &profile::TIMEZONE,
    &ava::PERSONA,
    &ava::JOB_TO_BE_DONE,
    &ava::TONE,
    &ava::GUIDELINES,
    &telephony::BUSINESS_HOURS,
];

/// What Ava says and how she behaves, made of the answers by now.
#[must_use]
pub fn made(known: &Known, l: Locale) -> Made {
    Made {
        first_message: greeting(known, l),
        instructions: instructions(known, l),
    }
}

fn greeting(known: &Known, l: Locale) -> String {
    match known.answers.text(profile::ORGANIZATION_NAME.name) {
        Some(organization) => t!(
            l,
            onboarding.assistant.default_greeting,
            organization = organization
        ),
        None => t!(l, onboarding.assistant.default_greeting_plain),
    }
}

/// Instructions made of what Ava's job is; none before that is answered.
fn instructions(known: &Known, l: Locale) -> Option<String> {
    let answers = &known.answers;
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
