//! `Idempotency-Key`: what is sent twice is done once.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::vendors::{ASSISTANT, live};
use crate::common::{Program, Reply, TestApp};

async fn call(program: &Program, path: &str, body: Value, key: &str) -> Reply {
    let headers = [("idempotency-key", key)];
    program.call_with("POST", path, body, &headers).await
}

#[tokio::test]
async fn the_first_outcome_is_given_again() {
    let app = TestApp::start().await;
    let (program, _) = app.integrator().await;
    let key = json!({"vapi_api_key": "key-of-the-first"});
    program.call("POST", "/api/v1/vapi-settings", key).await;
    let path = "/api/v1/assistants";
    let first = call(&program, path, ASSISTANT.clone(), "one").await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.json);
    let again = call(&program, path, ASSISTANT.clone(), "one").await;
    assert_eq!((again.status, &again.json), (first.status, &first.json));
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(app.sandbox.assistants("key-of-the-first").len(), 1);

    let mut other = ASSISTANT.clone();
    other["name"] = json!("Another");
    let reply = call(&program, path, other, "one").await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(reply.json["code"], "idempotency_key_reused");
    let reply = call(&program, path, ASSISTANT.clone(), "two").await;
    assert_eq!(reply.json["code"], "assistant_exists");

    sqlx::query("UPDATE idempotency_keys SET created_at = now() - interval '25 hours'")
        .execute(&app.pool)
        .await
        .expect("updated");
    let reply = call(&program, path, ASSISTANT.clone(), "one").await;
    assert_eq!(reply.json["code"], "assistant_exists", "kept for a day");
}

#[tokio::test]
async fn ten_at_once_place_one_call() {
    let app = TestApp::start().await;
    let (program, key) = live(&app).await;
    let before = app.sandbox.calls(&key).len();
    let all: Vec<_> = (0..10)
        .map(|_| {
            let program = program.clone();
            tokio::spawn(async move {
                let body = json!({"customer_number": "+97237654321"});
                call(&program, "/api/v1/calls", body, "the-call").await
            })
        })
        .collect();
    let mut ids = Vec::new();
    for one in all {
        let reply = one.await.expect("an answer");
        if reply.status == StatusCode::CONFLICT {
            assert_eq!(reply.json["code"], "request_in_progress");
            assert_eq!(reply.header("retry-after"), "1");
        } else {
            assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.json);
            ids.push(reply.json["id"].clone());
        }
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert_eq!(app.sandbox.calls(&key).len(), before + 1);
}

#[tokio::test]
async fn a_refusal_leaves_the_key_free_and_keys_are_each_customers_own() {
    let app = TestApp::start().await;
    let (one, _) = app.integrator().await;
    let (two, _) = app.integrator().await;
    let path = "/api/v1/vapi-settings";
    let reply = call(&one, path, json!({"vapi_api_key": "wrong-key"}), "k").await;
    assert_eq!(reply.errors(), ["vapi_api_key refused"]);
    for program in [&one, &two] {
        let body = json!({"vapi_api_key": "a-key-that-is-good"});
        let reply = call(program, path, body, "k").await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.json);
    }
    for key in ["", "with space", &"k".repeat(201)] {
        let reply = call(&one, path, json!({"vapi_api_key": "a-key"}), key).await;
        assert_eq!(reply.errors(), ["Idempotency-Key malformed"], "{key}");
    }
}
