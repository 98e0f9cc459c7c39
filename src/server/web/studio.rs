//! Home after the onboarding.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::response::{IntoResponse, Json, Response};
use leptos::view;
use uuid::Uuid;

use super::onboarding::time_of_day;
use super::render;
use super::shown::Shown;
use super::visit::{Customer, Visit};
use crate::components::form::Filled;
use crate::domain::call::CUSTOMER_NUMBER;
use crate::domain::progress::Blocker;
use crate::functions::Refusal;
use crate::functions::studio::News;
use crate::pages::studio::{Call, Notice, Studio, StudioPage};
use crate::server::services::calls;
use crate::server::store::calls::Row;
use crate::texts::{self, t};

pub async fn page(visit: Visit, shown: Shown) -> Response {
    let customer = match Customer::of(visit) {
        Ok(customer) => customer,
        Err(visit) => return render::log_in_first(&visit),
    };
    let (visit, onboarding) = (&customer.visit, &customer.onboarding);
    let known = &onboarding.known;
    let why = Blocker::from_id(&visit.query("why"));
    let notice = match (visit.query("notice").as_str(), why) {
        ("unlinked", _) => Some(Notice::Unlinked),
        ("not-unlinked", Some(why)) => Some(Notice::NotUnlinked(why)),
        ("cannot-call", Some(why)) => Some(Notice::CannotCall(why)),
        _ => None,
    };
    let calls = match calls::page(&visit.app, customer.user(), None, 20).await {
        Ok(calls) => calls,
        Err(error) => return render::failure(visit, error),
    };
    let facts = known.facts();
    let studio = Studio {
        answers: known.answers.clone(),
        vapi: known.vapi.clone(),
        twilio: known.twilio.clone(),
        blockers: facts.blockers(),
        completed: facts.completed,
        is_live: facts.is_live(),
        checked_at: onboarding.live_checked_at.map(time_of_day),
        linked_number: known.linked_number.clone(),
        assistant_problem: known.assistant_problem,
        test: Filled {
            locale: visit.locale,
            typed: shown.typed(visit.locale, &[CUSTOMER_NUMBER]),
            problems: shown.problems(),
            theirs: None,
        },
        notice: notice.filter(|_| shown.is_first()),
        calls: calls.into_iter().map(call_of).collect(),
    };
    let frame = visit.frame(t!(visit.locale, studio.title));
    render::page(
        shown.status,
        frame,
        |frame| view! { <StudioPage frame studio/> },
    )
}

fn is_over(status: &str) -> bool {
    matches!(status, "ended" | "not-placed" | "unknown")
}

fn call_of(row: Row) -> Call {
    let duration = row
        .started_at
        .zip(row.ended_at)
        .map(|(start, end)| (end - start).whole_seconds().max(0));
    let started = row.started_at.unwrap_or(row.created_at);
    Call {
        id: row.id.to_string(),
        is_test: row.is_test,
        number: row.customer_number,
        is_running: !is_over(&row.status),
        status: row.status,
        ended_reason: row.ended_reason,
        summary: row.summary,
        duration,
        started: format!("{} {}", started.date(), time_of_day(started)),
    }
}

/// Where one call stands, for the page that watches it.
pub async fn call(customer: Customer, id: Result<Path<Uuid>, PathRejection>) -> Response {
    let visit = &customer.visit;
    let Ok(Path(id)) = id else {
        return render::refusal(visit, &Refusal::NotFound);
    };
    match calls::one(&visit.app, customer.user(), id).await {
        Ok(Some(row)) => {
            let words = texts::call_status(visit.locale, &row.status, row.ended_reason.as_deref());
            let done = is_over(&row.status);
            Json(News { words, done }).into_response()
        }
        Ok(None) => {
            tracing::warn!(user = %customer.user(), "refused: a call that is not the customer's");
            render::refusal(visit, &Refusal::NotFound)
        }
        Err(error) => render::failure(visit, error),
    }
}
