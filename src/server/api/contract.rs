//! The contract: schemas made of the domain's own rules, the refusals of each call, and the document
//! that binds them together.

use std::collections::BTreeMap;

use axum::http::Method;
use serde_json::{Map, Value, json};
use utoipa::openapi::example::{Example, ExampleBuilder};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{
    Content, ContentBuilder, HeaderBuilder, Ref, RefOr, Required, Response, ResponseBuilder,
};
use utoipa::{IntoParams, OpenApi, PartialSchema, ToSchema};

use super::body::may_be_empty;
use super::problem::{Kind, MEDIA_TYPE};
use crate::domain::progress::Blocker;
use crate::domain::{Field, Locale, Rule, Step, timezone};

/// What the whole document says before any call.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Ava onboarding API",
        description = "Everything that the onboarding's pages do, for programs. Pages and API save, check and \
            count by the same code.\n\n\
            **Tokens.** `POST /api/v1/auth/login` gives one for 30 days that ends with a new password; \
            others are made under Settings → API. Send it as `Authorization: Bearer ava_…`. Calls of Ava's own \
            pages may use the session's cookie instead, with the header `X-Requested-With`.\n\n\
            **Refusals** are `application/problem+json` (RFC 9457) with a stable `code` and, per field, \
            `errors`; their texts follow `Accept-Language` (en, fr, he). Every answer has an `X-Request-Id`.\n\n\
            **Writes are strict**: an unknown field, a wrong type or an invalid value is 422 and changes \
            nothing. `null` empties a field.\n\n\
            **Repeats.** A POST with an `Idempotency-Key` is done once: its first outcome is kept for 24 hours \
            and given again, with `Idempotency-Replayed: true`.",
        version = "1",
        license(name = "Proprietary")
    ),
    servers((url = "/", description = "this server")),
    tags(
        (name = "account", description = "Sign-up, log-in and tokens"),
        (name = "onboarding", description = "The answers of the steps, and how far they are"),
        (name = "vendors", description = "The customer's own accounts at Vapi and Twilio"),
        (name = "assistant", description = "The assistant, its numbers and its calls")
    ),
    components(schemas(
        ProblemDetails, User, StepState, Assistant, PhoneNumber, Call
    )),
    security(("token" = []), ("session" = [])),
    modifiers(&Security)
)]
pub struct Contract;

struct Security;

impl utoipa::Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        use utoipa::openapi::security::{
            ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme,
        };
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A token of a log-in or of Settings → API."))
            .build();
        components
            .security_schemes
            .insert("token".to_owned(), SecurityScheme::Http(bearer).into());
        let cookie = ApiKeyValue::with_description(
            "__Host-session",
            "The session of a page of Ava's own (`session` in development). Changes need the header \
             `X-Requested-With` beside it.",
        );
        components.security_schemes.insert(
            "session".to_owned(),
            SecurityScheme::ApiKey(ApiKey::Cookie(cookie)).into(),
        );
    }
}

fn schema_of(value: Value) -> RefOr<Schema> {
    serde_json::from_value(value).expect("a schema")
}

/// A type whose schema is written as JSON, or made of fields.
macro_rules! schemas {
    ($($(#[$doc:meta])* $name:ident = $schema:expr;)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                schema_of($schema)
            }
        }

        impl ToSchema for $name {}
    )*};
}

/// What the rule of a field accepts in a request, as JSON Schema says it.
fn accepted(field: &Field) -> Value {
    // Judged after the blanks around it are gone, so that many non-blank characters must be within.
    let line = |min: usize| {
        let (any, solid) = (
            "[^\\u0000-\\u001f\\u007f-\\u009f]",
            "[^\\s\\u0000-\\u001f\\u007f-\\u009f]",
        );
        match min {
            0 => format!("^{any}*$"),
            1 => format!("^{any}*{solid}{any}*$"),
            min => format!("^{any}*{solid}{any}{{{},}}{solid}{any}*$", min - 2),
        }
    };
    let text = |min: usize| {
        let (any, solid) = ("[^\\u0000]", "[^\\s\\u0000]");
        match min {
            0 => format!("^{any}*$"),
            1 => format!("^{any}*{solid}{any}*$"),
            min => format!("^{any}*{solid}{any}{{{},}}{solid}{any}*$", min - 2),
        }
    };
    match field.rule {
        Rule::Line { min, max } => {
            json!({"type": "string", "minLength": min, "maxLength": max, "pattern": line(min)})
        }
        Rule::Text { min, max } => {
            json!({"type": "string", "minLength": min, "maxLength": max, "pattern": text(min)})
        }
        Rule::Email => json!({"type": "string", "format": "email", "maxLength": 254}),
        Rule::Phone => json!({"type": "string", "pattern": "^\\+[1-9][0-9]{6,14}$"}),
        Rule::Hours => json!({"type": "string", "format": "business-hours", "minLength": 1}),
        Rule::TimeZone => json!({"type": "string", "enum": timezone::ZONES}),
        Rule::Choice(list) => json!({"type": "string", "enum": list}),
        Rule::Choices(list) => json!({
            "type": "array", "items": {"type": "string", "enum": list}, "uniqueItems": true,
        }),
        Rule::Flag => json!({"type": "boolean"}),
        Rule::Whole { min, max } => json!({"type": "integer", "minimum": min, "maximum": max}),
        Rule::AccountSid => json!({"type": "string", "pattern": "^AC[0-9a-fA-F]{32}$"}),
        Rule::Secret { max } => {
            json!({"type": "string", "minLength": 1, "maxLength": max, "pattern": "^[!-~]+$"})
        }
    }
}

/// What a column of a field holds in an answer.
fn held(field: &Field) -> Value {
    match field.rule {
        Rule::Choices(list) => json!({"type": "array", "items": {"type": "string", "enum": list}}),
        Rule::Flag => json!({"type": "boolean"}),
        Rule::Whole { .. } => json!({"type": "integer"}),
        _ => json!({"type": ["string", "null"]}),
    }
}

/// An example of each field, good by its rule.
fn example(field: &Field) -> Value {
    match field.name {
        "full_name" => json!("Dana Levi"),
        "organization_name" => json!("Levi Flowers"),
        "industry" => json!("retail"),
        "timezone" => json!("Europe/Paris"),
        "accept_terms" => json!(true),
        "marketing_opt_in" => json!(false),
        "job_to_be_done" => json!("Take orders for flowers"),
        "tone" => json!("warm"),
        "guidelines" => json!("Never promise same-day delivery."),
        "number" => json!("+14155550100"),
        "business_hours" => json!("Mon-Fri 09:00-18:00"),
        "fallback_email" => json!("dana@example.com"),
        "calendar" | "crm" => json!("none"),
        "plan" => json!("pro"),
        "seats" => json!(3),
        _ => match field.rule {
            Rule::Choice(list) => json!(list[0]),
            Rule::Choices(list) => json!([list[0]]),
            _ => Value::Null,
        },
    }
}

/// The fields of steps, as a change names them.
fn change(steps: &[Step]) -> Map<String, Value> {
    let fields = steps.iter().flat_map(|step| step.fields());
    fields
        .map(|field| {
            let mut schema = accepted(field);
            if may_be_empty(field) {
                schema["type"] = json!([schema["type"], "null"]);
                if let Some(values) = schema["enum"].as_array_mut() {
                    values.push(Value::Null);
                }
            }
            schema["examples"] = json!([example(field)]);
            (field.name.to_owned(), schema)
        })
        .collect()
}

/// The fields of steps, as an answer has them.
fn answer(steps: &[Step]) -> Map<String, Value> {
    let fields = steps.iter().flat_map(|step| step.fields());
    fields
        .map(|field| {
            let mut schema = held(field);
            schema["examples"] = json!([example(field)]);
            (field.name.to_owned(), schema)
        })
        .collect()
}

fn object(properties: &Map<String, Value>, required: bool) -> Value {
    let names: Vec<String> = properties.keys().cloned().collect();
    let mut schema = json!({
        "type": "object", "properties": properties, "additionalProperties": false,
    });
    if required {
        schema["required"] = json!(names);
    }
    schema
}

/// An object all of whose fields are there.
fn whole(properties: Value) -> Value {
    match properties {
        Value::Object(properties) => object(&properties, true),
        other => other,
    }
}

fn with(mut properties: Map<String, Value>, name: &str, schema: Value) -> Map<String, Value> {
    properties.insert(name.to_owned(), schema);
    properties
}

/// The steps of `user/profile`.
pub const PROFILE: &[Step] = &[Step::Profile];
/// The steps of `user/studio-config`.
pub const STUDIO_CONFIG: &[Step] = &[Step::Ava, Step::Telephony, Step::Integrations, Step::Plan];

fn strategy() -> Value {
    json!({"type": "string", "enum": ["attach"], "examples": ["attach"]})
}

fn time() -> Value {
    json!({"type": "string", "format": "date-time", "examples": ["2026-11-22T09:30:00Z"]})
}

fn maybe(mut schema: Value) -> Value {
    schema["type"] = json!([schema["type"], "null"]);
    schema
}

fn password() -> Value {
    json!({"type": "string", "minLength": 8, "maxLength": 256, "format": "password", "pattern": "^[^\\u0000-\\u001F\\u007F-\\u009F]*$"})
}

fn blockers() -> Vec<&'static str> {
    Blocker::ALL.iter().map(|blocker| blocker.id()).collect()
}

fn names(known: &[Field], name: &str) -> Value {
    let field = known.iter().find(|field| field.name == name);
    field.map(accepted).unwrap_or_default()
}

fn assistant_change() -> Map<String, Value> {
    use crate::domain::assistant::FIELDS;
    let properties = json!({
        "name": names(FIELDS, "name"),
        "instructions": names(FIELDS, "instructions"),
        "phoneNumber": {
            "type": ["string", "null"], "pattern": "^\\+[1-9][0-9]{6,14}$",
            "description": "The `number` that it is to answer; completing the onboarding links it.",
        },
        "firstMessage": names(FIELDS, "first_message"),
        "voice": {
            "type": "object", "additionalProperties": false, "required": ["provider", "voiceId"],
            "properties": {
                "provider": {"type": "string", "enum": ["azure"]}, "voiceId": names(FIELDS, "voice"),
            },
        },
        "model": {
            "type": "object", "additionalProperties": false, "required": ["provider", "model"],
            "properties": {
                "provider": {"type": "string", "enum": ["openai"]},
                "model": {"type": "string", "enum": ["gpt-4o-mini"]},
                "temperature": {"type": "number", "enum": [0.7]},
            },
        },
        "metadata": {
            "type": "object", "maxProperties": 20,
            "propertyNames": {"type": "string", "minLength": 1, "maxLength": 40, "pattern": "^[^\\u0000]+$"},
            "additionalProperties": {"type": "string", "maxLength": 500, "pattern": "^[^\\u0000]*$"},
        },
    });
    match properties {
        Value::Object(properties) => properties,
        _ => Map::new(),
    }
}

fn list_of(item: &str) -> Value {
    whole(json!({
        "items": {"type": "array", "items": {"$ref": format!("#/components/schemas/{item}")}},
        "next_cursor": {
            "type": ["string", "null"],
            "description": "Sent as `cursor`, it gives the next part; null at the end.",
        },
    }))
}

schemas! {
    /// The fields of [`PROFILE`].
    Profile = object(&answer(PROFILE), true);
    /// Any fields of [`PROFILE`].
    ProfileChange = object(&change(PROFILE), false);
    /// The fields of [`STUDIO_CONFIG`].
    StudioConfig = object(&with(answer(STUDIO_CONFIG), "strategy", strategy()), true);
    /// Any fields of [`STUDIO_CONFIG`].
    StudioConfigChange = object(&with(change(STUDIO_CONFIG), "strategy", strategy()), false);
    SignUp = json!({
        "type": "object", "additionalProperties": false, "required": ["email", "password"],
        "properties": {
            "email": {"type": "string", "format": "email", "maxLength": 254},
            "password": password(),
            "locale": {"type": "string", "enum": Locale::CODES},
        },
    });
    LogIn = whole(json!({
        "email": {"type": "string", "maxLength": 254, "pattern": "^[^\\u0000]*$"},
        "password": {"type": "string", "maxLength": 256, "format": "password", "pattern": "^[^\\u0000]*$"},
    }));
    User = whole(json!({
        "id": {"type": "string", "format": "uuid"},
        "email": {"type": "string"},
        "locale": {"type": ["string", "null"]},
        "onboarding_completed": {"type": "boolean"},
        "created_at": time(),
    }));
    /// A token, shown this once.
    Token = whole(json!({
        "token": {"type": "string", "examples": ["ava_kT2v…"]},
        "token_type": {"type": "string", "enum": ["Bearer"]},
        "expires_at": time(),
        "user": {"$ref": "#/components/schemas/User"},
    }));
    VapiSettingsChange = whole(json!({
        "vapi_api_key": names(crate::domain::vapi::FIELDS, "vapi_api_key"),
    }));
    VapiSettings = whole(json!({
        "has_vapi_key": {"type": "boolean"},
        "vapi_api_key_preview": {"type": ["string", "null"], "examples": ["****1234"]},
    }));
    TwilioSettingsChange = json!({
        "type": "object", "additionalProperties": false, "required": ["account_sid", "auth_token"],
        "properties": {
            "account_sid": names(crate::domain::twilio::FIELDS, "account_sid"),
            "auth_token": names(crate::domain::twilio::FIELDS, "auth_token"),
            "phone_number": {"type": ["string", "null"], "pattern": "^\\+[1-9][0-9]{6,14}$"},
        },
    });
    TwilioSettings = whole(json!({
        "has_credentials": {"type": "boolean"},
        "account_sid_preview": {"type": ["string", "null"], "examples": ["AC****1234"]},
        "phone_number": {"type": ["string", "null"], "examples": ["+14155550100"]},
    }));
    /// Where one step stands.
    StepState = whole(json!({
        "step_id": {"type": "string", "enum": Step::ALL.map(Step::id)},
        "step_number": {"type": "integer", "minimum": 1, "maximum": Step::COUNT},
        "status": {
            "type": "string",
            "enum": ["not_started", "in_progress", "done", "skipped", "needs_attention", "cannot_start"],
        },
        "problems": {"type": "array", "items": whole(json!({
            "field": {"type": "string"}, "code": {"type": "string"},
        }))},
    }));
    Onboarding = whole(json!({
        "onboarding_vapi_skipped": {"type": "boolean"},
        "onboarding_twilio_skipped": {"type": "boolean"},
        "onboarding_assistant_created": {"type": "boolean"},
        "onboarding_completed": {"type": "boolean"},
        "onboarding_completed_at": maybe(time()),
        "live": {"type": "boolean", "description": "Whether Ava answers calls, by the vendors' last word."},
        "blockers": {
            "type": "array", "items": {"type": "string", "enum": blockers()},
            "description": "What keeps Ava from answering calls.",
        },
        "steps": {"type": "array", "items": {"$ref": "#/components/schemas/StepState"}},
    }));
    OnboardingChange = json!({
        "type": "object", "additionalProperties": false,
        "properties": {
            "onboarding_vapi_skipped": {"type": "boolean"},
            "onboarding_twilio_skipped": {"type": "boolean"},
            "onboarding_assistant_created": {
                "type": "boolean", "readOnly": true,
                "description": "A fact; a change that names another value is refused.",
            },
        },
    });
    AssistantCreation = json!({
        "type": "object", "additionalProperties": false, "properties": assistant_change(),
        "required": ["name", "instructions", "firstMessage", "voice", "model"],
    });
    AssistantChange = object(&assistant_change(), false);
    Assistant = whole(json!({
        "id": {"type": "string", "format": "uuid"},
        "vapiId": {"type": "string"},
        "name": {"type": "string"},
        "instructions": {"type": "string"},
        "phoneNumber": {"type": ["string", "null"]},
        "firstMessage": {"type": "string"},
        "voice": whole(json!({"provider": {"type": "string"}, "voiceId": {"type": "string"}})),
        "model": whole(json!({
            "provider": {"type": "string"}, "model": {"type": "string"}, "temperature": {"type": "number"},
        })),
        "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
        "problem": {
            "type": ["string", "null"],
            "description": "Why Vapi could not be told of the last change, as a blocker's code.",
        },
        "createdAt": time(),
        "updatedAt": time(),
    }));
    AssistantList = list_of("Assistant");
    PhoneNumber = whole(json!({
        "number": {"type": "string", "examples": ["+14155550100"]},
        "problem": {
            "type": ["string", "null"], "enum": ["no_voice", "routed", null],
            "description": "Why Ava cannot answer it.",
        },
        "used_by": {"type": ["string", "null"], "description": "The host that takes its calls now."},
    }));
    PhoneNumberList = list_of("PhoneNumber");
    CallCreation = whole(json!({
        "customer_number": {"type": "string", "pattern": "^\\+[1-9][0-9]{6,14}$"},
    }));
    Call = whole(json!({
        "id": {"type": "string", "format": "uuid"},
        "is_test": {"type": "boolean"},
        "customer_number": {"type": ["string", "null"]},
        "status": {"type": "string", "examples": ["queued"]},
        "ended_reason": {"type": ["string", "null"]},
        "summary": {"type": ["string", "null"]},
        "started_at": maybe(time()),
        "ended_at": maybe(time()),
        "created_at": time(),
    }));
    CallList = list_of("Call");
    /// A refusal (RFC 9457).
    ProblemDetails = json!({
        "type": "object",
        "required": ["type", "title", "status", "detail", "instance", "code"],
        "properties": {
            "type": {"type": "string", "examples": ["urn:ava:problem:invalid"]},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "instance": {"type": "string", "description": "The request id."},
            "code": {"type": "string"},
            "errors": {"type": "array", "items": whole(json!({
                "field": {"type": "string"}, "code": {"type": "string"}, "message": {"type": "string"},
            }))},
        },
    });
}

/// States the calls of an address again under another one, by which the same handlers are reached.
pub fn alias(document: &mut utoipa::openapi::OpenApi, of: &str, path: &str, methods: &[Method]) {
    let Some(mut item) = document.paths.paths.get(of).cloned() else {
        return;
    };
    for (method, operation) in [
        (Method::GET, &mut item.get),
        (Method::POST, &mut item.post),
        (Method::PATCH, &mut item.patch),
        (Method::DELETE, &mut item.delete),
    ] {
        operation.take_if(|_| !methods.contains(&method));
        if let Some(operation) = operation {
            operation.summary = Some(format!("The same as `{method} {of}`."));
            operation.description = None;
            if let Some(id) = &mut operation.operation_id {
                id.push_str("Alias");
            }
        }
    }
    document.paths.paths.insert(path.to_owned(), item);
}

/// Adds what many calls share: examples of refusals, and the headers that every answer of a kind has.
pub fn complete(document: &mut utoipa::openapi::OpenApi) {
    let components = document.components.get_or_insert_default();
    let blocked = Blocker::ALL.map(Kind::Blocked);
    for kind in Kind::PLAIN.into_iter().chain(blocked) {
        let example = example_of(kind).into();
        components.examples.insert(kind.code().to_owned(), example);
    }
    let header = |description: &str, kind: Value| {
        HeaderBuilder::new()
            .description(Some(description))
            .schema(Some(schema_of(kind)))
            .build()
    };
    let operations = document.paths.paths.values_mut().flat_map(|item| {
        [
            &mut item.get,
            &mut item.post,
            &mut item.patch,
            &mut item.delete,
        ]
    });
    let responses = operations
        .flatten()
        .flat_map(|operation| operation.responses.responses.iter_mut());
    for (status, response) in responses {
        let RefOr::T(response) = response else {
            continue;
        };
        let mut add = |name: &str, description: &str, kind: Value| {
            let header = header(description, kind);
            response.headers.insert(name.to_owned(), header.into());
        };
        add(
            "X-Request-Id",
            "Leads to this request in the log",
            json!({"type": "string"}),
        );
        if status == "429" {
            add(
                "Retry-After",
                "After how many seconds it may work",
                json!({"type": "integer"}),
            );
        }
    }
}

/// Optional parameters that several calls share.
macro_rules! parameters {
    ($($(#[$doc:meta])* $name:ident: $place:ident = [$(($parameter:literal, $words:literal, $schema:expr)),*];)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl IntoParams for $name {
            fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
                vec![$(
                    ParameterBuilder::new()
                        .name($parameter)
                        .parameter_in(ParameterIn::$place)
                        .required(Required::False)
                        .description(Some($words))
                        .schema(Some(schema_of($schema)))
                        .build()
                ),*]
            }
        }
    )*};
}

parameters! {
    /// Of a POST that is done once.
    Once: Header = [(
        "Idempotency-Key",
        "Makes a repeat of this request harmless",
        json!({"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"})
    )];
    /// Of a change that overwrites only what is known.
    Version: Header = [(
        "If-Match",
        "The `ETag` of the version that is known",
        json!({"type": "string"})
    )];
    /// Of a list.
    Paging: Query = [
        (
            "limit",
            "At most so many",
            json!({"type": "integer", "minimum": 1, "maximum": 100, "default": 20})
        ),
        (
            "cursor",
            "`next_cursor` of the part before",
            json!({"type": "string", "format": "cursor"})
        )
    ];
}

/// What any call can be refused for.
pub const ANY: &[Kind] = &[Kind::Unexpected, Kind::Unavailable];
/// … any call of a customer.
pub const CUSTOMER: &[Kind] = &[Kind::Unauthorized, Kind::Forbidden];
/// … any call with a body.
pub const BODY: &[Kind] = &[
    Kind::Malformed,
    Kind::TooLarge,
    Kind::UnsupportedMediaType,
    Kind::Invalid,
];
/// … any part of a list.
pub const LIST: &[Kind] = &[Kind::Malformed, Kind::Invalid];
/// … any POST that is done once.
pub const ONCE: &[Kind] = &[
    Kind::Malformed,
    Kind::TooLarge,
    Kind::Invalid,
    Kind::RequestInProgress,
    Kind::IdempotencyKeyReused,
];

/// The answers of these refusals: one per status, with each code and an example of it.
#[must_use]
pub fn refusals(kinds: &[&[Kind]]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<u16, Vec<Kind>> = BTreeMap::new();
    for kind in kinds.iter().copied().flatten() {
        let own = by_status.entry(kind.status().as_u16()).or_default();
        if !own.contains(kind) {
            own.push(*kind);
        }
    }
    by_status
        .into_iter()
        .map(|(status, kinds)| (status.to_string(), RefOr::T(refusal(&kinds))))
        .collect()
}

fn refusal(kinds: &[Kind]) -> Response {
    let codes: Vec<&str> = kinds.iter().map(|kind| kind.code()).collect();
    let mut titles: Vec<String> = kinds.iter().map(|kind| kind.words(Locale::En).0).collect();
    titles.dedup();
    let schema = schema_of(json!({"allOf": [
        {"$ref": "#/components/schemas/ProblemDetails"},
        {"type": "object", "properties": {"code": {"type": "string", "enum": codes}}},
    ]}));
    let examples = kinds.iter().map(|kind| {
        let at = Ref::new(format!("#/components/examples/{}", kind.code()));
        (kind.code().to_owned(), RefOr::<Example>::Ref(at))
    });
    let content: Content = ContentBuilder::new()
        .schema(Some(schema))
        .examples_from_iter(examples)
        .build();
    ResponseBuilder::new()
        .description(titles.join("; "))
        .content(MEDIA_TYPE, content)
        .build()
}

/// What a refusal looks like in English.
fn example_of(kind: Kind) -> Example {
    let (title, detail) = kind.words(Locale::En);
    let mut value = json!({
        "type": format!("urn:ava:problem:{}", kind.code()),
        "title": title,
        "status": kind.status().as_u16(),
        "detail": detail,
        "instance": "urn:uuid:5f0c3b0e-7a55-4b8e-9a53-1f8c2f6b7d10",
        "code": kind.code(),
    });
    if kind == Kind::Invalid {
        value["errors"] = json!([{
            "field": "seat", "code": "unknown_field", "message": "There is no such field here",
        }]);
    }
    ExampleBuilder::new().value(Some(value)).build()
}

/// Names the refusals of one call: `refuses!(Name: [CUSTOMER, BODY, &[Kind::NotFound]])`.
macro_rules! refuses {
    ($name:ident: [$($kinds:expr),* $(,)?]) => {
        pub struct $name;

        impl utoipa::IntoResponses for $name {
            fn responses()
            -> std::collections::BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::Response>> {
                $crate::server::api::contract::refusals(&[$crate::server::api::contract::ANY, $($kinds),*])
            }
        }
    };
}
pub(super) use refuses;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::profile;

    #[test]
    fn examples_are_good_by_the_rules_they_illustrate() {
        for field in [PROFILE, STUDIO_CONFIG]
            .concat()
            .iter()
            .flat_map(|s| s.fields())
        {
            let values: Vec<String> = match example(field) {
                Value::String(text) => vec![text],
                Value::Array(items) => items
                    .iter()
                    .filter_map(|item| item.as_str().map(str::to_owned))
                    .collect(),
                Value::Bool(true) => vec!["true".to_owned()],
                Value::Number(number) => vec![number.to_string()],
                _ => Vec::new(),
            };
            assert_eq!(field.check(&values), None, "{}", field.name);
        }
        assert_eq!(example(&profile::MARKETING_OPT_IN), json!(false));
    }
}
