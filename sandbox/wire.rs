//! Requests and answers as they are understood, and what a vendor is to the door that they pass.

use std::collections::HashMap;

use axum::Json;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

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
    /// The bearer key, or the password of HTTP Basic; its beginning can ask for a bad day.
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

/// A vendor, as the door deals with it.
pub trait Vendor {
    /// Names a call as the contract does, with the ids in its path.
    fn route(&self, method: &str, path: &str) -> (String, Vec<String>);

    /// The secret and the token of who asks, by the header `Authorization`.
    fn caller(&self, authorization: &str) -> (String, String);

    /// A body; `None` when it is not of the vendor's type.
    fn body(&self, bytes: &[u8]) -> Option<Value>;

    /// What is answered before anybody looks at the call.
    fn turns_away(&self, headers: &HeaderMap, length: usize) -> Option<Reply>;

    fn answer(&self, ask: &Ask) -> Reply;

    /// A failure of the vendor's own, in its words.
    fn trouble(&self, status: u16, text: &str) -> Reply;
}
