//! Vapi: assistants, imported numbers and calls, an organisation for each key.

mod calls;
mod orgs;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use serde_json::{Value, json};
use uuid::Uuid;

use super::contract;
use super::twilio::Twilio;
use super::values::{find, find_mut, is_e164, lock, now, text};
use super::wire::{Ask, Reply, Vendor};
use orgs::{Org, Orgs};

/// Where an import leads a number's calls.
pub const VOICE_URL: &str = "https://api.vapi.ai/twilio/inbound_call";
const SMS_URL: &str = "https://api.vapi.ai/twilio/inbound_sms";

/// Vapi's limit for a body.
const READ_AT_MOST: usize = 100 * 1024;

/// Organisations and their calls, in memory. A clone is the same Vapi.
#[derive(Clone)]
pub struct Vapi {
    inner: Arc<Inner>,
}

struct Inner {
    orgs: Mutex<Orgs>,
    /// Where imported numbers come from.
    twilio: Twilio,
    /// The time between the events of a call.
    pace: Duration,
    /// Posts the events of calls.
    client: reqwest::Client,
}

/// A number that was imported.
pub struct Import {
    key: String,
    id: String,
    pub account_sid: String,
}

impl Vapi {
    pub fn new(twilio: Twilio, pace: Duration) -> Self {
        // A second call changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .user_agent("vendor-sandbox")
            .timeout(Duration::from_secs(20))
            .no_proxy()
            .build()
            .expect("a client");
        Self {
            inner: Arc::new(Inner {
                orgs: Mutex::default(),
                twilio,
                pace,
                client,
            }),
        }
    }

    pub fn orgs(&self) -> MutexGuard<'_, Orgs> {
        lock(&self.inner.orgs)
    }

    /// The imports of a number, the newest first.
    pub fn imports(&self, number: &str) -> Vec<Import> {
        let mut orgs = self.orgs();
        let imports = orgs.imports.clone();
        let import = |(key, id): (String, String)| {
            let held = find(&orgs.of(&key).numbers, &id).filter(|held| held["number"] == number)?;
            Some(Import {
                account_sid: text(held, "twilioAccountSid").to_owned(),
                key,
                id,
            })
        };
        imports.into_iter().rev().filter_map(import).collect()
    }

    /// A call comes to an imported number. How its assistant answers, if it has one.
    pub fn receive(&self, import: &Import, from: &str) -> Option<Value> {
        calls::receive(self, &import.key, &import.id, from)
    }
}

impl Vendor for Vapi {
    fn route(&self, method: &str, path: &str) -> (String, Vec<String>) {
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        match segments[..] {
            [thing @ ("assistant" | "phone-number" | "call")] => {
                (format!("{method} /{thing}"), Vec::new())
            }
            [thing @ ("assistant" | "phone-number" | "call"), id] => {
                (format!("{method} /{thing}/{{id}}"), vec![id.to_owned()])
            }
            _ => (format!("{method} {path}"), Vec::new()),
        }
    }

    fn caller(&self, authorization: &str) -> (String, String) {
        let key = authorization
            .split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map_or("", |(_, key)| key.trim());
        (key.to_owned(), key.to_owned())
    }

    fn body(&self, bytes: &[u8]) -> Option<Value> {
        serde_json::from_slice(bytes).ok()
    }

    fn turns_away(&self, headers: &HeaderMap, length: usize) -> Option<Reply> {
        if !headers.contains_key(USER_AGENT) {
            // The network in front of Vapi, not Vapi.
            return Some(Reply {
                status: 403,
                body: Value::String("error code: 1010".to_owned()),
            });
        }
        (length > READ_AT_MOST).then(|| self.trouble(413, "Payload Too Large"))
    }

    fn answer(&self, ask: &Ask) -> Reply {
        handle(self, ask).unwrap_or_else(|refusal| refusal)
    }

    fn trouble(&self, status: u16, text: &str) -> Reply {
        let message = if status == 429 {
            "Rate limit exceeded"
        } else {
            text
        };
        error(status, text, message)
    }
}

/// An error in Vapi's shape; a list of messages is what its validation says.
fn error(status: u16, name: &str, message: impl Into<Value>) -> Reply {
    let message: Value = message.into();
    Reply {
        status,
        body: json!({"message": message, "error": name, "statusCode": status}),
    }
}

fn bad_request(message: impl Into<Value>) -> Reply {
    error(400, "Bad Request", message)
}

fn handle(vapi: &Vapi, ask: &Ask) -> Result<Reply, Reply> {
    authorise(&ask.secret)?;
    match ask.call.as_str() {
        "POST /assistant" => create_assistant(vapi, ask),
        "POST /phone-number" => import(vapi, ask),
        "POST /call" => place(vapi, ask),
        "GET /assistant" | "GET /phone-number" | "GET /call" => list(vapi, ask),
        "GET /assistant/{id}" | "GET /phone-number/{id}" | "GET /call/{id}" => show(vapi, ask),
        "PATCH /assistant/{id}" | "PATCH /phone-number/{id}" => change(vapi, ask),
        "DELETE /assistant/{id}" | "DELETE /phone-number/{id}" => remove(vapi, ask),
        call => Err(error(404, "Not Found", format!("Cannot {call}"))),
    }
}

fn authorise(key: &str) -> Result<(), Reply> {
    let message = if key.is_empty() {
        "Missing Authorization Header."
    } else if key.starts_with("wrong") {
        "Invalid Key."
    } else if key.starts_with("public") {
        "Invalid Key. Hot tip, you may be using the private key instead of the public key, or vice versa."
    } else {
        return Ok(());
    };
    Err(error(401, "Unauthorized", message))
}

/// The body, if it fits the contract.
fn checked(ask: &Ask) -> Result<&Value, Reply> {
    let Some(body) = &ask.body else {
        return Err(bad_request(vec!["the body is not valid JSON"]));
    };
    let problems = contract::problems(&ask.call, body);
    if problems.is_empty() {
        Ok(body)
    } else {
        Err(bad_request(problems))
    }
}

/// A new thing: what was sent, with what Vapi adds.
fn stamped(body: &Value, org: &Org) -> Value {
    let mut thing = body.clone();
    let now = now();
    thing["id"] = json!(Uuid::new_v4().to_string());
    thing["orgId"] = json!(org.id);
    thing["createdAt"] = json!(now);
    thing["updatedAt"] = json!(now);
    thing
}

fn create_assistant(vapi: &Vapi, ask: &Ask) -> Result<Reply, Reply> {
    let body = checked(ask)?;
    let mut orgs = vapi.orgs();
    let org = orgs.of(&ask.secret);
    let assistant = stamped(body, org);
    org.assistants.push(assistant.clone());
    Ok(Reply {
        status: 201,
        body: assistant,
    })
}

fn import(vapi: &Vapi, ask: &Ask) -> Result<Reply, Reply> {
    let body = checked(ask)?;
    let number = text(body, "number");
    let account_sid = text(body, "twilioAccountSid");
    if !is_e164(number) {
        return Err(bad_request(format!(
            "`number` {number} must be a valid E.164 phone number. Hot tip, you may be missing the country code (eg. US: +1)."
        )));
    }
    let mut orgs = vapi.orgs();
    // Vapi ignores the pair of key and secret when a token is given.
    let token = if body["twilioAuthToken"].is_string() || body["twilioApiKey"].is_null() {
        text(body, "twilioAuthToken")
    } else {
        text(body, "twilioApiSecret")
    };
    let Some(line) = vapi.inner.twilio.line(account_sid, token, number) else {
        return Err(bad_request(format!(
            "Number Not Found on Twilio. {number} does not belong to the account {account_sid}, or the credentials are wrong."
        )));
    };
    let org = orgs.of(&ask.secret);
    if let Some(other) = org.numbers.iter().find(|held| held["number"] == number) {
        let id = text(other, "id");
        return Err(bad_request(format!(
            "Existing Phone Number {id} Has Identical `twilioAccountSid` {account_sid} and `number` {number}"
        )));
    }
    know_assistant(org, body)?;
    let mut held = stamped(body, org);
    held["status"] = json!("active");
    org.numbers.push(held.clone());
    orgs.imports
        .push((ask.secret.clone(), text(&held, "id").to_owned()));
    line.lead_to(
        VOICE_URL,
        (body["smsEnabled"] != json!(false)).then_some(SMS_URL),
    );
    Ok(Reply {
        status: 201,
        body: held,
    })
}

/// Refuses a body that names an assistant which the organisation has not.
fn know_assistant(org: &Org, body: &Value) -> Result<(), Reply> {
    match body["assistantId"].as_str() {
        Some(id) if find(&org.assistants, id).is_none() => Err(bad_request(format!(
            "Couldn't Get Assistant. `assistantId` {id} Does Not Exist."
        ))),
        _ => Ok(()),
    }
}

fn place(vapi: &Vapi, ask: &Ask) -> Result<Reply, Reply> {
    let body = checked(ask)?;
    let customer = text(&body["customer"], "number");
    let mut call = {
        let mut orgs = vapi.orgs();
        let org = orgs.of(&ask.secret);
        let Some(phone_number_id) = body["phoneNumberId"].as_str() else {
            return Err(bad_request(
                "Couldn't Get Phone Number. Need Either `phoneNumberId` Or `phoneNumber`.",
            ));
        };
        if find(&org.numbers, phone_number_id).is_none() {
            return Err(bad_request(format!(
                "Couldn't Get Phone Number. `phoneNumberId` {phone_number_id} Does Not Exist."
            )));
        }
        if body["assistantId"].is_null() {
            return Err(bad_request(
                "Couldn't Get Assistant. Need Either `assistantId` Or `assistant`.",
            ));
        }
        know_assistant(org, body)?;
        if !is_e164(customer) {
            return Err(bad_request(
                "`customer.number` must be a valid E.164 phone number. Hot tip, you may be missing the country code (eg. US: +1).",
            ));
        }
        if customer.ends_with("05") {
            return Err(bad_request(
                "Your plan does not allow calls to this number.",
            ));
        }
        let mut call = stamped(body, org);
        call["type"] = json!("outboundPhoneCall");
        call["status"] = json!("queued");
        call["phoneCallProvider"] = json!("twilio");
        org.calls.push(call.clone());
        call
    };
    calls::dial(vapi, &ask.secret, &call);
    call["subscriptionLimits"] = json!({
        "concurrencyBlocked": false,
        "concurrencyLimit": 10,
        "remainingConcurrentCalls": 9,
    });
    Ok(Reply {
        status: 201,
        body: call,
    })
}

/// The things that a call is about, and what Vapi calls one of them.
fn shelf<'a>(org: &'a mut Org, call: &str) -> (&'a mut Vec<Value>, &'static str) {
    if call.contains("/assistant") {
        (&mut org.assistants, "Assistant")
    } else if call.contains("/phone-number") {
        (&mut org.numbers, "Phone Number")
    } else {
        (&mut org.calls, "Call")
    }
}

fn not_found(what: &str) -> Reply {
    error(404, "Not Found", format!("Couldn't Find {what}"))
}

fn id_of(ask: &Ask) -> &str {
    ask.ids.first().map_or("", String::as_str)
}

fn list(vapi: &Vapi, ask: &Ask) -> Result<Reply, Reply> {
    let limit = match ask.query.get("limit") {
        None => 100,
        Some(limit) => match limit.parse::<usize>() {
            Ok(limit @ 0..=1000) => limit,
            _ => {
                return Err(bad_request(vec!["limit must be a number from 0 to 1000"]));
            }
        },
    };
    let mut orgs = vapi.orgs();
    let (things, _) = shelf(orgs.of(&ask.secret), &ask.call);
    let listed: Vec<Value> = things
        .iter()
        .rev()
        .filter(|thing| {
            ask.query
                .iter()
                .all(|(name, wanted)| fits(thing, name, wanted))
        })
        .take(limit)
        .cloned()
        .collect();
    Ok(Reply {
        status: 200,
        body: Value::Array(listed),
    })
}

/// Whether a thing passes one of the query's filters.
fn fits(thing: &Value, name: &str, wanted: &str) -> bool {
    if matches!(name, "id" | "assistantId" | "phoneNumberId") {
        return thing[name] == wanted;
    }
    let Some((field @ ("createdAt" | "updatedAt"), bound)) = name.split_at_checked(9) else {
        return true;
    };
    // Without the zone a text with fewer decimals sorts before one with more.
    let order = text(thing, field)
        .trim_end_matches('Z')
        .cmp(wanted.trim_end_matches('Z'));
    match bound {
        "Gt" => order.is_gt(),
        "Ge" => order.is_ge(),
        "Lt" => order.is_lt(),
        "Le" => order.is_le(),
        _ => true,
    }
}

fn show(vapi: &Vapi, ask: &Ask) -> Result<Reply, Reply> {
    let mut orgs = vapi.orgs();
    let (things, what) = shelf(orgs.of(&ask.secret), &ask.call);
    let thing = find(things, id_of(ask)).ok_or_else(|| not_found(what))?;
    Ok(Reply {
        status: 200,
        body: thing.clone(),
    })
}

/// Each top-level field that is sent replaces the old one whole.
fn change(vapi: &Vapi, ask: &Ask) -> Result<Reply, Reply> {
    let body = checked(ask)?;
    let mut orgs = vapi.orgs();
    let org = orgs.of(&ask.secret);
    if ask.call == "PATCH /phone-number/{id}" {
        know_assistant(org, body)?;
    }
    let (things, what) = shelf(org, &ask.call);
    let thing = find_mut(things, id_of(ask)).ok_or_else(|| not_found(what))?;
    for (name, value) in body.as_object().into_iter().flatten() {
        thing[name.as_str()] = value.clone();
    }
    thing["updatedAt"] = json!(now());
    Ok(Reply {
        status: 200,
        body: thing.clone(),
    })
}

/// A number that pointed to a removed assistant points nowhere, and Twilio's addresses stay rewritten.
fn remove(vapi: &Vapi, ask: &Ask) -> Result<Reply, Reply> {
    let mut orgs = vapi.orgs();
    let (things, what) = shelf(orgs.of(&ask.secret), &ask.call);
    let place = things
        .iter()
        .position(|thing| thing["id"] == id_of(ask))
        .ok_or_else(|| not_found(what))?;
    Ok(Reply {
        status: 200,
        body: things.remove(place),
    })
}
