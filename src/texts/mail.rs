//! The words of mail.

use super::t;
use crate::domain::Locale;

/// What a mail says, around the one link that it is about.
pub struct Letter {
    pub locale: Locale,
    pub subject: String,
    pub before_link: [String; 2],
    /// The words of the link.
    pub link: String,
    pub href: String,
    pub after_link: String,
}

impl Letter {
    /// The link to set a new password.
    #[must_use]
    pub fn password_reset(l: Locale, minutes: i32, href: String) -> Self {
        Self {
            locale: l,
            subject: t!(l, mail.password_reset.subject),
            before_link: [
                t!(l, mail.password_reset.text),
                t!(l, mail.password_reset.before_link, minutes = minutes),
            ],
            link: t!(l, mail.password_reset.link),
            href,
            after_link: t!(l, mail.password_reset.after_link),
        }
    }

    /// That the password was changed, and the link for whoever did not do it.
    #[must_use]
    pub fn password_changed(l: Locale, href: String) -> Self {
        Self {
            locale: l,
            subject: t!(l, mail.password_changed.subject),
            before_link: [
                t!(l, mail.password_changed.text),
                t!(l, mail.password_changed.before_link),
            ],
            link: t!(l, mail.password_changed.link),
            href,
            after_link: t!(l, mail.password_changed.after_link),
        }
    }

    /// The letter without markup. The link has a line of its own: so its direction is not mixed with the
    /// sentence's, and no sign of direction becomes part of it when it is clicked or copied.
    #[must_use]
    pub fn plain(&self) -> String {
        let [text, before] = &self.before_link;
        let (href, after) = (&self.href, &self.after_link);
        format!("{text}\n\n{before}\n{href}\n\n{after}\n")
    }
}
