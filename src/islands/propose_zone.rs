//! Proposes the browser's time zone where none is chosen yet.

use js_sys::{Array, Intl, Object, Reflect};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlSelectElement;

use crate::domain::profile::TIMEZONE;
use crate::domain::timezone;

/// Chooses the zone in the list of zones; Continue stores it like any choice.
#[island]
pub fn ProposeZone() -> impl IntoView {
    Effect::new(move || {
        let list = document()
            .get_element_by_id(TIMEZONE.name)
            .and_then(|element| element.dyn_into::<HtmlSelectElement>().ok())
            .filter(|list| list.value().is_empty());
        let options = Intl::DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
        let zone = Reflect::get(&options, &"timeZone".into())
            .ok()
            .and_then(|zone| zone.as_string());
        if let (Some(list), Some(zone)) = (list, zone) {
            list.set_value(timezone::current(&zone));
            if list.selected_index() < 0 {
                // It is not in the list.
                list.set_value("");
            }
        }
    });
}
