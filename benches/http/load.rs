//! Requests over kept connections, and how long their answers took.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub const CONNECTIONS: usize = 16;
/// Many short rounds: what else the machine does meets all sides alike.
pub const ROUND: Duration = Duration::from_millis(500);
pub const ROUNDS: usize = 48;

/// The place of a request: its round, its connection, and how many this connection sent in the round before.
#[derive(Clone, Copy)]
pub struct Place {
    pub round: usize,
    pub connection: usize,
    pub count: usize,
}

/// What is sent to an address, as long as there is more.
#[derive(Clone)]
pub struct Load {
    address: SocketAddr,
    request: Arc<dyn Fn(Place) -> Option<String> + Send + Sync>,
}

impl Load {
    pub fn new(
        address: SocketAddr,
        request: impl Fn(Place) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            address,
            request: Arc::new(request),
        }
    }

    /// The same page again and again.
    pub fn page(address: SocketAddr, path: &str, cookie: &str) -> Self {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\n\r\n");
        Self::new(address, move |_| Some(request.clone()))
    }

    /// Sends until the time is over, so many were sent, or there is no more.
    pub async fn run(&self, round: usize, time: Duration, most: usize) -> Latencies {
        let until = Instant::now() + time;
        let tasks: Vec<_> = (0..CONNECTIONS)
            .map(|connection| {
                let load = self.clone();
                tokio::spawn(async move {
                    let mut stream = connect(load.address).await;
                    let mut latencies = Vec::new();
                    let mut buffer = Vec::with_capacity(128 * 1024);
                    while Instant::now() < until && latencies.len() < most / CONNECTIONS {
                        let place = Place {
                            round,
                            connection,
                            count: latencies.len(),
                        };
                        let Some(request) = (load.request)(place) else {
                            break;
                        };
                        let begun = Instant::now();
                        stream.write_all(request.as_bytes()).await.expect("sends");
                        read_answer(&mut stream, &mut buffer).await;
                        latencies.push(begun.elapsed());
                    }
                    latencies
                })
            })
            .collect();
        let mut all = Vec::new();
        for task in tasks {
            all.extend(task.await.expect("no panic"));
        }
        Latencies::of(all)
    }
}

/// How long answers took, the quickest first.
pub struct Latencies(Vec<Duration>);

impl Latencies {
    fn of(mut all: Vec<Duration>) -> Self {
        all.sort_unstable();
        Self(all)
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Requests/s of all connections together, as long as they were busy.
    pub fn rate(&self) -> f64 {
        let busy: Duration = self.0.iter().sum();
        CONNECTIONS as f64 * self.0.len() as f64 / busy.as_secs_f64()
    }

    /// In milliseconds.
    pub fn percentile(&self, percent: usize) -> f64 {
        self.0[(self.0.len() - 1) * percent / 100].as_secs_f64() * 1_000.0
    }
}

/// What one side reached, round by round.
#[derive(Default)]
pub struct Side {
    rounds: Vec<Latencies>,
    /// Requests in all, those of the round that warms up among them.
    pub sent: usize,
}

impl Side {
    pub fn all(&self) -> Latencies {
        Latencies::of(
            self.rounds
                .iter()
                .flat_map(|round| round.0.clone())
                .collect(),
        )
    }

    /// The requests/s beside another side's, round by round.
    pub fn beside(&self, other: &Self) -> Ratio {
        let rounds = self.rounds.iter().zip(&other.rounds);
        let mut ratios: Vec<f64> = rounds
            .map(|(mine, theirs)| mine.rate() / theirs.rate())
            .collect();
        ratios.sort_unstable_by(f64::total_cmp);
        let quarter = |quarters: usize| ratios[(ratios.len() - 1) * quarters / 4];
        Ratio {
            low: quarter(1),
            median: quarter(2),
            high: quarter(3),
        }
    }
}

/// The quartiles of the ratios of all rounds.
pub struct Ratio {
    pub low: f64,
    pub median: f64,
    pub high: f64,
}

/// Lets each side run once in every round, in the other order every second time. One round before warms up.
pub async fn in_turns(loads: impl IntoIterator<Item = Load>) -> Vec<Side> {
    let mut sides: Vec<(Load, Side)> = loads
        .into_iter()
        .map(|load| (load, Side::default()))
        .collect();
    for round in 0..=ROUNDS {
        for (load, side) in &mut sides {
            let latencies = load.run(round, ROUND, usize::MAX).await;
            side.sent += latencies.count();
            if round > 0 {
                side.rounds.push(latencies);
            }
        }
        sides.reverse();
    }
    if ROUNDS.is_multiple_of(2) {
        sides.reverse();
    }
    sides.into_iter().map(|(_, side)| side).collect()
}

async fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).await.expect("connects");
    stream.set_nodelay(true).expect("nodelay");
    stream
}

/// Reads one whole answer with status 200.
async fn read_answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) {
    buffer.clear();
    let head = loop {
        read_more(stream, buffer).await;
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let headers = String::from_utf8_lossy(&buffer[..head]).to_lowercase();
    assert!(headers.starts_with("http/1.1 200"), "{headers}");
    let length: Option<usize> = headers.split_once("content-length: ").map(|(_, rest)| {
        let length = rest.split('\r').next().unwrap_or_default();
        length.parse().expect("a length")
    });
    let is_whole = |buffer: &[u8]| match length {
        Some(length) => buffer.len() >= head + length,
        None => buffer.ends_with(b"0\r\n\r\n"),
    };
    while !is_whole(buffer) {
        read_more(stream, buffer).await;
    }
}

async fn read_more(stream: &mut TcpStream, buffer: &mut Vec<u8>) {
    let read = stream.read_buf(buffer).await.expect("reads");
    assert!(read > 0, "the connection was closed");
}

/// Sends one request and gives the whole answer; `HTTP/1.0` brings it without chunks.
pub async fn ask(address: SocketAddr, request: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}
