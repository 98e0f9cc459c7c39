//! The plan.

use std::sync::Arc;

use leptos::prelude::*;

use crate::components::Frame;
use crate::components::field::{Choices, Look, TextField};
use crate::domain::plan::{PLAN, SEATS};
use crate::pages::step::{StepForm, StepFrame, StepPage};

#[component]
pub fn PlanStep(frame: Arc<Frame>, page: Arc<StepPage>) -> impl IntoView {
    view! {
        <StepFrame frame=frame.clone() page=page.clone()>
            <StepForm frame page=page.clone()>
                <Choices form=&page.form field=&PLAN/>
                <TextField form=&page.form field=&SEATS look=Look::NUMBER/>
            </StepForm>
        </StepFrame>
    }
}
