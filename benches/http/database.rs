//! One PostgreSQL for all sides, with a database for each.

use std::path::Path;

use ava::server::postgres::Cluster;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Executor, PgPool};

/// Customers who have not begun; as many others are further.
pub const CUSTOMERS: usize = 40_000;

pub struct Server {
    cluster: Cluster,
}

/// A database, and connections to look into it.
pub struct Database {
    pub options: PgConnectOptions,
    pub pool: PgPool,
}

impl Server {
    pub async fn start(folder: &Path) -> Self {
        let cluster = Cluster::start(folder).await.expect("a PostgreSQL");
        Self { cluster }
    }

    pub async fn make(&self, name: &str) -> Database {
        let options = self.cluster.connect_options();
        let mut connection = options.connect().await.expect("PostgreSQL answers");
        let create = format!("CREATE DATABASE {name}");
        connection
            .execute(create.as_str())
            .await
            .expect("a new database");
        let options = options.database(name);
        let pool = PgPoolOptions::new()
            .max_connections(2)
            .connect_with(options.clone())
            .await
            .expect("the new database answers");
        Database { options, pool }
    }

    pub async fn stop(self) {
        self.cluster.stop().await.expect("PostgreSQL stops");
    }
}

impl Database {
    /// As `DATABASE_URL` has it.
    pub fn url(&self) -> String {
        self.options.to_url_lossy().to_string()
    }

    /// Fills a migrated database: no table is empty, or planned for as if it were. Customer `n` has the token
    /// `ava_n`.
    pub async fn fill(&self) {
        for statement in [
            "INSERT INTO users (id, email, hashed_password)
             SELECT md5('done' || n)::uuid, 'done' || n || '@bench.example', '' FROM generate_series(1, $1) n",
            "INSERT INTO drafts (user_id, step, editor, submitted_at, completed_at)
             SELECT md5('done' || n)::uuid, step, gen_random_uuid(), now(), now()
             FROM generate_series(1, $1) n, unnest(ARRAY['profile', 'ava', 'plan']) step",
            "INSERT INTO analytics_events (user_id, event, forwarded_at)
             SELECT md5('done' || n)::uuid, 'onboarding_started', now() FROM generate_series(1, $1) n",
            "INSERT INTO users (id, email, hashed_password)
             SELECT md5(n::text)::uuid, n || '@bench.example', '' FROM generate_series(1, $1) n",
            "INSERT INTO user_onboarding (user_id) SELECT md5(n::text)::uuid FROM generate_series(1, $1) n",
            "INSERT INTO api_tokens (id, user_id, name, token_hash, token_preview, expires_at, last_used_at)
             SELECT gen_random_uuid(), md5(n::text)::uuid, 'bench', sha256(convert_to('ava_' || n, 'UTF8')), '',
                now() + interval '1 day', now() + interval '1 hour' FROM generate_series(1, $1) n",
        ] {
            let customers = i32::try_from(CUSTOMERS).expect("a small number");
            let done = sqlx::query(statement).bind(customers).execute(&self.pool).await;
            done.expect("customers");
        }
        self.pool.execute("VACUUM ANALYZE").await.expect("analyzed");
    }

    pub async fn count(&self, query: &str) -> usize {
        let count: i64 = sqlx::query_scalar(query)
            .fetch_one(&self.pool)
            .await
            .expect("a count");
        usize::try_from(count).unwrap_or_default()
    }
}
