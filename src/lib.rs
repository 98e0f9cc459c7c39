//! Ava's onboarding: the rooms of the house. `docs/ARCHITECTURE.md` shows the way through them.

#[cfg(feature = "ssr")]
pub mod components;
pub mod domain;
pub mod functions;
pub mod islands;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod texts;

/// Called once by the browser's script: wakes the islands.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
