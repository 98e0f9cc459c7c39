//! Home after the onboarding.

use axum::http::StatusCode;
use axum::response::Response;

use super::onboarding::{twilio, vapi};
use super::render;
use super::visit::Customer;
use crate::pages::studio::{self, Studio};
use crate::pages::texts::t;

pub async fn page(customer: Customer) -> Response {
    let onboarding = &customer.onboarding;
    let facts = onboarding.facts();
    let page = Studio {
        answers: onboarding.answers().clone(),
        vapi: vapi(onboarding),
        twilio: twilio(onboarding),
        blockers: facts.blockers(),
        completed: facts.completed,
    };
    let frame = customer
        .visit
        .frame(t!(customer.visit.locale, studio.title));
    render::page(StatusCode::OK, frame, page, studio::page).await
}
