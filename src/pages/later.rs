//! The page after "Save and come back later".

use std::sync::Arc;

use leptos::prelude::*;

use crate::components::progress::TaskList;
use crate::components::{Frame, Layout};
use crate::domain::Step;
use crate::domain::progress::Status;
use crate::functions::address;
use crate::texts::t;

/// `statuses` are in the order of the steps.
#[component]
pub fn LaterPage(
    frame: Arc<Frame>,
    email: String,
    statuses: [Status; Step::COUNT],
) -> impl IntoView {
    let l = frame.locale;
    let email = format!("\u{2068}{email}\u{2069}");
    view! {
        <Layout frame=frame.clone()>
            <h1>{t!(l, onboarding.later_page.title)}</h1>
            <p class="lead">{t!(l, onboarding.later_page.text, email = email)}</p>
            <p><a class="button primary" href=frame.href(address::ONBOARDING)>{t!(l, onboarding.later_page.continue_button)}</a></p>
            <h2>{t!(l, onboarding.later_page.list_title)}</h2>
            <TaskList frame=&frame statuses/>
        </Layout>
    }
}
