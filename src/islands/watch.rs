//! Follows a call while the page is open: shows where it stands, and the whole page once it is over.

use std::time::Duration;

use js_sys::Reflect;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, Response};
use wasm_bindgen_futures::JsFuture;

const EVERY: Duration = Duration::from_secs(2);

struct News {
    words: String,
    done: bool,
}

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
                    Some(News { done: true, .. }) => {
                        let _ = window().location().reload();
                    }
                    Some(News { words, .. }) => {
                        if let Ok(Some(place)) = around.query_selector("[data-words]") {
                            place.set_text_content(Some(&words));
                        }
                        later(around);
                    }
                    // A lost connection comes back.
                    None => later(around),
                }
            });
        },
        EVERY,
    );
}

async fn ask(around: &Element) -> Option<News> {
    let address = around.get_attribute("data-watch")?;
    let answer = JsFuture::from(window().fetch_with_str(&address))
        .await
        .ok()?;
    let answer: Response = answer.dyn_into().ok()?;
    if !answer.ok() {
        return None;
    }
    let json = JsFuture::from(answer.json().ok()?).await.ok()?;
    let field = |name: &str| Reflect::get(&json, &name.into()).unwrap_or_default();
    Some(News {
        words: field("words").as_string()?,
        done: field("done").is_truthy(),
    })
}
