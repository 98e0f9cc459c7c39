//! Mail: over SMTP where it is configured, else into files of the data directory.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use time::OffsetDateTime;
use tokio::io::AsyncWriteExt;
use tokio::sync::Notify;
use url::Host;
use uuid::Uuid;

use super::Config;
use crate::domain::email;
use crate::pages::mail::MailPage;
use crate::texts::mail::Letter;

/// How long the mail server may take with one message. lettre's own limit is for the connection alone.
pub const TIMEOUT: Duration = Duration::from_mins(1);

/// Replies of a server that does not let us in (RFC 4954, 6): they say nothing about the message.
const NOT_LET_IN: [u16; 4] = [530, 534, 535, 538];

/// Sends mail from the configured sender. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    way: Way,
    /// Told when mail was put into the outbox.
    waiting: Arc<Notify>,
}

#[derive(Clone)]
enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(Arc<PathBuf>),
}

/// A setting with which no mail can be sent.
#[derive(Debug, thiserror::Error)]
#[error("{0} cannot be used for mail")]
pub struct MailError(&'static str);

/// Why a message was not handed over. Holds no word of the server's: it would name the address.
#[derive(Debug, PartialEq, Eq)]
pub enum NotSent {
    /// It will never be taken.
    Refused { smtp_code: Option<u16> },
    /// It may be taken later.
    NotYet {
        smtp_code: Option<u16>,
        cause: String,
    },
}

impl Mailer {
    /// A mailer by the configuration.
    ///
    /// # Errors
    /// When `SMTP_URL` or `MAIL_FROM` cannot be understood.
    pub fn new(config: &Config) -> Result<Self, MailError> {
        let mut from: Mailbox = config
            .mail_from
            .parse()
            .map_err(|_| MailError("MAIL_FROM"))?;
        if let Ok(host) = Host::parse(from.email.domain()) {
            from.email = Address::new(from.email.user(), host.to_string())
                .map_err(|_| MailError("MAIL_FROM"))?;
        }
        let way = match &config.smtp_url {
            Some(url) => Way::Smtp(
                AsyncSmtpTransport::<Tokio1Executor>::from_url(&url.0)
                    .map_err(|_| MailError("SMTP_URL"))?
                    .build(),
            ),
            None => Way::Folder(Arc::new(config.data_dir.join("mail"))),
        };
        Ok(Self {
            from,
            way,
            waiting: Arc::default(),
        })
    }

    /// Says that mail was put into the outbox, after its transaction was committed.
    pub fn wake(&self) {
        self.waiting.notify_one();
    }

    /// Waits until mail was put into the outbox.
    pub async fn woken(&self) {
        self.waiting.notified().await;
    }

    /// Hands a letter over. Its id names it wherever it is seen again, so that a receiver can drop a second copy.
    ///
    /// There is no `List-Unsubscribe`: nobody subscribes to the mail that an account itself causes.
    ///
    /// # Errors
    /// When it was not taken.
    pub async fn send(
        &self,
        id: Uuid,
        to: &str,
        date: OffsetDateTime,
        letter: &Letter,
    ) -> Result<(), NotSent> {
        let message = self.message(id, to, date, letter);
        let message = message.ok_or(NotSent::Refused { smtp_code: None })?;
        match &self.way {
            Way::Smtp(smtp) => match tokio::time::timeout(TIMEOUT, smtp.send(message)).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(error)) => Err(not_sent(&error)),
                Err(_) => Err(not_yet(&"no answer in time")),
            },
            Way::Folder(folder) => {
                let write = async {
                    tokio::fs::create_dir_all(folder.as_ref()).await?;
                    let mut file = tokio::fs::OpenOptions::new()
                        .write(true)
                        .create(true)
                        .truncate(true)
                        .mode(0o600)
                        .open(folder.join(format!("{id}.eml")))
                        .await?;
                    file.write_all(&message.formatted()).await?;
                    file.flush().await
                };
                write.await.map_err(|error: std::io::Error| not_yet(&error))
            }
        }
    }

    /// The letter in both its forms; `None` when the address cannot stand in a message.
    fn message(
        &self,
        id: Uuid,
        to: &str,
        date: OffsetDateTime,
        letter: &Letter,
    ) -> Option<Message> {
        let to: Address = email::envelope(to)?.parse().ok()?;
        let automatic = HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        );
        let html = Owner::new().with(|| view! { <MailPage letter/> }.to_html());
        Message::builder()
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .date(date.into())
            .from(self.from.clone())
            .to(to.into())
            .subject(letter.subject.as_str())
            .raw_header(automatic)
            .multipart(MultiPart::alternative_plain_html(letter.plain(), html))
            .ok()
    }
}

fn not_sent(error: &lettre::transport::smtp::Error) -> NotSent {
    let smtp_code = error.status().map(u16::from);
    match smtp_code {
        Some(code) if error.is_permanent() && !NOT_LET_IN.contains(&code) => {
            NotSent::Refused { smtp_code }
        }
        // The text of the error is the server's.
        Some(_) => NotSent::NotYet {
            smtp_code,
            cause: "the server does not take it now".to_owned(),
        },
        None if error.is_response() => not_yet(&"the server's answer is not SMTP"),
        None => not_yet(error),
    }
}

fn not_yet(cause: &dyn std::fmt::Display) -> NotSent {
    NotSent::NotYet {
        smtp_code: None,
        cause: cause.to_string(),
    }
}
