//! Reading and setting the few cookies beside the session's.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

use crate::server::Config;

/// The cookie by which an account knows a browser again.
pub const KNOWN_BROWSER: &str = "known";
/// The cookie with the token of a reset link, so that it is in no address.
pub const RESET: &str = "reset";

/// A cookie's full name: tied to this host where the public address is https.
#[must_use]
pub fn name(name: &str, config: &Config) -> String {
    let prefix = if config.is_https() { "__Host-" } else { "" };
    format!("{prefix}{name}")
}

/// The value of a cookie.
#[must_use]
pub fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// Sets a cookie that no script can read; for a session, or for so many seconds.
pub fn set(
    response: &mut Response,
    name: &str,
    value: &str,
    max_age: Option<u32>,
    config: &Config,
) {
    if let Some(cookie) = header(name, value, max_age, config) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

/// The header that sets a cookie, as [`set`] does.
#[must_use]
pub fn header(
    name: &str,
    value: &str,
    max_age: Option<u32>,
    config: &Config,
) -> Option<HeaderValue> {
    let secure = if config.is_https() { "; Secure" } else { "" };
    let age = max_age
        .map(|seconds| format!("; Max-Age={seconds}"))
        .unwrap_or_default();
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}");
    HeaderValue::from_str(&cookie).ok()
}
