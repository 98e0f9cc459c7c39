//! Every address of the product on one page.

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderValue};
use axum::routing::{get, post};
use axum::{Extension, middleware};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use super::web::{
    self, REQUEST_ID, csrf, forms, headers, language, onboarding, public, studio, webhooks,
};
use super::{App, api, metrics, session};
use crate::domain::Locale;
use crate::functions::address;

/// The whole service.
pub fn build(app: App) -> Router {
    // Rendering needs to know the runtime; a second router in one process knows it already.
    let _ = any_spawner::Executor::init_tokio();
    let mut router = Router::new()
        .route("/", get(public::choose_language))
        .route("/robots.txt", get(public::robots))
        .merge(forms::functions());
    for locale in Locale::ALL {
        let remember = middleware::from_fn_with_state(app.clone(), language::remember);
        let pages = pages().layer(remember).layer(Extension(locale));
        router = router.nest(&format!("/{}", locale.code()), pages);
    }
    let has_proxies = app.config.trusted_proxies > 0;
    let pages = router
        .fallback(public::not_found)
        .method_not_allowed_fallback(public::method_not_allowed)
        .layer(
            ServiceBuilder::new()
                .layer(middleware::from_fn(metrics::layer))
                .layer(session::layer(app.pool.clone(), &app.config))
                .layer(middleware::from_fn_with_state(app.clone(), csrf::layer)),
        );
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(public::readyz))
        .route("/webhooks/vapi/{id}", post(webhooks::vapi))
        .merge(api::router(&app))
        .merge(assets(&app))
        .fallback_service(pages.with_state(app.clone()))
        .layer(
            ServiceBuilder::new()
                .map_request(move |request| web::without_foreign_id(request, has_proxies))
                .layer(SetRequestIdLayer::new(REQUEST_ID, MakeRequestUuid))
                .layer(TraceLayer::new_for_http().make_span_with(web::span))
                .layer(PropagateRequestIdLayer::new(REQUEST_ID))
                .layer(middleware::from_fn_with_state(app.clone(), headers::layer))
                .layer(CatchPanicLayer::custom(web::panicked))
                .layer(TimeoutLayer::with_status_code(
                    StatusCode::SERVICE_UNAVAILABLE,
                    Duration::from_secs(30),
                ))
                .layer(CompressionLayer::new()),
        )
        .with_state(app)
}

/// The pages of one language.
fn pages() -> Router<App> {
    Router::new()
        .route("/", get(public::landing))
        .route("/help", get(public::help))
        .route("/terms", get(public::terms))
        .route(address::ONBOARDING, get(onboarding::go_on))
        .route("/onboarding/welcome", get(onboarding::go_on))
        .route(address::LATER, get(onboarding::later))
        .route(address::EXPORT, get(web::settings::export))
        .route("/ava-studio/calls/{id}", get(studio::call))
        .merge(forms::pages())
}

/// What the build has made and what lies in `public`: precompressed, and for ever where the name
/// carries a hash.
fn assets(app: &App) -> Router<App> {
    let site = std::path::Path::new(app.leptos.site_root.as_ref());
    let folder = |path: &str| {
        ServeDir::new(site.join(path))
            .precompressed_br()
            .precompressed_gzip()
    };
    let cache = |value| {
        SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, HeaderValue::from_static(value))
    };
    let hashed = if app.leptos.hash_files {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let pkg = app.leptos.site_pkg_dir.to_string();
    Router::new()
        .nest_service(
            &format!("/{pkg}"),
            ServiceBuilder::new()
                .layer(cache(hashed))
                .service(folder(&pkg)),
        )
        .route_service(
            "/favicon.svg",
            ServiceBuilder::new()
                .layer(cache("public, max-age=86400"))
                .service(
                    tower_http::services::ServeFile::new(site.join("favicon.svg"))
                        .precompressed_br()
                        .precompressed_gzip(),
                ),
        )
}
