//! One vendor's HTTP: time-outs, bounded bodies, careful repeats, and a breaker in front.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Client, Method, RequestBuilder, StatusCode, redirect};
use serde_json::Value;
use url::Url;

use super::Failure;

/// The largest answer that is read, in bytes; a hundred assistants are well below it.
const BODY_LIMIT: usize = 4 * 1024 * 1024;
/// A read is repeated so often, unless it ran into its time-out.
const READS: u32 = 3;
/// A read waits for its turn at most so long, in seconds, when the vendor says `Retry-After`.
const PATIENCE: u64 = 3;
/// Failures in a row after which the vendor counts as dead, and for how long.
const FAILURES: u32 = 10;
const REST: Duration = Duration::from_secs(10);

/// The way to one vendor.
pub(super) struct Door {
    client: Client,
    base: Url,
    breaker: Breaker,
}

/// An answer whose body was read whole.
pub(super) struct Answer {
    pub status: StatusCode,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; `Null` where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl Door {
    pub fn new(base: &Url, timeout: Duration) -> reqwest::Result<Self> {
        // More than one is compiled in; a second call changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            // Vapi's front answers 403 to requests without one (observed).
            .user_agent(concat!("ava-onboarding/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(timeout.min(Duration::from_secs(3)))
            .timeout(timeout)
            .redirect(redirect::Policy::none())
            .build()?;
        Ok(Self {
            client,
            base: base.clone(),
            breaker: Breaker::default(),
        })
    }

    /// A request to a path below the base address. Whatever stands in a segment, it stays one.
    pub fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        self.client.request(method, url)
    }

    /// Sends a request that changes nothing, again if need be.
    pub async fn read(&self, request: RequestBuilder) -> Result<Answer, Failure> {
        for attempt in 1.. {
            let Some(again) = request.try_clone() else {
                return self.send(request).await.map_err(|lost| lost.failure);
            };
            let lost = match self.send(again).await {
                Ok(answer) => return Ok(answer),
                Err(lost) => lost,
            };
            let pause = match lost.failure {
                Failure::Busy => lost.retry_after.filter(|pause| pause.as_secs() <= PATIENCE),
                _ if lost.took_too_long => None,
                _ => Some(Duration::from_millis(200) * attempt),
            };
            match pause {
                Some(pause) if attempt < READS => tokio::time::sleep(pause).await,
                _ => return Err(lost.failure),
            }
        }
        Err(Failure::Unreachable { maybe_done: false })
    }

    /// Sends a request that changes something, once.
    pub async fn write(&self, request: RequestBuilder) -> Result<Answer, Failure> {
        self.send(request).await.map_err(|lost| lost.failure)
    }

    async fn send(&self, request: RequestBuilder) -> Result<Answer, Lost> {
        if !self.breaker.lets_through(Instant::now()) {
            return Err(Lost::before(false));
        }
        let answer = Self::exchange(request).await;
        let was_heard = !matches!(&answer, Err(lost) if lost.was_silent);
        self.breaker.count(was_heard, Instant::now());
        answer
    }

    async fn exchange(request: RequestBuilder) -> Result<Answer, Lost> {
        let mut response = request.send().await.map_err(|error| Lost {
            failure: Failure::Unreachable {
                maybe_done: !error.is_connect(),
            },
            was_silent: true,
            took_too_long: error.is_timeout(),
            retry_after: None,
        })?;
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            return Err(Lost {
                failure: Failure::Busy,
                was_silent: false,
                took_too_long: false,
                retry_after: retry_after(response.headers()),
            });
        }
        if status.is_server_error() {
            return Err(Lost {
                was_silent: false,
                ..Lost::before(true)
            });
        }
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= BODY_LIMIT => {
                    body.extend_from_slice(&chunk);
                }
                Ok(None) => return Ok(Answer { status, body }),
                Ok(Some(_)) => {
                    return Err(Lost {
                        was_silent: false,
                        ..Lost::before(true)
                    });
                }
                Err(error) => {
                    return Err(Lost {
                        took_too_long: error.is_timeout(),
                        ..Lost::before(true)
                    });
                }
            }
        }
    }
}

/// A request without a usable answer.
struct Lost {
    failure: Failure,
    /// Nothing was heard at all; only this counts for the breaker.
    was_silent: bool,
    took_too_long: bool,
    retry_after: Option<Duration>,
}

impl Lost {
    const fn before(maybe_done: bool) -> Self {
        Self {
            failure: Failure::Unreachable { maybe_done },
            was_silent: true,
            took_too_long: false,
            retry_after: None,
        }
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse();
    seconds.ok().map(Duration::from_secs)
}

/// Answers at once for a vendor that has been silent several times in a row, and lets one request
/// through after a rest.
#[derive(Default)]
struct Breaker(Mutex<(u32, Option<Instant>)>);

impl Breaker {
    fn lets_through(&self, now: Instant) -> bool {
        let Ok(mut state) = self.0.lock() else {
            return true;
        };
        match state.1 {
            Some(until) if now < until => false,
            Some(_) => {
                state.1 = Some(now + REST);
                true
            }
            None => true,
        }
    }

    fn count(&self, was_heard: bool, now: Instant) {
        let Ok(mut state) = self.0.lock() else { return };
        if was_heard {
            *state = (0, None);
        } else {
            state.0 += 1;
            if state.0 >= FAILURES {
                state.1 = Some(now + REST);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_breaker_opens_after_silence_and_closes_with_an_answer() {
        let (breaker, begun) = (Breaker::default(), Instant::now());
        for _ in 0..FAILURES {
            assert!(breaker.lets_through(begun));
            breaker.count(false, begun);
        }
        assert!(!breaker.lets_through(begun));
        let later = begun + REST;
        assert!(breaker.lets_through(later), "one may try");
        assert!(!breaker.lets_through(later), "only one");
        breaker.count(true, later);
        assert!(breaker.lets_through(later));
    }

    #[test]
    fn a_segment_leads_nowhere_else() {
        for (base, id, expected) in [
            ("https://api.example", "c-1", "https://api.example/call/c-1"),
            (
                "http://sandbox:1/vapi/",
                "c-1",
                "http://sandbox:1/vapi/call/c-1",
            ),
            (
                "https://api.example",
                "../assistant?x#y",
                "https://api.example/call/..%2Fassistant%3Fx%23y",
            ),
            ("https://api.example", "..", "https://api.example/call"),
        ] {
            let base = Url::parse(base).expect("an address");
            let door = Door::new(&base, REST).expect("a client");
            let request = door.request(Method::GET, &["call", id]).build();
            assert_eq!(request.expect("a request").url().as_str(), expected);
        }
    }

    #[test]
    fn only_seconds_are_understood_of_retry_after() {
        let headers = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, value.parse().expect("a header"));
            headers
        };
        assert_eq!(retry_after(&headers("2")), Some(Duration::from_secs(2)));
        assert_eq!(retry_after(&headers("soon")), None);
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
