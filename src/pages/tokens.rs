//! The settings' section for programs: tokens are made, shown once, listed and revoked.

use leptos::either::Either;
use leptos::prelude::*;

use crate::components::field::{Options, Select, TextField, choices};
use crate::components::form::{CsrfField, Filled, HiddenField};
use crate::components::layout::isolated;
use crate::components::{Frame, StatusLine};
use crate::domain::token::{TOKEN_DAYS, TOKEN_NAME};
use crate::functions::address;
use crate::texts::t;

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

/// `children` are the section's hidden fields.
#[component]
pub fn TokenSection<'a, C: IntoView + 'static>(
    frame: &'a Frame,
    form: &'a Filled,
    /// Names this rendering of the form: it makes one token.
    editor: String,
    tokens: &'a Tokens,
    children: TypedChildren<C>,
) -> impl IntoView + use<C> {
    let l = frame.locale;
    let action = frame.href(&address::section("api"));
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
        .then(|| view! { <StatusLine text=t!(l, settings.token_was_issued)/> });
    let days = choices(l, &TOKEN_DAYS)
        .into_iter()
        .map(|choice| (choice.value, choice.label))
        .collect();
    let days = view! { <Options of=days chosen=form.typed.text(TOKEN_DAYS.name)/> };
    let items: Vec<_> = tokens
        .all
        .iter()
        .map(|token| view! { <TokenItem frame token action=action.clone()/> })
        .collect();
    let list = if items.is_empty() {
        Either::Left(view! { <p>{t!(l, settings.tokens_none)}</p> })
    } else {
        Either::Right(view! { <ul class="calls">{items}</ul> })
    };
    view! {
        {issued}
        {was_issued}
        <p>{t!(l, settings.api_text)}" "<a href="/api/v1/docs">{t!(l, settings.api_docs)}</a></p>
        <form id="settings-form" method="post" action=action novalidate>
            <CsrfField frame=&frame/>
            {children.into_inner()()}
            <HiddenField name="editor" value=editor/>
            <h2>{t!(l, settings.token_title)}</h2>
            <TextField form field=&TOKEN_NAME/>
            <Select form field=&TOKEN_DAYS options=days/>
            <div class="actions">
                <button class="primary" name="intent" value="create_token">{t!(l, settings.token_button)}</button>
            </div>
        </form>
        <section aria-labelledby="tokens">
            <h2 id="tokens">{t!(l, settings.tokens_title)}</h2>
            {list}
        </section>
    }
}

#[component]
fn TokenItem<'a>(frame: &'a Frame, token: &'a Token, action: String) -> impl IntoView + use<> {
    let l = frame.locale;
    let name = token
        .name
        .clone()
        .unwrap_or_else(|| t!(l, settings.token_of_log_in));
    let used = match &token.last_used {
        Some(date) => t!(l, settings.token_used, date = isolated(date)),
        None => t!(l, settings.token_unused),
    };
    let life = t!(
        l,
        settings.token_life,
        created = isolated(&token.created),
        expires = isolated(&token.expires)
    );
    let label = t!(l, settings.token_revoke_label, name = name.clone());
    view! {
        <li>
            <h3 dir="auto">{name}</h3>
            <p class="hint"><code dir="ltr">{token.preview.clone()}</code>" · "{life}" · "{used}</p>
            <form method="post" action=action>
                <CsrfField frame=&frame/>
                <input type="hidden" name="section" value="api"/>
                <button class="danger" name="intent" value=format!("revoke:{}", token.id) aria-label=label>
                    {t!(l, settings.token_revoke)}
                </button>
            </form>
        </li>
    }
}
