//! Who is asking: how a visitor is told apart for limits, and how an account knows a browser again.

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sqlx::PgConnection;

use super::limits::{self, Limit};
use super::opaque;
use crate::domain::email;
use crate::server::config::Mode;
use crate::server::vault::Key;
use crate::server::{App, Error};

/// Who is asking, and the key that hides it in what is kept.
pub struct Visitor<'a> {
    pub ip: IpAddr,
    /// What the browser was given when it last logged in.
    pub known: Option<&'a str>,
    pub key: &'a Key,
    /// Whether sign-ups are limited; not in development.
    pub limited: bool,
}

impl<'a> Visitor<'a> {
    #[must_use]
    pub fn of(app: &'a App, ip: IpAddr, known: Option<&'a str>) -> Self {
        Self {
            ip,
            known,
            key: app.vault.current(),
            limited: app.config.mode == Mode::Production,
        }
    }

    /// Where the visitor is: an address of IPv4, or the network that one customer of a provider has in IPv6.
    fn origin(&self) -> IpAddr {
        match self.ip.to_canonical() {
            IpAddr::V6(ip) => {
                let network = u128::from(ip) >> 64 << 64;
                IpAddr::V6(network.into())
            }
            ip @ IpAddr::V4(_) => ip,
        }
    }

    pub(super) fn alone(&self) -> Vec<u8> {
        self.key.fingerprint("visitor", &self.origin().to_string())
    }

    /// The visitor on this account: the browser where the account knows it, else where it is.
    fn with(&self, email: &str) -> Vec<u8> {
        if let Some(known) = self.known.filter(|known| self.is_known(known, email)) {
            return self.key.fingerprint("known browser and account", known);
        }
        let both = format!("{} {email}", self.origin());
        self.key.fingerprint("visitor and account", &both)
    }

    fn is_known(&self, known: &str, email: &str) -> bool {
        known
            .split_once('.')
            .is_some_and(|(id, proof)| proof == self.proof(id, email))
    }

    fn proof(&self, id: &str, email: &str) -> String {
        let proof = self
            .key
            .fingerprint("known browser", &format!("{id} {email}"));
        URL_SAFE_NO_PAD.encode(proof)
    }

    /// What a browser is given when it logs in to the account of this address, so that the account knows it again.
    #[must_use]
    pub fn acquaintance(&self, email: &str) -> String {
        let id = opaque::random();
        let email = canonical_or_typed(email);
        format!("{id}.{}", self.proof(&id, &email))
    }
}

/// The one form of an address's spellings; what was typed where it is none, which only an old account can have.
pub(super) fn canonical_or_typed(typed: &str) -> String {
    email::canonical(typed).unwrap_or_else(|| typed.trim().to_owned())
}

/// What a log-in takes a place of.
pub(super) struct Place {
    here: Vec<u8>,
    /// The account, unless it knows the browser.
    account: Option<Vec<u8>>,
    visitor: Vec<u8>,
}

impl Place {
    /// What an attempt on the account of this address takes.
    pub(super) fn of(visitor: &Visitor<'_>, email: &str) -> Self {
        let is_known = visitor
            .known
            .is_some_and(|known| visitor.is_known(known, email));
        Self {
            here: visitor.with(email),
            account: (!is_known).then(|| visitor.key.fingerprint("account", email)),
            visitor: visitor.alone(),
        }
    }

    fn parts(&self) -> impl Iterator<Item = (&'static Limit, &[u8])> {
        let account = self.account.as_ref();
        [
            Some((&limits::LOG_IN, self.here.as_slice())),
            account.map(|account| (&limits::LOG_IN_OF_STRANGERS, account.as_slice())),
            Some((&limits::LOG_IN_OF_VISITOR, self.visitor.as_slice())),
        ]
        .into_iter()
        .flatten()
    }

    /// Takes a place everywhere; `Err` with the seconds to wait when there is none somewhere.
    pub(super) async fn take(
        &self,
        connection: &mut PgConnection,
    ) -> Result<Result<(), u32>, Error> {
        for (index, (limit, subject)) in self.parts().enumerate() {
            if let Err(seconds) = limit.take(connection, subject).await? {
                for (limit, subject) in self.parts().take(index) {
                    limit.give_back(connection, subject).await?;
                }
                return Ok(Err(seconds));
            }
        }
        Ok(Ok(()))
    }

    /// Gives the place back, as after a success.
    pub(super) async fn give_back(&self, connection: &mut PgConnection) -> Result<(), Error> {
        for (limit, subject) in self.parts().skip(1) {
            limit.give_back(connection, subject).await?;
        }
        limits::LOG_IN.clear(connection, &self.here).await
    }
}
