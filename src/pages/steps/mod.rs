//! What each step shows. The frame around it is [`super::step`]'s.

pub mod assistant;
pub mod ava;
pub mod done;
pub mod integrations;
pub mod keys;
pub mod plan;
pub mod profile;
pub mod telephony;
pub mod twilio;
pub mod vapi;

use std::sync::Arc;

use leptos::either::either;
use leptos::prelude::*;

use super::step::StepPage;
use crate::components::Frame;
use crate::domain::Step;

/// The page of a step.
#[component]
pub fn StepView(frame: Arc<Frame>, page: StepPage) -> impl IntoView {
    let page = Arc::new(page);
    either!(page.step,
        Step::Profile => view! { <profile::ProfileStep frame page/> },
        Step::Vapi => view! { <vapi::VapiStep frame page/> },
        Step::Ava => view! { <ava::AvaStep frame page/> },
        Step::Twilio => view! { <twilio::TwilioStep frame page/> },
        Step::Telephony => view! { <telephony::TelephonyStep frame page/> },
        Step::Integrations => view! { <integrations::IntegrationsStep frame page/> },
        Step::Assistant => view! { <assistant::AssistantStep frame page/> },
        Step::Plan => view! { <plan::PlanStep frame page/> },
        Step::Done => view! { <done::DoneStep frame page/> },
    )
}
