//! The numbers of the Twilio account, and calls.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Object, Page};
use super::caller::Caller;
use super::contract::{self, BODY, CUSTOMER, LIST, ONCE, refuses};
use super::problem::{Kind, Problem, Wrong};
use super::shown::time;
use crate::domain::call::CUSTOMER_NUMBER;
use crate::domain::progress::Blocker;
use crate::domain::{Code, Draft};
use crate::server::App;
use crate::server::services::calls::{self, Test};
use crate::server::services::numbers;
use crate::server::store::calls::Row;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(phone_numbers))
}

/// What may be repeated under an `Idempotency-Key`.
pub fn creating() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create, list))
}

refuses!(NumbersRefusals: [
    CUSTOMER,
    LIST,
    &[
        Kind::Blocked(Blocker::TwilioCredentials),
        Kind::Blocked(Blocker::TwilioRefused),
        Kind::Blocked(Blocker::TwilioUnreachable),
    ],
]);
refuses!(CreateRefusals: [
    CUSTOMER,
    BODY,
    ONCE,
    &[
        Kind::TooManyRequests,
        Kind::Blocked(Blocker::VapiKey),
        Kind::Blocked(Blocker::AssistantNotCreated),
        Kind::Blocked(Blocker::NumberNotLinked),
        Kind::Blocked(Blocker::InProgress),
    ],
]);
refuses!(ListRefusals: [CUSTOMER, LIST]);

/// The numbers of the customer's Twilio account that take calls, by number.
#[utoipa::path(
    get, path = "/phone-numbers", tag = "assistant", operation_id = "listPhoneNumbers",
    params(contract::Paging),
    responses((status = OK, description = "The numbers", body = contract::PhoneNumberList), NumbersRefusals)
)]
async fn phone_numbers(
    State(app): State<App>,
    caller: Caller,
    page: Page,
) -> Result<Json<Value>, Problem> {
    let mut choices = numbers::list(&app, caller.user).await?;
    choices.sort_by(|a, b| a.number.cmp(&b.number));
    if let Some(after) = &page.after {
        choices.retain(|choice| choice.number > *after);
    }
    let next_cursor = page.cut(&mut choices, |choice| choice.number.clone());
    let items: Vec<Value> = choices
        .into_iter()
        .map(|choice| {
            json!({
                "number": choice.number,
                "problem": choice.problem.map(Code::id),
                "used_by": choice.used_by,
            })
        })
        .collect();
    Ok(Json(json!({"items": items, "next_cursor": next_cursor})))
}

/// Lets Ava call a number: a test call of five minutes at most.
///
/// While a test call is under way, that one is given with 200 and no other is placed. `GET /api/v1/calls`
/// shows what becomes of it.
#[utoipa::path(
    post, path = "/calls", tag = "assistant", operation_id = "createCall",
    params(contract::Once),
    request_body(content = inline(contract::CallCreation), example = json!({"customer_number": "+97237654321"})),
    responses(
        (status = CREATED, description = "The call", body = contract::Call),
        (status = OK, description = "The call that is under way already", body = contract::Call),
        CreateRefusals
    )
)]
async fn create(
    State(app): State<App>,
    caller: Caller,
    mut object: Object,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let mut fields = Draft::default();
    object.required_field(CUSTOMER_NUMBER.name, &CUSTOMER_NUMBER, &mut fields);
    object.end()?;
    let number = fields.text(CUSTOMER_NUMBER.name).to_owned();
    let (status, id) = match calls::test(&app, caller.user, number).await? {
        Test::Placed(id) => (StatusCode::CREATED, id),
        Test::Running(id) => (StatusCode::OK, id),
        Test::Blocked(blocker) => return Err(blocker.into()),
        Test::Wait => return Err(Problem::wait(600)),
    };
    let row = calls::one(&app, caller.user, id)
        .await?
        .ok_or(Kind::NotFound)?;
    Ok((status, Json(shown(&row))))
}

/// The account's calls, newest first.
#[utoipa::path(
    get, path = "/calls", tag = "assistant", operation_id = "listCalls",
    params(contract::Paging),
    responses((status = OK, description = "The calls", body = contract::CallList), ListRefusals)
)]
async fn list(State(app): State<App>, caller: Caller, page: Page) -> Result<Json<Value>, Problem> {
    let before = match &page.after {
        None => None,
        Some(id) => Some(
            id.parse()
                .map_err(|_| Problem::field("cursor", Wrong::Cursor))?,
        ),
    };
    let limit = i64::try_from(page.limit).unwrap_or(100) + 1;
    let mut rows = calls::page(&app, caller.user, before, limit).await?;
    let next_cursor = page.cut(&mut rows, |row| row.id.to_string());
    let items: Vec<Value> = rows.iter().map(shown).collect();
    Ok(Json(json!({"items": items, "next_cursor": next_cursor})))
}

fn shown(row: &Row) -> Value {
    json!({
        "id": row.id,
        "is_test": row.is_test,
        "customer_number": row.customer_number,
        "status": row.status,
        "ended_reason": row.ended_reason,
        "summary": row.summary,
        "started_at": row.started_at.map(time),
        "ended_at": row.ended_at.map(time),
        "created_at": time(row.created_at),
    })
}
