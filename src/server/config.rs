//! Configuration: the only place that reads environment variables.

use std::env;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use sentry::types::Dsn;
use url::Url;

use super::vault::Key;
use crate::domain::{Field, Value, twilio, vapi};

/// Where the program runs; decides how strict it is at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Missing secrets are made and kept in the data directory; cookies work over plain HTTP.
    Development,
    /// Refuses to start without its secrets and a public https address.
    Production,
}

/// Everything an operator can set. The README has the table.
#[derive(Clone, Debug)]
pub struct Config {
    /// `AVA_ENV`: `production` (default of a release build) or `development`.
    pub mode: Mode,
    /// `LEPTOS_SITE_ADDR`: where to listen; default `127.0.0.1:3000`.
    pub address: SocketAddr,
    /// `LEPTOS_SITE_ROOT`: the folder with the built assets; default `target/site`.
    pub site_root: String,
    /// `LEPTOS_RELOAD_PORT` beside `LEPTOS_WATCH`: where `cargo leptos watch` says that pages are to be loaded
    /// anew.
    pub reload_port: Option<u32>,
    /// `PUBLIC_URL`: the address that customers see; in development `http://` and the address.
    pub public_url: Url,
    /// `AVA_DATA_DIR`: own PostgreSQL and made secrets; default `data`.
    pub data_dir: PathBuf,
    /// `DATABASE_URL`: a PostgreSQL to use instead of an own one.
    pub database_url: Option<Secret>,
    /// `DATABASE_MAX_CONNECTIONS`: default 10.
    pub database_max_connections: u32,
    /// `ENCRYPTION_KEY`: 32 bytes in base64; in development made when missing.
    pub encryption_key: Option<Key>,
    /// `ENCRYPTION_KEYS_OLD`: former keys, separated by commas, still read until rotated.
    pub encryption_keys_old: Vec<Key>,
    /// `SMTP_URL`: where mail is handed over, e.g. `smtps://user:password@host`.
    pub smtp_url: Option<Secret>,
    /// `MAIL_FROM`: the sender of mail; default `Ava <no-reply@…>` of the public host.
    pub mail_from: String,
    /// `SUPPORT_EMAIL`: shown on the help page.
    pub support_email: Option<String>,
    /// `POSTHOG_KEY`: analytics events are forwarded to PostHog only with it.
    pub posthog_key: Option<Secret>,
    /// `POSTHOG_HOST`: default `https://eu.i.posthog.com`.
    pub posthog_host: Url,
    /// `SENTRY_DSN`: errors are sent to this Sentry project; none by default.
    pub sentry_dsn: Option<Dsn>,
    /// `VAPI_BASE_URL`: default `https://api.vapi.ai`; plain http, as of a sandbox, only in development.
    pub vapi_base_url: Url,
    /// `TWILIO_BASE_URL`: default `https://api.twilio.com`; as above.
    pub twilio_base_url: Url,
    /// `VAPI_API_KEY`: the operator's key, offered to customers without their own; none by default.
    pub vapi_api_key: Option<Secret>,
    /// `TWILIO_ACCOUNT_SID` and `TWILIO_AUTH_TOKEN`: the operator's account, as above. It is offered only
    /// beside the shared Vapi key, for Vapi shows the token to the owner of the key.
    pub twilio: Option<TwilioAccount>,
    /// `VENDOR_TIMEOUT_MS`: how long one call to a vendor may take; default 10,000.
    pub vendor_timeout: Duration,
    /// `METRICS_ADDR`: a private address that serves `/metrics`; none by default.
    pub metrics_address: Option<SocketAddr>,
    /// `CORS_ORIGINS`: origins whose pages may call the API, separated by commas; none by default.
    pub cors_origins: Vec<String>,
    /// `TRUSTED_PROXIES`: how many proxies in front set `X-Forwarded-For`; default 0.
    pub trusted_proxies: usize,
}

/// A value that never shows itself in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// A Twilio account's credentials.
#[derive(Clone, Debug)]
pub struct TwilioAccount {
    pub account_sid: String,
    pub auth_token: Secret,
}

/// A variable that keeps the program from starting.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{name} {problem}")]
pub struct ConfigError {
    pub name: &'static str,
    pub problem: String,
}

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// The first variable that is missing, malformed or a placeholder.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(|name| env::var(name).ok())
    }

    /// Reads configuration from any source of variables; an empty one counts as unset.
    ///
    /// # Errors
    /// As [`Config::from_env`].
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let get = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let mode = match get("AVA_ENV").as_deref() {
            // What `cargo leptos watch` builds is for development.
            None if cfg!(debug_assertions) => Mode::Development,
            None | Some("production") => Mode::Production,
            Some("development") => Mode::Development,
            Some(_) => return Err(wrong("AVA_ENV", "is neither production nor development")),
        };
        let address: SocketAddr = parsed(&get, "LEPTOS_SITE_ADDR", "is no address with a port")?
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 3000)));
        let public_url = match (get("PUBLIC_URL"), mode) {
            (Some(text), _) => Url::parse(&text)
                .ok()
                .filter(Url::has_host)
                .ok_or_else(|| wrong("PUBLIC_URL", "is no http address"))?,
            (None, Mode::Development) => Url::parse(&format!("http://{address}"))
                .map_err(|_| wrong("LEPTOS_SITE_ADDR", "gives no http address"))?,
            (None, Mode::Production) => {
                return Err(wrong(
                    "PUBLIC_URL",
                    "is missing: set the https address that customers use",
                ));
            }
        };
        if mode == Mode::Production && public_url.scheme() != "https" {
            return Err(wrong(
                "PUBLIC_URL",
                "must begin with https:// in production",
            ));
        }
        let encryption_key = get("ENCRYPTION_KEY")
            .map(|text| key("ENCRYPTION_KEY", &text))
            .transpose()?;
        if mode == Mode::Production && encryption_key.is_none() {
            return Err(wrong(
                "ENCRYPTION_KEY",
                "is missing: make one with `openssl rand -base64 32`",
            ));
        }
        let encryption_keys_old = get("ENCRYPTION_KEYS_OLD")
            .unwrap_or_default()
            .split(',')
            .filter(|text| !text.trim().is_empty())
            .map(|text| key("ENCRYPTION_KEYS_OLD", text))
            .collect::<Result<_, _>>()?;
        let database_url = get("DATABASE_URL");
        if let Some(url) = &database_url
            && !(url.starts_with("postgres://") || url.starts_with("postgresql://"))
        {
            return Err(wrong("DATABASE_URL", "must begin with postgres://"));
        }
        let host = public_url.host_str().unwrap_or("localhost").to_owned();
        Ok(Self {
            mode,
            address,
            site_root: get("LEPTOS_SITE_ROOT").unwrap_or_else(|| "target/site".to_owned()),
            reload_port: parsed(&get, "LEPTOS_RELOAD_PORT", "is no port")?
                .filter(|_| get("LEPTOS_WATCH").is_some()),
            data_dir: get("AVA_DATA_DIR")
                .unwrap_or_else(|| "data".to_owned())
                .into(),
            database_url: database_url.map(Secret),
            database_max_connections: parsed(&get, "DATABASE_MAX_CONNECTIONS", "is no number")?
                .unwrap_or(10),
            encryption_key,
            encryption_keys_old,
            smtp_url: get("SMTP_URL").map(Secret),
            mail_from: get("MAIL_FROM").unwrap_or_else(|| format!("Ava <no-reply@{host}>")),
            support_email: get("SUPPORT_EMAIL"),
            posthog_key: get("POSTHOG_KEY").map(Secret),
            posthog_host: parsed(&get, "POSTHOG_HOST", "is no http address")?
                .or_else(|| Url::parse("https://eu.i.posthog.com").ok())
                .ok_or_else(|| wrong("POSTHOG_HOST", "is no http address"))?,
            sentry_dsn: parsed(&get, "SENTRY_DSN", "is no Sentry address")?,
            vapi_base_url: vendor(&get, mode, "VAPI_BASE_URL", "https://api.vapi.ai")?,
            twilio_base_url: vendor(&get, mode, "TWILIO_BASE_URL", "https://api.twilio.com")?,
            vapi_api_key: vendor_key(&get, "VAPI_API_KEY", &vapi::VAPI_API_KEY)?.map(Secret),
            twilio: shared_twilio(&get)?,
            vendor_timeout: Duration::from_millis(
                parsed(&get, "VENDOR_TIMEOUT_MS", "is no number")?.unwrap_or(10_000),
            ),
            metrics_address: parsed(&get, "METRICS_ADDR", "is no address with a port")?,
            cors_origins: get("CORS_ORIGINS")
                .map(|text| text.split(',').map(|text| origin(text.trim())).collect())
                .transpose()?
                .unwrap_or_default(),
            trusted_proxies: parsed(&get, "TRUSTED_PROXIES", "is no number")?.unwrap_or(0),
            public_url,
        })
    }

    /// Whether the vendors are a sandbox: nothing there is encrypted, and no call is real.
    #[must_use]
    pub fn is_sandbox(&self) -> bool {
        [&self.vapi_base_url, &self.twilio_base_url]
            .iter()
            .any(|url| url.scheme() != "https")
    }

    /// Whether cookies are `Secure` and carry the `__Host-` prefix.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}

fn wrong(name: &'static str, problem: &str) -> ConfigError {
    ConfigError {
        name,
        problem: problem.to_owned(),
    }
}

fn parsed<T: std::str::FromStr>(
    get: &impl Fn(&str) -> Option<String>,
    name: &'static str,
    problem: &str,
) -> Result<Option<T>, ConfigError> {
    get(name)
        .map(|text| text.trim().parse().map_err(|_| wrong(name, problem)))
        .transpose()
}

/// An origin as browsers send it: no path, no trailing slash, no wildcard.
fn origin(text: &str) -> Result<String, ConfigError> {
    Url::parse(text)
        .ok()
        .map(|url| url.origin().ascii_serialization())
        .filter(|origin| origin == text)
        .ok_or_else(|| {
            wrong(
                "CORS_ORIGINS",
                "must name origins such as https://app.example.com, separated by commas",
            )
        })
}

/// A vendor's address; in production always over TLS.
fn vendor(
    get: &impl Fn(&str) -> Option<String>,
    mode: Mode,
    name: &'static str,
    default: &str,
) -> Result<Url, ConfigError> {
    let url = get(name).unwrap_or_else(|| default.to_owned());
    let url = Url::parse(&url)
        .ok()
        .filter(Url::has_host)
        .ok_or_else(|| wrong(name, "is no http address"))?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if mode == Mode::Development => Ok(url),
        _ => Err(wrong(name, "must begin with https:// in production")),
    }
}

/// What stands in examples where a key belongs; none of it occurs in a vendor's keys.
const PLACEHOLDERS: [&str; 6] = ["your", "change", "example", "placeholder", "xxx", "<"];

/// A key of the operator, held to the rule for the customers' own.
fn vendor_key(
    get: &impl Fn(&str) -> Option<String>,
    name: &'static str,
    field: &Field,
) -> Result<Option<String>, ConfigError> {
    let Some(text) = get(name) else {
        return Ok(None);
    };
    let lower = text.to_lowercase();
    if PLACEHOLDERS.iter().any(|word| lower.contains(word)) {
        return Err(wrong(name, "is a placeholder"));
    }
    match field.parse(&[text]) {
        Ok(Some(Value::Text(key))) => Ok(Some(key)),
        _ => Err(wrong(name, "is no such key")),
    }
}

fn shared_twilio(
    get: &impl Fn(&str) -> Option<String>,
) -> Result<Option<TwilioAccount>, ConfigError> {
    let account_sid = vendor_key(get, "TWILIO_ACCOUNT_SID", &twilio::ACCOUNT_SID)?;
    let auth_token = vendor_key(get, "TWILIO_AUTH_TOKEN", &twilio::AUTH_TOKEN)?;
    match (account_sid, auth_token) {
        (Some(account_sid), Some(auth_token)) => Ok(Some(TwilioAccount {
            account_sid,
            auth_token: Secret(auth_token),
        })),
        (None, None) => Ok(None),
        (Some(_), None) => Err(wrong("TWILIO_AUTH_TOKEN", "is missing beside its account")),
        (None, Some(_)) => Err(wrong("TWILIO_ACCOUNT_SID", "is missing beside its token")),
    }
}

fn key(name: &'static str, text: &str) -> Result<Key, ConfigError> {
    Key::from_base64(text).map_err(|problem| ConfigError {
        name,
        problem: problem.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD_KEY: &str = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=";

    fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(|name| {
            variables
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn development_needs_nothing() {
        let config = read(&[("AVA_ENV", "development")]).expect("starts");
        assert_eq!(config.public_url.as_str(), "http://127.0.0.1:3000/");
        assert!(!config.is_https());
    }

    #[test]
    fn production_refuses_what_is_missing_or_a_placeholder() {
        let production = ("AVA_ENV", "production");
        let url = ("PUBLIC_URL", "https://ava.example");
        let cases: [(&[(&str, &str)], &str); 6] = [
            (&[], "PUBLIC_URL"),
            (&[("PUBLIC_URL", "http://ava.example")], "PUBLIC_URL"),
            (&[url], "ENCRYPTION_KEY"),
            (&[url, ("ENCRYPTION_KEY", "changeme")], "ENCRYPTION_KEY"),
            (
                &[
                    url,
                    (
                        "ENCRYPTION_KEY",
                        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                    ),
                ],
                "ENCRYPTION_KEY",
            ),
            (
                &[
                    url,
                    ("ENCRYPTION_KEY", GOOD_KEY),
                    ("DATABASE_URL", "mysql://x"),
                ],
                "DATABASE_URL",
            ),
        ];
        for (variables, name) in cases {
            let variables = [variables, &[production]].concat();
            assert_eq!(read(&variables).expect_err(name).name, name);
        }
        let sandbox = ("VAPI_BASE_URL", "http://127.0.0.1:3300/vapi");
        let with_sandbox = [production, url, ("ENCRYPTION_KEY", GOOD_KEY), sandbox];
        assert_eq!(read(&with_sandbox).expect_err("never").name, sandbox.0);
        assert!(read(&[production, url, ("ENCRYPTION_KEY", GOOD_KEY)]).is_ok());
    }

    #[test]
    fn shared_keys_are_keys_and_whole() {
        let development = ("AVA_ENV", "development");
        let sid = ("TWILIO_ACCOUNT_SID", "AC0123456789abcdef0123456789abcdef");
        let token = ("TWILIO_AUTH_TOKEN", "0123456789abcdef0123456789abcdef");
        let cases = [
            (("VAPI_API_KEY", "changeme"), "VAPI_API_KEY"),
            (("VAPI_API_KEY", "clé"), "VAPI_API_KEY"),
            (("TWILIO_ACCOUNT_SID", "ACxxx"), "TWILIO_ACCOUNT_SID"),
            (sid, "TWILIO_AUTH_TOKEN"),
            (token, "TWILIO_ACCOUNT_SID"),
        ];
        for (variable, name) in cases {
            assert_eq!(read(&[development, variable]).expect_err(name).name, name);
        }
        let config = read(&[development, sid, token]).expect("starts");
        assert_eq!(config.twilio.expect("an account").account_sid, sid.1);
    }

    #[test]
    fn secrets_do_not_show_in_debug_output() {
        let config = read(&[
            ("AVA_ENV", "development"),
            ("ENCRYPTION_KEY", GOOD_KEY),
            ("DATABASE_URL", "postgres://ava:hunter2@db/ava"),
            ("SMTP_URL", "smtps://u:hunter2@mail"),
        ])
        .expect("starts");
        let shown = format!("{config:?}");
        assert!(
            !shown.contains("hunter2") && !shown.contains(GOOD_KEY),
            "{shown}"
        );
    }
}
