//! A lease on one customer at the vendors: two windows, retries or instances never act at once.
//!
//! It is a row, not a lock: no database connection is held while a vendor is slow.

use std::future::Future;
use std::time::Duration;

use sqlx::PgPool;
use uuid::Uuid;

use super::Halt;
use crate::domain::progress::Blocker;
use crate::server::Error;
use crate::server::store::leases;

/// How long a second asker waits for the first to be through: longer than a lease lasts.
const PATIENCE: Duration = Duration::from_secs(25);

/// How long a customer waits for an answer; the work goes on, and its result waits for them.
const ANSWER_PATIENCE: Duration = Duration::from_secs(20);

/// Runs work that has begun to its end, though the browser that asked for it may go away.
///
/// # Errors
/// [`Blocker::InProgress`] when it takes long.
pub(super) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Halt>> + Send + 'static,
) -> Result<T, Halt> {
    match tokio::time::timeout(ANSWER_PATIENCE, tokio::spawn(work)).await {
        Ok(Ok(done)) => done,
        Ok(Err(error)) => Err(Error::Unexpected(error.to_string()).into()),
        Err(_) => Err(Blocker::InProgress.into()),
    }
}

pub struct Lease {
    pool: PgPool,
    pub user: Uuid,
    holder: Uuid,
}

impl Lease {
    /// Takes the lease, waiting while somebody else holds it.
    ///
    /// # Errors
    /// [`Blocker::InProgress`] when the other is not through in time; or the database fails.
    pub async fn take(pool: &PgPool, user: Uuid) -> Result<Self, Halt> {
        let lease = Self {
            pool: pool.clone(),
            user,
            holder: Uuid::new_v4(),
        };
        let until = tokio::time::Instant::now() + PATIENCE;
        while !lease.renewed().await? {
            if tokio::time::Instant::now() >= until {
                return Err(Blocker::InProgress.into());
            }
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
        Ok(lease)
    }

    async fn renewed(&self) -> Result<bool, Error> {
        let mut connection = self.pool.acquire().await?;
        Ok(leases::take(&mut connection, self.user, self.holder).await?)
    }

    /// Makes sure, before each call that changes something, that it is still ours.
    ///
    /// # Errors
    /// [`Blocker::InProgress`] when it ran out and another has taken it; or the database fails.
    pub async fn renew(&self) -> Result<(), Halt> {
        if self.renewed().await? {
            Ok(())
        } else {
            Err(Blocker::InProgress.into())
        }
    }

    /// Gives it back. When that fails it runs out by itself.
    pub async fn give_back(self) {
        let done = async {
            let mut connection = self.pool.acquire().await?;
            leases::give_back(&mut connection, self.user, self.holder).await
        };
        if let Err(error) = done.await {
            tracing::warn!(%error, "a lease was not given back");
        }
    }
}
