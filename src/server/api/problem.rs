//! Refusals of the API, as RFC 9457 has them.

use axum::Extension;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    ACCEPT_LANGUAGE, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, RETRY_AFTER,
    VARY, WWW_AUTHENTICATE,
};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::domain::progress::Blocker;
use crate::domain::{self, Locale};
use crate::server::Error;
use crate::server::body::Unread;
use crate::server::web::REQUEST_ID;
use crate::texts::{self, t};

pub const MEDIA_TYPE: &str = "application/problem+json";

/// What kind of refusal it is; each has one stable code and one status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Malformed,
    Unauthorized,
    WrongCredentials,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    AssistantExists,
    RequestInProgress,
    /// Something has to be seen to first, or a vendor does not answer.
    Blocked(Blocker),
    PreconditionFailed,
    TooLarge,
    UnsupportedMediaType,
    Invalid,
    IdempotencyKeyReused,
    TooManyRequests,
    Unexpected,
    Unavailable,
}

impl Kind {
    /// All but the blockers.
    pub const PLAIN: [Self; 16] = [
        Self::Malformed,
        Self::Unauthorized,
        Self::WrongCredentials,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::AssistantExists,
        Self::RequestInProgress,
        Self::PreconditionFailed,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::Invalid,
        Self::IdempotencyKeyReused,
        Self::TooManyRequests,
        Self::Unexpected,
        Self::Unavailable,
    ];

    /// The `code` of the answer; it never changes.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Unauthorized => "unauthorized",
            Self::WrongCredentials => "wrong_credentials",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::AssistantExists => "assistant_exists",
            Self::RequestInProgress => "request_in_progress",
            Self::Blocked(blocker) => blocker.id(),
            Self::PreconditionFailed => "precondition_failed",
            Self::TooLarge => "too_large",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::Invalid => "invalid",
            Self::IdempotencyKeyReused => "idempotency_key_reused",
            Self::TooManyRequests => "too_many_requests",
            Self::Unexpected => "unexpected",
            Self::Unavailable => "unavailable",
        }
    }

    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Unauthorized | Self::WrongCredentials => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Blocked(Blocker::VapiUnreachable | Blocker::TwilioUnreachable)
            | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::AssistantExists | Self::RequestInProgress | Self::Blocked(_) => {
                StatusCode::CONFLICT
            }
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Invalid | Self::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::Unexpected => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The title, and what to do.
    #[must_use]
    pub fn words(self, l: Locale) -> (String, String) {
        macro_rules! both {
            ($kind:ident) => {
                (t!(l, api.kinds.$kind.title), t!(l, api.kinds.$kind.detail))
            };
        }
        match self {
            Self::Malformed => both!(malformed),
            Self::Unauthorized => both!(unauthorized),
            Self::WrongCredentials => both!(wrong_credentials),
            Self::Forbidden => both!(forbidden),
            Self::NotFound => both!(not_found),
            Self::MethodNotAllowed => both!(method_not_allowed),
            Self::AssistantExists => both!(assistant_exists),
            Self::RequestInProgress => both!(request_in_progress),
            Self::Blocked(blocker) => {
                let title = if self.status() == StatusCode::SERVICE_UNAVAILABLE {
                    t!(l, api.kinds.vendor_unreachable)
                } else {
                    t!(l, api.kinds.blocked)
                };
                (title, texts::blocker(l, blocker).0)
            }
            Self::PreconditionFailed => both!(precondition_failed),
            Self::TooLarge => both!(too_large),
            Self::UnsupportedMediaType => both!(unsupported_media_type),
            Self::Invalid => both!(invalid),
            Self::IdempotencyKeyReused => both!(idempotency_key_reused),
            Self::TooManyRequests => both!(too_many_requests),
            Self::Unexpected => both!(unexpected),
            Self::Unavailable => both!(unavailable),
        }
    }

    /// After how many seconds the same request may work.
    const fn retry_after(self) -> Option<u32> {
        match self {
            Self::RequestInProgress => Some(1),
            Self::Blocked(Blocker::InProgress) | Self::Unavailable => Some(5),
            Self::Blocked(Blocker::VapiUnreachable | Blocker::TwilioUnreachable) => Some(10),
            _ => None,
        }
    }
}

/// What is wrong with one field of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    UnknownField,
    ReadOnly,
    /// Not of the type that is named.
    Type(Type),
    Required,
    Nul,
    NotInList,
    Metadata,
    Limit,
    Cursor,
    IdempotencyKey,
    /// As the pages say it of the same field.
    Domain(domain::Problem),
}

/// A type of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Object,
    Text,
    List,
    Flag,
    Whole,
}

impl Wrong {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownField => "unknown_field",
            Self::ReadOnly => "read_only",
            Self::Type(_) => "wrong_type",
            Self::Required => "required",
            Self::NotInList => "not_in_list",
            Self::Nul | Self::Metadata | Self::Limit | Self::Cursor | Self::IdempotencyKey => {
                "malformed"
            }
            Self::Domain(problem) => problem.code.id(),
        }
    }

    fn message(self, l: Locale) -> String {
        match self {
            Self::UnknownField => t!(l, api.errors.unknown_field),
            Self::ReadOnly => t!(l, api.errors.read_only),
            Self::Type(Type::Object) => t!(l, api.errors.object),
            Self::Type(Type::Text) => t!(l, api.errors.text),
            Self::Type(Type::List) => t!(l, api.errors.list),
            Self::Type(Type::Flag) => t!(l, api.errors.flag),
            Self::Type(Type::Whole) => t!(l, api.errors.whole),
            Self::Required => t!(l, api.errors.required),
            Self::Nul => t!(l, api.errors.no_nul),
            Self::NotInList => t!(l, api.errors.not_in_list),
            Self::Metadata => t!(l, api.errors.metadata),
            Self::Limit => t!(l, api.errors.limit),
            Self::Cursor => t!(l, api.errors.cursor),
            Self::IdempotencyKey => t!(l, api.errors.idempotency_key),
            Self::Domain(problem) => texts::problem(l, problem),
        }
    }
}

/// One field's refusal; a field within an object is named with a dot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    pub field: String,
    pub wrong: Wrong,
}

/// A refusal. Its words are found by [`layer`], which knows the language.
#[derive(Clone, Debug)]
pub struct Problem {
    kind: Kind,
    errors: Vec<FieldError>,
    retry_after: Option<u32>,
}

impl Problem {
    /// The refusal of a request some of whose fields cannot be taken.
    #[must_use]
    pub const fn invalid(errors: Vec<FieldError>) -> Self {
        Self {
            kind: Kind::Invalid,
            errors,
            retry_after: None,
        }
    }

    /// As [`Problem::invalid`], for one field.
    #[must_use]
    pub fn field(field: &str, wrong: Wrong) -> Self {
        Self::invalid(vec![FieldError {
            field: field.to_owned(),
            wrong,
        }])
    }

    /// The refusal of what the domain refuses.
    #[must_use]
    pub fn domain(problems: &[domain::Problem]) -> Self {
        Self::invalid(
            problems
                .iter()
                .map(|problem| FieldError {
                    field: problem.field.to_owned(),
                    wrong: Wrong::Domain(*problem),
                })
                .collect(),
        )
    }

    /// The refusal of one attempt too many.
    #[must_use]
    pub const fn wait(seconds: u32) -> Self {
        Self {
            kind: Kind::TooManyRequests,
            errors: Vec::new(),
            retry_after: Some(seconds),
        }
    }

    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Kind::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Kind::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => Kind::TooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Kind::UnsupportedMediaType,
            StatusCode::SERVICE_UNAVAILABLE => Kind::Unavailable,
            status if status.is_client_error() => Kind::Malformed,
            _ => Kind::Unexpected,
        }
        .into()
    }

    fn body(&self, l: Locale, request_id: &str) -> Value {
        let (title, detail) = self.kind.words(l);
        let mut body = json!({
            "type": format!("urn:ava:problem:{}", self.kind.code()),
            "title": title,
            "status": self.kind.status().as_u16(),
            "detail": detail,
            "instance": format!("urn:uuid:{request_id}"),
            "code": self.kind.code(),
        });
        if !self.errors.is_empty() {
            let errors: Vec<Value> = self
                .errors
                .iter()
                .map(|error| {
                    json!({
                        "field": error.field,
                        "code": error.wrong.code(),
                        "message": error.wrong.message(l),
                    })
                })
                .collect();
            body["errors"] = errors.into();
        }
        body
    }
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self {
            kind,
            errors: Vec::new(),
            retry_after: kind.retry_after(),
        }
    }
}

impl From<Unread> for Problem {
    fn from(unread: Unread) -> Self {
        Self::of_status(unread.status())
    }
}

impl From<Blocker> for Problem {
    fn from(blocker: Blocker) -> Self {
        Kind::Blocked(blocker).into()
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Unavailable(cause) => {
                tracing::warn!(%cause, "the database is unavailable");
                Kind::Unavailable.into()
            }
            Error::Busy => {
                tracing::warn!("too many passwords wait to be hashed");
                Kind::Unavailable.into()
            }
            Error::TooMany { seconds } => Self::wait(seconds),
            Error::NoAccount => Kind::Unauthorized.into(),
            Error::Unexpected(cause) => {
                tracing::error!(%cause, "unexpected failure");
                Kind::Unexpected.into()
            }
        }
    }
}

impl From<crate::server::services::Halt> for Problem {
    fn from(halt: crate::server::services::Halt) -> Self {
        use crate::server::services::Halt;
        match halt {
            Halt::Blocker(blocker) => blocker.into(),
            Halt::Error(error) => error.into(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.kind.status(), Extension(self)).into_response()
    }
}

/// The language and the id of a request.
fn asked(headers: &HeaderMap) -> (Locale, String) {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let locale = text(ACCEPT_LANGUAGE.as_str()).and_then(Locale::negotiate);
    let request_id = text(REQUEST_ID.as_str()).unwrap_or_default();
    (locale.unwrap_or_default(), request_id.to_owned())
}

/// Writes refusals in the caller's language, those of the framework too.
pub async fn layer(request: Request, next: Next) -> Response {
    let (locale, request_id) = asked(request.headers());
    let response = next.run(request).await;
    let status = response.status();
    let is_refusal = status.is_client_error() || status.is_server_error();
    if !is_refusal {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    let problem = parts
        .extensions
        .remove::<Problem>()
        .unwrap_or_else(|| Problem::of_status(status));
    parts.status = problem.kind.status();
    let headers = &mut parts.headers;
    headers.remove(CONTENT_LENGTH);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(locale.code()));
    headers.append(VARY, HeaderValue::from_static("Accept-Language"));
    if let Some(seconds) = problem.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if parts.status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    let body = problem.body(locale, &request_id).to_string();
    Response::from_parts(parts, Body::from(body))
}
