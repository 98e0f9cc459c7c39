//! The server's own PostgreSQL, for when no `DATABASE_URL` is set.
//!
//! It lives in the data directory and listens on a Unix socket only, so no port can be taken. One
//! server at a time holds it (`lock`), restarts it when it dies and stops it in order. A server that
//! was killed leaves PostgreSQL running; the next one adopts it.

mod cluster;
mod files;
mod programs;

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use sqlx::postgres::PgConnectOptions;
use tokio::{sync::oneshot, task::JoinHandle};

use cluster::Server;
use files::DataDir;
use programs::Programs;

/// The database, and the role that owns the cluster.
const NAME: &str = "ava";

/// Why the cluster could not be started or stopped. Nothing on disk is damaged by any of them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// Another server holds the data directory.
    #[error("the data directory {} is in use by another running server: stop that one first, or choose another data directory", .0.display())]
    InUse(PathBuf),
    /// A path that this user cannot read and write.
    #[error("{} cannot be read and written by this user: make it belong to the user that runs the server", .0.display())]
    NotWritable(PathBuf),
    /// Started as root, and the unprivileged user cannot get to the data directory.
    #[error("PostgreSQL runs as the user {user}, who may not enter {}: run `chmod o+x {}`, or choose a data directory elsewhere, such as /var/lib/ava", .directory.display(), .directory.display())]
    Unreachable {
        /// The directory in the way.
        directory: PathBuf,
        /// The user that PostgreSQL runs as.
        user: String,
    },
    /// The cluster's place is taken by something else.
    #[error("{} holds files but no PostgreSQL cluster: move them away, or choose another data directory", .0.display())]
    NotACluster(PathBuf),
    /// The cluster needs programs of another major version.
    #[error("the cluster {} was made by PostgreSQL {cluster}, but the programs found are of PostgreSQL {programs}: install PostgreSQL {cluster} (Debian package `postgresql-{cluster}`) beside them", .directory.display())]
    WrongVersion {
        /// Where the cluster is.
        directory: PathBuf,
        /// The major version that made it.
        cluster: u32,
        /// The major version found.
        programs: u32,
    },
    /// Neither installed nor to be downloaded.
    #[error(
        "PostgreSQL's programs were not found and could not be downloaded ({0}): install them (Debian package `postgresql`), or set DATABASE_URL"
    )]
    ProgramsNotFound(String),
    /// No space left.
    #[error("the disk that holds {} is full: free some space and start again", .0.display())]
    DiskFull(PathBuf),
    /// The cluster is there, its password is not.
    #[error("the file {} with the cluster's password is missing: put it back from a backup", .0.display())]
    PasswordMissing(PathBuf),
    /// `initdb` failed.
    #[error(
        "PostgreSQL's initdb could not make the cluster: correct what it says and start again:\n{0}"
    )]
    NotMade(String),
    /// PostgreSQL ended or did not answer in time while starting.
    #[error("PostgreSQL did not start: correct what its log {} says and start again:\n{tail}", .log.display())]
    NotStarted {
        /// PostgreSQL's log.
        log: PathBuf,
        /// Its last lines.
        tail: String,
    },
    /// PostgreSQL runs and refuses the server.
    #[error(
        "PostgreSQL refused the server's connection ({0}): if it was the password, put the cluster's own back into `postgres.password`"
    )]
    Refused(sqlx::Error),
    /// PostgreSQL outlived its shutdown.
    #[error("PostgreSQL (process {0}) did not stop: end it with `kill -QUIT {0}`")]
    NotStopped(i32),
    /// Anything else that the system refused.
    #[error("{}: {error}", .path.display())]
    Io {
        /// What it concerns.
        path: PathBuf,
        /// The system's answer.
        error: io::Error,
    },
}

impl ClusterError {
    /// For `map_err`: the error that an operation on `path` stands for.
    fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull(path),
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::NotWritable(path)
            }
            _ => Self::Io { path, error },
        }
    }
}

/// The number that `text` begins with.
fn leading_number(text: &str) -> Option<u32> {
    text.split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

/// Whether a program's output says that the disk is full.
fn says_disk_full(output: &str) -> bool {
    output.contains("No space left on device")
}

/// A running PostgreSQL that is restarted when it dies.
///
/// [`Cluster::stop`] ends it. A dropped `Cluster` stops it too, without anyone waiting for that.
pub struct Cluster {
    options: PgConnectOptions,
    stop: oneshot::Sender<()>,
    supervisor: JoinHandle<Result<(), ClusterError>>,
}

impl fmt::Debug for Cluster {
    /// Without the options, which hold the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster").finish_non_exhaustive()
    }
}

impl Cluster {
    /// Starts (or adopts) the cluster under `data_dir`, making it on the first call.
    ///
    /// PostgreSQL's programs are those on `PATH`, else those in the usual folders, else a download
    /// into `data_dir`. An existing cluster needs programs of its own major version. Started as root,
    /// PostgreSQL runs as the user `postgres`, else `nobody`.
    ///
    /// # Errors
    ///
    /// Whatever keeps PostgreSQL from running; see [`ClusterError`]. Nothing is left running then; if
    /// the future is dropped instead, the next start adopts what it had started.
    pub async fn start(data_dir: &Path) -> Result<Self, ClusterError> {
        let data = DataDir::open(data_dir)?;
        let version = data.cluster_version()?;
        let programs = Programs::find(&data, version).await?;
        if version.is_none() {
            data.make_cluster(programs.command("initdb")).await?;
        }
        let (server, postmaster) = Server::start(data, programs).await?;
        let options = server.options();
        let (stop, stopped) = oneshot::channel();
        let supervisor = tokio::spawn(server.supervise(postmaster, stopped));
        Ok(Self {
            options,
            stop,
            supervisor,
        })
    }

    /// Options to connect to the database `ava`.
    ///
    /// They stay valid when PostgreSQL is restarted. At most 50 connections are possible.
    #[must_use]
    pub fn connect_options(&self) -> PgConnectOptions {
        self.options.clone()
    }

    /// Fast shutdown; waits until PostgreSQL is gone (30 s at most, then immediate shutdown).
    ///
    /// # Errors
    ///
    /// [`ClusterError::NotStopped`] when PostgreSQL survives even that for 10 s.
    pub async fn stop(self) -> Result<(), ClusterError> {
        // The supervisor listens as long as it lives.
        let _ = self.stop.send(());
        self.supervisor.await.unwrap_or_else(|error| {
            Err(ClusterError::Io {
                path: "postgres".into(),
                error: error.into(),
            })
        })
    }
}
