//! Every refusal is RFC 9457, in the caller's language, those of the framework included.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::{Reply, TestApp};

fn assert_problem(reply: &Reply, status: u16, code: &str) {
    assert_eq!(reply.status.as_u16(), status, "{}", reply.json);
    assert_eq!(reply.header("content-type"), "application/problem+json");
    assert_eq!(reply.json["code"], code);
    assert_eq!(reply.json["status"], status);
    assert_eq!(reply.json["type"], format!("urn:ava:problem:{code}"));
    let id = reply.header("x-request-id");
    assert_eq!(reply.json["instance"], format!("urn:uuid:{id}"));
    let mut varies = reply.headers.get_all("vary").iter();
    assert!(varies.any(|by| by == "Accept-Language"));
    for text in ["title", "detail"] {
        assert!(reply.json[text].as_str().is_some_and(|text| text.len() > 5));
    }
}

#[tokio::test]
async fn what_the_framework_refuses_is_a_problem_too() {
    let app = TestApp::start().await;
    let (program, _) = app.integrator().await;
    let profile = "/api/v1/user/profile";
    for path in [
        "/api/v1/nothing",
        "/api/nothing",
        "/api/v2/user/profile",
        "/api/v1/assistants/x",
    ] {
        assert_problem(&program.get(path).await, 404, "not_found");
    }
    let reply = program.call("PUT", profile, json!({})).await;
    assert_problem(&reply, 405, "method_not_allowed");
    assert!(
        reply.header("allow").contains("PATCH"),
        "{}",
        reply.header("allow")
    );
    let raw = async |body: &str, kind: &str| {
        let headers = [("content-type", kind)];
        let mut browser = app.browser();
        let token = format!("Bearer {}", program.token.as_deref().unwrap_or_default());
        let headers = [headers[0], ("authorization", token.as_str())];
        browser
            .send_raw("PATCH", profile, body.to_owned(), &headers)
            .await
    };
    for (body, kind, status, code) in [
        ("{", "application/json", 400, "malformed"),
        ("", "application/json", 400, "malformed"),
        (
            "{\"full_name\": \"\\ud800\"}",
            "application/json",
            400,
            "malformed",
        ),
        ("{}", "text/plain", 415, "unsupported_media_type"),
        (
            "full_name=x",
            "application/x-www-form-urlencoded",
            415,
            "unsupported_media_type",
        ),
        (
            &format!("{{\"full_name\": \"{}\"}}", "x".repeat(70_000)),
            "application/json",
            413,
            "too_large",
        ),
    ] {
        let answer = raw(body, kind).await;
        let json: Value = serde_json::from_str(&answer.body).expect("JSON");
        assert_eq!(
            (answer.status.as_u16(), &json["code"]),
            (status, &json!(code)),
            "{kind}"
        );
    }
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(
        raw(&deep, "application/json").await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn words_follow_accept_language_and_codes_do_not() {
    let app = TestApp::start().await;
    let (program, _) = app.integrator().await;
    for (accepted, language, word) in [
        ("fr-CA, en;q=0.5", "fr", "Choisissez"),
        ("he", "he", "לבחור"),
        ("de", "en", "Choose"),
        ("", "en", "Choose"),
    ] {
        let body = json!({"tone": "rude", "hello": 1});
        let headers = [("accept-language", accepted)];
        let reply = program
            .call_with("PATCH", "/api/v1/user/studio-config", body, &headers)
            .await;
        assert_problem(&reply, 422, "invalid");
        assert_eq!(reply.header("content-language"), language);
        assert_eq!(reply.errors(), ["tone not_in_list", "hello unknown_field"]);
        let message = reply.json["errors"][0]["message"].as_str().expect("text");
        assert!(message.contains(word), "{accepted}: {message}");
    }
}

#[tokio::test]
async fn without_a_database_it_says_so_and_when_to_try_again() {
    let app = TestApp::start().await;
    let (program, _) = app.integrator().await;
    app.pool.close().await;
    let reply = program.get("/api/v1/user/profile").await;
    assert_problem(&reply, 503, "unavailable");
    assert_eq!(reply.header("retry-after"), "5");
}

#[tokio::test]
async fn answers_opened_as_a_page_are_data() {
    let app = TestApp::start().await;
    let (program, _) = app.integrator().await;
    let reply = program.get("/api/v1/user/profile").await;
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert!(!reply.header("x-request-id").is_empty());
}
