//! Release programs as processes.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::STEP;
use super::browser::Browser;
use super::load::{Load, ask};

/// A release build: its program and its assets.
pub struct Build {
    program: PathBuf,
    site: PathBuf,
}

impl Build {
    /// The one that `make bench` has just made.
    pub fn own() -> Self {
        let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned());
        Self::at(Path::new(&target).join("release/ava"))
    }

    /// The one to compare with, which `AGAINST` names.
    pub fn other() -> Option<Self> {
        let path = std::env::var("AGAINST")
            .ok()
            .filter(|path| !path.is_empty());
        path.map(|path| Self::at(path.into()))
    }

    /// Assets lie beside the program, or are the ones of this build.
    fn at(program: PathBuf) -> Self {
        let beside = program.with_file_name("site");
        let site = if beside.is_dir() {
            beside
        } else {
            "target/site".into()
        };
        Self { program, site }
    }

    /// What a first visit loads, as brotli has left it: wasm with js, and css.
    pub fn asset_sizes(&self) -> (u64, u64) {
        let (mut code, mut css) = (0, 0);
        for entry in fs::read_dir(self.site.join("pkg")).expect("the release build's assets") {
            let entry = entry.expect("a file");
            let name = entry.file_name().to_string_lossy().into_owned();
            let size = entry.metadata().expect("its size").len();
            if name.ends_with(".wasm.br") || name.ends_with(".js.br") {
                code += size;
            } else if name.ends_with(".css.br") {
                css += size;
            }
        }
        (code, css)
    }
}

/// A running program; it ends with the run.
pub struct Program {
    child: Child,
    log: PathBuf,
    pub address: SocketAddr,
}

impl Program {
    /// Starts a build with its data in a folder, and waits until it answers.
    pub async fn start(build: &Build, folder: &Path, variables: &[(&str, &str)]) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("its address");
        drop(free);
        let log = folder.with_extension("log");
        let child = Command::new(&build.program)
            .arg("serve")
            .env_remove("DATABASE_URL")
            .env("AVA_ENV", "development")
            .env("AVA_DATA_DIR", folder)
            .env("LEPTOS_SITE_ADDR", address.to_string())
            .env("LEPTOS_SITE_ROOT", &build.site)
            .envs(variables.iter().copied())
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log).expect("a log"))
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", build.program.display()));
        let program = Self {
            child,
            log,
            address,
        };
        program.wait().await;
        program
    }

    async fn wait(&self) {
        let begun = Instant::now();
        let request = format!("GET /readyz HTTP/1.0\r\nhost: {}\r\n\r\n", self.address);
        while !ask(self.address, &request)
            .await
            .is_ok_and(|answer| answer.contains(" 200 "))
        {
            assert!(
                begun.elapsed() < Duration::from_mins(1),
                "the program does not answer"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// In KB.
    fn resident(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("its status");
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = resident.and_then(|rest| rest.split_whitespace().next());
        number
            .and_then(|number| number.parse().ok())
            .expect("its resident memory")
    }

    fn complaints(&self) -> usize {
        let log = fs::read_to_string(&self.log).expect("its log");
        let is_complaint = |line: &&str| line.contains("ERROR") || line.contains("panicked");
        log.lines().filter(is_complaint).count()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        let _ = self.child.wait();
    }
}

/// What a program needs by itself.
pub struct Alone {
    pub start: Duration,
    pub requests: usize,
    /// In KB.
    pub resident: u64,
    pub complaints: usize,
}

/// Starts a build on its own PostgreSQL twice, the second time on an existing database, sends it 100,000
/// pages, and looks at its memory and its log.
pub async fn alone(build: &Build, folder: &Path) -> Alone {
    drop(Program::start(build, folder, &[]).await);
    let begun = Instant::now();
    let program = Program::start(build, folder, &[]).await;
    let start = begun.elapsed();
    let browser = Browser::sign_up(program.address).await;
    let load = Load::page(program.address, STEP, &browser.cookie);
    let latencies = load.run(0, Duration::from_mins(10), 100_000).await;
    Alone {
        start,
        requests: latencies.count(),
        resident: program.resident(),
        complaints: program.complaints(),
    }
}
