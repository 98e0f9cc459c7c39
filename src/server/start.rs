//! Starting, running and stopping: what `main` does for each command.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum_server::accept::NoDelayAcceptor;
use axum_server::{Handle, Server};
use leptos::config::LeptosOptions;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgPool};
use tokio::net::TcpListener;

use super::config::Mode;
use super::mail::Mailer;
use super::postgres::Cluster;
use super::services::forwarding::PostHog;
use super::services::outbox::{self, Pace};
use super::services::rotation::{self, Rotation};
use super::services::{accounts, calls};
use super::store::{self, MIGRATIONS};
use super::vault::{Key, Vault};
use super::vendors::Vendors;
use super::{App, Config, Parts, metrics, router};

/// Why the program cannot start. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Cluster(#[from] super::postgres::ClusterError),
    #[error("the database at DATABASE_URL cannot be used: {0}")]
    Database(#[from] sqlx::Error),
    #[error("the migrations could not be applied: {0}")]
    Migrations(#[from] sqlx::migrate::MigrateError),
    #[error("cannot listen on {0}: {1}. Set LEPTOS_SITE_ADDR to a free address")]
    Listen(SocketAddr, std::io::Error),
    #[error("the data directory cannot be used: {0}")]
    DataDirectory(std::io::Error),
    #[error(transparent)]
    Mail(#[from] super::mail::MailError),
    #[error("{0}")]
    Service(#[from] super::Error),
    #[error("POSTHOG_HOST cannot be used: {0}")]
    PostHog(#[from] super::services::forwarding::ForwardError),
    #[error("no HTTP client for the vendors: {0}")]
    Vendors(#[from] reqwest::Error),
    #[error("metrics are counted by something else in this process")]
    Metrics,
}

/// A connection that was idle for longer is tried before it is used; a round trip before every use would
/// cost as much as a small query.
const PING_AFTER: Duration = Duration::from_secs(1);

/// The database of this process: its own cluster, or the one it was given.
pub struct Database {
    pub pool: PgPool,
    cluster: Option<Cluster>,
}

impl Database {
    /// Connects, starting an own PostgreSQL where none is configured, and applies the migrations.
    ///
    /// # Errors
    /// When the database cannot be started, reached or migrated.
    pub async fn open(config: &Config) -> Result<Self, StartError> {
        let (options, cluster) = if let Some(url) = &config.database_url {
            (url.0.parse::<PgConnectOptions>()?, None)
        } else {
            let cluster = Cluster::start(&config.data_dir).await?;
            (cluster.connect_options(), Some(cluster))
        };
        let pool = PgPoolOptions::new()
            .max_connections(config.database_max_connections)
            .acquire_timeout(Duration::from_secs(3))
            .test_before_acquire(false)
            .before_acquire(|connection, was| {
                Box::pin(async move {
                    if was.idle_for > PING_AFTER {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .connect_with(options.application_name("ava"))
            .await?;
        MIGRATIONS.run(&pool).await?;
        accounts::make_canonical(&pool).await?;
        Ok(Self { pool, cluster })
    }

    /// Closes the connections and stops the own cluster.
    ///
    /// # Errors
    /// When the cluster does not stop.
    pub async fn close(self) -> Result<(), StartError> {
        self.pool.close().await;
        if let Some(cluster) = self.cluster {
            cluster.stop().await?;
        }
        Ok(())
    }
}

/// Runs the server until it is told to stop.
///
/// # Errors
/// When something it needs is missing or in use.
pub async fn serve(config: Config) -> Result<(), StartError> {
    // Before anything else is touched: two servers on one address are a mistake.
    let listener = TcpListener::bind(config.address)
        .await
        .map_err(|error| StartError::Listen(config.address, error))?;
    // More than one is compiled in; a second call changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let vault = Arc::new(vault(&config)?);
    let mailer = Mailer::new(&config)?;
    if config.smtp_url.is_none() {
        tracing::warn!("SMTP_URL is not set: mail is written to files in the data directory");
    }
    let leptos = Arc::new(leptos_options(&config));
    let database = Database::open(&config).await?;
    let app = App::new(Parts {
        pool: database.pool.clone(),
        vendors: Vendors::new(&config)?,
        vault,
        mailer,
        reloads: config.reload_port.is_some(),
        leptos,
        config,
    });
    println!("Ava is at {}", app.config.public_url);
    if app.config.is_sandbox() {
        tracing::warn!("the vendors are a sandbox: no call is real");
    }
    let sweeper = tokio::spawn(sweep(app.pool.clone()));
    let metrics = match app.config.metrics_address {
        Some(address) => {
            let handle = metrics::install().ok_or(StartError::Metrics)?;
            tokio::spawn(async move {
                if let Err(error) = metrics::serve(address, handle).await {
                    tracing::error!(%address, %error, "METRICS_ADDR cannot be listened on");
                }
            })
        }
        None => tokio::spawn(async {}),
    };
    let forwarder = match &app.config.posthog_key {
        Some(key) => {
            let posthog = PostHog::new(&app.config.posthog_host, key.clone())?;
            tokio::spawn(posthog.run(app.pool.clone()))
        }
        None => tokio::spawn(async {}),
    };
    let watcher = tokio::spawn(calls::watch(app.clone()));
    let (running, mut stopped) = tokio::sync::watch::channel(());
    let stop = async move {
        let _ = stopped.changed().await;
    };
    let sender = tokio::spawn(outbox::run(app.clone(), Pace::default(), stop));
    let served = listen(listener, app, told_to_stop()).await;
    for task in [sweeper, metrics, forwarder, watcher] {
        task.abort();
    }
    // A mail whose handing over was broken off would be handed over again.
    drop(running);
    let _ = tokio::time::timeout(Duration::from_secs(10), sender).await;
    database.close().await?;
    served.map_err(StartError::DataDirectory)
}

/// How long the first request of a connection may take until its headers are complete.
const FIRST_REQUEST: Duration = Duration::from_secs(10);
/// How long a connection may rest before its next request, whose headers must then be complete. Longer than proxies
/// keep theirs (60 seconds with nginx and AWS): they are to close first, or lose requests.
const NEXT_REQUEST: Duration = Duration::from_secs(75);
/// How long running requests have to end after the server was told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until told to stop, then lets running requests end.
///
/// # Errors
/// When connections cannot be accepted.
pub async fn listen(
    listener: TcpListener,
    app: App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let handle = Handle::new();
    let stopping = handle.clone();
    tokio::spawn(async move {
        stop.await;
        stopping.graceful_shutdown(Some(GRACE));
    });
    // Small answers must not wait for the acknowledgement of earlier ones. HTTP/2 is for the proxy in front, with TLS.
    let mut server = Server::<SocketAddr>::from_listener(listener)
        .acceptor(NoDelayAcceptor::new())
        .http1_only()
        .first_request_timeout(FIRST_REQUEST)
        .handle(handle);
    server
        .http_builder()
        .http1()
        .header_read_timeout(NEXT_REQUEST);
    let service = router::build(app).into_make_service_with_connect_info::<SocketAddr>();
    server.serve(service).await
}

async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    match (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) {
        (Ok(mut interrupt), Ok(mut terminate)) => {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        }
        _ => std::future::pending().await,
    }
}

/// Deletes what has expired, once an hour. Several instances may do so at once.
async fn sweep(pool: PgPool) {
    let mut hourly = tokio::time::interval(Duration::from_hours(1));
    loop {
        hourly.tick().await;
        let swept = async {
            let mut connection = pool.acquire().await?;
            store::sessions::sweep(&mut connection).await?;
            store::limits::sweep(&mut connection).await?;
            store::credentials::sweep(&mut connection).await?;
            store::idempotency_keys::sweep(&mut connection).await?;
            store::outbox::sweep(&mut connection).await?;
            Ok::<_, super::Error>(store::api_tokens::sweep(&mut connection).await?)
        };
        if let Err(error) = swept.await {
            tracing::warn!(%error, "expired rows were not deleted");
        }
    }
}

/// Applies the migrations and stops.
///
/// # Errors
/// As [`Database::open`].
pub async fn migrate(config: Config) -> Result<(), StartError> {
    Database::open(&config).await?.close().await
}

/// Seals every stored secret anew under `ENCRYPTION_KEY`; `ENCRYPTION_KEYS_OLD` opens the former.
///
/// # Errors
/// When the database cannot be used.
pub async fn rotate_keys(config: Config) -> Result<Rotation, StartError> {
    let vault = vault(&config)?;
    let database = Database::open(&config).await?;
    let rotation = rotation::rotate(&database.pool, &vault).await;
    database.close().await?;
    Ok(rotation?)
}

/// The vault by the configured key; in development by one that is kept with the data.
fn vault(config: &Config) -> Result<Vault, StartError> {
    let key = match (&config.encryption_key, config.mode) {
        (Some(key), _) => key.clone(),
        (None, Mode::Development) => {
            std::fs::create_dir_all(&config.data_dir).map_err(StartError::DataDirectory)?;
            Key::kept_in(&config.data_dir.join("encryption.key"))
                .map_err(StartError::DataDirectory)?
        }
        // The configuration has refused this already.
        (None, Mode::Production) => Key::random(),
    };
    Ok(Vault::new(key, config.encryption_keys_old.clone()))
}

/// Where the pages' assets are, as the build has named them.
fn leptos_options(config: &Config) -> LeptosOptions {
    let mut options = LeptosOptions::builder()
        .output_name("ava")
        .site_root(config.site_root.as_str())
        .site_addr(config.address)
        .build();
    if let Some(port) = config.reload_port {
        options.reload_port = port;
    }
    // A build with hashed names leaves their list beside the program.
    let list = std::env::current_exe()
        .map(|program| program.with_file_name(options.hash_file.as_ref()))
        .and_then(std::fs::read_to_string);
    match list {
        Ok(list) if config.reload_port.is_some() => restore_names(&options, &list),
        list => options.hash_files = list.is_ok(),
    }
    options
}

/// Gives assets their names without hashes back. `cargo leptos watch` hashes what it builds first, and
/// neither what it builds anew nor the names that it tells the pages.
fn restore_names(options: &LeptosOptions, list: &str) {
    let assets = Path::new(options.site_root.as_ref()).join(options.site_pkg_dir.as_ref());
    for (extension, hash) in list.lines().filter_map(|line| line.split_once(": ")) {
        let name = &options.output_name;
        let hashed = assets.join(format!("{name}.{hash}.{extension}"));
        // Absent when it is an older build's, or was given its name back before.
        let _ = std::fs::rename(hashed, assets.join(format!("{name}.{extension}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_watch_has_hashed_gets_its_name_back() {
        let root = std::env::temp_dir().join(format!("ava-names-{}", uuid::Uuid::new_v4()));
        let options = LeptosOptions::builder()
            .output_name("ava")
            .site_root(root.to_string_lossy())
            .build();
        let assets = root.join("pkg");
        std::fs::create_dir_all(&assets).expect("a folder");
        for name in ["ava.new.css", "ava.old.js", "ava.js"] {
            std::fs::write(assets.join(name), name).expect("a file");
        }
        restore_names(&options, "css: new\njs: gone\nwasm: gone\n");
        let text = |name| std::fs::read_to_string(assets.join(name)).ok();
        assert_eq!(text("ava.css").as_deref(), Some("ava.new.css"));
        assert_eq!(text("ava.new.css"), None);
        assert_eq!(text("ava.js").as_deref(), Some("ava.js"));
        std::fs::remove_dir_all(root).expect("removed");
    }
}
