//! The pages of the steps.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use leptos::view;
use uuid::Uuid;

use super::render;
use super::shown::Shown;
use super::slice::Slice;
use super::visit::{Customer, Visit};
use crate::components::form::Filled;
use crate::domain::{Code, Step, Vendor};
use crate::functions::address;
use crate::functions::credentials::Said;
use crate::functions::outcome::Says;
use crate::pages::later::LaterPage;
use crate::pages::step::{self, NumberChoice, Numbers, StepPage, Then};
use crate::server::services::{numbers as numbers_service, shared_keys};
use crate::texts::t;

/// `/onboarding`: to the first step that is neither done nor skipped; after launch to the studio.
pub async fn go_on(customer: Customer) -> Response {
    let known = &customer.onboarding.known;
    let path = if known.is_completed {
        address::STUDIO.to_owned()
    } else {
        address::step(known.facts().first_open())
    };
    render::see_other(&customer.visit.href(&path))
}

/// The page after "Save and come back later".
pub async fn later(customer: Customer) -> Response {
    let (visit, known) = (&customer.visit, &customer.onboarding.known);
    let email = known.email.clone();
    let statuses = Step::ALL.map(|step| known.status(step));
    let frame = visit.frame(t!(visit.locale, onboarding.later_page.title));
    render::page(
        StatusCode::OK,
        frame,
        |frame| view! { <LaterPage frame email statuses/> },
    )
}

pub async fn step(visit: Visit, slice: &'static Slice, shown: Shown) -> Response {
    let customer = match Customer::of(visit) {
        Ok(customer) => customer,
        Err(visit) => return render::log_in_first(&visit),
    };
    let status = shown.status;
    let mut page = step_page(&customer, slice, &shown);
    if slice.lists_numbers {
        page.numbers = numbers(&customer).await;
    }
    let frame = customer.visit.frame(step::title(&page));
    (slice.view)(status, frame, Arc::new(page))
}

/// The numbers to choose from, as far as Twilio is quick.
async fn numbers(customer: &Customer) -> Numbers {
    if !customer.onboarding.known.twilio.is_stored() {
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

fn step_page(customer: &Customer, slice: &'static Slice, shown: &Shown) -> StepPage {
    let (visit, onboarding) = (&customer.visit, &customer.onboarding);
    let (step, known) = (slice.step, &onboarding.known);
    let facts = known.facts();
    let stored = known.shown(step, &(slice.proposes)(known, visit.locale));
    let mut typed = stored.clone();
    typed.overlay(shown.typed(visit.locale, step.fields()));
    let is_conflict = shown.is_conflict();
    let is_refused = !shown.again.problems.is_empty();
    let state = facts.step(step);
    let shows_problems = state.submitted && !state.skipped && !is_conflict;
    let problems = if is_refused {
        shown.problems()
    } else if shows_problems {
        let mut problems = state.problems.clone();
        // What has been proposed since is there to be seen.
        problems.retain(|problem| {
            problem.code != Code::Required || typed.values(problem.field).is_empty()
        });
        problems
    } else {
        Vec::new()
    };
    let then = if shown.is_first() {
        visit.query("return")
    } else {
        shown.form.last("return_to").to_owned()
    };
    let offers =
        |vendor: Vendor| vendor.step() == step && shared_keys::offered(&visit.app, known, vendor);
    StepPage {
        step,
        form: Filled {
            locale: visit.locale,
            typed,
            problems,
            theirs: is_conflict.then_some(stored),
        },
        statuses: Step::ALL.map(|step| facts.status(step)),
        version: known.version(step),
        editor: Uuid::new_v4().to_string(),
        then: Then::from_id(&then),
        refused: is_refused,
        removed: visit.query("notice") == "removed",
        waits: shown.says() == Some(&Says::Waits),
        said: Said::from_id(&visit.query("said")),
        not_removed: shown.blocker(),
        offers_shared: offers(Vendor::Vapi) || offers(Vendor::Twilio),
        not_shared: shown.says() == Some(&Says::NotShared),
        linked_number: known.linked_number.clone(),
        numbers: Numbers::Unknown,
        used_by: known
            .number_used_by
            .clone()
            .filter(|_| !facts.number_linked),
        assistant_problem: known.assistant_problem,
        live_checked_at: onboarding.live_checked_at.map(time_of_day),
        email: known.email.clone(),
        answers: known.answers.clone(),
        vapi: known.vapi.clone(),
        twilio: known.twilio.clone(),
        assistant_created: known.has_assistant,
        blockers: facts.blockers(),
        completed: known.is_completed,
    }
}
