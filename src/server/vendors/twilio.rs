//! Twilio, the phone number: the account, its numbers and where their calls go.
//!
//! Facts: spec `tests/contracts/twilio.openapi.json`; errors as on Twilio's pages for their codes.

use reqwest::{Method, RequestBuilder, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::door::{Answer, Door};
use super::{Failure, Refusal};
use crate::server::config::TwilioAccount;

pub struct Twilio {
    door: Door,
}

/// An account's credentials.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    pub account_sid: &'a str,
    pub auth_token: &'a str,
}

impl<'a> From<&'a TwilioAccount> for Credentials<'a> {
    fn from(account: &'a TwilioAccount) -> Self {
        Self {
            account_sid: &account.account_sid,
            auth_token: &account.auth_token.0,
        }
    }
}

/// Where the calls and messages of a number go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routing {
    #[serde(default)]
    pub voice_url: Option<String>,
    #[serde(default)]
    pub sms_url: Option<String>,
    #[serde(default)]
    pub status_callback: Option<String>,
    #[serde(default)]
    pub voice_application_sid: Option<String>,
    #[serde(default)]
    pub trunk_sid: Option<String>,
}

/// What Twilio sets where nobody has chosen anything.
const DEMO: &str = "https://demo.twilio.com/";
/// Whose host imported numbers ring at (observed: `https://api.vapi.ai/twilio/inbound_call`).
const VAPI: &str = "vapi.ai";

impl Routing {
    /// Whether an application or a trunk takes the calls whatever the voice address says (spec).
    #[must_use]
    pub fn ignores_voice_url(&self) -> bool {
        let is_set = |sid: &Option<String>| sid.as_ref().is_some_and(|sid| !sid.is_empty());
        is_set(&self.voice_application_sid) || is_set(&self.trunk_sid)
    }

    /// Whether Vapi answers the calls, as it does once the number is imported.
    #[must_use]
    pub fn leads_to_vapi(&self) -> bool {
        let host = self.host();
        host.is_some_and(|host| host == VAPI || host.ends_with(&format!(".{VAPI}")))
    }

    /// The host that answers the calls now, unless nobody or Vapi does.
    #[must_use]
    pub fn used_by(&self) -> Option<String> {
        let url = self.voice_url.as_deref()?;
        if url.is_empty() || url.starts_with(DEMO) || self.leads_to_vapi() {
            return None;
        }
        Some(self.host().unwrap_or_else(|| url.to_owned()))
    }

    fn host(&self) -> Option<String> {
        let url = url::Url::parse(self.voice_url.as_deref()?).ok()?;
        url.host_str().map(str::to_owned)
    }

    /// The form of `POST …/IncomingPhoneNumbers/{Sid}.json` that sets voice and status addresses.
    #[must_use]
    pub fn form(&self) -> [(&'static str, String); 2] {
        [
            ("VoiceUrl", self.voice_url.clone().unwrap_or_default()),
            (
                "StatusCallback",
                self.status_callback.clone().unwrap_or_default(),
            ),
        ]
    }
}

/// A number of an account.
#[derive(Clone, Debug)]
pub struct Number {
    pub sid: String,
    pub number: String,
    pub has_voice: bool,
    pub routing: Routing,
}

#[derive(Deserialize)]
struct NumberSeen {
    sid: String,
    phone_number: String,
    #[serde(default)]
    capabilities: Capabilities,
    #[serde(flatten)]
    routing: Routing,
}

#[derive(Default, Deserialize)]
struct Capabilities {
    #[serde(default)]
    voice: bool,
}

#[derive(Deserialize)]
struct Numbers {
    incoming_phone_numbers: Vec<NumberSeen>,
}

impl From<NumberSeen> for Number {
    fn from(seen: NumberSeen) -> Self {
        Self {
            sid: seen.sid,
            number: seen.phone_number,
            has_voice: seen.capabilities.voice,
            routing: seen.routing,
        }
    }
}

/// The part of an account that is read; its answer also holds the token in clear (spec).
#[derive(Deserialize)]
struct Account {
    #[serde(default)]
    status: String,
}

impl Twilio {
    pub(super) const fn new(door: Door) -> Self {
        Self { door }
    }

    fn request(&self, method: Method, path: &[&str], with: Credentials<'_>) -> RequestBuilder {
        let path = [&["2010-04-01", "Accounts"], path].concat();
        self.door
            .request(method, &path)
            .basic_auth(with.account_sid, Some(with.auth_token))
    }

    /// Whether Twilio accepts the credentials of an active account that may list its numbers.
    ///
    /// # Errors
    /// [`Failure::Refused`] when it does not.
    pub async fn check(&self, with: Credentials<'_>) -> Result<(), Failure> {
        let path = format!("{}.json", with.account_sid);
        let request = self.request(Method::GET, &[&path], with);
        let account: Account = understood(&self.door.read(request).await?)?;
        if account.status != "active" {
            return Err(Failure::Refused(Refusal::Suspended));
        }
        Ok(())
    }

    /// The account's numbers, a thousand at most.
    ///
    /// # Errors
    /// When Twilio does not answer or refuses the credentials.
    pub async fn numbers(&self, with: Credentials<'_>) -> Result<Vec<Number>, Failure> {
        self.list(with, &[("PageSize", "1000")]).await
    }

    /// One number of the account. The filter also finds parts, so the answer is compared (spec).
    ///
    /// # Errors
    /// When Twilio does not answer or refuses the credentials.
    pub async fn number(
        &self,
        with: Credentials<'_>,
        number: &str,
    ) -> Result<Option<Number>, Failure> {
        let found = self
            .list(with, &[("PhoneNumber", number), ("PageSize", "1000")])
            .await?;
        Ok(found.into_iter().find(|found| found.number == number))
    }

    async fn list(
        &self,
        with: Credentials<'_>,
        query: &[(&str, &str)],
    ) -> Result<Vec<Number>, Failure> {
        let path = [with.account_sid, "IncomingPhoneNumbers.json"];
        let request = self.request(Method::GET, &path, with).query(query);
        let page: Numbers = understood(&self.door.read(request).await?)?;
        Ok(page
            .incoming_phone_numbers
            .into_iter()
            .map(Number::from)
            .collect())
    }

    /// Sets where a number's calls go. Setting the same twice is the same, so a lost answer may be
    /// asked for again.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when the account does not have the number any more.
    pub async fn set_routing(
        &self,
        with: Credentials<'_>,
        sid: &str,
        routing: &Routing,
    ) -> Result<(), Failure> {
        let number = format!("{sid}.json");
        let path = [with.account_sid, "IncomingPhoneNumbers", number.as_str()];
        let body = serde_urlencoded::to_string(routing.form()).unwrap_or_default();
        let request = self
            .request(Method::POST, &path, with)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        understood::<NumberSeen>(&self.door.read(request).await?).map(drop)
    }
}

fn understood<T: serde::de::DeserializeOwned>(answer: &Answer) -> Result<T, Failure> {
    let code = || answer.json()["code"].as_u64().unwrap_or_default();
    match answer.status {
        status if status.is_success() => serde_json::from_slice::<Value>(&answer.body)
            .and_then(serde_json::from_value)
            .map_err(|_| Failure::Unreachable { maybe_done: true }),
        // 20008: test credentials; they open nothing that is read here (Twilio, errors/20008).
        StatusCode::FORBIDDEN if code() == 20_008 => {
            Err(Failure::Refused(Refusal::TestCredentials))
        }
        // 20003: a wrong pair, but a suspended account too (Twilio, errors/20003).
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Failure::Refused(Refusal::Wrong)),
        StatusCode::NOT_FOUND => Err(Failure::NotFound),
        status => Err(Failure::Rejected(status.as_u16())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_in_use_names_who_uses_it() {
        let to = |url: &str| Routing {
            voice_url: Some(url.to_owned()),
            ..Routing::default()
        };
        assert_eq!(
            to("https://pbx.example.com/voice").used_by().as_deref(),
            Some("pbx.example.com")
        );
        for free in [
            "",
            "https://demo.twilio.com/welcome/voice/",
            "https://api.vapi.ai/twilio/inbound_call",
        ] {
            assert_eq!(to(free).used_by(), None, "{free}");
        }
    }

    #[test]
    fn errors_are_told_apart_by_twilios_codes() {
        let answer = |status: u16, body: &str| {
            understood::<Account>(&Answer {
                status: StatusCode::from_u16(status).expect("a status"),
                body: body.as_bytes().to_vec(),
            })
            .map(|account| account.status)
        };
        assert_eq!(
            answer(403, r#"{"code":20008,"status":403}"#),
            Err(Failure::Refused(Refusal::TestCredentials))
        );
        assert_eq!(
            answer(401, r#"{"code":20003}"#),
            Err(Failure::Refused(Refusal::Wrong))
        );
        assert_eq!(answer(404, "<xml/>"), Err(Failure::NotFound));
        assert_eq!(
            answer(200, r#"{"status":"active","auth_token":"x","new":[]}"#),
            Ok("active".to_owned())
        );
    }
}
