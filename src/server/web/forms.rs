//! Every form of the product: which page shows it, and which functions its buttons ask for.

use axum::Router;
use leptos::view;

use super::door::Forms;
use super::page::Page;
use super::render;
use super::slice::{Proposes, Slice, View};
use crate::domain::Step;
use crate::functions::address;
use crate::functions::{
    account, assistant, ava, credentials, done, integrations, plan, profile, settings, studio,
    telephony, twilio, vapi,
};
use crate::pages::steps::assistant::AssistantStep;
use crate::pages::steps::ava::AvaStep;
use crate::pages::steps::done::DoneStep;
use crate::pages::steps::integrations::IntegrationsStep;
use crate::pages::steps::plan::PlanStep;
use crate::pages::steps::profile::ProfileStep;
use crate::pages::steps::telephony::TelephonyStep;
use crate::pages::steps::twilio::TwilioStep;
use crate::pages::steps::vapi::VapiStep;
use crate::server::App;
use crate::server::services::proposals;

/// The buttons of a step, and what its form sends by itself.
const SAVES: &[&str] = &["continue", "", "skip", "later", "autosave", "compare"];
/// The same of a step with a vendor's keys.
const STORES: &[&str] = &[
    "continue",
    "",
    "skip",
    "later",
    "autosave",
    "compare",
    "store_unchecked",
    "use_shared",
];
/// The buttons of a section of the settings.
const KEEPS: &[&str] = &["", "continue"];
const KEEPS_KEYS: &[&str] = &["", "continue", "store_unchecked", "use_shared"];

type Fixed = &'static [(&'static str, &'static str)];
const VAPI: Fixed = &[("vendor", "vapi")];
const TWILIO: Fixed = &[("vendor", "twilio")];
const IN_STUDIO: Fixed = &[("from_studio", "true")];

type Takes = fn(Forms) -> Forms;

/// The steps: what each proposes, and what its page can ask for. A new step is a line here and one in
/// `domain/rules.rs`.
static STEPS: [(Slice, Takes); Step::COUNT] = [
    (
        slice(Step::Profile, proposals::profile, |status, frame, page| {
            render::page(status, frame, |frame| view! { <ProfileStep frame page/> })
        }),
        |forms| forms.takes::<profile::SaveProfile>(SAVES),
    ),
    (
        slice(Step::Vapi, proposals::none, |status, frame, page| {
            render::page(status, frame, |frame| view! { <VapiStep frame page/> })
        }),
        |forms| about_stored(forms.takes::<vapi::SaveVapiKey>(STORES), VAPI),
    ),
    (
        slice(Step::Ava, proposals::ava, |status, frame, page| {
            render::page(status, frame, |frame| view! { <AvaStep frame page/> })
        }),
        |forms| forms.takes::<ava::SaveAva>(SAVES),
    ),
    (
        slice(Step::Twilio, proposals::none, |status, frame, page| {
            render::page(status, frame, |frame| view! { <TwilioStep frame page/> })
        }),
        |forms| about_stored(forms.takes::<twilio::SaveTwilio>(STORES), TWILIO),
    ),
    (
        Slice {
            lists_numbers: true,
            ..slice(
                Step::Telephony,
                proposals::telephony,
                |status, frame, page| {
                    render::page(status, frame, |frame| view! { <TelephonyStep frame page/> })
                },
            )
        },
        |forms| {
            forms
                .takes::<telephony::SaveTelephony>(SAVES)
                .takes_with::<telephony::TakeNumber>(&["number:"], "number", &[])
        },
    ),
    (
        slice(
            Step::Integrations,
            proposals::none,
            |status, frame, page| {
                render::page(
                    status,
                    frame,
                    |frame| view! { <IntegrationsStep frame page/> },
                )
            },
        ),
        |forms| forms.takes::<integrations::SaveIntegrations>(SAVES),
    ),
    (
        slice(
            Step::Assistant,
            proposals::assistant,
            |status, frame, page| {
                render::page(status, frame, |frame| view! { <AssistantStep frame page/> })
            },
        ),
        |forms| forms.takes::<assistant::SaveAssistant>(SAVES),
    ),
    (
        slice(Step::Plan, proposals::none, |status, frame, page| {
            render::page(status, frame, |frame| view! { <PlanStep frame page/> })
        }),
        |forms| forms.takes::<plan::SavePlan>(SAVES),
    ),
    (
        slice(Step::Done, proposals::none, |status, frame, page| {
            render::page(status, frame, |frame| view! { <DoneStep frame page/> })
        }),
        |forms| {
            forms
                .takes::<done::Finish>(&["continue", ""])
                .takes::<done::Launch>(&["launch"])
                .takes::<done::LeaveReview>(&["later"])
        },
    ),
];

const fn slice(step: Step, proposes: Proposes, view: View) -> Slice {
    Slice {
        step,
        proposes,
        view,
        lists_numbers: false,
    }
}

/// What can be done with a vendor's stored keys.
fn about_stored(forms: Forms, vendor: Fixed) -> Forms {
    forms
        .takes_with::<credentials::RemoveCredentials>(&["remove"], "", vendor)
        .takes_with::<credentials::Recheck>(&["recheck"], "", vendor)
}

/// The settings; each form names its section.
fn settings_forms() -> Forms {
    let mut forms = Forms::of(Page::Settings)
        .in_section("profile")
        .takes::<profile::SaveProfile>(KEEPS)
        .in_section("vapi")
        .takes::<vapi::SaveVapiKey>(KEEPS_KEYS);
    forms = about_stored(forms, VAPI)
        .in_section("twilio")
        .takes::<twilio::SaveTwilio>(KEEPS_KEYS);
    about_stored(forms, TWILIO)
        .in_section("security")
        .takes::<settings::ChangePassword>(KEEPS)
        .takes::<settings::DeleteAccount>(&["delete"])
        .takes_with::<settings::EndSession>(&["end:"], "id", &[])
        .takes::<settings::EndOtherSessions>(&["end_others"])
        .in_section("api")
        .takes::<settings::CreateToken>(&["create_token", ""])
        .takes_with::<settings::RevokeToken>(&["revoke:"], "id", &[])
}

fn studio_forms() -> Forms {
    Forms::of(Page::Studio)
        .takes::<studio::PlaceTestCall>(&["call", ""])
        .takes_with::<done::Launch>(&["launch"], "", IN_STUDIO)
        .takes::<studio::Check>(&["check"])
        .takes::<studio::UnlinkNumber>(&["unlink"])
}

fn log_out() -> Forms {
    Forms::of(Page::LogIn).takes::<account::LogOut>(&[""])
}

/// The pages with forms, by their addresses in one language.
fn all() -> Vec<(String, Forms)> {
    let step = |(slice, forms): &'static (Slice, Takes)| {
        let path = address::step(slice.step);
        (path, forms(Forms::of(Page::Step(slice))))
    };
    let others = [
        (
            address::SIGN_UP,
            Forms::of(Page::SignUp).takes::<account::SignUp>(&[""]),
        ),
        (
            address::LOG_IN,
            Forms::of(Page::LogIn).takes::<account::LogIn>(&[""]),
        ),
        (
            address::CONFIRM,
            Forms::of(Page::Confirm).takes::<account::ConfirmPassword>(&[""]),
        ),
        (
            address::FORGOT_PASSWORD,
            Forms::of(Page::ForgotPassword).takes::<account::RequestPasswordReset>(&[""]),
        ),
        (
            address::RESET_PASSWORD,
            Forms::of(Page::ResetPassword).takes::<account::ResetPassword>(&[""]),
        ),
        (address::SETTINGS, settings_forms()),
        (address::STUDIO, studio_forms()),
    ];
    let others = others.map(|(path, forms)| (path.to_owned(), forms));
    STEPS.iter().map(step).chain(others).collect()
}

/// The pages with forms in one language, each asked for and sent to at its own address.
pub fn pages() -> Router<App> {
    all()
        .into_iter()
        .fold(Router::new(), |router, (path, forms)| {
            router.route(&path, forms.at())
        })
        .route(address::LOG_OUT, log_out().post())
}

/// The functions at their own addresses.
pub fn functions() -> Router<App> {
    let mut router = Router::new();
    let mut known = Vec::new();
    let forms = all().into_iter().map(|(_, forms)| forms);
    for (path, function) in forms.chain([log_out()]).flat_map(Forms::functions) {
        if !known.contains(&path) {
            known.push(path);
            router = router.route(path, function);
        }
    }
    router
}
