//! Scripted calls: they go through their states and post their events as Vapi does.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::sleep;
use uuid::Uuid;

use super::super::values::{find, find_mut, now, now_in_ms, text};
use super::Vapi;

/// A status, and the reason where it is the end.
type Step = (&'static str, &'static str);

const ANSWERED: &[Step] = &[
    ("queued", ""),
    ("ringing", ""),
    ("in-progress", ""),
    ("ended", "customer-ended-call"),
];
const BUSY: &[Step] = &[("queued", ""), ("ringing", ""), ("ended", "customer-busy")];
const NOT_ANSWERED: &[Step] = &[
    ("queued", ""),
    ("ringing", ""),
    ("ended", "customer-did-not-answer"),
];
const CALLED: &[Step] = &[("in-progress", ""), ("ended", "customer-ended-call")];

const BETWEEN_TRIES: Duration = Duration::from_millis(200);

/// A call on its way.
struct Line {
    vapi: Vapi,
    key: String,
    call_id: String,
    /// As they were when the call began.
    assistant: Value,
    phone_number: Value,
    customer: Value,
}

/// Starts an outbound call; the end of the customer's number says how it goes.
pub fn dial(vapi: &Vapi, key: &str, call: &Value) {
    let number = text(&call["customer"], "number");
    let (steps, is_end_told) = if number.ends_with("02") {
        (BUSY, true)
    } else if number.ends_with("03") {
        (NOT_ANSWERED, true)
    } else {
        (ANSWERED, !number.ends_with("04"))
    };
    let line = Line::new(vapi, key, call);
    tokio::spawn(line.run(steps, is_end_told));
}

/// A call to an imported number. How its assistant answers, if it has one.
pub fn receive(vapi: &Vapi, key: &str, number_id: &str, from: &str) -> Option<Value> {
    let (call, assistant) = inbound(vapi, key, number_id, from)?;
    let line = Line::new(vapi, key, &call);
    tokio::spawn(line.run(CALLED, true));
    Some(json!({
        "answered": true,
        "firstMessage": assistant["firstMessage"],
        "voice": assistant["voice"],
        "transcriber": assistant["transcriber"],
    }))
}

/// The new call, and the assistant that takes it.
fn inbound(vapi: &Vapi, key: &str, number_id: &str, from: &str) -> Option<(Value, Value)> {
    let mut orgs = vapi.orgs();
    let org = orgs.of(key);
    let number = find(&org.numbers, number_id)?;
    let assistant = find(&org.assistants, text(number, "assistantId"))?.clone();
    let now = now();
    let call = json!({
        "id": Uuid::new_v4().to_string(),
        "orgId": org.id,
        "type": "inboundPhoneCall",
        "status": "ringing",
        "phoneCallProvider": "twilio",
        "createdAt": now,
        "updatedAt": now,
        "assistantId": assistant["id"],
        "phoneNumberId": number_id,
        "customer": {"number": from},
    });
    org.calls.push(call.clone());
    Some((call, assistant))
}

impl Line {
    fn new(vapi: &Vapi, key: &str, call: &Value) -> Self {
        let mut orgs = vapi.orgs();
        let org = orgs.of(key);
        let held = |things: &[Value], name: &str| {
            find(things, text(call, name)).cloned().unwrap_or_default()
        };
        let mut assistant = held(&org.assistants, "assistantId");
        for (name, value) in call["assistantOverrides"].as_object().into_iter().flatten() {
            assistant[name.as_str()] = value.clone();
        }
        // Events carry what was sent at the import, the token with it.
        let mut phone_number = held(&org.numbers, "phoneNumberId");
        if let Some(fields) = phone_number.as_object_mut() {
            let added = ["id", "orgId", "status", "createdAt", "updatedAt"];
            fields.retain(|name, _| !added.contains(&name.as_str()));
        }
        drop(orgs);
        Self {
            vapi: vapi.clone(),
            key: key.to_owned(),
            call_id: text(call, "id").to_owned(),
            assistant,
            phone_number,
            customer: call["customer"].clone(),
        }
    }

    async fn run(self, steps: &'static [Step], is_end_told: bool) {
        let pace = self.vapi.inner.pace;
        for &(status, reason) in steps {
            sleep(pace).await;
            let call = self.advance(status, reason);
            let is_end = status == "ended";
            if is_end && !is_end_told {
                return;
            }
            let mut message = self.message("status-update", &call);
            message["status"] = json!(status);
            if is_end {
                message["endedReason"] = json!(reason);
            }
            self.tell(&message).await;
            if is_end {
                sleep(pace).await;
                self.tell(&self.report(&call)).await;
            }
        }
    }

    /// The call in its next state.
    fn advance(&self, status: &str, reason: &str) -> Value {
        let mut orgs = self.vapi.orgs();
        let Some(call) = find_mut(&mut orgs.of(&self.key).calls, &self.call_id) else {
            return Value::Null;
        };
        let now = now();
        call["status"] = json!(status);
        call["updatedAt"] = json!(now);
        match status {
            "in-progress" => call["startedAt"] = json!(now),
            "ended" => {
                let words = words(&self.assistant);
                let first = text(&self.assistant, "firstMessage");
                call["endedAt"] = json!(now);
                call["endedReason"] = json!(reason);
                if call["startedAt"].is_string() {
                    let transcript = format!(
                        "AI: {first}\nUser: {}\nAI: {}\n",
                        words.question, words.answer
                    );
                    call["analysis"] =
                        json!({"summary": words.summary, "successEvaluation": "true"});
                    call["artifact"] = json!({"transcript": transcript, "messages": []});
                    call["cost"] = json!(0.05);
                } else {
                    call["analysis"] = json!({});
                    call["artifact"] = json!({"transcript": "", "messages": []});
                }
            }
            _ => {}
        }
        call.clone()
    }

    fn message(&self, kind: &str, call: &Value) -> Value {
        json!({
            "type": kind,
            "timestamp": now_in_ms(),
            "call": call,
            "phoneNumber": self.phone_number,
            "customer": self.customer,
        })
    }

    fn report(&self, call: &Value) -> Value {
        let mut message = self.message("end-of-call-report", call);
        for name in [
            "endedReason",
            "startedAt",
            "endedAt",
            "cost",
            "analysis",
            "artifact",
        ] {
            if let Some(value) = call.get(name) {
                message[name] = value.clone();
            }
        }
        message
    }

    /// Posts an event to the assistant's server, again as often as its plan says.
    async fn tell(&self, message: &Value) {
        let is_wanted = self.assistant["serverMessages"]
            .as_array()
            .is_none_or(|wanted| wanted.contains(&message["type"]));
        let server = &self.assistant["server"];
        let url = text(server, "url");
        if url.is_empty() || !is_wanted {
            return;
        }
        let tries = server["backoffPlan"]["maxRetries"].as_u64().unwrap_or(0);
        let body = json!({"message": message});
        for attempt in 0..=tries {
            if attempt > 0 {
                sleep(BETWEEN_TRIES).await;
            }
            let mut request = self.vapi.inner.client.post(url).json(&body);
            for (name, value) in server["headers"].as_object().into_iter().flatten() {
                if let Some(value) = value.as_str() {
                    request = request.header(name.as_str(), value);
                }
            }
            let is_taken = request
                .send()
                .await
                .is_ok_and(|answer| answer.status().is_success());
            if is_taken {
                return;
            }
        }
    }
}

/// What is said in an answered call.
struct Words {
    question: &'static str,
    answer: &'static str,
    summary: &'static str,
}

/// In the language of the assistant's voice.
fn words(assistant: &Value) -> Words {
    let voice = &assistant["voice"];
    let speaks = |language: &str| {
        text(voice, "voiceId").starts_with(&format!("{language}-"))
            || text(voice, "language").starts_with(language)
    };
    if speaks("he") {
        Words {
            question: "שלום, מתי אתם פתוחים?",
            answer: "אנחנו פתוחים בימים ראשון עד חמישי, מתשע עד חמש.",
            summary: "המתקשר שאל על שעות הפתיחה וקיבל תשובה.",
        }
    } else if speaks("fr") {
        Words {
            question: "Bonjour, quels sont vos horaires ?",
            answer: "Nous sommes ouverts du lundi au vendredi, de neuf heures à dix-sept heures.",
            summary: "L’appelant a demandé les horaires d’ouverture et a reçu une réponse.",
        }
    } else {
        Words {
            question: "Hello, when are you open?",
            answer: "We are open Monday to Friday, nine to five.",
            summary: "The caller asked about the opening hours and got an answer.",
        }
    }
}
