//! How often a request asks the database, as PostgreSQL itself counts: each statement, and the `BEGIN` and
//! `COMMIT` around them.

use ava::domain::Step;
use axum::http::StatusCode;
use serde_json::json;

use crate::common::TestApp;
use crate::events;

/// The session, with what is known of its customer.
const PAGE: usize = 1;
/// … and a list of rows that are not always needed.
const PAGE_WITH_LIST: usize = 2;
/// As a page, and one statement that writes.
const AUTOSAVE: usize = 2;
/// … and what a vendor has to be told.
const CONTINUE: usize = 3;
/// The token, with what is known of its customer, and one statement that writes.
const PATCH: usize = 2;

/// What PostgreSQL was asked on this thread since the last call, as it says itself.
fn take_statements() -> Vec<String> {
    let logged = events::take();
    let notices = logged
        .iter()
        .filter(|event| event.target == "sqlx::postgres::notice");
    let statements = notices.filter_map(|event| {
        let notice = event.text.replace("\\n", " ");
        let words: Vec<&str> = notice.trim().trim_matches('"').split_whitespace().collect();
        let is_statement = matches!(words.first(), Some(&("statement:" | "execute")));
        is_statement.then(|| words[..words.len().min(12)].join(" "))
    });
    statements.collect()
}

struct Counting {
    app: TestApp,
    too_many: Vec<String>,
}

impl Counting {
    /// An app whose connections are told by PostgreSQL what they ask for.
    async fn start() -> Self {
        let tells = [("log_statement", "all"), ("client_min_messages", "log")];
        let app = TestApp::start_on(&tells, &[]).await;
        Self {
            app,
            too_many: Vec::new(),
        }
    }

    /// Waits for an answer and notes when that took more statements than it may.
    async fn count<T>(&mut self, what: &str, most: usize, answer: impl Future<Output = T>) -> T {
        take_statements();
        let answer = answer.await;
        let statements = take_statements();
        assert!(
            !statements.is_empty(),
            "{what}: PostgreSQL tells what it is asked"
        );
        if statements.len() > most {
            let count = statements.len();
            let list = statements.join("\n  ");
            self.too_many
                .push(format!("{what}: {count}, and not {most}:\n  {list}"));
        }
        answer
    }

    fn end(self) {
        assert!(self.too_many.is_empty(), "{}", self.too_many.join("\n"));
    }
}

#[tokio::test]
async fn a_page_asks_for_the_session_and_the_customer() {
    let mut counting = Counting::start().await;
    let mut browser = counting.app.customer().await;
    let steps = Step::ALL.map(|step| (format!("/en/onboarding/{}", step.id()), PAGE));
    let others = [
        ("/en/settings", PAGE),
        ("/en/settings?section=api", PAGE_WITH_LIST),
        ("/en/ava-studio", PAGE_WITH_LIST),
    ]
    .map(|(path, most)| (path.to_owned(), most));
    for (path, most) in steps.into_iter().chain(others) {
        let page = counting.count(&path, most, browser.get(&path)).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
    }
    counting.end();
}

#[tokio::test]
async fn a_save_asks_as_a_page_does_and_writes_once() {
    let mut counting = Counting::start().await;
    let mut browser = counting.app.customer().await;
    let path = "/en/onboarding/ava";
    let page = browser.get(path).await;
    for (sequence, text) in [(1, "Take"), (2, "Take a message")] {
        let fields = [("persona", "secretary"), ("job_to_be_done", text)];
        let saved = browser.autosave(&page, path, sequence, &fields);
        let saved = counting.count("an autosave", AUTOSAVE, saved).await;
        assert_eq!(saved.status, StatusCode::OK, "{}", saved.body);
    }
    let path = "/en/onboarding/telephony";
    let page = browser.get(path).await;
    let fields = [
        ("number", "+97231234567"),
        ("business_hours", "Sun-Thu 9-18"),
        ("fallback_email", "desk@example.com"),
        ("intent", "continue"),
    ];
    let saved = browser.submit_from(&page, path, &fields);
    let saved = counting.count("Continue", CONTINUE, saved).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    counting.end();
}

#[tokio::test]
async fn a_change_by_a_program_reads_twice_and_writes_once() {
    let mut counting = Counting::start().await;
    let (program, _) = counting.app.integrator().await;
    // A token notes that it is used, but not every time.
    program.get("/api/v1/user/profile").await;
    let body = json!({
        "full_name": "Dana Levi",
        "organization_name": "Levi Flowers",
        "timezone": "Europe/Paris",
        "locale": "en",
        "accept_terms": true,
    });
    let changed = program.call("PATCH", "/api/v1/user/profile", body);
    let changed = counting.count("PATCH of a profile", PATCH, changed).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.json);
    counting.end();
}
