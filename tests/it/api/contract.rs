//! The contract that is committed is the one that is served, and says of every call what it may answer.

use serde_json::Value;

use crate::common::TestApp;

#[tokio::test]
async fn the_committed_contract_is_the_served_one() {
    let app = TestApp::start().await;
    let served = app.browser().get("/api/v1/openapi.json").await.body;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, format!("{served}\n")).expect("written");
    }
    let committed = std::fs::read_to_string(path).expect("docs/openapi.json");
    assert!(
        served == committed.trim_end(),
        "out of date: UPDATE_DOCS=1 cargo test --features ssr contract"
    );
    let contract: Value = serde_json::from_str(&served).expect("JSON");
    let version = contract["openapi"].as_str().expect("a version");
    assert!(version.starts_with("3.1"), "{version}");
}

#[tokio::test]
async fn every_call_names_its_refusals_with_their_codes_and_examples() {
    let app = TestApp::start().await;
    let contract = app.program().get("/api/v1/openapi.json").await.json;
    let mut operations = 0;
    for (path, item) in contract["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            operations += 1;
            let at = format!("{method} {path}");
            assert!(operation["summary"].is_string(), "{at} says what it does");
            let responses = operation["responses"].as_object().expect("responses");
            let has_body = operation["requestBody"].is_object();
            if has_body {
                let media = &operation["requestBody"]["content"]["application/json"];
                assert!(media["example"].is_object(), "{at} has an example");
            }
            for (status, is_needed) in [
                ("500", true),
                ("503", true),
                ("401", !path.ends_with("/signup")),
                ("400", has_body),
                ("413", has_body),
                ("415", has_body),
                ("422", has_body),
            ] {
                assert!(
                    !is_needed || responses.contains_key(status),
                    "{at} {status}"
                );
            }
            for (status, response) in responses {
                assert!(
                    response["headers"]["X-Request-Id"].is_object(),
                    "{at} {status}"
                );
                if status.starts_with(['4', '5']) {
                    let media = &response["content"]["application/problem+json"];
                    let codes = media["schema"]["allOf"][1]["properties"]["code"]["enum"]
                        .as_array()
                        .expect("codes");
                    for code in codes {
                        let code = code.as_str().expect("a code");
                        let example = &media["examples"][code]["$ref"];
                        let name = format!("#/components/examples/{code}");
                        assert_eq!(*example, name, "{at}");
                        let example = &contract["components"]["examples"][code]["value"];
                        assert_eq!(example["status"].to_string(), *status, "{at}");
                    }
                }
            }
        }
    }
    assert!(operations > 20, "{operations}");
}

#[tokio::test]
async fn people_read_it_on_a_page_that_needs_nothing_from_elsewhere() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let page = browser.get("/api/v1/docs").await;
    let policy = page.headers["content-security-policy"]
        .to_str()
        .expect("text");
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .and_then(|rest| rest.split('\'').next());
    let nonce = nonce.expect("a nonce");
    assert_eq!(page.body.matches(&format!("nonce=\"{nonce}\"")).count(), 2);
    assert!(!page.body.contains("http://") && !page.body.contains("https://"));
    for part in page
        .body
        .split(['"'])
        .filter(|part| part.starts_with("/api/v1/docs/"))
    {
        let file = browser.get(part).await;
        assert_eq!(file.status, 200, "{part}");
        assert!(file.body.len() > 100, "{part}");
    }
    assert_eq!(browser.get("/api/v1/docs/index.html").await.status, 404);
    assert_eq!(browser.get("/api/v1/docs/..%2Fx").await.status, 404);
}
