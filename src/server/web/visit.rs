//! What is known of a request: who asks, in which language, and with which form.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::Uri;
use leptos::nonce::Nonce;
use time::OffsetDateTime;
use tower_sessions::Session;
use uuid::Uuid;

use super::{LONGEST_REPEATED, csrf};
use crate::components::Frame;
use crate::domain::Locale;
use crate::functions::address;
use crate::functions::form::{Values, bare_name};
use crate::server::services::onboarding::Onboarding;
use crate::server::services::visitor::Visitor;
use crate::server::{App, session};

/// What pages understand in the query of their address.
const QUERY: [&str; 7] = [
    "section", "returnTo", "return", "token", "notice", "said", "why",
];

/// One request to one page.
#[derive(Clone)]
pub struct Visit {
    pub app: App,
    pub locale: Locale,
    pub uri: Uri,
    pub session: Session,
    pub csrf: csrf::Proof,
    pub nonce: Nonce,
    /// The customer who is logged in, as they stood when the request came.
    pub customer: Option<Arc<Onboarding>>,
    /// When that was.
    pub logged_in_at: Option<OffsetDateTime>,
    pub ip: IpAddr,
    pub user_agent: String,
    /// The token of the reset link that the browser has opened.
    pub reset_token: Option<String>,
    /// What the browser was given when it last logged in.
    pub known: Option<String>,
    pub request_id: String,
    /// Whether the browser's own code asks, not the browser for a page.
    pub wants_json: bool,
}

impl Visit {
    /// The frame of a page with this title.
    #[must_use]
    pub fn frame(&self, title: impl Into<String>) -> Frame {
        let here = self.here();
        let path = here.get(3..).filter(|_| self.has_locale_prefix());
        Frame {
            locale: self.locale,
            title: title.into(),
            path: path.unwrap_or_default().to_owned(),
            public_url: self.app.config.public_url.clone(),
            csrf_token: self.csrf.token(),
            account: self.customer.as_ref().map(|customer| customer.user),
            is_sandbox: self.app.config.is_sandbox(),
            is_public: false,
            nonce: self.nonce.clone(),
            leptos: self.app.leptos.clone(),
        }
    }

    /// The address of this page, for a link back to it: with what it understands of its query, and at most
    /// [`LONGEST_REPEATED`] bytes long.
    #[must_use]
    pub fn here(&self) -> String {
        let path = self.uri.path();
        let known: Vec<_> = QUERY
            .iter()
            .map(|name| (name, self.query(name)))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        let query = serde_urlencoded::to_string(known).unwrap_or_default();
        let whole = format!("{path}?{query}");
        [whole.trim_end_matches('?'), path]
            .into_iter()
            .find(|address| address.len() <= LONGEST_REPEATED)
            .map_or_else(|| self.href(""), str::to_owned)
    }

    fn has_locale_prefix(&self) -> bool {
        let first = self.uri.path().split('/').nth(1).unwrap_or_default();
        Locale::from_code(first).is_some()
    }

    /// Who is asking, for limits.
    #[must_use]
    pub fn visitor(&self) -> Visitor<'_> {
        Visitor::of(&self.app, self.ip, self.known.as_deref())
    }

    /// A value in the query of the address, the last of several; empty when it is not there. What is no UTF-8 is
    /// replaced.
    #[must_use]
    pub fn query(&self, name: &str) -> String {
        debug_assert!(
            QUERY.contains(&name),
            "links to other languages drop {name}"
        );
        let query = self.uri.query().unwrap_or_default();
        url::form_urlencoded::parse(query.as_bytes())
            .filter(|(key, _)| key == name)
            .last()
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    }

    /// Who is logged in, for the log.
    #[must_use]
    pub fn user(&self) -> Option<Uuid> {
        self.customer.as_ref().map(|customer| customer.user)
    }

    /// The page that says that nobody is logged in any more.
    #[must_use]
    pub fn signed_out(&self) -> String {
        format!("{}?notice=signed-out", self.href(address::LOG_IN))
    }

    /// The address of a page in this visit's language.
    #[must_use]
    pub fn href(&self, path: &str) -> String {
        format!("/{}{path}", self.locale.code())
    }
}

/// A posted form: its fields in order.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pub fields: Vec<(String, String)>,
}

impl Form {
    /// The values of a field; `None` when it was not sent.
    #[must_use]
    pub fn values(&self, name: &str) -> Values {
        let sent = self.fields.iter().filter(|(key, _)| bare_name(key) == name);
        let values: Vec<String> = sent.map(|(_, value)| value.clone()).collect();
        (!values.is_empty()).then_some(values)
    }

    /// The last value of a field; empty when it was not sent.
    #[must_use]
    pub fn last(&self, name: &str) -> &str {
        let mut sent = self.fields.iter().rev();
        sent.find(|(key, _)| bare_name(key) == name)
            .map_or("", |(_, value)| value.as_str())
    }

    pub fn remove(&mut self, name: &str) {
        self.fields.retain(|(key, _)| bare_name(key) != name);
    }

    /// Sets a field, whatever was sent of it.
    pub fn set(&mut self, name: &str, value: String) {
        self.remove(name);
        self.fields.push((name.to_owned(), value));
    }
}

/// A customer whose account has been read: the visit of a page that needs one.
pub struct Customer {
    pub visit: Visit,
    pub onboarding: Arc<Onboarding>,
}

impl Customer {
    /// The customer of a visit; the visit again when nobody is logged in.
    ///
    /// # Errors
    /// The visit.
    pub fn of(visit: Visit) -> Result<Self, Box<Visit>> {
        match visit.customer.clone() {
            Some(onboarding) => Ok(Self { visit, onboarding }),
            None => Err(Box::new(visit)),
        }
    }

    /// Whether the customer has given the password a short while ago.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.visit.logged_in_at.is_some_and(session::is_fresh)
    }

    #[must_use]
    pub fn user(&self) -> Uuid {
        self.onboarding.user
    }

    /// The account's own language, once it was chosen.
    #[must_use]
    pub fn locale(&self) -> Option<Locale> {
        self.onboarding
            .known
            .answers
            .text("locale")
            .and_then(Locale::from_code)
    }
}
