//! Vapi and Twilio: keys checked, the assistant created once, the number linked and given back, on
//! the sandbox's good and bad days.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::common::{Answer, Browser, ENCRYPTION_KEY, TestApp, form_of};
use crate::sandbox::{Fault, contract};

const NUMBER: &str = "+14155550100";

const CREATE: &str = "POST /assistant";
const IMPORT: &str = "POST /phone-number";
const ACCOUNT: &str = "GET /2010-04-01/Accounts/{Sid}.json";
const NUMBERS: &str = "GET /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json";
const ROUTING: &str = "POST /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{Sid}.json";

/// A customer with accounts of their own at both vendors.
struct Customer {
    browser: Browser,
    key: String,
    sid: String,
}

impl Customer {
    /// One who has answered everything; nothing was asked of the vendors but the two checks.
    async fn ready(app: &TestApp) -> Self {
        let mut customer = Self::new(app).await;
        let (key, sid) = (customer.key.clone(), customer.sid.clone());
        customer.step("profile", &PROFILE).await;
        customer.step("vapi", &[("vapi_api_key", &key)]).await;
        customer.step("ava", &AVA).await;
        customer
            .step("twilio", &[("account_sid", &sid), ("auth_token", "token")])
            .await;
        customer.step("telephony", &telephony(NUMBER)).await;
        customer.save("assistant", &ASSISTANT, "later").await;
        customer
    }

    async fn new(app: &TestApp) -> Self {
        Self {
            browser: app.customer().await,
            key: format!("key-{}", Uuid::new_v4()),
            sid: format!("AC{}", Uuid::new_v4().simple()),
        }
    }

    async fn save(&mut self, step: &str, fields: &[(&str, &str)], intent: &str) -> Answer {
        let mut fields = fields.to_vec();
        fields.push(("intent", intent));
        let path = format!("/en/onboarding/{step}");
        self.browser.submit(&path, &fields).await
    }

    async fn step(&mut self, step: &str, fields: &[(&str, &str)]) {
        let answer = self.save(step, fields, "continue").await;
        assert_eq!(
            answer.status,
            StatusCode::SEE_OTHER,
            "{step}: {}",
            answer.body
        );
    }

    async fn launch(&mut self) -> Answer {
        let answer = self
            .browser
            .submit("/en/onboarding/done", &[("intent", "launch")])
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        self.browser.get(answer.location()).await
    }

    async fn studio(&mut self, intent: &str, number: &str) -> Answer {
        let fields = [("intent", intent), ("customer_number", number)];
        let answer = self.browser.submit("/en/ava-studio", &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let to = answer.location().split('#').next().unwrap_or_default();
        self.browser.get(to).await
    }
}

const PROFILE: [(&str, &str); 6] = [
    ("full_name", "Dana Levi"),
    ("organization_name", "Levi Flowers"),
    ("industry", "retail"),
    ("timezone", "Europe/Paris"),
    ("locale", "en"),
    ("accept_terms", "true"),
];
const AVA: [(&str, &str); 4] = [
    ("persona", "secretary"),
    ("job_to_be_done", "Take orders for flowers"),
    ("languages[]", "en"),
    ("tone", "warm"),
];
const ASSISTANT: [(&str, &str); 4] = [
    ("name", "Ava"),
    ("voice", "en-US-JennyNeural"),
    ("first_message", "Hello, this is Ava."),
    ("instructions", "Take orders."),
];

fn telephony(number: &str) -> [(&str, &str); 3] {
    [
        ("number", number),
        ("business_hours", "Mon-Fri 9-18"),
        ("fallback_email", "dana@example.com"),
    ]
}

fn is_live(page: &Answer) -> bool {
    page.body.contains("id=\"live\"")
}

/// Exactly one assistant and one number, linked to each other.
fn assert_one_of_each(app: &TestApp, customer: &Customer, when: &str) {
    let assistants = app.sandbox.assistants(&customer.key);
    let numbers = app.sandbox.phone_numbers(&customer.key);
    assert_eq!(assistants.len(), 1, "assistants, {when}");
    assert_eq!(numbers.len(), 1, "numbers, {when}");
    assert_eq!(numbers[0]["assistantId"], assistants[0]["id"], "{when}");
}

#[tokio::test]
async fn from_keys_to_a_number_that_ava_answers() {
    let app = TestApp::start().await;
    let mut customer = Customer::ready(&app).await;
    assert!(app.sandbox.assistants(&customer.key).is_empty());
    let page = customer.launch().await;
    assert!(is_live(&page), "{}", page.body);
    assert_one_of_each(&app, &customer, "after launch");

    let assistant = &app.sandbox.assistants(&customer.key)[0];
    assert_eq!(assistant["name"], "Ava");
    assert_eq!(assistant["firstMessage"], "Hello, this is Ava.");
    assert_eq!(assistant["transcriber"]["language"], "en");
    let events = app.events().await;
    let count = |name: &str| {
        events
            .iter()
            .filter(|event| event.starts_with(name))
            .count()
    };
    assert_eq!(count("assistant_created "), 1);
    assert!(
        events
            .iter()
            .any(|event| event.starts_with("onboarding_completed")
                && event.contains("\"live\": true"))
    );
    assert!(
        !events.join("").contains(&customer.key),
        "no secret in events"
    );

    // Everything again changes nothing.
    let page = customer.studio("launch", "").await;
    assert!(is_live(&page));
    assert_one_of_each(&app, &customer, "after a second launch");
}

#[tokio::test]
async fn a_hebrew_assistant_speaks_and_hears_hebrew() {
    let app = TestApp::start().await;
    let mut customer = Customer::ready(&app).await;
    customer
        .step("ava", &[AVA[0], AVA[1], ("languages[]", "he"), AVA[3]])
        .await;
    let mut fields = ASSISTANT;
    fields[1] = ("voice", "he-IL-HilaNeural");
    customer.step("assistant", &fields).await;
    let assistant = &app.sandbox.assistants(&customer.key)[0];
    assert_eq!(assistant["voice"]["voiceId"], "he-IL-HilaNeural");
    assert_eq!(assistant["transcriber"]["language"], "he");
    assert_eq!(assistant["transcriber"]["model"], "nova-3");
}

#[tokio::test]
async fn a_key_is_stored_only_when_its_vendor_accepts_it() {
    let app = TestApp::start().await;
    let mut customer = Customer::new(&app).await;
    for (key, words) in [
        ("wrong-key", "does not accept this key"),
        ("public-key", "looks like the public key"),
    ] {
        let answer = customer
            .save("vapi", &[("vapi_api_key", key)], "continue")
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{key}");
        assert!(answer.body.contains(words), "{key}");
        assert!(!answer.body.contains(key), "a secret is never sent back");
    }
    let sid = customer.sid.clone();
    for (token, words) in [
        ("wrong-token", "does not accept this Account SID"),
        ("test-token", "test credentials"),
        ("suspended-token", "suspended or closed"),
    ] {
        let fields = [("account_sid", sid.as_str()), ("auth_token", token)];
        let answer = customer.save("twilio", &fields, "continue").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{token}");
        assert!(answer.body.contains(words), "{token}");
        assert!(answer.body.contains(&sid), "what is no secret is kept");
    }
    let stored: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM vapi_credentials) + (SELECT count(*) FROM twilio_credentials)
            + (SELECT count(*) FROM pending_credentials)",
    )
    .fetch_one(&app.pool)
    .await
    .expect("a count");
    assert_eq!(stored, 0);
    assert!(
        app.events()
            .await
            .iter()
            .all(|event| !event.contains("configured"))
    );
}

#[tokio::test]
async fn a_silent_vendor_lets_the_secret_wait_and_be_stored_unchecked() {
    let app = TestApp::start().await;
    let mut customer = Customer::new(&app).await;
    let key = format!("down-{}", Uuid::new_v4());
    let answer = customer
        .save("vapi", &[("vapi_api_key", &key)], "continue")
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("Vapi does not answer") && !answer.body.contains(&key));
    assert!(answer.body.contains("value=\"store_unchecked\""));

    let answer = customer.save("vapi", &[], "store_unchecked").await;
    assert_eq!(answer.location(), "/en/onboarding/ava");
    let page = customer.browser.get("/en/onboarding/vapi").await;
    let preview = format!("****{}", &key[key.len() - 4..]);
    assert!(page.body.contains(&preview) && page.body.contains("not checked yet"));
    assert!(page.body.contains("form=\"recheck-form\""));

    // Another key, checked: the tag says so.
    let good = customer.key.clone();
    customer.step("vapi", &[("vapi_api_key", &good)]).await;
    let page = customer.browser.get("/en/onboarding/vapi").await;
    assert!(!page.body.contains("not checked yet") && page.body.contains(">checked<"));
}

#[tokio::test]
async fn a_secret_that_waits_is_checked_again_by_continue() {
    let app = TestApp::start().await;
    let mut customer = Customer::new(&app).await;
    let key = customer.key.clone();
    for _ in 0..3 {
        app.sandbox.fail_for(&key, "GET /assistant", Fault::Failed);
    }
    let answer = customer
        .save("vapi", &[("vapi_api_key", &key)], "continue")
        .await;
    assert!(
        answer.body.contains("Vapi does not answer"),
        "{}",
        answer.body
    );
    let answer = customer.save("vapi", &[], "continue").await;
    assert_eq!(answer.location(), "/en/onboarding/ava");
    let page = customer.browser.get("/en/onboarding/vapi").await;
    assert!(page.body.contains(">checked<"));
}

#[tokio::test]
async fn the_accounts_numbers_are_offered_and_a_typed_one_is_checked() {
    let app = TestApp::start().await;
    let mut customer = Customer::ready(&app).await;
    let page = customer.browser.get("/en/onboarding/telephony").await;
    assert!(page.body.contains("value=\"number:+33123456789\""));
    assert!(page.body.contains("pbx.example.com"), "one is in use");
    assert!(!page.body.contains("+14155550122"), "no voice, no choice");

    let answer = customer
        .save("telephony", &telephony(NUMBER), "number:+14155550111")
        .await;
    assert_eq!(answer.location(), "/en/onboarding/telephony");
    let page = customer.browser.get("/en/onboarding/telephony").await;
    assert!(page.body.contains("value=\"+14155550111\""));
    assert!(page.body.contains("When you launch, Ava takes them over"));

    for (number, words) in [
        ("+14155559999", "does not have this number"),
        ("+14155550122", "takes no calls"),
        ("+14155550133", "SIP trunk"),
    ] {
        customer.step("telephony", &telephony(number)).await;
        let page = customer.browser.get("/en/onboarding/telephony").await;
        assert!(page.body.contains(words), "{number}");
        assert!(page.body.contains("id=\"summary-title\""), "{number}");
    }
}

#[tokio::test]
async fn a_number_is_given_back_as_it_was() {
    let app = TestApp::start().await;
    let mut customer = Customer::ready(&app).await;
    customer.step("telephony", &telephony("+14155550111")).await;
    assert!(is_live(&customer.launch().await));
    let at_twilio = |app: &TestApp, customer: &Customer| {
        app.sandbox
            .twilio_number(&customer.sid, "+14155550111")
            .expect("the number")
    };
    assert!(
        at_twilio(&app, &customer)["voice_url"]
            .as_str()
            .is_some_and(|url| url.contains("api.vapi.ai"))
    );

    // Twilio fails in the middle: neither side has changed.
    for _ in 0..3 {
        app.sandbox.fail_for(&customer.sid, ROUTING, Fault::Failed);
    }
    let page = customer.studio("unlink", "").await;
    assert!(page.body.contains("was not given back"), "{}", page.body);
    assert_eq!(app.sandbox.phone_numbers(&customer.key).len(), 1);
    assert!(is_live(&customer.studio("check", "").await));

    let page = customer.studio("unlink", "").await;
    assert!(!is_live(&page) && page.body.contains("is given back"));
    assert!(app.sandbox.phone_numbers(&customer.key).is_empty());
    let number = at_twilio(&app, &customer);
    assert_eq!(number["voice_url"], "https://pbx.example.com/voice");
    assert_eq!(number["status_callback"], "https://pbx.example.com/status");
}

#[tokio::test]
async fn removing_the_key_gives_the_number_back_first_or_removes_nothing() {
    let app = TestApp::start().await;
    let mut customer = Customer::ready(&app).await;
    assert!(is_live(&customer.launch().await));
    let page = customer.browser.get("/en/onboarding/vapi").await;
    assert!(page.body.contains("no longer answers"), "said before");
    for _ in 0..3 {
        app.sandbox
            .fail_for(&customer.key, "GET /phone-number", Fault::Failed);
    }
    let body = format!("csrf_token={}&intent=remove", page.hidden("csrf_token"));
    let answer = customer
        .browser
        .post_raw("/en/onboarding/vapi", body.clone(), &[])
        .await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.body.contains("Nothing was changed"));
    assert_eq!(app.sandbox.phone_numbers(&customer.key).len(), 1);

    let answer = customer
        .browser
        .post_raw("/en/onboarding/vapi", body, &[])
        .await;
    assert_eq!(answer.location(), "/en/onboarding/vapi?notice=removed");
    assert!(app.sandbox.phone_numbers(&customer.key).is_empty());

    // The same key finds its assistant again.
    let key = customer.key.clone();
    customer.step("vapi", &[("vapi_api_key", &key)]).await;
    assert!(is_live(&customer.launch().await));
    assert_one_of_each(&app, &customer, "with the key again");
}

#[tokio::test]
async fn edits_reach_vapi_in_the_same_action_or_the_page_says_that_they_did_not() {
    let app = TestApp::start().await;
    let mut customer = Customer::ready(&app).await;
    customer.step("assistant", &ASSISTANT).await;
    let at_vapi =
        |app: &TestApp, customer: &Customer| app.sandbox.assistants(&customer.key)[0].clone();
    let mut fields = ASSISTANT;
    fields[2] = ("first_message", "Good day!");
    customer.step("assistant", &fields).await;
    assert_eq!(at_vapi(&app, &customer)["firstMessage"], "Good day!");

    app.sandbox
        .fail_for(&customer.key, "PATCH /assistant/{id}", Fault::Failed);
    fields[2] = ("first_message", "Good evening!");
    customer.step("assistant", &fields).await;
    assert_eq!(at_vapi(&app, &customer)["firstMessage"], "Good day!");
    let page = customer.browser.get("/en/ava-studio").await;
    assert!(page.body.contains("has not reached Vapi"), "{}", page.body);
    customer.step("assistant", &fields).await;
    assert_eq!(at_vapi(&app, &customer)["firstMessage"], "Good evening!");
    let page = customer.browser.get("/en/ava-studio").await;
    assert!(!page.body.contains("has not reached Vapi"));
}

#[tokio::test]
async fn proposed_instructions_follow_the_persona_and_own_ones_stay() {
    let app = TestApp::start().await;
    let mut customer = Customer::ready(&app).await;
    let said = |app: &TestApp, customer: &Customer| {
        app.sandbox.assistants(&customer.key)[0]["model"]["messages"][0]["content"].clone()
    };
    let mut ava = AVA;
    ava[1] = ("job_to_be_done", "Repair bicycles");
    customer.step("assistant", &ASSISTANT).await;
    customer.step("ava", &ava).await;
    assert_eq!(said(&app, &customer), "Take orders.", "the customer's own");

    let mut other = Customer::ready(&app).await;
    sqlx::query("DELETE FROM drafts WHERE step = 'assistant'")
        .execute(&app.pool)
        .await
        .expect("forgotten");
    sqlx::query("DELETE FROM assistants WHERE vapi_id IS NULL")
        .execute(&app.pool)
        .await
        .expect("forgotten");
    let page = other.browser.get("/en/onboarding/assistant").await;
    let proposed = page
        .body
        .split_once("id=\"instructions\"")
        .and_then(|(_, rest)| rest.split_once('>'))
        .and_then(|(_, rest)| rest.split_once("</textarea>"))
        .map(|(text, _)| text.trim_start_matches('\n').to_owned())
        .expect("a proposal");
    let mut fields = ASSISTANT;
    fields[3] = ("instructions", &proposed);
    other.step("assistant", &fields).await;
    assert!(said(&app, &other).to_string().contains("flowers"));
    other.step("ava", &ava).await;
    assert!(said(&app, &other).to_string().contains("Repair bicycles"));
    let hours = [("number", NUMBER), ("business_hours", "Sat 10-14")];
    other.step("telephony", &hours).await;
    assert!(said(&app, &other).to_string().contains("Sat 10:00-14:00"));
}

#[tokio::test]
async fn a_proposed_greeting_follows_the_name_of_the_business_and_an_own_one_stays() {
    let app = TestApp::start().await;
    let mut profile = PROFILE;
    profile[1].1 = "Levi & Sons";
    for (greeting, after) in [
        (
            "Hello, this is Ava from Levi Flowers. How can I help you?",
            "Hello, this is Ava from Levi & Sons. How can I help you?",
        ),
        ("Hello, this is Ava.", "Hello, this is Ava."),
    ] {
        let mut customer = Customer::ready(&app).await;
        let said = |app: &TestApp, customer: &Customer| {
            app.sandbox.assistants(&customer.key)[0]["firstMessage"].clone()
        };
        let mut fields = ASSISTANT;
        fields[2].1 = greeting;
        customer.step("assistant", &fields).await;
        assert_eq!(said(&app, &customer), greeting);
        customer.step("profile", &profile).await;
        assert_eq!(said(&app, &customer), after);
    }
}

/// Every way in which a call can go wrong, for every call that launching makes.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_fails_a_retry_ends_with_one_assistant_and_one_number() {
    let app = Arc::new(TestApp::start_with(&[("VENDOR_TIMEOUT_MS", "1500")]).await);
    let faults = [
        Fault::Disconnect,
        Fault::TimeoutBefore,
        Fault::TimeoutAfter,
        Fault::RateLimited,
        Fault::Failed,
        Fault::FailedAfter,
        Fault::Malformed,
    ];
    let calls = [
        "GET /assistant",
        CREATE,
        ACCOUNT,
        NUMBERS,
        "GET /phone-number",
        IMPORT,
    ];
    for call in calls {
        let rows = faults.iter().cloned().map(|fault| {
            let app = Arc::clone(&app);
            async move {
                let mut customer = Customer::ready(&app).await;
                let row = format!("{call} × {fault:?}");
                let secret = if call.contains("Accounts") {
                    &customer.sid
                } else {
                    &customer.key
                };
                app.sandbox.fail_for(secret, call, fault);
                let mut page = customer.launch().await;
                for _ in 0..2 {
                    // In between the page tells the truth: live only where it is, else what is amiss.
                    if is_live(&page) {
                        assert_one_of_each(&app, &customer, &row);
                        break;
                    }
                    assert!(
                        page.body.contains("does not answer right now"),
                        "{row}: {}",
                        page.body
                    );
                    page = customer.launch().await;
                }
                assert!(is_live(&page), "{row}: {}", page.body);
                assert_one_of_each(&app, &customer, &row);
            }
        });
        let done: Vec<_> = rows.map(tokio::spawn).collect();
        for row in done {
            row.await.expect("the row holds");
        }
    }
}

/// The server dies between the vendor's work and its own commit.
#[tokio::test(flavor = "multi_thread")]
async fn after_kill_9_a_retry_ends_with_one_assistant_and_one_number() {
    let app = Arc::new(TestApp::start().await);
    let calls = [
        "GET /assistant",
        CREATE,
        ACCOUNT,
        NUMBERS,
        "GET /phone-number",
        IMPORT,
    ];
    let rows: Vec<_> = calls
        .into_iter()
        .map(|call| {
            let app = Arc::clone(&app);
            tokio::spawn(async move {
                let mut customer = Customer::ready(&app).await;
                let secret = if call.contains("Accounts") {
                    &customer.sid
                } else {
                    &customer.key
                };
                let done = Arc::new(Notify::new());
                app.sandbox
                    .fail_for(secret, call, Fault::HoldAfter(Arc::clone(&done)));
                killed_at(&app, &mut customer.browser, &done).await;
                // The dead server's lease has to run out first.
                let mut page = customer.launch().await;
                for _ in 0..5 {
                    if is_live(&page) {
                        break;
                    }
                    page = customer.launch().await;
                }
                assert!(is_live(&page), "{call}: {}", page.body);
                assert_one_of_each(&app, &customer, call);
            })
        })
        .collect();
    for row in rows {
        row.await.expect("the row holds");
    }
}

/// Launches from another process on the same database, and kills that one when the vendor has done
/// its work.
async fn killed_at(app: &TestApp, browser: &mut Browser, done: &Notify) {
    let page = browser.get("/en/onboarding/done").await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    drop(listener);
    let mut server = std::process::Command::new(env!("CARGO_BIN_EXE_ava"))
        .arg("serve")
        .env("AVA_ENV", "development")
        .env("DATABASE_URL", &app.database_url)
        .env("ENCRYPTION_KEY", ENCRYPTION_KEY)
        .env("LEPTOS_SITE_ADDR", &address)
        .env("VAPI_BASE_URL", app.app.config.vapi_base_url.as_str())
        .env("TWILIO_BASE_URL", app.app.config.twilio_base_url.as_str())
        .env("AVA_DATA_DIR", std::env::temp_dir())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the server starts");
    let client = reqwest::Client::new();
    for _ in 0..200 {
        let ready = client.get(format!("http://{address}/readyz")).send().await;
        if ready.is_ok_and(|answer| answer.status().is_success()) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let cookies: Vec<String> = browser
        .cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let request = client
        .post(format!("http://{address}/en/onboarding/done"))
        .header("cookie", cookies.join("; "))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form_of(&page, &[("intent", "launch")]))
        .send();
    let asked = tokio::spawn(request);
    tokio::time::timeout(Duration::from_mins(1), done.notified())
        .await
        .expect("the vendor was asked");
    server.kill().expect("it dies");
    server.wait().expect("it is gone");
    assert!(asked.await.expect("no panic").is_err(), "nobody answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_launches_at_once_are_one() {
    let app = TestApp::start().await;
    let customer = Customer::ready(&app).await;
    let mut browser = customer.browser.clone();
    let page = browser.get("/en/onboarding/done").await;
    let body = form_of(&page, &[("intent", "launch")]);
    let all: Vec<_> = (0..10)
        .map(|_| {
            let (mut browser, body) = (browser.clone(), body.clone());
            tokio::spawn(async move { browser.post_raw("/en/onboarding/done", body, &[]).await })
        })
        .collect();
    for one in all {
        assert_eq!(one.await.expect("answers").location(), "/en/ava-studio");
    }
    assert_one_of_each(&app, &customer, "ten at once");
    let created: Vec<_> = app
        .sandbox
        .requests()
        .into_iter()
        .filter(|seen| seen.secret == customer.key && (seen.call == CREATE || seen.call == IMPORT))
        .collect();
    assert_eq!(created.len(), 2);
}

#[tokio::test]
async fn what_the_vendors_say_counts_not_what_was_stored() {
    let app = TestApp::start().await;
    let mut customer = Customer::ready(&app).await;
    assert!(is_live(&customer.launch().await));
    // Somebody deletes the imported number in Vapi's dashboard.
    let id = app.sandbox.phone_numbers(&customer.key)[0]["id"].clone();
    let address = format!(
        "{}/phone-number/{}",
        app.app.config.vapi_base_url,
        id.as_str().expect("an id")
    );
    reqwest::Client::builder()
        .user_agent("dashboard")
        .build()
        .expect("a client")
        .delete(address)
        .bearer_auth(&customer.key)
        .send()
        .await
        .expect("deleted");
    let page = customer.studio("check", "").await;
    assert!(!is_live(&page) && page.body.contains("not linked to the assistant"));
    assert!(is_live(&customer.studio("launch", "").await));
}

#[tokio::test]
async fn a_number_that_something_else_took_over_is_taken_back_and_given_back_to_that() {
    let app = TestApp::start().await;
    let mut customer = Customer::ready(&app).await;
    assert!(is_live(&customer.launch().await));
    let number = |app: &TestApp, sid: &str| app.sandbox.twilio_number(sid, NUMBER).expect("it");
    let sid = customer.sid.clone();
    let address = format!(
        "{}/2010-04-01/Accounts/{sid}/IncomingPhoneNumbers/{}.json",
        app.app.config.twilio_base_url,
        number(&app, &sid)["sid"].as_str().expect("an id")
    );
    reqwest::Client::new()
        .post(address)
        .basic_auth(&sid, Some("token"))
        .form(&[("VoiceUrl", "https://new-pbx.example.com/voice")])
        .send()
        .await
        .expect("changed");
    let page = customer.studio("check", "").await;
    assert!(!is_live(&page), "its calls go elsewhere");
    assert!(is_live(&customer.studio("launch", "").await));
    assert_one_of_each(&app, &customer, "taken back");
    let url = number(&app, &sid)["voice_url"].clone();
    assert_eq!(url, "https://api.vapi.ai/twilio/inbound_call");
    customer.studio("unlink", "").await;
    let url = number(&app, &sid)["voice_url"].clone();
    assert_eq!(url, "https://new-pbx.example.com/voice");
}

/// Waits until something holds, as long as a person would.
async fn until(mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..100 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it never came to hold");
}

async fn calls(app: &TestApp) -> Vec<(String, Option<String>, Option<String>)> {
    sqlx::query_as("SELECT status, ended_reason, summary FROM calls ORDER BY created_at")
        .fetch_all(&app.pool)
        .await
        .expect("calls")
}

#[tokio::test]
async fn a_test_call_is_placed_once_and_its_end_is_shown() {
    let app = TestApp::start().await;
    let mut customer = Customer::ready(&app).await;
    customer.launch().await;
    let page = customer.studio("call", "+1 415 555 0101").await;
    assert!(page.body.contains("data-watch="), "{}", page.body);
    customer.studio("call", "+1 415 555 0101").await;
    assert_eq!(app.sandbox.calls(&customer.key).len(), 1, "a double click");
    until(async || {
        calls(&app)
            .await
            .first()
            .is_some_and(|(status, _, summary)| status == "ended" && summary.is_some())
    })
    .await;
    let page = customer.browser.get("/en/ava-studio").await;
    assert!(!page.body.contains("data-watch="));
    let (_, _, summary) = calls(&app).await.remove(0);
    assert!(page.body.contains(&summary.expect("a summary")));

    // What was read here is what the contract promises.
    let key = &customer.key;
    for (call, answers) in [
        ("GET /assistant/{id}", app.sandbox.assistants(key)),
        ("GET /phone-number/{id}", app.sandbox.phone_numbers(key)),
        ("GET /call/{id}", app.sandbox.calls(key)),
    ] {
        for answer in &answers {
            let problems = contract::response_problems(call, 200, answer);
            assert!(problems.is_empty(), "{call}: {problems:?}");
        }
        assert_eq!(answers.len(), 1, "{call}");
    }

    customer.studio("call", "+14155550102").await;
    until(async || {
        calls(&app)
            .await
            .get(1)
            .is_some_and(|call| call.0 == "ended")
    })
    .await;
    let page = customer.browser.get("/en/ava-studio").await;
    assert!(page.body.contains("The line was busy"));

    let answer = customer
        .browser
        .submit(
            "/en/ava-studio",
            &[("intent", "call"), ("customer_number", "12")],
        )
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("value=\"12\""));
}

#[tokio::test]
async fn a_call_whose_end_was_never_told_is_asked_after() {
    let app = TestApp::start().await;
    let mut customer = Customer::ready(&app).await;
    customer.launch().await;
    customer.studio("call", "+14155550104").await;
    until(async || {
        ava::server::services::calls::reconcile_after(&app.app, 0.0)
            .await
            .expect("asks");
        calls(&app).await.iter().any(|call| call.0 == "ended")
    })
    .await;
}

#[tokio::test]
async fn a_call_that_may_have_been_placed_is_not_placed_again() {
    let app = TestApp::start_with(&[("VENDOR_TIMEOUT_MS", "1500")]).await;
    let mut customer = Customer::ready(&app).await;
    customer.launch().await;
    app.sandbox
        .fail_for(&customer.key, "POST /call", Fault::TimeoutAfter);
    let page = customer.studio("call", "+14155550103").await;
    assert!(page.body.contains("it is not known whether the phone rang"));
    assert_eq!(app.sandbox.calls(&customer.key).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_taken_once_and_only_with_the_secret() {
    let app = TestApp::start().await;
    let mut customer = Customer::ready(&app).await;
    customer.step("assistant", &ASSISTANT).await;
    let assistant = app.sandbox.assistants(&customer.key)[0].clone();
    let url = assistant["server"]["url"]
        .as_str()
        .expect("an address")
        .to_owned();
    let secret = assistant["server"]["headers"]["x-vapi-secret"]
        .as_str()
        .expect("a secret")
        .to_owned();
    let event = |call: usize| {
        json!({"message": {"type": "status-update", "status": "in-progress",
            "call": {"id": format!("call-{call}"), "type": "inboundPhoneCall"},
            "customer": {"number": "+14155550101"},
            "phoneNumber": {"twilioAuthToken": "do-not-keep-me"}}})
    };
    let client = reqwest::Client::new();
    let post = async |url: String, secret: String, body: Value| {
        let answer = client
            .post(url)
            .header("x-vapi-secret", secret)
            .json(&body)
            .send()
            .await
            .expect("an answer");
        answer.status().as_u16()
    };
    let mut sent = Vec::new();
    for call in 0..100 {
        for _ in 0..2 {
            sent.push(post(url.clone(), secret.clone(), event(call)));
        }
        sent.push(post(url.clone(), "wrong".to_owned(), event(1_000 + call)));
    }
    let mut statuses = Vec::new();
    while !sent.is_empty() {
        let some: Vec<_> = sent.drain(..sent.len().min(16)).collect();
        for one in futures(some).await {
            statuses.push(one);
        }
    }
    assert_eq!(
        statuses.iter().filter(|status| **status == 200).count(),
        200
    );
    assert_eq!(
        statuses.iter().filter(|status| **status == 401).count(),
        100
    );
    let calls = async || -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM calls")
            .fetch_one(&app.pool)
            .await
            .expect("a count")
    };
    assert_eq!(calls().await, 100);

    for (body, status) in [
        (
            json!({"message": {"type": "hang", "call": {"id": "x"}}}),
            200,
        ),
        (json!({"message": {"type": "brand-new"}}), 200),
        (json!({"no": "event"}), 422),
    ] {
        assert_eq!(post(url.clone(), secret.clone(), body).await, status);
    }
    // What is no id would be none the next time either.
    let long = "x".repeat(101);
    for id in ["", "a\0", "../assistant", "a/b", "a b", "\u{5d0}", &long] {
        let body =
            json!({"message": {"type": "status-update", "status": "queued", "call": {"id": id}}});
        assert_eq!(post(url.clone(), secret.clone(), body).await, 200, "{id:?}");
    }
    assert_eq!(calls().await, 100);
    let elsewhere =
        url.rsplit_once('/').expect("an id").0.to_owned() + "/" + &Uuid::new_v4().to_string();
    assert_eq!(post(elsewhere, secret.clone(), event(1)).await, 401);
    let large = client
        .post(&url)
        .header("x-vapi-secret", &secret)
        .body(vec![b' '; 1_100_000])
        .send()
        .await
        .expect("an answer");
    assert_eq!(large.status().as_u16(), 413);
    let everything: String = sqlx::query_scalar(
        "SELECT coalesce(string_agg(calls::text, ''), '') || (SELECT string_agg(call_events::text, '') FROM call_events) FROM calls",
    )
    .fetch_one(&app.pool)
    .await
    .expect("rows");
    assert!(!everything.contains("do-not-keep-me"));
}

/// Runs them side by side.
async fn futures<T: 'static>(all: Vec<impl Future<Output = T>>) -> Vec<T> {
    let mut done = Vec::new();
    let mut all: Vec<_> = all.into_iter().map(Box::pin).collect();
    std::future::poll_fn(|context| {
        all.retain_mut(|one| match one.as_mut().poll(context) {
            std::task::Poll::Ready(value) => {
                done.push(value);
                false
            }
            std::task::Poll::Pending => true,
        });
        if all.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done
}

#[tokio::test]
async fn an_unreachable_vendor_is_told_apart_from_a_wrong_key() {
    let app = TestApp::start_with(&[
        ("VAPI_BASE_URL", "http://127.0.0.1:9"),
        ("TWILIO_BASE_URL", "http://127.0.0.1:9"),
    ])
    .await;
    let mut customer = Customer::new(&app).await;
    let answer = customer
        .save("vapi", &[("vapi_api_key", "any")], "continue")
        .await;
    assert!(answer.body.contains("Vapi does not answer"));
    let sid = customer.sid.clone();
    let fields = [("account_sid", sid.as_str()), ("auth_token", "any")];
    let answer = customer.save("twilio", &fields, "continue").await;
    assert!(answer.body.contains("Twilio does not answer"));
}
