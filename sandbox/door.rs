//! Every request to a vendor passes here: it is read, noted, given its fault and answered.

use std::time::Duration;

use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::time::sleep;

use super::faults::{self, Fault};
use super::wire::{Ask, Reply, Vendor};
use super::{Sandbox, Seen};

/// More than any client of this sandbox sends.
const READ_AT_MOST: usize = 10 * 1024 * 1024;
const A_MINUTE: Duration = Duration::from_mins(1);
const SLOW: Duration = Duration::from_secs(10);

pub async fn to_vapi(State(sandbox): State<Sandbox>, request: Request) -> Response {
    pass(&sandbox, &sandbox.inner.vapi, request).await
}

pub async fn to_twilio(State(sandbox): State<Sandbox>, request: Request) -> Response {
    pass(&sandbox, &sandbox.inner.twilio, request).await
}

async fn pass(sandbox: &Sandbox, vendor: &impl Vendor, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, READ_AT_MOST).await else {
        return vendor.trouble(413, "Payload Too Large").into_response();
    };
    let ask = understand(vendor, &parts, &bytes);
    let number = sandbox.note(Seen {
        call: ask.call.clone(),
        secret: ask.secret.clone(),
        body: ask.body.clone().unwrap_or_default(),
        status: 0,
    });
    let reply = match vendor.turns_away(&parts.headers, bytes.len()) {
        Some(refusal) => refusal,
        None => work(sandbox, vendor, &ask).await,
    };
    sandbox.note_answer(number, reply.status);
    reply.into_response()
}

/// The answer with whatever is to go wrong about it. No lock may be held here: a disconnect unwinds.
async fn work(sandbox: &Sandbox, vendor: &impl Vendor, ask: &Ask) -> Reply {
    let failed = || vendor.trouble(500, "Internal Server Error");
    let fault = sandbox.inner.faults.met(ask);
    match fault {
        Some(Fault::Disconnect) => {
            // Ends hyper's task and with it the connection, without a panic message.
            std::panic::resume_unwind(Box::new(()))
        }
        Some(Fault::TimeoutBefore) => {
            sleep(A_MINUTE).await;
            return vendor.trouble(504, "Gateway Timeout");
        }
        Some(Fault::RateLimited) => return vendor.trouble(429, "Too Many Requests"),
        Some(Fault::Failed) => return failed(),
        _ => {}
    }
    let reply = vendor.answer(ask);
    if faults::is_slow(ask) {
        sleep(SLOW).await;
    }
    match fault {
        Some(Fault::TimeoutAfter) => {
            sleep(A_MINUTE).await;
            reply
        }
        Some(Fault::FailedAfter) => failed(),
        Some(Fault::Malformed) => Reply {
            status: reply.status,
            body: Value::String("<html>".to_owned()),
        },
        Some(Fault::HoldAfter(done)) => {
            done.notify_one();
            std::future::pending().await
        }
        _ => reply,
    }
}

fn understand(vendor: &impl Vendor, parts: &Parts, bytes: &Bytes) -> Ask {
    let (method, path) = (parts.method.as_str(), parts.uri.path());
    let authorization = parts
        .headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let (call, ids) = vendor.route(method, path);
    let (secret, token) = vendor.caller(authorization);
    let body = if method == "GET" || method == "DELETE" {
        Some(Value::Null)
    } else {
        vendor.body(bytes)
    };
    let query = parts.uri.query().unwrap_or_default();
    Ask {
        call,
        ids,
        path: path.to_owned(),
        query: serde_urlencoded::from_str(query).unwrap_or_default(),
        secret,
        token,
        body,
    }
}
