//! Follows a call while the page is open: shows where it stands, and the whole page once it is over.

use std::time::Duration;

use leptos::prelude::*;
use leptos::web_sys::{Element, RequestInit};

use super::wire::{self, Answer};
use crate::functions::studio::News;

const EVERY: Duration = Duration::from_secs(2);

/// Asks the address in `data-watch` of the element around it, and puts the answer's words into the
/// `data-words` inside that.
#[island]
pub fn Watch() -> impl IntoView {
    let here = NodeRef::<leptos::html::Span>::new();
    Effect::new(move || {
        let around = here
            .get()
            .and_then(|here| here.closest("[data-watch]").ok().flatten());
        if let Some(around) = around {
            later(around);
        }
    });
    view! { <span node_ref=here hidden=true></span> }
}

fn later(around: Element) {
    set_timeout(
        move || {
            leptos::task::spawn_local(async move {
                match ask(&around).await {
                    Answer::Outcome(News { done: true, .. }) => {
                        let _ = window().location().reload();
                    }
                    Answer::Outcome(News { words, .. }) => {
                        if let Ok(Some(place)) = around.query_selector("[data-words]") {
                            place.set_text_content(Some(&words));
                        }
                        later(around);
                    }
                    // A lost connection comes back.
                    _ => later(around),
                }
            });
        },
        EVERY,
    );
}

async fn ask(around: &Element) -> Answer<News> {
    let address = around.get_attribute("data-watch").unwrap_or_default();
    wire::ask(&address, &RequestInit::new()).await
}
