//! Mail on its way to customers: into files, and over SMTP to a real server (`tests/smtp`), read as its readers do.

use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ava::domain::Locale;
use ava::server::mail::Mailer;
use ava::server::services::outbox::{self, Pace};
use ava::server::services::rotation;
use ava::server::store;
use ava::server::vault::{Key, Vault};
use ava::server::vendors::Vendors;
use ava::server::{App, Parts};
use ava::texts::mail::Letter;
use axum::http::StatusCode;
use mail_parser::{Message, MessageParser, MimeHeaders};
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tracing::Level;

use crate::common::{Answer, Browser, ENCRYPTION_KEY, PASSWORD, TestApp};
use crate::events;

/// Tries again at once.
const HASTE: Pace = Pace {
    first_wait: Duration::ZERO,
    longest_wait: Duration::ZERO,
    claim: Duration::from_secs(90),
};

/// A mail as it came, and its parts as a reader decodes them.
pub struct Mail {
    raw: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Mail {
    fn read(raw: String) -> Self {
        let message = parse(&raw);
        let to = message.to().and_then(|to| to.first()).expect("a recipient");
        Self {
            to: to.address().expect("an address").to_owned(),
            subject: message.subject().expect("a subject").to_owned(),
            text: message.body_text(0).expect("a text").replace("\r\n", "\n"),
            html: message.body_html(0).expect("HTML").into_owned(),
            raw,
        }
    }

    /// Path and query of the link that it is about.
    pub fn link(&self, app: &TestApp) -> String {
        let (_, link) = self
            .text
            .split_once(app.app.config.public_url.as_str())
            .expect("a link");
        format!("/{}", link.split_whitespace().next().expect("a path"))
    }

    fn header(&self, name: &str) -> Option<String> {
        let message = parse(&self.raw);
        message
            .header_raw(name)
            .map(|value| value.trim().to_owned())
    }
}

fn parse(raw: &str) -> Message<'_> {
    MessageParser::default().parse(raw).expect("a message")
}

/// Sends what waits and gives all that was ever sent into files, in the order of its causes.
pub async fn sent(app: &TestApp) -> Vec<Mail> {
    send_due(&app.app).await;
    in_files(app)
}

fn in_files(app: &TestApp) -> Vec<Mail> {
    let folder = std::fs::read_dir(&app.mail);
    let mut files: Vec<_> = folder
        .into_iter()
        .flatten()
        .map(|file| file.expect("a file").path())
        .collect();
    files.sort();
    let read = |file| Mail::read(std::fs::read_to_string(file).expect("a mail"));
    files.iter().map(read).collect()
}

struct SmtpServer {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

/// A message that a server took.
struct Taken {
    from: String,
    to: Vec<String>,
    mail: Mail,
}

impl SmtpServer {
    /// A server that answers the first recipients with these replies and takes all others.
    async fn start(port: u16, replies: &[&str]) -> Self {
        static PYTHON: OnceLock<String> = OnceLock::new();
        let python = PYTHON.get_or_init(|| {
            let mut install = std::process::Command::new("scripts/install");
            let done = install.arg("smtp").output().expect("it runs");
            assert!(
                done.status.success(),
                "{}",
                String::from_utf8_lossy(&done.stderr)
            );
            String::from_utf8(done.stdout)
                .expect("a path")
                .trim()
                .to_owned()
        });
        let mut process = Command::new(python)
            .arg("tests/smtp/server.py")
            .arg(port.to_string())
            .args(replies)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Python");
        let stdout = process.stdout.take().expect("its output");
        let mut lines = BufReader::new(stdout).lines();
        let ready = lines.next_line().await.expect("its output");
        assert_eq!(ready.as_deref(), Some("ready"));
        Self { process, lines }
    }

    /// Stops it, and gives what it took.
    async fn stop(mut self) -> Vec<Taken> {
        self.process.kill().await.expect("it stops");
        let mut rest = String::new();
        let mut output = self.lines.into_inner();
        output.read_to_string(&mut rest).await.expect("its output");
        rest.lines().map(taken).collect()
    }
}

fn taken(line: &str) -> Taken {
    let mut json: serde_json::Value = serde_json::from_str(line).expect("JSON");
    assert_eq!(json["defects"], serde_json::json!([]), "{line}");
    let mut read = |name: &str| serde_json::from_value(json[name].take()).expect("text");
    Taken {
        from: read("from"),
        mail: Mail::read(read("message")),
        to: serde_json::from_value(json["to"].take()).expect("texts"),
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}

/// An app that sends to a port at which nobody listens yet.
async fn app_with_smtp() -> (TestApp, u16) {
    let port = free_port();
    let url = format!("smtp://127.0.0.1:{port}");
    let variables = [
        ("SMTP_URL", url.as_str()),
        ("MAIL_FROM", "Ava <no-reply@ava.example>"),
    ];
    (TestApp::start_with(&variables).await, port)
}

/// Another process on the same database.
fn another(app: &TestApp, vault: Arc<Vault>) -> App {
    let config = app.app.config.clone();
    App::new(Parts {
        mailer: Mailer::new(&config).expect("a mailer"),
        vendors: Vendors::new(&config).expect("clients"),
        pool: app.pool.clone(),
        vault,
        leptos: Arc::clone(&app.app.leptos),
        reloads: false,
        config,
    })
}

async fn send_due(app: &App) {
    let sends = outbox::send_due(app, HASTE);
    let in_time = tokio::time::timeout(Duration::from_secs(20), sends);
    in_time.await.expect("in time").expect("mail is sent");
}

async fn ask_for_reset(app: &TestApp, locale: &str, email: &str) {
    let path = format!("/{locale}/forgot-password");
    let answer = app.browser().submit(&path, &[("email", email)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
}

/// A customer who has asked for a reset that nobody has sent yet.
async fn with_reset(app: &TestApp) -> Browser {
    let mut browser = app.browser();
    browser.sign_up("en", "dana@example.com").await;
    ask_for_reset(app, "en", "dana@example.com").await;
    browser
}

/// The page that a link leads to.
async fn follow(app: &TestApp, mail: &Mail) -> (Browser, Answer) {
    let mut browser = app.browser();
    let there = browser.get(&mail.link(app)).await;
    let page = browser.get(there.location()).await;
    (browser, page)
}

async fn change_password(browser: &mut Browser) -> StatusCode {
    let fields = [
        ("current_password", PASSWORD),
        ("password", "a brand new phrase"),
    ];
    let page = browser.get("/en/settings?section=security").await;
    browser
        .submit_from(&page, "/en/settings", &fields)
        .await
        .status
}

/// The wait of what waits is over.
async fn make_due(app: &TestApp) {
    sqlx::query("UPDATE outbox SET next_attempt_at = now()")
        .execute(&app.pool)
        .await
        .expect("due");
}

async fn waiting(app: &TestApp) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM outbox WHERE failed_at IS NULL")
        .fetch_one(&app.pool)
        .await
        .expect("a count")
}

async fn rows(app: &TestApp) -> String {
    sqlx::query_scalar("SELECT coalesce(string_agg(outbox::text, E'\\n'), '') FROM outbox")
        .fetch_one(&app.pool)
        .await
        .expect("rows")
}

#[tokio::test]
async fn mail_reads_well_in_each_language_as_text_and_as_html() {
    let (app, port) = app_with_smtp().await;
    let server = SmtpServer::start(port, &[]).await;
    for l in Locale::ALL {
        let email = format!("{}@example.com", l.code());
        app.browser().sign_up(l.code(), &email).await;
        ask_for_reset(&app, l.code(), &email).await;
    }
    send_due(&app.app).await;
    let taken = server.stop().await;
    assert_eq!(taken.len(), 3);
    let words = [
        (
            "Set a new password for Ava",
            "Set it here within 30 minutes:",
        ),
        (
            "Choisissez un nouveau mot de passe pour Ava",
            "Vous avez 30 minutes pour le choisir ici\u{a0}:",
        ),
        (
            "קביעת סיסמה חדשה לאווה",
            "אפשר לקבוע אותה כאן בתוך 30 דקות:",
        ),
    ];
    for ((l, (subject, sentence)), Taken { from, to, mail }) in
        Locale::ALL.into_iter().zip(words).zip(&taken)
    {
        let email = format!("{}@example.com", l.code());
        assert_eq!(
            (from.as_str(), to.as_slice()),
            ("no-reply@ava.example", &[email.clone()][..])
        );
        assert_eq!(
            (mail.to.as_str(), mail.subject.as_str()),
            (email.as_str(), subject)
        );
        let href = app
            .app
            .config
            .public_url
            .join(&mail.link(&app))
            .expect("an address");
        let letter = Letter::password_reset(l, 30, href.to_string());
        assert_eq!(mail.text, letter.plain());
        for part in [sentence, letter.after_link.as_str()] {
            assert!(
                mail.text.contains(part) && mail.html.contains(part),
                "{part}"
            );
        }
        let direction = format!("lang=\"{}\" dir=\"{}\"", l.code(), l.dir());
        assert_eq!(mail.html.matches(&direction).count(), 2, "{}", mail.html);
        let isolated = format!("<bdi dir=\"ltr\">{href}</bdi>");
        assert!(mail.html.contains(&isolated), "{}", mail.html);
        assert_eq!(
            mail.html.matches(&format!("href=\"{href}\"")).count(),
            2,
            "{}",
            mail.html
        );
        assert!(!mail.html.contains("<img") && !mail.html.contains("<script"));
        let (_, page) = follow(&app, mail).await;
        assert_eq!(page.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn mail_carries_the_headers_of_a_machine_that_writes_once() {
    let (app, port) = app_with_smtp().await;
    let server = SmtpServer::start(port, &[]).await;
    with_reset(&app).await;
    let (id, created): (uuid::Uuid, time::OffsetDateTime) =
        sqlx::query_as("SELECT id, created_at FROM outbox")
            .fetch_one(&app.pool)
            .await
            .expect("a mail");
    send_due(&app.app).await;
    let taken = server.stop().await.pop().expect("a message");
    let header = |name| taken.mail.header(name);
    assert_eq!(header("Message-ID"), Some(format!("<{id}@ava.example>")));
    assert_eq!(header("Auto-Submitted").as_deref(), Some("auto-generated"));
    assert_eq!(header("MIME-Version").as_deref(), Some("1.0"));
    assert_eq!(
        header("From").as_deref(),
        Some("Ava <no-reply@ava.example>")
    );
    assert_eq!(header("List-Unsubscribe"), None);
    let message = parse(&taken.mail.raw);
    assert_eq!(
        message.date().expect("a date").to_timestamp(),
        created.unix_timestamp()
    );
    let kinds: Vec<String> = message
        .parts
        .iter()
        .map(|part| {
            let kind = part.content_type().expect("a content type");
            let charset = kind.attribute("charset").unwrap_or_default();
            format!(
                "{}/{} {charset}",
                kind.ctype(),
                kind.subtype().unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "multipart/alternative ",
            "text/plain utf-8",
            "text/html utf-8"
        ]
    );
    assert!(
        taken.mail.raw.lines().all(|line| line.len() <= 998),
        "RFC 5322, 2.1.1"
    );
}

#[tokio::test]
async fn mail_goes_to_the_stored_address_and_to_no_other_spelling() {
    let (app, port) = app_with_smtp().await;
    let server = SmtpServer::start(port, &[]).await;
    app.browser().sign_up("en", "Dana.Levi@Example.com").await;
    ask_for_reset(&app, "en", "dana.levi@EXAMPLE.COM").await;
    app.browser().sign_up("en", "dana@bücher.example").await;
    ask_for_reset(&app, "en", "dana@bücher.example").await;
    send_due(&app.app).await;
    let to: Vec<String> = server
        .stop()
        .await
        .into_iter()
        .flat_map(|taken| taken.to)
        .collect();
    assert_eq!(to, ["Dana.Levi@example.com", "dana@xn--bcher-kva.example"]);
}

#[tokio::test]
async fn a_server_that_wants_to_be_asked_again_is_asked_again() {
    for reply in [
        "451 4.7.1 Greylisted",
        "421 4.3.2 Shutting down",
        "535 5.7.8 Who are you",
        "452 4.2.2 Full",
    ] {
        let (app, port) = app_with_smtp().await;
        let server = SmtpServer::start(port, &[reply, reply]).await;
        with_reset(&app).await;
        send_due(&app.app).await;
        let taken = server.stop().await;
        assert_eq!(taken.len(), 1, "{reply}");
        assert_eq!(rows(&app).await, "", "{reply}");
    }
}

#[tokio::test]
async fn a_mail_waits_longer_each_time_but_not_beyond_its_use() {
    let (app, _) = app_with_smtp().await;
    with_reset(&app).await;
    let wait = async || -> f64 {
        sqlx::query_scalar("SELECT extract(epoch FROM next_attempt_at - now())::float8 FROM outbox")
            .fetch_one(&app.pool)
            .await
            .expect("a wait")
    };
    let due = async || {
        make_due(&app).await;
        let attempt = outbox::send_due(&app.app, Pace::default());
        attempt.await.expect("it waits");
    };
    for seconds in [5.0, 10.0, 20.0] {
        due().await;
        let wait = wait().await;
        assert!(
            wait > seconds - 4.0 && wait <= seconds,
            "{wait} of {seconds}"
        );
    }
    sqlx::query("UPDATE outbox SET attempts = 20")
        .execute(&app.pool)
        .await
        .expect("tried often");
    due().await;
    let wait = wait().await;
    assert!(wait > 29.0 * 60.0 && wait <= 30.0 * 60.0, "{wait}");
}

#[tokio::test]
async fn mail_arrives_when_the_server_is_back() {
    let (app, port) = app_with_smtp().await;
    with_reset(&app).await;
    let attempt = outbox::send_due(&app.app, Pace::default());
    attempt.await.expect("nobody is there");
    assert_eq!(waiting(&app).await, 1);
    let server = SmtpServer::start(port, &[]).await;
    make_due(&app).await;
    send_due(&app.app).await;
    assert_eq!(server.stop().await.len(), 1);
    assert_eq!(rows(&app).await, "");
}

#[tokio::test]
async fn a_refused_mail_is_not_repeated_and_the_operator_is_told() {
    let (app, port) = app_with_smtp().await;
    let server = SmtpServer::start(port, &["550 5.1.1 <dana@example.com> is unknown here"]).await;
    let recorder = PrometheusBuilder::new().build_recorder();
    let _counted = metrics::set_default_local_recorder(&recorder);
    events::take();
    with_reset(&app).await;
    send_due(&app.app).await;
    send_due(&app.app).await;
    assert_eq!(server.stop().await.len(), 0);

    let (id, code, token): (uuid::Uuid, i16, Option<Vec<u8>>) =
        sqlx::query_as("SELECT id, smtp_code, token_encrypted FROM outbox WHERE failed_at IS NOT NULL AND attempts = 1")
            .fetch_one(&app.pool)
            .await
            .expect("a failed mail");
    assert_eq!((code, token), (550, None));
    let logged = events::take();
    let errors: Vec<_> = logged
        .iter()
        .filter(|event| event.level == Level::ERROR)
        .collect();
    assert_eq!(errors.len(), 1);
    assert!(
        errors[0].text.contains(&id.to_string()) && errors[0].text.contains("550"),
        "{}",
        errors[0].text
    );
    for event in &logged {
        for secret in ["dana@", "example.com", "token="] {
            assert!(!event.text.contains(secret), "{}", event.text);
        }
    }
    let counted = recorder.handle().render();
    assert!(
        counted.contains("mails_total{kind=\"password_reset\",outcome=\"failed\"} 1"),
        "{counted}"
    );
}

#[tokio::test]
async fn two_instances_send_each_mail_once() {
    let (app, port) = app_with_smtp().await;
    let server = SmtpServer::start(port, &[]).await;
    let emails: Vec<String> = (0..8)
        .map(|number| format!("dana{number}@example.com"))
        .collect();
    for email in &emails {
        app.browser().sign_up("en", email).await;
        ask_for_reset(&app, "en", email).await;
    }
    let other = another(&app, Arc::clone(&app.vault));
    tokio::join!(send_due(&app.app), send_due(&other));
    let mut to: Vec<String> = server
        .stop()
        .await
        .into_iter()
        .flat_map(|taken| taken.to)
        .collect();
    to.sort();
    assert_eq!(to, emails);
}

#[tokio::test]
async fn a_mail_survives_the_process_that_was_about_to_send_it() {
    let (app, port) = app_with_smtp().await;
    with_reset(&app).await;
    let mut connection = app.pool.acquire().await.expect("a connection");
    let claimed = store::outbox::claim(&mut connection, 90.0)
        .await
        .expect("PostgreSQL answers");
    assert!(claimed.is_some(), "the process dies here");
    drop(connection);
    let server = SmtpServer::start(port, &[]).await;
    let other = another(&app, Arc::clone(&app.vault));
    send_due(&other).await;
    assert_eq!(waiting(&app).await, 1);
    make_due(&app).await;
    send_due(&other).await;
    assert_eq!(server.stop().await.len(), 1);
    assert_eq!(rows(&app).await, "");
}

#[tokio::test]
async fn a_sender_that_is_told_to_stop_hands_its_mail_over() {
    let (app, port) = app_with_smtp().await;
    let server = SmtpServer::start(port, &["late"]).await;
    with_reset(&app).await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let stopping = async move {
        let _ = stopped.await;
    };
    let sender = tokio::spawn(outbox::run(app.app.clone(), HASTE, stopping));
    while rows(&app).await.contains(",0,") {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop(stop);
    sender.await.expect("it stops");
    assert_eq!(rows(&app).await, "");
    assert_eq!(server.stop().await.len(), 1);
}

#[tokio::test]
async fn a_mail_whose_taking_was_not_heard_comes_again_under_its_name() {
    let (app, port) = app_with_smtp().await;
    let server = SmtpServer::start(port, &["lost"]).await;
    with_reset(&app).await;
    send_due(&app.app).await;
    let taken = server.stop().await;
    let names: Vec<_> = taken
        .iter()
        .map(|taken| taken.mail.header("Message-ID"))
        .collect();
    assert_eq!(names.len(), 2);
    assert_eq!(names[0], names[1]);
    assert_eq!(taken[0].mail.text, taken[1].mail.text);
}

#[tokio::test]
async fn a_link_that_would_not_open_is_not_sent() {
    let app = TestApp::start().await;
    let mut browser = with_reset(&app).await;
    sqlx::query("UPDATE outbox SET expires_at = now()")
        .execute(&app.pool)
        .await
        .expect("too old");
    events::take();
    assert_eq!(sent(&app).await.len(), 0);
    assert_eq!(waiting(&app).await, 0);
    assert!(
        events::take()
            .iter()
            .any(|event| event.level == Level::ERROR),
        "the operator is told"
    );

    // A newer one, or a new password, voids it.
    ask_for_reset(&app, "en", "dana@example.com").await;
    ask_for_reset(&app, "en", "dana@example.com").await;
    let mails = sent(&app).await;
    assert_eq!(mails.len(), 1);
    let (_, page) = follow(&app, &mails[0]).await;
    assert_eq!(page.status, StatusCode::OK, "the last one opens");
    ask_for_reset(&app, "en", "dana@example.com").await;
    assert_eq!(change_password(&mut browser).await, StatusCode::SEE_OTHER);
    let subjects: Vec<String> = sent(&app)
        .await
        .into_iter()
        .skip(1)
        .map(|mail| mail.subject)
        .collect();
    assert_eq!(subjects, ["Your password at Ava was changed"]);
}

#[tokio::test]
async fn a_new_password_is_told_in_the_language_of_the_account_however_it_came() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_up("he", "dana@example.com").await;
    assert_eq!(change_password(&mut browser).await, StatusCode::SEE_OTHER);
    ask_for_reset(&app, "fr", "dana@example.com").await;
    let mail = sent(&app).await.pop().expect("a mail");
    let (mut browser, page) = follow(&app, &mail).await;
    let fields = [("password", "another new phrase")];
    let done = browser
        .submit_from(&page, "/fr/reset-password", &fields)
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let subjects: Vec<String> = sent(&app)
        .await
        .into_iter()
        .map(|mail| mail.subject)
        .collect();
    let changed = "הסיסמה שלכם באווה שונתה";
    assert_eq!(
        subjects,
        [
            changed,
            "Choisissez un nouveau mot de passe pour Ava",
            changed
        ]
    );
    assert!(
        in_files(&app)[2]
            .link(&app)
            .starts_with("/he/forgot-password")
    );
}

#[tokio::test]
async fn without_its_mail_nothing_is_changed() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_up("en", "dana@example.com").await;
    let before = app.column("hashed_password").await;
    sqlx::query("ALTER TABLE outbox ADD CHECK (false)")
        .execute(&app.pool)
        .await
        .expect("no mail can wait");
    assert_eq!(
        change_password(&mut browser).await,
        StatusCode::INTERNAL_SERVER_ERROR
    );
    assert_eq!(app.column("hashed_password").await, before);
    app.browser()
        .submit("/en/forgot-password", &[("email", "dana@example.com")])
        .await;
    let resets: i64 = sqlx::query_scalar("SELECT count(*) FROM password_resets")
        .fetch_one(&app.pool)
        .await
        .expect("a count");
    assert_eq!(resets, 0);
}

#[tokio::test]
async fn a_link_lies_sealed_and_follows_a_new_key() {
    let app = TestApp::start().await;
    with_reset(&app).await;
    let waits = rows(&app).await;
    let (old, new) = (
        Key::from_base64(ENCRYPTION_KEY).expect("a key"),
        Key::random(),
    );
    let both = Vault::new(new.clone(), vec![old]);
    let rotation = rotation::rotate(&app.pool, &both).await.expect("rotates");
    assert_eq!((rotation.resealed, rotation.unreadable), (1, 0));
    let other = another(&app, Arc::new(Vault::new(new, Vec::new())));
    send_due(&other).await;
    let mail = in_files(&app).pop().expect("a mail");
    let (_, page) = follow(&app, &mail).await;
    assert_eq!(page.status, StatusCode::OK);
    let link = mail.link(&app);
    let (_, token) = link.split_once("token=").expect("a token");
    let hex = token
        .bytes()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    assert!(!waits.contains(token) && !waits.contains(&hex), "{waits}");
}

#[tokio::test]
async fn a_link_that_cannot_be_opened_any_more_fails_and_holds_nothing_up() {
    let app = TestApp::start().await;
    with_reset(&app).await;
    app.browser().sign_up("en", "noa@example.com").await;
    sqlx::query("UPDATE outbox SET token_encrypted = '\\x00'")
        .execute(&app.pool)
        .await
        .expect("damaged");
    ask_for_reset(&app, "en", "noa@example.com").await;
    let to: Vec<String> = sent(&app).await.into_iter().map(|mail| mail.to).collect();
    assert_eq!(to, ["noa@example.com"]);
    assert_eq!(waiting(&app).await, 0);
}

#[tokio::test]
async fn mail_goes_out_at_once() {
    let app = TestApp::start().await;
    let sender = tokio::spawn(outbox::run(
        app.app.clone(),
        Pace::default(),
        std::future::pending(),
    ));
    app.browser().sign_up("en", "dana@example.com").await;
    // Past its first look.
    tokio::time::sleep(Duration::from_millis(100)).await;
    ask_for_reset(&app, "en", "dana@example.com").await;
    let goes = async {
        while !rows(&app).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(1), goes)
        .await
        .expect("within a second");
    assert_eq!(in_files(&app).len(), 1);
    sender.abort();
}

#[tokio::test]
async fn an_account_gets_five_links_an_hour_whoever_asks() {
    let app = TestApp::start_with(&[("TRUSTED_PROXIES", "1")]).await;
    app.browser().sign_up("en", "dana@example.com").await;
    let ask = async |visitor: usize| {
        let mut browser = app.browser();
        let page = browser.get("/en/forgot-password").await;
        let form = crate::common::form_of(&page, &[("email", "dana@example.com")]);
        let ip = format!("203.0.113.{visitor}");
        let headers = [("x-forwarded-for", ip.as_str())];
        let answer = browser
            .post_raw("/en/forgot-password", form, &headers)
            .await;
        assert_eq!(
            answer.location(),
            "/en/forgot-password?notice=sent",
            "nobody is told"
        );
        sent(&app).await
    };
    for visitor in 1..=5 {
        assert_eq!(ask(visitor).await.len(), visitor);
    }
    let mails = ask(6).await;
    assert_eq!(mails.len(), 5);
    let (_, page) = follow(&app, &mails[4]).await;
    assert_eq!(
        page.status,
        StatusCode::OK,
        "the last one that was sent still opens"
    );

    sqlx::query("UPDATE password_resets SET requested_at[5] = now() - interval '61 minutes'")
        .execute(&app.pool)
        .await
        .expect("the first is an hour ago");
    assert_eq!(ask(7).await.len(), 6);
    assert_eq!(ask(8).await.len(), 6);
}

#[tokio::test]
async fn only_their_owner_reads_the_files() {
    let app = TestApp::start().await;
    with_reset(&app).await;
    send_due(&app.app).await;
    let file = std::fs::read_dir(&app.mail)
        .expect("a folder")
        .next()
        .expect("a file")
        .expect("a file");
    let mode = file.metadata().expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
