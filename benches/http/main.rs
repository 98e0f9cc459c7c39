//! How fast and how small: ratios taken in one run, written to `docs/BENCHMARKS.md`.
//!
//! The release program, bare axum handlers that ask the same of the database and send the same bytes, and the
//! program that `AGAINST` names, if it does, are loaded over HTTP in turns, on one PostgreSQL with a database
//! for each.

#![expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]

mod browser;
mod database;
mod inside;
mod load;
mod program;
mod report;
mod vendor;

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use browser::Browser;
use database::{CUSTOMERS, Database, Server};
use load::{CONNECTIONS, Load, ROUNDS, in_turns};
use program::{Build, Program};
use report::Measured;

const STEP: &str = "/en/onboarding/telephony";
const ENCRYPTION_KEY: &str = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=";

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() {
    // `cargo test --benches` builds this and runs it without the flag: nothing is measured then.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let folder = Folder::new();
    let (own, other) = (Build::own(), Build::other());
    let alone = program::alone(&own, &folder.0.join("alone")).await;
    let server = Server::start(&folder.0.join("postgres")).await;
    let vapi = format!("http://{}", vendor::silent().await);
    let start = async |build: &Build, name: &str| {
        let database = server.make(name).await;
        Candidate::start(build, &folder.0.join(name), database, &vapi).await
    };
    let ours = start(&own, "ours").await;
    let theirs = match &other {
        Some(other) => Some(start(other, "theirs").await),
        None => None,
    };

    let html = ours.customers[0].html(STEP).await;
    let bare = inside::serve_page(ours.database.options.clone(), html).await;
    let bare = Load::page(bare, "/", "");
    let pages = [ours.page(), bare].into_iter();
    let pages = in_turns(pages.chain(theirs.as_ref().map(Candidate::page))).await;

    let mut autosaves = Vec::new();
    if let Some(theirs) = &theirs {
        autosaves = in_turns([ours.autosave().await, theirs.autosave().await]).await;
        ours.assert_autosaved().await;
        theirs.assert_autosaved().await;
    }
    let silence = vendor::pages_beside_silence(&ours.page(), &ours.customers).await;

    let bare = server.make("bare").await;
    inside::migrate(&bare.pool).await;
    bare.fill().await;
    let before = ours.completed_steps().await;
    let bare = inside::serve_change(bare.options.clone()).await;
    let their_address = theirs.as_ref().map(|theirs| theirs.program.address);
    let addresses = [ours.program.address, bare]
        .into_iter()
        .chain(their_address);
    let changes = in_turns(addresses.map(changes)).await;
    let counted = ours.completed_steps().await - before;
    assert_eq!(counted, changes[0].sent, "an event each");

    let events = vendor::deliver_events(&ours.database.pool, ours.program.address, ENCRYPTION_KEY);
    let table = Measured {
        alone,
        pages,
        autosaves,
        silence,
        events: events.await,
        changes,
        assets: own.asset_sizes(),
        html: ours.html_size().await,
        their_html: match &theirs {
            Some(theirs) => Some(theirs.html_size().await),
            None => None,
        },
    }
    .table();
    print!("{table}");
    fs::write("docs/BENCHMARKS.md", table).expect("docs/BENCHMARKS.md is written");
    drop((ours.program, theirs.map(|theirs| theirs.program)));
    server.stop().await;
}

/// A folder that goes with the run and that PostgreSQL's own user may enter.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
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

/// A program that is measured, with its database and a customer for each connection.
struct Candidate {
    program: Program,
    database: Database,
    customers: Vec<Browser>,
}

impl Candidate {
    async fn start(build: &Build, folder: &Path, database: Database, vapi: &str) -> Self {
        let url = database.url();
        let variables = [
            ("DATABASE_URL", url.as_str()),
            ("ENCRYPTION_KEY", ENCRYPTION_KEY),
            ("VAPI_BASE_URL", vapi),
        ];
        let program = Program::start(build, folder, &variables).await;
        let mut customers = Vec::new();
        for _ in 0..CONNECTIONS {
            customers.push(Browser::sign_up(program.address).await);
        }
        database.fill().await;
        Self {
            program,
            database,
            customers,
        }
    }

    fn page(&self) -> Load {
        Load::page(self.program.address, STEP, &self.customers[0].cookie)
    }

    /// Each connection is a customer at step 3 who goes on typing, so that none waits for another's row.
    async fn autosave(&self) -> Load {
        let mut forms = Vec::new();
        for customer in &self.customers {
            forms.push(customer.open("/en/onboarding/ava").await);
        }
        Load::new(self.program.address, move |place| {
            let sequence = place.round * 1_000_000 + place.count + 1;
            let fields = format!(
                "persona=secretary&job_to_be_done=Take+message+{sequence}&languages%5B%5D=en&tone=warm&guidelines="
            );
            Some(forms[place.connection].autosave(sequence, &fields))
        })
    }

    /// Fails unless what each customer typed last is stored, whatever the answers said.
    async fn assert_autosaved(&self) {
        let query = format!(
            "SELECT count(*) FROM users WHERE job_to_be_done LIKE 'Take message {ROUNDS}%'"
        );
        assert_eq!(
            self.database.count(&query).await,
            CONNECTIONS,
            "autosaves are stored"
        );
    }

    async fn completed_steps(&self) -> usize {
        let query =
            "SELECT count(*) FROM analytics_events WHERE event = 'onboarding_step_completed'";
        self.database.count(query).await
    }

    /// What a step sends when brotli compresses it. Ids and tokens in it compress better or worse each time.
    async fn html_size(&self) -> usize {
        let mut sizes = Vec::new();
        for customer in &self.customers {
            let html = customer.html(STEP).await;
            let mut compressed = Vec::new();
            let parameters = brotli::enc::BrotliEncoderParams {
                quality: 4,
                ..Default::default()
            };
            let done = brotli::BrotliCompress(&mut html.as_slice(), &mut compressed, &parameters);
            done.expect("compresses");
            sizes.push(compressed.len());
        }
        sizes.sort_unstable();
        sizes[sizes.len() / 2]
    }
}

/// Customers complete step 1 with one change each, so that each request has its event.
fn changes(address: SocketAddr) -> Load {
    let share = CUSTOMERS / (ROUNDS + 1) / CONNECTIONS;
    let body = r#"{"full_name":"Dana Levi","organization_name":"Levi Flowers","timezone":"Europe/Paris","locale":"en","accept_terms":true}"#;
    Load::new(address, move |place| {
        let customer = (place.round * CONNECTIONS + place.connection) * share + place.count + 1;
        (place.count < share).then(|| {
            format!(
                "PATCH /api/v1/user/profile HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
                 authorization: Bearer ava_{customer}\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )
        })
    })
}
