//! Shows or hides what is typed into a password or key field.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlInputElement};

/// A button beside the input it belongs to; their common parent has the button's two words as
/// `data-show` and `data-hide`. Appears only where it works.
#[island]
pub fn Reveal() -> impl IntoView {
    let button = NodeRef::<leptos::html::Button>::new();
    let around = RwSignal::new_local(None::<Element>);
    let shown = RwSignal::new(false);
    Effect::new(move || {
        let found = button
            .get()
            .and_then(|button| button.closest("[data-show]").ok().flatten());
        around.set(found);
    });
    let word = move || {
        let name = if shown.get() {
            "data-hide"
        } else {
            "data-show"
        };
        around
            .with(|around| around.as_ref()?.get_attribute(name))
            .unwrap_or_default()
    };
    let toggle = move |_| {
        let input =
            around.with_untracked(|around| around.as_ref()?.query_selector("input").ok().flatten());
        let Some(input) = input.and_then(|input| input.dyn_into::<HtmlInputElement>().ok()) else {
            return;
        };
        shown.update(|shown| *shown = !*shown);
        // A vendor's key is masked by its style, so that no password manager offers to keep it.
        if input.type_() == "text" && input.class_list().contains("key") {
            let _ = input.class_list().toggle_with_force("masked", !shown.get());
        } else {
            input.set_type(if shown.get() { "text" } else { "password" });
        }
    };
    view! {
        <button
            node_ref=button type="button" class="secondary"
            hidden=move || around.with(Option::is_none)
            aria-pressed=move || if shown.get() { "true" } else { "false" } on:click=toggle
        >
            {word}
        </button>
    }
}
