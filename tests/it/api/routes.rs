//! Who may call what: every route, for every kind of caller, in one table.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::vendors::live;
use crate::common::{Answer, PASSWORD, TestApp};

/// Expected statuses: anonymous, owner, another tenant, disabled account, revoked token, and the owner's
/// cookie from another origin. Each call sends `{}`; `{id}` is the owner's assistant. What takes
/// something away comes last.
#[rustfmt::skip]
const TABLE: &[(&str, &str, [u16; 6])] = &[
    ("GET", "/api/v1/openapi.json",                 [200, 200, 200, 200, 200, 200]),
    ("GET", "/api/v1/docs",                         [200, 200, 200, 200, 200, 200]),
    ("GET", "/api/v1/docs/swagger-ui.css",          [200, 200, 200, 200, 200, 200]),
    ("POST", "/api/v1/auth/signup",                 [422, 422, 422, 422, 422, 422]),
    ("POST", "/api/v1/auth/login",                  [422, 422, 422, 422, 422, 422]),
    ("GET", "/api/v1/auth/me",                      [401, 200, 200, 401, 401, 403]),
    ("GET", "/api/v1/user/profile",                 [401, 200, 200, 401, 401, 403]),
    ("PATCH", "/api/v1/user/profile",               [401, 200, 200, 401, 401, 403]),
    ("GET", "/api/v1/user/studio-config",           [401, 200, 200, 401, 401, 403]),
    ("PATCH", "/api/v1/user/studio-config",         [401, 200, 200, 401, 401, 403]),
    ("GET", "/api/v1/studio/config",                [401, 200, 200, 401, 401, 403]),
    ("PATCH", "/api/v1/studio/config",              [401, 200, 200, 401, 401, 403]),
    ("GET", "/api/v1/user/onboarding",              [401, 200, 200, 401, 401, 403]),
    ("PATCH", "/api/v1/user/onboarding",            [401, 200, 200, 401, 401, 403]),
    ("POST", "/api/v1/user/complete-onboarding",    [401, 200, 200, 401, 401, 403]),
    ("GET", "/api/v1/vapi-settings",                [401, 200, 200, 401, 401, 403]),
    ("POST", "/api/v1/vapi-settings",               [401, 422, 422, 401, 401, 403]),
    ("GET", "/api/v1/twilio-settings",              [401, 200, 200, 401, 401, 403]),
    ("POST", "/api/v1/twilio-settings",             [401, 422, 422, 401, 401, 403]),
    ("GET", "/api/v1/phone-numbers",                [401, 200, 409, 401, 401, 403]),
    ("GET", "/api/v1/calls",                        [401, 200, 200, 401, 401, 403]),
    ("POST", "/api/v1/calls",                       [401, 422, 422, 401, 401, 403]),
    ("GET", "/api/v1/assistants",                   [401, 200, 200, 401, 401, 403]),
    ("POST", "/api/v1/assistants",                  [401, 422, 422, 401, 401, 403]),
    ("POST", "/api/assistants",                     [401, 422, 422, 401, 401, 403]),
    ("GET", "/api/v1/assistants/{id}",              [401, 200, 404, 401, 401, 403]),
    ("PATCH", "/api/v1/assistants/{id}",            [401, 200, 404, 401, 401, 403]),
    ("DELETE", "/api/v1/assistants/{id}",           [401, 204, 404, 401, 401, 403]),
    ("DELETE", "/api/v1/vapi-settings",             [401, 204, 204, 401, 401, 403]),
    ("DELETE", "/api/v1/twilio-settings",           [401, 204, 204, 401, 401, 403]),
    ("POST", "/api/v1/auth/logout",                 [401, 204, 204, 401, 401, 403]),
];

/// What is served and no call of the contract.
const BESIDE_THE_CONTRACT: [&str; 3] = [
    "GET /api/v1/openapi.json",
    "GET /api/v1/docs",
    "GET /api/v1/docs/swagger-ui.css",
];

#[tokio::test]
async fn every_caller_gets_what_the_table_says() {
    let app = TestApp::start().await;
    let (owner, _) = live(&app).await;
    let list = owner.get("/api/v1/assistants").await.json;
    let id = list["items"][0]["id"].as_str().expect("an id").to_owned();
    let (other, _) = app.integrator().await;
    let (disabled, email) = app.integrator().await;
    sqlx::query("UPDATE users SET is_active = false WHERE email = $1")
        .bind(email)
        .execute(&app.pool)
        .await
        .expect("disabled");
    let (revoked, _) = app.integrator().await;
    revoked
        .call("POST", "/api/v1/auth/logout", Value::Null)
        .await;
    let me = owner.get("/api/v1/auth/me").await.json;
    let mut browser = app.browser();
    let email = me["email"].as_str().expect("an address");
    browser.log_in(email, PASSWORD).await;

    for (method, path, expected) in TABLE {
        let address = path.replace("{id}", &id);
        let has_body = *method != "GET" && *method != "DELETE";
        let body = if has_body { json!({}) } else { Value::Null };
        let elsewhere = browser
            .clone()
            .send_raw(
                method,
                &address,
                body.to_string(),
                &[
                    ("content-type", "application/json"),
                    ("origin", "https://evil.example"),
                    ("sec-fetch-site", "cross-site"),
                    ("x-requested-with", "fetch"),
                ],
            )
            .await;
        let with = async |program: &crate::common::Program| {
            program.call(method, &address, body.clone()).await.status
        };
        let seen = [
            with(&app.program()).await,
            StatusCode::IM_A_TEAPOT,
            with(&other).await,
            with(&disabled).await,
            with(&revoked).await,
            elsewhere.status,
        ];
        let seen = seen.map(|status| status.as_u16());
        for (index, status) in seen.iter().enumerate().filter(|(index, _)| *index != 1) {
            assert_eq!(*status, expected[index], "{method} {path}, column {index}");
        }
        assert_eq!(
            with(&owner).await.as_u16(),
            expected[1],
            "{method} {path}, its owner"
        );
    }
}

/// A route that is not in the table fails here.
#[tokio::test]
async fn the_table_knows_every_route() {
    let app = TestApp::start().await;
    let contract = app.program().get("/api/v1/openapi.json").await.json;
    let mut routes: BTreeSet<String> = contract["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().expect("operations").keys();
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    routes.extend(BESIDE_THE_CONTRACT.map(str::to_owned));
    let rows: BTreeSet<String> = TABLE
        .iter()
        .map(|(method, path, _)| format!("{method} {path}"))
        .collect();
    assert_eq!(rows, routes);
    assert_eq!(rows.len(), TABLE.len(), "none twice");
}

/// A page of our own may use its cookie, with the header that shows that it is ours.
#[tokio::test]
async fn a_cookie_counts_from_our_own_pages_only() {
    let app = TestApp::start().await;
    let browser = app.customer().await;
    let own = app.app.config.public_url.origin().ascii_serialization();
    let send = async |headers: &[(&str, &str)], method: &str| -> Answer {
        let mut all = vec![("content-type", "application/json")];
        all.extend(headers);
        let body = r#"{"full_name": "Dana"}"#;
        browser
            .clone()
            .send_raw(method, "/api/v1/user/profile", body, &all)
            .await
    };
    let ours = ("x-requested-with", "fetch");
    assert_eq!(send(&[], "GET").await.status, StatusCode::OK);
    assert_eq!(
        send(&[], "PATCH").await.status,
        StatusCode::FORBIDDEN,
        "no header"
    );
    assert_eq!(send(&[ours], "PATCH").await.status, StatusCode::OK);
    let same = [
        ours,
        ("origin", own.as_str()),
        ("sec-fetch-site", "same-origin"),
    ];
    assert_eq!(send(&same, "PATCH").await.status, StatusCode::OK);
    for from in ["https://evil.example", "null", "http://127.0.0.1:1"] {
        let answer = send(&[ours, ("origin", from)], "PATCH").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{from}");
    }
    let answer = browser
        .clone()
        .send_raw("POST", "/api/v1/auth/logout", "", &[ours])
        .await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(send(&[], "GET").await.status, StatusCode::UNAUTHORIZED);
}
