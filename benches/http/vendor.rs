//! Vapi on two days: it never says a word, and it posts many events.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use sqlx::PgPool;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::browser::Browser;
use super::inside;
use super::load::{CONNECTIONS, Load};

/// Less than a program waits for a vendor.
const A_WHILE: Duration = Duration::from_secs(4);

/// Takes connections and never answers.
pub async fn silent() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    address
}

/// Pages/s while these customers wait ten seconds each for the silent vendor, of the usual ones.
pub async fn pages_beside_silence(pages: &Load, customers: &[Browser]) -> f64 {
    let run = || async { pages.run(0, A_WHILE, usize::MAX).await.rate() };
    // Before and after, so that what changes with time alone does not count.
    let before = run().await;
    let asking: Vec<JoinHandle<()>> = (customers.iter().cloned())
        .map(|customer| {
            tokio::spawn(async move {
                let form = customer.open("/en/onboarding/vapi").await;
                form.submit("vapi_api_key=a-key").await;
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let beside = run().await;
    let are_asking = asking.iter().all(|asks| !asks.is_finished());
    for asks in asking {
        asks.await.expect("no panic");
    }
    assert!(are_asking, "the vendor was silent all the while");
    beside / f64::midpoint(before, run().await)
}

pub struct Events {
    /// Deliveries per second.
    pub rate: f64,
    pub stored: usize,
    pub expected: usize,
}

/// Posts events, every second one twice, every third with a wrong secret; counts the calls that came to be
/// stored beside those that should.
pub async fn deliver_events(pool: &PgPool, address: SocketAddr, encryption_key: &str) -> Events {
    const EVENTS: usize = 2_000;
    let (assistant, secret) = (Uuid::new_v4(), "a-secret");
    let user = sqlx::query_scalar("SELECT user_id FROM user_onboarding LIMIT 1");
    let user: Uuid = user.fetch_one(pool).await.expect("a customer");
    sqlx::query(
        "INSERT INTO assistants (id, user_id, name, voice, first_message, instructions, webhook_secret_encrypted)
         VALUES ($1, $2, 'Ava', 'en-US-JennyNeural', 'Hello', 'Answer', $3)",
    )
    .bind(assistant)
    .bind(user)
    .bind(inside::seal_webhook_secret(encryption_key, user, secret))
    .execute(pool)
    .await
    .expect("an assistant");
    // A second call changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    let url = format!("http://{address}/webhooks/vapi/{assistant}");
    let begun = Instant::now();
    let tasks: Vec<_> = (0..CONNECTIONS)
        .map(|task| {
            let (client, url) = (client.clone(), url.clone());
            tokio::spawn(async move {
                let mut deliveries = 0_u32;
                for event in (task..EVENTS).step_by(CONNECTIONS) {
                    let is_wrong = event % 3 == 0;
                    let times = if event % 2 == 0 { 2 } else { 1 };
                    for _ in 0..times {
                        let body = format!(
                            r#"{{"message":{{"type":"status-update","status":"ringing","call":{{"id":"{event}"}}}}}}"#
                        );
                        let answer = client
                            .post(&url)
                            .header("x-vapi-secret", if is_wrong { "wrong" } else { secret })
                            .body(body)
                            .send()
                            .await
                            .expect("an answer");
                        assert_eq!(answer.status().as_u16(), if is_wrong { 401 } else { 200 });
                        deliveries += 1;
                    }
                }
                deliveries
            })
        })
        .collect();
    let mut deliveries = 0;
    for task in tasks {
        deliveries += task.await.expect("no panic");
    }
    let seconds = begun.elapsed().as_secs_f64();
    let stored: i64 = sqlx::query_scalar("SELECT count(*) FROM calls")
        .fetch_one(pool)
        .await
        .expect("a count");
    Events {
        rate: f64::from(deliveries) / seconds,
        stored: usize::try_from(stored).unwrap_or_default(),
        expected: (0..EVENTS).filter(|event| event % 3 != 0).count(),
    }
}
