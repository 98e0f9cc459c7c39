//! The nine steps.

use std::collections::HashMap;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use serde_json::json;
use uuid::Uuid;

use super::proposals;
use super::render;
use super::visit::{Customer, Form, Posted, Visit};
use crate::domain::profile::ACCEPT_TERMS;
use crate::domain::{Draft, Locale, Problem, Step};
use crate::pages::error::Trouble;
use crate::pages::form::Filled;
use crate::pages::held::Reason;
use crate::pages::step::{self, LaterPage, StepPage, Stored};
use crate::pages::texts::t;
use crate::server::Error;
use crate::server::services::credentials;
use crate::server::services::onboarding::{self as service, Onboarding};
use crate::server::services::save::{self as saving, Intent, Method, Save, Saved};

/// `/onboarding`: to the first step that is neither done nor skipped; after launch to the studio.
pub async fn go_on(customer: Customer) -> Response {
    let path = if customer.onboarding.record.onboarding_completed {
        "/ava-studio".to_owned()
    } else {
        step_path(customer.onboarding.facts().first_open())
    };
    render::see_other(&customer.visit.href(&path))
}

/// The page after "Save and come back later".
pub async fn later(customer: Customer) -> Response {
    let visit = &customer.visit;
    let facts = customer.onboarding.facts();
    let page = LaterPage {
        email: customer.onboarding.record.email.clone(),
        statuses: Step::ALL.map(|step| facts.status(step)),
    };
    let frame = visit.frame(t!(visit.locale, onboarding.later_page.title));
    render::page(StatusCode::OK, frame, page, step::later).await
}

pub async fn page(
    customer: Customer,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let Some(step) = Step::from_id(&id) else {
        return render::trouble(&customer.visit, Trouble::NotFound).await;
    };
    let showing = Showing {
        from_review: query.get("return").is_some_and(|to| to == "done"),
        removed: query
            .get("notice")
            .is_some_and(|notice| notice == "removed"),
        ..Showing::default()
    };
    show(&customer, step, StatusCode::OK, showing).await
}

/// How a step is shown beyond what is stored.
#[derive(Default)]
struct Showing {
    from_review: bool,
    removed: bool,
    /// What was just typed, where it could not be stored.
    typed: Option<Draft>,
    /// The problems that kept it from being stored.
    refused: Vec<Problem>,
    is_conflict: bool,
}

async fn show(customer: &Customer, step: Step, status: StatusCode, showing: Showing) -> Response {
    let page = step_page(&customer.onboarding, customer.visit.locale, step, showing);
    let frame = customer.visit.frame(step::title(&page));
    render::page(status, frame, page, step::page).await
}

fn step_page(onboarding: &Onboarding, locale: Locale, step: Step, showing: Showing) -> StepPage {
    let facts = onboarding.facts();
    let stored = onboarding.typed(step);
    let mut typed = stored.clone();
    match showing.typed {
        Some(newer) => typed.overlay(newer),
        None => proposals::fill(onboarding, step, locale, &mut typed),
    }
    let is_refused = !showing.refused.is_empty();
    let state = facts.step(step);
    let shows_problems = state.submitted && !state.skipped && step != Step::Done;
    let problems = if is_refused {
        showing.refused
    } else if shows_problems && !showing.is_conflict {
        onboarding.problems(step)
    } else {
        Vec::new()
    };
    let record = &onboarding.record;
    StepPage {
        step,
        form: Filled {
            locale,
            typed,
            problems,
            theirs: showing.is_conflict.then_some(stored),
        },
        statuses: Step::ALL.map(|step| facts.status(step)),
        version: onboarding.version(step),
        editor: Uuid::new_v4().to_string(),
        from_review: showing.from_review,
        refused: is_refused,
        removed: showing.removed,
        email: record.email.clone(),
        answers: record.answers.clone(),
        vapi: vapi(onboarding),
        twilio: twilio(onboarding),
        assistant_created: facts.assistant_created,
        blockers: facts.blockers(),
        completed: facts.completed,
    }
}

/// What may be shown of the stored Vapi key.
pub(super) fn vapi(onboarding: &Onboarding) -> Stored {
    Stored {
        preview: onboarding.record.vapi_api_key_preview.clone(),
        checked: onboarding.record.vapi_checked,
    }
}

/// What may be shown of the stored Twilio token.
pub(super) fn twilio(onboarding: &Onboarding) -> Stored {
    Stored {
        preview: onboarding.record.auth_token_preview.clone(),
        checked: onboarding.record.twilio_checked,
    }
}

fn step_path(step: Step) -> String {
    format!("/onboarding/{}", step.id())
}

/// What a step's buttons and its autosave ask for.
enum Wish {
    Save(Intent),
    /// Show both versions of a conflict.
    Compare,
    RemoveCredentials,
}

impl Wish {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            // Pressing Enter in an old browser sends no button.
            "continue" | "" => Self::Save(Intent::Continue),
            "skip" => Self::Save(Intent::Skip),
            "later" => Self::Save(Intent::Later),
            "autosave" => Self::Save(Intent::Autosave),
            "compare" => Self::Compare,
            "remove" => Self::RemoveCredentials,
            _ => return None,
        })
    }
}

/// The fields of one step as posted, checked for what an honest form can send.
pub(super) struct StepForm {
    pub typed: Draft,
    pub secret: Option<String>,
    pub version: i64,
    pub editor: Uuid,
    pub sequence: i64,
}

impl StepForm {
    /// Reads the form of a step; `None` when it has unknown fields, a plain field twice, a choice
    /// that was never offered, or broken control fields.
    pub fn read(step: Step, form: &mut Form) -> Option<Self> {
        let number = |text: String| {
            if text.is_empty() {
                Some(0)
            } else {
                text.parse::<i64>().ok()
            }
        };
        let version = number(form.take("version"))?;
        let sequence = number(form.take("sequence"))?;
        let editor = form.take("editor");
        let editor = if editor.is_empty() {
            Uuid::new_v4()
        } else {
            editor.parse().ok()?
        };
        let mut typed = Draft::default();
        let mut secret = None;
        let mut left = std::mem::take(&mut form.fields);
        for field in step.fields() {
            let name = field.form_name();
            let (own, rest): (Vec<_>, Vec<_>) = left.into_iter().partition(|(key, _)| *key == name);
            left = rest;
            let values: Vec<String> = own.into_iter().map(|(_, value)| value).collect();
            if values.len() > 1 && !field.is_list() {
                return None;
            }
            if field.is_secret() {
                secret = values
                    .into_iter()
                    .next()
                    .filter(|text| !text.trim().is_empty());
                continue;
            }
            typed.set(field.name, values);
            if !field.accepts_form_values(typed.values(field.name)) {
                return None;
            }
        }
        left.is_empty().then_some(Self {
            typed,
            secret,
            version,
            editor,
            sequence,
        })
    }
}

pub async fn save(Path(id): Path<String>, posted: Posted) -> Response {
    let Posted { visit, mut form } = posted;
    let Some(step) = Step::from_id(&id) else {
        return render::trouble(&visit, Trouble::NotFound).await;
    };
    let Some(logged_in) = visit.logged_in else {
        return render::hold(&visit, form, Reason::SignedOut).await;
    };
    let copy = form.clone();
    let from_review = form.take("return_to") == "done";
    let Some(wish) = Wish::parse(&form.take("intent")) else {
        return render::trouble(&visit, Trouble::Malformed).await;
    };
    if let Wish::RemoveCredentials = wish {
        if !form.fields.is_empty() || !matches!(step, Step::Vapi | Step::Twilio) {
            return render::trouble(&visit, Trouble::Malformed).await;
        }
        let to = visit.href(&format!("{}?notice=removed", step_path(step)));
        return match still_logged_in(&visit).await {
            Ok(true) => match credentials::remove(&visit.app.pool, logged_in.user, step).await {
                Ok(_) => render::see_other(&to),
                Err(error) => render::form_failure(&visit, &error, copy).await,
            },
            Ok(false) => render::hold(&visit, copy, Reason::SignedOut).await,
            Err(error) => render::form_failure(&visit, &error, copy).await,
        };
    }
    let Some(read) = StepForm::read(step, &mut form) else {
        return render::trouble(&visit, Trouble::Malformed).await;
    };
    match store(&visit, logged_in.user, step, wish, read, from_review).await {
        Ok(response) => response,
        Err(error) => render::form_failure(&visit, &error, copy).await,
    }
}

/// Whether the session's customer may still act: the account is active and its password is the one
/// of the session's time.
async fn still_logged_in(visit: &Visit) -> Result<bool, Error> {
    Ok(Customer::of(visit.clone()).await?.is_ok())
}

async fn store(
    visit: &Visit,
    user: Uuid,
    step: Step,
    wish: Wish,
    read: StepForm,
    from_review: bool,
) -> Result<Response, Error> {
    let Ok(customer) = Customer::of(visit.clone()).await? else {
        return Err(Error::NoAccount);
    };
    let Wish::Save(intent) = wish else {
        return compare(&customer, step, read.typed, from_review).await;
    };
    let typed = read.typed.clone();
    if step == Step::Done {
        return match intent {
            Intent::Continue | Intent::Later => review(visit, user, intent, read).await,
            Intent::Skip | Intent::Autosave => Ok(render::trouble(visit, Trouble::Malformed).await),
        };
    }
    let saved = saving::save(
        &visit.app.pool,
        &visit.app.vault,
        user,
        Save {
            step,
            typed: read.typed,
            secret: read.secret,
            intent,
            method: Method::Inline,
            version: read.version,
            editor: read.editor,
            sequence: read.sequence,
        },
    )
    .await?;
    match saved {
        Saved::Stored { version, .. } | Saved::Outdated { version } if visit.wants_json => {
            Ok(Json(json!({"version": version})).into_response())
        }
        Saved::Conflict if visit.wants_json => {
            Ok((StatusCode::CONFLICT, Json(json!({"code": "conflict"}))).into_response())
        }
        Saved::Stored { .. } | Saved::Outdated { .. } => {
            let chosen = Locale::from_code(typed.text("locale")).filter(|_| step == Step::Profile);
            let locale = chosen
                .filter(|_| intent == Intent::Continue)
                .unwrap_or(visit.locale);
            let path = match (intent, from_review) {
                (Intent::Later, _) => "/onboarding/later".to_owned(),
                (_, true) => step_path(Step::Done),
                _ => step_path(step.next().unwrap_or(Step::Done)),
            };
            Ok(render::see_other(&format!("/{}{path}", locale.code())))
        }
        Saved::Conflict => compare(&customer, step, typed, from_review).await,
        Saved::SecretRefused(problems) => {
            let showing = Showing {
                from_review,
                typed: Some(typed),
                refused: problems,
                ..Showing::default()
            };
            Ok(show(&customer, step, StatusCode::UNPROCESSABLE_ENTITY, showing).await)
        }
    }
}

/// Shows what was typed here beside what was saved elsewhere; saving it again means it.
async fn compare(
    customer: &Customer,
    step: Step,
    typed: Draft,
    from_review: bool,
) -> Result<Response, Error> {
    let showing = Showing {
        from_review,
        typed: Some(typed),
        is_conflict: true,
        ..Showing::default()
    };
    Ok(show(customer, step, StatusCode::CONFLICT, showing).await)
}

/// The end: terms that were ticked here are accepted, and the onboarding is completed.
async fn review(
    visit: &Visit,
    user: Uuid,
    intent: Intent,
    read: StepForm,
) -> Result<Response, Error> {
    if read.typed.has(ACCEPT_TERMS.name, "true") {
        saving::accept_terms(&visit.app.pool, user).await?;
    }
    if intent == Intent::Later {
        return Ok(render::see_other(&visit.href("/onboarding/later")));
    }
    service::finish(&visit.app.pool, user).await?;
    Ok(render::see_other(&visit.href("/ava-studio")))
}
