//! What we send is valid under the vendors' own contracts, and what they answer is read.

use ava::domain::assistant::VOICES;
use ava::server::vendors::twilio::Routing;
use ava::server::vendors::vapi::{Assistant, Import, attach_body, call_body};
use serde_json::Value;
use uuid::Uuid;

use crate::common::TestApp;
use crate::sandbox::contract;

fn assert_valid(call: &str, body: &Value) {
    let problems = contract::problems(call, body);
    assert!(problems.is_empty(), "{call}: {problems:?}");
}

#[test]
fn every_body_that_we_send_fits_the_contract() {
    let long = "א".repeat(8_000);
    for voice in VOICES {
        let body = Assistant {
            id: Uuid::nil(),
            name: &"x".repeat(40),
            voice,
            first_message: "Hello",
            instructions: &long,
            events_url: "https://ava.example/webhooks/vapi/1",
            metadata: &std::collections::BTreeMap::from([("crm".to_owned(), "42".to_owned())]),
            events_secret: "secret",
        }
        .body();
        assert_valid("POST /assistant", &body);
        assert_valid("PATCH /assistant/{id}", &body);
    }
    let import = Import {
        number: "+14155550100",
        account_sid: "AC0123456789abcdef0123456789abcdef",
        auth_token: "token",
        assistant_id: "id",
    };
    assert_valid("POST /phone-number", &import.body());
    assert_valid("PATCH /phone-number/{id}", &attach_body("id"));
    assert_valid("POST /call", &call_body("a", "p", "+14155550101"));
    let form: serde_json::Map<String, Value> = Routing::default()
        .form()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Value::String(value)))
        .collect();
    assert_valid(
        "POST /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{Sid}.json",
        &Value::Object(form),
    );
}

#[test]
fn what_the_contract_refuses_is_refused() {
    let mut body = call_body("a", "p", "+14155550101");
    body["surprise"] = Value::Bool(true);
    assert!(!contract::problems("POST /call", &body).is_empty());
    assert!(!contract::problems("POST /nowhere", &body).is_empty());
}

/// A sample answer as the contract describes it, made of its own schema: every property, the first
/// of each choice.
#[tokio::test]
async fn the_sandbox_answers_as_the_contract_says() {
    let app = TestApp::start().await;
    let client = reqwest::Client::builder()
        .user_agent("test")
        .build()
        .expect("a client");
    let base = app.app.config.vapi_base_url.clone();
    let answer: Value = client
        .post(format!("{base}/assistant"))
        .bearer_auth("key")
        .json(&serde_json::json!({"name": "Ava"}))
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let problems = contract::response_problems("POST /assistant", 201, &answer);
    assert!(problems.is_empty(), "{problems:?}");
    let base = app.app.config.twilio_base_url.clone();
    let sid = "AC0123456789abcdef0123456789abcdef";
    for (path, call) in [
        (format!("{sid}.json"), "GET /2010-04-01/Accounts/{Sid}.json"),
        (
            format!("{sid}/IncomingPhoneNumbers.json"),
            "GET /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json",
        ),
    ] {
        let answer: Value = client
            .get(format!("{base}/2010-04-01/Accounts/{path}"))
            .basic_auth(sid, Some("token"))
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON");
        let problems = contract::response_problems(call, 200, &answer);
        assert!(problems.is_empty(), "{call}: {problems:?}");
    }
}
