//! Home after the onboarding.

use std::collections::HashMap;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use leptos::view;
use serde_json::json;
use uuid::Uuid;

use super::onboarding::{time_of_day, twilio, vapi};
use super::render;
use super::visit::{Customer, Posted};
use crate::components::form::Filled;
use crate::domain::call::CUSTOMER_NUMBER;
use crate::domain::progress::Blocker;
use crate::domain::{Code, Problem, Value};
use crate::pages::error::Trouble;
use crate::pages::held::Reason;
use crate::pages::studio::{Call, Notice, Studio, StudioPage};
use crate::server::Error;
use crate::server::services::assistants::From;
use crate::server::services::calls::{self, Test};
use crate::server::services::{Halt, launch, numbers};
use crate::server::store::calls::Row;
use crate::texts::{self, t};

pub async fn page(customer: Customer, Query(query): Query<HashMap<String, String>>) -> Response {
    let why = query.get("why").and_then(|id| Blocker::from_id(id));
    let notice = match (query.get("notice").map(String::as_str), why) {
        (Some("unlinked"), _) => Some(Notice::Unlinked),
        (Some("not-unlinked"), Some(why)) => Some(Notice::NotUnlinked(why)),
        (Some("cannot-call"), Some(why)) => Some(Notice::CannotCall(why)),
        _ => None,
    };
    let test = Filled {
        locale: customer.visit.locale,
        ..Filled::default()
    };
    match show(&customer, StatusCode::OK, notice, test).await {
        Ok(response) => response,
        Err(error) => render::failure(&customer.visit, &error),
    }
}

async fn show(
    customer: &Customer,
    status: StatusCode,
    notice: Option<Notice>,
    test: Filled,
) -> Result<Response, Error> {
    let onboarding = &customer.onboarding;
    let facts = onboarding.facts();
    let record = &onboarding.record;
    let calls = calls::page(&customer.visit.app, customer.user(), None, 20).await?;
    let studio = Studio {
        answers: onboarding.answers().clone(),
        vapi: vapi(onboarding),
        twilio: twilio(onboarding),
        blockers: facts.blockers(),
        completed: facts.completed,
        is_live: facts.is_live(),
        checked_at: record.live_checked_at.map(time_of_day),
        linked_number: record.linked_number.clone(),
        assistant_problem: record
            .assistant_problem
            .as_deref()
            .and_then(Blocker::from_id),
        test,
        notice,
        calls: calls.into_iter().map(shown).collect(),
    };
    let frame = customer
        .visit
        .frame(t!(customer.visit.locale, studio.title));
    Ok(render::page(
        status,
        frame,
        |frame| view! { <StudioPage frame studio/> },
    ))
}

fn is_over(status: &str) -> bool {
    matches!(status, "ended" | "not-placed" | "unknown")
}

fn shown(row: Row) -> Call {
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
pub async fn call(customer: Customer, Path(id): Path<String>) -> Response {
    let visit = &customer.visit;
    let Ok(id) = id.parse::<Uuid>() else {
        return render::trouble(visit, Trouble::NotFound);
    };
    match calls::one(&visit.app, customer.user(), id).await {
        Ok(Some(row)) => {
            let words = texts::call_status(visit.locale, &row.status, row.ended_reason.as_deref());
            Json(json!({"words": words, "done": is_over(&row.status)})).into_response()
        }
        Ok(None) => render::trouble(visit, Trouble::NotFound),
        Err(error) => render::failure(visit, &error),
    }
}

/// The buttons of the page.
pub async fn act(posted: Posted) -> Response {
    let Posted { visit, mut form } = posted;
    let copy = form.clone();
    let customer = match Customer::of(visit.clone()).await {
        Ok(Ok(customer)) => customer,
        Ok(Err(visit)) => return render::hold(&visit, copy, Reason::SignedOut),
        Err(error) => return render::form_failure(&visit, &error, copy),
    };
    let intent = form.take("intent");
    let number = form.take(CUSTOMER_NUMBER.name);
    if !form.fields.is_empty() {
        return render::trouble(&visit, Trouble::Malformed);
    }
    let (app, user) = (&visit.app, customer.user());
    let to = |query: String| {
        Ok(render::see_other(
            &visit.href(&format!("/ava-studio{query}")),
        ))
    };
    let done = match intent.as_str() {
        "launch" => match launch::launch(app, user, From::Studio).await {
            Ok(_) => to(String::new()),
            Err(error) => Err(error),
        },
        "check" => match launch::check(app, user).await {
            Ok(_) => to(String::new()),
            Err(error) => Err(error),
        },
        "unlink" => match numbers::unlink(app, user).await {
            Ok(()) => to("?notice=unlinked".to_owned()),
            Err(Halt::Blocker(why)) => to(format!("?notice=not-unlinked&why={}", why.id())),
            Err(Halt::Error(error)) => Err(error),
        },
        "call" | "" => test_call(&customer, number).await,
        _ => Ok(render::trouble(&visit, Trouble::Malformed)),
    };
    match done {
        Ok(response) => response,
        Err(error) => render::form_failure(&visit, &error, copy),
    }
}

async fn test_call(customer: &Customer, typed: String) -> Result<Response, Error> {
    let visit = &customer.visit;
    let refuse = |code: Code| {
        let mut test = Filled {
            locale: visit.locale,
            problems: vec![Problem {
                field: CUSTOMER_NUMBER.name,
                code,
            }],
            ..Filled::default()
        };
        test.typed.set(CUSTOMER_NUMBER.name, vec![typed.clone()]);
        show(customer, StatusCode::UNPROCESSABLE_ENTITY, None, test)
    };
    let number = match CUSTOMER_NUMBER.parse(std::slice::from_ref(&typed)) {
        Ok(Some(Value::Text(number))) => number,
        Ok(_) => return refuse(Code::Required).await,
        Err(code) => return refuse(code).await,
    };
    match calls::test(&visit.app, customer.user(), number).await? {
        Test::Placed(id) | Test::Running(id) => Ok(render::see_other(
            &visit.href(&format!("/ava-studio#call-{id}")),
        )),
        Test::Blocked(why) => Ok(render::see_other(
            &visit.href(&format!("/ava-studio?notice=cannot-call&why={}", why.id())),
        )),
        Test::Wait => refuse(Code::Taken).await,
    }
}
