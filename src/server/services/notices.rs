//! What is told to customers by mail: put into the outbox in the transaction of its cause, worded when it is sent.
//!
//! Whoever commits the transaction wakes the sender ([`crate::server::mail::Mailer::wake`]).

use sqlx::PgConnection;
use uuid::Uuid;

use super::passwords::RESET_MINUTES;
use crate::domain::Locale;
use crate::server::store::outbox::{self, Claimed, Kind};
use crate::server::vault::Column;
use crate::server::{App, Error};
use crate::texts::mail::Letter;

/// How long it is worth knowing that one's password was changed.
const CHANGED_DAYS: i32 = 3;

/// The link to set a new password, in the language of whoever asks for it.
pub(super) async fn reset(
    app: &App,
    connection: &mut PgConnection,
    user: Uuid,
    locale: Locale,
    token: &str,
) -> Result<(), Error> {
    let sealed = app.vault.seal(user, Column::OutboxToken, token)?;
    Ok(outbox::insert_reset(connection, user, locale, &sealed, RESET_MINUTES).await?)
}

/// That the password was changed, whoever did it, in the account's language.
pub(super) async fn password_changed(
    connection: &mut PgConnection,
    user: Uuid,
) -> Result<(), Error> {
    Ok(outbox::insert(connection, user, Kind::PasswordChanged, CHANGED_DAYS).await?)
}

/// What a mail says that was taken from the outbox.
pub(super) fn letter(app: &App, mail: &Claimed) -> Result<Letter, Error> {
    let locale = mail.locale.as_deref().and_then(Locale::from_code);
    let l = locale.unwrap_or_default();
    Ok(match mail.kind {
        Kind::PasswordReset => {
            let sealed = mail.token_encrypted.as_deref().unwrap_or_default();
            let token = app.vault.open(mail.user_id, Column::OutboxToken, sealed)?;
            let link = link(app, l, &format!("reset-password?token={token}"));
            Letter::password_reset(l, RESET_MINUTES, link)
        }
        Kind::PasswordChanged => Letter::password_changed(l, link(app, l, "forgot-password")),
    })
}

fn link(app: &App, l: Locale, path: &str) -> String {
    let path = format!("/{}/{path}", l.code());
    app.config.public_url.join(&path).map_or(path, String::from)
}
