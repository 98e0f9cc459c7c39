//! How a page is shown beyond what is stored.

use axum::http::StatusCode;

use super::saving::draft;
use super::visit::Form;
use crate::domain::progress::Blocker;
use crate::domain::{Draft, Field, Locale, Problem};
use crate::functions::outcome::{Again, Says};

/// What became of the form that was just sent, and the form; both empty where a page was asked for.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    pub status: StatusCode,
    pub again: Again,
    pub form: Form,
}

impl Shown {
    /// Whether the page was asked for, and no form was sent.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.form.fields.is_empty() && self.again == Again::default()
    }

    /// What was typed into these fields, as far as they were sent; never a secret.
    #[must_use]
    pub fn typed(&self, locale: Locale, fields: &'static [Field]) -> Draft {
        let sent = fields
            .iter()
            .filter(|field| !field.is_secret())
            .map(|field| (field, self.form.values(field.name)))
            .collect();
        draft(locale, sent)
    }

    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        self.again.problems.clone()
    }

    #[must_use]
    pub fn says(&self) -> Option<&Says> {
        self.again.says.as_ref()
    }

    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.says() == Some(&Says::Conflict)
    }

    /// What stands in the way of a removal that was refused.
    #[must_use]
    pub fn blocker(&self) -> Option<Blocker> {
        match self.says() {
            Some(Says::Blocked(blocker)) => Some(*blocker),
            _ => None,
        }
    }
}
