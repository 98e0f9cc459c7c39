//! All that the measurements take from the program's own inside: bare handlers that ask the database what a
//! request needs and do nothing else, and a sealed secret.

use std::net::SocketAddr;
use std::sync::Arc;

use ava::server::store::{MIGRATIONS, onboarding};
use ava::server::vault::{Column, Key, Vault};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::response::{Html, IntoResponse};
use axum::routing::{get, patch};
use axum::serve::ListenerExt;
use axum::{Json, Router};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use time::{Duration, OffsetDateTime};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use uuid::Uuid;

/// As many connections as a program has by default.
const POOL: u32 = 10;

#[derive(Clone)]
struct Page {
    pool: PgPool,
    session: String,
    html: Arc<Vec<u8>>,
}

/// Serves these bytes after the queries of a signed-in page.
pub async fn serve_page(options: PgConnectOptions, html: Vec<u8>) -> SocketAddr {
    serve(options, |pool| async move {
        let session = sqlx::query_scalar("SELECT id FROM sessions LIMIT 1");
        let page = Page {
            session: session.fetch_one(&pool).await.expect("a session"),
            html: Arc::new(html),
            pool,
        };
        Router::new().route("/", get(bare_page)).with_state(page)
    })
    .await
}

async fn bare_page(State(page): State<Page>) -> impl IntoResponse {
    let mut connection = page.pool.acquire().await.expect("a connection");
    let now = OffsetDateTime::now_utc();
    let read = onboarding::of_session(
        &mut connection,
        &page.session,
        now - Duration::days(30),
        now,
    )
    .await
    .expect("answers");
    std::hint::black_box(read.expect("a customer").onboarding.known.email);
    (
        [(CONTENT_TYPE, "text/html; charset=utf-8")],
        Html(page.html.as_ref().clone()),
    )
}

/// Serves the two statements of a change by a program.
pub async fn serve_change(options: PgConnectOptions) -> SocketAddr {
    serve(options, |pool| async move {
        Router::new()
            .route("/api/v1/user/profile", patch(bare_change))
            .with_state(pool)
    })
    .await
}

async fn bare_change(
    State(pool): State<PgPool>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Json<Value> {
    let token = headers[AUTHORIZATION].to_str().expect("text");
    let token = token.trim_start_matches("Bearer ");
    let mut connection = pool.acquire().await.expect("a connection");
    let read = onboarding::of_token(&mut connection, &Sha256::digest(token))
        .await
        .expect("answers");
    let user = read.expect("a customer").onboarding.user;
    let text = |name: &str| body[name].as_str();
    sqlx::query(
        r#"WITH account AS (
            UPDATE users SET full_name = $2, organization_name = $3, timezone = $4, locale = $5,
                accept_terms = $6, accept_terms_at = now(), accept_terms_version = '1'
            WHERE id = $1 RETURNING id
        ), events AS (
            INSERT INTO analytics_events (user_id, event, properties)
            SELECT id, 'onboarding_step_completed',
                '{"skipped": false, "step_id": "profile", "step_number": 1}' FROM account
        )
        INSERT INTO drafts (user_id, step, editor, submitted_at, completed_at)
        SELECT id, 'profile', gen_random_uuid(), now(), now() FROM account
        ON CONFLICT (user_id, step) DO UPDATE SET version = drafts.version + 1, editor = excluded.editor"#,
    )
    .bind(user)
    .bind(text("full_name"))
    .bind(text("organization_name"))
    .bind(text("timezone"))
    .bind(text("locale"))
    .bind(body["accept_terms"].as_bool())
    .execute(&mut *connection)
    .await
    .expect("written");
    Json(body)
}

/// Serves on threads of its own, as a program would; the pool is as sqlx makes it.
async fn serve<R: Future<Output = Router>>(
    options: PgConnectOptions,
    router: impl FnOnce(PgPool) -> R + Send + 'static,
) -> SocketAddr {
    let (tell, told) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        Runtime::new().expect("a runtime").block_on(async {
            let pool = PgPoolOptions::new().max_connections(POOL);
            let pool = pool.connect_with(options).await.expect("a pool");
            let router = router(pool).await;
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let _ = tell.send(listener.local_addr().expect("its address"));
            let listener = listener.tap_io(|tcp| {
                let _ = tcp.set_nodelay(true);
            });
            axum::serve(listener, router).await
        })
    });
    told.await.expect("it serves")
}

pub async fn migrate(pool: &PgPool) {
    MIGRATIONS.run(pool).await.expect("the migrations apply");
}

/// A webhook's secret as a program with this key keeps it.
pub fn seal_webhook_secret(key: &str, user: Uuid, secret: &str) -> Vec<u8> {
    let key = Key::from_base64(key).expect("a key");
    let vault = Vault::new(key, Vec::new());
    vault
        .seal(user, Column::WebhookSecret, secret)
        .expect("sealed")
}
