//! Twilio: the account, and its numbers with the addresses that they call.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::contract;
use super::values::{lock, now_in_mail_style, text};
use super::wire::{Ask, Reply, Vendor};

const ACCOUNTS: &str = "/2010-04-01/Accounts";
/// A day on which everything was made.
const MADE: &str = "Mon, 01 Sep 2025 08:00:00 +0000";

/// Accounts and their numbers, in memory. A clone is the same Twilio.
#[derive(Clone, Default)]
pub struct Twilio {
    accounts: Arc<Mutex<BTreeMap<String, Vec<Value>>>>,
}

/// A number in the hands of somebody who has the credentials of its account.
pub struct Line<'a> {
    twilio: &'a Twilio,
    account_sid: &'a str,
    number: &'a str,
}

impl Twilio {
    /// The number, where these credentials open its account. The slow ones do, the other magic ones do not.
    pub fn line<'a>(
        &'a self,
        account_sid: &'a str,
        token: &str,
        number: &'a str,
    ) -> Option<Line<'a>> {
        let refused = ["wrong", "test", "suspended", "limited", "down", "dead"];
        let opens = !token.is_empty() && !refused.iter().any(|magic| token.starts_with(magic));
        let line = Line {
            twilio: self,
            account_sid,
            number,
        };
        (opens && self.with(account_sid, number, |_| ()).is_some()).then_some(line)
    }

    /// Where calls to a number go: a trunk or an application wins over the address.
    pub fn calls_go_to(&self, account_sid: &str, number: &str) -> Option<String> {
        self.with(account_sid, number, |held| {
            let is_address = held["trunk_sid"].is_null() && held["voice_application_sid"].is_null();
            is_address.then(|| text(held, "voice_url").to_owned())
        })
        .flatten()
    }

    pub fn numbers(&self, account_sid: &str) -> Vec<Value> {
        self.in_account(account_sid, |numbers| numbers.clone())
    }

    /// Looks at the numbers of an account, which has its first ones at first sight.
    fn in_account<T>(&self, account_sid: &str, look: impl FnOnce(&mut Vec<Value>) -> T) -> T {
        let mut accounts = lock(&self.accounts);
        let numbers = accounts
            .entry(account_sid.to_owned())
            .or_insert_with(|| first_numbers(account_sid));
        look(numbers)
    }

    fn with<T>(
        &self,
        account_sid: &str,
        number: &str,
        look: impl FnOnce(&mut Value) -> T,
    ) -> Option<T> {
        self.in_account(account_sid, |numbers| {
            let mut numbers = numbers.iter_mut();
            numbers
                .find(|held| held["phone_number"] == number)
                .map(look)
        })
    }
}

impl Line<'_> {
    /// Leads its calls, and its texts where that is wanted, to these addresses.
    pub fn lead_to(&self, voice_url: &str, sms_url: Option<&str>) {
        self.twilio.with(self.account_sid, self.number, |held| {
            held["voice_url"] = json!(voice_url);
            if let Some(sms_url) = sms_url {
                held["sms_url"] = json!(sms_url);
            }
        });
    }
}

impl Vendor for Twilio {
    fn route(&self, method: &str, path: &str) -> (String, Vec<String>) {
        let segments: Vec<&str> = path
            .strip_prefix(ACCOUNTS)
            .unwrap_or_default()
            .trim_start_matches('/')
            .split('/')
            .collect();
        let json = |segment: &str| segment.strip_suffix(".json").map(str::to_owned);
        let named = match segments[..] {
            [account] => json(account).map(|sid| ("/{Sid}.json", vec![sid])),
            [account, "IncomingPhoneNumbers.json"] => Some((
                "/{AccountSid}/IncomingPhoneNumbers.json",
                vec![account.to_owned()],
            )),
            [account, "IncomingPhoneNumbers", number] => json(number).map(|sid| {
                (
                    "/{AccountSid}/IncomingPhoneNumbers/{Sid}.json",
                    vec![account.to_owned(), sid],
                )
            }),
            _ => None,
        };
        match named {
            Some((name, sids)) => (format!("{method} {ACCOUNTS}{name}"), sids),
            None => (format!("{method} {path}"), Vec::new()),
        }
    }

    fn caller(&self, authorization: &str) -> (String, String) {
        basic(authorization).unwrap_or_default()
    }

    fn body(&self, bytes: &[u8]) -> Option<Value> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(bytes).ok()?;
        let fields: Map<String, Value> = pairs
            .into_iter()
            .map(|(name, value)| (name, Value::String(value)))
            .collect();
        Some(Value::Object(fields))
    }

    fn turns_away(&self, _: &HeaderMap, _: usize) -> Option<Reply> {
        None
    }

    fn answer(&self, ask: &Ask) -> Reply {
        handle(self, ask).unwrap_or_else(|refusal| refusal)
    }

    fn trouble(&self, status: u16, text: &str) -> Reply {
        let code = match status {
            429 => 20429,
            504 => 20504,
            _ => 20500,
        };
        error(status, code, text)
    }
}

fn basic(authorization: &str) -> Option<(String, String)> {
    let (scheme, pair) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = String::from_utf8(STANDARD.decode(pair.trim()).ok()?).ok()?;
    let (user, password) = pair.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// An error in Twilio's shape.
fn error(status: u16, code: u32, message: &str) -> Reply {
    Reply {
        status,
        body: json!({
            "code": code,
            "message": message,
            "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
            "status": status,
        }),
    }
}

fn handle(twilio: &Twilio, ask: &Ask) -> Result<Reply, Reply> {
    authorise(ask)?;
    match ask.call.strip_prefix("GET /2010-04-01/Accounts/") {
        Some("{Sid}.json") => return Ok(account(ask)),
        Some("{AccountSid}/IncomingPhoneNumbers.json") => return list(twilio, ask),
        Some("{AccountSid}/IncomingPhoneNumbers/{Sid}.json") => return show(twilio, ask),
        _ => {}
    }
    if ask.call == "POST /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{Sid}.json" {
        return change(twilio, ask);
    }
    Err(not_found(&ask.path))
}

fn authorise(ask: &Ask) -> Result<(), Reply> {
    let is_own = ask.ids.first().is_none_or(|sid| *sid == ask.secret);
    if !is_sid(&ask.secret) || !is_own || ask.token.is_empty() || ask.token.starts_with("wrong") {
        return Err(error(401, 20003, "Authenticate"));
    }
    if ask.token.starts_with("test") {
        return Err(error(
            403,
            20008,
            "Resource not accessible with Test Account Credentials",
        ));
    }
    Ok(())
}

/// `AC` and 32 hexadecimal digits.
fn is_sid(sid: &str) -> bool {
    sid.strip_prefix("AC").is_some_and(|digits| {
        digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

fn not_found(path: &str) -> Reply {
    let message = format!("The requested resource {path} was not found");
    error(404, 20404, &message)
}

fn account(ask: &Ask) -> Reply {
    let sid = &ask.secret;
    let status = if ask.token.starts_with("suspended") {
        "suspended"
    } else {
        "active"
    };
    Reply {
        status: 200,
        body: json!({
            "auth_token": ask.token,
            "date_created": MADE,
            "date_updated": MADE,
            "friendly_name": "Sandbox account",
            "owner_account_sid": sid,
            "sid": sid,
            "status": status,
            "subresource_uris": {
                "incoming_phone_numbers": format!("{ACCOUNTS}/{sid}/IncomingPhoneNumbers.json"),
            },
            "type": "Full",
            "uri": format!("{ACCOUNTS}/{sid}.json"),
        }),
    }
}

fn list(twilio: &Twilio, ask: &Ask) -> Result<Reply, Reply> {
    let size = match ask.query.get("PageSize").map(|size| size.parse::<usize>()) {
        None => 50,
        Some(Ok(size @ 1..=1000)) => size,
        Some(_) => return Err(error(400, 20001, "PageSize must be from 1 to 1000")),
    };
    let page = match ask.query.get("Page").map(|page| page.parse::<usize>()) {
        None => 0,
        Some(Ok(page @ 0..=1_000_000)) => page,
        Some(_) => return Err(error(400, 20001, "Page must be a number")),
    };
    let wanted = ask.query.get("PhoneNumber").map_or("", String::as_str);
    let mut found = twilio.numbers(&ask.secret);
    found.retain(|number| has_part(text(number, "phone_number"), wanted));
    let start = page * size;
    let numbers: Vec<&Value> = found.iter().skip(start).take(size).collect();
    let base = format!(
        "{ACCOUNTS}/{}/IncomingPhoneNumbers.json?PageSize={size}",
        ask.secret
    );
    let uri = |page: usize| format!("{base}&Page={page}");
    let end = start + numbers.len().saturating_sub(1);
    let next = (found.len() > start + size).then(|| uri(page + 1));
    let previous = (page > 0).then(|| uri(page - 1));
    Ok(Reply {
        status: 200,
        body: json!({
            "start": start,
            "end": end,
            "page": page,
            "page_size": size,
            "uri": uri(page),
            "first_page_uri": uri(0),
            "next_page_uri": next,
            "previous_page_uri": previous,
            "incoming_phone_numbers": numbers,
        }),
    })
}

/// Whether a number has this part, in which `*` is any digit.
fn has_part(number: &str, part: &str) -> bool {
    let (number, part) = (number.as_bytes(), part.as_bytes());
    part.is_empty()
        || number.windows(part.len()).any(|window| {
            window.iter().zip(part).all(|(digit, wanted)| {
                digit == wanted || (*wanted == b'*' && digit.is_ascii_digit())
            })
        })
}

fn held<'a>(numbers: &'a mut [Value], ask: &Ask) -> Result<&'a mut Value, Reply> {
    let sid = ask.ids.get(1).map_or("", String::as_str);
    numbers
        .iter_mut()
        .find(|number| number["sid"] == sid)
        .ok_or_else(|| not_found(&ask.path))
}

fn show(twilio: &Twilio, ask: &Ask) -> Result<Reply, Reply> {
    twilio.in_account(&ask.secret, |numbers| {
        let number = held(numbers, ask)?;
        Ok(Reply {
            status: 200,
            body: number.clone(),
        })
    })
}

fn change(twilio: &Twilio, ask: &Ask) -> Result<Reply, Reply> {
    let body = ask
        .body
        .as_ref()
        .ok_or_else(|| error(400, 20001, "The body is not a form"))?;
    let problems = contract::problems(&ask.call, body);
    if !problems.is_empty() {
        return Err(error(400, 20001, &problems.join("; ")));
    }
    let fields = [
        ("FriendlyName", "friendly_name"),
        ("VoiceUrl", "voice_url"),
        ("VoiceMethod", "voice_method"),
        ("VoiceFallbackUrl", "voice_fallback_url"),
        ("VoiceApplicationSid", "voice_application_sid"),
        ("TrunkSid", "trunk_sid"),
        ("SmsUrl", "sms_url"),
        ("SmsMethod", "sms_method"),
        ("StatusCallback", "status_callback"),
        ("StatusCallbackMethod", "status_callback_method"),
    ];
    twilio.in_account(&ask.secret, |numbers| {
        let number = held(numbers, ask)?;
        for (sent, field) in fields {
            match body[sent].as_str() {
                None => {}
                Some("") => number[field] = Value::Null,
                Some(value) => number[field] = json!(value),
            }
        }
        number["date_updated"] = json!(now_in_mail_style());
        Ok(Reply {
            status: 200,
            body: number.clone(),
        })
    })
}

/// The numbers that each account has at first.
fn first_numbers(account_sid: &str) -> Vec<Value> {
    if !is_sid(account_sid) {
        return Vec::new();
    }
    let number = |phone_number: &str, has_voice: bool, has_sms: bool| {
        let sid = derived_sid("PN", &format!("{account_sid}{phone_number}"));
        let mut number = json!({
            "account_sid": account_sid,
            "address_requirements": "none",
            "api_version": "2010-04-01",
            "beta": false,
            "capabilities": {"mms": has_sms, "sms": has_sms, "voice": has_voice, "fax": false},
            "date_created": MADE,
            "date_updated": MADE,
            "friendly_name": friendly_name(phone_number),
            "phone_number": phone_number,
            "origin": "twilio",
            "sid": sid,
            "sms_fallback_method": "POST",
            "sms_method": "POST",
            "status_callback_method": "POST",
            "uri": format!("{ACCOUNTS}/{account_sid}/IncomingPhoneNumbers/{sid}.json"),
            "voice_receive_mode": "voice",
            "voice_caller_id_lookup": false,
            "voice_fallback_method": "POST",
            "voice_method": "POST",
            "emergency_status": "Inactive",
            "emergency_address_status": "unregistered",
            "status": "in-use",
            "type": "local",
        });
        for unset in [
            "address_sid",
            "identity_sid",
            "sms_application_sid",
            "sms_fallback_url",
            "sms_url",
            "status_callback",
            "trunk_sid",
            "voice_application_sid",
            "voice_fallback_url",
            "voice_url",
            "emergency_address_sid",
            "bundle_sid",
        ] {
            number[unset] = Value::Null;
        }
        number
    };
    let mut demo = number("+14155550100", true, true);
    demo["voice_url"] = json!("https://demo.twilio.com/welcome/voice/");
    let mut exchange = number("+14155550111", true, false);
    exchange["voice_url"] = json!("https://pbx.example.com/voice");
    exchange["status_callback"] = json!("https://pbx.example.com/status");
    let texts_only = number("+14155550122", false, true);
    let mut trunk = number("+14155550133", true, false);
    trunk["trunk_sid"] = json!(derived_sid("TK", account_sid));
    let french = number("+33123456789", true, false);
    let israeli = number("+97231234567", true, false);
    vec![demo, exchange, texts_only, trunk, french, israeli]
}

/// As Twilio names a number that nobody has named.
fn friendly_name(number: &str) -> String {
    match number.strip_prefix("+1") {
        Some(rest) if rest.len() == 10 => {
            format!("({}) {}-{}", &rest[..3], &rest[3..6], &rest[6..])
        }
        _ => number.to_owned(),
    }
}

/// The same SID for the same seed, in every run (FNV-1a, twice).
fn derived_sid(prefix: &str, seed: &str) -> String {
    let hash = |start: u64| {
        seed.bytes().fold(start, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    };
    let first = hash(0xcbf2_9ce4_8422_2325);
    let second = hash(first);
    format!("{prefix}{first:016x}{second:016x}")
}
