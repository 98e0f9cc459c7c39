//! The door for Vapi's events.

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use serde_json::json;
use uuid::Uuid;

use crate::server::services::calls::{self, Taken};
use crate::server::vendors::vapi::SECRET_HEADER;
use crate::server::{App, Error, body};

/// The largest event, in bytes: a report holds a whole conversation.
const BODY_LIMIT: usize = 1024 * 1024;

/// `POST /webhooks/vapi/{id}`. Vapi sends an event again unless it is answered 2xx, so everything
/// that will never be taken otherwise is answered so too, except where the sender is not Vapi.
pub async fn vapi(
    State(app): State<App>,
    id: Result<Path<Uuid>, PathRejection>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let secret = headers
        .get(SECRET_HEADER)
        .map_or(&b""[..], |value| value.as_bytes());
    let Ok(Path(id)) = id else {
        return answer(Taken::Unauthorized);
    };
    let body = match body::read(body, BODY_LIMIT).await {
        Ok(body) => body,
        Err(unread) => return unread.status().into_response(),
    };
    match calls::take(&app, id, secret, &body).await {
        Ok(taken) => answer(taken),
        Err(Error::Unexpected(cause)) => {
            tracing::error!(%cause, "an event could not be taken");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(error) => {
            tracing::warn!(%error, "an event could not be taken");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn answer(taken: Taken) -> Response {
    let (status, word) = match taken {
        Taken::Stored => (StatusCode::OK, "stored"),
        Taken::Again => (StatusCode::OK, "again"),
        Taken::Ignored => (StatusCode::OK, "ignored"),
        Taken::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized"),
        Taken::Malformed => (StatusCode::UNPROCESSABLE_ENTITY, "malformed"),
    };
    metrics::counter!("ava_vapi_events_total", "taken" => word).increment(1);
    (status, Json(json!({"taken": word}))).into_response()
}
