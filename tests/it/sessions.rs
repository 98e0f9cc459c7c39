//! Sessions, and the forms that are sent with them.

use axum::http::StatusCode;

use crate::common::{PASSWORD, TestApp};

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

#[tokio::test]
async fn a_page_is_answered_though_its_session_cannot_be_prolonged() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    for statement in [
        "UPDATE sessions SET last_used_at = now() - interval '2 hours'",
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$",
        "CREATE TRIGGER refuse BEFORE UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION refuse()",
    ] {
        sqlx::query(statement)
            .execute(&app.pool)
            .await
            .expect("a database that takes no more");
    }
    let page = browser.get("/en/onboarding/profile").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("<h1"), "{}", page.body);
}
