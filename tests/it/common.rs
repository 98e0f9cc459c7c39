//! An app on a database of its own, and a browser without a screen.

use std::collections::BTreeMap;
use std::sync::Arc;

use ava::server::mail::Mailer;
use ava::server::store::MIGRATIONS;
use ava::server::vault::{Key, Vault};
use ava::server::vendors::Vendors;
use ava::server::{App, Config, Parts, router, start};
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode, header};
use leptos::config::LeptosOptions;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, Executor, PgConnection, PgPool};
use tokio::net::TcpListener;
use tower::ServiceExt;
use uuid::Uuid;

use crate::events;
use crate::sandbox::Sandbox;

pub const PASSWORD: &str = "four plain words here";

/// Another process on the same database opens what was sealed here.
pub const ENCRYPTION_KEY: &str = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=";

pub struct TestApp {
    pub app: App,
    pub database_url: String,
    /// The vendors that it talks to.
    pub sandbox: Sandbox,
    pub router: Router,
    pub pool: PgPool,
    pub vault: Arc<Vault>,
    pub mail: std::path::PathBuf,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// An app whose environment has these variables as well.
    pub async fn start_with(variables: &[(&str, &str)]) -> Self {
        Self::start_on(&[], variables).await
    }

    /// An app whose connections have these settings of PostgreSQL as well.
    pub async fn start_on(settings: &[(&str, &str)], variables: &[(&str, &str)]) -> Self {
        events::install();
        let url =
            std::env::var("DATABASE_URL").expect("DATABASE_URL leads to a PostgreSQL for tests");
        let options: PgConnectOptions = url.parse().expect("DATABASE_URL is an address");
        let name = format!("test_{}", Uuid::new_v4().simple());
        let mut connection = PgConnection::connect_with(&options)
            .await
            .expect("PostgreSQL answers");
        connection
            .execute(format!("CREATE DATABASE {name}").as_str())
            .await
            .expect("a new database");
        let pool = PgPoolOptions::new()
            .max_connections(8)
            .acquire_timeout(std::time::Duration::from_secs(10))
            .connect_with(options.database(&name).options(settings.iter().copied()))
            .await
            .expect("the new database answers");
        MIGRATIONS.run(&pool).await.expect("the migrations apply");
        let mut database_url = url::Url::parse(&url).expect("DATABASE_URL is an address");
        database_url.set_path(&name);
        let sandbox = Sandbox::with_pace(std::time::Duration::from_millis(20));
        let vendors = sandbox.serve().await;
        let (vapi_url, twilio_url) = (format!("{vendors}vapi"), format!("{vendors}twilio"));
        // Vapi posts its events there.
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let public_url = format!("http://{address}");
        let data_dir = std::env::temp_dir().join(&name);
        let data_dir_text = data_dir.to_string_lossy().into_owned();
        let config = Config::read(|variable| {
            let fixed = [
                ("AVA_ENV", "development"),
                ("AVA_DATA_DIR", data_dir_text.as_str()),
                ("PUBLIC_URL", public_url.as_str()),
                ("VAPI_BASE_URL", vapi_url.as_str()),
                ("TWILIO_BASE_URL", twilio_url.as_str()),
            ];
            variables
                .iter()
                .chain(&fixed)
                .find(|(key, _)| *key == variable)
                .map(|(_, value)| (*value).to_owned())
        })
        .expect("the configuration is good");
        let key = Key::from_base64(ENCRYPTION_KEY).expect("a key");
        let vault = Arc::new(Vault::new(key, Vec::new()));
        let leptos = LeptosOptions::builder()
            .output_name("ava")
            .site_root(config.site_root.as_str())
            .build();
        let app = App::new(Parts {
            mailer: Mailer::new(&config).expect("a mailer"),
            vendors: Vendors::new(&config).expect("clients"),
            config,
            pool: pool.clone(),
            vault: Arc::clone(&vault),
            leptos: Arc::new(leptos),
            reloads: false,
        });
        let router = router::build(app.clone());
        tokio::spawn(start::listen(listener, app.clone(), std::future::pending()));
        Self {
            app,
            database_url: database_url.into(),
            sandbox,
            router,
            pool,
            vault,
            mail: data_dir.join("mail"),
        }
    }

    pub fn browser(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            cookies: BTreeMap::new(),
        }
    }

    /// A program without a token.
    pub fn program(&self) -> Program {
        Program {
            router: self.router.clone(),
            token: None,
        }
    }

    /// A program with the token of a new customer, and the customer's address.
    pub async fn integrator(&self) -> (Program, String) {
        let mut program = self.program();
        let email = format!("{}@example.com", Uuid::new_v4().simple());
        let body = serde_json::json!({"email": email, "password": PASSWORD});
        let reply = program.call("POST", "/api/v1/auth/signup", body).await;
        assert_eq!(reply.status, StatusCode::CREATED, "{}", reply.json);
        program.token = reply.json["token"].as_str().map(str::to_owned);
        (program, email)
    }

    /// A browser in which a new customer has just signed up.
    pub async fn customer(&self) -> Browser {
        let mut browser = self.browser();
        let email = format!("{}@example.com", Uuid::new_v4().simple());
        let answer = browser.sign_up("en", &email).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        browser
    }

    pub async fn only_user(&self) -> Uuid {
        sqlx::query_scalar("SELECT id FROM users")
            .fetch_one(&self.pool)
            .await
            .expect("one user")
    }

    /// The events so far, as `name {properties}`.
    pub async fn events(&self) -> Vec<String> {
        sqlx::query_scalar(
            "SELECT event || ' ' || properties::text FROM analytics_events ORDER BY id",
        )
        .fetch_all(&self.pool)
        .await
        .expect("events")
    }

    /// One column of the only user, as text.
    pub async fn column(&self, name: &str) -> Option<String> {
        sqlx::query_scalar(&format!("SELECT {name}::text FROM users"))
            .fetch_one(&self.pool)
            .await
            .expect("a user")
    }
}

/// A program that uses the JSON API.
#[derive(Clone)]
pub struct Program {
    router: Router,
    pub token: Option<String>,
}

/// An answer of the JSON API.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub json: serde_json::Value,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().expect("text"))
    }

    /// The codes of the fields that were refused, as `field code`.
    pub fn errors(&self) -> Vec<String> {
        let errors = self.json["errors"].as_array().cloned().unwrap_or_default();
        errors
            .iter()
            .map(|error| {
                let text = |name: &str| error[name].as_str().expect("text").to_owned();
                format!("{} {}", text("field"), text("code"))
            })
            .collect()
    }
}

impl Program {
    /// Sends JSON, with the token if there is one.
    pub async fn call(&self, method: &str, path: &str, body: serde_json::Value) -> Reply {
        self.call_with(method, path, body, &[]).await
    }

    /// As [`Program::call`], with more headers; `null` sends no body.
    pub async fn call_with(
        &self,
        method: &str,
        path: &str,
        body: serde_json::Value,
        headers: &[(&str, &str)],
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() {
            Body::empty()
        } else {
            request = request.header(header::CONTENT_TYPE, "application/json");
            body.to_string().into()
        };
        let request = request.body(body).expect("a request");
        let response = self
            .router
            .clone()
            .oneshot(request)
            .await
            .expect("an answer");
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX)
            .await
            .expect("a body");
        Reply {
            status: parts.status,
            headers: parts.headers,
            json: serde_json::from_slice(&body).unwrap_or_default(),
        }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.call("GET", path, serde_json::Value::Null).await
    }
}

#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub cookies: BTreeMap<String, String>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .map_or("", |value| value.to_str().expect("text"))
    }

    /// The value of a hidden field of the page.
    pub fn hidden(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        self.body
            .split_once(&start)
            .and_then(|(_, rest)| rest.split_once('"'))
            .map(|(value, _)| value.to_owned())
            .unwrap_or_default()
    }
}

impl Browser {
    /// The same browser before another instance.
    pub fn moved_to(&self, router: Router) -> Self {
        Self {
            router,
            cookies: self.cookies.clone(),
        }
    }

    pub async fn send(&mut self, request: Request<Body>) -> Answer {
        let (mut parts, body) = request.into_parts();
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            parts
                .headers
                .insert(header::COOKIE, cookies.join("; ").parse().expect("cookies"));
        }
        let response: Response<Body> = self
            .router
            .clone()
            .oneshot(Request::from_parts(parts, body))
            .await
            .expect("the router answers");
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("text");
            let (name, rest) = cookie.split_once('=').expect("a cookie");
            let value = rest.split(';').next().unwrap_or_default();
            let is_gone = cookie.contains("Max-Age=0");
            if is_gone {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let body = axum::body::to_bytes(body, usize::MAX)
            .await
            .expect("a body");
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.get_with(path, &[]).await
    }

    pub async fn get_with(&mut self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::empty()).expect("a request"))
            .await
    }

    /// Sends fields exactly as given.
    pub async fn post_raw(
        &mut self,
        path: &str,
        body: impl Into<Body>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(Method::POST).uri(path);
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body.into()).expect("a request"))
            .await
    }

    /// Sends anything.
    pub async fn send_raw(
        &mut self,
        method: &str,
        path: &str,
        body: impl Into<Body>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body.into()).expect("a request"))
            .await
    }

    /// Sends the form of a page that holds one, as its button does.
    pub async fn send_again(&mut self, held: &Answer, path: &str) -> Answer {
        let form = held.body.split_once("<h1").expect("a heading").1;
        let fields: Vec<(&str, &str)> = form
            .split("type=\"hidden\" name=\"")
            .skip(1)
            .filter_map(|rest| {
                let (name, rest) = rest.split_once("\" value=\"")?;
                Some((name, rest.split_once('"')?.0))
            })
            .collect();
        let body = serde_urlencoded::to_string(fields).expect("pairs");
        self.post_raw(path, body, &[]).await
    }

    /// Opens a page and sends its form with these fields, as a person would.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(path).await;
        self.submit_from(&page, path, fields).await
    }

    /// Sends the form of a page that was opened earlier.
    pub async fn submit_from(
        &mut self,
        page: &Answer,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let body = form_of(page, fields);
        self.post_raw(path, body, &[]).await
    }

    /// Sends a form as the page's own script does while it is filled in.
    pub async fn autosave(
        &mut self,
        page: &Answer,
        path: &str,
        sequence: u32,
        fields: &[(&str, &str)],
    ) -> Answer {
        let mut all = vec![("intent", "autosave"), ("sequence", "")];
        all.extend(fields);
        let body = form_of(page, &all).replace("sequence=&", &format!("sequence={sequence}&"));
        self.post_raw(path, body, &[("accept", "application/json")])
            .await
    }

    pub async fn sign_up(&mut self, locale: &str, email: &str) -> Answer {
        self.submit(
            &format!("/{locale}/signup"),
            &[("email", email), ("password", PASSWORD)],
        )
        .await
    }

    pub async fn log_in(&mut self, email: &str, password: &str) -> Answer {
        self.submit("/en/login", &[("email", email), ("password", password)])
            .await
    }
}

/// The hidden fields of a page and these, encoded.
pub fn form_of(page: &Answer, fields: &[(&str, &str)]) -> String {
    let mut pairs: Vec<(&str, String)> = Vec::new();
    for name in [
        "csrf_token",
        "account",
        "version",
        "editor",
        "token",
        "section",
    ] {
        let value = page.hidden(name);
        let is_given = fields.iter().any(|(key, _)| *key == name);
        if !value.is_empty() && !is_given {
            pairs.push((name, value));
        }
    }
    pairs.extend(
        fields
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned())),
    );
    serde_urlencoded::to_string(pairs).expect("pairs")
}
