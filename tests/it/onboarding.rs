//! The steps: saving, skipping, conflicts, events, finishing.

use ava::domain::Step;
use ava::server::services::onboarding::{self, Finished};
use axum::http::StatusCode;

use crate::common::{Browser, TestApp};

pub const PROFILE: &[(&str, &str)] = &[
    ("full_name", "Dana Levi"),
    ("organization_name", "Dana & Co"),
    ("industry", "beauty"),
    ("timezone", "Asia/Jerusalem"),
    ("locale", "en"),
    ("accept_terms", "true"),
];

fn with<'a>(fields: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all: Vec<_> = fields
        .iter()
        .filter(|(name, _)| !more.iter().any(|(other, _)| other == name))
        .copied()
        .collect();
    all.extend(more);
    all
}

pub async fn send(
    browser: &mut Browser,
    step: &str,
    fields: &[(&str, &str)],
    intent: &str,
) -> String {
    let answer = browser
        .submit(
            &format!("/en/onboarding/{step}"),
            &with(fields, &[("intent", intent)]),
        )
        .await;
    assert_eq!(
        answer.status,
        StatusCode::SEE_OTHER,
        "{step}: {}",
        answer.body
    );
    answer.location().to_owned()
}

#[tokio::test]
async fn every_answer_lands_in_its_column_as_understood() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    assert_eq!(
        send(&mut browser, "profile", PROFILE, "continue").await,
        "/en/onboarding/vapi"
    );
    let ava = [
        ("persona", "secretary"),
        ("job_to_be_done", "Take a message"),
        ("languages[]", "he"),
        ("languages[]", "en"),
        ("tone", "warm"),
        ("guidelines", ""),
    ];
    assert_eq!(
        send(&mut browser, "ava", &ava, "continue").await,
        "/en/onboarding/twilio"
    );
    let telephony = [
        ("number", "00972 3-123 4567"),
        ("business_hours", "Sun-Thu 9-18"),
        ("fallback_email", "desk@example.com"),
    ];
    assert_eq!(
        send(&mut browser, "telephony", &telephony, "continue").await,
        "/en/onboarding/integrations"
    );
    let integrations = [
        ("calendar", "google"),
        ("workspace_apps[]", "slack"),
        ("crm", "none"),
    ];
    send(&mut browser, "integrations", &integrations, "continue").await;
    send(
        &mut browser,
        "plan",
        &[("plan", "pro"), ("seats", "7")],
        "continue",
    )
    .await;

    for (column, value) in [
        ("full_name", "Dana Levi"),
        ("organization_name", "Dana & Co"),
        ("timezone", "Asia/Jerusalem"),
        ("accept_terms", "true"),
        ("accept_terms_version", "2026-11"),
        ("marketing_opt_in", "false"),
        ("languages", r#"["en", "he"]"#),
        ("tone", "warm"),
        ("number", "+97231234567"),
        ("business_hours", "Sun-Thu 09:00-18:00"),
        ("workspace_apps", r#"["slack"]"#),
        ("seats", "7"),
        ("strategy", "attach"),
        ("plan", "pro"),
    ] {
        assert_eq!(app.column(column).await.as_deref(), Some(value), "{column}");
    }
    assert!(app.column("accept_terms_at").await.is_some());
    let completed: Vec<_> = app
        .events()
        .await
        .into_iter()
        .filter(|e| e.starts_with("onboarding_step_completed"))
        .collect();
    assert_eq!(completed.len(), 5, "{completed:?}");
    assert_eq!(
        completed[0],
        r#"onboarding_step_completed {"skipped": false, "step_id": "profile", "step_number": 1}"#
    );
    // Once is once.
    send(&mut browser, "profile", PROFILE, "continue").await;
    assert_eq!(
        app.events()
            .await
            .iter()
            .filter(|e| e.starts_with("onboarding_step_completed"))
            .count(),
        5
    );
}

#[tokio::test]
async fn continue_goes_on_with_what_is_wrong_and_the_step_says_so() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let fields = with(PROFILE, &[("organization_name", "D"), ("full_name", "")]);
    assert_eq!(
        send(&mut browser, "profile", &fields, "continue").await,
        "/en/onboarding/vapi"
    );
    let next = browser.get("/en/onboarding/vapi").await;
    assert!(next.body.contains("Steps that need attention"));
    let page = browser.get("/en/onboarding/profile").await;
    let title = format!("<title>Error: Step 1 of {}", Step::COUNT);
    assert!(page.body.contains(&title));
    assert!(
        page.body.contains("href=\"#full_name\""),
        "the summary leads to the field"
    );
    assert_eq!(
        page.body.matches("Enter your full name").count(),
        2,
        "summary and field say the same"
    );
    assert!(page.body.contains("value=\"D\""), "nothing typed is lost");
    assert_eq!(
        app.column("organization_name").await,
        None,
        "what is wrong does not reach the column"
    );

    send(&mut browser, "profile", PROFILE, "continue").await;
    assert!(
        !browser
            .get("/en/onboarding/vapi")
            .await
            .body
            .contains("Steps that need attention")
    );
}

#[tokio::test]
async fn skip_is_stored_reversible_and_keeps_what_was_typed() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let fields = with(PROFILE, &[("organization_name", "D"), ("accept_terms", "")]);
    let fields: Vec<_> = fields
        .into_iter()
        .filter(|(name, _)| *name != "accept_terms")
        .collect();
    assert_eq!(
        send(&mut browser, "profile", &fields, "skip").await,
        "/en/onboarding/vapi"
    );
    assert_eq!(
        send(&mut browser, "vapi", &[], "skip").await,
        "/en/onboarding/ava"
    );
    send(&mut browser, "vapi", &[], "skip").await;
    let flags: (bool, bool, bool) = sqlx::query_as(
        "SELECT onboarding_profile_skipped, onboarding_vapi_skipped, onboarding_ava_skipped FROM user_onboarding",
    )
    .fetch_one(&app.pool)
    .await
    .expect("flags");
    assert_eq!(flags, (true, true, false));
    assert_eq!(
        browser.get("/en/onboarding").await.location(),
        "/en/onboarding/ava"
    );
    assert!(
        browser
            .get("/en/onboarding/profile")
            .await
            .body
            .contains("value=\"D\"")
    );
    let skipped: Vec<_> = app
        .events()
        .await
        .into_iter()
        .filter(|e| e.contains("skipped {"))
        .collect();
    assert_eq!(skipped.len(), 2, "{skipped:?}");

    send(&mut browser, "profile", PROFILE, "continue").await;
    let flag: bool = sqlx::query_scalar("SELECT onboarding_profile_skipped FROM user_onboarding")
        .fetch_one(&app.pool)
        .await
        .expect("a flag");
    assert!(!flag);
}

#[tokio::test]
async fn later_saves_and_says_how_to_come_back() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let location = send(
        &mut browser,
        "ava",
        &[("job_to_be_done", "Take mess")],
        "later",
    )
    .await;
    assert_eq!(location, "/en/onboarding/later");
    let page = browser.get(&location).await;
    assert!(page.body.contains("@example.com") && page.body.contains("In progress"));
    assert!(
        browser
            .get("/en/onboarding/ava")
            .await
            .body
            .contains("Take mess")
    );
}

#[tokio::test]
async fn typing_is_kept_exactly_and_shown_on_another_device() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_up("en", "dana@example.com").await;
    let typed = "\u{200f}שלום </textarea><script>alert(1)</script> 👩🏽‍🦱 \"quoted\" & 'single'\n\n  second line ";
    let hebrew = "א".repeat(2_000);
    let page = browser.get("/en/onboarding/ava").await;
    let fields = [
        ("job_to_be_done", hebrew.as_str()),
        ("guidelines", typed),
        ("persona", "cs"),
    ];
    let answer = browser
        .autosave(&page, "/en/onboarding/ava", 1, &fields)
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);

    let mut elsewhere = app.browser();
    elsewhere
        .log_in("dana@example.com", crate::common::PASSWORD)
        .await;
    let shown = elsewhere.get("/en/onboarding/ava").await.body;
    let escaped = typed
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    assert!(
        shown.contains(&format!(">\n{escaped}</textarea>")),
        "as typed"
    );
    assert!(shown.contains(&hebrew));
    assert!(!shown.contains("<script>alert"));
}

#[tokio::test]
async fn drafts_are_stored_whatever_they_say() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let page = browser.get("/en/onboarding/plan").await;
    let answer = browser
        .autosave(
            &page,
            "/en/onboarding/plan",
            1,
            &[("plan", "free"), ("seats", "many")],
        )
        .await;
    assert_eq!(
        answer.body,
        r#"{"stored":{"to":"/en/onboarding/plan","version":1}}"#
    );
    let page = browser.get("/en/onboarding/plan").await;
    assert!(page.body.contains("value=\"many\""));
    assert_eq!(app.column("seats").await.as_deref(), Some("1"));
}

#[tokio::test]
async fn an_older_save_of_the_same_window_changes_nothing() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let path = "/en/onboarding/ava";
    let page = browser.get(path).await;
    browser
        .autosave(&page, path, 2, &[("job_to_be_done", "newer words")])
        .await;
    let late = browser
        .autosave(&page, path, 1, &[("job_to_be_done", "older words")])
        .await;
    assert_eq!(late.status, StatusCode::OK);
    assert_eq!(
        app.column("job_to_be_done").await.as_deref(),
        Some("newer words")
    );
    let next = browser
        .autosave(&page, path, 3, &[("job_to_be_done", "newest words")])
        .await;
    assert_eq!(
        next.status,
        StatusCode::OK,
        "the same window never conflicts with itself"
    );
    assert_eq!(
        app.column("job_to_be_done").await.as_deref(),
        Some("newest words")
    );
}

#[tokio::test]
async fn two_windows_that_disagree_see_both_values_and_lose_none() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let path = "/en/onboarding/ava";
    let (one, two) = (browser.get(path).await, browser.get(path).await);
    browser
        .autosave(&one, path, 1, &[("job_to_be_done", "from window one")])
        .await;
    let refused = browser
        .autosave(&two, path, 1, &[("job_to_be_done", "from window two")])
        .await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert_eq!(refused.body, r#""conflict""#);

    let page = browser
        .submit_from(
            &two,
            path,
            &[
                ("job_to_be_done", "from window two"),
                ("intent", "continue"),
            ],
        )
        .await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.body.contains("from window one") && page.body.contains("from window two"));
    assert_eq!(
        app.column("job_to_be_done").await.as_deref(),
        Some("from window one")
    );

    let chosen = browser
        .submit_from(
            &page,
            path,
            &[
                ("job_to_be_done", "from window two"),
                ("intent", "continue"),
            ],
        )
        .await;
    assert_eq!(
        chosen.status,
        StatusCode::SEE_OTHER,
        "whoever has seen both may decide"
    );
    assert_eq!(
        app.column("job_to_be_done").await.as_deref(),
        Some("from window two")
    );
}

#[tokio::test]
async fn the_same_values_from_two_windows_are_no_conflict() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let path = "/en/onboarding/ava";
    let (one, two) = (browser.get(path).await, browser.get(path).await);
    for page in [&one, &two, &one] {
        let answer = browser
            .submit_from(
                page,
                path,
                &[("job_to_be_done", "the same"), ("intent", "continue")],
            )
            .await;
        assert_eq!(
            answer.status,
            StatusCode::SEE_OTHER,
            "a double click is one click"
        );
    }
}

#[tokio::test]
async fn changing_an_answer_from_the_review_returns_there() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let review = browser.get("/en/onboarding/done").await;
    assert!(review.body.contains("/en/onboarding/plan?return=done"));
    let page = browser.get("/en/onboarding/plan?return=done").await;
    let fields = [
        ("return_to", "done"),
        ("plan", "free"),
        ("seats", "2"),
        ("intent", "continue"),
    ];
    let answer = browser
        .submit_from(&page, "/en/onboarding/plan", &fields)
        .await;
    assert_eq!(answer.location(), "/en/onboarding/done");
}

#[tokio::test]
async fn skipping_everything_still_finishes_and_the_studio_says_what_is_missing() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    for step in Step::asking() {
        send(&mut browser, step.id(), &[], "skip").await;
    }
    assert_eq!(
        browser.get("/en/onboarding").await.location(),
        "/en/onboarding/done"
    );
    let review = browser.get("/en/onboarding/done").await;
    assert!(
        review.body.contains("Finish without going live") && review.body.contains("accept_terms")
    );
    assert_eq!(
        send(&mut browser, "done", &[], "continue").await,
        "/en/ava-studio"
    );
    let studio = browser.get("/en/ava-studio").await;
    assert!(
        studio.body.contains("There is no Vapi key.") && studio.body.contains("not accepted yet")
    );
    assert_eq!(
        browser.get("/en/onboarding").await.location(),
        "/en/ava-studio"
    );
    let last = app.events().await.pop().expect("events");
    assert!(last.starts_with("onboarding_completed "), "{last}");
    assert!(
        last.contains(r#""live": false"#) && last.contains(r#""plan_selected": "free""#),
        "{last}"
    );
    assert!(last.contains(r#""profile", "vapi", "ava""#), "{last}");
}

#[tokio::test]
async fn terms_ticked_on_the_review_are_accepted() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    send(
        &mut browser,
        "done",
        &[("accept_terms", "true")],
        "continue",
    )
    .await;
    assert_eq!(app.column("accept_terms").await.as_deref(), Some("true"));
    assert!(app.column("accept_terms_at").await.is_some());
}

#[tokio::test]
async fn finishing_ten_times_at_once_finishes_once() {
    let app = TestApp::start().await;
    app.customer().await;
    let user = app.only_user().await;
    let attempts: Vec<_> = (0..10)
        .map(|_| {
            let pool = app.pool.clone();
            tokio::spawn(async move { onboarding::finish(&pool, user).await.expect("finishes") })
        })
        .collect();
    let mut done = Vec::new();
    for attempt in attempts {
        done.push(attempt.await.expect("no panic"));
    }
    assert_eq!(
        done.iter()
            .filter(|finished| **finished == Finished { now: true })
            .count(),
        1
    );
    let events = app.events().await;
    assert_eq!(
        events
            .iter()
            .filter(|event| event.starts_with("onboarding_completed"))
            .count(),
        1
    );
}

#[tokio::test]
async fn the_assistant_waits_for_its_key_and_proposes_from_earlier_answers() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    send(
        &mut browser,
        "profile",
        &with(PROFILE, &[("locale", "he")]),
        "continue",
    )
    .await;
    let ava = [
        ("persona", "secretary"),
        ("job_to_be_done", "לקחת הודעה"),
        ("languages[]", "he"),
        ("tone", "warm"),
    ];
    send(&mut browser, "ava", &ava, "continue").await;
    let page = browser.get("/en/onboarding/assistant").await;
    assert!(page.body.contains("waits for your Vapi key"));
    assert!(
        page.body.contains("לקחת הודעה"),
        "instructions are made of the answers, in Ava's language"
    );
    assert!(
        page.body
            .contains("<option value=\"he-IL-HilaNeural\" selected"),
        "a Hebrew voice"
    );
    let fields = [
        ("name", "Ava"),
        ("voice", "en-US-JennyNeural"),
        ("first_message", "Hello"),
        ("instructions", "Be kind"),
    ];
    send(&mut browser, "assistant", &fields, "continue").await;
    let page = browser.get("/en/onboarding/assistant").await;
    assert!(
        page.body
            .contains("Choose a voice in a language that Ava speaks")
    );
}

#[tokio::test]
async fn choosing_another_language_goes_on_in_it() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let location = send(
        &mut browser,
        "profile",
        &with(PROFILE, &[("locale", "fr")]),
        "continue",
    )
    .await;
    assert_eq!(location, "/fr/onboarding/vapi");
    assert_eq!(
        browser.get("/").await.location(),
        "/fr",
        "and so does the start page"
    );
}
