//! Which passwords are taken, at every door, and that one is the same however its letters are composed.

use argon2::password_hash::rand_core::OsRng;
use argon2::{Argon2, PasswordHasher, password_hash::SaltString};
use axum::http::StatusCode;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::common::{Answer, Browser, PASSWORD, TestApp};

const EMAIL: &str = "noemie.levi@corner-bakery.example";
const SECURITY: &str = "/en/settings?section=security";

/// A customer who has said her own and her business's name, and has asked for a link to reset.
async fn customer(app: &TestApp) -> Browser {
    let mut browser = app.browser();
    browser.sign_up("en", EMAIL).await;
    sqlx::query(
        "UPDATE users SET full_name = 'Noémie Lévi', organization_name = 'Fleurs du Marais'",
    )
    .execute(&app.pool)
    .await
    .expect("names");
    sqlx::query(
        "INSERT INTO password_resets (user_id, token_hash, expires_at)
         SELECT id, $1, now() + interval '1 hour' FROM users",
    )
    .bind(Sha256::digest("opens").to_vec())
    .execute(&app.pool)
    .await
    .expect("a reset");
    browser
}

async fn sign_up(app: &TestApp, email: &str, password: &str) -> Answer {
    let fields = [("email", email), ("password", password)];
    app.browser().submit("/en/signup", &fields).await
}

async fn reset(app: &TestApp, password: &str) -> Answer {
    let mut browser = app.browser();
    browser.get("/en/reset-password?token=opens").await;
    let fields = [("password", password)];
    browser.submit("/en/reset-password", &fields).await
}

async fn change(browser: &mut Browser, password: &str) -> Answer {
    let fields = [("current_password", PASSWORD), ("password", password)];
    browser.submit(SECURITY, &fields).await
}

async fn stored_hash(app: &TestApp) -> String {
    app.column("hashed_password").await.expect("a hash")
}

#[tokio::test]
async fn what_many_use_or_an_address_gives_away_is_refused_at_every_door() {
    let app = TestApp::start().await;
    let mut browser = customer(&app).await;
    let before = stored_hash(&app).await;
    let easy = "harder to guess";
    for password in [
        "homelesspa",
        "Passer2009",
        "p4ssw0rd",
        "sunshine2026!",
        "Ava2026!",
        EMAIL,
        "Noemie.Levi1",
        "cornerbakery24",
    ] {
        let page = sign_up(&app, EMAIL, password).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{password}");
        assert!(page.body.contains(easy), "{password}");
        let body = json!({"email": EMAIL, "password": password});
        let reply = app
            .program()
            .call("POST", "/api/v1/auth/signup", body)
            .await;
        assert_eq!(reply.errors(), ["password too_common"], "{password}");
        let reset = reset(&app, password).await;
        assert!(reset.body.contains(easy), "reset: {password}");
        let changed = change(&mut browser, password).await;
        assert!(changed.body.contains(easy), "change: {password}");
    }
    assert_eq!(stored_hash(&app).await, before);
}

#[tokio::test]
async fn the_names_of_an_account_are_no_passwords_for_it() {
    let app = TestApp::start().await;
    let mut browser = customer(&app).await;
    for password in [
        "NoémieLévi",
        "noemie levi",
        "Fleurs du Marais",
        "fleurs2026",
        "l3vi l3vi 1980",
    ] {
        let reset = reset(&app, password).await;
        assert_eq!(reset.status, StatusCode::UNPROCESSABLE_ENTITY, "{password}");
        let changed = change(&mut browser, password).await;
        assert_eq!(
            changed.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{password}"
        );
    }
    let changed = change(&mut browser, "Noémie paints yellow boats").await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_passphrase_is_the_same_however_its_letters_are_composed() {
    let app = TestApp::start().await;
    // Each as one keyboard writes it, and as another does.
    for (number, (one, other)) in [
        (
            "la forêt brûlée d’été",
            "la fore\u{302}t bru\u{302}le\u{301}e d’e\u{301}te\u{301}",
        ),
        ("שָׁלוֹם לכל הפרחים", "ש\u{5c1}\u{5b8}לו\u{5b9}ם לכל הפרחים"),
        (
            "quatre mots sans rapport",
            "quatre\u{a0}mots\u{202f}sans\u{3000}rapport",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        assert_ne!(one, other);
        for (turn, (one, other)) in [(one, other), (other, one)].into_iter().enumerate() {
            let email = format!("{number}-{turn}@example.com");
            let answer = sign_up(&app, &email, one).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{one}");
            for typed in [one, other] {
                let mut browser = app.browser();
                let answer = browser.log_in(&email, typed).await;
                assert_eq!(answer.status, StatusCode::SEE_OTHER, "{typed}");
            }
            let body = json!({"email": email, "password": other});
            let reply = app.program().call("POST", "/api/v1/auth/login", body).await;
            assert_eq!(reply.status, StatusCode::OK, "{other}");
        }
    }
    let mut browser = app.browser();
    browser
        .log_in("0-0@example.com", "la forêt brûlée d’été")
        .await;
    let typed = "la fore\u{302}t bru\u{302}le\u{301}e d’e\u{301}te\u{301}";
    let fields = [
        ("current_password", typed),
        ("password", "a brand new phrase"),
    ];
    let answer = browser.submit(SECURITY, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_hash_of_the_letters_as_they_were_typed_stays_good_and_is_renewed() {
    let app = TestApp::start().await;
    app.browser().sign_up("en", EMAIL).await;
    let (typed, composed) = ("e\u{301}te\u{301} indien tardif", "été indien tardif");
    let old = Argon2::default()
        .hash_password(typed.as_bytes(), &SaltString::generate(&mut OsRng))
        .expect("a hash")
        .to_string();
    sqlx::query("UPDATE users SET hashed_password = $1")
        .bind(&old)
        .execute(&app.pool)
        .await
        .expect("an old hash");
    let refused = app
        .browser()
        .log_in(EMAIL, "e\u{301}te\u{301} indien")
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(stored_hash(&app).await, old);
    for password in [typed, composed, typed] {
        let answer = app.browser().log_in(EMAIL, password).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{password}");
        assert_ne!(stored_hash(&app).await, old);
    }
}

#[tokio::test]
async fn control_characters_are_refused_with_words_and_never_break_a_log_in() {
    let app = TestApp::start().await;
    let mut browser = customer(&app).await;
    for password in [
        "four plain\twords",
        "four plain\u{7f} words",
        "four\u{85}plain words",
    ] {
        let page = sign_up(&app, "dana@example.com", password).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("control characters"), "{password:?}");
        let body = json!({"email": "dana@example.com", "password": password});
        let reply = app
            .program()
            .call("POST", "/api/v1/auth/signup", body)
            .await;
        assert_eq!(reply.errors(), ["password malformed"], "{password:?}");
        for answer in [
            reset(&app, password).await,
            change(&mut browser, password).await,
            app.browser().log_in(EMAIL, password).await,
        ] {
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
    }
}

#[tokio::test]
async fn lengths_are_counted_as_people_count_and_what_is_too_long_is_refused_at_once() {
    let app = TestApp::start().await;
    let hebrew = "שלוש מילים ארוכות ועוד ארבע קצרות מאוד כדי להגיע אל ששים וארבעה.";
    assert_eq!(hebrew.chars().count(), 64);
    let longest: String = "de\u{301}jeuner a\u{300} Orle\u{301}ans, "
        .chars()
        .cycle()
        .take(290)
        .collect();
    let emoji = "🤦🏽‍♀️ trois petits chats ❤️";
    for (number, password) in [hebrew, &longest, emoji].into_iter().enumerate() {
        let email = format!("{number}@example.com");
        let answer = sign_up(&app, &email, password).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{password}");
        let answer = app.browser().log_in(&email, password).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{password}");
    }
    // Seven characters, of two code points each.
    let short = sign_up(&app, "s@example.com", &"e\u{301}".repeat(7)).await;
    assert!(short.body.contains("at least 8 characters"));
    let started = std::time::Instant::now();
    for long in [
        "x".repeat(257),
        "\u{661}".repeat(9_000),
        "e\u{301}".repeat(8_000),
    ] {
        let page = sign_up(&app, "l@example.com", &long).await;
        assert!(page.body.contains("256 characters or fewer"));
        let answer = app.browser().log_in("0@example.com", &long).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert!(started.elapsed() < std::time::Duration::from_secs(2));
}
