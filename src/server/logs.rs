//! Logs on standard error; errors also to Sentry, where the operator has a project there.

use sentry::integrations::tracing::ErrorLayer;
use sentry::{ClientInitGuard, ClientOptions};
use tracing::Subscriber;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

use super::Config;
use super::config::Mode;

/// Begins to log. What is still to be sent goes out when the guard does.
pub fn start(config: &Config) -> Option<ClientInitGuard> {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,reqwest_retry=error"));
    let guard = sentry(config);
    tracing_subscriber::registry()
        .with(filter)
        .with(fmt::layer().with_writer(std::io::stderr))
        .with(guard.is_some().then(errors))
        .init();
    guard
}

/// Connects this process to the operator's project; `None` without one.
#[must_use]
pub fn sentry(config: &Config) -> Option<ClientInitGuard> {
    let dsn = config.sentry_dsn.as_ref()?.to_string();
    // More than one is compiled in; a second call changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let environment = match config.mode {
        Mode::Production => "production",
        Mode::Development => "development",
    };
    let options = ClientOptions::new()
        .dsn(&dsn)
        .maybe_release(sentry::release_name!())
        .environment(environment);
    Some(sentry::init(options))
}

/// Hands errors on, and nothing of what led to them: that is in the log.
#[must_use]
pub fn errors<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> {
    ErrorLayer::new().with_filter(LevelFilter::ERROR)
}
