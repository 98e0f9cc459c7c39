//! Everything that runs only on the server: configuration, PostgreSQL, the services and the door
//! through which browsers reach them.

pub mod api;
pub mod body;
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

use std::ops::Deref;
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
pub struct App(Arc<Parts>);

pub struct Parts {
    pub config: Config,
    pub pool: PgPool,
    pub vault: Arc<Vault>,
    pub mailer: Mailer,
    pub vendors: Vendors,
    pub leptos: Arc<LeptosOptions>,
    /// Whether `cargo leptos watch` reloads the pages.
    pub reloads: bool,
}

impl App {
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
