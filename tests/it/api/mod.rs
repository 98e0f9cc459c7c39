//! The JSON API, as programs meet it.

mod account;
mod answers;
mod contract;
mod cors;
mod once;
mod problems;
mod routes;
mod script;
pub mod vendors;
