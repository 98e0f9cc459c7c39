//! Shows or hides what is typed into a password or key field.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlInputElement;

/// A button beside the input it belongs to; their common parent has the button's two words as
/// `data-show` and `data-hide`. Appears only where it works.
#[island]
pub fn Reveal() -> impl IntoView {
    let button = NodeRef::<leptos::html::Button>::new();
    let shown = RwSignal::new(false);
    // Until then the view is what the server wrote: hydration takes it over as it is and changes nothing.
    let awake = RwSignal::new(false);
    Effect::new(move || awake.set(true));
    // Looked up each time: on the server a kept element would have to die on the thread it was born on.
    let around = move || {
        let button = button.get().filter(|_| awake.get())?;
        button.closest("[data-show]").ok().flatten()
    };
    let word = move || {
        let name = if shown.get() {
            "data-hide"
        } else {
            "data-show"
        };
        around()
            .and_then(|around| around.get_attribute(name))
            .unwrap_or_default()
    };
    let toggle = move |_| {
        let input =
            untrack(around).and_then(|around| around.query_selector("input").ok().flatten());
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
            hidden=move || around().is_none()
            aria-pressed=move || if shown.get() { "true" } else { "false" } on:click=toggle
        >
            {word}
        </button>
    }
}
