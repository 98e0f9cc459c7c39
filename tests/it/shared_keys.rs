//! The operator's keys: offered to customers without their own, never used silently, never shown, and
//! nothing of a customer stays with them.

use axum::http::StatusCode;

use crate::common::{Answer, Browser, PASSWORD, TestApp};
use crate::sandbox::Fault;

const KEY: &str = "b7d2f0a1-5c3e-4f6a-9d8b-1e2f3a4b5c6d";
const SID: &str = "AC0123456789abcdef0123456789abcdef";
const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const SHARED: [(&str, &str); 3] = [
    ("VAPI_API_KEY", KEY),
    ("TWILIO_ACCOUNT_SID", SID),
    ("TWILIO_AUTH_TOKEN", TOKEN),
];
const OFFER: &str = "value=\"use_shared\"";
const NUMBER: &str = "+14155550100";

async fn save(browser: &mut Browser, step: &str, fields: &[(&str, &str)]) -> Answer {
    let path = format!("/en/onboarding/{step}");
    browser.submit(&path, fields).await
}

/// Everything that must never be seen of the operator's keys.
fn assert_nothing_shown(page: &Answer) {
    for secret in [KEY, SID, TOKEN, &KEY[32..], &TOKEN[28..]] {
        assert!(!page.body.contains(secret), "{}", page.body);
    }
}

/// Answers everything, with the operator's keys.
async fn ready(app: &TestApp) -> Browser {
    let mut browser = app.customer().await;
    let use_shared = [("intent", "use_shared")];
    let steps: [(&str, &[(&str, &str)]); 6] = [
        (
            "profile",
            &[
                ("full_name", "Dana Levi"),
                ("organization_name", "Levi Flowers"),
                ("timezone", "Europe/Paris"),
                ("locale", "en"),
                ("accept_terms", "true"),
            ],
        ),
        ("vapi", &use_shared),
        (
            "ava",
            &[
                ("persona", "secretary"),
                ("job_to_be_done", "Take orders"),
                ("languages[]", "en"),
                ("tone", "warm"),
            ],
        ),
        ("twilio", &use_shared),
        (
            "telephony",
            &[("number", NUMBER), ("business_hours", "Mon-Fri 9-18")],
        ),
        (
            "assistant",
            &[
                ("name", "Ava"),
                ("voice", "en-US-JennyNeural"),
                ("first_message", "Hello, this is Ava."),
                ("instructions", "Take orders."),
            ],
        ),
    ];
    for (step, fields) in steps {
        let answer = save(&mut browser, step, fields).await;
        assert_eq!(
            answer.status,
            StatusCode::SEE_OTHER,
            "{step}: {}",
            answer.body
        );
    }
    browser
}

async fn launch(browser: &mut Browser) -> Answer {
    let answer = save(browser, "done", &[("intent", "launch")]).await;
    browser.get(answer.location()).await
}

fn is_live(page: &Answer) -> bool {
    page.body.contains("id=\"live\"")
}

#[tokio::test]
async fn without_an_operators_key_none_is_offered_or_used() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    for step in ["vapi", "twilio"] {
        let page = browser.get(&format!("/en/onboarding/{step}")).await;
        assert!(!page.body.contains(OFFER), "{step}");
        let answer = save(&mut browser, step, &[("intent", "use_shared")]).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{step}");
        assert!(answer.body.contains("Nothing was changed"), "{step}");
    }
    let answer = save(&mut browser, "plan", &[("intent", "use_shared")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(app.events().await, ["onboarding_started {}"]);
}

#[tokio::test]
async fn the_operators_key_is_used_only_when_it_is_chosen_and_is_never_shown() {
    let app = TestApp::start_with(&SHARED).await;
    let mut browser = app.customer().await;
    let page = browser.get("/en/onboarding/vapi").await;
    assert!(page.body.contains(OFFER));
    assert_nothing_shown(&page);
    save(&mut browser, "vapi", &[("intent", "continue")]).await;
    assert!(
        app.sandbox.requests().is_empty(),
        "nobody was asked silently"
    );
    let page = browser.get("/en/onboarding/twilio").await;
    assert!(
        !page.body.contains(OFFER),
        "Vapi's owner could read the token"
    );

    let page = browser.get("/en/onboarding/vapi").await;
    let use_shared = [("intent", "use_shared")];
    // The button was pressed twice.
    for _ in 0..2 {
        let path = "/en/onboarding/vapi";
        let answer = browser.submit_from(&page, path, &use_shared).await;
        assert_eq!(answer.location(), "/en/onboarding/ava");
    }
    let page = browser.get("/en/onboarding/vapi").await;
    assert!(
        page.body
            .contains("The shared key of this service is in use")
    );
    assert!(!page.body.contains(OFFER));
    assert_nothing_shown(&page);
    let answer = save(&mut browser, "twilio", &[("intent", "use_shared")]).await;
    assert_eq!(answer.location(), "/en/onboarding/telephony");
    for page in [
        "onboarding/twilio",
        "settings?section=vapi",
        "settings?section=twilio",
        "onboarding/done",
    ] {
        assert_nothing_shown(&browser.get(&format!("/en/{page}")).await);
    }
    let steps = browser.get("/en/onboarding/done").await;
    assert!(
        !steps.body.contains("status-NeedsAttention"),
        "{}",
        steps.body
    );
    let copies: i64 = sqlx::query_scalar(
        "SELECT count(vapi_api_key_encrypted) + (SELECT count(auth_token_encrypted) FROM twilio_credentials)
         FROM vapi_credentials",
    )
    .fetch_one(&app.pool)
    .await
    .expect("a count");
    assert_eq!(copies, 0, "the operator's keys are not copied");
    let mut events = app.events().await;
    events.retain(|event| event.contains("_configured"));
    let inline = r#"{"method": "inline"}"#;
    let expected = ["vapi", "twilio"].map(|vendor| format!("{vendor}_configured {inline}"));
    assert_eq!(events, expected);
    // The settings keep what is in use.
    let answer = browser.submit("/en/settings?section=twilio", &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
}

#[tokio::test]
async fn a_shared_key_that_does_not_work_changes_nothing() {
    let app = TestApp::start_with(&SHARED).await;
    let mut browser = app.customer().await;
    for _ in 0..3 {
        app.sandbox.fail("GET /assistant", Fault::Failed);
    }
    let answer = save(&mut browser, "vapi", &[("intent", "use_shared")]).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.body.contains("The shared key cannot be used now"));
    assert_eq!(app.events().await, ["onboarding_started {}"]);
}

#[tokio::test]
async fn a_number_of_the_shared_account_answers_for_one_customer() {
    let app = TestApp::start_with(&SHARED).await;
    let mut first = ready(&app).await;
    let mut second = ready(&app).await;
    assert!(is_live(&launch(&mut first).await));
    let page = second.get("/en/onboarding/telephony").await;
    assert!(!page.body.contains("value=\"number:+14155550100\""));
    let page = launch(&mut second).await;
    assert!(!is_live(&page));
    let linked = app.sandbox.phone_numbers(KEY);
    assert_eq!(linked.len(), 1);
    let answered_by = linked[0]["assistantId"].clone();
    assert!(is_live(&first.get("/en/ava-studio").await));

    // Once it is given back, the other may have it.
    let answer = first
        .submit("/en/ava-studio", &[("intent", "unlink")])
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(is_live(&launch(&mut second).await));
    let linked = app.sandbox.phone_numbers(KEY);
    assert_eq!(linked.len(), 1);
    assert_ne!(linked[0]["assistantId"], answered_by);
}

#[tokio::test]
async fn a_page_that_is_out_of_date_gives_nothing_back() {
    let app = TestApp::start_with(&SHARED).await;
    let mut browser = ready(&app).await;
    assert!(is_live(&launch(&mut browser).await));
    let path = "/en/onboarding/twilio";
    let page = browser.get(path).await;
    let elsewhere = [("account_sid", "AC1"), ("intent", "later")];
    save(&mut browser, "twilio", &elsewhere).await;
    let own = [
        ("account_sid", "ACfedcba9876543210fedcba9876543210"),
        ("auth_token", "fedcba9876543210fedcba9876543210"),
    ];
    let answer = browser.submit_from(&page, path, &own).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
    assert!(is_live(&browser.get("/en/ava-studio").await));
    assert_eq!(app.sandbox.phone_numbers(KEY).len(), 1);
}

#[tokio::test]
async fn nothing_stays_with_the_operator_when_a_customer_leaves() {
    let app = TestApp::start_with(&SHARED).await;

    // For a key of their own: the assistant moves, and the operator's number is given back.
    let mut browser = ready(&app).await;
    assert!(is_live(&launch(&mut browser).await));
    let answer = save(
        &mut browser,
        "vapi",
        &[("vapi_api_key", "key-of-their-own")],
    )
    .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert!(app.sandbox.assistants(KEY).is_empty());
    assert!(app.sandbox.phone_numbers(KEY).is_empty());
    let page = browser.get("/en/onboarding/twilio").await;
    assert!(
        !page.body.contains("is in use"),
        "the token would be theirs to read"
    );
    let page = browser.get("/en/onboarding/assistant").await;
    assert!(page.body.contains("Take orders."), "answers are kept");

    // With the account.
    let mut browser = ready(&app).await;
    assert!(is_live(&launch(&mut browser).await));
    for _ in 0..3 {
        app.sandbox
            .fail_for(KEY, "GET /phone-number", Fault::Failed);
    }
    let settings = "/en/settings?section=security";
    let delete = [("intent", "delete"), ("delete_password", PASSWORD)];
    let answer = browser.submit(settings, &delete).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(app.sandbox.assistants(KEY).len(), 1, "nothing is half done");
    let answer = browser.submit(settings, &delete).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(app.sandbox.assistants(KEY).is_empty());
    assert!(app.sandbox.phone_numbers(KEY).is_empty());
}
