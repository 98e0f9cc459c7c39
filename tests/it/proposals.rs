//! What forms propose: from what is known by now, until the customer says something else.

use axum::http::StatusCode;

use crate::common::{Answer, Browser, TestApp};
use crate::onboarding::{PROFILE, send};

const AVA: &[(&str, &str)] = &[
    ("persona", "secretary"),
    ("job_to_be_done", "Take orders for flowers"),
    ("languages[]", "en"),
    ("tone", "warm"),
];

/// Step 7 as a newcomer sees it.
const ASSISTANT: &[(&str, &str)] = &[
    ("name", "Ava"),
    ("voice", "en-US-JennyNeural"),
    ("first_message", "Hello, this is Ava. How can I help you?"),
    ("instructions", ""),
];

async fn open(browser: &mut Browser, step: &str) -> Answer {
    browser.get(&format!("/en/onboarding/{step}")).await
}

const HOURS: &str = "Mon-Fri 09:00-18:00";

const fn telephony<'a>(number: &'a str, email: &'a str) -> [(&'a str, &'a str); 3] {
    [
        ("number", number),
        ("business_hours", HOURS),
        ("fallback_email", email),
    ]
}

/// A newcomer, and the address that step 5 proposes.
async fn newcomer(app: &TestApp) -> (Browser, String) {
    let browser = app.customer().await;
    (browser, app.column("email").await.expect("an address"))
}

#[tokio::test]
async fn a_form_that_is_skipped_as_it_stands_stores_nothing() {
    let app = TestApp::start().await;
    let (mut browser, email) = newcomer(&app).await;
    let fields = telephony("", &email);
    let page = open(&mut browser, "telephony").await;
    assert!(page.body.contains(HOURS) && page.body.contains(&email));
    for intent in ["skip", "later"] {
        send(&mut browser, "telephony", &fields, intent).await;
        assert_eq!(app.column("business_hours").await, None, "{intent}");
        assert_eq!(app.column("fallback_email").await, None, "{intent}");
    }
    let page = open(&mut browser, "telephony").await;
    assert!(page.body.contains(HOURS) && page.body.contains(&email));

    send(&mut browser, "telephony", &fields, "continue").await;
    assert_eq!(app.column("business_hours").await, Some(HOURS.to_owned()));
}

#[tokio::test]
async fn what_was_proposed_is_stored_together_with_what_was_typed() {
    let app = TestApp::start().await;
    let (mut browser, email) = newcomer(&app).await;
    let fields = telephony("+14155550100", &email);
    let page = open(&mut browser, "telephony").await;
    let saved = browser
        .autosave(&page, "/en/onboarding/telephony", 1, &fields)
        .await;
    assert_eq!(saved.status, StatusCode::OK);
    assert_eq!(app.column("number").await, Some("+14155550100".to_owned()));
    assert_eq!(app.column("business_hours").await, Some(HOURS.to_owned()));
}

#[tokio::test]
async fn a_field_that_was_emptied_stays_empty() {
    let app = TestApp::start().await;
    let (mut browser, email) = newcomer(&app).await;
    for intent in ["continue", "later", "skip"] {
        send(&mut browser, "telephony", &telephony("", ""), intent).await;
        let page = open(&mut browser, "telephony").await;
        assert!(!page.body.contains(&email), "{intent}");
        assert!(page.body.contains(HOURS), "{intent}");
    }
}

#[tokio::test]
async fn a_step_that_was_skipped_is_proposed_anew_from_later_answers() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let page = open(&mut browser, "assistant").await;
    assert!(page.body.contains(ASSISTANT[2].1));
    assert!(page.body.contains("Describe Ava’s job first"));
    send(&mut browser, "assistant", ASSISTANT, "skip").await;
    send(&mut browser, "profile", PROFILE, "continue").await;
    send(&mut browser, "ava", AVA, "continue").await;
    let page = open(&mut browser, "assistant").await;
    assert!(page.body.contains("Hello, this is Ava from Dana &amp; Co."));
    assert!(page.body.contains("Take orders for flowers"));
    assert!(!page.body.contains("Describe Ava’s job first"));
}

#[tokio::test]
async fn what_was_typed_stays_and_the_rest_follows_later_answers() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let mut fields = ASSISTANT.to_vec();
    fields[1].1 = "en-US-GuyNeural";
    let page = open(&mut browser, "assistant").await;
    let saved = browser
        .autosave(&page, "/en/onboarding/assistant", 1, &fields)
        .await;
    assert_eq!(saved.status, StatusCode::OK);
    send(&mut browser, "profile", PROFILE, "continue").await;
    send(&mut browser, "ava", AVA, "continue").await;
    let page = open(&mut browser, "assistant").await;
    assert!(
        page.body
            .contains("<option value=\"en-US-GuyNeural\" selected")
    );
    assert!(page.body.contains("Hello, this is Ava from Dana &amp; Co."));
    assert!(page.body.contains("Take orders for flowers"));
}

#[tokio::test]
async fn what_was_missing_when_continue_was_pressed_is_proposed_once_it_can_be() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    send(&mut browser, "assistant", ASSISTANT, "continue").await;
    let page = open(&mut browser, "assistant").await;
    assert!(page.body.contains("Enter instructions for Ava"));
    send(&mut browser, "ava", AVA, "continue").await;
    let page = open(&mut browser, "assistant").await;
    assert!(page.body.contains("Take orders for flowers"));
    assert!(!page.body.contains("Enter instructions for Ava"));
    assert!(!page.body.contains("There is a problem"));
}

#[tokio::test]
async fn two_windows_that_only_show_proposals_do_not_disagree() {
    let app = TestApp::start().await;
    let (mut browser, email) = newcomer(&app).await;
    let mut fields = telephony("", &email).to_vec();
    fields.push(("intent", "later"));
    let path = "/en/onboarding/telephony";
    let first = browser.get(path).await;
    let second = browser.get(path).await;
    for page in [first, second] {
        let answer = browser.submit_from(&page, path, &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    }
}
