//! What the two vendors hold, in memory.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::twilio;

#[derive(Default)]
pub struct State {
    /// Vapi's organisations by private key.
    orgs: BTreeMap<String, Org>,
    /// Twilio's numbers by account.
    accounts: BTreeMap<String, Vec<Value>>,
    /// Key and id of each number in the order of its import into Vapi.
    pub imports: Vec<(String, String)>,
    /// Keys and calls that were late already.
    late: BTreeSet<(String, String)>,
}

/// One organisation at Vapi; everything oldest first.
pub struct Org {
    pub id: String,
    pub assistants: Vec<Value>,
    pub numbers: Vec<Value>,
    pub calls: Vec<Value>,
}

impl Default for Org {
    fn default() -> Self {
        Self {
            id: Uuid::new_v4().to_string(),
            assistants: Vec::new(),
            numbers: Vec::new(),
            calls: Vec::new(),
        }
    }
}

impl State {
    /// The organisation of a key, made at first use.
    pub fn org(&mut self, key: &str) -> &mut Org {
        self.orgs.entry(key.to_owned()).or_default()
    }

    /// The numbers of a Twilio account, made at first sight.
    pub fn twilio_numbers(&mut self, account_sid: &str) -> &mut Vec<Value> {
        self.accounts
            .entry(account_sid.to_owned())
            .or_insert_with(|| twilio::first_numbers(account_sid))
    }

    pub fn twilio_number(&mut self, account_sid: &str, number: &str) -> Option<&mut Value> {
        self.twilio_numbers(account_sid)
            .iter_mut()
            .find(|held| held["phone_number"] == number)
    }

    /// Whether a key makes this call for the first time.
    pub fn is_first_late(&mut self, key: &str, call: &str) -> bool {
        self.late.insert((key.to_owned(), call.to_owned()))
    }
}

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
