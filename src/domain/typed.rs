//! The two shapes in which a step's fields are kept: as typed, and as understood.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What was typed into a form, by field name, exactly as it was typed.
///
/// A field with several values has several; a field left empty has none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Draft(BTreeMap<String, Vec<String>>);

impl Draft {
    /// Sets a field; empty strings count as nothing typed.
    pub fn set(&mut self, name: &str, mut values: Vec<String>) {
        values.retain(|value| !value.is_empty());
        self.0.insert(name.to_owned(), values);
    }

    /// All values of a field; empty when the field was left empty or was never shown.
    #[must_use]
    pub fn values(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// The first value of a field, or nothing typed.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.values(name).first().map_or("", String::as_str)
    }

    /// Whether a list of several values holds this one.
    #[must_use]
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.values(name).iter().any(|held| held == value)
    }

    /// Whether the field is part of this draft at all, even if empty.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// Takes over every field of `newer`.
    pub fn overlay(&mut self, newer: Self) {
        self.0.extend(newer.0);
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0
            .iter()
            .map(|(name, values)| (name.as_str(), values.as_slice()))
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A field's value as understood: what is stored in a column and sent in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    Flag(bool),
    Number(i32),
    Text(String),
    List(Vec<String>),
}

impl Value {
    /// The value as a form shows it.
    #[must_use]
    pub fn typed(&self) -> Vec<String> {
        match self {
            Self::Flag(true) => vec!["true".to_owned()],
            Self::Flag(false) => Vec::new(),
            Self::Number(number) => vec![number.to_string()],
            Self::Text(text) => vec![text.clone()],
            Self::List(items) => items.clone(),
        }
    }
}

/// The values of a step's fields by name; a field without an answer is absent or `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(BTreeMap<String, Option<Value>>);

impl Answers {
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&Value>)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_ref()))
    }

    pub fn set(&mut self, name: &str, value: Option<Value>) {
        self.0.insert(name.to_owned(), value);
    }

    /// Takes over every field of `newer`.
    pub fn overlay(&mut self, newer: Self) {
        self.0.extend(newer.0);
    }

    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).and_then(Option::as_ref)
    }

    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    #[must_use]
    pub fn list(&self, name: &str) -> &[String] {
        match self.get(name) {
            Some(Value::List(items)) => items,
            _ => &[],
        }
    }

    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Value::Flag(true)))
    }
}

/// Removes what people paste along without seeing it: spaces of every kind, direction marks and
/// zero-width characters.
#[must_use]
pub fn without_invisible(text: &str) -> String {
    text.chars()
        .filter(|c| {
            !c.is_whitespace()
                && !c.is_control()
                && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        })
        .collect()
}
