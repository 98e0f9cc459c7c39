//! The sandbox: the part of Vapi's and Twilio's HTTP APIs that the product uses, in one program and in
//! memory, so that nobody needs vendor accounts to try or to test it. Magic keys, tokens and numbers
//! bring out what vendors do on bad days.

#![allow(dead_code, reason = "the program and the tests each use a part")]

pub mod contract;
mod control;
mod door;
mod faults;
mod twilio;
mod values;
mod vapi;
mod wire;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::routing::{any, get, post};
use axum::serve::ListenerExt;
use serde_json::Value;
use tokio::net::TcpListener;
use url::Url;

pub use faults::Fault;
use faults::{Faults, Queued};
use twilio::Twilio;
use values::lock;
use vapi::Vapi;

/// Vendors' accounts and what was asked of them. A clone is the same sandbox.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

struct Inner {
    vapi: Vapi,
    twilio: Twilio,
    faults: Faults,
    seen: Mutex<Vec<(u64, Seen)>>,
    counter: AtomicU64,
}

/// One request to a vendor.
#[derive(Clone, Debug)]
pub struct Seen {
    /// As the contract names it: `POST /assistant`, `GET /assistant/{id}`.
    pub call: String,
    /// The bearer key, or the user of HTTP Basic.
    pub secret: String,
    /// A form is an object of strings; what is no JSON is `null`.
    pub body: Value,
    /// 0 until it is answered.
    pub status: u16,
}

impl Sandbox {
    pub fn new() -> Self {
        Self::with_pace(Duration::from_millis(400))
    }

    /// With so much time between the events of a call.
    pub fn with_pace(pace: Duration) -> Self {
        let twilio = Twilio::default();
        Self {
            inner: Arc::new(Inner {
                vapi: Vapi::new(twilio.clone(), pace),
                twilio,
                faults: Faults::default(),
                seen: Mutex::default(),
                counter: AtomicU64::new(0),
            }),
        }
    }

    /// `/vapi/…`, `/twilio/2010-04-01/…` and the controls under `/sandbox/…`.
    pub fn router(&self) -> Router {
        let vapi = Router::new().route("/{*path}", any(door::to_vapi));
        let twilio = Router::new().route("/2010-04-01/{*path}", any(door::to_twilio));
        Router::new()
            .nest("/vapi", vapi)
            .nest("/twilio", twilio)
            .route("/sandbox/health", get(control::health))
            .route("/sandbox/faults", post(control::add_fault))
            .route("/sandbox/state", get(control::show_state))
            .route("/sandbox/numbers", get(control::show_numbers))
            .route("/sandbox/incoming", post(control::ring))
            .with_state(self.clone())
    }

    /// Serves on a free port; Vapi is at `{address}vapi`, Twilio at `{address}twilio`.
    pub async fn serve(&self) -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let listener = listener.tap_io(|tcp| {
            let _ = tcp.set_nodelay(true);
        });
        let router = self.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}/").parse().expect("an address")
    }

    /// The next such call, whoever makes it, meets this once.
    pub fn fail(&self, call: &str, fault: Fault) {
        self.inner.faults.queue(Queued {
            call: call.to_owned(),
            secret: None,
            fault,
        });
    }

    /// The next such call with this key or account meets this once.
    pub fn fail_for(&self, secret: &str, call: &str, fault: Fault) {
        self.inner.faults.queue(Queued {
            call: call.to_owned(),
            secret: Some(secret.to_owned()),
            fault,
        });
    }

    /// Every request so far, oldest first.
    pub fn requests(&self) -> Vec<Seen> {
        lock(&self.inner.seen)
            .iter()
            .map(|(_, seen)| seen.clone())
            .collect()
    }

    pub fn clear_requests(&self) {
        lock(&self.inner.seen).clear();
    }

    /// Vapi's assistants of this key, oldest first.
    pub fn assistants(&self, key: &str) -> Vec<Value> {
        self.inner.vapi.orgs().of(key).assistants.clone()
    }

    /// The numbers imported into Vapi with this key, oldest first.
    pub fn phone_numbers(&self, key: &str) -> Vec<Value> {
        self.inner.vapi.orgs().of(key).numbers.clone()
    }

    /// Vapi's calls of this key, oldest first.
    pub fn calls(&self, key: &str) -> Vec<Value> {
        self.inner.vapi.orgs().of(key).calls.clone()
    }

    /// A number as Twilio holds it.
    pub fn twilio_number(&self, account_sid: &str, number: &str) -> Option<Value> {
        let numbers = self.inner.twilio.numbers(account_sid);
        numbers
            .into_iter()
            .find(|held| held["phone_number"] == number)
    }

    /// Notes a request and says under which number.
    fn note(&self, seen: Seen) -> u64 {
        let number = self.inner.counter.fetch_add(1, Ordering::Relaxed);
        lock(&self.inner.seen).push((number, seen));
        number
    }

    fn note_answer(&self, number: u64, status: u16) {
        let mut all = lock(&self.inner.seen);
        if let Some((_, seen)) = all.iter_mut().find(|(other, _)| *other == number) {
            seen.status = status;
        }
    }
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::new()
    }
}
