//! Analytics events on their way to PostHog.

use std::sync::{Arc, Mutex};

use ava::server::config::Secret;
use ava::server::services::forwarding::PostHog;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::Value;
use url::Url;

use crate::common::TestApp;

/// A stand-in that keeps what it was sent and answers with a status that the test sets.
#[derive(Clone)]
struct Sink {
    received: Arc<Mutex<Vec<Value>>>,
    status: Arc<Mutex<StatusCode>>,
}

async fn take(State(sink): State<Sink>, Json(body): Json<Value>) -> StatusCode {
    sink.received.lock().expect("no panic").push(body);
    *sink.status.lock().expect("no panic")
}

#[tokio::test]
async fn events_are_forwarded_once_and_wait_while_nobody_takes_them() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let sink = Sink {
        received: Arc::default(),
        status: Arc::new(Mutex::new(StatusCode::INTERNAL_SERVER_ERROR)),
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let host = format!("http://{}", listener.local_addr().expect("its address"));
    let router = Router::new()
        .route("/batch/", post(take))
        .with_state(sink.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });

    let app = TestApp::start().await;
    app.customer().await;
    let posthog = PostHog::new(
        &Url::parse(&host).expect("an address"),
        Secret("phc_test".to_owned()),
    )
    .expect("a client");
    assert!(posthog.forward(&app.pool).await.is_err());
    *sink.status.lock().expect("no panic") = StatusCode::OK;
    assert_eq!(posthog.forward(&app.pool).await.expect("taken"), 1);
    assert_eq!(posthog.forward(&app.pool).await.expect("nothing left"), 0);

    let body = sink
        .received
        .lock()
        .expect("no panic")
        .pop()
        .expect("a batch");
    assert_eq!(body["api_key"], "phc_test");
    assert_eq!(body["batch"][0]["event"], "onboarding_started");
    let user = app.only_user().await.to_string();
    assert_eq!(body["batch"][0]["properties"]["distinct_id"], user.as_str());
    assert!(
        !body.to_string().contains("example.com"),
        "no address leaves"
    );
}
