//! What the operator is told: errors reach their Sentry, and what is no trouble is no warning.

use std::sync::mpsc;
use std::time::Duration;

use ava::server::{Config, logs};
use axum::Router;
use axum::extract::Request;
use tokio::net::TcpListener;
use tracing::Level;
use tracing_subscriber::layer::SubscriberExt;

use crate::common::{PASSWORD, TestApp};
use crate::events;

#[tokio::test]
async fn a_visitor_who_comes_and_goes_is_no_warning() {
    let app = TestApp::start().await;
    events::take();
    let mut browser = app.customer().await;
    let page = browser.get("/en/onboarding/profile").await;
    let left = browser.submit_from(&page, "/en/logout", &[]).await;
    assert_eq!(left.status, 303, "{}", left.body);
    let email = app.column("email").await.expect("an address");
    let back = browser.log_in(&email, PASSWORD).await;
    assert_eq!(back.status, 303, "{}", back.body);
    let logged = events::take();
    let accounts = "ava::server::services::accounts";
    assert!(
        logged.iter().any(|event| event.target == accounts),
        "the test hears what is logged"
    );
    // A busy machine is slow to answer a query.
    let trouble: Vec<&str> = logged
        .iter()
        .filter(|event| event.level <= Level::WARN && !event.target.starts_with("sqlx"))
        .map(|event| event.target)
        .collect();
    assert!(trouble.is_empty(), "{trouble:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_is_sent_and_nothing_else() {
    let (sent, received) = mpsc::channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let router = Router::new().fallback(async move |request: Request| {
        let path = request.uri().path().to_owned();
        let body = axum::body::to_bytes(request.into_body(), 100_000).await;
        let body = String::from_utf8(body.expect("a body").to_vec()).expect("plain text");
        sent.send((path, body)).expect("the test still waits");
    });
    tokio::spawn(async move { axum::serve(listener, router).await });

    let dsn = format!("http://public@{address}/7");
    let config = Config::read(|name| match name {
        "AVA_ENV" => Some("development".to_owned()),
        "SENTRY_DSN" => Some(dsn.clone()),
        _ => None,
    })
    .expect("the configuration is good");
    let guard = logs::sentry(&config).expect("a project");
    let subscriber = tracing_subscriber::registry().with(logs::errors());
    tracing::subscriber::with_default(subscriber, || {
        tracing::info!("a customer signed up");
        tracing::warn!("the vendors are a sandbox");
        tracing::error!(cause = "the disk is full", "unexpected failure");
    });
    tokio::task::spawn_blocking(move || drop(guard))
        .await
        .expect("it sends what waits");

    let (path, body) = received
        .recv_timeout(Duration::from_secs(10))
        .expect("an envelope");
    assert_eq!(path, "/api/7/envelope/");
    for text in ["unexpected failure", "the disk is full", "development"] {
        assert!(body.contains(text), "{text}: {body}");
    }
    for text in ["signed up", "sandbox"] {
        assert!(!body.contains(text), "{text}: {body}");
    }
    assert!(received.try_recv().is_err(), "one envelope");
}

#[test]
fn without_a_project_nothing_is_sent() {
    let config = Config::read(|name| (name == "AVA_ENV").then(|| "development".to_owned()));
    assert!(logs::sentry(&config.expect("it is good")).is_none());
    let wrong = Config::read(|name| match name {
        "AVA_ENV" => Some("development".to_owned()),
        "SENTRY_DSN" => Some("sentry.example".to_owned()),
        _ => None,
    });
    assert_eq!(wrong.expect_err("no address").0[0].name, "SENTRY_DSN");
}
