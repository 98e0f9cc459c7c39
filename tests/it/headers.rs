//! The headers of every answer, and the choice of language.

use axum::http::StatusCode;

use crate::common::TestApp;

const PATHS: &[&str] = &[
    "/",
    "/en",
    "/he/login",
    "/fr/signup",
    "/en/onboarding",
    "/en/onboarding/profile",
    "/en/nothing",
    "/nothing",
    "/healthz",
    "/readyz",
    "/robots.txt",
    "/pkg/nothing.js",
    "/favicon.svg",
    "/en/logout",
    "/en/settings",
    "/en/ava-studio",
    "/en/ava-studio/calls/nothing",
    "/webhooks/vapi/nothing",
];

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let app = TestApp::start().await;
    for mut browser in [app.browser(), app.customer().await] {
        for path in PATHS {
            let answer = browser.get(path).await;
            let header = |name: &str| {
                answer
                    .headers
                    .get(name)
                    .unwrap_or_else(|| panic!("{path} lacks {name}"))
                    .to_str()
                    .expect("text")
                    .to_owned()
            };
            assert_eq!(header("x-content-type-options"), "nosniff");
            assert_eq!(header("referrer-policy"), "same-origin");
            assert_eq!(header("cross-origin-opener-policy"), "same-origin");
            assert_eq!(header("cross-origin-embedder-policy"), "require-corp");
            assert_eq!(header("cross-origin-resource-policy"), "same-origin");
            let policy = header("content-security-policy");
            for part in [
                "default-src 'none'",
                "frame-ancestors 'none'",
                "base-uri 'none'",
                "object-src 'none'",
                "'nonce-",
            ] {
                assert!(policy.contains(part), "{path}: {policy}");
            }
            assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
            assert!(answer.headers.contains_key("x-request-id"), "{path}");
        }
    }
}

#[tokio::test]
async fn the_nonce_is_new_each_time_and_on_every_script() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let mut nonces = Vec::new();
    for _ in 0..2 {
        let answer = browser.get("/en/login").await;
        let policy = answer.headers["content-security-policy"]
            .to_str()
            .expect("text")
            .to_owned();
        let nonce = policy
            .split_once("'nonce-")
            .and_then(|(_, rest)| rest.split_once('\''))
            .expect("a nonce")
            .0
            .to_owned();
        assert_eq!(
            answer.body.matches("<script").count(),
            answer.body.matches(&format!("nonce=\"{nonce}\"")).count()
        );
        assert!(!answer.body.contains(" style=") && !answer.body.contains(" onclick="));
        nonces.push(nonce);
    }
    assert_ne!(nonces[0], nonces[1]);
}

#[tokio::test]
async fn cookies_are_locked_down_where_the_public_address_is_https() {
    let app = TestApp::start_with(&[("PUBLIC_URL", "https://ava.example")]).await;
    let mut browser = app.browser();
    let answer = browser.sign_up("en", "dana@example.com").await;
    for cookie in answer.headers.get_all("set-cookie") {
        let cookie = cookie.to_str().expect("text");
        assert!(cookie.starts_with("__Host-"), "{cookie}");
        for part in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
            assert!(cookie.contains(part), "{cookie}");
        }
    }
    let page = browser.get("/en/login").await;
    assert!(
        page.headers["strict-transport-security"]
            .to_str()
            .expect("text")
            .contains("max-age=63072000")
    );
}

#[tokio::test]
async fn the_first_page_follows_the_browsers_languages() {
    let app = TestApp::start().await;
    for (accepted, expected) in [
        ("fr-CA,en;q=0.5", "/fr"),
        ("iw", "/he"),
        ("de", "/en"),
        ("", "/en"),
        (";;q=,", "/en"),
    ] {
        let answer = app
            .browser()
            .get_with("/", &[("accept-language", accepted)])
            .await;
        assert_eq!(
            (answer.status, answer.location()),
            (StatusCode::FOUND, expected),
            "{accepted}"
        );
        assert_eq!(
            answer.headers["vary"]
                .to_str()
                .expect("text")
                .to_lowercase(),
            "accept-language, cookie"
        );
    }
    let mut browser = app.browser();
    browser.get("/he/help").await;
    let answer = browser.get_with("/", &[("accept-language", "fr")]).await;
    assert_eq!(answer.location(), "/he", "the language read last");
}
