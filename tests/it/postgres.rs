//! The server's own PostgreSQL, run for real: each test has a data directory and a cluster of its own.

use std::{
    ffi::OsString,
    fs,
    io::{BufRead, BufReader},
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use ava::server::postgres::{Cluster, ClusterError};
use nix::{
    sys::signal::{Signal, kill},
    unistd::{Gid, Pid, Uid},
};
use sqlx::{ConnectOptions, PgConnection, PgPool, postgres::PgPoolOptions};
use tokio::runtime::Runtime;

/// Set for a copy of this program that plays a server: to its data directory.
const CHILD: &str = "AVA_TEST_CLUSTER";

/// Long enough for a busy machine: PostgreSQL first writes all its files to disk.
const RESTART_LIMIT: Duration = Duration::from_mins(1);

/// A data directory, removed at the end together with what still runs in it.
struct DataDir(PathBuf);

impl DataDir {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ava-test-{}-{name}", std::process::id()));
        fs::create_dir(&path).unwrap();
        Self(path.canonicalize().unwrap())
    }

    fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn postmaster(&self) -> Option<Pid> {
        let text = fs::read_to_string(self.join("postgres/postmaster.pid")).ok()?;
        Some(Pid::from_raw(text.lines().next()?.trim().parse().ok()?))
    }
}

impl Drop for DataDir {
    fn drop(&mut self) {
        if thread::panicking()
            && let Some(pid) = self.postmaster()
        {
            let _ = kill(pid, Signal::SIGQUIT);
            thread::sleep(Duration::from_secs(1));
        }
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn connect(cluster: &Cluster) -> PgConnection {
    cluster.connect_options().connect().await.unwrap()
}

async fn write(cluster: &Cluster) {
    sqlx::raw_sql("CREATE TABLE kept (text text); INSERT INTO kept VALUES ('Éva שלום')")
        .execute(&mut connect(cluster).await)
        .await
        .unwrap();
}

async fn read(cluster: &Cluster) -> String {
    sqlx::query_scalar("SELECT lower(text) FROM kept")
        .fetch_one(&mut connect(cluster).await)
        .await
        .unwrap()
}

const READ: &str = "éva שלום";

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().mode() & 0o777
}

/// Every file under `path` with its content.
fn snapshot(path: &Path) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(snapshot(&path));
        } else {
            files.push((path.clone(), fs::read_to_string(path).unwrap()));
        }
    }
    files.sort();
    files
}

/// The command that runs `test` alone, in a copy of this program.
fn copy_of(test: &str) -> [OsString; 4] {
    let (_, module) = module_path!().split_once("::").unwrap();
    [
        std::env::current_exe().unwrap().into(),
        "--exact".into(),
        format!("{module}::{test}").into(),
        "--nocapture".into(),
    ]
}

/// Starts a cluster in a copy of this program running `test`, and kills that copy.
fn start_and_kill(test: &str, data: &DataDir) {
    let [program, args @ ..] = copy_of(test);
    let mut server = Command::new(program)
        .args(args)
        .env(CHILD, &data.0)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    assert!(
        lines.any(|line| line.unwrap().ends_with("ready")),
        "the server ended early"
    );
    server.kill().unwrap();
    server.wait().unwrap();
}

/// In such a copy, starts the cluster and never returns.
async fn play_killed_server() {
    if let Some(path) = std::env::var_os(CHILD) {
        let cluster = Cluster::start(Path::new(&path)).await.unwrap();
        write(&cluster).await;
        println!("ready");
        std::future::pending::<()>().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn makes_a_cluster_once_and_keeps_its_data() {
    let data = DataDir::new("once");
    let cluster = Cluster::start(&data.0).await.unwrap();
    write(&cluster).await;
    let (server, encoding): (String, String) = sqlx::query_as(
        "SELECT current_setting('listen_addresses'), current_setting('server_encoding')",
    )
    .fetch_one(&mut connect(&cluster).await)
    .await
    .unwrap();
    assert_eq!((server.as_str(), encoding.as_str()), ("", "UTF8"));
    cluster.stop().await.unwrap();
    assert_eq!(data.postmaster(), None);

    let cluster = Cluster::start(&data.0).await.unwrap();
    assert_eq!(read(&cluster).await, READ);
    cluster.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_others_out() {
    let data = DataDir::new("modes");
    let cluster = Cluster::start(&data.0).await.unwrap();
    assert_eq!(mode(&data.join("postgres")), 0o700);
    assert_eq!(mode(&data.join("postgres.sockets")), 0o700);
    assert_eq!(mode(&data.join("postgres.password")), 0o600);
    assert_eq!(mode(&data.join("postgres.log")), 0o600);
    let wrong = cluster.connect_options().password("wrong");
    assert!(wrong.connect().await.is_err());
    cluster.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn serves_one_server_at_a_time() {
    let data = DataDir::new("twice");
    let (cluster, refusal) = match tokio::join!(Cluster::start(&data.0), Cluster::start(&data.0)) {
        (Ok(cluster), Err(refusal)) | (Err(refusal), Ok(cluster)) => (cluster, refusal),
        other => panic!("{other:?}"),
    };
    assert!(
        matches!(&refusal, ClusterError::InUse(path) if *path == data.0),
        "{refusal}"
    );
    assert!(
        refusal.to_string().contains(data.0.to_str().unwrap()),
        "{refusal}"
    );
    write(&cluster).await;
    let again = Cluster::start(&data.0).await.unwrap_err();
    assert!(matches!(again, ClusterError::InUse(_)), "{again}");
    assert_eq!(read(&cluster).await, READ);
    cluster.stop().await.unwrap();
}

#[test]
fn starts_again_at_once_while_other_programs_are_being_started() {
    let data = DataDir::new("again");
    let over = AtomicBool::new(false);
    let start_programs = || {
        while !over.load(Relaxed) {
            // A group of its own makes the standard library fork.
            Command::new("true")
                .gid(Gid::current().into())
                .status()
                .unwrap();
        }
    };
    let outcome = thread::scope(|scope| {
        scope.spawn(start_programs);
        scope.spawn(start_programs);
        let outcome = Runtime::new().unwrap().block_on(async {
            for _ in 0..5 {
                Cluster::start(&data.0).await?.stop().await?;
            }
            Ok::<_, ClusterError>(())
        });
        over.store(true, Relaxed);
        outcome
    });
    outcome.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_a_cluster_of_another_version() {
    let data = DataDir::new("version");
    fs::create_dir(data.join("postgres")).unwrap();
    fs::write(data.join("postgres/PG_VERSION"), "99\n").unwrap();
    let before = snapshot(&data.join("postgres"));
    let error = Cluster::start(&data.0).await.unwrap_err();
    let ClusterError::WrongVersion {
        cluster: 99,
        programs,
        ..
    } = error
    else {
        panic!("{error}")
    };
    let text = error.to_string();
    assert!(
        text.contains("PostgreSQL 99") && text.contains(&programs.to_string()),
        "{text}"
    );
    assert_eq!(snapshot(&data.join("postgres")), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn leaves_foreign_files_alone() {
    let data = DataDir::new("foreign");
    fs::create_dir(data.join("postgres")).unwrap();
    fs::write(data.join("postgres/notes.txt"), "mine").unwrap();
    let before = snapshot(&data.join("postgres"));
    let error = Cluster::start(&data.0).await.unwrap_err();
    assert!(
        matches!(&error, ClusterError::NotACluster(path) if *path == data.join("postgres")),
        "{error}"
    );
    assert_eq!(snapshot(&data.join("postgres")), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_the_directory_it_cannot_use() {
    use std::os::unix::fs::PermissionsExt;
    let data = DataDir::new("closed");
    if Uid::effective().is_root() {
        fs::set_permissions(&data.0, fs::Permissions::from_mode(0o700)).unwrap();
        let error = Cluster::start(&data.join("inner")).await.unwrap_err();
        assert!(
            matches!(&error, ClusterError::Unreachable { directory, .. } if *directory == data.0),
            "{error}"
        );
    } else {
        fs::set_permissions(&data.0, fs::Permissions::from_mode(0o500)).unwrap();
        let error = Cluster::start(&data.0).await.unwrap_err();
        assert!(
            matches!(&error, ClusterError::NotWritable(path) if *path == data.0),
            "{error}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn makes_the_cluster_anew_after_an_interruption() {
    // So long that the socket has to go elsewhere.
    let data = DataDir::new(&"interrupted".repeat(9));
    fs::create_dir_all(data.join("postgres.new/base")).unwrap();
    fs::write(data.join("postgres.new/PG_VERSION"), "15\n").unwrap();
    fs::write(data.join("postgres.password"), "").unwrap();
    let cluster = Cluster::start(&data.0).await.unwrap();
    assert!(!data.join("postgres.new").exists());
    assert!(!data.join("postgres.sockets").exists());
    write(&cluster).await;
    assert_eq!(read(&cluster).await, READ);
    cluster.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn restarts_a_killed_postgresql() {
    let data = DataDir::new("killed");
    let cluster = Cluster::start(&data.0).await.unwrap();
    write(&cluster).await;
    let pool: PgPool = PgPoolOptions::new()
        .connect_with(cluster.connect_options())
        .await
        .unwrap();
    // It does not notice at once that its postmaster is gone, and keeps the cluster's memory.
    let mut busy = connect(&cluster).await;
    let busy = tokio::spawn(async move {
        sqlx::query(
            "DO $$ DECLARE start timestamptz := clock_timestamp(); BEGIN
             WHILE clock_timestamp() < start + interval '2 s' LOOP END LOOP; END $$",
        )
        .execute(&mut busy)
        .await
    });
    tokio::time::sleep(Duration::from_millis(200)).await;

    let killed = data.postmaster().unwrap();
    kill(killed, Signal::SIGKILL).unwrap();
    let killed_at = Instant::now();
    let text = loop {
        match sqlx::query_scalar::<_, String>("SELECT lower(text) FROM kept")
            .fetch_one(&pool)
            .await
        {
            Ok(text) if data.postmaster() != Some(killed) => break text,
            _ if killed_at.elapsed() > RESTART_LIMIT => panic!("no restart"),
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    assert_eq!(text, READ);
    let _ = busy.await.unwrap();
    pool.close().await;
    cluster.stop().await.unwrap();
    assert_eq!(data.postmaster(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn adopts_what_a_killed_server_left_running() {
    play_killed_server().await;
    let data = DataDir::new("adopted");
    start_and_kill("adopts_what_a_killed_server_left_running", &data);
    let left = data.postmaster().unwrap();

    let cluster = Cluster::start(&data.0).await.unwrap();
    assert_eq!(data.postmaster(), Some(left));
    assert_eq!(read(&cluster).await, READ);

    kill(left, Signal::SIGKILL).unwrap();
    let killed_at = Instant::now();
    while cluster.connect_options().connect().await.is_err() || data.postmaster() == Some(left) {
        assert!(killed_at.elapsed() < RESTART_LIMIT, "no restart");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(read(&cluster).await, READ);
    cluster.stop().await.unwrap();
    assert_eq!(data.postmaster(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn is_not_misled_by_a_number_given_again() {
    play_killed_server().await;
    let data = DataDir::new("number");
    start_and_kill("is_not_misled_by_a_number_given_again", &data);
    kill(data.postmaster().unwrap(), Signal::SIGKILL).unwrap();

    let owner = data.join("postgres").metadata().unwrap();
    let mut other = Command::new("sleep")
        .arg("60")
        .uid(owner.uid())
        .spawn()
        .unwrap();
    let lock = data.join("postgres/postmaster.pid");
    let text = fs::read_to_string(&lock).unwrap();
    let (_, rest) = text.split_once('\n').unwrap();
    fs::write(&lock, format!("{}\n{rest}", other.id())).unwrap();
    fs::write(
        data.join("postgres.sockets/.s.PGSQL.5432.lock"),
        format!("{}\n", other.id()),
    )
    .unwrap();

    let cluster = Cluster::start(&data.0).await;
    other.kill().unwrap();
    other.wait().unwrap();
    let cluster = cluster.unwrap();
    assert_eq!(read(&cluster).await, READ);
    cluster.stop().await.unwrap();
}

/// Runs a command while a small disk is mounted at `$0`.
const ON_SMALL_DISK: &str = r#"
    mount -t tmpfs -o size=8m,mode=711 tmpfs "$0" || exit
    "$@"
    status=$?
    umount "$0" && exit $status
"#;

/// A copy of this program fills the small disk: here, a program that another test is just starting
/// could hold the disk and keep it from being unmounted.
#[tokio::test(flavor = "multi_thread")]
async fn says_that_the_disk_is_full() {
    if let Some(path) = std::env::var_os(CHILD) {
        let path = PathBuf::from(path);
        let error = Cluster::start(&path).await.unwrap_err();
        assert!(
            matches!(&error, ClusterError::DiskFull(full) if *full == path),
            "{error}"
        );
        assert!(!path.join("postgres.new").exists() && !path.join("postgres").exists());
        println!("ready");
        return;
    }
    let data = DataDir::new("full");
    let shell: &[&str] = if Uid::effective().is_root() {
        &["sh"]
    } else {
        &[
            "unshare",
            "--user",
            "--map-current-user",
            "--keep-caps",
            "--mount",
            "sh",
        ]
    };
    let copy = Command::new(shell[0])
        .args(&shell[1..])
        .args(["-c", ON_SMALL_DISK])
        .arg(&data.0)
        .args(copy_of("says_that_the_disk_is_full"))
        .env(CHILD, &data.0)
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&copy.stdout);
    assert!(
        copy.status.success() && output.lines().any(|line| line.ends_with("ready")),
        "{output}{}",
        String::from_utf8_lossy(&copy.stderr)
    );
}
