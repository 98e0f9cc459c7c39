//! Vapi: assistants, imported numbers and calls, an organisation for each key.

use serde_json::{Value, json};
use uuid::Uuid;

use super::state::{Org, find, find_mut, is_e164, now, text};
use super::wire::{Ask, Reply};
use super::{Sandbox, calls, contract, twilio};

/// Where an import leads a number's calls.
pub const VOICE_URL: &str = "https://api.vapi.ai/twilio/inbound_call";
const SMS_URL: &str = "https://api.vapi.ai/twilio/inbound_sms";

/// Names a call as the contract does, with the ids in its path.
pub fn route(method: &str, path: &str) -> (String, Vec<String>) {
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

/// An error in Vapi's shape; a list of messages is what its validation says.
pub fn error(status: u16, name: &str, message: impl Into<Value>) -> Reply {
    let message: Value = message.into();
    Reply {
        status,
        body: json!({"message": message, "error": name, "statusCode": status}),
    }
}

fn bad_request(message: impl Into<Value>) -> Reply {
    error(400, "Bad Request", message)
}

pub fn answer(sandbox: &Sandbox, ask: &Ask) -> Reply {
    handle(sandbox, ask).unwrap_or_else(|refusal| refusal)
}

fn handle(sandbox: &Sandbox, ask: &Ask) -> Result<Reply, Reply> {
    authorise(&ask.secret)?;
    match ask.call.as_str() {
        "POST /assistant" => create_assistant(sandbox, ask),
        "POST /phone-number" => import(sandbox, ask),
        "POST /call" => place(sandbox, ask),
        "GET /assistant" | "GET /phone-number" | "GET /call" => list(sandbox, ask),
        "GET /assistant/{id}" | "GET /phone-number/{id}" | "GET /call/{id}" => show(sandbox, ask),
        "PATCH /assistant/{id}" | "PATCH /phone-number/{id}" => change(sandbox, ask),
        "DELETE /assistant/{id}" | "DELETE /phone-number/{id}" => remove(sandbox, ask),
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

fn create_assistant(sandbox: &Sandbox, ask: &Ask) -> Result<Reply, Reply> {
    let body = checked(ask)?;
    let mut state = sandbox.state();
    let org = state.org(&ask.secret);
    let assistant = stamped(body, org);
    org.assistants.push(assistant.clone());
    Ok(Reply {
        status: 201,
        body: assistant,
    })
}

fn import(sandbox: &Sandbox, ask: &Ask) -> Result<Reply, Reply> {
    let body = checked(ask)?;
    let number = text(body, "number");
    let account_sid = text(body, "twilioAccountSid");
    if !is_e164(number) {
        return Err(bad_request(format!(
            "`number` {number} must be a valid E.164 phone number. Hot tip, you may be missing the country code (eg. US: +1)."
        )));
    }
    let mut state = sandbox.state();
    // Vapi ignores the pair of key and secret when a token is given.
    let token = if body["twilioAuthToken"].is_string() || body["twilioApiKey"].is_null() {
        text(body, "twilioAuthToken")
    } else {
        text(body, "twilioApiSecret")
    };
    if !twilio::takes(account_sid, token) || state.twilio_number(account_sid, number).is_none() {
        return Err(bad_request(format!(
            "Number Not Found on Twilio. {number} does not belong to the account {account_sid}, or the credentials are wrong."
        )));
    }
    let org = state.org(&ask.secret);
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
    state
        .imports
        .push((ask.secret.clone(), text(&held, "id").to_owned()));
    if let Some(at_twilio) = state.twilio_number(account_sid, number) {
        at_twilio["voice_url"] = json!(VOICE_URL);
        if body["smsEnabled"] != json!(false) {
            at_twilio["sms_url"] = json!(SMS_URL);
        }
    }
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

fn place(sandbox: &Sandbox, ask: &Ask) -> Result<Reply, Reply> {
    let body = checked(ask)?;
    let customer = text(&body["customer"], "number");
    let mut call = {
        let mut state = sandbox.state();
        let org = state.org(&ask.secret);
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
    calls::dial(sandbox, &ask.secret, &call);
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

fn list(sandbox: &Sandbox, ask: &Ask) -> Result<Reply, Reply> {
    let limit = match ask.query.get("limit") {
        None => 100,
        Some(limit) => match limit.parse::<usize>() {
            Ok(limit @ 0..=1000) => limit,
            _ => {
                return Err(bad_request(vec!["limit must be a number from 0 to 1000"]));
            }
        },
    };
    let mut state = sandbox.state();
    let (things, _) = shelf(state.org(&ask.secret), &ask.call);
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

fn show(sandbox: &Sandbox, ask: &Ask) -> Result<Reply, Reply> {
    let mut state = sandbox.state();
    let (things, what) = shelf(state.org(&ask.secret), &ask.call);
    let thing = find(things, id_of(ask)).ok_or_else(|| not_found(what))?;
    Ok(Reply {
        status: 200,
        body: thing.clone(),
    })
}

/// Each top-level field that is sent replaces the old one whole.
fn change(sandbox: &Sandbox, ask: &Ask) -> Result<Reply, Reply> {
    let body = checked(ask)?;
    let mut state = sandbox.state();
    let org = state.org(&ask.secret);
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
fn remove(sandbox: &Sandbox, ask: &Ask) -> Result<Reply, Reply> {
    let mut state = sandbox.state();
    let (things, what) = shelf(state.org(&ask.secret), &ask.call);
    let place = things
        .iter()
        .position(|thing| thing["id"] == id_of(ask))
        .ok_or_else(|| not_found(what))?;
    Ok(Reply {
        status: 200,
        body: things.remove(place),
    })
}
