//! Sign-up, log-in, and what slows guesses down.

use ava::server::services::accounts::make_canonical;
use axum::http::StatusCode;
use serde_json::json;

use crate::common::{PASSWORD, TestApp};
use crate::mail;

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

#[tokio::test]
async fn letters_that_look_alike_open_nobodys_account() {
    let app = TestApp::start().await;
    app.browser().sign_up("en", "mike@example.com").await;
    // A letter that some locales fold to `i`: another address, of which nothing is known.
    let look_alike = "m\u{130}ke@example.com";
    app.browser()
        .submit("/en/forgot-password", &[("email", look_alike)])
        .await;
    // The Kelvin sign is the letter `K` in another spelling: the same account, and mail to its own address.
    app.browser()
        .submit(
            "/en/forgot-password",
            &[("email", "mi\u{212a}e@EXAMPLE.com")],
        )
        .await;
    let mails = mail::sent(&app).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, "mike@example.com");

    let other = app.browser().sign_up("en", look_alike).await;
    assert_eq!(other.status, StatusCode::SEE_OTHER, "an account of its own");
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM users")
        .fetch_one(&app.pool)
        .await
        .expect("a count");
    assert_eq!(count, 2);
}

#[tokio::test]
async fn one_host_in_two_spellings_is_one_account() {
    let app = TestApp::start().await;
    app.browser()
        .sign_up("fr", "Ren\u{e9}@b\u{fc}cher.example")
        .await;
    let answer = app
        .browser()
        .log_in("rene\u{301}@xn--bcher-kva.example", PASSWORD)
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let hidden = app
        .browser()
        .submit(
            "/fr/signup",
            &[("email", "mi\u{ad}ke@example.com"), ("password", PASSWORD)],
        )
        .await;
    assert_eq!(hidden.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        hidden.body.contains("un caractère invisible"),
        "{}",
        hidden.body
    );
}

#[tokio::test]
async fn older_accounts_get_the_canonical_form_and_two_of_one_stay_apart() {
    let app = TestApp::start().await;
    app.browser().sign_up("en", "dana@example.com").await;
    app.browser().sign_up("en", "noa@example.com").await;
    sqlx::query(
        "UPDATE users SET email_canonical = NULL, email = CASE email
            WHEN 'dana@example.com' THEN 'Dana@b\u{fc}cher.example' ELSE 'dana@XN--BCHER-KVA.example' END",
    )
    .execute(&app.pool)
    .await
    .expect("as the version before kept them");
    for _ in 0..2 {
        make_canonical(&app.pool)
            .await
            .expect("the database answers");
    }
    let forms: Vec<Option<String>> =
        sqlx::query_scalar("SELECT email_canonical FROM users ORDER BY id")
            .fetch_all(&app.pool)
            .await
            .expect("two");
    assert_eq!(forms, [Some("dana@xn--bcher-kva.example".to_owned()), None]);
    // Both still get in, each by its own spelling.
    for email in ["dana@b\u{fc}cher.example", "dana@XN--BCHER-KVA.example"] {
        let answer = app.browser().log_in(email, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{email}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_sent_at_once_are_few() {
    let app = TestApp::start().await;
    app.browser().sign_up("en", "dana@example.com").await;
    let tries: Vec<_> = (0..60)
        .map(|n| {
            let (program, wrong) = (app.program(), format!("wrong {n}"));
            tokio::spawn(async move {
                let body = json!({"email": "dana@example.com", "password": wrong});
                program
                    .call("POST", "/api/v1/auth/login", body)
                    .await
                    .status
            })
        })
        .collect();
    let mut statuses = Vec::new();
    for status in tries {
        statuses.push(status.await.expect("an answer"));
    }
    let hashed = statuses
        .iter()
        .filter(|status| **status == StatusCode::UNAUTHORIZED);
    assert_eq!(hashed.count(), 3, "{statuses:?}");
    let waiting = statuses
        .iter()
        .filter(|status| **status == StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(waiting.count(), 57);
}

#[tokio::test]
async fn the_present_password_is_not_guessed_in_the_settings() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let path = "/en/settings?section=security";
    let page = browser.get(path).await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let fields = [
            ("section", "security"),
            ("current_password", "a wrong guess"),
            ("password", "another good phrase"),
        ];
        let answer = browser.submit_from(&page, path, &fields).await;
        statuses.push(answer.status.as_u16());
    }
    assert_eq!(statuses, [422, 422, 422, 429]);
}

#[tokio::test]
async fn strangers_do_not_lock_the_owner_out() {
    let app = TestApp::start().await;
    let mut owner = app.browser();
    owner.sign_up("en", "dana@example.com").await;
    let page = owner.get("/en/onboarding/profile").await;
    owner.submit_from(&page, "/en/logout", &[]).await;
    // As if many visitors had guessed.
    app.browser().log_in("dana@example.com", "a guess").await;
    sqlx::query("UPDATE limits SET level = 34, last_at = now() WHERE kind = 'log_in_of_strangers'")
        .execute(&app.pool)
        .await
        .expect("guesses");
    let stranger = app.browser().log_in("dana@example.com", PASSWORD).await;
    assert_eq!(stranger.status, StatusCode::TOO_MANY_REQUESTS);
    let back = owner.log_in("dana@example.com", PASSWORD).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.body);
    // What another account gave the browser is worth nothing here.
    let mut other = app.browser();
    other.sign_up("en", "noa@example.com").await;
    other.cookies.remove("session");
    sqlx::query("UPDATE limits SET level = 34, last_at = now() WHERE kind = 'log_in_of_strangers'")
        .execute(&app.pool)
        .await
        .expect("guesses");
    let stranger = other.log_in("dana@example.com", PASSWORD).await;
    assert_eq!(stranger.status, StatusCode::TOO_MANY_REQUESTS);
}
