//! How fast and how small: ratios taken in one run, written to `docs/BENCHMARKS.md`.
//!
//! The page and a bare axum handler that runs the same queries and sends the same bytes are
//! served by this process on the same PostgreSQL, in turns. Memory and start are taken from the
//! release program itself.

#![expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ava::domain::{Draft, Step};
use ava::server::mail::Mailer;
use ava::server::services::save::{self, Intent, Method, Save, Saved};
use ava::server::start::Database;
use ava::server::store::{drafts, onboarding};
use ava::server::vault::{Column, Key, Vault};
use ava::server::vendors::Vendors;
use ava::server::{App, Config, router};
use axum::Json;
use axum::extract::{Path as AxumPath, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse};
use axum::routing::{get, patch};
use leptos::config::LeptosOptions;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

const CONNECTIONS: usize = 16;
const ROUND: Duration = Duration::from_secs(5);
const ROUNDS: usize = 4;
const STEP: &str = "/en/onboarding/telephony";

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() {
    // `cargo test --benches` builds this and runs it without the flag: nothing is measured then.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let folder = Folder::new();
    let program = release_program();
    let start = measure_program(&folder, &program).await;
    let pages = measure_pages(&folder).await;
    let sizes = measure_sizes(&pages.html);
    let table = report(&start, &pages, &sizes);
    print!("{table}");
    fs::write("docs/BENCHMARKS.md", table).expect("docs/BENCHMARKS.md is written");
}

/// A data directory that goes with the run and that PostgreSQL's own user may enter.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        use std::os::unix::fs::PermissionsExt;
        let path = std::env::temp_dir().join(format!("ava-bench-{}", Uuid::new_v4().simple()));
        fs::create_dir(&path).expect("a folder");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("its permissions");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn release_program() -> PathBuf {
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned());
    Path::new(&target).join("release/ava")
}

struct Latencies(Vec<Duration>);

impl Latencies {
    /// Requests/s of all connections together, as long as they were busy.
    fn rate(&self) -> f64 {
        let busy: Duration = self.0.iter().sum();
        CONNECTIONS as f64 * self.0.len() as f64 / busy.as_secs_f64()
    }

    fn percentile(&self, percent: usize) -> Duration {
        self.0[(self.0.len() - 1) * percent / 100]
    }
}

/// Asks for a page over kept connections until the time is over or so many were asked for.
async fn load(
    address: SocketAddr,
    path: &str,
    cookie: &str,
    time: Duration,
    most: usize,
) -> Latencies {
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\n\r\n");
    send(address, Arc::new(vec![request]), time, most).await
}

/// Sends requests over kept connections, each its own share of them in turn, until the time is over or
/// so many were sent.
async fn send(
    address: SocketAddr,
    requests: Arc<Vec<String>>,
    time: Duration,
    most: usize,
) -> Latencies {
    let until = Instant::now() + time;
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|connection| {
            let requests = Arc::clone(&requests);
            tokio::spawn(async move {
                let share = requests
                    .iter()
                    .skip(connection * requests.len() / CONNECTIONS);
                let mut share = share.chain(requests.iter().cycle());
                let mut stream = TcpStream::connect(address).await.expect("connects");
                stream.set_nodelay(true).expect("nodelay");
                let mut latencies = Vec::new();
                let mut buffer = Vec::with_capacity(128 * 1024);
                while Instant::now() < until && latencies.len() < most / CONNECTIONS {
                    let request = share.next().expect("it is endless");
                    let begun = Instant::now();
                    stream.write_all(request.as_bytes()).await.expect("sends");
                    read_answer(&mut stream, &mut buffer).await;
                    latencies.push(begun.elapsed());
                }
                latencies
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.expect("no panic"));
    }
    all.sort_unstable();
    Latencies(all)
}

/// Reads one whole answer with status 200 and leaves its body in the buffer.
async fn read_answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) {
    buffer.clear();
    let head = loop {
        assert!(
            stream.read_buf(buffer).await.expect("reads") > 0,
            "the connection was closed"
        );
        if let Some(end) = find(buffer, b"\r\n\r\n") {
            break end + 4;
        }
    };
    let headers = String::from_utf8_lossy(&buffer[..head]).to_lowercase();
    assert!(headers.starts_with("http/1.1 200"), "{headers}");
    let length = headers.split_once("content-length: ").map(|(_, rest)| {
        rest.split('\r')
            .next()
            .unwrap_or_default()
            .parse::<usize>()
            .expect("a length")
    });
    loop {
        let is_whole = match length {
            Some(length) => buffer.len() >= head + length,
            None => buffer.ends_with(b"0\r\n\r\n"),
        };
        if is_whole {
            break;
        }
        assert!(
            stream.read_buf(buffer).await.expect("reads") > 0,
            "the connection was closed"
        );
    }
    buffer.drain(..head);
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

/// Signs a customer up through the pages and returns the cookies of the session.
async fn sign_up(address: SocketAddr) -> String {
    let ask = |request: String| async move {
        let mut stream = TcpStream::connect(address).await.expect("connects");
        stream.write_all(request.as_bytes()).await.expect("sends");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.expect("reads");
        answer
    };
    let page = ask(format!(
        "GET /en/signup HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    ))
    .await;
    let between = |text: &str, from: &str, to: &str| {
        let rest = text.split_once(from).expect("the start").1;
        rest.split_once(to).expect("the end").0.to_owned()
    };
    let token = between(&page, "name=\"csrf_token\" value=\"", "\"");
    let csrf = between(&page, "csrf=", ";");
    let email = format!("{}%40example.com", Uuid::new_v4().simple());
    let body = format!("csrf_token={token}&email={email}&password=four+plain+words+here");
    let answer = ask(format!(
        "POST /en/signup HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncookie: csrf={csrf}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    ))
    .await;
    format!(
        "session={}; csrf={}; locale=en",
        between(&answer, "session=", ";"),
        between(&answer, "csrf=", ";")
    )
}

struct Program {
    start: Duration,
    requests: usize,
    resident_kb: u64,
    complaints: usize,
}

/// Starts the release program twice (the second time on an existing database), loads it with
/// 100,000 pages, and looks at its memory and its log.
async fn measure_program(folder: &Folder, program: &Path) -> Program {
    let address: SocketAddr = "127.0.0.1:3987".parse().expect("an address");
    let log = folder.0.join("log");
    let run = || {
        Command::new(program)
            .arg("serve")
            .env("AVA_ENV", "development")
            .env("AVA_DATA_DIR", folder.0.join("program"))
            .env("LEPTOS_SITE_ADDR", address.to_string())
            .env_remove("DATABASE_URL")
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log).expect("a log"))
            .spawn()
            .expect("the release program starts; `make bench` builds it")
    };
    let mut first = run();
    first_answer(address).await;
    stop(&mut first);
    let begun = Instant::now();
    let mut server = run();
    first_answer(address).await;
    let start = begun.elapsed();
    let cookie = sign_up(address).await;
    let latencies = load(address, STEP, &cookie, Duration::from_mins(10), 100_000).await;
    let status = fs::read_to_string(format!("/proc/{}/status", server.id())).expect("its status");
    let resident_kb = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .expect("its resident memory");
    stop(&mut server);
    let log = fs::read_to_string(&log).expect("its log");
    let complaints = log
        .lines()
        .filter(|line| line.contains("ERROR") || line.contains("panicked"))
        .count();
    Program {
        start,
        requests: latencies.0.len(),
        resident_kb,
        complaints,
    }
}

async fn first_answer(address: SocketAddr) {
    let begun = Instant::now();
    loop {
        if let Ok(mut stream) = TcpStream::connect(address).await {
            let request =
                format!("GET /readyz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
            let mut answer = String::new();
            let sent = stream.write_all(request.as_bytes()).await;
            if sent.is_ok()
                && stream.read_to_string(&mut answer).await.is_ok()
                && answer.contains(" 200 ")
            {
                return;
            }
        }
        assert!(
            begun.elapsed() < Duration::from_mins(1),
            "the program does not answer"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn stop(server: &mut Child) {
    let _ = Command::new("kill").arg(server.id().to_string()).status();
    server.wait().expect("it stops");
}

struct Events {
    /// Per second.
    rate: f64,
    stored: usize,
    expected: usize,
}

struct Pages {
    page: Latencies,
    bare: Latencies,
    html: Vec<u8>,
    /// Requests/s while a vendor is silent, of those without.
    silence: f64,
    events: Events,
    changes: Changes,
}

/// Changes of a profile by the API, and by a bare handler that does the one update.
struct Changes {
    api: Latencies,
    bare: Latencies,
}

#[derive(Clone)]
struct Bare {
    pool: PgPool,
    session: String,
    user: Uuid,
    html: Arc<Vec<u8>>,
}

/// As many connections as the app has, in a pool as the library makes it.
async fn plain_pool(of_app: &PgPool) -> PgPool {
    PgPoolOptions::new()
        .max_connections(of_app.options().get_max_connections())
        .connect_with(of_app.connect_options().as_ref().clone())
        .await
        .expect("a pool")
}

/// The same queries and the same bytes as the page, and nothing else.
async fn bare(State(bare): State<Bare>) -> impl IntoResponse {
    let session: Vec<u8> =
        sqlx::query_scalar("SELECT data FROM sessions WHERE id = $1 AND expiry_date > now()")
            .bind(&bare.session)
            .fetch_one(&bare.pool)
            .await
            .expect("the session");
    let mut connection = bare.pool.acquire().await.expect("a connection");
    let record = onboarding::load(&mut connection, bare.user)
        .await
        .expect("answers")
        .expect("a record");
    let drafts = drafts::all(&mut connection, bare.user)
        .await
        .expect("drafts");
    std::hint::black_box((session, record.email, drafts.len()));
    (
        [(CONTENT_TYPE, "text/html; charset=utf-8")],
        Html(bare.html.as_ref().clone()),
    )
}

async fn measure_pages(folder: &Folder) -> Pages {
    let data_dir = folder.0.join("pages").to_string_lossy().into_owned();
    let vapi = format!("http://{}", silent_vendor().await);
    let variables = [
        ("AVA_ENV", "development"),
        ("AVA_DATA_DIR", data_dir.as_str()),
        ("VAPI_BASE_URL", vapi.as_str()),
    ];
    let config = Config::read(|name| {
        variables
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    })
    .expect("a configuration");
    let database = Database::open(&config).await.expect("a database");
    let app = App {
        pool: database.pool.clone(),
        vault: Arc::new(Vault::new(Key::random(), Vec::new())),
        mailer: Mailer::new(&config).expect("a mailer"),
        vendors: Arc::new(Vendors::new(&config).expect("clients")),
        leptos: Arc::new(LeptosOptions::builder().output_name("ava").build()),
        reloads: false,
        config: Arc::new(config),
    };
    let page_address = serve(router::build(app.clone())).await;
    let cookie = sign_up(page_address).await;
    let html = body(page_address, STEP, &cookie).await;
    let session = sqlx::query_scalar("SELECT id FROM sessions")
        .fetch_one(&database.pool)
        .await
        .expect("a session");
    let user = sqlx::query_scalar("SELECT id FROM users")
        .fetch_one(&database.pool)
        .await
        .expect("a user");
    let plain = plain_pool(&database.pool).await;
    let state = Bare {
        pool: plain.clone(),
        session,
        user,
        html: Arc::new(html.clone()),
    };
    let bare_address = serve(axum::Router::new().route("/", get(bare)).with_state(state)).await;

    let (mut page, mut bare) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let pages = load(page_address, STEP, &cookie, ROUND, usize::MAX).await;
        let bares = load(bare_address, "/", &cookie, ROUND, usize::MAX).await;
        // The first round warms up.
        if round > 0 {
            page.extend(pages.0);
            bare.extend(bares.0);
        }
    }
    page.sort_unstable();
    bare.sort_unstable();
    // Before and after, so that what changes with time alone does not count.
    let before = load(page_address, STEP, &cookie, ROUND, usize::MAX).await;
    let asking = ask_silent_vendor(&app, user);
    tokio::time::sleep(Duration::from_millis(200)).await;
    let beside_silence = load(page_address, STEP, &cookie, ROUND, usize::MAX).await;
    let are_asking = asking.iter().all(|asks| !asks.is_finished());
    for asks in asking {
        asks.await.expect("no panic");
    }
    assert!(are_asking, "the vendor was silent all the while");
    let after = load(page_address, STEP, &cookie, ROUND, usize::MAX).await;
    let usual = f64::midpoint(before.0.len() as f64, after.0.len() as f64);
    let events = deliver_events(&app, page_address, user).await;
    let changes = measure_changes(&app.pool, &plain, page_address).await;
    plain.close().await;
    database.close().await.expect("closes");
    Pages {
        page: Latencies(page),
        bare: Latencies(bare),
        silence: beside_silence.0.len() as f64 / usual,
        events,
        changes,
        html,
    }
}

/// A vendor that takes connections and never says a word.
async fn silent_vendor() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    address
}

/// As many customers as there are connections enter a key at once, and wait ten seconds each.
fn ask_silent_vendor(app: &App, user: Uuid) -> Vec<tokio::task::JoinHandle<()>> {
    (0..CONNECTIONS)
        .map(|_| {
            let app = app.clone();
            tokio::spawn(async move {
                let save = Save {
                    step: Step::Vapi,
                    typed: Draft::default(),
                    proposed: Draft::default(),
                    secret: Some("a-key".to_owned()),
                    intent: Intent::Continue,
                    method: Method::Inline,
                    version: None,
                    editor: Uuid::new_v4(),
                    sequence: 0,
                };
                let saved = save::save(&app, user, save).await.expect("an answer");
                assert_eq!(saved, Saved::SecretWaits);
            })
        })
        .collect()
}

/// Posts events, every second one twice, every third with a wrong secret; gives deliveries per second
/// and how many calls came to be stored beside how many should.
async fn deliver_events(app: &App, address: SocketAddr, user: Uuid) -> Events {
    const EVENTS: usize = 2_000;
    let (assistant, secret) = (Uuid::new_v4(), "a-secret");
    let sealed = app
        .vault
        .seal(user, Column::WebhookSecret, secret)
        .expect("seals");
    sqlx::query(
        "INSERT INTO assistants (id, user_id, name, voice, first_message, instructions, webhook_secret_encrypted)
         VALUES ($1, $2, 'Ava', 'en-US-JennyNeural', 'Hello', 'Answer', $3)",
    )
    .bind(assistant)
    .bind(user)
    .bind(sealed)
    .execute(&app.pool)
    .await
    .expect("an assistant");
    let client = reqwest::Client::new();
    let url = format!("http://{address}/webhooks/vapi/{assistant}");
    let begun = Instant::now();
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|task| {
            let (client, url) = (client.clone(), url.clone());
            tokio::spawn(async move {
                let mut deliveries = 0_usize;
                for event in (task..EVENTS).step_by(CONNECTIONS) {
                    let is_wrong = event % 3 == 0;
                    let times = if event % 2 == 0 { 2 } else { 1 };
                    for _ in 0..times {
                        let body = format!(
                            r#"{{"message":{{"type":"status-update","status":"ringing","call":{{"id":"{event}"}}}}}}"#
                        );
                        let answer = client
                            .post(&url)
                            .header("x-vapi-secret", if is_wrong { "wrong" } else { secret })
                            .body(body)
                            .send()
                            .await
                            .expect("an answer");
                        assert_eq!(answer.status().as_u16(), if is_wrong { 401 } else { 200 });
                        deliveries += 1;
                    }
                }
                deliveries
            })
        })
        .collect();
    let mut deliveries = 0;
    for task in tasks {
        deliveries += task.await.expect("no panic");
    }
    let seconds = begun.elapsed().as_secs_f64();
    let stored: i64 = sqlx::query_scalar("SELECT count(*) FROM calls")
        .fetch_one(&app.pool)
        .await
        .expect("a count");
    Events {
        rate: deliveries as f64 / seconds,
        stored: usize::try_from(stored).unwrap_or_default(),
        expected: (0..EVENTS).filter(|event| event % 3 != 0).count(),
    }
}

/// As many customers as there is time for complete step 1 with one change each, so that each request has
/// its token, validation, event and commit.
async fn measure_changes(pool: &PgPool, plain: &PgPool, address: SocketAddr) -> Changes {
    const CUSTOMERS: i32 = 40_000;
    // Beside them are others who are further: no table is empty, or planned for as if it were.
    for statement in [
        "INSERT INTO users (id, email, hashed_password)
         SELECT md5('done' || n)::uuid, 'done' || n || '@bench.example', '' FROM generate_series(1, $1) n",
        "INSERT INTO drafts (user_id, step, editor, submitted_at, completed_at)
         SELECT md5('done' || n)::uuid, step, gen_random_uuid(), now(), now()
         FROM generate_series(1, $1) n, unnest(ARRAY['profile', 'ava', 'plan']) step",
        "INSERT INTO analytics_events (user_id, event, forwarded_at)
         SELECT md5('done' || n)::uuid, 'onboarding_started', now() FROM generate_series(1, $1) n",
        "INSERT INTO users (id, email, hashed_password)
         SELECT md5(n::text)::uuid, n || '@bench.example', '' FROM generate_series(1, $1) n",
        "INSERT INTO user_onboarding (user_id) SELECT md5(n::text)::uuid FROM generate_series(1, $1) n",
        "INSERT INTO api_tokens (id, user_id, name, token_hash, token_preview, expires_at, last_used_at)
         SELECT gen_random_uuid(), md5(n::text)::uuid, 'bench', sha256(convert_to('ava_' || n, 'UTF8')), '',
            now() + interval '1 day', now() + interval '1 hour' FROM generate_series(1, $1) n",
    ] {
        sqlx::query(statement)
            .bind(CUSTOMERS)
            .execute(pool)
            .await
            .expect("customers");
    }
    sqlx::query("VACUUM ANALYZE")
        .execute(pool)
        .await
        .expect("analyzed");
    let bare_address = serve(
        axum::Router::new()
            .route("/{user}", patch(bare_change))
            .with_state(plain.clone()),
    )
    .await;
    let body = r#"{"full_name":"Dana Levi","organization_name":"Levi Flowers","timezone":"Europe/Paris","locale":"en","accept_terms":true}"#;
    let users: Vec<Uuid> =
        sqlx::query_scalar("SELECT md5(n::text)::uuid FROM generate_series(1, $1) n")
            .bind(CUSTOMERS)
            .fetch_all(pool)
            .await
            .expect("customers");
    let length = body.len();
    let request = |path: &str, headers: &str| {
        format!(
            "PATCH {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n{headers}\
             content-length: {length}\r\n\r\n{body}"
        )
    };
    let by_api = (1..=CUSTOMERS).map(|n| {
        request(
            "/api/v1/user/profile",
            &format!("authorization: Bearer ava_{n}\r\n"),
        )
    });
    let by_api = Arc::new(by_api.collect::<Vec<_>>());
    let by_hand = users.iter().map(|user| request(&format!("/{user}"), ""));
    let by_hand = Arc::new(by_hand.collect::<Vec<_>>());
    let (mut api, mut bare) = (Vec::new(), Vec::new());
    let events = || async {
        sqlx::query_scalar::<_, i64>(
            "SELECT count(*) FROM analytics_events WHERE event = 'onboarding_step_completed'",
        )
        .fetch_one(pool)
        .await
        .expect("a count")
    };
    // A round sends its own part of the customers.
    let rounds = ROUNDS + 1;
    for round in 0..rounds {
        let part = |all: &[String]| {
            let size = all.len() / rounds;
            Arc::new(all[round * size..(round + 1) * size].to_vec())
        };
        let api_part = part(&by_api);
        let most = api_part.len();
        let before = events().await;
        let changes = send(address, api_part, ROUND, most).await;
        let counted = events().await - before;
        assert_eq!(
            counted,
            i64::try_from(changes.0.len()).unwrap_or_default(),
            "an event each"
        );
        let bares = send(bare_address, part(&by_hand), ROUND, usize::MAX).await;
        if round > 0 {
            api.push(changes);
            bare.push(bares);
        }
    }
    Changes {
        api: together(api),
        bare: together(bare),
    }
}

fn together(rounds: Vec<Latencies>) -> Latencies {
    let mut all: Vec<Duration> = rounds.into_iter().flat_map(|round| round.0).collect();
    all.sort_unstable();
    Latencies(all)
}

/// The same single update, and nothing else.
async fn bare_change(
    State(pool): State<PgPool>,
    AxumPath(user): AxumPath<Uuid>,
    Json(body): Json<serde_json::Value>,
) -> Json<serde_json::Value> {
    let text = |name: &str| body[name].as_str();
    sqlx::query(
        "UPDATE users SET full_name = $2, organization_name = $3, timezone = $4, locale = $5,
            accept_terms = $6, accept_terms_at = now(), accept_terms_version = '1' WHERE id = $1",
    )
    .bind(user)
    .bind(text("full_name"))
    .bind(text("organization_name"))
    .bind(text("timezone"))
    .bind(text("locale"))
    .bind(body["accept_terms"].as_bool())
    .execute(&pool)
    .await
    .expect("updated");
    Json(body)
}

async fn serve(router: axum::Router) -> SocketAddr {
    use axum::serve::ListenerExt;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let listener = listener.tap_io(|tcp| {
        let _ = tcp.set_nodelay(true);
    });
    tokio::spawn(async move {
        axum::serve(
            listener,
            router.into_make_service_with_connect_info::<SocketAddr>(),
        )
        .await
    });
    address
}

/// A page's own bytes, without the transfer's chunks.
async fn body(address: SocketAddr, path: &str, cookie: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).await.expect("connects");
    let request = format!("GET {path} HTTP/1.0\r\nhost: {address}\r\ncookie: {cookie}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sends");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("reads");
    let head = find(&answer, b"\r\n\r\n").expect("headers") + 4;
    answer.split_off(head)
}

struct Sizes {
    wasm_and_js: u64,
    css: u64,
    html: usize,
}

/// What a first visit of a step loads, compressed by brotli.
fn measure_sizes(html: &[u8]) -> Sizes {
    let mut sizes = Sizes {
        wasm_and_js: 0,
        css: 0,
        html: 0,
    };
    for entry in fs::read_dir("target/site/pkg").expect("the release build's assets") {
        let entry = entry.expect("a file");
        let name = entry.file_name().to_string_lossy().into_owned();
        let size = entry.metadata().expect("its size").len();
        if name.ends_with(".wasm.br") || name.ends_with(".js.br") {
            sizes.wasm_and_js += size;
        } else if name.ends_with(".css.br") {
            sizes.css += size;
        }
    }
    let mut compressed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 4,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &*html, &mut compressed, &parameters).expect("compresses");
    sizes.html = compressed.len();
    sizes
}

fn report(program: &Program, pages: &Pages, sizes: &Sizes) -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown processor", |rest| {
            rest.trim_start_matches([' ', '\t', ':'])
        });
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let seconds = ROUND.as_secs_f64() * ROUNDS as f64;
    let rate = |latencies: &Latencies| latencies.0.len() as f64 / seconds;
    let ms = |duration: Duration| duration.as_secs_f64() * 1_000.0;
    let verdict = |holds: bool| if holds { "yes" } else { "**no**" };
    let ratio = rate(&pages.page) / rate(&pages.bare);
    let (p50, p99) = (pages.page.percentile(50), pages.page.percentile(99));
    let tail = ms(p99) / ms(p50);
    let resident = program.resident_kb as f64 / 1_024.0;
    let kb = |bytes: f64| bytes / 1_000.0;
    let mut text = String::new();
    let mut line = |what: &str, measured: String, bound: &str, holds: bool| {
        let _ = writeln!(
            text,
            "| {what} | {measured} | {bound} | {} |",
            verdict(holds)
        );
    };
    line(
        "step page, requests/s beside the bare handler",
        format!(
            "{ratio:.2} ({:.0} / {:.0})",
            rate(&pages.page),
            rate(&pages.bare)
        ),
        "≥ 0.50",
        ratio >= 0.5,
    );
    line(
        "step page, p99 / p50 at 16 connections",
        format!("{tail:.1} ({:.1} / {:.1} ms)", ms(p99), ms(p50)),
        "< 5",
        tail < 5.0,
    );
    line(
        "step page beside 16 requests to a silent vendor, of its usual requests/s",
        format!("{:.2}", pages.silence),
        "≥ 0.80",
        pages.silence >= 0.8,
    );
    let events = &pages.events;
    line(
        "events of Vapi taken per second, with doubles and wrong secrets",
        format!(
            "{:.0}, {} of {} stored",
            events.rate, events.stored, events.expected
        ),
        "≥ 200, all once",
        events.rate >= 200.0 && events.stored == events.expected,
    );
    let changes = &pages.changes;
    // Each was measured until its customers were used up or the time was over.
    let changes_ratio = changes.api.rate() / changes.bare.rate();
    line(
        "`PATCH /api/v1/user/profile` with its event, requests/s beside a bare update",
        format!(
            "{changes_ratio:.2} ({:.0} / {:.0})",
            changes.api.rate(),
            changes.bare.rate()
        ),
        "≥ 0.60",
        changes_ratio >= 0.6,
    );
    line(
        "… p99, and that of the bare update",
        format!(
            "{:.1} / {:.1} ms",
            ms(changes.api.percentile(99)),
            ms(changes.bare.percentile(99))
        ),
        "–",
        true,
    );
    line(
        "errors and panics in the log",
        format!("{} over {} requests", program.complaints, program.requests),
        "0 over 100,000",
        program.complaints == 0 && program.requests >= 100_000,
    );
    line(
        "resident memory after that",
        format!("{resident:.0} MB"),
        "≤ 60 MB",
        resident <= 60.0,
    );
    line(
        "start to first answer, existing database",
        format!("{:.2} s", program.start.as_secs_f64()),
        "≤ 0.5 s",
        program.start <= Duration::from_millis(500),
    );
    line(
        "wasm + js, brotli",
        format!("{:.1} KB", kb(sizes.wasm_and_js as f64)),
        "≤ 100 KB",
        sizes.wasm_and_js <= 100_000,
    );
    line(
        "css, brotli",
        format!("{:.1} KB", kb(sizes.css as f64)),
        "≤ 12 KB",
        sizes.css <= 12_000,
    );
    line(
        "html of a step, brotli",
        format!("{:.1} KB", kb(sizes.html as f64)),
        "≤ 12 KB",
        sizes.html <= 12_000,
    );
    format!(
        "# Benchmarks\n\nTaken by `make bench` on {model}, {cores} cores. Page and bare handler ran in turns in one\n\
         process on one PostgreSQL, {CONNECTIONS} connections, {ROUNDS} rounds of {} s each. The bare handler runs the\n\
         same queries and sends the same bytes; its pool is as sqlx makes it.\n\n| What | Measured | Bound | Holds |\n|---|---|---|---|\n{text}",
        ROUND.as_secs()
    )
}
