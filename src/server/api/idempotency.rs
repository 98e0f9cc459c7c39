//! `Idempotency-Key`: a POST that is sent again, because its answer was lost, is done once.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Json, Response};
use sha2::{Digest, Sha256};

use super::body::BODY_LIMIT;
use super::caller::Caller;
use super::problem::{Kind, Problem, Wrong};
use crate::server::services::idempotency::{self, Taken};
use crate::server::{App, Error, body};

pub const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Keeps the first success of a POST with a key, and gives it again. A request that was refused has
/// changed nothing, so that it leaves its key free.
pub async fn layer(State(app): State<App>, request: Request, next: Next) -> Response {
    let key = request.headers().get(HEADER).cloned();
    match key {
        Some(key) if request.method() == Method::POST => once(&app, &key, request, next)
            .await
            .unwrap_or_else(IntoResponse::into_response),
        _ => next.run(request).await,
    }
}

async fn once(
    app: &App,
    key: &HeaderValue,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let caller = Caller::from_request_parts(&mut parts, app).await?;
    let key = key
        .to_str()
        .ok()
        .filter(|key| (1..=200).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic()))
        .ok_or_else(|| Problem::field("Idempotency-Key", Wrong::IdempotencyKey))?;
    let body = body::read(body, BODY_LIMIT).await?;
    let mut hash = Sha256::new();
    hash.update(parts.uri.path());
    hash.update([0]);
    hash.update(&body);
    match idempotency::take(&app.pool, caller.user, key, &hash.finalize()).await? {
        Taken::New => {}
        Taken::Running => return Err(Kind::RequestInProgress.into()),
        Taken::OtherRequest => return Err(Kind::IdempotencyKeyReused.into()),
        Taken::Done(outcome) => {
            let status = StatusCode::from_u16(outcome.status).unwrap_or(StatusCode::OK);
            let mut response = (status, Json(outcome.body)).into_response();
            let headers = response.headers_mut();
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
            if let Some(location) = outcome.location
                && let Ok(location) = HeaderValue::from_str(&location)
            {
                headers.insert(LOCATION, location);
            }
            return Ok(response);
        }
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    if !response.status().is_success() {
        idempotency::give_back(&app.pool, caller.user, key).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX)
        .await
        .map_err(|error| Error::Unexpected(error.to_string()))?;
    let outcome = idempotency::Outcome {
        status: parts.status.as_u16(),
        location: parts
            .headers
            .get(LOCATION)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    idempotency::keep(&app.pool, caller.user, key, &outcome).await?;
    debug_assert!(parts.headers.contains_key(CONTENT_TYPE), "it is JSON");
    Ok(Response::from_parts(parts, Body::from(body)))
}
