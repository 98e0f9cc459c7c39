//! Accounts and tokens.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::{PASSWORD, TestApp};

#[tokio::test]
async fn sign_up_gives_a_token_and_counts_the_start_once() {
    let app = TestApp::start().await;
    let (program, email) = app.integrator().await;
    let me = program.get("/api/v1/auth/me").await;
    assert_eq!(me.status, StatusCode::OK);
    assert_eq!(me.json["email"], email);
    assert_eq!(me.json["locale"], "en");
    let again = json!({"email": email.to_uppercase(), "password": PASSWORD});
    let reply = program.call("POST", "/api/v1/auth/signup", again).await;
    assert_eq!(
        reply.status,
        StatusCode::CREATED,
        "the right password logs in"
    );
    assert_eq!(app.events().await, ["onboarding_started {}"]);
    let taken = json!({"email": email, "password": "another good password"});
    let reply = program.call("POST", "/api/v1/auth/signup", taken).await;
    assert_eq!(reply.errors(), ["email taken"]);
}

#[tokio::test]
async fn a_program_and_a_page_share_the_account() {
    let app = TestApp::start().await;
    let (_, email) = app.integrator().await;
    let answer = app.browser().log_in(&email, PASSWORD).await;
    assert_eq!(answer.location(), "/en/onboarding");
    let body = json!({"email": email, "password": PASSWORD});
    let reply = app.program().call("POST", "/api/v1/auth/login", body).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.json["token_type"], "Bearer");
    let token = reply.json["token"].as_str().expect("a token");
    assert!(token.starts_with("ava_") && token.len() > 40, "{token}");
    let stored: String = sqlx::query_scalar("SELECT api_tokens::text FROM api_tokens LIMIT 1")
        .fetch_one(&app.pool)
        .await
        .expect("a token");
    assert!(!stored.contains(token), "only a hash is stored");
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_waiting_begins() {
    let app = TestApp::start().await;
    let (program, email) = app.integrator().await;
    let wrong = json!({"email": email, "password": "not this one"});
    for _ in 0..3 {
        let reply = program
            .call("POST", "/api/v1/auth/login", wrong.clone())
            .await;
        assert_eq!(reply.json["code"], "wrong_credentials");
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    }
    let right = json!({"email": email, "password": PASSWORD});
    let reply = program.call("POST", "/api/v1/auth/login", right).await;
    assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(!reply.header("retry-after").is_empty());
}

#[tokio::test]
async fn log_out_ends_the_token_and_a_new_password_ends_all() {
    let app = TestApp::start().await;
    let (program, email) = app.integrator().await;
    let login = async || {
        let body = json!({"email": email, "password": PASSWORD});
        let reply = app.program().call("POST", "/api/v1/auth/login", body).await;
        let mut program = app.program();
        program.token = reply.json["token"].as_str().map(str::to_owned);
        program
    };
    let other = login().await;
    let reply = program
        .call("POST", "/api/v1/auth/logout", Value::Null)
        .await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT);
    assert_eq!(
        program.get("/api/v1/auth/me").await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(other.get("/api/v1/auth/me").await.status, StatusCode::OK);

    let mut browser = app.browser();
    browser.log_in(&email, PASSWORD).await;
    let made = made_in_settings(&app, &mut browser).await;
    let fields = [
        ("current_password", PASSWORD),
        ("password", "quite another phrase"),
    ];
    let path = "/en/settings?section=security";
    assert_eq!(
        browser.submit(path, &fields).await.status,
        StatusCode::SEE_OTHER
    );
    for program in [other, made] {
        let reply = program.get("/api/v1/auth/me").await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    }
}

async fn made_in_settings(
    app: &TestApp,
    browser: &mut crate::common::Browser,
) -> crate::common::Program {
    let path = "/en/settings?section=api";
    let fields = [
        ("token_name", "CRM"),
        ("token_days", "90"),
        ("intent", "create_token"),
    ];
    let page = browser.submit(path, &fields).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let token = page.body.split(">ava_").nth(1).expect("the token is shown");
    let token: String = token
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    let mut program = app.program();
    program.token = Some(format!("ava_{token}"));
    program
}

#[tokio::test]
async fn a_token_is_made_in_the_settings_shown_once_and_revoked() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let program = made_in_settings(&app, &mut browser).await;
    let page = browser.get("/en/settings?section=api").await;
    let token = program.token.clone().expect("a token");
    assert!(!page.body.contains(&token), "shown once");
    assert!(page.body.contains("CRM") && page.body.contains(&token[token.len() - 4..]));
    assert!(page.body.contains("never used"));
    assert_eq!(program.get("/api/v1/auth/me").await.status, StatusCode::OK);
    let page = browser.get("/en/settings?section=api").await;
    assert!(!page.body.contains("never used"));

    // The same form sent twice makes one token.
    let fields = [
        ("token_name", "Twice"),
        ("token_days", "30"),
        ("intent", "create_token"),
    ];
    for is_first in [true, false] {
        let answer = browser
            .submit_from(&page, "/en/settings?section=api", &fields)
            .await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.body.contains(">ava_"), is_first);
    }
    let page = browser.get("/en/settings?section=api").await;
    assert_eq!(page.body.matches(">Twice<").count(), 1, "{}", page.body);

    let id: String = sqlx::query_scalar("SELECT id::text FROM api_tokens WHERE name = 'CRM'")
        .fetch_one(&app.pool)
        .await
        .expect("the token");
    let revoke = format!("revoke:{id}");
    let stranger = app.customer().await;
    let answer = stranger
        .clone()
        .submit("/en/settings?section=api", &[("intent", &revoke)])
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(
        program.get("/api/v1/auth/me").await.status,
        StatusCode::OK,
        "not theirs"
    );
    browser
        .submit("/en/settings?section=api", &[("intent", &revoke)])
        .await;
    assert_eq!(
        program.get("/api/v1/auth/me").await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_new_token_is_said_beside_its_field() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    for (name, days) in [("", "90"), ("CRM", "5000"), (&"x".repeat(61), "30")] {
        let fields = [
            ("token_name", name),
            ("token_days", days),
            ("intent", "create_token"),
        ];
        let page = browser.submit("/en/settings?section=api", &fields).await;
        assert_eq!(
            page.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{name} {days}"
        );
        assert!(!page.body.contains(">ava_"));
    }
}

#[tokio::test]
async fn nonsense_instead_of_a_token_is_nobody() {
    let app = TestApp::start().await;
    let program = app.program();
    let long = format!("Bearer {}", "a".repeat(5_000));
    for header in [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer ava_",
        "Bearer ava_x",
        "Basic eDp5",
        &long,
    ] {
        let headers = [("authorization", header)];
        let reply = program
            .call_with("GET", "/api/v1/auth/me", Value::Null, &headers)
            .await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{header}");
        assert_eq!(reply.header("www-authenticate"), "Bearer");
    }
}

#[tokio::test]
async fn a_token_ends_at_its_time() {
    let app = TestApp::start().await;
    let (program, _) = app.integrator().await;
    for (moment, status) in [
        ("1 second", StatusCode::OK),
        ("0 seconds", StatusCode::UNAUTHORIZED),
    ] {
        sqlx::query("UPDATE api_tokens SET expires_at = now() + $1::interval")
            .bind(moment)
            .execute(&app.pool)
            .await
            .expect("updated");
        assert_eq!(
            program.get("/api/v1/auth/me").await.status,
            status,
            "{moment}"
        );
    }
}
