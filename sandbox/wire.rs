//! Every request to a vendor passes here: it is read, noted, given its fault and answered.

use std::collections::HashMap;
use std::time::Duration;

use axum::Json;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, RETRY_AFTER, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use tokio::time::sleep;

use super::faults::{self, Fault};
use super::{Sandbox, Seen, twilio, vapi};

/// More than any client of this sandbox sends.
const READ_AT_MOST: usize = 10 * 1024 * 1024;
/// Vapi's limit for a body.
const VAPI_AT_MOST: usize = 100 * 1024;
const A_MINUTE: Duration = Duration::from_mins(1);
const SLOW: Duration = Duration::from_secs(10);

#[derive(Clone, Copy, PartialEq)]
pub enum Vendor {
    Vapi,
    Twilio,
}

/// A request as it was understood.
pub struct Ask {
    /// As the contract names it, or with its own path where the contract has none such.
    pub call: String,
    /// What stands in the path's braces.
    pub ids: Vec<String>,
    pub path: String,
    pub query: HashMap<String, String>,
    /// The bearer key, or the user of HTTP Basic.
    pub secret: String,
    /// The password of HTTP Basic.
    pub token: String,
    /// `None` when it is not what its type says.
    pub body: Option<Value>,
}

/// An answer. A text is sent as it is, anything else as JSON.
pub struct Reply {
    pub status: u16,
    pub body: Value,
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = match self.body {
            Value::String(text) => (status, text).into_response(),
            body => (status, Json(body)).into_response(),
        };
        if self.status == 429 {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

pub async fn to_vapi(State(sandbox): State<Sandbox>, request: Request) -> Response {
    pass(&sandbox, Vendor::Vapi, request).await
}

pub async fn to_twilio(State(sandbox): State<Sandbox>, request: Request) -> Response {
    pass(&sandbox, Vendor::Twilio, request).await
}

async fn pass(sandbox: &Sandbox, vendor: Vendor, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, READ_AT_MOST).await else {
        return vendor.trouble(413).into_response();
    };
    let ask = understand(vendor, &parts, &bytes);
    let number = sandbox.note(Seen {
        call: ask.call.clone(),
        secret: ask.secret.clone(),
        body: ask.body.clone().unwrap_or_default(),
        status: 0,
    });
    let reply = if vendor == Vendor::Vapi && !parts.headers.contains_key(USER_AGENT) {
        // The network in front of Vapi, not Vapi.
        Reply {
            status: 403,
            body: Value::String("error code: 1010".to_owned()),
        }
    } else if vendor == Vendor::Vapi && bytes.len() > VAPI_AT_MOST {
        vendor.trouble(413)
    } else {
        work(sandbox, vendor, &ask).await
    };
    sandbox.note_answer(number, reply.status);
    reply.into_response()
}

/// The answer with whatever is to go wrong about it. No lock may be held here: a disconnect unwinds.
async fn work(sandbox: &Sandbox, vendor: Vendor, ask: &Ask) -> Reply {
    let fault = faults::met(sandbox, vendor, ask);
    match fault {
        Some(Fault::Disconnect) => {
            // Ends hyper's task and with it the connection, without a panic message.
            std::panic::resume_unwind(Box::new(()))
        }
        Some(Fault::TimeoutBefore) => {
            sleep(A_MINUTE).await;
            return vendor.trouble(504);
        }
        Some(Fault::RateLimited) => return vendor.trouble(429),
        Some(Fault::Failed) => return vendor.trouble(500),
        _ => {}
    }
    let reply = match vendor {
        Vendor::Vapi => vapi::answer(sandbox, ask),
        Vendor::Twilio => twilio::answer(sandbox, ask),
    };
    if faults::is_slow(vendor, ask) {
        sleep(SLOW).await;
    }
    match fault {
        Some(Fault::TimeoutAfter) => {
            sleep(A_MINUTE).await;
            reply
        }
        Some(Fault::FailedAfter) => vendor.trouble(500),
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

fn understand(vendor: Vendor, parts: &Parts, bytes: &Bytes) -> Ask {
    let path = parts.uri.path();
    let method = parts.method.as_str();
    let authorization = parts
        .headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let (path, (call, ids)) = match vendor {
        Vendor::Vapi => {
            let path = path.strip_prefix("/vapi").unwrap_or(path);
            (path, vapi::route(method, path))
        }
        Vendor::Twilio => {
            let path = path.strip_prefix("/twilio").unwrap_or(path);
            (path, twilio::route(method, path))
        }
    };
    let (secret, token) = match vendor {
        Vendor::Vapi => (bearer(authorization), String::new()),
        Vendor::Twilio => basic(authorization),
    };
    let body = if method == "GET" || method == "DELETE" {
        Some(Value::Null)
    } else {
        match vendor {
            Vendor::Vapi => serde_json::from_slice(bytes).ok(),
            Vendor::Twilio => form(bytes),
        }
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

fn bearer(authorization: &str) -> String {
    authorization
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, key)| key.trim().to_owned())
        .unwrap_or_default()
}

fn basic(authorization: &str) -> (String, String) {
    authorization
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
        .and_then(|(_, pair)| STANDARD.decode(pair.trim()).ok())
        .and_then(|pair| String::from_utf8(pair).ok())
        .and_then(|pair| {
            let (user, password) = pair.split_once(':')?;
            Some((user.to_owned(), password.to_owned()))
        })
        .unwrap_or_default()
}

fn form(bytes: &[u8]) -> Option<Value> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(bytes).ok()?;
    let fields: Map<String, Value> = pairs
        .into_iter()
        .map(|(name, value)| (name, Value::String(value)))
        .collect();
    Some(Value::Object(fields))
}

impl Vendor {
    /// A failure in this vendor's words.
    fn trouble(self, status: u16) -> Reply {
        let text = match status {
            413 => "Payload Too Large",
            429 => "Too Many Requests",
            504 => "Gateway Timeout",
            _ => "Internal Server Error",
        };
        match self {
            Self::Vapi if status == 429 => vapi::error(status, text, "Rate limit exceeded"),
            Self::Vapi => vapi::error(status, text, text),
            Self::Twilio => {
                let code = match status {
                    429 => 20429,
                    504 => 20504,
                    _ => 20500,
                };
                twilio::error(status, code, text)
            }
        }
    }
}
