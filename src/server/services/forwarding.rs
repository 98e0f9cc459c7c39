//! Forwards analytics events to PostHog, where a key is configured. The database stays the record.

use std::time::Duration;

use reqwest::Client;
use serde_json::json;
use sqlx::PgPool;
use time::format_description::well_known::Rfc3339;
use url::Url;

use crate::server::config::Secret;
use crate::server::store::events;

/// How often waiting events are looked for.
const EVERY: Duration = Duration::from_secs(10);

/// Where events go.
pub struct PostHog {
    client: Client,
    batch: Url,
    key: Secret,
}

/// Why events were not forwarded; they wait for the next time.
#[derive(Debug, thiserror::Error)]
pub enum ForwardError {
    #[error("POSTHOG_HOST is no http address")]
    Host,
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error("PostHog did not take the events: {0}")]
    NotTaken(#[from] reqwest::Error),
}

impl PostHog {
    /// A forwarder to a host's `/batch/` (PostHog's capture API).
    ///
    /// # Errors
    /// When the host has no such address or no TLS can be set up.
    pub fn new(host: &Url, key: Secret) -> Result<Self, ForwardError> {
        let client = Client::builder()
            .user_agent(concat!("ava/", env!("CARGO_PKG_VERSION")))
            .timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let batch = host.join("/batch/").map_err(|_| ForwardError::Host)?;
        Ok(Self { client, batch, key })
    }

    /// Forwards what is waiting, for ever.
    pub async fn run(self, pool: PgPool) {
        let mut ticks = tokio::time::interval(EVERY);
        loop {
            ticks.tick().await;
            if let Err(error) = self.forward(&pool).await {
                tracing::warn!(%error, "analytics events wait");
            }
        }
    }

    /// Forwards at most a hundred waiting events and returns how many. Of several instances each
    /// takes others.
    ///
    /// # Errors
    /// When the database or PostHog does not answer; the events keep waiting.
    pub async fn forward(&self, pool: &PgPool) -> Result<usize, ForwardError> {
        let mut transaction = pool.begin().await?;
        let waiting = events::waiting(&mut transaction).await?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let batch: Vec<_> = waiting
            .iter()
            .map(|event| {
                let mut properties = event.properties.clone();
                properties["distinct_id"] = json!(event.user_id);
                json!({
                    "event": event.event,
                    "properties": properties,
                    "timestamp": event.created_at.format(&Rfc3339).ok(),
                })
            })
            .collect();
        let body = json!({"api_key": self.key.0, "batch": batch});
        let answer = self
            .client
            .post(self.batch.clone())
            .json(&body)
            .send()
            .await;
        // The address in the error holds nothing secret; the key is in the body.
        if let Err(error) = answer.and_then(reqwest::Response::error_for_status) {
            // At once, so that the next attempt finds the events free.
            transaction.rollback().await?;
            return Err(error.into());
        }
        let ids: Vec<i64> = waiting.iter().map(|event| event.id).collect();
        events::mark_forwarded(&mut transaction, &ids).await?;
        transaction.commit().await?;
        Ok(ids.len())
    }
}
