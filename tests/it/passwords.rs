//! Which passwords are taken, at every door.

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
