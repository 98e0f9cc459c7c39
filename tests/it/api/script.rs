//! The script of `docs/API.md`, run as it stands.

use std::process::Stdio;

use crate::common::{PASSWORD, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_script_makes_ava_live() {
    let app = TestApp::start().await;
    let docs = include_str!("../../../docs/API.md");
    let script = docs
        .split("```sh\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let output = tokio::process::Command::new("bash")
        .args(["-c", script.expect("a script")])
        .env(
            "AVA",
            app.app.config.public_url.as_str().trim_end_matches('/'),
        )
        .env("EMAIL", "dana@example.com")
        .env("PASSWORD", PASSWORD)
        .env("VAPI_API_KEY", "key-of-the-script")
        .env("TWILIO_ACCOUNT_SID", "AC0123456789abcdef0123456789abcdef")
        .env("TWILIO_AUTH_TOKEN", "token-of-the-script")
        .stdin(Stdio::null())
        .output()
        .await
        .expect("bash runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{wrong}");
    assert!(said.contains("\"live\":true"), "{said}");
    assert!(said.contains("\"is_test\":true"), "{said}");
    assert_eq!(app.sandbox.assistants("key-of-the-script").len(), 1);
    assert_eq!(app.sandbox.calls("key-of-the-script").len(), 1);
}
