//! The door for programs: JSON in and out, by the same services as the pages.

mod account;
mod answers;
mod assistants;
mod body;
mod caller;
mod calls;
mod contract;
mod docs;
mod idempotency;
mod onboarding;
mod problem;
mod settings;
mod shown;

use std::any::Any;
use std::time::Duration;

use axum::http::header::{
    ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_MATCH,
    LOCATION, RETRY_AFTER,
};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::CorsLayer;
use tower_http::timeout::TimeoutLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use self::problem::{Kind, Problem};
use super::{App, Config, metrics, session};

/// Everything under `/api`.
pub fn router(app: &App) -> Router<App> {
    let once = || middleware::from_fn_with_state(app.clone(), idempotency::layer);
    let v1 = Router::new()
        .merge(Router::from(plain()))
        .merge(Router::from(creating()).route_layer(once()))
        .route("/openapi.json", get(docs::openapi))
        .route("/docs", get(docs::page))
        .route("/docs/{file}", get(docs::file));
    let api = assistants::creating_alias()
        .route_layer(once())
        .nest("/v1", v1)
        .fallback(async || Problem::from(Kind::NotFound))
        .layer(session::layer(app.pool.clone(), &app.config))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            Duration::from_secs(29),
        ))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(problem::layer))
        .layer(cors(&app.config))
        .layer(middleware::from_fn(metrics::layer));
    Router::new().nest("/api", api)
}

/// The contract as the handlers state it.
fn document() -> utoipa::openapi::OpenApi {
    let mut document = OpenApiRouter::<App>::with_openapi(contract::Contract::openapi())
        .nest("/api/v1", plain().merge(creating()))
        .into_openapi();
    contract::alias(
        &mut document,
        "/api/v1/user/studio-config",
        "/api/v1/studio/config",
        &[Method::GET, Method::PATCH],
    );
    contract::alias(
        &mut document,
        "/api/v1/assistants",
        "/api/assistants",
        &[Method::POST],
    );
    contract::complete(&mut document);
    document
}

fn plain() -> OpenApiRouter<App> {
    account::routes()
        .merge(answers::routes())
        .merge(onboarding::routes())
        .merge(assistants::routes())
        .merge(calls::routes())
}

/// What may be repeated under an `Idempotency-Key`, beside what shares its addresses.
fn creating() -> OpenApiRouter<App> {
    settings::creating()
        .merge(onboarding::creating())
        .merge(assistants::creating())
        .merge(calls::creating())
}

/// Lets the pages of configured origins call with tokens; never with cookies.
fn cors(config: &Config) -> CorsLayer {
    let origins: Vec<HeaderValue> = config
        .cors_origins
        .iter()
        .filter_map(|origin| origin.parse().ok())
        .collect();
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
        .allow_headers([
            ACCEPT_LANGUAGE,
            AUTHORIZATION,
            CONTENT_TYPE,
            IF_MATCH,
            idempotency::HEADER,
        ])
        .expose_headers([
            ETAG,
            LOCATION,
            RETRY_AFTER,
            idempotency::REPLAYED,
            HeaderName::from_static("x-request-id"),
        ])
        .max_age(Duration::from_mins(10))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the middleware hands it over like that"
)]
fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    super::web::log_panic(panic.as_ref());
    Problem::from(Kind::Unexpected).into_response()
}
