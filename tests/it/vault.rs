//! Vendor secrets at rest.

use ava::server::services::rotation::{self, Rotation};
use ava::server::vault::{Column, Key, Vault, VaultError};
use axum::http::StatusCode;
use uuid::Uuid;

use crate::common::{Browser, TestApp};

const KEY: &str = "11111111-2222-3333-4444-555555556789";
const SID: &str = "AC0123456789abcdef0123456789abcdef";

async fn store_both(browser: &mut Browser) {
    let fields = [("vapi_api_key", KEY), ("intent", "continue")];
    let answer = browser.submit("/en/onboarding/vapi", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let fields = [
        ("account_sid", SID),
        ("auth_token", "feedfacefeedfacefeedfacefeed1234"),
        ("phone_number", ""),
        ("intent", "continue"),
    ];
    let answer = browser.submit("/en/onboarding/twilio", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
}

async fn sealed_key(app: &TestApp, user: Uuid) -> Vec<u8> {
    sqlx::query_scalar("SELECT vapi_api_key_encrypted FROM vapi_credentials WHERE user_id = $1")
        .bind(user)
        .fetch_one(&app.pool)
        .await
        .expect("a sealed key")
}

#[tokio::test]
async fn secrets_are_stored_sealed_and_shown_by_their_last_four_characters() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    store_both(&mut browser).await;
    let user = app.only_user().await;
    let sealed = sealed_key(&app, user).await;
    assert!(
        !sealed
            .windows(8)
            .any(|window| KEY.as_bytes().windows(8).any(|part| part == window))
    );
    assert_eq!(
        app.vault.open(user, Column::VapiApiKey, &sealed).as_deref(),
        Ok(KEY)
    );

    for path in [
        "/en/onboarding/vapi",
        "/en/settings?section=vapi",
        "/en/onboarding/done",
    ] {
        let page = browser.get(path).await;
        assert!(
            page.body.contains("****6789") && !page.body.contains(KEY),
            "{path}"
        );
    }
    assert!(
        browser
            .get("/en/onboarding/vapi")
            .await
            .body
            .contains(">checked<")
    );
    let drafts: String =
        sqlx::query_scalar("SELECT coalesce(string_agg(fields::text, ''), '') FROM drafts")
            .fetch_one(&app.pool)
            .await
            .expect("drafts");
    assert!(
        !drafts.contains("feedface") && !drafts.contains(KEY),
        "{drafts}"
    );
}

#[tokio::test]
async fn a_ciphertext_moved_to_another_customer_does_not_open() {
    let app = TestApp::start().await;
    for _ in 0..2 {
        store_both(&mut app.customer().await).await;
    }
    let users: Vec<Uuid> = sqlx::query_scalar("SELECT id FROM users ORDER BY id")
        .fetch_all(&app.pool)
        .await
        .expect("users");
    sqlx::query("UPDATE vapi_credentials SET vapi_api_key_encrypted = (SELECT vapi_api_key_encrypted FROM vapi_credentials WHERE user_id = $1) WHERE user_id = $2")
        .bind(users[0]).bind(users[1]).execute(&app.pool).await.expect("moved");
    let moved = sealed_key(&app, users[1]).await;
    assert_eq!(
        app.vault.open(users[1], Column::VapiApiKey, &moved),
        Err(VaultError::Refused)
    );
}

#[tokio::test]
async fn an_empty_field_keeps_the_key_and_remove_forgets_it() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    store_both(&mut browser).await;
    let path = "/en/onboarding/vapi";
    let before = sealed_key(&app, app.only_user().await).await;
    browser
        .submit(path, &[("vapi_api_key", "  "), ("intent", "continue")])
        .await;
    assert_eq!(sealed_key(&app, app.only_user().await).await, before);

    let page = browser.get(path).await;
    let removal = format!("intent=remove&csrf_token={}", page.hidden("csrf_token"));
    for _ in 0..2 {
        let answer = browser.post_raw(path, removal.clone(), &[]).await;
        assert_eq!(
            answer.status,
            StatusCode::SEE_OTHER,
            "removing twice is no failure"
        );
        let left: i64 = sqlx::query_scalar("SELECT count(*) FROM vapi_credentials")
            .fetch_one(&app.pool)
            .await
            .expect("a count");
        assert_eq!(left, 0);
    }
}

#[tokio::test]
async fn a_stored_token_belongs_to_its_account() {
    let app = TestApp::start().await;
    let mut browser = app.customer().await;
    store_both(&mut browser).await;
    let other = "ACffffffffffffffffffffffffffffffff";
    browser
        .submit(
            "/en/onboarding/twilio",
            &[
                ("account_sid", other),
                ("auth_token", ""),
                ("phone_number", ""),
                ("intent", "continue"),
            ],
        )
        .await;
    let stored: String = sqlx::query_scalar("SELECT account_sid FROM twilio_credentials")
        .fetch_one(&app.pool)
        .await
        .expect("a row");
    assert_eq!(stored, SID, "the stored pair stays whole");
    let page = browser.get("/en/onboarding/twilio").await;
    assert!(
        page.body.contains(other)
            && page
                .body
                .contains("Enter the Auth Token that belongs to this account")
    );
}

#[tokio::test]
async fn rotation_seals_everything_anew_and_leaves_what_it_cannot_read() {
    let app = TestApp::start().await;
    let (first, second) = (Key::random(), Key::random());
    let old = Vault::new(first.clone(), Vec::new());
    let stranger = Vault::new(Key::random(), Vec::new());
    for (count, vault) in [(3, &old), (1, &stranger)] {
        for _ in 0..count {
            let user = Uuid::new_v4();
            sqlx::query("INSERT INTO users (id, email, hashed_password) VALUES ($1, $1::text, '')")
                .bind(user)
                .execute(&app.pool)
                .await
                .expect("a user");
            let sealed = vault.seal(user, Column::VapiApiKey, KEY).expect("sealed");
            sqlx::query("INSERT INTO vapi_credentials VALUES ($1, $2, '****')")
                .bind(user)
                .bind(sealed)
                .execute(&app.pool)
                .await
                .expect("a key");
        }
    }
    let new = Vault::new(second.clone(), vec![first]);
    let rotation = rotation::rotate(&app.pool, &new).await.expect("rotates");
    assert_eq!(
        rotation,
        Rotation {
            resealed: 3,
            already_current: 0,
            unreadable: 1
        }
    );
    let again = rotation::rotate(&app.pool, &new).await.expect("rotates");
    assert_eq!(
        again,
        Rotation {
            resealed: 0,
            already_current: 3,
            unreadable: 1
        }
    );

    let only_new = Vault::new(second, Vec::new());
    let rows: Vec<(Uuid, Vec<u8>)> =
        sqlx::query_as("SELECT user_id, vapi_api_key_encrypted FROM vapi_credentials")
            .fetch_all(&app.pool)
            .await
            .expect("rows");
    let readable = rows
        .iter()
        .filter(|(user, sealed)| only_new.open(*user, Column::VapiApiKey, sealed).is_ok())
        .count();
    assert_eq!(readable, 3);
}

/// Whoever has the sources has each key that stands in them.
#[test]
fn no_key_in_the_sources_is_good_for_production() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let parts = [
        "src",
        "tests",
        "benches",
        "sandbox",
        "scripts",
        "docs",
        "end2end/tests",
        "README.md",
        "Makefile",
    ];
    let mut open = parts.map(|part| root.join(part)).to_vec();
    let mut found = 0;
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).expect("a folder");
            open.extend(entries.map(|entry| entry.expect("an entry").path()));
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
        for word in text
            .split(|c| !is_base64(c))
            .filter(|word| word.len() == 44)
        {
            if let Ok(key) = Key::from_base64(word) {
                found += 1;
                assert!(!key.looks_random(), "{} holds a key", path.display());
            }
        }
    }
    assert!(found > 0, "the tests have a key");
}
