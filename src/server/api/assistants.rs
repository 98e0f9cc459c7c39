//! The assistant: one per account.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, LOCATION};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::body::{Object, Page};
use super::caller::Caller;
use super::contract::{self, BODY, CUSTOMER, LIST, ONCE, refuses};
use super::problem::{Kind, Problem};
use super::shown::time;
use crate::domain::assistant::{FIRST_MESSAGE, INSTRUCTIONS, NAME, VOICE, voice_locale};
use crate::domain::progress::Blocker;
use crate::domain::{Code, Draft, Intent, Step, ava, telephony};
use crate::server::App;
use crate::server::services::assistants::{self, From};
use crate::server::services::follow::follow;
use crate::server::services::onboarding::Onboarding;
use crate::server::services::save::{self, Save};
use crate::server::store::assistants::Row;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get, patch, delete))
}

/// What may be repeated under an `Idempotency-Key`.
pub fn creating() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(create, list))
}

/// The old address of creation, outside the version.
pub fn creating_alias() -> Router<App> {
    Router::new().route("/assistants", post(create))
}

/// What keeps an assistant from being at Vapi as it should.
const AT_VAPI: &[Kind] = &[
    Kind::Blocked(Blocker::VapiKey),
    Kind::Blocked(Blocker::VapiRefused),
    Kind::Blocked(Blocker::VapiUnreachable),
    Kind::Blocked(Blocker::AssistantRejected),
    Kind::Blocked(Blocker::InProgress),
];

refuses!(CreateRefusals: [CUSTOMER, BODY, ONCE, AT_VAPI, &[Kind::AssistantExists]]);
refuses!(ListRefusals: [CUSTOMER, LIST]);
refuses!(ReadRefusals: [CUSTOMER, &[Kind::NotFound]]);
refuses!(ChangeRefusals: [CUSTOMER, BODY, &[Kind::NotFound]]);
refuses!(DeleteRefusals: [
    CUSTOMER,
    AT_VAPI,
    &[
        Kind::NotFound,
        Kind::Blocked(Blocker::TwilioUnreachable),
        Kind::Blocked(Blocker::TwilioRefused),
        Kind::Blocked(Blocker::NumberNotOwned),
        Kind::Blocked(Blocker::NumberRejected),
    ],
]);

/// Creates the assistant at Vapi, under the customer's own key.
///
/// Each account has one. The voice speaks one of the `languages`, once they are set; the
/// transcriber follows the voice. Whether Vapi answers or not, a repeat never makes a second one.
#[utoipa::path(
    post, path = "/assistants", tag = "assistant", operation_id = "createAssistant",
    params(contract::Once),
    request_body(content = inline(contract::AssistantCreation), example = json!({
        "name": "Ava", "instructions": "Take orders for flowers.", "firstMessage": "Hello, this is Ava.",
        "voice": {"provider": "azure", "voiceId": "en-US-JennyNeural"},
        "model": {"provider": "openai", "model": "gpt-4o-mini", "temperature": 0.7}
    })),
    responses(
        (status = CREATED, description = "The assistant", body = contract::Assistant,
            headers(("Location" = String, description = "Its address"))),
        CreateRefusals
    )
)]
async fn create(
    State(app): State<App>,
    caller: Caller,
    object: Object,
) -> Result<Response, Problem> {
    let wanted = Wanted::read(object, true)?;
    let before = caller.onboarding(&app).await?;
    if before.known.has_assistant {
        return Err(Kind::AssistantExists.into());
    }
    if !before.known.vapi.is_stored() {
        return Err(Blocker::VapiKey.into());
    }
    wanted.store(&app, before).await?;
    assistants::ensure(&app, caller.user, From::Api).await?;
    let (row, onboarding) = stored(&app, &caller).await?;
    let mut response = (StatusCode::CREATED, Json(shown(&row, &onboarding))).into_response();
    let location = format!("/api/v1/assistants/{}", row.id);
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(LOCATION, location);
    }
    Ok(response)
}

/// The account's assistants: one at most.
#[utoipa::path(
    get, path = "/assistants", tag = "assistant", operation_id = "listAssistants",
    params(contract::Paging),
    responses((status = OK, description = "The assistants", body = contract::AssistantList), ListRefusals)
)]
async fn list(State(app): State<App>, caller: Caller, page: Page) -> Result<Json<Value>, Problem> {
    let mut items = Vec::new();
    if page.after.is_none()
        && let Some((row, onboarding)) = at_vapi(&app, &caller).await?
    {
        items.push(shown(&row, &onboarding));
    }
    Ok(Json(json!({"items": items, "next_cursor": null})))
}

/// One assistant.
#[utoipa::path(
    get, path = "/assistants/{id}", tag = "assistant", operation_id = "getAssistant",
    params(("id" = Uuid, Path, description = "The `id` of the assistant")),
    responses((status = OK, description = "The assistant", body = contract::Assistant), ReadRefusals)
)]
async fn get(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let (row, onboarding) = named(&app, &caller, &id).await?;
    Ok(Json(shown(&row, &onboarding)))
}

/// Changes the assistant, here and at Vapi.
///
/// Fields that are not named stay. When Vapi cannot be told, the change is kept here and `problem` says
/// why; the next change or completing the onboarding tells Vapi.
#[utoipa::path(
    patch, path = "/assistants/{id}", tag = "assistant", operation_id = "changeAssistant",
    params(("id" = Uuid, Path, description = "The `id` of the assistant")),
    request_body(
        content = inline(contract::AssistantChange),
        example = json!({"firstMessage": "Good morning, this is Ava."})
    ),
    responses((status = OK, description = "The assistant as it now is", body = contract::Assistant), ChangeRefusals)
)]
async fn patch(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    object: Object,
) -> Result<Json<Value>, Problem> {
    let (_, before) = named(&app, &caller, &id).await?;
    let wanted = Wanted::read(object, false)?;
    let whole = wanted.store(&app, before).await?;
    let after = caller.onboarding(&app).await?;
    follow(&app, &after, From::Api, &whole).await?;
    let (row, onboarding) = stored(&app, &caller).await?;
    Ok(Json(shown(&row, &onboarding)))
}

/// Deletes the assistant, here and at Vapi.
///
/// A number that it answers is given back first.
#[utoipa::path(
    delete, path = "/assistants/{id}", tag = "assistant", operation_id = "deleteAssistant",
    params(("id" = Uuid, Path, description = "The `id` of the assistant")),
    responses((status = NO_CONTENT, description = "It is gone"), DeleteRefusals)
)]
async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    named(&app, &caller, &id).await?;
    assistants::delete(&app, caller.user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The assistant as Vapi has it; what was only typed into the page is none yet.
async fn at_vapi(app: &App, caller: &Caller) -> Result<Option<(Row, Onboarding)>, Problem> {
    let row = assistants::of_user(app, caller.user).await?;
    match row.filter(|row| row.vapi_id.is_some()) {
        Some(row) => Ok(Some((row, caller.onboarding(app).await?))),
        None => Ok(None),
    }
}

async fn stored(app: &App, caller: &Caller) -> Result<(Row, Onboarding), Problem> {
    Ok(at_vapi(app, caller).await?.ok_or(Kind::NotFound)?)
}

/// The assistant of this id; another's is not found.
async fn named(app: &App, caller: &Caller, id: &str) -> Result<(Row, Onboarding), Problem> {
    let id: Uuid = id.parse().map_err(|_| Kind::NotFound)?;
    let (row, onboarding) = stored(app, caller).await?;
    if row.id == id {
        Ok((row, onboarding))
    } else {
        tracing::warn!(user = %caller.user, "refused: an assistant that is not the customer's");
        Err(Kind::NotFound.into())
    }
}

fn shown(row: &Row, onboarding: &Onboarding) -> Value {
    json!({
        "id": row.id,
        "vapiId": row.vapi_id,
        "name": row.name,
        "instructions": row.instructions,
        "phoneNumber": onboarding.known.answers.text(telephony::NUMBER.name),
        "firstMessage": row.first_message,
        "voice": {"provider": "azure", "voiceId": row.voice},
        "model": {"provider": "openai", "model": "gpt-4o-mini", "temperature": 0.7},
        "metadata": row.metadata.0,
        "problem": row.problem,
        "createdAt": time(row.created_at),
        "updatedAt": time(row.updated_at),
    })
}

/// What a caller wants of the assistant: its fields, its number and what is kept with it.
struct Wanted {
    assistant: Draft,
    number: Draft,
    metadata: Option<BTreeMap<String, String>>,
}

impl Wanted {
    fn read(mut object: Object, is_whole: bool) -> Result<Self, Problem> {
        let (mut assistant, mut number) = (Draft::default(), Draft::default());
        for (name, field) in [
            ("name", &NAME),
            ("instructions", &INSTRUCTIONS),
            ("firstMessage", &FIRST_MESSAGE),
        ] {
            if is_whole || object.has(name) {
                object.required_field(name, field, &mut assistant);
            }
        }
        let voice = object.object("voice", |voice| {
            voice.required_fixed("provider", &[json!("azure")]);
            voice.required_field("voiceId", &VOICE, &mut assistant);
        });
        let model = object.object("model", |model| {
            model.required_fixed("provider", &[json!("openai")]);
            model.required_fixed("model", &[json!("gpt-4o-mini")]);
            model.fixed("temperature", &[json!(0.7)]);
        });
        if is_whole {
            object.require("voice", voice.is_some());
            object.require("model", model.is_some());
        }
        object.field("phoneNumber", &telephony::NUMBER, &mut number);
        let metadata = object.metadata("metadata");
        object.end()?;
        Ok(Self {
            assistant,
            number,
            metadata,
        })
    }

    /// Stores it; gives its fields as they now are.
    async fn store(&self, app: &App, before: Onboarding) -> Result<Draft, Problem> {
        let mut whole = before.known.stored(Step::Assistant);
        whole.overlay(self.assistant.clone());
        let spoken = before.known.answers.list(ava::LANGUAGES.name);
        let voice = voice_locale(whole.text(VOICE.name));
        if self.assistant.contains(VOICE.name)
            && !spoken.is_empty()
            && voice.is_some_and(|voice| !spoken.iter().any(|code| code == voice.code()))
        {
            return Err(Problem::domain(&[VOICE.problem(Code::Conflicting)]));
        }
        let user = before.user;
        let save = Save {
            step: Step::Assistant,
            typed: whole.clone(),
            proposed: Draft::default(),
            intent: Intent::Continue,
            version: None,
            editor: Uuid::new_v4(),
            sequence: 0,
        };
        let (_, after) = save::save(&app.pool, before, &save).await?;
        if let Some(metadata) = &self.metadata {
            assistants::set_metadata(app, user, metadata).await?;
        }
        if !self.number.is_empty() {
            let is_current = |_: &Onboarding| true;
            let steps = [Step::Telephony];
            if let save::Patched::Stored(after) =
                save::patch(&app.pool, after, &steps, &self.number, is_current).await?
            {
                follow(app, &after, From::Api, &self.number).await?;
            }
        }
        Ok(whole)
    }
}
