//! The only code with behaviour in the browser. Each island adds to a form that works without it.

mod autosave;
mod propose_zone;
mod reveal;
mod watch;
mod wire;

pub use autosave::Autosave;
pub use propose_zone::ProposeZone;
pub use reveal::Reveal;
pub use watch::Watch;

use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use leptos::web_sys::{Event, EventTarget};

/// Listens for as long as the page lives.
fn listen(target: &EventTarget, event: &str, handler: impl FnMut(Event) + 'static) {
    let handler = Closure::<dyn FnMut(Event)>::new(handler);
    // A listener that cannot be added only takes away an addition.
    let _ = target.add_event_listener_with_callback(event, handler.as_ref().unchecked_ref());
    handler.forget();
}
