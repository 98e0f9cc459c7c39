//! Mail: over SMTP where it is configured, else into files of the data directory.

use std::path::PathBuf;
use std::sync::Arc;

use lettre::message::Mailbox;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::Config;

/// Sends mail from the configured sender. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    way: Way,
}

#[derive(Clone)]
enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(Arc<PathBuf>),
}

/// Why mail cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("an address or a subject cannot be put into a message: {0}")]
    Malformed(String),
    #[error("the message was not taken: {0}")]
    NotTaken(String),
}

impl Mailer {
    /// A mailer by the configuration.
    ///
    /// # Errors
    /// When `SMTP_URL` or `MAIL_FROM` cannot be understood.
    pub fn new(config: &Config) -> Result<Self, MailError> {
        let malformed = |error: &dyn std::fmt::Display| MailError::Malformed(error.to_string());
        let from = config
            .mail_from
            .parse()
            .map_err(|error| malformed(&error))?;
        let way = match &config.smtp_url {
            Some(url) => Way::Smtp(
                AsyncSmtpTransport::<Tokio1Executor>::from_url(&url.0)
                    .map_err(|_| MailError::Malformed("SMTP_URL".to_owned()))?
                    .build(),
            ),
            None => Way::Folder(Arc::new(config.data_dir.join("mail"))),
        };
        Ok(Self { from, way })
    }

    /// Sends a plain text.
    ///
    /// # Errors
    /// When the address is no address or the server does not take the message.
    pub async fn send(&self, to: &str, subject: &str, text: String) -> Result<(), MailError> {
        let malformed = |error: String| MailError::Malformed(error);
        let message = Message::builder()
            .from(self.from.clone())
            .to(to
                .parse()
                .map_err(|_| malformed("the address".to_owned()))?)
            .subject(subject)
            .body(text)
            .map_err(|error| malformed(error.to_string()))?;
        let not_taken = |error: &dyn std::fmt::Display| MailError::NotTaken(error.to_string());
        match &self.way {
            Way::Smtp(smtp) => {
                smtp.send(message)
                    .await
                    .map_err(|error| not_taken(&error))?;
            }
            Way::Folder(folder) => {
                let write = async {
                    tokio::fs::create_dir_all(folder.as_ref()).await?;
                    let file = folder.join(format!("{}.eml", uuid::Uuid::now_v7()));
                    tokio::fs::write(file, message.formatted()).await
                };
                write.await.map_err(|error| not_taken(&error))?;
            }
        }
        Ok(())
    }
}
