//! The answers of the steps: `user/profile` and `user/studio-config`.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{ETAG, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::Object;
use super::caller::Caller;
use super::contract::{self, BODY, CUSTOMER, PROFILE, STUDIO_CONFIG, refuses};
use super::problem::{Kind, Problem};
use super::shown;
use crate::domain::{Draft, Step};
use crate::server::App;
use crate::server::services::assistants::From;
use crate::server::services::follow::follow;
use crate::server::services::onboarding::Onboarding;
use crate::server::services::save::{self, Patched};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(profile, patch_profile))
        .routes(routes!(studio_config, patch_studio_config))
        .route(
            "/studio/config",
            get(studio_config).patch(patch_studio_config),
        )
}

refuses!(ReadRefusals: [CUSTOMER]);
refuses!(ChangeRefusals: [CUSTOMER, BODY, &[Kind::PreconditionFailed]]);

/// The answers about who the customer is.
#[utoipa::path(
    get, path = "/user/profile", tag = "onboarding", operation_id = "getProfile",
    responses(
        (status = OK, description = "The answers", body = contract::Profile,
            headers(("ETag" = String, description = "Their version"))),
        ReadRefusals
    )
)]
async fn profile(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    Ok(answer(&representation(
        PROFILE,
        &caller.onboarding(&app).await?,
    )))
}

/// Changes answers about who the customer is.
///
/// Fields that are not named stay. With `If-Match`, only the version that it names is changed.
#[utoipa::path(
    patch, path = "/user/profile", tag = "onboarding", operation_id = "changeProfile",
    params(contract::Version),
    request_body(
        content = inline(contract::ProfileChange),
        example = json!({"organization_name": "Levi Flowers", "timezone": "Europe/Paris", "accept_terms": true})
    ),
    responses(
        (status = OK, description = "The answers as they now are", body = contract::Profile,
            headers(("ETag" = String, description = "Their version"))),
        ChangeRefusals
    )
)]
async fn patch_profile(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    object: Object,
) -> Result<Response, Problem> {
    patch(&app, &caller, &headers, PROFILE, object).await
}

/// The answers about what Ava is to do, when, with what and on which plan.
#[utoipa::path(
    get, path = "/user/studio-config", tag = "onboarding", operation_id = "getStudioConfig",
    responses(
        (status = OK, description = "The answers", body = contract::StudioConfig,
            headers(("ETag" = String, description = "Their version"))),
        ReadRefusals
    )
)]
async fn studio_config(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    Ok(answer(&representation(
        STUDIO_CONFIG,
        &caller.onboarding(&app).await?,
    )))
}

/// Changes answers about what Ava is to do, when, with what and on which plan.
///
/// Fields that are not named stay. With `If-Match`, only the version that it names is changed. The
/// free plan has at most 2 seats: seats that do not go with the plan, named or stored, are refused.
/// `business_hours` are understood as people write them and kept in one form. Vapi is told of what
/// changes the assistant, and Twilio is asked about a new `number`; when they do not answer, the
/// onboarding's `blockers` say so.
#[utoipa::path(
    patch, path = "/user/studio-config", tag = "onboarding", operation_id = "changeStudioConfig",
    params(contract::Version),
    request_body(
        content = inline(contract::StudioConfigChange),
        example = json!({"persona": "secretary", "job_to_be_done": "Take orders for flowers", "languages": ["en"]})
    ),
    responses(
        (status = OK, description = "The answers as they now are", body = contract::StudioConfig,
            headers(("ETag" = String, description = "Their version"))),
        ChangeRefusals
    )
)]
async fn patch_studio_config(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    object: Object,
) -> Result<Response, Problem> {
    patch(&app, &caller, &headers, STUDIO_CONFIG, object).await
}

fn representation(steps: &[Step], onboarding: &Onboarding) -> Value {
    let mut shown = shown::answers(steps, &onboarding.known.answers);
    if steps == STUDIO_CONFIG {
        shown["strategy"] = json!("attach");
    }
    shown
}

fn answer(shown: &Value) -> Response {
    let mut response = Json(shown).into_response();
    if let Ok(etag) = HeaderValue::from_str(&shown::etag(shown)) {
        response.headers_mut().insert(ETAG, etag);
    }
    response
}

async fn patch(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    steps: &'static [Step],
    mut object: Object,
) -> Result<Response, Problem> {
    let mut named = Draft::default();
    for field in steps.iter().flat_map(|step| step.fields()) {
        object.field(field.name, field, &mut named);
    }
    if steps == STUDIO_CONFIG {
        object.fixed("strategy", &[json!("attach")]);
    }
    object.end()?;
    let is_current = |onboarding: &Onboarding| {
        let etag = shown::etag(&representation(steps, onboarding));
        shown::matches(headers, &etag)
    };
    match save::patch(
        &app.pool,
        (*caller.before).clone(),
        steps,
        &named,
        is_current,
    )
    .await?
    {
        Patched::Stored(after) => {
            follow(app, &after, From::Api, &named).await?;
            Ok(answer(&representation(steps, &after)))
        }
        Patched::Outdated => Err(Kind::PreconditionFailed.into()),
        Patched::Refused(problems) => Err(Problem::domain(&problems)),
    }
}
