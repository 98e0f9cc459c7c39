//! The way back in by a mailed link.

use axum::http::StatusCode;

use crate::common::{PASSWORD, TestApp};
use crate::mail;

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_mailed_link_once() {
    let app = TestApp::start().await;
    let mut old_session = app.browser();
    old_session.sign_up("fr", "dana@example.com").await;
    let mut browser = app.browser();
    let known = browser
        .submit("/fr/forgot-password", &[("email", "DANA@example.com")])
        .await;
    let unknown = browser
        .submit("/fr/forgot-password", &[("email", "nobody@example.com")])
        .await;
    // A reload of the page that follows sends no other mail.
    for answer in [&known, &unknown] {
        assert_eq!(answer.location(), "/fr/forgot-password?notice=sent");
    }

    let mails = mail::sent(&app).await;
    assert_eq!(mails.len(), 1, "nobody else gets one");
    let link = mails[0].link(&app);
    let (_, token) = link
        .split_once("/fr/reset-password?token=")
        .expect("a token");
    let there = browser.get(&link).await;
    assert_eq!(
        there.location(),
        "/fr/reset-password",
        "not in the address bar"
    );
    let page = browser.get("/fr/reset-password").await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.body.matches(token).count(), 1, "in the form alone");
    let short = browser
        .submit_from(&page, "/fr/reset-password", &[("password", "short")])
        .await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = browser
        .submit_from(
            &page,
            "/fr/reset-password",
            &[("password", "a brand new phrase")],
        )
        .await;
    assert_eq!(done.location(), "/fr/login?notice=password-reset");
    let again = browser
        .submit_from(
            &page,
            "/fr/reset-password",
            &[("password", "yet another phrase")],
        )
        .await;
    assert_eq!(again.status, StatusCode::GONE);
    browser.get("/fr/reset-password?token=%ff").await;
    let nonsense = browser.get("/fr/reset-password").await;
    assert_eq!(nonsense.status, StatusCode::GONE);

    assert_eq!(
        old_session.get("/fr/ava-studio").await.status,
        StatusCode::SEE_OTHER,
        "older sessions end"
    );
    assert_eq!(
        app.browser()
            .log_in("dana@example.com", PASSWORD)
            .await
            .status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        app.browser()
            .log_in("dana@example.com", "a brand new phrase")
            .await
            .status,
        StatusCode::SEE_OTHER
    );
}

/// The token of the newest reset mail.
async fn reset_token(app: &TestApp, email: &str) -> String {
    app.browser()
        .submit("/en/forgot-password", &[("email", email)])
        .await;
    let mails = mail::sent(app).await;
    let links = mails.iter().map(|mail| mail.link(app));
    let mut tokens = links.filter_map(|link| Some(link.split_once("token=")?.1.to_owned()));
    tokens.next_back().expect("a link")
}

#[tokio::test]
async fn a_new_password_ends_the_tokens_of_programs() {
    let app = TestApp::start().await;
    let (mut program, email) = app.integrator().await;
    let mut browser = app.browser();
    browser.log_in(&email, PASSWORD).await;
    let page = browser.get("/en/settings?section=api").await;
    let fields = [
        ("section", "api"),
        ("intent", "create_token"),
        ("token_name", "crm"),
        ("token_days", "30"),
    ];
    let made = browser
        .submit_from(&page, "/en/settings?section=api", &fields)
        .await;
    let token = made.body.split_once(">ava_").expect("a token").1;
    let token = token.split('<').next().expect("its end");
    program.token = Some(format!("ava_{token}"));
    assert_eq!(program.get("/api/v1/auth/me").await.status, StatusCode::OK);
    let token = reset_token(&app, &email).await;
    let fields = [
        ("token", token.as_str()),
        ("password", "a brand new phrase"),
    ];
    let mut other = app.browser();
    other
        .get(&format!("/en/reset-password?token={token}"))
        .await;
    let done = other.submit("/en/reset-password", &fields).await;
    assert_eq!(done.location(), "/en/login?notice=password-reset");
    let me = program.get("/api/v1/auth/me").await;
    assert_eq!(me.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_link_works_once_however_often_it_is_sent_at_once() {
    let app = TestApp::start().await;
    app.browser().sign_up("en", "dana@example.com").await;
    let token = reset_token(&app, "dana@example.com").await;
    let tries: Vec<_> = (0..4)
        .map(|n| {
            let (mut browser, token) = (app.browser(), token.clone());
            tokio::spawn(async move {
                let link = format!("/en/reset-password?token={token}");
                browser.get(&link).await;
                let password = format!("a brand new phrase {n}");
                let fields = [("token", token.as_str()), ("password", password.as_str())];
                browser.submit("/en/reset-password", &fields).await.status
            })
        })
        .collect();
    let mut statuses = Vec::new();
    for status in tries {
        statuses.push(status.await.expect("an answer").as_u16());
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 410, 410, 410]);
}

#[tokio::test]
async fn a_reset_in_company_says_who_is_logged_in() {
    let app = TestApp::start().await;
    app.browser().sign_up("en", "dana@example.com").await;
    let mut shared = app.browser();
    shared.sign_up("en", "noa@example.com").await;
    let token = reset_token(&app, "dana@example.com").await;
    let fields = [
        ("token", token.as_str()),
        ("password", "a brand new phrase"),
    ];
    let notice = "/en/login?notice=password-reset";
    let untrue = shared.get(notice).await;
    assert_eq!(
        untrue.location(),
        "/en/onboarding",
        "nobody has reset anything here"
    );
    shared
        .get(&format!("/en/reset-password?token={token}"))
        .await;
    let done = shared.submit("/en/reset-password", &fields).await;
    let page = shared.get(done.location()).await;
    assert_eq!(page.status, StatusCode::OK);
    for text in ["The new password is set", "noa@example.com"] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert!(
        app.browser()
            .log_in("dana@example.com", "a brand new phrase")
            .await
            .status
            == 303
    );

    // An older session of the same account has ended with it, and the notice is there.
    let mut same = app.browser();
    same.log_in("dana@example.com", "a brand new phrase").await;
    let token = reset_token(&app, "dana@example.com").await;
    let fields = [
        ("token", token.as_str()),
        ("password", "another new phrase"),
    ];
    let done = same.submit("/en/reset-password", &fields).await;
    let page = same.get(done.location()).await;
    assert!(
        page.body.contains("id=\"email\""),
        "the log-in: {}",
        page.body
    );
    assert!(page.body.contains("role=\"status\""), "{}", page.body);
}

#[tokio::test]
async fn a_reset_form_that_was_held_still_has_its_link() {
    let app = TestApp::start().await;
    app.browser().sign_up("en", "dana@example.com").await;
    let token = reset_token(&app, "dana@example.com").await;
    let mut browser = app.browser();
    browser
        .get(&format!("/en/reset-password?token={token}"))
        .await;
    let path = "/en/reset-password";
    let fields = [
        ("csrf_token", "of another day"),
        ("token", token.as_str()),
        ("password", "a brand new phrase"),
    ];
    let held = browser
        .post_raw(
            path,
            serde_urlencoded::to_string(fields).expect("pairs"),
            &[],
        )
        .await;
    assert_eq!(held.status, StatusCode::FORBIDDEN);
    let again = browser.send_again(&held, path).await;
    assert_eq!(
        again.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        again.body
    );
    let done = browser
        .submit_from(&again, path, &[("password", "a brand new phrase")])
        .await;
    assert_eq!(done.location(), "/en/login?notice=password-reset");
}
