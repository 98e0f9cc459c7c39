//! The vendors by way of the API: keys, the assistant, the number, calls, launching.

use std::sync::LazyLock;

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::{Program, TestApp};

pub static ASSISTANT: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "name": "Ava", "instructions": "Take orders.", "firstMessage": "Hello, this is Ava.",
        "voice": {"provider": "azure", "voiceId": "en-US-JennyNeural"},
        "model": {"provider": "openai", "model": "gpt-4o-mini", "temperature": 0.7},
        "metadata": {"crm": "42"},
    })
});

async fn ok(program: &Program, method: &str, path: &str, body: Value) -> Value {
    let reply = program.call(method, path, body).await;
    assert!(reply.status.is_success(), "{method} {path}: {}", reply.json);
    reply.json
}

/// A customer whose Ava answers calls, by the API alone; and their key at Vapi.
pub async fn live(app: &TestApp) -> (Program, String) {
    let (program, _) = app.integrator().await;
    let key = format!("key-{}", Uuid::new_v4());
    let profile = json!({
        "full_name": "Dana Levi", "organization_name": "Levi Flowers", "timezone": "Europe/Paris",
        "accept_terms": true,
    });
    ok(&program, "PATCH", "/api/v1/user/profile", profile).await;
    ok(
        &program,
        "POST",
        "/api/v1/vapi-settings",
        json!({"vapi_api_key": key}),
    )
    .await;
    let twilio = json!({
        "account_sid": format!("AC{}", Uuid::new_v4().simple()), "auth_token": "token-of-dana",
    });
    ok(&program, "POST", "/api/v1/twilio-settings", twilio).await;
    let config = json!({
        "persona": "secretary", "job_to_be_done": "Take orders", "languages": ["en"], "tone": "warm",
        "business_hours": "Mon-Fri 9-18", "calendar": "none", "crm": "none", "plan": "pro", "seats": 3,
    });
    ok(&program, "PATCH", "/api/v1/user/studio-config", config).await;
    let numbers = ok(
        &program,
        "GET",
        "/api/v1/phone-numbers?limit=1",
        Value::Null,
    )
    .await;
    let mut assistant = ASSISTANT.clone();
    assistant["phoneNumber"] = numbers["items"][0]["number"].clone();
    ok(&program, "POST", "/api/assistants", assistant).await;
    let done = ok(
        &program,
        "POST",
        "/api/v1/user/complete-onboarding",
        Value::Null,
    )
    .await;
    assert_eq!(done["live"], true, "{done}");
    (program, key)
}

#[tokio::test]
async fn from_sign_up_to_a_live_number_counted_as_the_pages_count() {
    let app = TestApp::start().await;
    let (program, key) = live(&app).await;
    let done = ok(
        &program,
        "POST",
        "/api/v1/user/complete-onboarding",
        Value::Null,
    )
    .await;
    assert_eq!(done["blockers"], json!([]));
    for step in done["steps"].as_array().expect("steps") {
        assert_eq!(step["status"], "done", "{step}");
    }
    let assistants = app.sandbox.assistants(&key);
    assert_eq!(assistants.len(), 1);
    assert_eq!(assistants[0]["metadata"]["crm"], "42");
    let events = app.events().await;
    for (event, count) in [
        ("onboarding_started", 1),
        ("onboarding_step_completed", 7),
        ("vapi_configured {\"method\": \"api\"}", 1),
        ("twilio_configured {\"method\": \"api\"}", 1),
        (
            "assistant_created {\"from\": \"api\", \"voice\": \"en-US-JennyNeural\"}",
            1,
        ),
        ("onboarding_completed", 1),
    ] {
        let seen = events.iter().filter(|own| own.starts_with(event)).count();
        assert_eq!(seen, count, "{event}: {events:?}");
    }
}

#[tokio::test]
async fn only_the_last_characters_of_a_secret_are_shown() {
    let app = TestApp::start().await;
    let (program, key) = live(&app).await;
    let shown = ok(&program, "GET", "/api/v1/vapi-settings", Value::Null).await;
    let preview = format!("****{}", &key[key.len() - 4..]);
    assert_eq!(
        shown,
        json!({"has_vapi_key": true, "vapi_api_key_preview": preview})
    );
    let shown = ok(&program, "GET", "/api/v1/twilio-settings", Value::Null).await;
    assert_eq!(shown["has_credentials"], true);
    let preview = shown["account_sid_preview"].as_str().expect("a preview");
    assert!(
        preview.starts_with("AC****") && preview.len() == 10,
        "{preview}"
    );

    for path in ["/api/v1/vapi-settings", "/api/v1/twilio-settings"] {
        for _ in 0..2 {
            let reply = program.call("DELETE", path, Value::Null).await;
            assert_eq!(reply.status, StatusCode::NO_CONTENT, "{}", reply.json);
        }
    }
    let shown = ok(&program, "GET", "/api/v1/vapi-settings", Value::Null).await;
    assert_eq!(
        shown,
        json!({"has_vapi_key": false, "vapi_api_key_preview": null})
    );
    assert!(
        app.sandbox.phone_numbers(&key).is_empty(),
        "the number was given back"
    );
}

#[tokio::test]
async fn a_key_that_its_vendor_refuses_is_not_stored() {
    let app = TestApp::start().await;
    let (program, _) = app.integrator().await;
    for (key, error) in [
        ("wrong-key", "vapi_api_key refused"),
        ("public-key", "vapi_api_key public_key"),
        ("a\u{0}", "vapi_api_key malformed"),
        ("", "vapi_api_key required"),
    ] {
        let body = json!({"vapi_api_key": key});
        let reply = program.call("POST", "/api/v1/vapi-settings", body).await;
        assert_eq!(reply.errors(), [error], "{key}");
        assert!(key.is_empty() || !reply.json.to_string().contains(key));
    }
    let reply = program
        .call(
            "POST",
            "/api/v1/twilio-settings",
            json!({"account_sid": "AC1"}),
        )
        .await;
    assert_eq!(
        reply.errors(),
        ["account_sid malformed", "auth_token required"]
    );
    let shown = ok(&program, "GET", "/api/v1/vapi-settings", Value::Null).await;
    assert_eq!(shown["has_vapi_key"], false);
}

#[tokio::test]
async fn the_assistant_is_changed_and_deleted_at_vapi_too() {
    let app = TestApp::start().await;
    let (program, key) = live(&app).await;
    let list = ok(&program, "GET", "/api/v1/assistants", Value::Null).await;
    let id = list["items"][0]["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/v1/assistants/{id}");
    let change = json!({"firstMessage": "Good morning.", "metadata": {"crm": "43"}});
    let changed = ok(&program, "PATCH", &path, change).await;
    assert_eq!(changed["firstMessage"], "Good morning.");
    assert_eq!(
        (&changed["name"], &changed["problem"]),
        (&json!("Ava"), &Value::Null)
    );
    let seen = &app.sandbox.assistants(&key)[0];
    assert_eq!(seen["firstMessage"], "Good morning.");
    assert_eq!(seen["metadata"]["crm"], "43");
    let reply = program
        .call(
            "PATCH",
            &path,
            json!({"voice": {"provider": "azure", "voiceId": "he-IL-HilaNeural"}}),
        )
        .await;
    assert_eq!(
        reply.errors(),
        ["voice conflicting"],
        "she speaks English only"
    );
    let reply = program
        .call("POST", "/api/v1/assistants", ASSISTANT.clone())
        .await;
    assert_eq!(reply.json["code"], "assistant_exists");

    let reply = program.call("DELETE", &path, Value::Null).await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT, "{}", reply.json);
    assert!(app.sandbox.assistants(&key).is_empty() && app.sandbox.phone_numbers(&key).is_empty());
    for method in ["GET", "PATCH", "DELETE"] {
        let reply = program.call(method, &path, json!({})).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{method}");
    }
    ok(&program, "POST", "/api/v1/assistants", ASSISTANT.clone()).await;
    assert_eq!(app.sandbox.assistants(&key).len(), 1);
}

#[tokio::test]
async fn an_assistant_is_described_whole_and_exactly() {
    let app = TestApp::start().await;
    let (program, _) = app.integrator().await;
    let reply = program.call("POST", "/api/v1/assistants", json!({})).await;
    let missing = [
        "name required",
        "instructions required",
        "firstMessage required",
        "voice required",
        "model required",
    ];
    assert_eq!(reply.errors(), missing);
    let mut body = ASSISTANT.clone();
    body["voice"] = json!({"provider": "11labs", "voiceId": "x", "speed": 2});
    body["model"]["temperature"] = json!(2);
    body["metadata"] = json!({"a": 1});
    body["owner"] = json!("somebody");
    let reply = program.call("POST", "/api/v1/assistants", body).await;
    let wrong = [
        "voice.provider not_in_list",
        "voice.voiceId not_in_list",
        "voice.speed unknown_field",
        "model.temperature not_in_list",
        "metadata malformed",
        "owner unknown_field",
    ];
    assert_eq!(reply.errors(), wrong);
    let reply = program
        .call("POST", "/api/v1/assistants", ASSISTANT.clone())
        .await;
    assert_eq!(
        (reply.status, &reply.json["code"]),
        (StatusCode::CONFLICT, &json!("vapi_key"))
    );
}

#[tokio::test]
async fn lists_are_read_part_by_part() {
    let app = TestApp::start().await;
    let (program, _) = live(&app).await;
    let all = ok(
        &program,
        "GET",
        "/api/v1/phone-numbers?limit=100",
        Value::Null,
    )
    .await;
    let all = all["items"].as_array().expect("numbers").clone();
    assert!(all.len() > 1, "{all:?}");
    let mut read = Vec::new();
    let mut path = "/api/v1/phone-numbers?limit=1".to_owned();
    loop {
        let part = ok(&program, "GET", &path, Value::Null).await;
        read.extend(part["items"].as_array().expect("numbers").clone());
        match part["next_cursor"].as_str() {
            Some(cursor) => path = format!("/api/v1/phone-numbers?limit=1&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(read, all);

    let user: Uuid = app.only_user().await;
    for n in 0..45 {
        sqlx::query("INSERT INTO calls (id, user_id, status, vapi_id, created_at) VALUES ($1, $2, 'ended', $3, now() - make_interval(mins => $4))")
            .bind(Uuid::now_v7()).bind(user).bind(format!("call-{n}")).bind(n / 2)
            .execute(&app.pool).await.expect("a call");
    }
    let mut seen = Vec::new();
    let mut path = "/api/v1/calls?limit=20".to_owned();
    loop {
        let part = ok(&program, "GET", &path, Value::Null).await;
        let items = part["items"].as_array().expect("calls");
        seen.extend(items.iter().map(|call| call["id"].to_string()));
        match part["next_cursor"].as_str() {
            Some(cursor) => path = format!("/api/v1/calls?limit=20&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen.len(), 45);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 45, "none twice");
    for (query, error) in [
        ("limit=0", "limit malformed"),
        ("limit=101", "limit malformed"),
        ("limit=ten", "limit malformed"),
        ("cursor=*", "cursor malformed"),
        ("cursor=bm9uc2Vuc2U", "cursor malformed"),
        ("offset=3", "offset unknown_field"),
    ] {
        let reply = program.get(&format!("/api/v1/calls?{query}")).await;
        assert_eq!(reply.errors(), [error], "{query}");
    }
}

#[tokio::test]
async fn a_vendor_that_does_not_answer_is_named_and_nothing_is_stored() {
    let unused = "http://127.0.0.1:9";
    let app = TestApp::start_with(&[("VAPI_BASE_URL", unused), ("TWILIO_BASE_URL", unused)]).await;
    let (program, _) = app.integrator().await;
    let reply = program
        .call(
            "POST",
            "/api/v1/vapi-settings",
            json!({"vapi_api_key": "a-key"}),
        )
        .await;
    assert_eq!(reply.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(reply.json["code"], "vapi_unreachable");
    assert_eq!(reply.header("retry-after"), "10");
    let held: i64 = sqlx::query_scalar("SELECT count(*) FROM pending_credentials")
        .fetch_one(&app.pool)
        .await
        .expect("a count");
    assert_eq!(held, 0);
    let reply = program.get("/api/v1/phone-numbers").await;
    assert_eq!(reply.json["code"], "twilio_credentials");
    let reply = program
        .call(
            "POST",
            "/api/v1/calls",
            json!({"customer_number": "+97237654321"}),
        )
        .await;
    assert_eq!(reply.json["code"], "assistant_not_created");
}
