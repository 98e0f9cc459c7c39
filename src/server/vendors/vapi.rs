//! Vapi, the voice agent: assistants, imported numbers, calls.
//!
//! Facts: spec `tests/contracts/vapi.openapi.json`; docs VapiAI/docs of 2026-08.

use std::collections::BTreeMap;

use reqwest::{Method, RequestBuilder, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::door::{Answer, Door};
use super::{Failure, Refusal};
use crate::domain::Locale;
use crate::domain::assistant::voice_locale;

/// The header by which Vapi proves its events; set per assistant (spec, `Server.headers`).
pub const SECRET_HEADER: &str = "x-vapi-secret";
/// The key of our own id in an assistant's `metadata`.
const OUR_ID: &str = "ava_assistant_id";

pub struct Vapi {
    door: Door,
}

/// An assistant as we want it to be at Vapi.
pub struct Assistant<'a> {
    pub id: Uuid,
    pub name: &'a str,
    pub voice: &'a str,
    pub first_message: &'a str,
    pub instructions: &'a str,
    /// What an integrator keeps with it.
    pub metadata: &'a BTreeMap<String, String>,
    /// Where its events go, and what proves that they come from Vapi.
    pub events_url: &'a str,
    pub events_secret: &'a str,
}

impl Assistant<'_> {
    /// The body of `POST` and `PATCH /assistant`: every sub-object whole, since Vapi takes no part of
    /// one (spec, `UpdateAssistantDTO`).
    #[must_use]
    pub fn body(&self) -> Value {
        let language = voice_locale(self.voice).unwrap_or(Locale::En).code();
        let mut metadata = self.metadata.clone();
        metadata.insert(OUR_ID.to_owned(), self.id.to_string());
        json!({
            "name": self.name,
            "firstMessage": self.first_message,
            "firstMessageMode": "assistant-speaks-first",
            "model": {
                "provider": "openai",
                "model": "gpt-4o-mini",
                "temperature": 0.7,
                "messages": [{"role": "system", "content": self.instructions}],
            },
            "voice": {"provider": "azure", "voiceId": self.voice},
            // Of Deepgram's models only Nova 3 hears Hebrew (docs, providers/transcriber/deepgram).
            "transcriber": {"provider": "deepgram", "model": "nova-3", "language": language},
            "server": {
                "url": self.events_url,
                "headers": {SECRET_HEADER: self.events_secret},
                "timeoutSeconds": 20,
                // Without a plan an event that is not taken is lost (spec, `BackoffPlan`).
                "backoffPlan": {"type": "exponential", "maxRetries": 5, "baseDelaySeconds": 1},
            },
            "serverMessages": ["status-update", "end-of-call-report"],
            "metadata": metadata,
        })
    }
}

/// A Twilio number as it is imported.
pub struct Import<'a> {
    pub number: &'a str,
    pub account_sid: &'a str,
    pub auth_token: &'a str,
    pub assistant_id: &'a str,
}

impl Import<'_> {
    /// The body of `POST /phone-number`. Text messages stay where they are.
    #[must_use]
    pub fn body(&self) -> Value {
        json!({
            "provider": "twilio",
            "number": self.number,
            "twilioAccountSid": self.account_sid,
            "twilioAuthToken": self.auth_token,
            "name": "Ava",
            "assistantId": self.assistant_id,
            "smsEnabled": false,
        })
    }
}

/// The body of `PATCH /phone-number/{id}`.
#[must_use]
pub fn attach_body(assistant_id: &str) -> Value {
    json!({"provider": "twilio", "assistantId": assistant_id})
}

/// The body of `POST /call`: a test call of five minutes at most.
#[must_use]
pub fn call_body(assistant_id: &str, phone_number_id: &str, customer: &str) -> Value {
    json!({
        "assistantId": assistant_id,
        "phoneNumberId": phone_number_id,
        "customer": {"number": customer},
        "assistantOverrides": {"maxDurationSeconds": 300},
    })
}

/// What is read of an assistant.
#[derive(Deserialize)]
pub struct AssistantSeen {
    #[serde(deserialize_with = "id")]
    pub id: String,
    #[serde(default)]
    metadata: Value,
}

/// What is read of a number. The rest, which may hold Twilio's token, is dropped.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NumberSeen {
    #[serde(deserialize_with = "id")]
    pub id: String,
    #[serde(default)]
    pub number: Option<String>,
    #[serde(default)]
    pub assistant_id: Option<String>,
}

/// What is read of a call, from an answer or from an event.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CallSeen {
    #[serde(deserialize_with = "id")]
    pub id: String,
    #[serde(default)]
    pub status: Option<String>,
    #[serde(default)]
    pub ended_reason: Option<String>,
    #[serde(default, deserialize_with = "instant")]
    pub started_at: Option<OffsetDateTime>,
    #[serde(default, deserialize_with = "instant")]
    pub ended_at: Option<OffsetDateTime>,
    #[serde(default)]
    pub analysis: Option<Analysis>,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub struct Analysis {
    #[serde(default)]
    pub summary: Option<String>,
}

/// Whether this can be an id of Vapi's: they are UUIDs (spec). Nothing else reaches the database or an address.
fn is_id(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=100).contains(&text.len()) && text.bytes().all(is_part)
}

fn id<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let id = String::deserialize(from)?;
    let wrong = || serde::de::Error::custom("no id of Vapi's");
    Some(id).filter(|id| is_id(id)).ok_or_else(wrong)
}

/// A time as RFC 3339; anything else counts as not told.
fn instant<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<OffsetDateTime>, D::Error> {
    let value = Value::deserialize(from)?;
    Ok(value
        .as_str()
        .and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok()))
}

/// An event that Vapi has posted, as far as it is understood.
#[derive(Debug)]
pub struct Event {
    pub kind: String,
    /// `None` where it names none.
    pub call: Option<CallSeen>,
    /// The other side's number, where it is told.
    pub customer_number: Option<String>,
    pub is_inbound: bool,
}

impl Event {
    /// Reads the body of an event; `None` when it is none. Transcripts, recordings and credentials
    /// that it may hold are left where they are (spec, `ServerMessage`).
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        let mut body: Value = serde_json::from_slice(body).ok()?;
        let mut message = body.get_mut("message").map(Value::take)?;
        let kind = message.get("type")?.as_str()?.to_owned();
        let call = message.get("call").cloned().unwrap_or_default();
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let customer_number = text(message.pointer("/customer/number"))
            .or_else(|| text(call.pointer("/customer/number")));
        let is_inbound = text(call.get("type")).is_some_and(|kind| kind.starts_with("inbound"));
        let id = text(call.get("id")).filter(|id| is_id(id));
        if kind == "end-of-call-report" {
            message["status"] = Value::String("ended".to_owned());
        }
        let call = match id {
            Some(id) => {
                message["id"] = Value::String(id);
                Some(serde_json::from_value(message).ok()?)
            }
            None => None,
        };
        Some(Self {
            kind,
            call,
            customer_number,
            is_inbound,
        })
    }
}

impl Vapi {
    pub(super) const fn new(door: Door) -> Self {
        Self { door }
    }

    fn request(&self, method: Method, path: &[&str], key: &str) -> RequestBuilder {
        self.door.request(method, path).bearer_auth(key)
    }

    async fn get(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        key: &str,
    ) -> Result<Value, Failure> {
        let request = self.request(Method::GET, path, key).query(query);
        understood(&self.door.read(request).await?)
    }

    async fn change(
        &self,
        method: Method,
        path: &[&str],
        key: &str,
        body: Option<&Value>,
    ) -> Result<Value, Failure> {
        let mut request = self.request(method, path, key);
        if let Some(body) = body {
            request = request.json(body);
        }
        understood(&self.door.write(request).await?)
    }

    /// Whether Vapi accepts a private key. `GET /assistant?limit=1` is the cheapest probe (spec; the
    /// same in public connectors).
    ///
    /// # Errors
    /// [`Failure::Refused`] when it does not.
    pub async fn check(&self, key: &str) -> Result<(), Failure> {
        let answer = self.get(&["assistant"], &[("limit", "1")], key).await?;
        read::<Vec<AssistantSeen>>(answer).map(drop)
    }

    /// The assistant that carries our id; there is no other way to tell whether a creation whose
    /// answer was lost has happened (spec: no idempotency keys).
    ///
    /// # Errors
    /// When Vapi does not answer or refuses the key.
    pub async fn find_assistant(
        &self,
        key: &str,
        ours: Uuid,
        since: OffsetDateTime,
    ) -> Result<Option<AssistantSeen>, Failure> {
        // A day earlier, for clocks that disagree.
        let since = (since - time::Duration::DAY)
            .format(&Rfc3339)
            .unwrap_or_default();
        let query = [("limit", "1000"), ("createdAtGe", since.as_str())];
        let all: Vec<AssistantSeen> = read(self.get(&["assistant"], &query, key).await?)?;
        let ours = ours.to_string();
        Ok(all
            .into_iter()
            .find(|seen| seen.metadata.get(OUR_ID).and_then(Value::as_str) == Some(&ours)))
    }

    /// # Errors
    /// [`Failure::NotFound`] when it was deleted at Vapi.
    pub async fn assistant(&self, key: &str, id: &str) -> Result<AssistantSeen, Failure> {
        read(self.get(&["assistant", id], &[], key).await?)
    }

    /// # Errors
    /// With `maybe_done` it may exist all the same: look before trying again.
    pub async fn create_assistant(&self, key: &str, body: &Value) -> Result<String, Failure> {
        let answer = self
            .change(Method::POST, &["assistant"], key, Some(body))
            .await?;
        read::<AssistantSeen>(answer).map(|seen| seen.id)
    }

    /// # Errors
    /// [`Failure::NotFound`] when it was deleted at Vapi.
    pub async fn update_assistant(&self, key: &str, id: &str, body: &Value) -> Result<(), Failure> {
        self.change(Method::PATCH, &["assistant", id], key, Some(body))
            .await
            .map(drop)
    }

    /// Deletes an assistant; one that is gone already counts as deleted.
    ///
    /// # Errors
    /// When Vapi does not answer or refuses the key.
    pub async fn delete_assistant(&self, key: &str, id: &str) -> Result<(), Failure> {
        self.delete(&["assistant", id], key).await
    }

    async fn delete(&self, path: &[&str], key: &str) -> Result<(), Failure> {
        match self.change(Method::DELETE, path, key, None).await {
            Ok(_) | Err(Failure::NotFound) => Ok(()),
            Err(failure) => Err(failure),
        }
    }

    /// The imported number, if it is: importing the same one twice is undocumented.
    ///
    /// # Errors
    /// When Vapi does not answer or refuses the key.
    pub async fn find_number(
        &self,
        key: &str,
        number: &str,
    ) -> Result<Option<NumberSeen>, Failure> {
        let all: Vec<NumberSeen> = read(
            self.get(&["phone-number"], &[("limit", "1000")], key)
                .await?,
        )?;
        Ok(all
            .into_iter()
            .find(|seen| seen.number.as_deref() == Some(number)))
    }

    /// Imports a Twilio number; Vapi then sets its voice address at Twilio (spec).
    ///
    /// # Errors
    /// With `maybe_done` it may be imported all the same: look before trying again.
    pub async fn import_number(&self, key: &str, import: &Import<'_>) -> Result<String, Failure> {
        let answer = self
            .change(Method::POST, &["phone-number"], key, Some(&import.body()))
            .await?;
        read::<NumberSeen>(answer).map(|seen| seen.id)
    }

    /// Lets an imported number be answered by an assistant.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when it is not imported any more.
    pub async fn attach(&self, key: &str, id: &str, assistant_id: &str) -> Result<(), Failure> {
        let body = attach_body(assistant_id);
        self.change(Method::PATCH, &["phone-number", id], key, Some(&body))
            .await
            .map(drop)
    }

    /// Forgets an imported number; one that is gone already counts as forgotten. Whether Vapi puts
    /// Twilio's addresses back is unknown, so the caller does.
    ///
    /// # Errors
    /// When Vapi does not answer or refuses the key.
    pub async fn delete_number(&self, key: &str, id: &str) -> Result<(), Failure> {
        self.delete(&["phone-number", id], key).await
    }

    /// Places a call. It is billed and has no idempotency key, so it is never repeated.
    ///
    /// # Errors
    /// With `maybe_done` the phone may ring all the same.
    pub async fn call(&self, key: &str, body: &Value) -> Result<CallSeen, Failure> {
        read(
            self.change(Method::POST, &["call"], key, Some(body))
                .await?,
        )
    }

    /// # Errors
    /// [`Failure::NotFound`] when Vapi does not know it.
    pub async fn call_seen(&self, key: &str, id: &str) -> Result<CallSeen, Failure> {
        read(self.get(&["call", id], &[], key).await?)
    }
}

/// What an answer means; its JSON where it is a good one.
fn understood(answer: &Answer) -> Result<Value, Failure> {
    match answer.status {
        status if status.is_success() => serde_json::from_slice(&answer.body)
            .map_err(|_| Failure::Unreachable { maybe_done: true }),
        StatusCode::UNAUTHORIZED => {
            let message = answer.json()["message"].to_string().to_lowercase();
            // Vapi hints at a mix-up of its two keys (observed).
            Err(Failure::Refused(if message.contains("public key") {
                Refusal::PublicKey
            } else {
                Refusal::Wrong
            }))
        }
        // Only seen from the front before Vapi, never for a key (observed).
        StatusCode::FORBIDDEN => Err(Failure::Unreachable { maybe_done: false }),
        StatusCode::NOT_FOUND => Err(Failure::NotFound),
        status => Err(Failure::Rejected(status.as_u16())),
    }
}

fn read<T: serde::de::DeserializeOwned>(answer: Value) -> Result<T, Failure> {
    serde_json::from_value(answer).map_err(|_| Failure::Unreachable { maybe_done: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status: StatusCode::from_u16(status).expect("a status"),
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn error_bodies_of_any_shape_are_understood() {
        let hint = r#"{"message":"you may be using the private key instead of the public key","statusCode":401}"#;
        let cases = [
            (401, hint, Failure::Refused(Refusal::PublicKey)),
            (401, "Unauthorized", Failure::Refused(Refusal::Wrong)),
            (
                403,
                "error code: 1010",
                Failure::Unreachable { maybe_done: false },
            ),
            (404, "", Failure::NotFound),
            (
                400,
                r#"{"message":["property x should not exist"]}"#,
                Failure::Rejected(400),
            ),
            (200, "<html>", Failure::Unreachable { maybe_done: true }),
        ];
        for (status, body, expected) in cases {
            assert_eq!(understood(&answer(status, body)), Err(expected), "{body}");
        }
    }

    #[test]
    fn events_are_read_leniently_and_without_what_is_not_needed() {
        let report = br#"{"message":{"type":"end-of-call-report","endedReason":"customer-ended-call",
            "startedAt":"2026-01-02T03:04:05.000Z","endedAt":"nonsense","artifact":{"transcript":"secret"},
            "analysis":{"summary":"A booking."},"call":{"id":"c1","type":"inboundPhoneCall"},
            "phoneNumber":{"twilioAuthToken":"t"},"customer":{"number":"+14155550101"},"new":1}}"#;
        let event = Event::read(report).expect("an event");
        assert_eq!(event.kind, "end-of-call-report");
        let call = event.call.as_ref().expect("a call");
        assert_eq!(
            (call.id.as_str(), call.status.as_deref()),
            ("c1", Some("ended"))
        );
        assert!(call.started_at.is_some() && call.ended_at.is_none());
        assert!(event.is_inbound);
        assert_eq!(event.customer_number.as_deref(), Some("+14155550101"));
        assert!(!format!("{event:?}").contains("secret"));
        for without in [
            r#"{"type":"hang"}"#,
            r#"{"type":"hang","call":{"id":"../c1"}}"#,
            r#"{"type":"hang","call":{"id":"c1\u0000"}}"#,
            r#"{"type":"hang","call":{"id":7}}"#,
        ] {
            let body = format!("{{\"message\":{without}}}");
            let event = Event::read(body.as_bytes()).expect("an event");
            assert!(event.call.is_none(), "{without}");
        }
        for body in [&b"{}"[..], b"[]", b"{\"message\":{}}", b"\xff"] {
            assert!(Event::read(body).is_none());
        }
    }
}
