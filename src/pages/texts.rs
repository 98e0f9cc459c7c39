//! The texts of what the domain only has codes for.

use super::i18n;
use crate::domain::progress::{Blocker, Status};
use crate::domain::{Code, Locale, Problem, Step, assistant, hours};

/// The texts' own name of a language.
#[must_use]
pub const fn of(locale: Locale) -> i18n::Locale {
    match locale {
        Locale::En => i18n::Locale::en,
        Locale::Fr => i18n::Locale::fr,
        Locale::He => i18n::Locale::he,
    }
}

/// A text by its key: `t!(locale, common.log_in)`, with variables where it has some.
macro_rules! t {
    ($locale:expr, $($key:ident).+ $(, $($rest:tt)*)?) => {
        leptos_i18n::td_string!($crate::pages::texts::of($locale), $($key).+ $(, $($rest)*)?).to_string()
    };
}
pub(crate) use t;

/// The short name of a step, in lists.
#[must_use]
pub fn step_name(l: Locale, step: Step) -> String {
    match step {
        Step::Profile => t!(l, onboarding.profile.name),
        Step::Vapi => t!(l, onboarding.vapi.name),
        Step::Ava => t!(l, onboarding.ava.name),
        Step::Twilio => t!(l, onboarding.twilio.name),
        Step::Telephony => t!(l, onboarding.telephony.name),
        Step::Integrations => t!(l, onboarding.integrations.name),
        Step::Assistant => t!(l, onboarding.assistant.name),
        Step::Plan => t!(l, onboarding.plan.name),
        Step::Done => t!(l, onboarding.done.name),
    }
}

/// The heading of a step and the sentence below it.
#[must_use]
pub fn step_title(l: Locale, step: Step) -> (String, String) {
    match step {
        Step::Profile => (
            t!(l, onboarding.profile.title),
            t!(l, onboarding.profile.lead),
        ),
        Step::Vapi => (t!(l, onboarding.vapi.title), t!(l, onboarding.vapi.lead)),
        Step::Ava => (t!(l, onboarding.ava.title), t!(l, onboarding.ava.lead)),
        Step::Twilio => (
            t!(l, onboarding.twilio.title),
            t!(l, onboarding.twilio.lead),
        ),
        Step::Telephony => (
            t!(l, onboarding.telephony.title),
            t!(l, onboarding.telephony.lead),
        ),
        Step::Integrations => (
            t!(l, onboarding.integrations.title),
            t!(l, onboarding.integrations.lead),
        ),
        Step::Assistant => (
            t!(l, onboarding.assistant.title),
            t!(l, onboarding.assistant.lead),
        ),
        Step::Plan => (t!(l, onboarding.plan.title), t!(l, onboarding.plan.lead)),
        Step::Done => (t!(l, onboarding.done.title), t!(l, onboarding.done.lead)),
    }
}

#[must_use]
pub fn status(l: Locale, status: Status) -> String {
    match status {
        Status::NotStarted => t!(l, onboarding.status.not_started),
        Status::InProgress => t!(l, onboarding.status.in_progress),
        Status::Done => t!(l, onboarding.status.done),
        Status::Skipped => t!(l, onboarding.status.skipped),
        Status::NeedsAttention => t!(l, onboarding.status.needs_attention),
        Status::CannotStart => t!(l, onboarding.status.cannot_start),
    }
}

/// What is missing, and the words of the link to where it can be added.
#[must_use]
pub fn blocker(l: Locale, blocker: Blocker) -> (String, String) {
    match blocker {
        Blocker::Terms => (
            t!(l, onboarding.blockers.terms),
            t!(l, onboarding.blockers.terms_link),
        ),
        Blocker::VapiKey => (
            t!(l, onboarding.blockers.vapi_key),
            t!(l, onboarding.blockers.vapi_key_link),
        ),
        Blocker::VapiRefused => (
            t!(l, onboarding.blockers.vapi_refused),
            t!(l, onboarding.blockers.vapi_refused_link),
        ),
        Blocker::VapiUnreachable => (
            t!(l, onboarding.blockers.vapi_unreachable),
            t!(l, onboarding.blockers.vapi_unreachable_link),
        ),
        Blocker::TwilioCredentials => (
            t!(l, onboarding.blockers.twilio_credentials),
            t!(l, onboarding.blockers.twilio_credentials_link),
        ),
        Blocker::TwilioRefused => (
            t!(l, onboarding.blockers.twilio_refused),
            t!(l, onboarding.blockers.twilio_refused_link),
        ),
        Blocker::TwilioUnreachable => (
            t!(l, onboarding.blockers.twilio_unreachable),
            t!(l, onboarding.blockers.twilio_unreachable_link),
        ),
        Blocker::Number => (
            t!(l, onboarding.blockers.number),
            t!(l, onboarding.blockers.number_link),
        ),
        Blocker::NumberNotOwned => (
            t!(l, onboarding.blockers.number_not_owned),
            t!(l, onboarding.blockers.other_number_link),
        ),
        Blocker::NumberNoVoice => (
            t!(l, onboarding.blockers.number_no_voice),
            t!(l, onboarding.blockers.other_number_link),
        ),
        Blocker::NumberRouted => (
            t!(l, onboarding.blockers.number_routed),
            t!(l, onboarding.blockers.other_number_link),
        ),
        Blocker::NumberRejected => (
            t!(l, onboarding.blockers.number_rejected),
            t!(l, onboarding.blockers.other_number_link),
        ),
        Blocker::Assistant => (
            t!(l, onboarding.blockers.assistant),
            t!(l, onboarding.blockers.assistant_link),
        ),
        Blocker::AssistantNotCreated => (
            t!(l, onboarding.blockers.assistant_not_created),
            t!(l, onboarding.blockers.assistant_change_link),
        ),
        Blocker::AssistantRejected => (
            t!(l, onboarding.blockers.assistant_rejected),
            t!(l, onboarding.blockers.assistant_change_link),
        ),
        Blocker::NumberNotLinked => (
            t!(l, onboarding.blockers.number_not_linked),
            t!(l, onboarding.blockers.number_not_linked_link),
        ),
        Blocker::InProgress => (
            t!(l, onboarding.blockers.in_progress),
            t!(l, onboarding.blockers.in_progress_link),
        ),
    }
}

/// The words of a field's label.
#[must_use]
pub fn label(l: Locale, field: &str) -> String {
    match field {
        "email" => t!(l, account.email),
        "full_name" => t!(l, onboarding.profile.full_name),
        "organization_name" => t!(l, onboarding.profile.organization_name),
        "industry" => t!(l, onboarding.profile.industry),
        "timezone" => t!(l, onboarding.profile.timezone),
        "locale" => t!(l, onboarding.profile.locale),
        "accept_terms" => t!(l, onboarding.profile.accept_terms),
        "marketing_opt_in" => t!(l, onboarding.profile.marketing_opt_in),
        "vapi_api_key" => t!(l, onboarding.vapi.vapi_api_key),
        "persona" => t!(l, onboarding.ava.persona),
        "job_to_be_done" => t!(l, onboarding.ava.job_to_be_done),
        "languages" => t!(l, onboarding.ava.languages),
        "tone" => t!(l, onboarding.ava.tone),
        "guidelines" => t!(l, onboarding.ava.guidelines),
        "account_sid" => t!(l, onboarding.twilio.account_sid),
        "auth_token" => t!(l, onboarding.twilio.auth_token),
        "phone_number" => t!(l, onboarding.twilio.phone_number),
        "number" => t!(l, onboarding.telephony.number),
        "customer_number" => t!(l, studio.test_number),
        "business_hours" => t!(l, onboarding.telephony.business_hours),
        "fallback_email" => t!(l, onboarding.telephony.fallback_email),
        "calendar" => t!(l, onboarding.integrations.calendar),
        "workspace_apps" => t!(l, onboarding.integrations.workspace_apps),
        "crm" => t!(l, onboarding.integrations.crm),
        "name" => t!(l, onboarding.assistant.assistant_name),
        "voice" => t!(l, onboarding.assistant.voice),
        "first_message" => t!(l, onboarding.assistant.first_message),
        "instructions" => t!(l, onboarding.assistant.instructions),
        "plan" => t!(l, onboarding.plan.plan),
        "seats" => t!(l, onboarding.plan.seats),
        "token_name" => t!(l, settings.token_name),
        "token_days" => t!(l, settings.token_days),
        other => other.to_owned(),
    }
}

/// The words of one value of a field.
#[must_use]
pub fn choice(l: Locale, field: &str, value: &str) -> String {
    match (field, value) {
        ("business_hours", text) => hours::localized(text, l),
        ("industry", "healthcare") => t!(l, onboarding.profile.industries.healthcare),
        ("industry", "beauty") => t!(l, onboarding.profile.industries.beauty),
        ("industry", "legal") => t!(l, onboarding.profile.industries.legal),
        ("industry", "real_estate") => t!(l, onboarding.profile.industries.real_estate),
        ("industry", "home_services") => t!(l, onboarding.profile.industries.home_services),
        ("industry", "automotive") => t!(l, onboarding.profile.industries.automotive),
        ("industry", "hospitality") => t!(l, onboarding.profile.industries.hospitality),
        ("industry", "retail") => t!(l, onboarding.profile.industries.retail),
        ("industry", "fitness") => t!(l, onboarding.profile.industries.fitness),
        ("industry", "education") => t!(l, onboarding.profile.industries.education),
        ("industry", "finance") => t!(l, onboarding.profile.industries.finance),
        ("industry", "technology") => t!(l, onboarding.profile.industries.technology),
        ("industry", "nonprofit") => t!(l, onboarding.profile.industries.nonprofit),
        ("industry", "other") => t!(l, onboarding.profile.industries.other),
        ("persona", "secretary") => t!(l, onboarding.ava.personas.secretary),
        ("persona", "concierge") => t!(l, onboarding.ava.personas.concierge),
        ("persona", "sdr") => t!(l, onboarding.ava.personas.sdr),
        ("persona", "cs") => t!(l, onboarding.ava.personas.cs),
        ("tone", "professional") => t!(l, onboarding.ava.tones.professional),
        ("tone", "friendly") => t!(l, onboarding.ava.tones.friendly),
        ("tone", "warm") => t!(l, onboarding.ava.tones.warm),
        ("tone", "energetic") => t!(l, onboarding.ava.tones.energetic),
        ("calendar", "google") => t!(l, onboarding.integrations.calendars.google),
        ("calendar", "outlook") => t!(l, onboarding.integrations.calendars.outlook),
        ("calendar", "none") => t!(l, onboarding.integrations.calendars.none),
        ("workspace_apps", "slack") => t!(l, onboarding.integrations.apps.slack),
        ("workspace_apps", "notion") => t!(l, onboarding.integrations.apps.notion),
        ("workspace_apps", "gmail") => t!(l, onboarding.integrations.apps.gmail),
        ("workspace_apps", "google-calendar") => {
            t!(l, onboarding.integrations.apps.google_calendar)
        }
        ("workspace_apps", "outlook") => t!(l, onboarding.integrations.apps.outlook),
        ("workspace_apps", "hubspot") => t!(l, onboarding.integrations.apps.hubspot),
        ("workspace_apps", "zapier") => t!(l, onboarding.integrations.apps.zapier),
        ("workspace_apps", "webhook") => t!(l, onboarding.integrations.apps.webhook),
        ("crm", "hubspot") => t!(l, onboarding.integrations.crms.hubspot),
        ("crm", "salesforce") => t!(l, onboarding.integrations.crms.salesforce),
        ("crm", "none") => t!(l, onboarding.integrations.crms.none),
        ("plan", "free") => t!(l, onboarding.plan.plans.free),
        ("plan", "pro") => t!(l, onboarding.plan.plans.pro),
        ("plan", "business") => t!(l, onboarding.plan.plans.business),
        ("locale" | "languages", code) => {
            Locale::from_code(code).map_or_else(|| code.to_owned(), |l| l.own_name().to_owned())
        }
        ("voice", voice) => assistant::voice_name(voice).to_owned(),
        ("token_days", "30") => t!(l, settings.token_30_days),
        ("token_days", "90") => t!(l, settings.token_90_days),
        ("token_days", "365") => t!(l, settings.token_365_days),
        ("accept_terms" | "marketing_opt_in", "true") => t!(l, onboarding.done.yes),
        (_, value) => value.to_owned(),
    }
}

/// What a problem asks the customer to do, in the words of the field's label.
#[must_use]
pub fn problem(l: Locale, problem: Problem) -> String {
    use Code::{
        Conflicting, Malformed, NoVoice, NotOwned, OutOfRange, PublicKey, Refused, Required,
        Routed, Suspended, Taken, TestCredentials, TooCommon, TooLong, TooShort,
    };
    match (problem.field, problem.code) {
        ("email", Required) => t!(l, common.problems.email.required),
        ("email", TooLong) => t!(l, common.problems.email.too_long),
        ("email", Taken) => t!(l, common.problems.email.taken),
        ("email", _) => t!(l, common.problems.email.malformed),
        ("password", Required) => t!(l, common.problems.password.required),
        ("password", TooShort) => t!(l, common.problems.password.too_short),
        ("password", TooLong) => t!(l, common.problems.password.too_long),
        ("password", TooCommon | _) => t!(l, common.problems.password.too_common),
        ("current_password" | "delete_password", Required) => {
            t!(l, common.problems.current_password.required)
        }
        ("current_password" | "delete_password", _) => {
            t!(l, common.problems.current_password.wrong)
        }
        ("full_name", Required) => t!(l, onboarding.profile.problems.full_name.required),
        ("full_name", TooLong) => t!(l, onboarding.profile.problems.full_name.too_long),
        ("full_name", _) => t!(l, onboarding.profile.problems.full_name.malformed),
        ("organization_name", Required) => {
            t!(l, onboarding.profile.problems.organization_name.required)
        }
        ("organization_name", TooShort) => {
            t!(l, onboarding.profile.problems.organization_name.too_short)
        }
        ("organization_name", TooLong) => {
            t!(l, onboarding.profile.problems.organization_name.too_long)
        }
        ("organization_name", _) => t!(l, onboarding.profile.problems.organization_name.malformed),
        ("industry", _) => t!(l, onboarding.profile.problems.industry),
        ("timezone", _) => t!(l, onboarding.profile.problems.timezone),
        ("locale", _) => t!(l, onboarding.profile.problems.locale),
        ("accept_terms", _) => t!(l, onboarding.profile.problems.accept_terms),
        ("vapi_api_key", Required) => t!(l, onboarding.vapi.problems.vapi_api_key.required),
        ("vapi_api_key", TooLong) => t!(l, onboarding.vapi.problems.vapi_api_key.too_long),
        ("vapi_api_key", Refused | Suspended) => {
            t!(l, onboarding.vapi.problems.vapi_api_key.refused)
        }
        ("vapi_api_key", PublicKey) => t!(l, onboarding.vapi.problems.vapi_api_key.public_key),
        ("vapi_api_key", _) => t!(l, onboarding.vapi.problems.vapi_api_key.malformed),
        ("persona", _) => t!(l, onboarding.ava.problems.persona),
        ("job_to_be_done", TooShort) => t!(l, onboarding.ava.problems.job_to_be_done.too_short),
        ("job_to_be_done", TooLong) => t!(l, onboarding.ava.problems.job_to_be_done.too_long),
        ("job_to_be_done", _) => t!(l, onboarding.ava.problems.job_to_be_done.required),
        ("languages", _) => t!(l, onboarding.ava.problems.languages),
        ("tone", _) => t!(l, onboarding.ava.problems.tone),
        ("guidelines", _) => t!(l, onboarding.ava.problems.guidelines),
        ("account_sid", Required) => t!(l, onboarding.twilio.problems.account_sid.required),
        ("account_sid", _) => t!(l, onboarding.twilio.problems.account_sid.malformed),
        ("auth_token", Required) => t!(l, onboarding.twilio.problems.auth_token.required),
        ("auth_token", TooLong) => t!(l, onboarding.twilio.problems.auth_token.too_long),
        ("auth_token", Refused) => t!(l, onboarding.twilio.problems.auth_token.refused),
        ("auth_token", Suspended) => t!(l, onboarding.twilio.problems.auth_token.suspended),
        ("auth_token", TestCredentials) => {
            t!(l, onboarding.twilio.problems.auth_token.test_credentials)
        }
        ("auth_token", _) => t!(l, onboarding.twilio.problems.auth_token.malformed),
        ("phone_number", _) => t!(l, onboarding.twilio.problems.phone_number),
        ("number", Required) => t!(l, onboarding.telephony.problems.number.required),
        ("number", NotOwned) => t!(l, onboarding.telephony.problems.number.not_owned),
        ("number", NoVoice) => t!(l, onboarding.telephony.problems.number.no_voice),
        ("number", Routed) => t!(l, onboarding.telephony.problems.number.routed),
        ("number", _) => t!(l, onboarding.telephony.problems.number.malformed),
        ("business_hours", Required) => {
            t!(l, onboarding.telephony.problems.business_hours.required)
        }
        ("business_hours", _) => t!(l, onboarding.telephony.problems.business_hours.malformed),
        ("fallback_email", TooLong) => t!(l, onboarding.telephony.problems.fallback_email.too_long),
        ("fallback_email", _) => t!(l, onboarding.telephony.problems.fallback_email.malformed),
        ("calendar", _) => t!(l, onboarding.integrations.problems.calendar),
        ("workspace_apps", _) => t!(l, onboarding.integrations.problems.workspace_apps),
        ("crm", _) => t!(l, onboarding.integrations.problems.crm),
        ("name", Required) => t!(l, onboarding.assistant.problems.name.required),
        ("name", TooShort) => t!(l, onboarding.assistant.problems.name.too_short),
        ("name", TooLong) => t!(l, onboarding.assistant.problems.name.too_long),
        ("name", _) => t!(l, onboarding.assistant.problems.name.malformed),
        ("voice", Conflicting) => t!(l, onboarding.assistant.problems.voice.conflicting),
        ("voice", _) => t!(l, onboarding.assistant.problems.voice.required),
        ("first_message", TooShort) => t!(l, onboarding.assistant.problems.first_message.too_short),
        ("first_message", TooLong) => t!(l, onboarding.assistant.problems.first_message.too_long),
        ("first_message", _) => t!(l, onboarding.assistant.problems.first_message.required),
        ("instructions", TooShort) => t!(l, onboarding.assistant.problems.instructions.too_short),
        ("instructions", TooLong) => t!(l, onboarding.assistant.problems.instructions.too_long),
        ("instructions", _) => t!(l, onboarding.assistant.problems.instructions.required),
        ("customer_number", Required) => t!(l, studio.test_problem_required),
        ("customer_number", Taken) => t!(l, studio.test_problem_wait),
        ("customer_number", _) => t!(l, studio.test_problem_malformed),
        ("token_name", Required) => t!(l, settings.token_name_required),
        ("token_name", _) => t!(l, settings.token_name_too_long),
        ("token_days", _) => t!(l, settings.token_days_problem),
        ("plan", _) => t!(l, onboarding.plan.problems.plan),
        ("seats", Required) => t!(l, onboarding.plan.problems.seats.required),
        ("seats", OutOfRange) => t!(l, onboarding.plan.problems.seats.out_of_range),
        ("seats", Conflicting) => t!(l, onboarding.plan.problems.seats.conflicting),
        ("seats", Malformed | _) => t!(l, onboarding.plan.problems.seats.malformed),
        (field, _) => label(l, field),
    }
}

/// Where a call stands, in words; how it ended where that is known.
#[must_use]
pub fn call_status(l: Locale, status: &str, ended_reason: Option<&str>) -> String {
    match (status, ended_reason.unwrap_or_default()) {
        ("placing", _) => t!(l, studio.status.placing),
        ("scheduled" | "queued", _) => t!(l, studio.status.queued),
        ("ringing", _) => t!(l, studio.status.ringing),
        ("in-progress" | "forwarding", _) => t!(l, studio.status.in_progress),
        ("not-placed", _) => t!(l, studio.status.not_placed),
        ("unknown", _) => t!(l, studio.status.unknown),
        (_, "customer-busy") => t!(l, studio.status.busy),
        (_, "customer-did-not-answer") => t!(l, studio.status.no_answer),
        (_, "voicemail") => t!(l, studio.status.voicemail),
        (_, reason) if reason.starts_with("call.start.error") || reason.starts_with("twilio-") => {
            t!(l, studio.status.failed)
        }
        _ => t!(l, studio.status.ended),
    }
}
