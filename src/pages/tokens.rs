//! The settings' section for programs: tokens are made, shown once, listed and revoked.

use leptos::prelude::*;

use super::form::{self, Look};
use super::layout::{self, Frame};
use super::settings::Settings;
use crate::domain::Rule;
use crate::domain::token::{TOKEN_DAYS, TOKEN_NAME};
use crate::texts::{self, t};

/// What the section shows beside its form.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    /// The token that was just made; shown this once.
    pub issued: Option<String>,
    /// The form that was sent has made its token before.
    pub was_issued: bool,
    pub all: Vec<Token>,
}

/// A token as its owner sees it; times are dates.
#[derive(Clone, Debug)]
pub struct Token {
    pub id: String,
    /// Absent for the token of a log-in.
    pub name: Option<String>,
    pub preview: String,
    pub created: String,
    pub last_used: Option<String>,
    pub expires: String,
}

pub fn section(frame: &Frame, page: &Settings, hidden: AnyView) -> AnyView {
    let l = frame.locale;
    let tokens = &page.tokens;
    let action = frame.href("/settings?section=api");
    let issued = tokens.issued.clone().map(|token| {
        view! {
            <div class="notice" role="status" tabindex="-1" autofocus=true>
                <p>{t!(l, settings.token_issued)}</p>
                <p class="token"><code dir="ltr">{token}</code></p>
            </div>
        }
    });
    let was_issued = tokens
        .was_issued
        .then(|| view! { <p class="notice" role="status">{t!(l, settings.token_was_issued)}</p> });
    let days = match TOKEN_DAYS.rule {
        Rule::Choice(list) => list,
        _ => &[],
    };
    let days = days
        .iter()
        .map(|days| (*days, texts::choice(l, TOKEN_DAYS.name, days)))
        .collect();
    let items: Vec<_> = tokens
        .all
        .iter()
        .map(|token| item(frame, token, &action))
        .collect();
    let list = if items.is_empty() {
        view! { <p>{t!(l, settings.tokens_none)}</p> }.into_any()
    } else {
        view! { <ul class="calls">{items}</ul> }.into_any()
    };
    view! {
        {issued}
        {was_issued}
        <p>{t!(l, settings.api_text)}" "<a href="/api/v1/docs">{t!(l, settings.api_docs)}</a></p>
        <form id="settings-form" method="post" action=action.clone() novalidate>
            {frame.csrf_field()}
            {hidden}
            <input type="hidden" name="editor" value=page.editor.clone() autocomplete="off"/>
            <h2>{t!(l, settings.token_title)}</h2>
            {form::text(&page.form, &TOKEN_NAME, None, Look::PLAIN)}
            {form::select(&page.form, &TOKEN_DAYS, None, vec![(None, days)])}
            <div class="actions">
                <button class="primary" name="intent" value="create_token">{t!(l, settings.token_button)}</button>
            </div>
        </form>
        <section aria-labelledby="tokens">
            <h2 id="tokens">{t!(l, settings.tokens_title)}</h2>
            {list}
        </section>
    }
    .into_any()
}

fn item(frame: &Frame, token: &Token, action: &str) -> AnyView {
    let l = frame.locale;
    let name = token
        .name
        .clone()
        .unwrap_or_else(|| t!(l, settings.token_of_log_in));
    let used = match &token.last_used {
        Some(date) => t!(l, settings.token_used, date = layout::isolated(date)),
        None => t!(l, settings.token_unused),
    };
    let life = t!(
        l,
        settings.token_life,
        created = layout::isolated(&token.created),
        expires = layout::isolated(&token.expires)
    );
    let label = t!(l, settings.token_revoke_label, name = name.clone());
    view! {
        <li>
            <h3 dir="auto">{name}</h3>
            <p class="hint"><code dir="ltr">{token.preview.clone()}</code>" · "{life}" · "{used}</p>
            <form method="post" action=action.to_owned()>
                {frame.csrf_field()}
                <input type="hidden" name="section" value="api"/>
                <button class="danger" name="intent" value=format!("revoke:{}", token.id) aria-label=label>
                    {t!(l, settings.token_revoke)}
                </button>
            </form>
        </li>
    }
    .into_any()
}
