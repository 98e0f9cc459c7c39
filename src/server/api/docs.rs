//! The contract to read: as JSON, and as a page for people that needs nothing from elsewhere.

use std::sync::{Arc, LazyLock};

use axum::Extension;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue};
use axum::response::{Html, IntoResponse, Response};
use leptos::nonce::Nonce;
use utoipa_swagger_ui::Config;

use super::problem::Kind;
use super::problem::Problem;

/// Made once, of the handlers.
static DOCUMENT: LazyLock<String> =
    LazyLock::new(|| super::document().to_pretty_json().unwrap_or_default());

/// `GET /api/v1/openapi.json`.
pub async fn openapi() -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, DOCUMENT.as_str()).into_response()
}

/// `GET /api/v1/docs`. Scripts are named with the nonce that the policy of the answer knows; the viewer's
/// own frame is left out, whose logo brings a style that the policy forbids.
pub async fn page(Extension(nonce): Extension<Nonce>) -> Html<String> {
    Html(format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Ava onboarding API</title>\
         <link rel=\"icon\" href=\"/favicon.svg\">\
         <link rel=\"stylesheet\" href=\"/api/v1/docs/swagger-ui.css\"></head><body>\
         <noscript><p>This page needs scripts; <a href=\"/api/v1/openapi.json\">the contract itself</a> does not.\
         </p></noscript><div id=\"swagger-ui\"></div>\
         <script src=\"/api/v1/docs/swagger-ui-bundle.js\" nonce=\"{nonce}\"></script>\
         <script nonce=\"{nonce}\">SwaggerUIBundle({{url: '/api/v1/openapi.json', dom_id: '#swagger-ui', \
         deepLinking: true}})</script></body></html>",
    ))
}

/// `GET /api/v1/docs/{file}`: the viewer's own files.
pub async fn file(Path(file): Path<String>) -> Result<Response, Problem> {
    let config = Arc::new(Config::from("/api/v1/openapi.json"));
    let is_ours = ["swagger-ui.css", "swagger-ui-bundle.js"].contains(&file.as_str());
    let found = utoipa_swagger_ui::serve(&file, config).ok().flatten();
    let found = found.filter(|_| is_ours).ok_or(Kind::NotFound)?;
    let content_type = HeaderValue::from_str(&found.content_type).map_err(|_| Kind::NotFound)?;
    let headers = [
        (CONTENT_TYPE, content_type),
        (
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=86400"),
        ),
    ];
    let mut response = (headers, found.bytes.into_owned()).into_response();
    if found.gzpipped {
        response
            .headers_mut()
            .insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(response)
}
