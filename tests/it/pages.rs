//! What holds for every page in every language.

use ava::domain::Step;
use axum::http::StatusCode;

use crate::common::TestApp;

const PUBLIC: &[&str] = &[
    "",
    "/login",
    "/signup",
    "/forgot-password",
    "/help",
    "/terms",
];
/// Beside the steps.
const PRIVATE: &[&str] = &[
    "/onboarding/later",
    "/settings?section=profile",
    "/settings?section=vapi",
    "/settings?section=twilio",
    "/settings?section=security",
    "/settings?section=api",
    "/ava-studio",
];

#[tokio::test]
async fn every_page_has_its_language_one_heading_and_its_landmarks() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let mut headings = Vec::new();
    let steps = Step::ALL.map(|step| format!("/onboarding/{}", step.id()));
    let private = || {
        steps
            .iter()
            .map(String::as_str)
            .chain(PRIVATE.iter().copied())
    };
    for (code, dir) in [("en", "ltr"), ("fr", "ltr"), ("he", "rtl")] {
        let public = PUBLIC.iter().map(|path| (*path, false));
        for (path, private) in public.chain(private().map(|path| (path, true))) {
            let address = format!("/{code}{path}");
            let page = if private {
                browser.get(&address).await
            } else {
                app.browser().get(&address).await
            };
            assert_eq!(page.status, StatusCode::OK, "{address}");
            let body = &page.body;
            assert!(body.starts_with("<!DOCTYPE html>"), "{address}");
            assert!(
                body.contains(&format!("<html lang=\"{code}\" dir=\"{dir}\"")),
                "{address}"
            );
            for (part, count) in [
                ("<h1", 1),
                ("<header class=\"site", 1),
                ("<main", 1),
                ("<footer", 1),
            ] {
                assert_eq!(body.matches(part).count(), count, "{address} {part}");
            }
            let first_link = body.split_once("<a ").expect("links").1;
            let first_link = first_link.split('>').next().unwrap_or_default();
            assert!(
                first_link.contains("skip-link") && first_link.contains("#main"),
                "{address}"
            );
            assert_eq!(
                body.contains("name=\"robots\" content=\"noindex\""),
                private || path == "/forgot-password",
                "{address}"
            );
            for other in ["en", "fr", "he"] {
                let same = format!("href=\"/{other}{}\"", path.replace('&', "&amp;"));
                assert!(body.contains(&same), "{address} links to itself in {other}");
            }
            if path.starts_with("/onboarding/") {
                let heading = body
                    .split_once("<h1>")
                    .and_then(|(_, rest)| rest.split_once("</h1>"))
                    .expect("a heading");
                headings.push(heading.0.to_owned());
            }
        }
    }
    let count = headings.len();
    headings.sort();
    headings.dedup();
    assert_eq!(headings.len(), count, "no two steps share a heading");
}

#[tokio::test]
async fn the_titles_put_progress_first() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let page = browser.get("/en/onboarding/telephony").await;
    let title = format!(
        "<title>Step 5 of {}: Number and hours - Ava</title>",
        Step::COUNT
    );
    assert!(page.body.contains(&title));
}

#[tokio::test]
async fn public_pages_name_their_other_languages_and_private_ones_are_not_kept() {
    let app = TestApp::start().await;
    let page = app.browser().get("/fr/login").await.body;
    for language in ["en", "fr", "he", "x-default"] {
        assert!(page.contains(&format!("rel=\"alternate\" hreflang=\"{language}\"")));
    }
    let private = app.customer().await.get("/en/onboarding/profile").await;
    assert_eq!(private.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn numbers_keys_and_addresses_stand_left_to_right_in_hebrew() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let fields = [
        ("number", "+972 3 123 4567"),
        ("business_hours", "א׳-ה׳ 9-18"),
        ("fallback_email", "desk@example.com"),
        ("intent", "continue"),
    ];
    browser.submit("/he/onboarding/telephony", &fields).await;
    let review = browser.get("/he/onboarding/done").await.body;
    assert!(review.contains("<bdi dir=\"ltr\">+97231234567</bdi>"));
    assert!(review.contains("<bdi dir=\"ltr\">desk@example.com</bdi>"));
    let page = browser.get("/he/onboarding/telephony").await.body;
    let input = page.split_once("id=\"number\"").expect("the field").1;
    assert!(
        input
            .split_once('>')
            .expect("its end")
            .0
            .contains("dir=\"ltr\"")
    );
}

#[tokio::test]
async fn opening_hours_are_in_the_words_of_the_page() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let stored = Some("Sun-Thu 09:00-18:00".to_owned());
    let fields = [("business_hours", "א׳-ה׳ 9-18"), ("intent", "continue")];
    browser.submit("/he/onboarding/telephony", &fields).await;
    assert_eq!(app.column("business_hours").await, stored);
    for (locale, words) in [
        ("en", "Sun-Thu 09:00-18:00"),
        ("fr", "dim-jeu 9h-18h"),
        ("he", "א׳-ה׳ 09:00-18:00"),
    ] {
        let path = format!("/{locale}/onboarding/telephony");
        let page = browser.get(&path).await;
        assert!(
            page.body.contains(&format!("value=\"{words}\"")),
            "{locale}"
        );
        for other in ["/onboarding/done", "/ava-studio"] {
            let page = browser.get(&format!("/{locale}{other}")).await.body;
            assert!(
                page.contains(&format!("<bdi>{words}</bdi>")),
                "{locale}{other}"
            );
        }
        // Saved as it is shown, it stays the same in every other language.
        let shown = [("business_hours", words)];
        let saved = browser.autosave(&page, &path, 1, &shown).await;
        assert_eq!(saved.status, 200, "{}", saved.body);
        assert_eq!(app.column("business_hours").await, stored);
    }
}

#[tokio::test]
async fn a_step_is_small() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    let answer = browser
        .get_with("/he/onboarding/profile", &[("accept-encoding", "br")])
        .await;
    assert_eq!(answer.headers["content-encoding"], "br");
    let length: usize = answer
        .headers
        .get("content-length")
        .map_or(answer.body.len(), |n| {
            n.to_str().expect("text").parse().expect("a number")
        });
    assert!(length <= 14_000, "{length} bytes, lossily counted");
}
