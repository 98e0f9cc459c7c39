//! The page of the settings: a section at a time.

use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use leptos::view;
use time::OffsetDateTime;
use tokio_stream::wrappers::ReceiverStream;
use uuid::Uuid;

use super::shown::Shown;
use super::visit::{Customer, Visit};
use super::{device, render};
use crate::components::form::Filled;
use crate::domain::token::{TOKEN_DAYS, TOKEN_NAME};
use crate::domain::{Step, Vendor};
use crate::functions::Refusal;
use crate::functions::address;
use crate::functions::credentials::Said;
use crate::functions::outcome::Says;
use crate::pages::sessions::Session;
use crate::pages::settings::{Done, Section, Settings, SettingsPage};
use crate::pages::tokens::{Token, Tokens};
use crate::server::services::{export, shared_keys, tokens};
use crate::server::session;
use crate::server::store::api_tokens::Row;
use crate::texts::t;

pub async fn page(visit: Visit, shown: Shown) -> Response {
    let customer = match Customer::of(visit) {
        Ok(customer) => customer,
        Err(visit) => return render::log_in_first(&visit),
    };
    let visit = &customer.visit;
    let asked_for = visit.query("section");
    let section = match shown.form.last("section") {
        "" if asked_for.is_empty() => Some(Section::Profile),
        "" => Section::from_id(&asked_for),
        id => Section::from_id(id),
    };
    let Some(section) = section else {
        return render::refusal(visit, &Refusal::NotFound);
    };
    let is_sensitive = matches!(section, Section::Vapi | Section::Twilio | Section::Api);
    if is_sensitive && shown.is_first() && !customer.is_fresh() {
        return render::confirm_first(visit, &visit.here());
    }
    let tokens = match tokens_of(&customer, section, &shown).await {
        Ok(tokens) => tokens,
        Err(error) => return render::failure(visit, error),
    };
    let sessions = match sessions_of(&customer, section).await {
        Ok(sessions) => sessions,
        Err(error) => return render::failure(visit, error),
    };
    let status = shown.status;
    let page = Settings {
        tokens,
        sessions,
        ..settings_page(&customer, section, &shown)
    };
    let title = t!(visit.locale, settings.title);
    let title = if page.refused {
        t!(visit.locale, common.title_error_prefix) + &title
    } else {
        title
    };
    render::page(
        status,
        visit.frame(title),
        |frame| view! { <SettingsPage frame page/> },
    )
}

/// Everything that is kept of the customer, as a file.
pub async fn export(customer: Customer) -> Response {
    let visit = &customer.visit;
    if !customer.is_fresh() {
        // Back to the page with the link: a download leaves the browser where it is.
        return render::confirm_first(visit, &visit.href(&address::section("security")));
    }
    let parts = ReceiverStream::new(export::of(visit.app.pool.clone(), customer.user()));
    let headers = [
        (CONTENT_TYPE, "application/json; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"ava.json\""),
    ];
    (headers, Body::from_stream(parts)).into_response()
}

async fn tokens_of(
    customer: &Customer,
    section: Section,
    shown: &Shown,
) -> Result<Tokens, crate::server::Error> {
    if section != Section::Api {
        return Ok(Tokens::default());
    }
    let rows = tokens::list(&customer.visit.app.pool, customer.user()).await?;
    Ok(Tokens {
        issued: match shown.says() {
            Some(Says::Issued(token)) => token.clone(),
            _ => None,
        },
        was_issued: shown.says() == Some(&Says::Issued(None)),
        all: rows.into_iter().map(token).collect(),
    })
}

fn token(row: Row) -> Token {
    let date = |time: OffsetDateTime| time.date().to_string();
    Token {
        id: row.id.to_string(),
        name: Some(row.name).filter(|_| !row.is_of_log_in),
        preview: row.token_preview,
        created: date(row.created_at),
        last_used: row.last_used_at.map(date),
        expires: date(row.expires_at),
    }
}

async fn sessions_of(
    customer: &Customer,
    section: Section,
) -> Result<Vec<Session>, crate::server::Error> {
    if section != Section::Security {
        return Ok(Vec::new());
    }
    let visit = &customer.visit;
    let (all, this) = session::list(&visit.app.pool, &visit.session, customer.user()).await?;
    let date = |time: OffsetDateTime| time.date().to_string();
    let shown = all.into_iter().map(|row| Session {
        device: device::name(&row.user_agent),
        is_this: row.id == this,
        id: row.id,
        ip: row.ip,
        since: date(row.logged_in_at),
        last_used: date(row.last_used_at),
    });
    Ok(shown.collect())
}

fn settings_page(customer: &Customer, section: Section, shown: &Shown) -> Settings {
    let (visit, known) = (&customer.visit, &customer.onboarding.known);
    let step = section.step();
    let stored = step.map(|step| known.typed(step)).unwrap_or_default();
    let mut typed = stored.clone();
    // A token that is made leaves an empty form.
    if !matches!(shown.says(), Some(Says::Issued(_))) {
        let fields = step.map_or(&[TOKEN_NAME, TOKEN_DAYS][..], Step::fields);
        typed.overlay(shown.typed(visit.locale, fields));
    }
    let offers = |vendor: Vendor| {
        Some(vendor.step()) == step && shared_keys::offered(&visit.app, known, vendor)
    };
    let is_first = shown.is_first();
    Settings {
        section,
        tokens: Tokens::default(),
        sessions: Vec::new(),
        refused: !shown.again.problems.is_empty(),
        form: Filled {
            locale: visit.locale,
            typed,
            problems: shown.problems(),
            theirs: shown.is_conflict().then_some(stored),
        },
        version: step.map_or(0, |step| known.version(step)),
        editor: Uuid::new_v4().to_string(),
        done: match visit.query("notice").as_str() {
            "saved" => Some(Done::Saved),
            "removed" => Some(Done::Removed),
            "password-changed" => Some(Done::PasswordChanged),
            "revoked" => Some(Done::TokenRevoked),
            "session-ended" => Some(Done::SessionEnded),
            _ => None,
        }
        .filter(|_| is_first),
        from_onboarding: visit.query("returnTo") == "onboarding"
            || shown.form.last("return_to") == "onboarding",
        vapi: known.vapi.clone(),
        twilio: known.twilio.clone(),
        waits: shown.says() == Some(&Says::Waits),
        said: Said::from_id(&visit.query("said")).filter(|_| is_first),
        not_removed: shown.blocker(),
        offers_shared: offers(Vendor::Vapi) || offers(Vendor::Twilio),
        not_shared: shown.says() == Some(&Says::NotShared),
        linked_number: known.linked_number.clone(),
    }
}
