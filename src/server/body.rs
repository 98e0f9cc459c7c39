//! Reading the body of a request: whole, no longer than allowed, and in time.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::StatusCode;

/// How long a body may take to arrive: the largest form of a page then needs 7 KB a second.
const TIME: Duration = Duration::from_secs(10);

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    TooLarge,
    /// It ended before its end.
    Broken,
    Slow,
}

impl Unread {
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Broken => StatusCode::BAD_REQUEST,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
        }
    }
}

/// Reads a body of at most so many bytes.
///
/// # Errors
/// When it is larger, breaks off or stalls.
pub async fn read(body: Body, limit: usize) -> Result<Bytes, Unread> {
    let mut request = Request::new(body);
    DefaultBodyLimit::max(limit).apply(&mut request);
    let whole = Bytes::from_request(request, &());
    match tokio::time::timeout(TIME, whole).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(rejection)) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Err(Unread::TooLarge)
        }
        Ok(Err(_)) => Err(Unread::Broken),
        Err(_) => Err(Unread::Slow),
    }
}
