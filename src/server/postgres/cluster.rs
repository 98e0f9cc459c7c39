//! PostgreSQL as a process: started, adopted, watched and stopped.

use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use nix::{
    errno::Errno,
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use sqlx::{
    ConnectOptions, Connection, PgConnection,
    error::DatabaseError,
    postgres::{PgConnectOptions, PgSslMode},
};
use tokio::{
    process::Child,
    sync::oneshot,
    time::{Instant, sleep, timeout},
};

use super::{ClusterError, NAME, files::DataDir, programs::Programs, says_disk_full};

/// Only names the socket's file; nothing listens on TCP.
const PORT: u16 = 5432;
/// Sized for an always-on program on a small machine.
const SETTINGS: [&str; 6] = [
    "listen_addresses=",
    "shared_buffers=64MB",
    "max_connections=50",
    "log_min_messages=warning",
    "timezone=UTC",
    "log_timezone=UTC",
];

const POLL: Duration = Duration::from_millis(10);
/// How long PostgreSQL may take to be ready: after a crash it replays its log first.
const READY_LIMIT: Duration = Duration::from_mins(5);
/// How long it may keep silent on its socket; while it replays, it says so.
const SILENCE_LIMIT: Duration = Duration::from_secs(30);
/// What PostgreSQL says when processes of a killed one still use its memory, or when one started by
/// a server killed just now was quicker.
const LEFTOVERS: [&str; 2] = ["is still in use", "already exists"];
const LEFTOVERS_LIMIT: Duration = Duration::from_secs(30);
const FAST_STOP_LIMIT: Duration = Duration::from_secs(30);
const IMMEDIATE_STOP_LIMIT: Duration = Duration::from_secs(10);
/// Pauses between restarts double from the first to the longest; a steady run resets them.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
const STEADY_RUN: Duration = Duration::from_mins(1);

/// What it takes to run PostgreSQL on the cluster.
pub(super) struct Server {
    data: DataDir,
    programs: Programs,
    cluster: PathBuf,
    sockets: PathBuf,
    password: String,
}

impl Server {
    /// Adopts a PostgreSQL that runs on the cluster already, or starts one.
    pub(super) async fn start(
        data: DataDir,
        programs: Programs,
    ) -> Result<(Self, Postmaster), ClusterError> {
        let mut server = Self {
            password: data.password()?,
            sockets: data.sockets(),
            cluster: data.cluster()?,
            programs,
            data,
        };
        let deadline = Instant::now() + LEFTOVERS_LIMIT;
        loop {
            if let Some(postmaster) = server.adopt().await? {
                return Ok((server, postmaster));
            }
            match server.launch().await {
                Err(ClusterError::NotStarted { tail, .. })
                    if LEFTOVERS.iter().any(|sign| tail.contains(sign))
                        && Instant::now() < deadline =>
                {
                    sleep(FIRST_PAUSE).await;
                }
                result => return result.map(|postmaster| (server, postmaster)),
            }
        }
    }

    /// Options to connect to the database.
    pub(super) fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.sockets)
            .port(PORT)
            .username(NAME)
            .password(&self.password)
            .database(NAME)
            .ssl_mode(PgSslMode::Disable)
    }

    /// Takes over the PostgreSQL that a killed server left running.
    async fn adopt(&mut self) -> Result<Option<Postmaster>, ClusterError> {
        let Some((pid, sockets)) = self.pid_file() else {
            return Ok(None);
        };
        let mut postmaster = Postmaster::Adopted {
            pid,
            cluster: self.cluster.clone(),
        };
        // It may listen elsewhere: the folder for temporary files can differ from start to start.
        let own_sockets = std::mem::replace(&mut self.sockets, sockets);
        if let Some(mut connection) = self.ready(&mut postmaster, 0).await? {
            let directory: String = sqlx::query_scalar("SHOW data_directory")
                .fetch_one(&mut connection)
                .await
                .map_err(ClusterError::Refused)?;
            if Path::new(&directory) == self.cluster {
                tracing::info!(pid = pid.as_raw(), "adopted the running PostgreSQL");
                return Ok(Some(postmaster));
            }
        }
        self.sockets = own_sockets;
        Ok(None)
    }

    /// Starts PostgreSQL and waits until it is ready.
    async fn launch(&self) -> Result<Postmaster, ClusterError> {
        let (mut postmaster, log_start) = self.spawn()?;
        let error = match self.ready(&mut postmaster, log_start).await {
            Ok(Some(_)) => return Ok(postmaster),
            Ok(None) => self.not_started(log_start),
            Err(error) => error,
        };
        postmaster.stop().await?;
        Err(error)
    }

    /// Starts the postmaster; also says where its part of the log begins.
    fn spawn(&self) -> Result<(Postmaster, u64), ClusterError> {
        self.release_stale_pid()?;
        self.data.private_dir(&self.sockets)?;
        let (log, log_start) = self.data.open_log()?;
        let stdout = log.try_clone().map_err(ClusterError::at(&self.cluster))?;
        let mut command = self.programs.command("postgres");
        command.arg("-D").arg(&self.cluster);
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        let mut sockets = OsString::from("unix_socket_directories=");
        sockets.push(&self.sockets);
        let child = command
            .arg("-c")
            .arg(sockets)
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(log)
            // Ctrl-C in a terminal reaches the server alone, which then stops PostgreSQL in order.
            .process_group(0)
            .spawn()
            .map_err(ClusterError::at(&self.cluster))?;
        Ok((Postmaster::Child(child), log_start))
    }

    /// A connection to the database `ava`, made if missing; `None` if PostgreSQL ended or nothing
    /// answers.
    async fn ready(
        &self,
        postmaster: &mut Postmaster,
        log_start: u64,
    ) -> Result<Option<PgConnection>, ClusterError> {
        let options = self.options();
        let mut answered = Instant::now();
        let attempts = async {
            loop {
                // Asked first, so that its end right after a failed attempt costs one more round.
                let running = postmaster.is_running();
                match options.connect().await {
                    Ok(connection) => return Ok(Some(connection)),
                    Err(error) => match error.as_database_error().and_then(DatabaseError::code) {
                        Some(code) if code == "3D000" => self.make_database().await?,
                        // Starting, stopping, or all connections taken.
                        Some(code) if code.starts_with("57") || code == "53300" => {
                            answered = Instant::now();
                        }
                        Some(_) => return Err(ClusterError::Refused(error)),
                        None if !running || answered.elapsed() > SILENCE_LIMIT => return Ok(None),
                        None => {}
                    },
                }
                sleep(POLL).await;
            }
        };
        timeout(READY_LIMIT, attempts)
            .await
            .unwrap_or_else(|_| Err(self.not_started(log_start)))
    }

    async fn make_database(&self) -> Result<(), ClusterError> {
        let made = async {
            let mut connection = self.options().database("postgres").connect().await?;
            sqlx::query("CREATE DATABASE ava")
                .execute(&mut connection)
                .await?;
            connection.close().await
        };
        made.await.map_err(|error: sqlx::Error| {
            if says_disk_full(&error.to_string()) {
                ClusterError::DiskFull(self.data.path().to_owned())
            } else {
                ClusterError::Refused(error)
            }
        })
    }

    fn not_started(&self, log_start: u64) -> ClusterError {
        let tail = self.data.log_tail(log_start);
        if says_disk_full(&tail) {
            ClusterError::DiskFull(self.data.path().to_owned())
        } else {
            ClusterError::NotStarted {
                log: self.data.log(),
                tail,
            }
        }
    }

    /// Restarts PostgreSQL whenever it ends, until told to stop it.
    pub(super) async fn supervise(
        self,
        mut postmaster: Postmaster,
        mut stop: oneshot::Receiver<()>,
    ) -> Result<(), ClusterError> {
        let mut pause = FIRST_PAUSE;
        loop {
            let started = Instant::now();
            tokio::select! {
                _ = &mut stop => return postmaster.stop().await,
                () = postmaster.ended() => {}
            }
            if started.elapsed() > STEADY_RUN {
                pause = FIRST_PAUSE;
            }
            postmaster = loop {
                tracing::error!(log = %self.data.log().display(), "PostgreSQL ended; restarting it in {pause:?}");
                tokio::select! {
                    _ = &mut stop => return Ok(()),
                    () = sleep(pause) => {}
                }
                pause = LONGEST_PAUSE.min(pause * 2);
                match self.spawn() {
                    Ok((postmaster, _)) => break postmaster,
                    Err(error) => tracing::error!(%error, "PostgreSQL could not be restarted"),
                }
            };
        }
    }

    /// The process that `postmaster.pid` names, and its socket's directory.
    fn pid_file(&self) -> Option<(Pid, PathBuf)> {
        let text = fs::read_to_string(self.cluster.join("postmaster.pid")).ok()?;
        let mut lines = text.lines();
        let pid = lines.next()?.trim().parse().ok()?;
        // Empty until it listens.
        let sockets = lines.nth(3).filter(|line| !line.is_empty());
        Some((
            Pid::from_raw(pid),
            sockets.map_or_else(|| self.sockets.clone(), PathBuf::from),
        ))
    }

    /// PostgreSQL refuses to start while any process of its user has the number in
    /// `postmaster.pid`, and numbers are given again, most often in containers. It makes an
    /// exception for its own parent, so that number goes in; the rest of the file stays, because it
    /// leads PostgreSQL to processes that still use the cluster's memory. The socket's lock has
    /// nothing more in it than the number.
    fn release_stale_pid(&self) -> Result<(), ClusterError> {
        let Some((pid, _)) = self.pid_file() else {
            return Ok(());
        };
        if !exists(pid) || is_postmaster(pid, &self.cluster) {
            return Ok(());
        }
        let path = self.cluster.join("postmaster.pid");
        fs::read_to_string(&path)
            .and_then(|text| {
                let own = Pid::this().to_string();
                fs::write(&path, text.replacen(&pid.to_string(), &own, 1))
            })
            .and_then(|()| fs::remove_file(self.sockets.join(format!(".s.PGSQL.{PORT}.lock"))))
            .or_else(|error| match error.kind() {
                io::ErrorKind::NotFound => Ok(()),
                _ => Err(ClusterError::at(&path)(error)),
            })
    }
}

impl Drop for Server {
    /// Leaves nothing under the system's folder for temporary files, unless PostgreSQL still listens.
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.sockets);
        self.data.release();
    }
}

/// PostgreSQL's main process.
pub(super) enum Postmaster {
    Child(Child),
    Adopted { pid: Pid, cluster: PathBuf },
}

impl Postmaster {
    /// Its number, unless it is known to have ended.
    fn pid(&self) -> Option<Pid> {
        match self {
            Self::Child(child) => child.id()?.try_into().ok().map(Pid::from_raw),
            Self::Adopted { pid, .. } => Some(*pid),
        }
    }

    fn is_running(&mut self) -> bool {
        match self {
            Self::Child(child) => matches!(child.try_wait(), Ok(None)),
            Self::Adopted { pid, cluster } => exists(*pid) && is_postmaster(*pid, cluster),
        }
    }

    async fn ended(&mut self) {
        match self {
            // It fails only when nothing is left to wait for.
            Self::Child(child) => drop(child.wait().await),
            // The system sends no word of a process that is not our child.
            Self::Adopted { .. } => {
                while self.is_running() {
                    sleep(10 * POLL).await;
                }
            }
        }
    }

    /// Fast shutdown, then immediate shutdown.
    async fn stop(mut self) -> Result<(), ClusterError> {
        let Some(pid) = self.pid() else {
            return Ok(());
        };
        for (signal, limit) in [
            (Signal::SIGINT, FAST_STOP_LIMIT),
            (Signal::SIGQUIT, IMMEDIATE_STOP_LIMIT),
        ] {
            if self.is_running() {
                // It may end on its own in between.
                let _ = kill(pid, signal);
            }
            if timeout(limit, self.ended()).await.is_ok() {
                return Ok(());
            }
        }
        Err(ClusterError::NotStopped(pid.as_raw()))
    }
}

/// Whether a process has this number, even one of another user.
fn exists(pid: Pid) -> bool {
    kill(pid, None) != Err(Errno::ESRCH)
}

/// Whether an existing process may be the postmaster of `cluster`, whose directory it works in.
/// Without `/proc`, or where that is not to be read, any process may.
fn is_postmaster(pid: Pid, cluster: &Path) -> bool {
    match fs::read_link(format!("/proc/{pid}/cwd")) {
        Ok(directory) => directory == cluster,
        // One that has ended and that nobody has asked about.
        Err(error) if error.kind() == io::ErrorKind::NotFound => !Path::new("/proc/self").exists(),
        Err(_) => true,
    }
}
