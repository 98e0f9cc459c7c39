//! Rules of `docs/SECURITY-RULES.md` that no other test tries, and that the document is true.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use argon2::password_hash::{PasswordHasher, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use ava::server::mail::Mailer;
use ava::server::vault::{Key, Vault};
use ava::server::vendors::Vendors;
use ava::server::{App, Parts, router};
use axum::http::StatusCode;
use leptos::config::LeptosOptions;
use serde_json::Value;

use crate::common::{ENCRYPTION_KEY, PASSWORD, TestApp};

/// Every page of a customer.
const PAGES: [&str; 22] = [
    "/",
    "/en",
    "/en/help",
    "/en/terms",
    "/en/login",
    "/en/signup",
    "/en/logout",
    "/en/confirm",
    "/en/forgot-password",
    "/en/reset-password",
    "/en/onboarding",
    "/en/onboarding/profile",
    "/en/onboarding/vapi",
    "/en/onboarding/telephony",
    "/en/onboarding/assistant",
    "/en/onboarding/done",
    "/en/onboarding/later",
    "/en/settings",
    "/en/settings?section=twilio",
    "/en/settings?section=security",
    "/en/settings?section=api",
    "/en/ava-studio",
];

/// All that is stored.
async fn rows(app: &TestApp) -> Value {
    sqlx::query_scalar(
        "SELECT jsonb_build_array(
            (SELECT jsonb_agg(u ORDER BY u.id) FROM users u), (SELECT jsonb_agg(o) FROM user_onboarding o),
            (SELECT jsonb_agg(d ORDER BY d.step) FROM drafts d), (SELECT jsonb_agg(s ORDER BY s.id) FROM sessions s),
            (SELECT jsonb_agg(e ORDER BY e.id) FROM analytics_events e), (SELECT jsonb_agg(t) FROM api_tokens t),
            (SELECT jsonb_agg(l) FROM limits l), (SELECT jsonb_agg(r) FROM password_resets r))",
    )
    .fetch_one(&app.pool)
    .await
    .expect("rows")
}

#[tokio::test]
async fn asking_for_a_page_changes_nothing() {
    let app = TestApp::start().await;
    let mut customer = app.customer().await;
    customer.get("/en/onboarding/profile").await;
    let before = rows(&app).await;
    for path in PAGES {
        for method in ["GET", "HEAD"] {
            for headers in [&[][..], &[("sec-fetch-site", "same-origin")]] {
                let answer = customer.send_raw(method, path, "", headers).await;
                assert!(answer.status.as_u16() < 500, "{method} {path}");
            }
        }
    }
    assert_eq!(before, rows(&app).await);
}

#[tokio::test]
async fn every_answer_names_its_type_and_letters() {
    let app = TestApp::start().await;
    for mut browser in [app.browser(), app.customer().await] {
        for path in PAGES
            .into_iter()
            .chain(["/en/nothing", "/robots.txt", "/healthz"])
        {
            let answer = browser.get(path).await;
            if answer.body.is_empty() {
                continue;
            }
            let kind = answer.headers["content-type"].to_str().expect("text");
            assert!(
                kind.to_lowercase().ends_with("charset=utf-8"),
                "{path}: {kind}"
            );
        }
    }
}

#[tokio::test]
async fn who_is_logged_in_is_led_past_log_in_and_sign_up() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    for (path, to) in [
        ("/fr/login", "/fr/onboarding"),
        ("/fr/signup", "/fr/onboarding"),
        ("/fr/login?returnTo=%2Ffr%2Fsettings", "/fr/settings"),
    ] {
        let answer = browser.get(path).await;
        assert_eq!(
            (answer.status, answer.location()),
            (StatusCode::SEE_OTHER, to)
        );
    }
}

#[tokio::test]
async fn log_out_works_twice_and_only_as_a_form() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let page = browser.get("/en/onboarding/profile").await;
    assert_eq!(
        browser.get("/en/logout").await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
    assert_eq!(
        browser.get("/en/onboarding/profile").await.status,
        StatusCode::OK
    );
    browser.submit_from(&page, "/en/logout", &[]).await;
    let again = browser
        .submit("/en/forgot-password", &[("email", "")])
        .await;
    let again = browser.submit_from(&again, "/en/logout", &[]).await;
    assert_eq!(again.location(), "/en/login?notice=signed-out");
}

#[tokio::test]
async fn a_session_outlives_a_restart_and_a_new_key() {
    let app = TestApp::start().await;
    let browser = app.customer().await;
    let same = Key::from_base64(ENCRYPTION_KEY).expect("a key");
    for key in [same, Key::random()] {
        let again = App::new(Parts {
            mailer: Mailer::new(&app.app.config).expect("a mailer"),
            vendors: Vendors::new(&app.app.config).expect("clients"),
            config: app.app.config.clone(),
            pool: app.pool.clone(),
            vault: Arc::new(Vault::new(key, Vec::new())),
            leptos: Arc::new(LeptosOptions::builder().output_name("ava").build()),
            reloads: false,
        });
        let mut after = browser.moved_to(router::build(again));
        let page = after.get("/en/onboarding/profile").await;
        assert_eq!(page.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_hash_of_former_costs_is_renewed_at_log_in() {
    let app = TestApp::start().await;
    app.browser().sign_up("en", "dana@example.com").await;
    let cheap = Params::new(8_192, 1, 1, None).expect("costs");
    let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, cheap);
    let salt = SaltString::encode_b64(b"salt of the test").expect("a salt");
    let hash = cheap
        .hash_password(PASSWORD.as_bytes(), &salt)
        .expect("a hash");
    sqlx::query("UPDATE users SET hashed_password = $1")
        .bind(hash.to_string())
        .execute(&app.pool)
        .await
        .expect("as the version before kept it");
    let answer = app.browser().log_in("dana@example.com", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let renewed = app.column("hashed_password").await.expect("a hash");
    assert!(
        renewed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{renewed}"
    );
    let answer = app.browser().log_in("dana@example.com", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_new_database_has_no_account() {
    let app = TestApp::start().await;
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM users")
        .fetch_one(&app.pool)
        .await
        .expect("a count");
    assert_eq!(count, 0);
}

/// The files below a folder that end so, with their content.
fn sources(folder: &str, end: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("node_modules") {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(end) {
                let code = fs::read_to_string(&path).expect("text");
                found.push((path, code));
            }
        }
    }
    found
}

#[test]
fn only_vendors_and_the_configured_tracker_are_called_and_no_redirect_is_followed() {
    for (path, code) in sources("src", ".rs") {
        if code.contains("Client::builder") {
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            assert!(
                ["door.rs", "forwarding.rs"].contains(&name.as_str()),
                "{name} calls outside"
            );
            assert!(
                code.contains("redirect::Policy::none()"),
                "{name} follows redirects"
            );
        }
        assert!(
            !code.contains("danger_accept_invalid"),
            "{}",
            path.display()
        );
    }
}

/// The rows of the document: a rule, and what its last column says.
fn rules() -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/SECURITY-RULES.md");
    let text = fs::read_to_string(path).expect("the document");
    let rows = text.lines().filter_map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let rule = *cells.first()?;
        let number = rule.strip_prefix(['S', 'H', 'T'])?;
        number.parse::<u8>().ok()?;
        Some((rule.to_owned(), (*cells.last()?).to_owned()))
    });
    rows.collect()
}

#[test]
fn the_document_of_rules_is_complete() {
    let known: Vec<String> = rules().into_iter().map(|(rule, _)| rule).collect();
    let all: Vec<String> = [("S", 59), ("H", 9), ("T", 33)]
        .into_iter()
        .flat_map(|(letter, last)| (1..=last).map(move |number| format!("{letter}{number}")))
        .collect();
    assert_eq!(known, all);
}

#[test]
fn each_rule_names_tests_that_are_there_or_says_why_there_is_none() {
    let code: String = ["src", "tests"]
        .into_iter()
        .flat_map(|folder| sources(folder, ".rs"))
        .chain(sources("end2end/tests", ".spec.ts"))
        .map(|(_, code)| code)
        .collect();
    let mut without = BTreeSet::new();
    for (rule, tests) in rules() {
        let names: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        if names.is_empty() {
            assert!(
                tests.starts_with("Open: "),
                "{rule} names no test and no reason"
            );
            without.insert(rule);
            continue;
        }
        for name in names {
            let is_test = code.contains(&format!("fn {name}()"))
                || code.contains(&format!("test('{name}"))
                || code.contains(&format!("test(`{name}"));
            assert!(is_test, "{rule}: there is no test `{name}`");
        }
    }
    println!("without a test: {without:?}");
}
