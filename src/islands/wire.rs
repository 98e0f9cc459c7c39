//! What the server answers to the browser's own requests, read as the types that it was written with.

use leptos::prelude::window;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::{RequestInit, Response};
use serde::de::DeserializeOwned;
use wasm_bindgen_futures::JsFuture;

use crate::functions::Refusal;

/// What became of a request.
pub enum Answer<T> {
    /// What the function came to.
    Outcome(T),
    Refused(Refusal),
    /// No answer, or none of ours: something stands between us and the server.
    Lost,
}

/// Asks an address of ours.
pub async fn ask<T: DeserializeOwned>(address: &str, options: &RequestInit) -> Answer<T> {
    match json(address, options).await {
        Ok(json) => read(json),
        Err(_) => Answer::Lost,
    }
}

async fn json(address: &str, options: &RequestInit) -> Result<JsValue, JsValue> {
    let response = fetch(address, options).await?;
    JsFuture::from(response.json()?).await
}

fn read<T: DeserializeOwned>(json: JsValue) -> Answer<T> {
    if let Ok(outcome) = serde_wasm_bindgen::from_value(json.clone()) {
        return Answer::Outcome(outcome);
    }
    serde_wasm_bindgen::from_value(json).map_or(Answer::Lost, Answer::Refused)
}

pub async fn fetch(address: &str, options: &RequestInit) -> Result<Response, JsValue> {
    let answer = window().fetch_with_str_and_init(address, options);
    JsFuture::from(answer).await?.dyn_into()
}
