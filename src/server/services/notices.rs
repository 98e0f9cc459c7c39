//! Mail to a customer, sent in the background: how long that takes tells nobody anything.

use crate::domain::Locale;
use crate::server::App;
use crate::server::services::passwords::RESET_MINUTES;
use crate::texts::t;

/// The link to set a new password.
pub fn reset(app: &App, l: Locale, email: &str, token: &str) {
    let link = link(app, l, &format!("reset-password?token={token}"));
    let text = t!(
        l,
        account.reset_mail_text,
        minutes = RESET_MINUTES,
        link = link
    );
    send(app, email, t!(l, account.reset_mail_subject), text);
}

/// That the password was changed, whoever did it.
pub fn password_changed(app: &App, l: Locale, email: &str) {
    let link = link(app, l, "forgot-password");
    let text = t!(l, account.password_mail_text, link = link);
    send(app, email, t!(l, account.password_mail_subject), text);
}

fn link(app: &App, l: Locale, path: &str) -> String {
    let path = format!("/{}/{path}", l.code());
    app.config.public_url.join(&path).map_or(path, String::from)
}

fn send(app: &App, email: &str, subject: String, text: String) {
    let (mailer, email) = (app.mailer.clone(), email.to_owned());
    tokio::spawn(async move {
        if let Err(error) = mailer.send(&email, &subject, text).await {
            tracing::error!(%error, "a mail was not sent");
        }
    });
}
