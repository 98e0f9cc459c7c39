//! The headers of every answer, and the choice of language.

use axum::http::StatusCode;

use crate::common::{Answer, TestApp};
use crate::events;

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
            assert!(header("permissions-policy").contains("camera=()"));
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

/// The points of the HTTP Observatory as the table in its documentation has them, without those for a script with
/// `integrity` and for the preload list.
fn points(answer: &Answer) -> u32 {
    let header = |name: &str| {
        let value = answer.headers.get(name).map(|value| value.to_str());
        value.and_then(Result::ok).unwrap_or_default()
    };
    let policy = header("content-security-policy");
    let scripts = policy
        .split(';')
        .find(|part| part.trim().starts_with("script-src"));
    let is_strict = policy.starts_with("default-src 'none'")
        && !policy.contains("'unsafe-inline'")
        && !policy.contains("'unsafe-eval'")
        && scripts.is_some_and(|scripts| !scripts.contains("data:") && !scripts.contains("https:"));
    let cookies: Vec<&str> = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .filter_map(|cookie| cookie.to_str().ok())
        .collect();
    let has_good_cookies = !cookies.is_empty()
        && cookies.iter().all(|cookie| {
            ["; Secure", "; SameSite=", "; HttpOnly"]
                .iter()
                .all(|part| cookie.contains(part))
        });
    let has_hsts = header("strict-transport-security").contains("max-age=63072000");
    assert!(has_hsts && header("x-content-type-options") == "nosniff");
    [
        (is_strict, 10),
        (has_good_cookies, 5),
        (header("cross-origin-resource-policy") == "same-origin", 10),
        (header("cross-origin-embedder-policy") == "require-corp", 10),
        (header("cross-origin-opener-policy") == "same-origin", 10),
        (policy.contains("frame-ancestors 'none'"), 5),
        (header("referrer-policy") == "same-origin", 5),
    ]
    .into_iter()
    .filter_map(|(holds, points)| holds.then_some(points))
    .sum::<u32>()
        + 100
}

#[tokio::test]
async fn the_observatory_gives_155_points_to_a_first_visit() {
    let app = TestApp::start_with(&[("PUBLIC_URL", "https://ava.example")]).await;
    for path in [
        "/",
        "/en",
        "/en/login",
        "/en/onboarding/vapi",
        "/en/settings",
    ] {
        let answer = app.browser().get(path).await;
        assert_eq!(points(&answer), 155, "{path}: {:?}", answer.headers);
    }
    // Once the cookies are there, they earn nothing more.
    let mut customer = app.browser();
    customer.sign_up("en", "dana@example.com").await;
    for path in ["/en/onboarding/vapi", "/en/settings"] {
        let answer = customer.get(path).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(points(&answer), 150, "{path}: {:?}", answer.headers);
    }
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

#[tokio::test]
async fn errors_are_not_kept_whatever_their_address() {
    let root = std::env::temp_dir().join(format!("ava-site-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir_all(root.join("pkg")).expect("a folder");
    std::fs::write(root.join("pkg/there.js"), "1").expect("an asset");
    let app = TestApp::start_with(&[("LEPTOS_SITE_ROOT", &root.to_string_lossy())]).await;
    let mut browser = app.browser();
    let there = browser.get("/pkg/there.js").await;
    assert_eq!(there.headers["cache-control"], "no-cache");
    let part = browser
        .get_with("/pkg/there.js", &[("range", "bytes=9-")])
        .await;
    assert_eq!(part.status, StatusCode::RANGE_NOT_SATISFIABLE);
    let mut answers = vec![part];
    for (method, path) in [
        ("GET", "/pkg/missing.js"),
        ("GET", "/pkg/"),
        ("GET", "/pkg/%ff"),
        ("GET", "/favicon.svg"),
        ("POST", "/favicon.svg"),
        ("POST", "/pkg/there.js"),
        ("GET", "/api/v1/docs/missing.css"),
        ("GET", "/en/missing"),
    ] {
        answers.push(browser.send_raw(method, path, "", &[]).await);
    }
    for answer in answers {
        assert!(answer.status.is_client_error(), "{answer:?}");
        assert_eq!(answer.headers["cache-control"], "no-store", "{answer:?}");
    }
    std::fs::remove_dir_all(root).expect("removed");
}

/// The id of the answer, and what the log says of its request.
async fn named(app: &TestApp, id: &str) -> (String, String) {
    events::take();
    let body = "tone=warm";
    let sent = [("x-request-id", id)];
    let answer = app
        .browser()
        .post_raw("/en/onboarding/ava", body, &sent)
        .await;
    let logged = events::take();
    let refused = logged.iter().find(|event| event.text.contains("refused"));
    let own = answer.headers["x-request-id"].to_str().expect("text");
    let request = refused.expect("a refusal is logged").request.clone();
    (own.to_owned(), request)
}

#[tokio::test]
async fn a_request_is_named_by_us_alone() {
    let app = TestApp::start().await;
    let behind = TestApp::start_with(&[("TRUSTED_PROXIES", "1")]).await;
    for (app, id, is_logged) in [
        (&app, "req-7.1", false),
        (&behind, "req-7.1", true),
        (&behind, "a b", false),
        (&behind, &"x".repeat(101), false),
        (&behind, "a\tb", false),
    ] {
        let (own, logged) = named(app, id).await;
        assert!(own.parse::<uuid::Uuid>().is_ok(), "{own}");
        assert!(logged.contains(&own), "{logged}");
        assert_eq!(logged.contains(id), is_logged, "{logged}");
    }
}

#[tokio::test]
async fn only_a_page_that_is_read_changes_the_language() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let own = ("sec-fetch-site", "same-origin");
    browser.get_with("/en/help", &[own]).await;
    for (method, header) in [
        ("HEAD", ("sec-fetch-mode", "navigate")),
        ("GET", ("sec-purpose", "prefetch")),
        ("GET", ("sec-purpose", "prefetch;prerender")),
        ("GET", ("purpose", "prefetch")),
        ("GET", ("x-moz", "prefetch")),
        ("GET", ("sec-fetch-mode", "cors")),
    ] {
        let answer = browser
            .send_raw(method, "/fr/help", "", &[own, header])
            .await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(
            !answer.headers.contains_key("set-cookie"),
            "{method} {header:?}"
        );
        assert_eq!(
            app.column("locale").await.as_deref(),
            Some("en"),
            "{method} {header:?}"
        );
    }
    let read = [own, ("sec-fetch-mode", "navigate")];
    browser.get_with("/fr/help", &read).await;
    assert_eq!(app.column("locale").await.as_deref(), Some("fr"));
    assert_eq!(browser.get("/").await.location(), "/fr");
}

#[tokio::test]
async fn log_out_leaves_the_browser_nothing_of_the_customer_and_others_what_is_theirs() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let before = browser.cookies.clone();
    let page = browser.get("/en/onboarding/profile").await;
    assert_eq!(page.headers["cache-control"], "no-store");
    let left = browser.submit_from(&page, "/en/logout", &[]).await;
    assert_eq!(left.status, StatusCode::SEE_OTHER);
    assert!(!left.headers.contains_key("clear-site-data"));
    assert!(!browser.cookies.contains_key("session"));
    assert_ne!(browser.cookies["csrf"], before["csrf"]);
}
