#!/usr/bin/env bash
# tracing 0.1.44 with tracing-core 0.1.36: a thread that has the only subscriber of the process, set with
# `set_default`, hears nothing from a place in the code where a thread without a subscriber logged first.
# While there is one subscriber, a new place asks the subscriber of the thread that comes there, finds none, and is
# switched off for all threads. Expected from "the subscriber for this thread": one event. Seen: none.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"

[dependencies]
tracing = "=0.1.44"
tracing-core = "=0.1.36"
TOML
mkdir src
cat >src/main.rs <<'RUST'
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::Arc;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

struct Counter(Arc<AtomicU32>);

impl Subscriber for Counter {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

fn place() {
    tracing::info!("here");
}

fn main() {
    let heard = Arc::new(AtomicU32::new(0));
    let _guard = tracing::subscriber::set_default(Counter(heard.clone()));
    if std::env::args().nth(1).as_deref() == Some("other-first") {
        std::thread::spawn(place).join().unwrap();
    }
    place();
    println!("{}", heard.load(Ordering::SeqCst));
}
RUST
cargo build --quiet
alone=$(./target/debug/finding)
after=$(./target/debug/finding other-first)
echo "tracing 0.1.44, tracing-core 0.1.36: heard alone $alone, after another thread $after"
[ "$alone" = 1 ] && [ "$after" = 0 ]
