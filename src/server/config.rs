//! Configuration: the only place that reads environment variables.

use std::env;
use std::fmt;
use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroU64};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use lettre::message::Mailbox;
use sentry::types::{Dsn, Scheme};
use url::Url;

use super::vault::Key;
use crate::domain::{Field, Value, twilio, vapi};

/// Where the program runs; decides how strict it is at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Missing secrets are made and kept in the data directory; cookies work over plain HTTP.
    Development,
    /// Refuses to start without good secrets, a mail server, a public https address and TLS on the way to others.
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
    /// `PUBLIC_URL`: the address that customers see, of a host alone; in development `http://` and the address.
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
    /// `SMTP_URL`: where mail is handed over, e.g. `smtps://user:password@host`; in development mail becomes files
    /// without it.
    pub smtp_url: Option<Secret>,
    /// `MAIL_FROM`: the sender of mail; default `Ava <no-reply@…>` of the public host.
    pub mail_from: String,
    /// `SUPPORT_EMAIL`: shown on the help page.
    pub support_email: Option<String>,
    /// `POSTHOG_KEY`: analytics events are forwarded to PostHog only with it.
    pub posthog_key: Option<Secret>,
    /// `POSTHOG_HOST`: default `https://eu.i.posthog.com`; plain http only in development.
    pub posthog_host: Url,
    /// `SENTRY_DSN`: errors are sent to this Sentry project; none by default. As above.
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

/// All the variables that keep the program from starting, a line for each.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigErrors(pub Vec<ConfigError>);

impl std::error::Error for ConfigErrors {}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration cannot be used:")?;
        self.0.iter().try_for_each(|error| write!(f, "\n  {error}"))
    }
}

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// Every variable that is missing, malformed, weak or a placeholder.
    pub fn from_env() -> Result<Self, ConfigErrors> {
        Self::read(|name| env::var(name).ok())
    }

    /// Reads configuration from any source of variables; an empty one counts as unset.
    ///
    /// # Errors
    /// As [`Config::from_env`].
    pub fn read(source: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigErrors> {
        let errors = Vec::new();
        let mut from = Variables { source, errors };
        let mode = from.mode();
        let address = from
            .parsed("LEPTOS_SITE_ADDR", "is no address with a port")
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 3000)));
        let public_url = from.public_url(mode, address);
        let host = public_url.host_str().unwrap_or("localhost").to_owned();
        let config = Self {
            mode,
            address,
            site_root: from
                .get("LEPTOS_SITE_ROOT")
                .unwrap_or_else(|| "target/site".to_owned()),
            reload_port: from
                .parsed("LEPTOS_RELOAD_PORT", "is no port")
                .filter(|_| from.get("LEPTOS_WATCH").is_some()),
            data_dir: from
                .get("AVA_DATA_DIR")
                .unwrap_or_else(|| "data".to_owned())
                .into(),
            database_url: from.database_url(),
            database_max_connections: from
                .parsed("DATABASE_MAX_CONNECTIONS", ONE_OR_MORE)
                .map_or(10, NonZeroU32::get),
            encryption_key: from.encryption_key(mode),
            encryption_keys_old: from.old_keys(),
            smtp_url: from.smtp_url(mode),
            mail_from: from
                .mail_from()
                .unwrap_or_else(|| format!("Ava <no-reply@{host}>")),
            support_email: from.get("SUPPORT_EMAIL"),
            posthog_key: from.get("POSTHOG_KEY").map(Secret),
            posthog_host: from.http_url(mode, "POSTHOG_HOST", "https://eu.i.posthog.com"),
            sentry_dsn: from.sentry_dsn(mode),
            vapi_base_url: from.http_url(mode, "VAPI_BASE_URL", "https://api.vapi.ai"),
            twilio_base_url: from.http_url(mode, "TWILIO_BASE_URL", "https://api.twilio.com"),
            vapi_api_key: from
                .vendor_key("VAPI_API_KEY", &vapi::VAPI_API_KEY)
                .map(Secret),
            twilio: from.shared_twilio(),
            vendor_timeout: Duration::from_millis(
                from.parsed("VENDOR_TIMEOUT_MS", ONE_OR_MORE)
                    .map_or(10_000, NonZeroU64::get),
            ),
            metrics_address: from.parsed("METRICS_ADDR", "is no address with a port"),
            cors_origins: from.cors_origins(),
            trusted_proxies: from
                .parsed("TRUSTED_PROXIES", "is no number")
                .unwrap_or_default(),
            public_url,
        };
        if from.errors.is_empty() {
            Ok(config)
        } else {
            Err(ConfigErrors(from.errors))
        }
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

/// The variables, and what is wrong with those that were read. What is wrong is read as if it were unset: the
/// configuration then made is not used.
struct Variables<F> {
    source: F,
    errors: Vec<ConfigError>,
}

const MAKE_A_KEY: &str = "make one with `openssl rand -base64 32`";
const ONE_OR_MORE: &str = "is no number of 1 or more";
/// What stands in examples where a key belongs; none of it occurs in a vendor's keys.
const PLACEHOLDERS: [&str; 6] = ["your", "change", "example", "placeholder", "xxx", "<"];

impl<F: Fn(&str) -> Option<String>> Variables<F> {
    fn get(&self, name: &str) -> Option<String> {
        (self.source)(name).filter(|value| !value.trim().is_empty())
    }

    fn refuse(&mut self, name: &'static str, problem: impl Into<String>) {
        let problem = problem.into();
        self.errors.push(ConfigError { name, problem });
    }

    fn read<T, P: Into<String>>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&str) -> Result<T, P>,
    ) -> Option<T> {
        let value = read(self.get(name)?.trim());
        value.map_err(|problem| self.refuse(name, problem)).ok()
    }

    fn parsed<T: FromStr>(&mut self, name: &'static str, problem: &str) -> Option<T> {
        self.read(name, |text| text.parse().map_err(|_| problem))
    }

    fn mode(&mut self) -> Mode {
        let mode = self.read("AVA_ENV", |text| match text {
            "production" => Ok(Mode::Production),
            "development" => Ok(Mode::Development),
            _ => Err("is neither production nor development"),
        });
        // What `cargo leptos watch` builds is for development.
        mode.unwrap_or(if cfg!(debug_assertions) {
            Mode::Development
        } else {
            Mode::Production
        })
    }

    /// An http address; in production always over TLS.
    fn http_url(&mut self, mode: Mode, name: &'static str, default: &str) -> Url {
        self.read(name, |text| {
            let url = Url::parse(text).ok().filter(Url::has_host);
            let url = url.ok_or("is no http address")?;
            match url.scheme() {
                "https" => Ok(url),
                "http" if mode == Mode::Development => Ok(url),
                "http" => Err("must begin with https:// in production"),
                _ => Err("is no http address"),
            }
        })
        .unwrap_or_else(|| Url::parse(default).expect("the default is an address"))
    }

    /// The address that links and cookies are made for: it stands in every page, so it holds nothing else.
    fn public_url(&mut self, mode: Mode, address: SocketAddr) -> Url {
        const NAME: &str = "PUBLIC_URL";
        if mode == Mode::Production && self.get(NAME).is_none() {
            self.refuse(NAME, "is missing: set the https address that customers use");
        }
        // A zone such as `%eth0` is no part of an address of the web.
        let local = SocketAddr::new(address.ip(), address.port());
        let url = self.http_url(mode, NAME, &format!("http://{local}"));
        let is_bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !is_bare {
            let problem = "must name a host alone, such as https://ava.example.com: \
                no login, path, query or fragment";
            self.refuse(NAME, problem);
        }
        url
    }

    fn database_url(&mut self) -> Option<Secret> {
        self.read("DATABASE_URL", |text| {
            if text.starts_with("postgres://") || text.starts_with("postgresql://") {
                Ok(Secret(text.to_owned()))
            } else {
                Err("must begin with postgres://")
            }
        })
    }

    fn encryption_key(&mut self, mode: Mode) -> Option<Key> {
        const NAME: &str = "ENCRYPTION_KEY";
        if mode == Mode::Production && self.get(NAME).is_none() {
            self.refuse(NAME, format!("is missing: {MAKE_A_KEY}"));
        }
        self.read(NAME, |text| {
            let key =
                Key::from_base64(text).map_err(|problem| format!("{problem}: {MAKE_A_KEY}"))?;
            if mode == Mode::Production && !key.looks_random() {
                return Err(format!("was not drawn at random: {MAKE_A_KEY}"));
            }
            Ok(key)
        })
    }

    /// Of any quality: what a weak key has sealed can be sealed anew only if it is still read.
    fn old_keys(&mut self) -> Vec<Key> {
        self.read("ENCRYPTION_KEYS_OLD", |text| {
            let keys = text.split(',').filter(|text| !text.trim().is_empty());
            let keys = keys.map(Key::from_base64).collect::<Result<_, _>>();
            keys.map_err(|problem| problem.to_string())
        })
        .unwrap_or_default()
    }

    fn smtp_url(&mut self, mode: Mode) -> Option<Secret> {
        const NAME: &str = "SMTP_URL";
        if mode == Mode::Production && self.get(NAME).is_none() {
            let problem = "is missing: set the server that takes the mail, such as smtps://user:password@host";
            self.refuse(NAME, problem);
        }
        self.read(NAME, |text| {
            let url = Url::parse(text).ok().filter(Url::has_host);
            let url =
                url.ok_or("is no address of a mail server, such as smtps://user:password@host")?;
            // As lettre understands it.
            let tls = url.query_pairs().find(|(name, _)| name == "tls");
            let is_required = tls.is_some_and(|(_, value)| value == "required");
            match url.scheme() {
                "smtps" => {}
                "smtp" if is_required || mode == Mode::Development => {}
                "smtp" => {
                    return Err(
                        "must begin with smtps://, or end with ?tls=required, in production",
                    );
                }
                _ => return Err("must begin with smtps:// or smtp://"),
            }
            Ok(Secret(text.to_owned()))
        })
    }

    fn mail_from(&mut self) -> Option<String> {
        self.read("MAIL_FROM", |text| match text.parse::<Mailbox>() {
            Ok(_) => Ok(text.to_owned()),
            Err(_) => Err("is no sender, such as Ava <no-reply@example.com>"),
        })
    }

    fn sentry_dsn(&mut self, mode: Mode) -> Option<Dsn> {
        self.read("SENTRY_DSN", |text| {
            let dsn: Dsn = text.parse().map_err(|_| "is no Sentry address")?;
            if mode == Mode::Production && dsn.scheme() == Scheme::Http {
                return Err("must begin with https:// in production");
            }
            Ok(dsn)
        })
    }

    /// A key of the operator, held to the rule for the customers' own.
    fn vendor_key(&mut self, name: &'static str, field: &Field) -> Option<String> {
        self.read(name, |text| {
            let lower = text.to_lowercase();
            if PLACEHOLDERS.iter().any(|word| lower.contains(word)) {
                return Err("is a placeholder");
            }
            match field.parse(&[text.to_owned()]) {
                Ok(Some(Value::Text(key))) => Ok(key),
                _ => Err("is no such key"),
            }
        })
    }

    fn shared_twilio(&mut self) -> Option<TwilioAccount> {
        const NAMES: [&str; 2] = ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"];
        let account_sid = self.vendor_key(NAMES[0], &twilio::ACCOUNT_SID);
        let auth_token = self.vendor_key(NAMES[1], &twilio::AUTH_TOKEN);
        match NAMES.map(|name| self.get(name).is_some()) {
            [true, false] => self.refuse(NAMES[1], "is missing beside its account"),
            [false, true] => self.refuse(NAMES[0], "is missing beside its token"),
            _ => {}
        }
        Some(TwilioAccount {
            account_sid: account_sid?,
            auth_token: Secret(auth_token?),
        })
    }

    /// Origins as browsers send them: no path, no trailing slash, no wildcard.
    fn cors_origins(&mut self) -> Vec<String> {
        self.read("CORS_ORIGINS", |text| {
            let origins = text.split(',').map(|text| {
                let origin = Url::parse(text.trim()).ok()?.origin().ascii_serialization();
                (origin == text.trim()).then_some(origin)
            });
            origins
                .collect::<Option<_>>()
                .ok_or("must name origins such as https://app.example.com, separated by commas")
        })
        .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Good for development alone.
    const PRINTED_KEY: &str = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=";

    fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
        Config::read(|name| {
            variables
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    /// The variables that were refused.
    fn refused(variables: &[(&str, &str)]) -> Vec<&'static str> {
        let errors = read(variables).map_or_else(|errors| errors.0, |_| Vec::new());
        errors.iter().map(|error| error.name).collect()
    }

    fn random_key() -> String {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.encode(rand::random::<[u8; 32]>())
    }

    /// What is refused beside what a production needs, when these are set as well.
    fn refused_in_production(variables: &[(&str, &str)]) -> Vec<&'static str> {
        let key = random_key();
        let needed = [
            ("AVA_ENV", "production"),
            ("PUBLIC_URL", "https://ava.example"),
            ("ENCRYPTION_KEY", key.as_str()),
            ("SMTP_URL", "smtps://ava:hunter2@mail.example"),
        ];
        refused(&[variables, &needed].concat())
    }

    #[test]
    fn development_needs_nothing() {
        let config = read(&[("AVA_ENV", "development")]).expect("starts");
        assert_eq!(config.public_url.as_str(), "http://127.0.0.1:3000/");
        assert!(!config.is_https());
    }

    #[test]
    fn production_says_at_once_what_is_missing() {
        let errors = read(&[("AVA_ENV", "production")]).expect_err("nothing is set");
        let text = errors.to_string();
        for name in ["PUBLIC_URL", "ENCRYPTION_KEY", "SMTP_URL"] {
            assert!(text.contains(&format!("\n  {name} is missing: ")), "{text}");
        }
        assert_eq!(errors.0.len(), 3, "{text}");
        assert_eq!(refused_in_production(&[]), [""; 0]);
    }

    #[test]
    fn production_refuses_what_development_takes() {
        for (name, value) in [
            ("PUBLIC_URL", "http://ava.example"),
            ("ENCRYPTION_KEY", PRINTED_KEY),
            (
                "ENCRYPTION_KEY",
                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            ),
            (
                "ENCRYPTION_KEY",
                "Y2hhbmdlbWVjaGFuZ2VtZWNoYW5nZW1lY2hhbmdlbWU=",
            ),
            (
                "ENCRYPTION_KEY",
                "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
            ),
            ("SMTP_URL", "smtp://mail.example"),
            ("SMTP_URL", "smtp://mail.example?tls=opportunistic"),
            ("POSTHOG_HOST", "http://posthog.example"),
            ("SENTRY_DSN", "http://key@sentry.example/1"),
            ("VAPI_BASE_URL", "http://127.0.0.1:3300/vapi"),
            ("TWILIO_BASE_URL", "http://127.0.0.1:3300/twilio"),
        ] {
            assert_eq!(refused_in_production(&[(name, value)]), [name], "{value}");
            let development = [("AVA_ENV", "development"), (name, value)];
            assert_eq!(refused(&development), [""; 0], "{name}={value}");
        }
        for good in [
            ("PUBLIC_URL", "https://ava.example:8443/"),
            ("SMTP_URL", "smtp://mail.example:587?tls=required"),
            ("ENCRYPTION_KEYS_OLD", PRINTED_KEY),
            ("SENTRY_DSN", "https://key@sentry.example/1"),
        ] {
            assert_eq!(refused_in_production(&[good]), [""; 0], "{good:?}");
        }
    }

    #[test]
    fn what_is_malformed_is_refused_everywhere() {
        for (name, value) in [
            ("AVA_ENV", "prod"),
            ("LEPTOS_SITE_ADDR", "localhost"),
            ("PUBLIC_URL", "ava.example"),
            ("PUBLIC_URL", "ftp://ava.example"),
            ("PUBLIC_URL", "https://ava.example/app"),
            ("PUBLIC_URL", "https://ava.example/?from=mail"),
            ("PUBLIC_URL", "https://ava.example/#start"),
            ("PUBLIC_URL", "https://ava:hunter2@ava.example"),
            ("PUBLIC_URL", "https://ava@ava.example"),
            ("DATABASE_URL", "mysql://x"),
            ("DATABASE_MAX_CONNECTIONS", "0"),
            ("ENCRYPTION_KEY", "changeme"),
            ("ENCRYPTION_KEYS_OLD", "changeme"),
            ("SMTP_URL", "mail.example"),
            ("SMTP_URL", "https://mail.example"),
            ("MAIL_FROM", "Ava"),
            ("POSTHOG_HOST", "ftp://posthog.example"),
            ("SENTRY_DSN", "sentry.example"),
            ("VENDOR_TIMEOUT_MS", "0"),
            ("CORS_ORIGINS", "https://app.example.com/"),
            ("TRUSTED_PROXIES", "one"),
        ] {
            let development = [(name, value), ("AVA_ENV", "development")];
            assert_eq!(refused(&development), [name], "{value}");
            let is_mode = name == "AVA_ENV";
            assert!(is_mode || refused_in_production(&[(name, value)]) == [name]);
            let told = read(&development).expect_err(value).to_string();
            assert!(!told.contains("hunter2"), "{told}");
        }
    }

    #[test]
    fn shared_keys_are_keys_and_whole() {
        let development = ("AVA_ENV", "development");
        let sid = ("TWILIO_ACCOUNT_SID", "AC0123456789abcdef0123456789abcdef");
        let token = ("TWILIO_AUTH_TOKEN", "0123456789abcdef0123456789abcdef");
        let (sid_alone, token_alone) = (["TWILIO_AUTH_TOKEN"], ["TWILIO_ACCOUNT_SID"]);
        let cases: [(_, &[&str]); 5] = [
            (("VAPI_API_KEY", "changeme"), &["VAPI_API_KEY"]),
            (("VAPI_API_KEY", "clé"), &["VAPI_API_KEY"]),
            (
                ("TWILIO_ACCOUNT_SID", "ACxxx"),
                &["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"],
            ),
            (sid, &sid_alone),
            (token, &token_alone),
        ];
        for (variable, names) in cases {
            assert_eq!(refused(&[development, variable]), names);
        }
        let config = read(&[development, sid, token]).expect("starts");
        assert_eq!(config.twilio.expect("an account").account_sid, sid.1);
    }

    #[test]
    fn secrets_do_not_show_in_debug_output() {
        let config = read(&[
            ("AVA_ENV", "development"),
            ("ENCRYPTION_KEY", PRINTED_KEY),
            ("DATABASE_URL", "postgres://ava:hunter2@db/ava"),
            ("SMTP_URL", "smtps://u:hunter2@mail"),
        ])
        .expect("starts");
        let shown = format!("{config:?}");
        assert!(
            !shown.contains("hunter2") && !shown.contains(PRINTED_KEY),
            "{shown}"
        );
    }
}
