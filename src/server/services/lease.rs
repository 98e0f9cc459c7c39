//! A lease on one customer at the vendors: two windows, retries or instances never act at once.
//!
//! It is a row, not a lock: no database connection is held while a vendor is slow.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use sqlx::PgPool;
use uuid::Uuid;

use super::Halt;
use crate::domain::progress::Blocker;
use crate::server::store::leases;
use crate::server::{App, Error};

/// How long a second asker waits for the first to be through: longer than a lease lasts.
const PATIENCE: Duration = Duration::from_secs(25);

/// How long a customer waits for an answer; the work goes on, and its result waits for them.
const ANSWER_PATIENCE: Duration = Duration::from_secs(20);

/// Work under a lease.
pub type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, Halt>> + Send + 'a>>;

/// Does work under the lease on a customer. What has begun runs to its end, though the browser that
/// asked for it may go away.
///
/// # Errors
/// Those of the work; [`Blocker::InProgress`] when it takes long, or when another's does.
pub(super) async fn hold<T: Send + 'static>(
    app: &App,
    user: Uuid,
    work: impl for<'a> FnOnce(&'a App, &'a Lease) -> Work<'a, T> + Send + 'static,
) -> Result<T, Halt> {
    let app = app.clone();
    let held = async move {
        let lease = Lease::take(&app.pool, user).await?;
        let done = work(&app, &lease).await;
        lease.give_back().await;
        done
    };
    match tokio::time::timeout(ANSWER_PATIENCE, tokio::spawn(held)).await {
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
    async fn take(pool: &PgPool, user: Uuid) -> Result<Self, Halt> {
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
    async fn give_back(self) {
        let done = async {
            let mut connection = self.pool.acquire().await?;
            leases::give_back(&mut connection, self.user, self.holder).await
        };
        if let Err(error) = done.await {
            tracing::warn!(%error, "a lease was not given back");
        }
    }
}
