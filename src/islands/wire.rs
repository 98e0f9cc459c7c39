//! What the server answers to the browser's own requests, read as the types that it was written with.
//!
//! The reader knows the shapes that those types have and nothing else. `serde-wasm-bindgen` 0.6 reads all of
//! JSON and costs 13 KB more, compressed: its errors can print any number.

use std::fmt;

use js_sys::{Object, Reflect};
use leptos::prelude::window;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::{RequestInit, Response};
use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess,
    VariantAccess, Visitor,
};
use serde::{Deserialize, forward_to_deserialize_any};
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
    let Ok(json) = json(address, options).await else {
        return Answer::Lost;
    };
    T::deserialize(Reader(json.clone())).map_or_else(
        |_| Refusal::deserialize(Reader(json)).map_or(Answer::Lost, Answer::Refused),
        Answer::Outcome,
    )
}

async fn json(address: &str, options: &RequestInit) -> Result<JsValue, JsValue> {
    let response = fetch(address, options).await?;
    JsFuture::from(response.json()?).await
}

pub async fn fetch(address: &str, options: &RequestInit) -> Result<Response, JsValue> {
    let answer = window().fetch_with_str_and_init(address, options);
    JsFuture::from(answer).await?.dyn_into()
}

/// It is no answer of this type; why does not matter.
#[derive(Debug)]
struct Foreign;

impl fmt::Display for Foreign {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Foreign {}

impl de::Error for Foreign {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// A value as JSON had it.
struct Reader(JsValue);

impl<'de> Deserializer<'de> for Reader {
    type Error = Foreign;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Foreign> {
        if let Some(text) = self.0.as_string() {
            visitor.visit_string(text)
        } else if let Some(number) = self.0.as_f64() {
            #[expect(clippy::cast_possible_truncation, reason = "a count")]
            visitor.visit_i64(number as i64)
        } else if let Some(flag) = self.0.as_bool() {
            visitor.visit_bool(flag)
        } else {
            Err(Foreign)
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Foreign> {
        if self.0.is_undefined() || self.0.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Foreign> {
        let object = self.0;
        visitor.visit_map(Fields { object, names })
    }

    /// A bare name, or an object whose one field has the variant's name and its content.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Foreign> {
        let name = match self.0.dyn_ref::<Object>() {
            Some(object) => Object::keys(object).get(0).as_string(),
            None => self.0.as_string(),
        };
        let name = name.ok_or(Foreign)?;
        let content = Reflect::get(&self.0, &name.as_str().into()).unwrap_or_default();
        visitor.visit_enum(Variant { name, content })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map identifier ignored_any
    }
}

struct Fields {
    object: JsValue,
    names: &'static [&'static str],
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Foreign;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Foreign> {
        let Some(name) = self.names.first() else {
            return Ok(None);
        };
        let name: StrDeserializer<'_, Foreign> = (*name).into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Foreign> {
        let (name, rest) = self.names.split_first().ok_or(Foreign)?;
        self.names = rest;
        let value = Reflect::get(&self.object, &(*name).into());
        seed.deserialize(Reader(value.map_err(|_| Foreign)?))
    }
}

struct Variant {
    name: String,
    content: JsValue,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Foreign;
    type Variant = Reader;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Reader), Foreign> {
        let name: StrDeserializer<'_, Foreign> = self.name.as_str().into_deserializer();
        Ok((seed.deserialize(name)?, Reader(self.content)))
    }
}

impl<'de> VariantAccess<'de> for Reader {
    type Error = Foreign;

    fn unit_variant(self) -> Result<(), Foreign> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Foreign> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Foreign> {
        Err(Foreign)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Foreign> {
        self.deserialize_struct("", names, visitor)
    }
}
