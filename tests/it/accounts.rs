//! Sign-up, log-in, log-out, reset.

use axum::http::StatusCode;

use crate::common::{PASSWORD, TestApp};

#[tokio::test]
async fn sign_up_leads_to_step_one_in_the_pages_language() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let answer = browser.sign_up("he", "dana@example.com").await;
    assert_eq!(answer.location(), "/he/onboarding");
    let answer = browser.get("/he/onboarding").await;
    assert_eq!(answer.location(), "/he/onboarding/profile");
    assert_eq!(app.events().await, ["onboarding_started {}"]);
    let hashed = app.column("hashed_password").await.expect("a hash");
    assert!(hashed.starts_with("$argon2id$"));
}

#[tokio::test]
async fn a_refused_sign_up_keeps_the_address_and_never_the_password() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let answer = browser
        .submit("/en/signup", &[("email", "dana@"), ("password", "hunter2")])
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("value=\"dana@\""));
    assert!(!answer.body.contains("hunter2"));
    assert!(
        answer.body.contains("name@example.com"),
        "says what an address looks like"
    );
    assert!(answer.body.contains("at least 8 characters"));
    assert!(answer.body.contains("<title>Error: "));
}

#[tokio::test]
async fn addresses_compare_without_case_and_signing_up_twice_logs_in() {
    let app = TestApp::start().await;
    app.browser().sign_up("en", "Dana@Example.com").await;
    let again = app.browser().sign_up("en", "dana@example.COM").await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    let other = app
        .browser()
        .submit(
            "/en/signup",
            &[
                ("email", "dana@example.com"),
                ("password", "another good one"),
            ],
        )
        .await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM users")
        .fetch_one(&app.pool)
        .await
        .expect("a count");
    assert_eq!(count, 1);
}

#[tokio::test]
async fn wrong_password_and_unknown_address_look_alike() {
    let app = TestApp::start().await;
    app.browser().sign_up("en", "dana@example.com").await;
    let wrong = app
        .browser()
        .log_in("dana@example.com", "not her password")
        .await;
    let unknown = app
        .browser()
        .log_in("nobody@example.com", "not her password")
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(unknown.status, wrong.status);
    let words = |body: &str| body.contains("The email address or the password is not right");
    assert!(words(&wrong.body) && words(&unknown.body));
}

#[tokio::test]
async fn the_fourth_quick_failure_must_wait_and_others_need_not() {
    let app = TestApp::start().await;
    app.browser().sign_up("en", "dana@example.com").await;
    app.browser().sign_up("en", "noa@example.com").await;
    for _ in 0..3 {
        app.browser().log_in("dana@example.com", "wrong").await;
    }
    let right = app.browser().log_in("dana@example.com", PASSWORD).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(right.headers.contains_key("retry-after"));
    assert_eq!(
        app.browser()
            .log_in("noa@example.com", PASSWORD)
            .await
            .status,
        StatusCode::SEE_OTHER
    );
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    assert_eq!(
        app.browser()
            .log_in("dana@example.com", PASSWORD)
            .await
            .status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn a_protected_page_is_remembered_and_reached_after_log_in() {
    let app = TestApp::start().await;
    app.browser().sign_up("en", "dana@example.com").await;
    let mut browser = app.browser();
    let answer = browser.get("/fr/onboarding/vapi?return=done").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let login = answer.location().to_owned();
    assert_eq!(
        login,
        "/fr/login?returnTo=%2Ffr%2Fonboarding%2Fvapi%3Freturn%3Ddone"
    );
    let page = browser.get(&login).await;
    let return_to = page.hidden("return_to");
    let fields = [
        ("email", "dana@example.com"),
        ("password", PASSWORD),
        ("return_to", return_to.as_str()),
    ];
    let answer = browser.submit_from(&page, "/fr/login", &fields).await;
    assert_eq!(answer.location(), "/fr/onboarding/vapi?return=done");
}

#[tokio::test]
async fn nobody_is_led_to_another_site() {
    let app = TestApp::start().await;
    app.browser().sign_up("en", "dana@example.com").await;
    for bad in ["//evil.example", "https://evil.example", "/\\evil.example"] {
        let mut browser = app.browser();
        let fields = [
            ("email", "dana@example.com"),
            ("password", PASSWORD),
            ("return_to", bad),
        ];
        let answer = browser.submit("/en/login", &fields).await;
        assert_eq!(answer.location(), "/en/onboarding", "{bad}");
    }
}

#[tokio::test]
async fn a_session_is_new_at_log_in_hashed_at_rest_and_dead_after_log_out() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_up("en", "dana@example.com").await;
    let first = browser.cookies["session"].clone();
    let stored: Vec<String> = sqlx::query_scalar("SELECT id FROM sessions")
        .fetch_all(&app.pool)
        .await
        .expect("sessions");
    assert_eq!(stored.len(), 1);
    assert_ne!(stored[0], first);
    let csrf = browser.cookies["csrf"].clone();

    let mut thief = app.browser();
    thief.cookies.insert("session".to_owned(), first.clone());
    assert_eq!(
        thief.get("/en/onboarding/profile").await.status,
        StatusCode::OK
    );

    let out = browser
        .submit_from(
            &browser.clone().get("/en/onboarding/profile").await,
            "/en/logout",
            &[],
        )
        .await;
    assert_eq!(out.location(), "/en/login?notice=signed-out");
    assert!(!browser.cookies.contains_key("session"));
    assert_ne!(browser.cookies["csrf"], csrf);
    assert_eq!(
        thief.get("/en/onboarding/profile").await.status,
        StatusCode::SEE_OTHER,
        "the old token is dead"
    );
}

#[tokio::test]
async fn strange_tokens_mean_anonymous() {
    let app = TestApp::start().await;
    for token in ["", "nonsense", "AAAAAAAAAAAAAAAAAAAAAA", "../../x", "%00"] {
        let mut browser = app.browser();
        browser
            .cookies
            .insert("session".to_owned(), token.to_owned());
        assert_eq!(
            browser.get("/en/onboarding/profile").await.status,
            StatusCode::SEE_OTHER,
            "{token}"
        );
    }
}

#[tokio::test]
async fn a_disabled_or_deleted_account_is_out_at_once() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    sqlx::query("UPDATE users SET is_active = false")
        .execute(&app.pool)
        .await
        .expect("disabled");
    assert_eq!(
        browser.get("/en/onboarding/profile").await.status,
        StatusCode::SEE_OTHER
    );
    let mut browser = app.customer().await;
    sqlx::query("DELETE FROM users WHERE is_active")
        .execute(&app.pool)
        .await
        .expect("deleted");
    assert_eq!(
        browser.get("/en/ava-studio").await.status,
        StatusCode::SEE_OTHER
    );
}

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

    let mail = mails(&app, 1).await.pop().expect("a mail");
    let link = mail
        .split_once("/fr/reset-password?token=")
        .expect("a link")
        .1;
    let token = link.split_whitespace().next().expect("a token").to_owned();
    let path = format!("/fr/reset-password?token={token}");
    let page = browser.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
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
    assert_eq!(
        browser.get("/fr/reset-password?token=%ff").await.status,
        StatusCode::GONE
    );

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

/// The mails sent so far, decoded; waits until there are so many.
async fn mails(app: &TestApp, count: usize) -> Vec<String> {
    for _ in 0..100 {
        let files: Vec<_> = std::fs::read_dir(&app.mail)
            .map(|dir| dir.flatten().collect())
            .unwrap_or_default();
        if files.len() >= count {
            return files
                .iter()
                .map(|file| {
                    let text = std::fs::read_to_string(file.path()).expect("a mail");
                    // Quoted-printable: soft line breaks and escaped equal signs.
                    text.replace("=\r\n", "").replace("=3D", "=")
                })
                .collect();
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("no mail came");
}

#[tokio::test]
async fn the_account_follows_its_customer_into_another_language() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let locale = async || app.column("locale").await.unwrap_or_default();
    assert_eq!(locale().await, "en");
    // From a mail or another site it is a look, from a page of our own a switch.
    for (site, then) in [("none", "en"), ("cross-site", "en"), ("same-origin", "fr")] {
        browser.get("/en/onboarding/ava").await;
        let headers = [("sec-fetch-site", site)];
        let page = browser.get_with("/fr/onboarding/ava", &headers).await;
        assert!(page.body.contains("lang=\"fr\""), "{site}");
        assert_eq!(locale().await, then, "{site}");
    }
    let root = browser.get("/").await;
    assert_eq!(root.location(), "/fr");

    // What is chosen in step 1 stays, whatever the language of its page.
    let he = [("sec-fetch-site", "same-origin")];
    browser
        .submit(
            "/fr/onboarding/profile",
            &[("locale", "he"), ("intent", "later")],
        )
        .await;
    browser.get_with("/fr/onboarding/later", &he).await;
    assert_eq!(locale().await, "he");
}
