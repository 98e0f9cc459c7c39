//! Who was refused what is in the log: once, with the request and the customer, and nothing that was sent.

use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use tracing::Level;
use uuid::Uuid;

use crate::api::vendors::live;
use crate::common::{PASSWORD, TestApp};
use crate::events;

/// Words of the requests below.
const SENT: &str = "hunter2";

/// Checks what was logged since the last look: one warning of a refusal, for the request with these headers.
fn assert_warned(what: &str, user: Option<Uuid>, headers: &HeaderMap) {
    let logged = events::take();
    let id = headers["x-request-id"].to_str().expect("text");
    let refusals: Vec<_> = logged
        .iter()
        .filter(|event| event.text.contains("refused: "))
        .collect();
    let [refusal] = refusals[..] else {
        panic!("{what}: {} refusals are logged", refusals.len());
    };
    assert_eq!(refusal.level, Level::WARN, "{what}");
    assert!(refusal.request.contains(id), "{what}: {}", refusal.request);
    let names = user.is_none_or(|user| refusal.text.contains(&user.to_string()));
    assert!(names, "{what}: {}", refusal.text);
    for event in logged {
        assert!(!event.text.contains(SENT), "{what}: {}", event.text);
        assert!(!event.request.contains(SENT), "{what}: {}", event.request);
    }
}

#[tokio::test]
async fn forms_that_are_not_ours_are_logged() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let user = Some(app.only_user().await);
    let path = "/en/onboarding/ava";
    let page = browser.get(path).await;
    let token = page.hidden("csrf_token");
    let elsewhere = ("sec-fetch-site", "cross-site");
    let fields = format!("csrf_token={token}&job_to_be_done={SENT}");
    events::take();
    for (what, body, headers) in [
        ("no token", format!("job_to_be_done={SENT}"), vec![]),
        ("a wrong token", format!("csrf_token={SENT}"), vec![]),
        ("another site", fields, vec![elsewhere]),
    ] {
        let answer = browser.post_raw(path, body, &headers).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}");
        assert_warned(what, user, &answer.headers);
    }
    let body = format!("email={SENT}");
    let answer = app.browser().post_raw("/en/login", body, &[]).await;
    assert_warned("a visitor", None, &answer.headers);
}

#[tokio::test]
async fn calls_that_are_not_the_customers_are_logged() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let user = Some(app.only_user().await);
    let (path, own) = ("/api/v1/user/profile", ("x-requested-with", "fetch"));
    let json_body = ("content-type", "application/json");
    let elsewhere = ("origin", "https://evil.example");
    events::take();
    for (what, headers) in [
        ("another origin", vec![json_body, own, elsewhere]),
        ("no header of ours", vec![json_body]),
    ] {
        let body = json!({"full_name": SENT}).to_string();
        let answer = browser.send_raw("PATCH", path, body, &headers).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}");
        assert_warned(what, user, &answer.headers);
    }
    let mut program = app.program();
    program.token = Some(SENT.to_owned());
    let reply = program.get(path).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    assert_warned("a wrong token", None, &reply.headers);
}

#[tokio::test]
async fn what_is_another_customers_is_logged() {
    let app = TestApp::start().await;
    let (owner, _) = live(&app).await;
    let call = json!({"customer_number": "+97237654321"});
    let call = owner.call("POST", "/api/v1/calls", call).await.json["id"].clone();
    let list = owner.get("/api/v1/assistants").await.json;
    let assistant = list["items"][0]["id"].as_str().expect("an id");
    let token: Uuid = sqlx::query_scalar("SELECT id FROM api_tokens")
        .fetch_one(&app.pool)
        .await
        .expect("the owner's token");

    let (other, _) = live(&app).await;
    let me = other.get("/api/v1/auth/me").await.json;
    let user = me["id"].as_str().and_then(|id| id.parse().ok());
    let address = format!("/api/v1/assistants/{assistant}");
    events::take();
    let reply = other.call("PATCH", &address, json!({"name": SENT})).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND);
    assert_warned("an assistant", user, &reply.headers);

    let mut browser = app.browser();
    browser
        .log_in(me["email"].as_str().expect("an address"), PASSWORD)
        .await;
    let page = browser.get("/en/settings?section=api").await;
    events::take();
    let call = call.as_str().expect("an id");
    let answer = browser.get(&format!("/en/ava-studio/calls/{call}")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_warned("a call", user, &answer.headers);

    let revoke = [("intent", format!("revoke:{token}"))];
    let revoke = revoke
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let fields = [("section", "api"), revoke[0]];
    let answer = browser.submit_from(&page, "/en/settings", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_warned("a token", user, &answer.headers);

    let secret = [("x-vapi-secret", SENT)];
    let owner: Uuid = owner.get("/api/v1/auth/me").await.json["id"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .expect("an id");
    events::take();
    for (what, id, user) in [
        ("an event with a wrong secret", assistant, Some(owner)),
        ("an event for nobody", &Uuid::new_v4().to_string(), None),
    ] {
        let address = format!("/webhooks/vapi/{id}");
        let reply = app
            .program()
            .call_with("POST", &address, Value::Null, &secret)
            .await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        assert_warned(what, user, &reply.headers);
    }
}

#[tokio::test]
async fn a_wrong_password_of_today_is_logged() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let user = Some(app.only_user().await);
    let page = browser.get("/en/settings?section=security").await;
    let change = [
        ("current_password", SENT),
        ("password", "five other plain words"),
    ];
    let delete = [("delete_password", SENT), ("intent", "delete")];
    for (what, fields) in [("a change", change), ("a deletion", delete)] {
        events::take();
        let fields = [fields.as_slice(), &[("section", "security")]].concat();
        let answer = browser.submit_from(&page, "/en/settings", &fields).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            answer.body
        );
        assert_warned(what, user, &answer.headers);
    }
}
