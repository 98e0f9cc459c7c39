//! Shows or hides what is typed into a password or key field.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlInputElement;

/// A button beside the field with the id `input`. Appears only where it works.
#[island]
pub fn Reveal(input: String, show: String, hide: String) -> impl IntoView {
    let works = RwSignal::new(false);
    let shown = RwSignal::new(false);
    Effect::new(move || works.set(true));
    let toggle = {
        let input = input.clone();
        move |_| {
            let field = document()
                .get_element_by_id(&input)
                .and_then(|element| element.dyn_into::<HtmlInputElement>().ok());
            let Some(field) = field else { return };
            shown.update(|shown| *shown = !*shown);
            if field.class_list().contains("masked") || field.class_list().contains("unmasked") {
                field.set_class_name(if shown.get() { "unmasked" } else { "masked" });
            } else {
                field.set_type(if shown.get() { "text" } else { "password" });
            }
        }
    };
    view! {
        <button
            type="button" class="secondary" hidden=move || !works.get() aria-controls=input
            aria-pressed=move || if shown.get() { "true" } else { "false" } on:click=toggle
        >
            {move || if shown.get() { hide.clone() } else { show.clone() }}
        </button>
    }
}
