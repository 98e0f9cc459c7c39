//! The customer's own accounts at Vapi and Twilio.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::body::Object;
use super::caller::Caller;
use super::contract::{self, BODY, CUSTOMER, ONCE, refuses};
use super::problem::{Kind, Problem};
use crate::domain::progress::Blocker;
use crate::domain::{Draft, Intent, Vendor, twilio, vapi};
use crate::server::App;
use crate::server::services::credentials::Method;
use crate::server::services::keys::{self, Saved};
use crate::server::services::onboarding::Onboarding;
use crate::server::services::save::Save;

/// What may be repeated under an `Idempotency-Key`.
pub fn creating() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(set_vapi, get_vapi, remove_vapi))
        .routes(routes!(set_twilio, get_twilio, remove_twilio))
}

refuses!(ReadRefusals: [CUSTOMER]);
/// What keeps a number or an assistant from being taken back at the vendors.
const NOT_TAKEN_BACK: &[Kind] = &[
    Kind::Blocked(Blocker::VapiUnreachable),
    Kind::Blocked(Blocker::VapiRefused),
    Kind::Blocked(Blocker::TwilioUnreachable),
    Kind::Blocked(Blocker::TwilioRefused),
    Kind::Blocked(Blocker::NumberNotOwned),
    Kind::Blocked(Blocker::NumberRejected),
    Kind::Blocked(Blocker::AssistantRejected),
    Kind::Blocked(Blocker::InProgress),
];

refuses!(SetRefusals: [CUSTOMER, BODY, ONCE, NOT_TAKEN_BACK, &[Kind::TooManyRequests]]);
refuses!(RemoveRefusals: [CUSTOMER, NOT_TAKEN_BACK]);

/// Stores the private key of the customer's Vapi account.
///
/// Vapi is asked first: a key that it does not accept is refused, and when it does not answer nothing is
/// stored. Replaces an earlier key; with the operator's, what was made with it is taken back first.
#[utoipa::path(
    post, path = "/vapi-settings", tag = "vendors", operation_id = "setVapiSettings",
    params(contract::Once),
    request_body(
        content = inline(contract::VapiSettingsChange),
        example = json!({"vapi_api_key": "b7d2f0a1-5c3e-4f6a-9d8b-1e2f3a4b5c6d"})
    ),
    responses(
        (status = CREATED, description = "The key is stored", body = contract::VapiSettings),
        SetRefusals
    )
)]
async fn set_vapi(
    State(app): State<App>,
    caller: Caller,
    mut object: Object,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let mut fields = Draft::default();
    object.required_field(vapi::VAPI_API_KEY.name, &vapi::VAPI_API_KEY, &mut fields);
    object.end()?;
    set(&app, &caller, Vendor::Vapi, fields).await?;
    let shown = vapi_settings(&caller.onboarding(&app).await?);
    Ok((StatusCode::CREATED, Json(shown)))
}

/// Whether a key is stored, and its last characters.
#[utoipa::path(
    get, path = "/vapi-settings", tag = "vendors", operation_id = "getVapiSettings",
    responses(
        (status = OK, description = "What may be shown of the key", body = contract::VapiSettings),
        ReadRefusals
    )
)]
async fn get_vapi(State(app): State<App>, caller: Caller) -> Result<Json<Value>, Problem> {
    Ok(Json(vapi_settings(&caller.onboarding(&app).await?)))
}

/// Forgets the key.
///
/// A number that Ava answers is given back first. The assistant stays in the customer's Vapi account.
#[utoipa::path(
    delete, path = "/vapi-settings", tag = "vendors", operation_id = "removeVapiSettings",
    responses((status = NO_CONTENT, description = "No key is stored"), RemoveRefusals)
)]
async fn remove_vapi(State(app): State<App>, caller: Caller) -> Result<StatusCode, Problem> {
    caller.must_be_fresh()?;
    keys::remove(&app, caller.user, Vendor::Vapi).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Stores the credentials of the customer's Twilio account.
///
/// Twilio is asked first: credentials that it does not accept are refused, and when it does not answer
/// nothing is stored. Replaces earlier ones; with the operator's, a number of theirs is given back first.
#[utoipa::path(
    post, path = "/twilio-settings", tag = "vendors", operation_id = "setTwilioSettings",
    params(contract::Once),
    request_body(
        content = inline(contract::TwilioSettingsChange),
        example = json!({
            "account_sid": "AC0123456789abcdef0123456789abcdef", "auth_token": "0123456789abcdef0123456789abcdef",
            "phone_number": "+14155550100"
        })
    ),
    responses(
        (status = CREATED, description = "The credentials are stored", body = contract::TwilioSettings),
        SetRefusals
    )
)]
async fn set_twilio(
    State(app): State<App>,
    caller: Caller,
    mut object: Object,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let mut fields = Draft::default();
    object.required_field("account_sid", &twilio::ACCOUNT_SID, &mut fields);
    object.required_field("auth_token", &twilio::AUTH_TOKEN, &mut fields);
    fields.set("phone_number", Vec::new());
    object.field("phone_number", &twilio::PHONE_NUMBER, &mut fields);
    object.end()?;
    set(&app, &caller, Vendor::Twilio, fields).await?;
    let shown = twilio_settings(&caller.onboarding(&app).await?);
    Ok((StatusCode::CREATED, Json(shown)))
}

/// Whether credentials are stored, and what may be shown of them.
#[utoipa::path(
    get, path = "/twilio-settings", tag = "vendors", operation_id = "getTwilioSettings",
    responses(
        (status = OK, description = "What may be shown of the credentials", body = contract::TwilioSettings),
        ReadRefusals
    )
)]
async fn get_twilio(State(app): State<App>, caller: Caller) -> Result<Json<Value>, Problem> {
    Ok(Json(twilio_settings(&caller.onboarding(&app).await?)))
}

/// Forgets the credentials.
///
/// A number that Ava answers is given back first.
#[utoipa::path(
    delete, path = "/twilio-settings", tag = "vendors", operation_id = "removeTwilioSettings",
    responses((status = NO_CONTENT, description = "No credentials are stored"), RemoveRefusals)
)]
async fn remove_twilio(State(app): State<App>, caller: Caller) -> Result<StatusCode, Problem> {
    caller.must_be_fresh()?;
    keys::remove(&app, caller.user, Vendor::Twilio).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Saves the step of a vendor's keys with its secret, once the vendor has accepted it.
async fn set(app: &App, caller: &Caller, vendor: Vendor, mut typed: Draft) -> Result<(), Problem> {
    caller.must_be_fresh()?;
    let secret = typed.text(vendor.secret().name).to_owned();
    typed.remove(vendor.secret().name);
    let before = caller.onboarding(app).await?;
    let save = Save {
        step: vendor.step(),
        typed,
        proposed: Draft::default(),
        intent: Intent::Continue,
        version: None,
        editor: Uuid::new_v4(),
        sequence: 0,
    };
    match keys::save(app, before, vendor, Some(&secret), Method::Api, &save).await? {
        Saved::Saved(_) => Ok(()),
        Saved::Refused(problems) => Err(Problem::domain(&problems)),
        Saved::Blocked(blocker) => Err(blocker.into()),
        Saved::Waits | Saved::NotShared => Err(match vendor {
            Vendor::Vapi => Blocker::VapiUnreachable.into(),
            Vendor::Twilio => Blocker::TwilioUnreachable.into(),
        }),
        Saved::TooMany => Err(Problem::wait(600)),
    }
}

fn vapi_settings(onboarding: &Onboarding) -> Value {
    let preview = &onboarding.known.vapi.preview;
    json!({"has_vapi_key": preview.is_some(), "vapi_api_key_preview": preview})
}

fn twilio_settings(onboarding: &Onboarding) -> Value {
    let known = &onboarding.known;
    let sid = known.answers.text(twilio::ACCOUNT_SID.name);
    json!({
        "has_credentials": known.twilio.is_stored(),
        "account_sid_preview": sid.map(|sid| format!("AC****{}", &sid[sid.len().saturating_sub(4)..])),
        "phone_number": known.answers.text(twilio::PHONE_NUMBER.name),
    })
}
