//! What the cluster keeps on disk: the data directory and everything in it.

use std::{
    fs::{self, DirBuilder, File, Metadata, Permissions, TryLockError},
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown},
    },
    path::{Path, PathBuf},
};

use nix::unistd::{Uid, User};
use rand::{Rng, distr::Alphanumeric};
use tokio::process::Command;

use super::{ClusterError, NAME, leading_number, says_disk_full};

/// The longest path of a socket's directory: the system allows a socket 103 bytes at least, and
/// PostgreSQL adds a name to it.
const SOCKETS_MAX: usize = 85;
const LOG_MAX: u64 = 10 * 1024 * 1024;
const TAIL_BYTES: u64 = 4096;
const TAIL_LINES: usize = 12;

/// The data directory, held until released or dropped.
pub(super) struct DataDir {
    path: PathBuf,
    lock: File,
    /// Whom PostgreSQL runs as when the server is root, which PostgreSQL refuses to be.
    user: Option<User>,
}

impl DataDir {
    /// Makes the directory if missing and takes its lock.
    pub(super) fn open(path: &Path) -> Result<Self, ClusterError> {
        let root = Uid::effective().is_root();
        DirBuilder::new()
            .recursive(true)
            .mode(if root { 0o711 } else { 0o700 })
            .create(path)
            .map_err(ClusterError::at(path))?;
        let path = path.canonicalize().map_err(ClusterError::at(path))?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(path.join("lock"))
            .map_err(ClusterError::at(&path))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => ClusterError::InUse(path.clone()),
            TryLockError::Error(error) => ClusterError::at(&path)(error),
        })?;
        let user = root.then(|| unprivileged_user(&path)).flatten();
        if let Some(user) = &user {
            let metadata = path.metadata().map_err(ClusterError::at(&path))?;
            if !may_enter(&metadata, user) {
                fs::set_permissions(
                    &path,
                    Permissions::from_mode(metadata.mode() & 0o7777 | 0o111),
                )
                .map_err(ClusterError::at(&path))?;
            }
            check_reachable(&path, user)?;
        }
        Ok(Self { path, lock, user })
    }

    /// Lets the next server in. Closing the file would not be enough: a program that another thread
    /// is just starting holds a copy of it until it runs.
    pub(super) fn release(&self) {
        let _ = self.lock.unlock();
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }

    /// The cluster's directory, as PostgreSQL itself will name it.
    pub(super) fn cluster(&self) -> Result<PathBuf, ClusterError> {
        let path = self.path.join("postgres");
        path.canonicalize().map_err(ClusterError::at(&path))
    }

    /// The major version of the cluster; `None` if there is no cluster yet.
    pub(super) fn cluster_version(&self) -> Result<Option<u32>, ClusterError> {
        let cluster = self.path.join("postgres");
        let text = match fs::read_to_string(cluster.join("PG_VERSION")) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            text => text.map_err(ClusterError::at(&cluster))?,
        };
        if let Some(version) = leading_number(&text) {
            return Ok(Some(version));
        }
        match fs::read_dir(&cluster) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            entries => match entries.map_err(ClusterError::at(&cluster))?.next() {
                None => Ok(None),
                Some(_) => Err(ClusterError::NotACluster(cluster)),
            },
        }
    }

    /// Makes the cluster in a directory beside its place and moves it there when complete.
    pub(super) async fn make_cluster(&self, mut initdb: Command) -> Result<(), ClusterError> {
        let new = self.path.join("postgres.new");
        remove_dir(&new)?;
        let password = self.make_password()?;
        self.private_dir(&new)?;
        let output = initdb
            .arg("--pgdata")
            .arg(&new)
            .arg("--pwfile")
            .arg(password)
            .args([
                "--username",
                NAME,
                "--auth=scram-sha-256",
                "--data-checksums",
            ])
            // Order by code point, which no update of the system changes, and letters of all languages.
            .args(["--encoding=UTF8", "--locale=C", "--lc-ctype"])
            .arg(if cfg!(target_os = "macos") {
                "en_US.UTF-8"
            } else {
                "C.UTF-8"
            })
            // If we are killed, the lock stays held until initdb has ended.
            .stdin(
                self.lock
                    .try_clone()
                    .map_err(ClusterError::at(&self.path))?,
            )
            .kill_on_drop(true)
            .output()
            .await
            .map_err(ClusterError::at(&new))?;
        if !output.status.success() {
            remove_dir(&new)?;
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(if says_disk_full(&said) {
                ClusterError::DiskFull(self.path.clone())
            } else {
                ClusterError::NotMade(said)
            });
        }
        fs::rename(&new, self.path.join("postgres"))
            .and_then(|()| File::open(&self.path)?.sync_all())
            .map_err(ClusterError::at(&self.path))?;
        tracing::info!(directory = %self.path.display(), "made a PostgreSQL cluster");
        Ok(())
    }

    /// The password of the cluster's superuser.
    pub(super) fn password(&self) -> Result<String, ClusterError> {
        let path = self.password_file();
        fs::read_to_string(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => ClusterError::PasswordMissing(path),
            _ => ClusterError::at(&path)(error),
        })
    }

    fn password_file(&self) -> PathBuf {
        self.path.join("postgres.password")
    }

    fn make_password(&self) -> Result<PathBuf, ClusterError> {
        let path = self.password_file();
        let password: Vec<u8> = rand::rng().sample_iter(Alphanumeric).take(32).collect();
        let write = || {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = File::options()
                .create_new(true)
                .write(true)
                .mode(0o600)
                .open(&path)?;
            file.write_all(&password)?;
            file.sync_all()?;
            self.give(&path)
        };
        write().map_err(ClusterError::at(&path))?;
        Ok(path)
    }

    /// Where PostgreSQL listens.
    pub(super) fn sockets(&self) -> PathBuf {
        let path = self.path.join("postgres.sockets");
        let name = path.as_os_str().as_bytes();
        // PostgreSQL takes a list with commas and notes it on a line of its own.
        if name.len() <= SOCKETS_MAX && !name.iter().any(|byte| b",\n".contains(byte)) {
            return path;
        }
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        std::env::temp_dir().join(format!("{NAME}-{:016x}", hasher.finish()))
    }

    /// A directory for PostgreSQL alone, made if missing.
    pub(super) fn private_dir(&self, path: &Path) -> Result<(), ClusterError> {
        match DirBuilder::new().mode(0o700).create(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(ClusterError::at(path)(error));
            }
            _ => {}
        }
        // In a folder shared with others it may be somebody else's trap.
        let metadata = path.symlink_metadata().map_err(ClusterError::at(path))?;
        let own = [
            Some(Uid::effective()),
            self.user.as_ref().map(|user| user.uid),
        ];
        if !metadata.is_dir() || !own.contains(&Some(metadata.uid().into())) {
            return Err(ClusterError::NotWritable(path.to_owned()));
        }
        fs::set_permissions(path, Permissions::from_mode(0o700))
            .and_then(|()| self.give(path))
            .map_err(ClusterError::at(path))?;
        self.user
            .as_ref()
            .map_or(Ok(()), |user| check_reachable(path, user))
    }

    /// Hands a path to the user PostgreSQL runs as.
    fn give(&self, path: &Path) -> io::Result<()> {
        let Some(user) = &self.user else {
            return Ok(());
        };
        chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw()))
    }

    pub(super) fn log(&self) -> PathBuf {
        self.path.join("postgres.log")
    }

    /// Opens PostgreSQL's log to be continued, emptied if it has grown too long; also its length.
    pub(super) fn open_log(&self) -> Result<(File, u64), ClusterError> {
        let path = self.log();
        let open = || {
            let log = File::options()
                .create(true)
                .append(true)
                .mode(0o600)
                .open(&path)?;
            if log.metadata()?.len() > LOG_MAX {
                log.set_len(0)?;
            }
            let length = log.metadata()?.len();
            Ok((log, length))
        };
        open().map_err(ClusterError::at(&path))
    }

    /// The log's last lines after `start`.
    pub(super) fn log_tail(&self, start: u64) -> String {
        let read = || {
            let mut log = File::open(self.log())?;
            let start = start.max(log.metadata()?.len().saturating_sub(TAIL_BYTES));
            log.seek(SeekFrom::Start(start))?;
            let mut bytes = Vec::new();
            log.read_to_end(&mut bytes)?;
            Ok::<_, io::Error>(String::from_utf8_lossy(&bytes).into_owned())
        };
        let text = read().unwrap_or_default();
        let lines: Vec<_> = text.lines().collect();
        lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
    }
}

/// Removes a directory with all that is in it, if there is one.
pub(super) fn remove_dir(path: &Path) -> Result<(), ClusterError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(ClusterError::at(path)(error)),
        _ => Ok(()),
    }
}

/// Whom PostgreSQL runs as for root: the cluster's owner if there is one already.
fn unprivileged_user(data_dir: &Path) -> Option<User> {
    let owner = data_dir
        .join("postgres")
        .metadata()
        .map_or(0, |metadata| metadata.uid());
    let owner = Uid::from_raw(owner);
    (!owner.is_root())
        .then(|| User::from_uid(owner).ok().flatten())
        .flatten()
        .or_else(|| {
            ["postgres", "nobody"]
                .iter()
                .find_map(|name| User::from_name(name).ok().flatten())
        })
}

fn check_reachable(path: &Path, user: &User) -> Result<(), ClusterError> {
    for directory in path.ancestors().skip(1) {
        let metadata = directory.metadata().map_err(ClusterError::at(directory))?;
        if !may_enter(&metadata, user) {
            return Err(ClusterError::Unreachable {
                directory: directory.to_owned(),
                user: user.name.clone(),
            });
        }
    }
    Ok(())
}

fn may_enter(directory: &Metadata, user: &User) -> bool {
    let bit = if directory.uid() == user.uid.as_raw() {
        0o100
    } else if directory.gid() == user.gid.as_raw() {
        0o010
    } else {
        0o001
    };
    directory.mode() & bit != 0
}
