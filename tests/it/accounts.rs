//! Sign-up, log-in, log-out, reset.

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
async fn each_log_in_has_a_new_token_and_the_old_one_dies() {
    let app = TestApp::start().await;
    app.browser().sign_up("en", "noa@example.com").await;
    let mut browser = app.browser();
    browser.sign_up("en", "dana@example.com").await;
    for email in ["dana@example.com", "noa@example.com"] {
        let mut before = browser.clone();
        // The form of a tab that was opened before the log-in.
        let mut tab = app.browser();
        let page = tab.get("/en/login").await;
        let csrf = tab.cookies["csrf"].clone();
        browser.cookies.insert("csrf".to_owned(), csrf);
        let fields = [("email", email), ("password", PASSWORD)];
        let answer = browser.submit_from(&page, "/en/login", &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        assert_ne!(
            browser.cookies["session"], before.cookies["session"],
            "{email}"
        );
        let old = before.get("/en/onboarding/profile").await;
        assert_eq!(old.status, StatusCode::SEE_OTHER, "{email}");
        assert_eq!(
            browser.get("/en/onboarding/profile").await.status,
            StatusCode::OK
        );
    }
}

#[tokio::test]
async fn a_session_ends_a_week_after_its_last_use_and_a_month_after_log_in() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let set = async |change: &str| {
        sqlx::query(&format!("UPDATE sessions SET {change}"))
            .execute(&app.pool)
            .await
            .expect("the clock is turned");
    };
    let days_left = async || {
        let days: f64 = sqlx::query_scalar(
            "SELECT extract(epoch FROM expiry_date - now())::float8 / 86400 FROM sessions",
        )
        .fetch_one(&app.pool)
        .await
        .expect("a session");
        days
    };
    let path = "/en/onboarding/profile";
    set("expiry_date = now() + interval '1 second', last_used_at = now() - interval '7 days'")
        .await;
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(days_left().await > 6.9, "it is used, so it lasts");
    let renewed = page.headers.get_all("set-cookie").iter();
    let renewed = renewed.filter_map(|cookie| cookie.to_str().ok());
    assert!(
        renewed
            .into_iter()
            .any(|cookie| cookie.starts_with("session=")),
        "in the browser too"
    );
    set("expiry_date = now() - interval '1 second'").await;
    assert_eq!(browser.get(path).await.status, StatusCode::SEE_OTHER);

    for (more, status) in [
        ("5 seconds", StatusCode::OK),
        ("-1 second", StatusCode::SEE_OTHER),
    ] {
        let mut browser = app.customer().await;
        set(&format!(
            "logged_in_at = now() - interval '30 days' + interval '{more}'"
        ))
        .await;
        assert_eq!(browser.get(path).await.status, status, "{more}");
    }
}

#[tokio::test]
async fn a_session_that_was_ended_is_not_prolonged_into_life() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let thief = browser.clone();
    sqlx::query("UPDATE sessions SET last_used_at = now() - interval '2 hours'")
        .execute(&app.pool)
        .await
        .expect("unused for a while");
    let page = browser.get("/en/onboarding/profile").await;
    let (mut one, mut two) = (thief.clone(), thief);
    let leaving = browser.submit_from(&page, "/en/logout", &[]);
    let (_, _, _) = tokio::join!(
        one.get("/en/onboarding/ava"),
        leaving,
        two.get("/en/settings")
    );
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM sessions")
        .fetch_one(&app.pool)
        .await
        .expect("a count");
    assert_eq!(count, 0);
}

#[tokio::test]
async fn a_form_of_another_account_is_held_and_nothing_is_written() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_up("en", "dana@example.com").await;
    let path = "/en/onboarding/ava";
    let of_dana = browser.get(path).await;
    let out = browser.submit_from(&of_dana, "/en/logout", &[]).await;
    assert_eq!(out.status, StatusCode::SEE_OTHER);
    browser.sign_up("en", "noa@example.com").await;

    // As an island does, and as "Send again" does: the old form with a token of today.
    let fresh = browser.get(path).await.hidden("csrf_token");
    let fields = [
        ("csrf_token", fresh.as_str()),
        ("job_to_be_done", "Take messages for Dana"),
        ("intent", "continue"),
    ];
    let held = browser.submit_from(&of_dana, path, &fields).await;
    assert_eq!(held.status, StatusCode::CONFLICT, "{}", held.body);
    for text in [
        "noa@example.com",
        "belongs to another account",
        "<dd dir=\"auto\">Take messages for Dana</dd>",
    ] {
        assert!(held.body.contains(text), "{text}: {}", held.body);
    }
    assert!(!held.body.contains("dana@example.com"));
    let again = browser.send_again(&held, path).await;
    assert_eq!(
        again.status,
        StatusCode::CONFLICT,
        "it goes on saying whose it is"
    );
    let kept = browser.autosave(&of_dana, path, 1, &fields[..2]).await;
    assert_eq!(
        (kept.status, kept.body.as_str()),
        (StatusCode::CONFLICT, "\"other_account\"")
    );
    let written: i64 =
        sqlx::query_scalar("SELECT count(*) FROM users WHERE job_to_be_done IS NOT NULL")
            .fetch_one(&app.pool)
            .await
            .expect("a count");
    assert_eq!(written, 0);

    // With its own account it is taken.
    browser.submit_from(&again, "/en/logout", &[]).await;
    browser.log_in("dana@example.com", PASSWORD).await;
    let taken = browser.send_again(&again, path).await;
    assert_eq!(
        taken.status,
        StatusCode::FORBIDDEN,
        "the token is of the session before"
    );
    let taken = browser.send_again(&taken, path).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
}

#[tokio::test]
async fn what_another_site_sends_is_neither_taken_nor_made_ready() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let path = "/en/onboarding/profile";
    browser.get(path).await;
    let body = "full_name=Eve&intent=continue&csrf_token=guessed";
    let origins: [&[(&str, &str)]; 4] = [
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://evil.example"),
        ],
        &[
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
        ],
    ];
    for headers in origins {
        let answer = browser.post_raw(path, body, headers).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{headers:?}");
        assert!(!answer.body.contains("Eve"), "{headers:?}");
    }
    // A browser that names neither: what would be sent is there to be read.
    let answer = browser.post_raw(path, body, &[]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(
        answer.body.contains("<dd dir=\"auto\">Eve</dd>"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn a_browser_that_keeps_no_cookies_is_told_so_and_loses_nothing() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    for l in ["en", "fr", "he"] {
        let path = format!("/{l}/signup");
        let mut page = browser.get(&path).await;
        for _ in 0..2 {
            browser.cookies.clear();
            let fields = [("email", "dana@example.com"), ("password", PASSWORD)];
            page = browser.submit_from(&page, &path, &fields).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN);
            let said = [
                "Ava needs cookies",
                "Ava a besoin de cookies",
                "אווה צריכה עוגיות",
            ];
            assert!(
                said.iter().any(|said| page.body.contains(said)),
                "{}",
                page.body
            );
            assert!(
                page.body.contains("value=\"dana@example.com\""),
                "{}",
                page.body
            );
            assert!(!page.body.contains(PASSWORD));
        }
    }
}

#[tokio::test]
async fn keys_and_tokens_ask_for_the_password_again_ten_minutes_after_log_in() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let path = "/en/settings?section=api";
    let age = async |age: &str| {
        sqlx::query(&format!(
            "UPDATE sessions SET logged_in_at = now() - interval '{age}'"
        ))
        .execute(&app.pool)
        .await
        .expect("the clock is turned");
    };
    age("9 minutes 55 seconds").await;
    let page = browser.get(path).await;
    assert_eq!(page.status, StatusCode::OK);
    age("10 minutes").await;
    let asked = browser.get(path).await;
    assert_eq!(
        asked.location(),
        "/en/confirm?returnTo=%2Fen%2Fsettings%3Fsection%3Dapi"
    );

    // The form that was open keeps what was typed in it.
    let fields = [
        ("intent", "create_token"),
        ("token_name", "crm"),
        ("token_days", "30"),
    ];
    let held = browser.submit_from(&page, path, &fields).await;
    assert_eq!(held.status, StatusCode::UNAUTHORIZED);
    assert!(held.body.contains("value=\"crm\""), "{}", held.body);
    let remove = [("section", "vapi"), ("intent", "remove")];
    let refused = browser
        .submit_from(&page, "/en/settings?section=vapi", &remove)
        .await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);

    let confirm = browser.get(asked.location()).await;
    let email = app.column("email").await.expect("an address");
    assert!(
        confirm.body.contains(&format!("value=\"{email}\"")),
        "{}",
        confirm.body
    );
    let back = confirm.hidden("return_to");
    let before = browser.clone();
    let wrong = [
        ("current_password", "not this one"),
        ("return_to", back.as_str()),
    ];
    let wrong = browser.submit_from(&confirm, "/en/confirm", &wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = [("current_password", PASSWORD), ("return_to", back.as_str())];
    let right = browser.submit_from(&confirm, "/en/confirm", &right).await;
    assert_eq!(right.location(), path);
    assert_ne!(browser.cookies["session"], before.cookies["session"]);
    let made = browser.send_again(&held, path).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    assert!(made.body.contains(">ava_"), "{}", made.body);
}

#[tokio::test]
async fn sessions_are_listed_and_each_is_ended_alone() {
    let app = TestApp::start().await;
    let mut laptop = app.browser();
    laptop.sign_up("en", "dana@example.com").await;
    let agents = [
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
    ];
    let mut others = Vec::new();
    for agent in agents {
        let mut browser = app.browser();
        let page = browser.get("/en/login").await;
        let body = crate::common::form_of(
            &page,
            &[("email", "dana@example.com"), ("password", PASSWORD)],
        );
        let answer = browser
            .post_raw("/en/login", body, &[("user-agent", agent)])
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        others.push(browser);
    }
    let mut stranger = app.browser();
    stranger.sign_up("en", "noa@example.com").await;

    let path = "/en/settings?section=security";
    let page = laptop.get(path).await;
    for text in [
        "Safari, iPhone",
        "Firefox, Windows",
        "this device",
        "127.0.0.1",
    ] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    let of_phone = page.body.split_once("Safari, iPhone").expect("the phone").1;
    let id = of_phone.split_once("value=\"end:").expect("a button").1;
    let id = id.split('"').next().expect("its end").to_owned();
    let intent = format!("end:{id}");
    let fields = [("section", "security"), ("intent", intent.as_str())];
    let strangers = stranger.submit(path, &fields).await;
    assert_eq!(strangers.status, StatusCode::SEE_OTHER);
    let mut is_in =
        async |at: usize| others[at].get("/en/onboarding/profile").await.status == StatusCode::OK;
    assert!(is_in(0).await, "nobody else ends it");
    let ended = laptop.submit_from(&page, path, &fields).await;
    assert_eq!(
        ended.location(),
        "/en/settings?section=security&notice=session-ended"
    );
    assert!(!is_in(0).await && is_in(1).await);
    let fields = [("section", "security"), ("intent", "end_others")];
    laptop.submit_from(&page, path, &fields).await;
    assert!(!is_in(1).await);
    assert_eq!(laptop.get(path).await.status, StatusCode::OK);
    assert_eq!(stranger.get(path).await.status, StatusCode::OK);
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

#[tokio::test]
async fn a_password_left_out_is_no_attempt() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let page = browser.get("/en/confirm").await;
    for _ in 0..5 {
        let empty = browser
            .submit_from(&page, "/en/confirm", &[("current_password", "")])
            .await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let right = [("current_password", PASSWORD)];
    let right = browser.submit_from(&page, "/en/confirm", &right).await;
    assert_eq!(right.location(), "/en/settings");
}

#[tokio::test]
async fn log_out_in_a_second_tab_says_that_one_is_out() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let page = browser.get("/en/onboarding/profile").await;
    for _ in 0..2 {
        let out = browser.submit_from(&page, "/en/logout", &[]).await;
        assert_eq!(out.location(), "/en/login?notice=signed-out");
    }
}

#[tokio::test]
async fn a_cookie_of_long_ago_changes_no_keys_through_the_api() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let own = [
        ("x-requested-with", "fetch"),
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/json"),
    ];
    let key = r#"{"vapi_api_key": "0123456789abcdef"}"#;
    let path = "/api/v1/vapi-settings";
    let set = browser.send_raw("POST", path, key, &own).await;
    assert_eq!(set.status, StatusCode::CREATED, "{}", set.body);
    sqlx::query("UPDATE sessions SET logged_in_at = now() - interval '10 minutes'")
        .execute(&app.pool)
        .await
        .expect("the clock is turned");
    for (method, path, body) in [
        ("POST", path, key),
        ("DELETE", path, ""),
        ("DELETE", "/api/v1/twilio-settings", ""),
    ] {
        let answer = browser.send_raw(method, path, body, &own).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
    }
    let read = browser.send_raw("GET", path, "", &own).await;
    assert_eq!(read.status, StatusCode::OK);
}
