//! What a form is filled with, what it carries unseen, and what is wrong with it.

use leptos::prelude::*;

use super::{Alert, Frame};
use crate::domain::{Draft, Field, Locale, Problem, Rule};
use crate::texts::{self, t};

/// What the fields of a form show.
#[derive(Clone, Default)]
pub struct Filled {
    pub locale: Locale,
    pub typed: Draft,
    /// The problems to be shown, in the order of the fields.
    pub problems: Vec<Problem>,
    /// In a conflict, what was saved elsewhere.
    pub theirs: Option<Draft>,
}

impl Filled {
    #[must_use]
    pub fn problem(&self, field: &Field) -> Option<Problem> {
        let mut problems = self.problems.iter();
        problems
            .find(|problem| problem.field == field.name)
            .copied()
    }
}

/// The hidden fields that prove a form to be ours, and say whose it is: in another tab another account may be
/// logged in by the time it is sent.
#[component]
pub fn CsrfField<'a>(frame: &'a Frame) -> impl IntoView + use<> {
    let account = frame
        .account
        .map(|account| view! { <HiddenField name="account" value=account.simple().to_string()/> });
    view! {
        <HiddenField name="csrf_token" value=frame.csrf_token.clone()/>
        {account}
    }
}

/// What a form carries that differs between two renderings of it; a browser that is reloaded must not put
/// back what it had.
#[component]
pub fn HiddenField(#[prop(into)] name: String, value: String) -> impl IntoView {
    view! { <input type="hidden" name=name value=value autocomplete="off"/> }
}

/// The list of problems at the top of `main`; each leads to its field. `focus` where a submit has
/// just brought the customer here.
#[component]
pub fn ErrorSummary<'a>(form: &'a Filled, focus: bool) -> impl IntoView + use<> {
    let l = form.locale;
    let entries: Vec<_> = form
        .problems
        .iter()
        .map(|problem| {
            let text = texts::problem(l, *problem);
            view! { <li><a href=format!("#{}", problem.field)>{text}</a></li> }
        })
        .collect();
    (!entries.is_empty()).then(|| {
        view! {
            <Alert id="summary-title" title=t!(l, common.there_is_a_problem) focus>
                <ul>{entries}</ul>
            </Alert>
        }
    })
}

/// A field's values as words, for the review and for conflicts.
#[must_use]
pub fn shown(locale: Locale, field: &Field, values: &[String]) -> String {
    if values.is_empty() {
        return match field.rule {
            Rule::Flag => t!(locale, onboarding.done.no),
            _ => t!(locale, onboarding.done.not_provided),
        };
    }
    let words: Vec<String> = values
        .iter()
        .map(|value| texts::choice(locale, field.name, value))
        .collect();
    words.join(", ")
}
