//! How far the onboarding is, skipping, and finishing it.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::Object;
use super::caller::Caller;
use super::contract::{self, BODY, CUSTOMER, ONCE, refuses};
use super::problem::{Kind, Problem};
use super::shown::time;
use crate::domain::Step;
use crate::domain::progress::Blocker;
use crate::server::App;
use crate::server::services::assistants::From;
use crate::server::services::onboarding::{self as service, Onboarding};
use crate::server::services::{launch, save};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get, patch))
}

/// What may be repeated under an `Idempotency-Key`.
pub fn creating() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(complete))
}

refuses!(ReadRefusals: [CUSTOMER]);
refuses!(ChangeRefusals: [CUSTOMER, BODY]);
refuses!(CompleteRefusals: [CUSTOMER, ONCE, &[Kind::Blocked(Blocker::InProgress)]]);

/// Where every step stands, and what keeps Ava from answering calls.
#[utoipa::path(
    get, path = "/user/onboarding", tag = "onboarding", operation_id = "getOnboarding",
    responses((status = OK, description = "The progress", body = contract::Onboarding), ReadRefusals)
)]
async fn get(State(app): State<App>, caller: Caller) -> Result<Json<Value>, Problem> {
    Ok(Json(shown(&caller.onboarding(&app).await?)))
}

/// Skips the step of Vapi's key or of Twilio's account, or takes that back.
#[utoipa::path(
    patch, path = "/user/onboarding", tag = "onboarding", operation_id = "changeOnboarding",
    request_body(content = inline(contract::OnboardingChange), example = json!({"onboarding_twilio_skipped": true})),
    responses((status = OK, description = "The progress as it now is", body = contract::Onboarding), ChangeRefusals)
)]
async fn patch(
    State(app): State<App>,
    caller: Caller,
    mut object: Object,
) -> Result<Json<Value>, Problem> {
    let before = caller.onboarding(&app).await?;
    let skips: Vec<(Step, bool)> = [
        ("onboarding_vapi_skipped", Step::Vapi),
        ("onboarding_twilio_skipped", Step::Twilio),
    ]
    .into_iter()
    .filter_map(|(name, step)| object.flag(name).map(|skipped| (step, skipped)))
    .collect();
    let created = json!(before.known.has_assistant);
    object.read_only("onboarding_assistant_created", &created);
    object.end()?;
    save::skip(&app.pool, caller.user, &skips).await?;
    Ok(Json(shown(&caller.onboarding(&app).await?)))
}

/// Finishes the onboarding, with Ava live where nothing is in the way.
///
/// Asks the vendors, brings the assistant to Vapi and links the number, as far as that is possible; then
/// completes the onboarding. `live` and `blockers` say what it came to. May be repeated at any time.
#[utoipa::path(
    post, path = "/user/complete-onboarding", tag = "onboarding", operation_id = "completeOnboarding",
    params(contract::Once),
    responses((status = OK, description = "The onboarding is completed", body = contract::Onboarding), CompleteRefusals)
)]
async fn complete(State(app): State<App>, caller: Caller) -> Result<Json<Value>, Problem> {
    let blockers = launch::launch(&app, caller.user, From::Api).await?;
    // Whether it is live is part of what is counted, so it is not counted before that is known.
    if blockers.contains(&Blocker::InProgress) {
        return Err(Blocker::InProgress.into());
    }
    service::finish(&app.pool, caller.user).await?;
    Ok(Json(shown(&caller.onboarding(&app).await?)))
}

fn shown(onboarding: &Onboarding) -> Value {
    let known = &onboarding.known;
    let facts = known.facts();
    let steps: Vec<Value> = Step::ALL
        .into_iter()
        .map(|step| {
            let problems: Vec<Value> = facts
                .step(step)
                .problems
                .iter()
                .map(|problem| json!({"field": problem.field, "code": problem.code.id()}))
                .collect();
            json!({
                "step_id": step.id(),
                "step_number": step.number(),
                "status": facts.status(step),
                "problems": problems,
            })
        })
        .collect();
    json!({
        "onboarding_vapi_skipped": known.is_skipped(Step::Vapi),
        "onboarding_twilio_skipped": known.is_skipped(Step::Twilio),
        "onboarding_assistant_created": facts.assistant_created,
        "onboarding_completed": facts.completed,
        "onboarding_completed_at": onboarding.completed_at.map(time),
        "live": facts.is_live(),
        "blockers": facts.blockers(),
        "steps": steps,
    })
}
