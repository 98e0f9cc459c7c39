//! What tests and people ask of the sandbox itself, under `/sandbox`.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Sandbox;
use super::faults::{Fault, Queued};
use super::vapi::{Import, VOICE_URL};

type Parameters = Query<HashMap<String, String>>;

pub async fn health() -> &'static str {
    "ok"
}

#[derive(Deserialize)]
pub struct FaultAsked {
    call: String,
    fault: String,
    /// Only for this bearer key or account.
    key: Option<String>,
}

pub async fn add_fault(State(sandbox): State<Sandbox>, Json(asked): Json<FaultAsked>) -> Response {
    let Some(fault) = Fault::named(&asked.fault) else {
        return (StatusCode::BAD_REQUEST, "no such fault").into_response();
    };
    sandbox.inner.faults.queue(Queued {
        call: asked.call,
        secret: asked.key,
        fault,
    });
    StatusCode::NO_CONTENT.into_response()
}

pub async fn show_state(
    State(sandbox): State<Sandbox>,
    Query(parameters): Parameters,
) -> Json<Value> {
    let key = parameters.get("key").map_or("", String::as_str);
    Json(json!({
        "assistants": sandbox.assistants(key),
        "phone_numbers": sandbox.phone_numbers(key),
        "calls": sandbox.calls(key),
    }))
}

pub async fn show_numbers(
    State(sandbox): State<Sandbox>,
    Query(parameters): Parameters,
) -> Json<Value> {
    let account_sid = parameters.get("account_sid").map_or("", String::as_str);
    Json(Value::Array(sandbox.inner.twilio.numbers(account_sid)))
}

#[derive(Deserialize)]
pub struct Ringing {
    to: String,
    from: String,
}

/// A person calls a number. Every account has the same numbers: the one that was imported last rings.
pub async fn ring(State(sandbox): State<Sandbox>, Json(ringing): Json<Ringing>) -> Json<Value> {
    let (vapi, twilio) = (&sandbox.inner.vapi, &sandbox.inner.twilio);
    let leads_to_vapi = |import: &Import| {
        let address = twilio.calls_go_to(&import.account_sid, &ringing.to);
        address.as_deref() == Some(VOICE_URL)
    };
    let answer = vapi
        .imports(&ringing.to)
        .into_iter()
        .filter(leads_to_vapi)
        .find_map(|import| vapi.receive(&import, &ringing.from));
    Json(answer.unwrap_or_else(|| json!({"answered": false})))
}
