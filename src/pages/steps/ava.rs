//! Ava's job.

use std::sync::Arc;

use leptos::prelude::*;

use crate::components::Frame;
use crate::components::field::{Choices, Look, TextField};
use crate::domain::ava::{GUIDELINES, JOB_TO_BE_DONE, LANGUAGES, PERSONA, TONE};
use crate::pages::step::{StepForm, StepFrame, StepPage};

#[component]
pub fn AvaStep(frame: Arc<Frame>, page: Arc<StepPage>) -> impl IntoView {
    view! {
        <StepFrame frame=frame.clone() page=page.clone()>
            <StepForm frame page=page.clone()>
                <Choices form=&page.form field=&PERSONA/>
                <TextField form=&page.form field=&JOB_TO_BE_DONE look=Look::lines(5)/>
                <Choices form=&page.form field=&LANGUAGES/>
                <Choices form=&page.form field=&TONE/>
                <TextField form=&page.form field=&GUIDELINES look=Look::lines(4)/>
            </StepForm>
        </StepFrame>
    }
}
