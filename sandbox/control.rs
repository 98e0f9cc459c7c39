//! What tests and people ask of the sandbox itself, under `/sandbox`.

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::faults::{Fault, Queued};
use super::{Sandbox, calls};

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
    sandbox.queue_fault(Queued {
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
    let numbers = sandbox.state().twilio_numbers(account_sid).clone();
    Json(Value::Array(numbers))
}

#[derive(Deserialize)]
pub struct Ringing {
    to: String,
    from: String,
}

pub async fn ring(State(sandbox): State<Sandbox>, Json(ringing): Json<Ringing>) -> Json<Value> {
    Json(calls::receive(&sandbox, &ringing.to, &ringing.from))
}
