//! What no honest browser sends, and what happens when the database is gone.

use axum::http::StatusCode;

use crate::common::{TestApp, form_of};

/// Posts fields to a step and expects a refusal that stores nothing.
async fn refused(step: &str, fields: &[(&str, &str)]) {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let answer = browser
        .submit(&format!("/en/onboarding/{step}"), fields)
        .await;
    assert_eq!(
        answer.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{fields:?}"
    );
    assert!(answer.body.contains("We could not read this form"));
    let drafts: i64 = sqlx::query_scalar("SELECT count(*) FROM drafts")
        .fetch_one(&app.pool)
        .await
        .expect("a count");
    assert_eq!(drafts, 0, "{fields:?}");
}

#[tokio::test]
async fn what_no_person_types_is_refused_when_it_is_wrong() {
    refused("ava", &[("tone", "warm"), ("intent", "launch")]).await;
    refused("plan", &[("plan", "free"), ("version", "x")]).await;
    refused("plan", &[("plan", "free"), ("sequence", "1.5")]).await;
    refused("plan", &[("plan", "free"), ("editor", "x")]).await;
    refused("profile", &[("intent", "remove")]).await;
    refused("telephony", &[("intent", "number")]).await;
    refused("telephony", &[("intent", "number:")]).await;
}

/// Sends a step's form and gives the page of the step afterwards.
async fn continued(app: &TestApp, step: &str, fields: &[(&str, &str)]) -> String {
    let mut browser = app.customer().await;
    let path = format!("/en/onboarding/{step}");
    let mut all = fields.to_vec();
    all.push(("intent", "continue"));
    let answer = browser.submit(&path, &all).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    browser.get(&path).await.body
}

#[tokio::test]
async fn a_form_ignores_what_it_did_not_ask_for() {
    let app = TestApp::start().await;
    let fields = [
        ("onboarding_completed", "true"),
        ("__manager", "x"),
        ("organization_name", "of another step"),
        ("tone", "professional"),
        ("job_to_be_done", "answer"),
        ("tone", "warm"),
        ("languages[]", "en"),
        ("languages[]", "he"),
    ];
    continued(&app, "ava", &fields).await;
    let column = async |name| app.column(name).await.unwrap_or_default();
    assert_eq!(column("tone").await, "warm", "the last one counts");
    assert_eq!(column("job_to_be_done").await, "answer");
    assert_eq!(column("languages").await, r#"["en", "he"]"#);
    assert_eq!(column("organization_name").await, "");
    assert_eq!(column("onboarding_completed").await, "false");
}

#[tokio::test]
async fn a_choice_outside_its_list_is_a_draft_with_a_problem_beside_it() {
    for (step, name, value, problem) in [
        ("ava", "persona", "boss", "Choose"),
        ("ava", "languages[]", "de", "Choose"),
        ("profile", "timezone", "Mars/Olympus", "Choose"),
        ("profile", "industry", "piracy", "Choose"),
        ("plan", "plan", "gold", "Choose"),
        ("profile", "accept_terms", "on", "ccept"),
    ] {
        let app = TestApp::start().await;
        let page = continued(&app, step, &[(name, value)]).await;
        let id = format!("href=\"#{}\"", name.trim_end_matches("[]"));
        let entry = page.split_once(&id).map(|(_, rest)| rest);
        let entry = entry.and_then(|rest| rest.split_once("</a>"));
        let text = entry.map_or("", |(text, _)| text);
        assert!(text.contains(problem), "{name}={value}: {text}");
        let drafts: String = sqlx::query_scalar("SELECT fields::text FROM drafts")
            .fetch_one(&app.pool)
            .await
            .expect("a draft");
        assert!(drafts.contains(value), "{name}={value}: {drafts}");
    }
}

#[tokio::test]
async fn a_page_of_the_version_before_takes_nothing_away() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let path = "/en/onboarding/ava";
    let fields = [("guidelines", "be kind"), ("job_to_be_done", "answer")];
    browser.submit(path, &fields).await;
    browser
        .submit(path, &[("job_to_be_done", "call back")])
        .await;
    assert_eq!(app.column("guidelines").await.as_deref(), Some("be kind"));
    browser.submit(path, &[("guidelines", "")]).await;
    assert_eq!(app.column("guidelines").await, None, "emptied is emptied");
}

#[tokio::test]
async fn forged_addresses_are_not_found_and_wrong_methods_say_so() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    for path in [
        "/en/onboarding/admin",
        "/de/onboarding/profile",
        "/en/nothing",
        "/nothing",
        "/en/onboarding/profile/x",
    ] {
        assert_eq!(
            browser.get(path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    let page = browser.get("/en/onboarding/profile").await;
    assert_eq!(
        browser
            .submit_from(&page, "/en/onboarding/admin", &[])
            .await
            .status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        browser.get("/en/logout").await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
    assert_eq!(
        browser.post_raw("/en/onboarding", "", &[]).await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
}

#[tokio::test]
async fn broken_bodies_are_refused_with_the_right_status() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let path = "/en/onboarding/ava";
    let big = format!("job_to_be_done={}", "x".repeat(70_000));
    assert_eq!(
        browser.post_raw(path, big, &[]).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    assert_eq!(
        browser
            .post_raw(path, vec![0xff, 0xfe, b'='], &[])
            .await
            .status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let json = [("content-type", "application/json")];
    assert_eq!(
        browser.post_raw(path, "{}", &json).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn a_form_without_its_token_changes_nothing_and_can_be_sent_again() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let path = "/en/onboarding/vapi";
    for token in ["", "csrf_token=AAAA&"] {
        let body = format!("{token}vapi_api_key=very-secret-key&intent=continue");
        let answer = browser.post_raw(path, body, &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(
            !answer.body.contains("very-secret-key"),
            "no secret comes back"
        );
        assert!(answer.body.contains("name=\"intent\" value=\"continue\""));
    }
    let page = browser.get("/en/onboarding/ava").await;
    let stale = form_of(
        &page,
        &[
            ("job_to_be_done", "kept words"),
            ("intent", "continue"),
            ("csrf_token", "old"),
        ],
    );
    let held = browser.post_raw("/en/onboarding/ava", stale, &[]).await;
    assert_eq!(held.status, StatusCode::FORBIDDEN);
    let fields = [
        ("job_to_be_done", held.hidden("job_to_be_done")),
        ("intent", held.hidden("intent")),
    ];
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let again = browser
        .submit_from(&held, "/en/onboarding/ava", &fields)
        .await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.body);
    assert_eq!(
        app.column("job_to_be_done").await.as_deref(),
        Some("kept words")
    );
}

#[tokio::test]
async fn a_request_from_another_site_is_refused() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let page = browser.get("/en/onboarding/ava").await;
    let body = form_of(
        &page,
        &[("job_to_be_done", "forged"), ("intent", "continue")],
    );
    let answer = browser
        .post_raw(
            "/en/onboarding/ava",
            body,
            &[("sec-fetch-site", "cross-site")],
        )
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(app.column("job_to_be_done").await, None);
}

#[tokio::test]
async fn a_form_sent_after_log_out_keeps_what_was_typed() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let page = browser.get("/en/onboarding/ava").await;
    sqlx::query("DELETE FROM sessions")
        .execute(&app.pool)
        .await
        .expect("no sessions");
    let held = browser
        .submit_from(
            &page,
            "/en/onboarding/ava",
            &[("job_to_be_done", "kept"), ("intent", "continue")],
        )
        .await;
    assert_eq!(held.status, StatusCode::UNAUTHORIZED);
    assert_eq!(held.hidden("job_to_be_done"), "kept");
    let json = browser
        .autosave(
            &page,
            "/en/onboarding/ava",
            1,
            &[("job_to_be_done", "kept")],
        )
        .await;
    assert_eq!(
        (json.status, json.body.as_str()),
        (StatusCode::UNAUTHORIZED, r#""signed_out""#)
    );
}

#[tokio::test]
async fn without_the_database_pages_say_so_and_forms_lose_nothing() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let page = browser.get("/en/onboarding/ava").await;
    app.pool.close().await;
    let answer = browser.get("/en/onboarding/ava").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(
        answer.headers.contains_key("retry-after")
            && answer.body.contains("not available right now")
    );
    let held = browser
        .submit_from(
            &page,
            "/en/onboarding/ava",
            &[("job_to_be_done", "kept"), ("intent", "continue")],
        )
        .await;
    assert_eq!(held.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(held.hidden("job_to_be_done"), "kept");
    let json = browser
        .autosave(
            &page,
            "/en/onboarding/ava",
            1,
            &[("job_to_be_done", "kept")],
        )
        .await;
    assert_eq!(json.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(browser.get("/healthz").await.status, StatusCode::OK);
    assert_eq!(
        browser.get("/readyz").await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
}

#[tokio::test]
async fn no_address_is_answered_in_the_words_of_the_framework() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    for path in [
        "/fr/ava-studio/calls/%ff",
        "/fr/ava-studio/calls/x",
        "/fr/%ff",
        "/fr/settings?section=%ff",
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(
            page.body.contains("<html lang=\"fr\""),
            "{path}: {}",
            page.body
        );
    }
    let event = browser.post_raw("/webhooks/vapi/%ff", "{}", &[]).await;
    assert_eq!(event.body, r#"{"taken":"unauthorized"}"#);
    let problem = app.program().get("/api/v1/docs/%ff").await;
    assert_eq!(problem.header("content-type"), "application/problem+json");
}

#[tokio::test]
async fn the_last_of_several_values_in_an_address_counts() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let page = browser
        .get("/en/settings?section=nothing&section=security")
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("name=\"current_password\""));
    let page = browser
        .get("/en/settings?x=a&x=b&%ff=%ff&x=%&section=api")
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("name=\"token_name\""));
}

#[tokio::test]
async fn an_address_is_not_repeated_beyond_what_is_known_and_short() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let noise = "noise".repeat(1_000);
    let query = format!("section=api&x={noise}&returnTo={noise}");
    let pages = [
        browser.get(&format!("/en/settings?{query}")).await,
        browser.get(&format!("/en/help?{query}")).await,
        browser.get(&format!("/en/{noise}")).await,
        app.browser().get(&format!("/en/settings?{query}")).await,
        app.browser()
            .get(&format!("/en/ava-studio/calls/{noise}"))
            .await,
        app.browser().get(&format!("/en/login?{query}")).await,
        browser
            .post_raw(&format!("/en/settings?{query}"), "", &[])
            .await,
    ];
    for page in pages {
        let repeated = page.body.contains("noisenoise") || page.location().contains("noisenoise");
        assert!(!repeated, "{} {}", page.location(), page.body);
    }
    let page = browser.get("/en/settings?x=1&section=api").await;
    assert!(page.body.contains("href=\"/fr/settings?section=api\""));
    let held = browser
        .post_raw("/en/settings?x=1&section=api", "", &[])
        .await;
    assert!(
        held.body.contains("action=\"/en/settings?section=api\""),
        "{}",
        held.body
    );
    let asked = app.browser().get("/en/settings?x=1&section=api").await;
    assert_eq!(
        asked.location(),
        "/en/login?returnTo=%2Fen%2Fsettings%3Fsection%3Dapi"
    );
}

#[tokio::test]
async fn what_is_too_long_is_refused_by_a_page() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    for path in [
        "/he/settings?section=",
        "/he/help?x=",
        "/he/",
        "/he/nothing/",
        "/nothing?x=",
    ] {
        for length in [8 * 1024, 60_000] {
            let address = format!("{path}{}", "x".repeat(length));
            let page = browser
                .get_with(&address, &[("accept-language", "he")])
                .await;
            assert_eq!(page.status, StatusCode::URI_TOO_LONG, "{path}");
            assert!(
                page.body.contains("הכתובת ארוכה מדי") && page.body.len() < 8_000,
                "{path}"
            );
            assert!(
                page.headers.contains_key("content-security-policy"),
                "{path}"
            );
        }
    }
    let large = "x".repeat(33 * 1024);
    let page = browser.get_with("/he/help", &[("x-large", &large)]).await;
    assert_eq!(page.status, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    assert!(page.body.contains("העוגיות") && page.body.contains("<html lang=\"he\""));
}

#[tokio::test]
async fn a_slash_too_many_leads_to_the_page() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    for (path, expected) in [
        ("/en/", "/en"),
        ("/fr/settings/?section=api", "/fr/settings?section=api"),
        ("/he/onboarding/profile/", "/he/onboarding/profile"),
    ] {
        for method in ["GET", "HEAD"] {
            let answer = browser.send_raw(method, path, "", &[]).await;
            assert_eq!(
                answer.status,
                StatusCode::PERMANENT_REDIRECT,
                "{method} {path}"
            );
            assert_eq!(answer.location(), expected);
        }
        let posted = browser.post_raw(path, "", &[]).await;
        assert_eq!(posted.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(
            browser.get(expected).await.status,
            StatusCode::OK,
            "{expected}"
        );
    }
    for path in [
        "//evil.example/",
        "/en//evil.example/",
        "/en/%5cevil.example/",
        "/nothing/",
        "/en/login//",
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.location(), "", "{path}");
    }
}
