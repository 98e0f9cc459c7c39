//! The service as its users meet it: requests through the same router that production builds, on a
//! real PostgreSQL (`DATABASE_URL`, a database for each test).

mod accounts;
mod api;
mod bad_input;
mod circles;
mod common;
mod connections;
mod contracts;
mod events;
mod fields;
mod forwarding;
mod functions;
mod headers;
mod logs;
mod mail;
mod onboarding;
mod pages;
mod passwords;
mod postgres;
mod proposals;
mod refusals;
mod resets;
mod rooms;
#[path = "../../sandbox/mod.rs"]
mod sandbox;
mod security;
mod sessions;
mod settings;
mod shared_keys;
mod statements;
mod texts;
mod vault;
mod vendors;
