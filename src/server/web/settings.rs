//! The settings: the same answers as the steps, saved strictly; and the password.

use std::collections::HashMap;

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use leptos::view;
use time::OffsetDateTime;
use uuid::Uuid;

use super::onboarding::{StepForm, said, twilio, vapi};
use super::render;
use super::visit::{Customer, Form, Posted, Visit};
use crate::components::credentials::Said;
use crate::components::form::Filled;
use crate::domain::profile::{ACCEPT_TERMS, MARKETING_OPT_IN};
use crate::domain::progress::Blocker;
use crate::domain::token::{TOKEN_DAYS, TOKEN_NAME};
use crate::domain::{Code, Draft, Problem, Step};
use crate::pages::error::Trouble;
use crate::pages::held::Reason;
use crate::pages::settings::{Done, Section, Settings, SettingsPage};
use crate::pages::tokens::{Token, Tokens};
use crate::server::services::accounts::{self, Change, Deletion, Welcome};
use crate::server::services::save::{self as saving, Intent, Method, Save, Saved};
use crate::server::services::{Halt, credentials, shared_keys, tokens};
use crate::server::store::api_tokens::Row;
use crate::server::{Error, session};
use crate::texts::t;

pub async fn page(customer: Customer, Query(query): Query<HashMap<String, String>>) -> Response {
    let section = match query.get("section") {
        None => Some(Section::Profile),
        Some(id) => Section::from_id(id),
    };
    let Some(section) = section else {
        return render::trouble(&customer.visit, Trouble::NotFound);
    };
    let showing = Showing {
        from_onboarding: query.get("returnTo").is_some_and(|to| to == "onboarding"),
        done: match query.get("notice").map(String::as_str) {
            Some("saved") => Some(Done::Saved),
            Some("removed") => Some(Done::Removed),
            Some("password-changed") => Some(Done::PasswordChanged),
            Some("revoked") => Some(Done::TokenRevoked),
            _ => None,
        },
        said: query.get("said").and_then(|id| Said::from_id(id)),
        ..Showing::default()
    };
    show(&customer, section, StatusCode::OK, showing).await
}

/// How a section is shown beyond what is stored.
#[derive(Default)]
struct Showing {
    from_onboarding: bool,
    done: Option<Done>,
    /// What was just typed and could not be stored, and why.
    typed: Option<Draft>,
    refused: Vec<Problem>,
    is_conflict: bool,
    /// The vendor of the section's secret does not answer; the secret waits.
    waits: bool,
    said: Option<Said>,
    not_removed: Option<Blocker>,
    not_shared: bool,
    /// The token that was just made.
    issued: Option<String>,
    /// The form that was sent has made its token before.
    was_issued: bool,
}

async fn show(
    customer: &Customer,
    section: Section,
    status: StatusCode,
    showing: Showing,
) -> Response {
    let (visit, onboarding) = (&customer.visit, &customer.onboarding);
    let stored = section
        .step()
        .map(|step| onboarding.typed(step))
        .unwrap_or_default();
    let mut typed = stored.clone();
    if let Some(newer) = showing.typed {
        typed.overlay(newer);
    }
    let tokens = match section {
        Section::Api => match tokens::list(&visit.app.pool, customer.user()).await {
            Ok(rows) => Tokens {
                issued: showing.issued,
                was_issued: showing.was_issued,
                all: rows.into_iter().map(shown).collect(),
            },
            Err(error) => return render::failure(visit, &error),
        },
        _ => Tokens::default(),
    };
    let page = Settings {
        section,
        tokens,
        refused: !showing.refused.is_empty(),
        form: Filled {
            locale: visit.locale,
            typed,
            problems: showing.refused,
            theirs: showing.is_conflict.then_some(stored),
        },
        version: section.step().map_or(0, |step| onboarding.version(step)),
        editor: Uuid::new_v4().to_string(),
        done: showing.done,
        from_onboarding: showing.from_onboarding,
        vapi: vapi(onboarding),
        twilio: twilio(onboarding),
        waits: showing.waits,
        said: showing.said,
        not_removed: showing.not_removed,
        offers_shared: section
            .step()
            .is_some_and(|step| shared_keys::offered(&visit.app, &onboarding.record, step)),
        not_shared: showing.not_shared,
        linked_number: onboarding.record.linked_number.clone(),
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

pub async fn save(posted: Posted) -> Response {
    let Posted { visit, mut form } = posted;
    let copy = form.clone();
    let Some(section) = Section::from_id(&form.take("section")) else {
        return render::trouble(&visit, Trouble::Malformed);
    };
    let from_onboarding = form.take("return_to") == "onboarding";
    let customer = match Customer::of(visit.clone()).await {
        Ok(Ok(customer)) => customer,
        Ok(Err(visit)) => return render::hold(&visit, copy, Reason::SignedOut),
        Err(error) => return render::form_failure(&visit, &error, copy),
    };
    let intent = form.take("intent");
    let answer = match (section.step(), intent.as_str()) {
        (Some(step), "remove") => remove(&customer, step, from_onboarding).await,
        (Some(step), "recheck") => recheck(&customer, section, step, from_onboarding).await,
        (Some(step), intent) => {
            let intent = match intent {
                "store_unchecked" => Intent::StoreUnchecked,
                "use_shared" if step != Step::Profile => Intent::UseShared,
                _ => Intent::Continue,
            };
            if step == Step::Profile {
                keep_ticks(&customer, &mut form.fields);
            }
            match StepForm::read(step, customer.visit.locale, &mut form) {
                Some(mut read) => {
                    if intent == Intent::UseShared {
                        read = read.cleared(step);
                    }
                    save_step(&customer, section, step, read, intent, from_onboarding).await
                }
                None => Ok(render::trouble(&visit, Trouble::Malformed)),
            }
        }
        (None, intent) if section == Section::Api => {
            token(&customer, intent.to_owned(), &mut form).await
        }
        (None, "delete") if section == Section::Security => {
            let password = form.take("delete_password");
            let gives_back = form.take("give_back") == "true";
            delete_account(&customer, &password, gives_back).await
        }
        (None, _) if section == Section::Security => {
            let (current, password) = (form.take("current_password"), form.take("password"));
            change_password(&customer, &current, &password).await
        }
        (None, _) => Ok(render::trouble(&visit, Trouble::Malformed)),
    };
    match answer {
        Ok(response) => response,
        Err(error) => render::form_failure(&visit, &error, copy),
    }
}

fn shown(row: Row) -> Token {
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

/// Makes or revokes a token.
async fn token(customer: &Customer, intent: String, form: &mut Form) -> Result<Response, Error> {
    let (visit, pool) = (&customer.visit, &customer.visit.app.pool);
    let malformed = || render::trouble(visit, Trouble::Malformed);
    if let Some(id) = intent.strip_prefix("revoke:") {
        let Ok(id) = id.parse() else {
            return Ok(malformed());
        };
        tokens::revoke(pool, customer.user(), id).await?;
        let to = address(visit, Section::Api.id(), "revoked", false);
        return Ok(render::see_other(&to));
    }
    // The form's own id makes its token once, however often it is sent.
    let Ok(id) = form.take("editor").parse() else {
        return Ok(malformed());
    };
    let mut typed = Draft::default();
    for field in [&TOKEN_NAME, &TOKEN_DAYS] {
        typed.set(field.name, vec![form.take(field.name)]);
    }
    let fields = [&TOKEN_NAME, &TOKEN_DAYS];
    let refused: Vec<Problem> = fields
        .iter()
        .filter_map(|field| field.check(typed.values(field.name)))
        .collect();
    let name = typed.text(TOKEN_NAME.name).trim().to_owned();
    let days = typed.text(TOKEN_DAYS.name).parse();
    if let (true, Ok(days)) = (refused.is_empty(), days) {
        let issued = tokens::create(pool, customer.user(), id, &name, days).await?;
        let showing = Showing {
            was_issued: issued.is_none(),
            issued: issued.map(|issued| issued.token),
            ..Showing::default()
        };
        return Ok(show(customer, Section::Api, StatusCode::OK, showing).await);
    }
    let showing = Showing {
        typed: Some(typed),
        refused,
        ..Showing::default()
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(show(customer, Section::Api, status, showing).await)
}

/// The section does not show the ticks of step 1, so it leaves them as they are.
fn keep_ticks(customer: &Customer, fields: &mut Vec<(String, String)>) {
    for tick in [ACCEPT_TERMS, MARKETING_OPT_IN] {
        if customer.onboarding.answers().flag(tick.name) {
            fields.push((tick.name.to_owned(), "true".to_owned()));
        }
    }
}

/// Where a form of the settings leads.
fn address(visit: &Visit, section: &str, notice: &str, from_onboarding: bool) -> String {
    let back = if from_onboarding {
        "&returnTo=onboarding"
    } else {
        ""
    };
    visit.href(&format!(
        "/settings?section={section}&notice={notice}{back}"
    ))
}

async fn remove(customer: &Customer, step: Step, from_onboarding: bool) -> Result<Response, Error> {
    match credentials::remove(&customer.visit.app, customer.user(), step).await {
        Ok(()) => {
            let to = address(&customer.visit, step.id(), "removed", from_onboarding);
            Ok(render::see_other(&to))
        }
        Err(Halt::Blocker(blocker)) => {
            let section = Section::from_id(step.id()).unwrap_or(Section::Vapi);
            let showing = Showing {
                from_onboarding,
                not_removed: Some(blocker),
                ..Showing::default()
            };
            Ok(show(customer, section, StatusCode::CONFLICT, showing).await)
        }
        Err(Halt::Error(error)) => Err(error),
    }
}

async fn recheck(
    customer: &Customer,
    section: Section,
    step: Step,
    from_onboarding: bool,
) -> Result<Response, Error> {
    let visit = &customer.visit;
    let said = said(credentials::recheck(&visit.app, customer.user(), step).await?);
    let to = address(visit, section.id(), "", from_onboarding);
    Ok(render::see_other(&format!("{to}&said={}", said.id())))
}

async fn save_step(
    customer: &Customer,
    section: Section,
    step: Step,
    read: StepForm,
    intent: Intent,
    from_onboarding: bool,
) -> Result<Response, Error> {
    let visit = &customer.visit;
    let refuse = |refused: Vec<Problem>, typed: Draft, is_conflict: bool| {
        let status = if is_conflict {
            StatusCode::CONFLICT
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        let showing = Showing {
            from_onboarding,
            typed: Some(typed),
            refused,
            is_conflict,
            ..Showing::default()
        };
        show(customer, section, status, showing)
    };
    let problems = strict_problems(customer, step, &read);
    // A secret that waits for its vendor is not typed again.
    let waits = credentials::waits(&visit.app, customer.user(), step).await?;
    let is_missing = |problem: &Problem| {
        problem.code == Code::Required
            && step
                .field(problem.field)
                .is_some_and(crate::domain::Field::is_secret)
    };
    let is_settled = intent == Intent::UseShared
        || problems.is_empty()
        || (waits && problems.iter().all(is_missing));
    if !is_settled {
        return Ok(refuse(problems, read.typed, false).await);
    }
    let typed = read.typed.clone();
    let saved = saving::save(
        &visit.app,
        customer.user(),
        Save {
            step,
            typed: read.typed,
            proposed: Draft::default(),
            secret: read.secret,
            intent,
            method: Method::Settings,
            version: Some(read.version),
            editor: read.editor,
            sequence: read.sequence,
        },
    )
    .await?;
    match saved {
        Saved::Stored { .. } | Saved::Outdated { .. } => {
            customer.told(step, &typed).await?;
            let to = address(visit, section.id(), "saved", from_onboarding);
            Ok(render::see_other(&to))
        }
        Saved::Conflict => Ok(refuse(Vec::new(), typed, true).await),
        Saved::SecretRefused(problems) => Ok(refuse(problems, typed, false).await),
        Saved::TooManySecrets => Ok(render::trouble(visit, Trouble::Wait(600))),
        Saved::SecretWaits => {
            let showing = Showing {
                from_onboarding,
                typed: Some(typed),
                waits: true,
                ..Showing::default()
            };
            Ok(show(customer, section, StatusCode::UNPROCESSABLE_ENTITY, showing).await)
        }
        Saved::NotShared => {
            let showing = Showing {
                from_onboarding,
                not_shared: true,
                ..Showing::default()
            };
            Ok(show(customer, section, StatusCode::CONFLICT, showing).await)
        }
        Saved::Blocked(blocker) => {
            let showing = Showing {
                from_onboarding,
                typed: Some(typed),
                not_removed: Some(blocker),
                ..Showing::default()
            };
            Ok(show(customer, section, StatusCode::CONFLICT, showing).await)
        }
    }
}

/// What the settings refuse, other than a step: everything that is wrong or missing, except what
/// they do not ask.
fn strict_problems(customer: &Customer, step: Step, read: &StepForm) -> Vec<Problem> {
    let record = &customer.onboarding.record;
    let mut problems = step.problems(&read.typed);
    problems.retain(|problem| problem.field != ACCEPT_TERMS.name);
    let keeps_shared = step == Step::Twilio
        && record.twilio_is_shared
        && read.secret.is_none()
        && read.typed.text("account_sid").is_empty();
    if keeps_shared {
        problems.retain(|problem| problem.field != "account_sid");
        return problems;
    }
    let required = |field: &'static str| Problem {
        field,
        code: Code::Required,
    };
    if read.secret.is_none() {
        match step {
            Step::Vapi if record.vapi_api_key_preview.is_none() => {
                problems.push(required("vapi_api_key"));
            }
            Step::Twilio => {
                let stored = record.answers.text("account_sid");
                if record.auth_token_preview.is_none()
                    || stored != Some(read.typed.text("account_sid"))
                {
                    problems.push(required("auth_token"));
                }
            }
            _ => {}
        }
    }
    problems
}

async fn delete_account(
    customer: &Customer,
    password: &str,
    gives_back: bool,
) -> Result<Response, Error> {
    let visit = &customer.visit;
    let refuse = |code: Code| Showing {
        refused: vec![Problem {
            field: "delete_password",
            code,
        }],
        ..Showing::default()
    };
    let showing = match accounts::delete(&visit.app, customer.user(), password, gives_back).await? {
        Deletion::Done => {
            session::end(&visit.session).await?;
            return Ok(render::see_other(
                &visit.href("/login?notice=account-deleted"),
            ));
        }
        Deletion::Wrong if password.is_empty() => refuse(Code::Required),
        Deletion::Wrong => refuse(Code::Malformed),
        Deletion::Blocked(blocker) => Showing {
            not_removed: Some(blocker),
            ..Showing::default()
        },
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(show(customer, Section::Security, status, showing).await)
}

/// Tells the owner by mail, whoever did it.
fn send_notice(customer: &Customer) {
    let (visit, l) = (&customer.visit, customer.visit.locale);
    let path = visit.href("/forgot-password");
    let public_url = &visit.app.config.public_url;
    let link = public_url.join(&path).map_or(path, String::from);
    let subject = t!(l, account.password_mail_subject);
    let text = t!(l, account.password_mail_text, link = link);
    let mailer = visit.app.mailer.clone();
    let email = customer.onboarding.record.email.clone();
    tokio::spawn(async move {
        if let Err(error) = mailer.send(&email, &subject, text).await {
            tracing::error!(%error, "the notice of a new password was not sent");
        }
    });
}

async fn change_password(
    customer: &Customer,
    current: &str,
    password: &str,
) -> Result<Response, Error> {
    let visit = &customer.visit;
    let change =
        accounts::change_password(&visit.app.pool, customer.user(), current, password).await?;
    let refused = match change {
        Change::Done(session_epoch) => {
            // This session goes on, under a new token and in the new epoch.
            let welcome = Welcome {
                user: customer.user(),
                session_epoch,
                locale: None,
                onboarding_completed: customer.onboarding.record.onboarding_completed,
            };
            session::begin(&visit.session, &welcome).await?;
            send_notice(customer);
            let to = address(visit, Section::Security.id(), "password-changed", false);
            return Ok(render::see_other(&to));
        }
        Change::Wrong if current.is_empty() => vec![Problem {
            field: "current_password",
            code: Code::Required,
        }],
        Change::Wrong => vec![Problem {
            field: "current_password",
            code: Code::Malformed,
        }],
        Change::Problems(problems) => problems,
    };
    let showing = Showing {
        refused,
        ..Showing::default()
    };
    Ok(show(
        customer,
        Section::Security,
        StatusCode::UNPROCESSABLE_ENTITY,
        showing,
    )
    .await)
}
