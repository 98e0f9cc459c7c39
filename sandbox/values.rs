//! Values as both vendors write them, and ways to look into what is held.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use time::OffsetDateTime;

pub fn find<'a>(things: &'a [Value], id: &str) -> Option<&'a Value> {
    things.iter().find(|thing| thing["id"] == id)
}

pub fn find_mut<'a>(things: &'a mut [Value], id: &str) -> Option<&'a mut Value> {
    things.iter_mut().find(|thing| thing["id"] == id)
}

/// A text field of a body, empty where there is none.
pub fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body[name].as_str().unwrap_or_default()
}

/// The time as Vapi writes it: RFC 3339 with milliseconds.
pub fn now() -> String {
    let now = OffsetDateTime::now_utc();
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        now.year(),
        u8::from(now.month()),
        now.day(),
        now.hour(),
        now.minute(),
        now.second(),
        now.millisecond()
    )
}

/// The time as Vapi's events carry it.
pub fn now_in_ms() -> i64 {
    let now = OffsetDateTime::now_utc();
    now.unix_timestamp() * 1_000 + i64::from(now.millisecond())
}

/// The time as Twilio writes it: RFC 2822.
pub fn now_in_mail_style() -> String {
    let now = OffsetDateTime::now_utc();
    let day = now.weekday().to_string();
    let month = now.month().to_string();
    format!(
        "{}, {:02} {} {} {:02}:{:02}:{:02} +0000",
        &day[..3],
        now.day(),
        &month[..3],
        now.year(),
        now.hour(),
        now.minute(),
        now.second()
    )
}

/// `+` and 2 to 15 digits, the first not 0.
pub fn is_e164(number: &str) -> bool {
    number.strip_prefix('+').is_some_and(|digits| {
        (2..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// A test that panics elsewhere must not take the sandbox with it.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
