//! Everything that runs only on the server: configuration, PostgreSQL, the services and the door
//! through which browsers reach them.

pub mod api;
pub mod config;
pub mod error;
pub mod logs;
pub mod mail;
pub mod metrics;
pub mod postgres;
pub mod router;
pub mod services;
pub mod session;
pub mod start;
pub mod store;
pub mod vault;
pub mod vendors;
pub mod web;

use std::sync::Arc;

use leptos::config::LeptosOptions;
use sqlx::PgPool;

pub use config::Config;
pub use error::Error;
use mail::Mailer;
use vault::Vault;
use vendors::Vendors;

/// What every handler may use. Cheap to clone.
#[derive(Clone)]
pub struct App {
    pub config: Arc<Config>,
    pub pool: PgPool,
    pub vault: Arc<Vault>,
    pub mailer: Mailer,
    pub vendors: Arc<Vendors>,
    pub leptos: Arc<LeptosOptions>,
    /// Whether `cargo leptos watch` reloads the pages.
    pub reloads: bool,
}
