//! Other origins: only the configured ones, and never with cookies.

use serde_json::Value;

use crate::common::TestApp;

const PROFILE: &str = "/api/v1/user/profile";

#[tokio::test]
async fn a_preflight_is_allowed_for_configured_origins_only() {
    let app = TestApp::start_with(&[(
        "CORS_ORIGINS",
        "https://crm.example, https://b.example:8443",
    )])
    .await;
    for (origin, is_allowed) in [
        ("https://crm.example", true),
        ("https://b.example:8443", true),
        ("https://crm.example.evil.example", false),
        ("http://crm.example", false),
        ("null", false),
    ] {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "PATCH"),
            (
                "access-control-request-headers",
                "authorization,content-type,if-match",
            ),
        ];
        let program = app.program();
        let reply = program
            .call_with("OPTIONS", PROFILE, Value::Null, &headers)
            .await;
        let allowed = reply.header("access-control-allow-origin");
        assert_eq!(allowed, if is_allowed { origin } else { "" });
        assert_eq!(reply.header("access-control-allow-credentials"), "");
        if is_allowed {
            assert!(
                reply
                    .header("access-control-allow-methods")
                    .contains("PATCH")
            );
            assert!(
                reply
                    .header("access-control-allow-headers")
                    .contains("if-match")
            );
        }
    }
}

#[tokio::test]
async fn answers_and_refusals_can_be_read_by_configured_origins() {
    let app = TestApp::start_with(&[("CORS_ORIGINS", "https://crm.example")]).await;
    let (program, _) = app.integrator().await;
    let headers = [("origin", "https://crm.example")];
    for path in [PROFILE, "/api/v1/nothing"] {
        let reply = program.call_with("GET", path, Value::Null, &headers).await;
        assert_eq!(
            reply.header("access-control-allow-origin"),
            "https://crm.example",
            "{path}"
        );
        assert!(
            reply
                .header("access-control-expose-headers")
                .contains("etag")
        );
    }
}

#[tokio::test]
async fn without_configuration_no_origin_is_named() {
    let app = TestApp::start().await;
    let (program, _) = app.integrator().await;
    let headers = [("origin", "https://crm.example")];
    let reply = program
        .call_with("GET", PROFILE, Value::Null, &headers)
        .await;
    assert_eq!(reply.header("access-control-allow-origin"), "");
}
