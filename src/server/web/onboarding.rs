//! The nine steps.

use std::collections::HashMap;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use leptos::view;
use serde_json::json;
use uuid::Uuid;

use super::render;
use super::visit::{Customer, Form, Posted, Visit};
use crate::components::credentials::{Said, Stored};
use crate::components::form::Filled;
use crate::domain::profile::ACCEPT_TERMS;
use crate::domain::progress::Blocker;
use crate::domain::telephony::NUMBER;
use crate::domain::{Code, Draft, Locale, Problem, Rule, Step, hours};
use crate::pages::error::Trouble;
use crate::pages::held::Reason;
use crate::pages::later::LaterPage;
use crate::pages::step::{self, NumberChoice, Numbers, StepPage, Then};
use crate::pages::steps::StepView;
use crate::server::services::assistants::From;
use crate::server::services::onboarding::{self as service, Onboarding};
use crate::server::services::save::{self as saving, Intent, Method, Save, Saved};
use crate::server::services::{Halt, credentials, launch, numbers as numbers_service, shared_keys};
use crate::server::vendors::Failure;
use crate::server::{Error, proposals};
use crate::texts::t;

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
    let email = customer.onboarding.record.email.clone();
    let statuses = Step::ALL.map(|step| facts.status(step));
    let frame = visit.frame(t!(visit.locale, onboarding.later_page.title));
    render::page(
        StatusCode::OK,
        frame,
        |frame| view! { <LaterPage frame email statuses/> },
    )
}

pub async fn page(
    customer: Customer,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let Some(step) = Step::from_id(&id) else {
        return render::trouble(&customer.visit, Trouble::NotFound);
    };
    let showing = Showing {
        then: query
            .get("return")
            .map_or(Then::Next, |to| Then::from_id(to)),
        removed: query
            .get("notice")
            .is_some_and(|notice| notice == "removed"),
        said: query.get("said").and_then(|id| Said::from_id(id)),
        ..Showing::default()
    };
    show(&customer, step, StatusCode::OK, showing).await
}

/// How a step is shown beyond what is stored.
#[derive(Default)]
struct Showing {
    then: Then,
    removed: bool,
    said: Option<Said>,
    waits: bool,
    not_removed: Option<Blocker>,
    not_shared: bool,
    /// What was just typed, where it could not be stored.
    typed: Option<Draft>,
    /// The problems that kept it from being stored.
    refused: Vec<Problem>,
    is_conflict: bool,
}

async fn show(customer: &Customer, step: Step, status: StatusCode, showing: Showing) -> Response {
    let mut page = step_page(&customer.onboarding, customer.visit.locale, step, showing);
    page.offers_shared =
        shared_keys::offered(&customer.visit.app, &customer.onboarding.record, step);
    if step == Step::Telephony {
        page.numbers = numbers(customer).await;
    }
    let frame = customer.visit.frame(step::title(&page));
    render::page(status, frame, |frame| view! { <StepView frame page/> })
}

/// The numbers to choose from, as far as Twilio is quick.
async fn numbers(customer: &Customer) -> Numbers {
    if customer.onboarding.record.auth_token_preview.is_none() {
        return Numbers::Unknown;
    }
    match numbers_service::choices(&customer.visit.app, customer.user()).await {
        Ok(Some(choices)) => Numbers::Listed(
            choices
                .into_iter()
                .map(|choice| NumberChoice {
                    number: choice.number,
                    problem: choice.problem,
                    used_by: choice.used_by,
                })
                .collect(),
        ),
        Ok(None) => Numbers::Silent,
        Err(error) => {
            tracing::warn!(%error, "the numbers cannot be listed");
            Numbers::Silent
        }
    }
}

/// A time of day as pages show it where the browser's zone is not known.
pub(super) fn time_of_day(time: time::OffsetDateTime) -> String {
    let time = time.to_offset(time::UtcOffset::UTC);
    format!("{:02}:{:02} UTC", time.hour(), time.minute())
}

fn step_page(onboarding: &Onboarding, locale: Locale, step: Step, showing: Showing) -> StepPage {
    let facts = onboarding.facts();
    let stored = onboarding.shown(step, &proposals::of(onboarding, step, locale));
    let mut typed = stored.clone();
    if let Some(newer) = showing.typed {
        typed.overlay(newer);
    }
    let is_refused = !showing.refused.is_empty();
    let state = facts.step(step);
    let shows_problems = state.submitted && !state.skipped && step != Step::Done;
    let problems = if is_refused {
        showing.refused
    } else if shows_problems && !showing.is_conflict {
        let mut problems = onboarding.problems(step);
        // What has been proposed since is there to be seen.
        problems.retain(|problem| {
            problem.code != Code::Required || typed.values(problem.field).is_empty()
        });
        problems
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
        then: showing.then,
        refused: is_refused,
        removed: showing.removed,
        waits: showing.waits,
        said: showing.said,
        not_removed: showing.not_removed,
        offers_shared: false,
        not_shared: showing.not_shared,
        linked_number: record.linked_number.clone(),
        numbers: Numbers::Unknown,
        used_by: record
            .number_used_by
            .clone()
            .filter(|_| !facts.number_linked),
        assistant_problem: record
            .assistant_problem
            .as_deref()
            .and_then(Blocker::from_id),
        live_checked_at: record.live_checked_at.map(time_of_day),
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
        shared: onboarding.record.vapi_is_shared,
        checked: onboarding.record.vapi_checked,
        refused: onboarding.record.vapi_problem.is_some(),
    }
}

/// What may be shown of the stored Twilio token.
pub(super) fn twilio(onboarding: &Onboarding) -> Stored {
    Stored {
        preview: onboarding.record.auth_token_preview.clone(),
        shared: onboarding.record.twilio_is_shared,
        checked: onboarding.record.twilio_checked,
        refused: onboarding.record.twilio_problem.is_some(),
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
    /// Ask the vendor again about what is stored.
    Recheck,
    /// Take one of the account's numbers, and stay.
    TakeNumber(String),
    Launch,
}

impl Wish {
    fn parse(text: &str) -> Option<Self> {
        if let Some(number) = text.strip_prefix("number:") {
            return crate::domain::phone::parse(number).map(Self::TakeNumber);
        }
        Some(match text {
            // Pressing Enter in an old browser sends no button.
            "continue" | "" => Self::Save(Intent::Continue),
            "skip" => Self::Save(Intent::Skip),
            "later" => Self::Save(Intent::Later),
            "autosave" => Self::Save(Intent::Autosave),
            "compare" => Self::Compare,
            "store_unchecked" => Self::Save(Intent::StoreUnchecked),
            "use_shared" => Self::Save(Intent::UseShared),
            "remove" => Self::RemoveCredentials,
            "recheck" => Self::Recheck,
            "launch" => Self::Launch,
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
    /// Nothing of what was typed: the operator's credentials take its place.
    pub fn cleared(self, step: Step) -> Self {
        let mut typed = Draft::default();
        for field in step.fields().iter().filter(|field| !field.is_secret()) {
            typed.set(field.name, Vec::new());
        }
        Self {
            typed,
            secret: None,
            ..self
        }
    }

    /// Reads the form of a step; `None` when it has unknown fields, a plain field twice, a choice
    /// that was never offered, or broken control fields.
    pub fn read(step: Step, locale: Locale, form: &mut Form) -> Option<Self> {
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
            let understand = |value: String| match field.rule {
                Rule::Hours => hours::canonical(&value, locale),
                _ => value,
            };
            let values: Vec<String> = own
                .into_iter()
                .map(|(_, value)| understand(value))
                .collect();
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
        return render::trouble(&visit, Trouble::NotFound);
    };
    let Some(logged_in) = visit.logged_in else {
        return render::hold(&visit, form, Reason::SignedOut);
    };
    let copy = form.clone();
    let then = Then::from_id(&form.take("return_to"));
    let Some(wish) = Wish::parse(&form.take("intent")) else {
        return render::trouble(&visit, Trouble::Malformed);
    };
    if let Wish::RemoveCredentials | Wish::Recheck = wish {
        if !form.fields.is_empty() || !matches!(step, Step::Vapi | Step::Twilio) {
            return render::trouble(&visit, Trouble::Malformed);
        }
        return match about_stored(&visit, step, &wish).await {
            Ok(response) => response,
            Err(error) => render::form_failure(&visit, &error, copy),
        };
    }
    let Some(read) = StepForm::read(step, visit.locale, &mut form) else {
        return render::trouble(&visit, Trouble::Malformed);
    };
    match store(&visit, logged_in.user, step, wish, read, then).await {
        Ok(response) => response,
        Err(error) => render::form_failure(&visit, &error, copy),
    }
}

/// Removes the stored credentials of a step, or asks their vendor again.
async fn about_stored(visit: &Visit, step: Step, wish: &Wish) -> Result<Response, Error> {
    let Ok(customer) = Customer::of(visit.clone()).await? else {
        return Err(Error::NoAccount);
    };
    let (app, user) = (&visit.app, customer.user());
    if let Wish::Recheck = wish {
        let said = said(credentials::recheck(app, user, step).await?);
        let to = format!("{}?said={}", step_path(step), said.id());
        return Ok(render::see_other(&visit.href(&to)));
    }
    match credentials::remove(app, user, step).await {
        Ok(()) => {
            let to = format!("{}?notice=removed", step_path(step));
            Ok(render::see_other(&visit.href(&to)))
        }
        Err(Halt::Blocker(blocker)) => {
            let showing = Showing {
                not_removed: Some(blocker),
                ..Showing::default()
            };
            Ok(show(&customer, step, StatusCode::CONFLICT, showing).await)
        }
        Err(Halt::Error(error)) => Err(error),
    }
}

pub(super) const fn said(said: Result<(), Failure>) -> Said {
    match said {
        Ok(()) => Said::Good,
        Err(Failure::Refused(_)) => Said::Refused,
        Err(_) => Said::Silent,
    }
}

async fn store(
    visit: &Visit,
    user: Uuid,
    step: Step,
    wish: Wish,
    mut read: StepForm,
    then: Then,
) -> Result<Response, Error> {
    let Ok(customer) = Customer::of(visit.clone()).await? else {
        return Err(Error::NoAccount);
    };
    let mut stays = false;
    let intent = match wish {
        Wish::Compare => return compare(&customer, step, read.typed, then).await,
        Wish::Save(Intent::UseShared) if matches!(step, Step::Vapi | Step::Twilio) => {
            read = read.cleared(step);
            Intent::UseShared
        }
        Wish::Save(Intent::UseShared) => {
            return Ok(render::trouble(visit, Trouble::Malformed));
        }
        Wish::Save(intent) if step != Step::Done => intent,
        Wish::TakeNumber(number) if step == Step::Telephony => {
            read.typed.set(NUMBER.name, vec![number]);
            stays = true;
            Intent::Later
        }
        Wish::Launch | Wish::Save(Intent::Continue | Intent::Later) if step == Step::Done => {
            return review(&customer, &wish, &read).await;
        }
        _ => return Ok(render::trouble(visit, Trouble::Malformed)),
    };
    let typed = read.typed.clone();
    let saved = saving::save(
        &visit.app,
        user,
        Save {
            step,
            typed: read.typed,
            proposed: proposals::of(&customer.onboarding, step, visit.locale),
            secret: read.secret,
            intent,
            method: Method::Inline,
            version: Some(read.version),
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
            if stays || intent == Intent::Continue {
                customer.told(step, &typed).await?;
            }
            let chosen = Locale::from_code(typed.text("locale")).filter(|_| step == Step::Profile);
            let locale = chosen
                .filter(|_| intent == Intent::Continue)
                .unwrap_or(visit.locale);
            let path = match (intent, then) {
                _ if stays => step_path(step),
                (Intent::Later, _) => "/onboarding/later".to_owned(),
                (_, Then::Review) => step_path(Step::Done),
                (_, Then::Studio) => "/ava-studio".to_owned(),
                (_, Then::Next) => step_path(step.next().unwrap_or(Step::Done)),
            };
            Ok(render::see_other(&format!("/{}{path}", locale.code())))
        }
        Saved::Conflict => compare(&customer, step, typed, then).await,
        Saved::TooManySecrets => Ok(render::trouble(visit, Trouble::Wait(600))),
        Saved::SecretWaits => {
            let showing = Showing {
                then,
                typed: Some(typed),
                waits: true,
                ..Showing::default()
            };
            Ok(show(&customer, step, StatusCode::UNPROCESSABLE_ENTITY, showing).await)
        }
        Saved::NotShared => {
            let showing = Showing {
                then,
                not_shared: true,
                ..Showing::default()
            };
            Ok(show(&customer, step, StatusCode::CONFLICT, showing).await)
        }
        Saved::Blocked(blocker) => {
            let showing = Showing {
                then,
                typed: Some(typed),
                not_removed: Some(blocker),
                ..Showing::default()
            };
            Ok(show(&customer, step, StatusCode::CONFLICT, showing).await)
        }
        Saved::SecretRefused(problems) => {
            let showing = Showing {
                then,
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
    then: Then,
) -> Result<Response, Error> {
    let showing = Showing {
        then,
        typed: Some(typed),
        is_conflict: true,
        ..Showing::default()
    };
    Ok(show(customer, step, StatusCode::CONFLICT, showing).await)
}

/// The end: terms that were ticked here are accepted, and Ava is launched, or the onboarding is
/// completed without that.
async fn review(customer: &Customer, wish: &Wish, read: &StepForm) -> Result<Response, Error> {
    let (visit, user) = (&customer.visit, customer.user());
    if read.typed.has(ACCEPT_TERMS.name, "true") {
        saving::accept_terms(&visit.app.pool, user).await?;
    }
    let to = match wish {
        Wish::Launch => {
            let blockers = launch::launch(&visit.app, user, From::Onboarding).await?;
            if blockers.is_empty() {
                "/ava-studio".to_owned()
            } else {
                step_path(Step::Done)
            }
        }
        Wish::Save(Intent::Later) => "/onboarding/later".to_owned(),
        _ => {
            service::finish(&visit.app.pool, user).await?;
            "/ava-studio".to_owned()
        }
    };
    Ok(render::see_other(&visit.href(&to)))
}
