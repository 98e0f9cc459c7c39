//! Reading a form into the arguments of a function.
//!
//! A form may hold more than was asked for, and a field twice: password managers, translators and pages of
//! the version before add what they like. Unknown fields are passed over, of a plain field sent twice the
//! last one counts, and an emptied field is not the same as one that was not sent. The framework's own
//! reader (`serde_qs` 0.15 by `server_fn` 0.8) refuses the second and mixes up the third.

use std::fmt;

use serde::de::value::{Error, SeqDeserializer, StrDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor,
};
use serde::{Deserialize, Serialize, forward_to_deserialize_any};

use crate::domain::{Intent, Step};

/// What was typed into a field; absent where the form did not show it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Typed(Option<String>);

/// The values of the boxes that were ticked; a form without the boxes cannot be told from one with none
/// ticked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ticked(pub Vec<String>);

impl Ticked {
    /// Whether the one box of a yes or no is ticked.
    #[must_use]
    pub fn is_ticked(&self) -> bool {
        self.0.iter().any(|value| value == "true")
    }
}

/// A password, key or token as it was typed; it is never shown, not even to a debugger's eye.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(pub String);

impl Secret {
    /// The secret, unless the field was left empty, which means to keep what is stored.
    #[must_use]
    pub fn given(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|text| !text.trim().is_empty())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// The values of a field, `None` where it was not sent.
pub type Values = Option<Vec<String>>;

impl From<Typed> for Values {
    fn from(typed: Typed) -> Self {
        typed.0.map(|text| vec![text])
    }
}

impl From<Ticked> for Values {
    fn from(ticked: Ticked) -> Self {
        Some(ticked.0)
    }
}

/// What the form of a step sends beside the answers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Sent {
    pub intent: Intent,
    /// The version of the step that the form was rendered from.
    pub version: i64,
    /// Names this rendering of the form; a UUID.
    pub editor: String,
    /// This save's place in the order of the form's saves.
    pub sequence: i64,
    /// Where to go afterwards, other than to the next step.
    pub return_to: String,
    /// The section of the settings, where the form stands there.
    pub section: String,
}

/// Reads the arguments of a function out of a form's fields.
///
/// # Errors
/// When a field that people do not type, such as a number of ours, is not what it has to be.
pub fn read<T: DeserializeOwned>(fields: &[(String, String)]) -> Result<T, Error> {
    T::deserialize(Reader { fields, name: "" })
}

/// What forms of ours send beside the fields of the steps.
const OTHER_NAMES: [&str; 14] = [
    "account",
    "email",
    "customer_number",
    "token_name",
    "token_days",
    "give_back",
    "intent",
    "version",
    "editor",
    "sequence",
    "return_to",
    "section",
    "vendor",
    "id",
];

/// Whether a form of ours asks for this, and it may be shown again: no secret, and nothing that a wallet
/// has added.
#[must_use]
pub fn may_be_shown(name: &str) -> bool {
    let name = bare_name(name);
    OTHER_NAMES.contains(&name)
        || Step::asking()
            .filter_map(|step| step.field(name))
            .any(|field| !field.is_secret())
}

/// The bare name of a form's field: `languages` of `languages[]`, `languages[0]` and `form[languages]`.
#[must_use]
pub fn bare_name(name: &str) -> &str {
    let Some((outer, inner)) = name.split_once('[') else {
        return name;
    };
    let inner = inner.trim_end_matches(']');
    if inner.bytes().all(|byte| byte.is_ascii_digit()) {
        outer
    } else {
        inner
    }
}

/// The whole form, or the values that one name has in it.
#[derive(Clone, Copy)]
struct Reader<'a> {
    fields: &'a [(String, String)],
    name: &'static str,
}

impl<'a> Reader<'a> {
    fn values(self) -> impl DoubleEndedIterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |(name, _)| bare_name(name) == self.name)
            .map(|(_, value)| value.as_str())
    }

    fn last(self) -> &'a str {
        self.values().next_back().unwrap_or_default()
    }

    fn number(self) -> Result<i64, Error> {
        match self.last() {
            "" => Ok(0),
            text => text.parse().map_err(serde::de::Error::custom),
        }
    }
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str(self.last())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.values().next().is_some() {
            visitor.visit_some(self)
        } else {
            visitor.visit_none()
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_bool(self.last() == "true")
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_i64(self.number()?)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(SeqDeserializer::new(self.values()))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let variant: StrDeserializer<'_, Error> = self.last().into_deserializer();
        visitor.visit_enum(variant)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_map(Fields {
            fields: self.fields,
            names,
        })
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple
        tuple_struct map identifier ignored_any
    }
}

/// The fields of a struct, each of which the form has or lacks.
struct Fields<'a> {
    fields: &'a [(String, String)],
    names: &'static [&'static str],
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some(name) = self.names.first() else {
            return Ok(None);
        };
        let name: StrDeserializer<'_, Error> = (*name).into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let (name, rest) = self.names.split_first().unwrap_or((&"", &[]));
        self.names = rest;
        seed.deserialize(Reader {
            fields: self.fields,
            name,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Arguments {
        tone: Typed,
        languages: Ticked,
        auth_token: Secret,
        gives_back: bool,
        form: Sent,
    }

    fn arguments(fields: &[(&str, &str)]) -> Result<Arguments, Error> {
        let owned: Vec<(String, String)> = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        read(&owned)
    }

    #[test]
    fn an_empty_form_has_none_of_the_fields() {
        let read = arguments(&[]).expect("reads");
        assert_eq!(Values::from(read.tone), None);
        assert_eq!(read.languages, Ticked::default());
        assert_eq!(read.auth_token.given(), None);
        assert!(!read.gives_back);
        assert_eq!(read.form.intent, Intent::Continue);
    }

    #[test]
    fn an_emptied_field_is_not_a_missing_one_and_the_last_of_two_counts() {
        let read = arguments(&[("tone", "warm"), ("tone", "")]).expect("reads");
        assert_eq!(Values::from(read.tone), Some(vec![String::new()]));
    }

    #[test]
    fn lists_are_read_however_their_name_is_written_and_strangers_are_passed_over() {
        let read = arguments(&[
            ("languages[]", "en"),
            ("x-manager", "1"),
            ("languages[1]", "he"),
            ("gives_back", "true"),
            ("form[intent]", "skip"),
            ("sequence", "7"),
        ])
        .expect("reads");
        assert_eq!(read.languages.0, ["en", "he"]);
        assert!(read.gives_back);
        assert_eq!((read.form.intent, read.form.sequence), (Intent::Skip, 7));
    }

    #[test]
    fn what_nobody_types_has_to_be_right() {
        assert!(arguments(&[("version", "x")]).is_err());
        assert!(arguments(&[("intent", "x")]).is_err());
    }

    #[test]
    fn what_was_not_asked_for_is_not_shown_again() {
        for name in ["seats", "languages[]", "intent", "email"] {
            assert!(may_be_shown(name), "{name}");
        }
        for name in ["password", "token", "auth_token", "card_number", "cvc"] {
            assert!(!may_be_shown(name), "{name}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        let read = arguments(&[("auth_token", "hush")]).expect("reads");
        assert_eq!(read.auth_token.given(), Some("hush"));
        assert!(!format!("{read:?}").contains("hush"));
    }
}
