//! Bodies against the vendors' published OpenAPI documents.
//!
//! The documents are OpenAPI 3.0, the validator knows JSON Schema: what differs is translated first.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// Objects that vendors let anyone extend.
const FREE: [&str; 3] = ["OpenAIMessage", "JsonSchema", "OpenAIFunctionParameters"];

static DOCUMENTS: LazyLock<[Value; 2]> = LazyLock::new(|| {
    [
        include_str!("../tests/contracts/vapi.openapi.json"),
        include_str!("../tests/contracts/twilio.openapi.json"),
    ]
    .map(|text| serde_json::from_str(text).expect("a contract is JSON"))
});

static REQUESTS: LazyLock<BTreeMap<String, Validator>> = LazyLock::new(|| {
    let mut all = BTreeMap::new();
    for document in &*DOCUMENTS {
        let components = components(document, true);
        for (call, operation) in operations(document) {
            let content = operation["requestBody"]["content"].as_object();
            if let Some((kind, content)) = content.and_then(|content| content.iter().next()) {
                let mut schema = translate(&content["schema"], schemas(document));
                if kind == "application/x-www-form-urlencoded" {
                    let properties = schema["properties"].as_object_mut();
                    for property in properties.into_iter().flat_map(Map::values_mut) {
                        if property["type"] == "boolean" {
                            *property = json!({"enum": ["true", "false"]});
                        }
                    }
                }
                all.insert(call, validator(schema, &components));
            }
        }
    }
    all
});

static RESPONSES: LazyLock<BTreeMap<String, Validator>> = LazyLock::new(|| {
    let mut all = BTreeMap::new();
    for document in &*DOCUMENTS {
        let components = components(document, false);
        for (call, operation) in operations(document) {
            for status in ["200", "201"] {
                let schema =
                    &operation["responses"][status]["content"]["application/json"]["schema"];
                if schema.is_object() {
                    let schema = translate(schema, schemas(document));
                    all.insert(format!("{status} {call}"), validator(schema, &components));
                }
            }
        }
    }
    all
});

static EVENTS: LazyLock<Validator> = LazyLock::new(|| {
    let schema = json!({"$ref": "#/components/schemas/ServerMessage"});
    validator(schema, &components(&DOCUMENTS[0], false))
});

/// What a vendor would say against the body of a call such as `POST /assistant`.
pub fn problems(call: &str, body: &Value) -> Vec<String> {
    let Some(validator) = REQUESTS.get(call) else {
        return vec![format!("the contracts know no body of {call}")];
    };
    if !call.contains("/2010-04-01/") {
        return found(validator, body);
    }
    // An empty field of a form means "none"; the patterns would refuse it.
    let mut body = body.clone();
    if let Some(fields) = body.as_object_mut() {
        fields.retain(|_, value| value != "");
    }
    found(validator, &body)
}

/// What the contract says against an answer.
pub fn response_problems(call: &str, status: u16, body: &Value) -> Vec<String> {
    match RESPONSES.get(&format!("{status} {call}")) {
        Some(validator) => found(validator, body),
        None => vec![format!("the contracts know no answer {status} to {call}")],
    }
}

/// What the contract says against an event that Vapi posts.
pub fn event_problems(body: &Value) -> Vec<String> {
    found(&EVENTS, body)
}

fn found(validator: &Validator, body: &Value) -> Vec<String> {
    validator
        .iter_errors(body)
        .map(|error| {
            let place = error.instance_path().to_string();
            let place = place.trim_start_matches('/').replace('/', ".");
            if place.is_empty() {
                error.to_string()
            } else {
                format!("{place}: {error}")
            }
        })
        .collect()
}

fn schemas(document: &Value) -> &Map<String, Value> {
    document["components"]["schemas"]
        .as_object()
        .expect("a contract has schemas")
}

/// The operations of a document by name, such as `POST /assistant`.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().expect("a contract has paths");
    let mut all = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("a path has operations") {
            if operation["responses"].is_object() {
                all.push((format!("{} {path}", method.to_uppercase()), operation));
            }
        }
    }
    all
}

/// The named schemas. In a request Vapi refuses properties that it does not know; those that were cut
/// from our copy of its contract it does know.
fn components(document: &Value, is_request: bool) -> Value {
    let all = schemas(document);
    let cut = &document["info"]["x-source"]["removedProperties"];
    let is_strict = is_request && cut.is_object();
    let mut translated = Map::new();
    for (name, schema) in all {
        let mut schema = translate(schema, all);
        let is_closed = is_strict
            && !FREE.contains(&name.as_str())
            && schema["properties"].is_object()
            && schema.get("additionalProperties").is_none();
        if is_closed {
            for property in cut[name.as_str()].as_array().into_iter().flatten() {
                schema["properties"][property.as_str().unwrap_or_default()] = json!(true);
            }
            schema["additionalProperties"] = json!(false);
        }
        translated.insert(name.clone(), schema);
    }
    json!({"schemas": translated})
}

fn validator(mut schema: Value, components: &Value) -> Validator {
    schema["components"] = components.clone();
    jsonschema::options()
        .build(&schema)
        .expect("a contract is a schema")
}

/// OpenAPI 3.0 to JSON Schema, as far as these documents need it.
fn translate(schema: &Value, all: &Map<String, Value>) -> Value {
    let fields = match schema {
        Value::Object(fields) => fields,
        Value::Array(items) => return items.iter().map(|item| translate(item, all)).collect(),
        other => return other.clone(),
    };
    let mut translated = Map::new();
    for (name, value) in fields {
        match name.as_str() {
            "description" | "title" | "example" | "examples" | "default" | "deprecated"
            | "format" | "discriminator" | "nullable" => {}
            extension if extension.starts_with("x-") => {}
            // The names below are properties, not keywords.
            "properties" => {
                let properties: Map<String, Value> = value
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(name, property)| (name.clone(), translate(property, all)))
                    .collect();
                translated.insert(name.clone(), Value::Object(properties));
            }
            "oneOf" => match choice(value, all) {
                Some(rules) => {
                    translated.insert("allOf".to_owned(), json!([rules]));
                }
                None => {
                    translated.insert(name.clone(), translate(value, all));
                }
            },
            _ => {
                translated.insert(name.clone(), translate(value, all));
            }
        }
    }
    if fields.get("nullable") == Some(&Value::Bool(true)) {
        if let Some(kind) = translated.get_mut("type") {
            *kind = json!([kind.take(), "null"]);
        }
        if let Some(values) = translated.get_mut("enum").and_then(Value::as_array_mut) {
            values.push(Value::Null);
        }
    }
    Value::Object(translated)
}

/// A union whose members name themselves in `provider` or `type`: the named one alone is looked at, so
/// that a problem says what is wrong and not that nothing fits.
fn choice(union: &Value, all: &Map<String, Value>) -> Option<Value> {
    let members = union.as_array()?;
    if let [only] = members.as_slice() {
        return Some(translate(only, all));
    }
    'properties: for property in ["provider", "type"] {
        let mut known = Vec::new();
        let mut rules = Vec::new();
        for member in members {
            let reference = member["$ref"].as_str()?;
            let member = all.get(reference.rsplit('/').next()?)?;
            let Some(values) = member["properties"][property]["enum"].as_array() else {
                continue 'properties;
            };
            known.extend(values.iter().cloned());
            rules.push(json!({
                "if": {"properties": {property: {"enum": values}}, "required": [property]},
                "then": {"$ref": reference},
            }));
        }
        return Some(json!({
            "type": "object",
            "required": [property],
            "properties": {property: {"enum": known}},
            "allOf": rules,
        }));
    }
    None
}
