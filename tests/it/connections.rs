//! Clients that are slow or go away in the middle: over real connections, as the server takes them.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tracing::Level;

use crate::common::TestApp;
use crate::events;

/// What the server sends, until it closes the connection.
async fn answer(app: &TestApp, sent: &str, closes: bool) -> String {
    let url = &app.app.config.public_url;
    let address = (url.host_str().expect("a host"), url.port().expect("a port"));
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    stream.write_all(sent.as_bytes()).await.expect("sent");
    if closes {
        stream.shutdown().await.expect("closed");
    }
    let mut answer = Vec::new();
    let all = stream.read_to_end(&mut answer);
    tokio::time::timeout(Duration::from_secs(20), all)
        .await
        .expect("nobody is waited for for ever")
        .expect("an answer or an end");
    String::from_utf8_lossy(&answer).into_owned()
}

fn half_a_body(path: &str, content_type: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: ava\r\nconnection: close\r\naccept-language: fr\r\n\
         content-type: {content_type}\r\ncontent-length: 100\r\n\r\nemail=dana"
    )
}

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";
const WEBHOOK: &str = "/webhooks/vapi/0198f5a0-0000-7000-8000-000000000000";

#[tokio::test]
async fn half_a_request_is_answered_in_time_and_is_no_error_of_ours() {
    let app = TestApp::start().await;
    events::take();
    let begun = Instant::now();
    let form = half_a_body("/fr/login", FORM);
    let call = half_a_body("/api/v1/auth/login", JSON);
    let event = half_a_body(WEBHOOK, JSON);
    let (head, slow_form, slow_call, slow_event, form, call, event) = tokio::join!(
        answer(&app, "GET /en HTTP/1.1\r\nhost: ava\r\n", false),
        answer(&app, &form, false),
        answer(&app, &call, false),
        answer(&app, &event, false),
        answer(&app, &form, true),
        answer(&app, &call, true),
        answer(&app, &event, true),
    );
    assert!(
        begun.elapsed() > Duration::from_secs(5),
        "the slow have some time"
    );
    assert_eq!(head, "");
    for (answer, status, words) in [
        (slow_form, 408, "pas arriv\u{e9} en entier"),
        (form, 400, "pas arriv\u{e9} en entier"),
        (slow_call, 400, "\"code\":\"malformed\""),
        (call, 400, "\"code\":\"malformed\""),
        (slow_event, 408, ""),
        (event, 400, ""),
    ] {
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{answer}"
        );
        assert!(answer.contains("content-security-policy: "), "{answer}");
        assert!(answer.contains(words), "{answer}");
    }
    let errors = events::take();
    let errors: Vec<_> = errors
        .iter()
        .filter(|event| event.level == Level::ERROR)
        .collect();
    assert!(
        errors.is_empty(),
        "{:?}",
        errors.iter().map(|e| &e.text).collect::<Vec<_>>()
    );
}
