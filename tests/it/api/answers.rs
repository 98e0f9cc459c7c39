//! The answers of the steps: changed in part, strictly, and without overwriting what one has not seen.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::{PASSWORD, TestApp};

const PROFILE: &str = "/api/v1/user/profile";
const CONFIG: &str = "/api/v1/user/studio-config";

fn whole_profile() -> Value {
    json!({
        "full_name": "Dana Levi", "organization_name": " Levi Flowers ", "industry": "retail",
        "timezone": "Europe/Paris", "locale": "fr", "marketing_opt_in": true, "accept_terms": true,
    })
}

#[tokio::test]
async fn what_one_door_saves_the_other_shows_and_counts_once() {
    let app = TestApp::start().await;
    let (program, email) = app.integrator().await;
    let reply = program
        .call("PATCH", PROFILE, json!({"full_name": "Dana"}))
        .await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.json);
    assert_eq!(reply.json["organization_name"], Value::Null);
    let reply = program.call("PATCH", PROFILE, whole_profile()).await;
    assert_eq!(reply.json["organization_name"], "Levi Flowers");
    assert_eq!(program.get(PROFILE).await.json, reply.json);
    program
        .call("PATCH", PROFILE, json!({"industry": null}))
        .await;

    let mut browser = app.browser();
    browser.log_in(&email, PASSWORD).await;
    let page = browser.get("/en/onboarding/profile").await;
    assert!(
        page.body.contains("value=\"Levi Flowers\""),
        "{}",
        page.body
    );
    let completed = "onboarding_step_completed {\"skipped\": false, \"step_id\": \"profile\", \"step_number\": 1}";
    assert_eq!(app.events().await, ["onboarding_started {}", completed]);
    assert_eq!(
        app.column("accept_terms_version").await.as_deref(),
        Some("2026-11")
    );
}

#[tokio::test]
async fn an_open_page_notices_what_a_program_changed() {
    let app = TestApp::start().await;
    let (program, email) = app.integrator().await;
    let mut browser = app.browser();
    browser.log_in(&email, PASSWORD).await;
    let page = browser.get("/en/onboarding/profile").await;
    program
        .call("PATCH", PROFILE, json!({"full_name": "Dana Levi"}))
        .await;
    let fields = [("full_name", "Dana Cohen"), ("intent", "continue")];
    let answer = browser
        .submit_from(&page, "/en/onboarding/profile", &fields)
        .await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.body.contains("Dana Levi") && answer.body.contains("Dana Cohen"));
}

#[tokio::test]
async fn a_field_that_a_page_could_not_take_is_replaced_by_a_program() {
    let app = TestApp::start().await;
    let (program, email) = app.integrator().await;
    let mut browser = app.browser();
    browser.log_in(&email, PASSWORD).await;
    let fields = [
        ("number", "nonsense"),
        ("business_hours", "never"),
        ("intent", "continue"),
    ];
    browser.submit("/en/onboarding/telephony", &fields).await;
    let reply = program
        .call("PATCH", CONFIG, json!({"number": "+14155550100"}))
        .await;
    assert_eq!(reply.json["number"], "+14155550100");
    let page = browser.get("/en/onboarding/telephony").await;
    assert!(!page.body.contains("nonsense") && page.body.contains("never"));
}

#[tokio::test]
async fn all_or_nothing_and_every_field_says_what_is_wrong() {
    let app = TestApp::start().await;
    let (program, _) = app.integrator().await;
    let before = program.get(CONFIG).await.json;
    let cases = [
        (json!({"persona": "pirate"}), "persona not_in_list"),
        (json!({"persona": 7}), "persona wrong_type"),
        (json!({"job_to_be_done": "abc"}), "job_to_be_done too_short"),
        (
            json!({"job_to_be_done": "a".repeat(2_001)}),
            "job_to_be_done too_long",
        ),
        (json!({"job_to_be_done": ""}), "job_to_be_done required"),
        (json!({"guidelines": "a\u{0}b"}), "guidelines malformed"),
        (json!({"languages": "en"}), "languages wrong_type"),
        (json!({"languages": ["en", "de"]}), "languages not_in_list"),
        (json!({"languages": ["en", "en"]}), "languages wrong_type"),
        (json!({"number": "03-1234567"}), "number malformed"),
        (
            json!({"business_hours": "sometimes"}),
            "business_hours malformed",
        ),
        (
            json!({"fallback_email": "dana"}),
            "fallback_email malformed",
        ),
        (json!({"seats": 0}), "seats out_of_range"),
        (json!({"seats": "2"}), "seats wrong_type"),
        (json!({"seats": 3}), "seats conflicting"),
        (json!({"plan": "free", "seats": 3}), "seats conflicting"),
        (json!({"plan": null}), "plan wrong_type"),
        (json!({"strategy": "buy"}), "strategy not_in_list"),
        (
            json!({"hashed_password": "x"}),
            "hashed_password unknown_field",
        ),
        (
            json!({"onboarding_completed": true}),
            "onboarding_completed unknown_field",
        ),
        (json!([]), " wrong_type"),
    ];
    for (mut body, expected) in cases {
        if let Value::Object(fields) = &mut body {
            fields.insert("tone".to_owned(), json!("warm"));
        }
        let reply = program.call("PATCH", CONFIG, body.clone()).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert_eq!(reply.json["code"], "invalid");
        assert_eq!(reply.errors(), [expected], "{body}");
        assert_eq!(
            program.get(CONFIG).await.json,
            before,
            "{body} changed something"
        );
    }
    let reply = program
        .call("PATCH", CONFIG, json!({"tone": 1, "crm": 2, "x": 3}))
        .await;
    assert_eq!(
        reply.errors(),
        ["tone wrong_type", "crm wrong_type", "x unknown_field"]
    );
}

#[tokio::test]
async fn texts_come_back_as_they_were_sent() {
    let app = TestApp::start().await;
    let (program, _) = app.integrator().await;
    for text in [
        "</textarea><script>alert(1)</script>",
        "\u{200f}שלום 👋🏽\nשורה",
        &"ש".repeat(2_000),
    ] {
        let reply = program
            .call("PATCH", CONFIG, json!({"job_to_be_done": text}))
            .await;
        assert_eq!(reply.json["job_to_be_done"], text);
    }
    let reply = program
        .call("PATCH", CONFIG, json!({"business_hours": "Mon-Fri 9-18"}))
        .await;
    assert_eq!(reply.json["business_hours"], "Mon-Fri 09:00-18:00");
    let reply = program
        .call(
            "PATCH",
            CONFIG,
            json!({"plan": "pro", "seats": 7, "strategy": "attach"}),
        )
        .await;
    assert_eq!(
        (&reply.json["plan"], &reply.json["seats"]),
        (&json!("pro"), &json!(7))
    );
    let alias = program.get("/api/v1/studio/config").await;
    assert_eq!(alias.json, reply.json);
    assert_eq!(alias.header("etag"), reply.header("etag"));
}

#[tokio::test]
async fn an_old_version_is_not_overwritten_but_without_if_match_the_last_writer_wins() {
    let app = TestApp::start().await;
    let (program, _) = app.integrator().await;
    let first = program.get(PROFILE).await;
    let known = first.header("etag").to_owned();
    let with = async |tag: &str, name: &str| {
        let body = json!({"full_name": name});
        program
            .call_with("PATCH", PROFILE, body, &[("if-match", tag)])
            .await
    };
    let reply = with(&known, "One").await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_ne!(reply.header("etag"), known);
    let reply = with(&known, "Two").await;
    assert_eq!(reply.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(reply.json["code"], "precondition_failed");
    assert_eq!(program.get(PROFILE).await.json["full_name"], "One");
    assert_eq!(with("*", "Three").await.status, StatusCode::OK);
    let reply = program
        .call("PATCH", PROFILE, json!({"organization_name": "Flowers"}))
        .await;
    assert_eq!(
        reply.json["full_name"], "Three",
        "only what is named changes"
    );
}

#[tokio::test]
async fn of_many_who_know_one_version_one_wins() {
    let app = TestApp::start().await;
    let (program, _) = app.integrator().await;
    let known = program.get(PROFILE).await.header("etag").to_owned();
    let all: Vec<_> = (0..8)
        .map(|n| {
            let (program, known) = (program.clone(), known.clone());
            tokio::spawn(async move {
                let body = json!({"full_name": format!("Writer {n}")});
                let headers = [("if-match", known.as_str())];
                program
                    .call_with("PATCH", PROFILE, body, &headers)
                    .await
                    .status
            })
        })
        .collect();
    let mut won = 0;
    for one in all {
        match one.await.expect("an answer") {
            StatusCode::OK => won += 1,
            status => assert_eq!(status, StatusCode::PRECONDITION_FAILED),
        }
    }
    assert_eq!(won, 1);
}

/// Fields of one step and of others, by programs and by a page, all at the same time.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_saved_at_the_same_time_is_all_stored_and_counted_once() {
    let app = TestApp::start().await;
    let (program, email) = app.integrator().await;
    let mut browser = app.browser();
    browser.log_in(&email, PASSWORD).await;
    let plan = browser.get("/en/onboarding/plan").await;
    let wanted = whole_profile();
    let fields = wanted.as_object().expect("fields").clone();
    let mut all: Vec<_> = fields
        .iter()
        .map(|(name, value)| (PROFILE, json!({ name: value })))
        .collect();
    for (name, value) in [("tone", "warm"), ("crm", "hubspot"), ("persona", "sdr")] {
        all.push((CONFIG, json!({ name: value })));
    }
    let all: Vec<_> = all
        .into_iter()
        .map(|(path, body)| {
            let program = program.clone();
            tokio::spawn(async move { program.call("PATCH", path, body).await.status })
        })
        .collect();
    let saved = browser
        .autosave(
            &plan,
            "/en/onboarding/plan",
            1,
            &[("plan", "pro"), ("seats", "7")],
        )
        .await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
    for one in all {
        assert_eq!(one.await.expect("an answer"), StatusCode::OK);
    }
    let profile = program.get(PROFILE).await.json;
    for (name, value) in &fields {
        let value = value
            .as_str()
            .map_or(value.clone(), |text| json!(text.trim()));
        assert_eq!(profile[name], value, "{name}");
    }
    let config = program.get(CONFIG).await.json;
    let stored = ["tone", "crm", "persona", "plan", "seats"].map(|name| config[name].clone());
    assert_eq!(
        stored,
        [
            json!("warm"),
            json!("hubspot"),
            json!("sdr"),
            json!("pro"),
            json!(7)
        ]
    );
    let mut events = app.events().await;
    events.retain(|event| event.contains("\"profile\""));
    assert_eq!(events.len(), 1, "{events:?}");
}

#[tokio::test]
async fn skipping_is_recorded_and_facts_cannot_be_set() {
    let app = TestApp::start().await;
    let (program, _) = app.integrator().await;
    let path = "/api/v1/user/onboarding";
    let body = json!({"onboarding_vapi_skipped": true, "onboarding_assistant_created": false});
    for _ in 0..2 {
        let reply = program.call("PATCH", path, body.clone()).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.json);
        assert_eq!(reply.json["steps"][1]["status"], "skipped");
    }
    let skipped = "onboarding_step_skipped {\"step_id\": \"vapi\", \"step_number\": 2}";
    assert_eq!(app.events().await, ["onboarding_started {}", skipped]);
    let reply = program
        .call("PATCH", path, json!({"onboarding_assistant_created": true}))
        .await;
    assert_eq!(reply.errors(), ["onboarding_assistant_created read_only"]);
    let reply = program
        .call("PATCH", path, json!({"onboarding_vapi_skipped": false}))
        .await;
    assert_eq!(reply.json["steps"][1]["status"], "not_started");
    assert_eq!(reply.json["live"], false);
    assert_eq!(reply.json["blockers"][0], "terms");
}
