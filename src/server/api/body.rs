//! Reading what a caller sends: JSON objects and queries, strictly and to the end.

use std::collections::BTreeMap;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use serde_json::{Map, Value};

use super::problem::{FieldError, Kind, Problem, Type, Wrong};
use crate::domain::{Draft, Field, Rule};
use crate::server::body;

/// The largest body, in bytes.
pub const BODY_LIMIT: usize = 64 * 1024;

/// A JSON object whose fields are taken one by one; what is left at the end was never asked for.
pub struct Object {
    fields: Map<String, Value>,
    path: String,
    errors: Vec<FieldError>,
}

impl Object {
    const fn new(fields: Map<String, Value>, path: String) -> Self {
        Self {
            fields,
            path,
            errors: Vec::new(),
        }
    }

    fn wrong(&mut self, name: &str, wrong: Wrong) {
        let field = format!("{}{name}", self.path);
        self.errors.push(FieldError { field, wrong });
    }

    /// Takes a value; `None` when it is absent.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.fields.remove(name)
    }

    /// Takes a text; `None` when it is absent, or wrong and noted.
    pub fn text(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) if text.contains('\0') => self.wrong(name, Wrong::Nul),
            Value::String(text) => return Some(text),
            _ => self.wrong(name, Wrong::Type(Type::Text)),
        }
        None
    }

    /// As [`Object::text`]; absence is noted.
    pub fn required_text(&mut self, name: &str) -> Option<String> {
        if !self.fields.contains_key(name) {
            self.wrong(name, Wrong::Required);
        }
        self.text(name)
    }

    /// Takes a field of the domain into a draft, when it is there and right. `null` empties it.
    pub fn field(&mut self, name: &str, field: &'static Field, into: &mut Draft) {
        let Some(value) = self.take(name) else { return };
        match typed(field, value) {
            Ok(values) => into.set(field.name, values),
            Err(wrong) => self.wrong(name, wrong),
        }
    }

    /// As [`Object::field`]; absence is noted.
    pub fn required_field(&mut self, name: &str, field: &'static Field, into: &mut Draft) {
        if self.fields.get(name).is_none_or(Value::is_null) {
            self.fields.remove(name);
            self.wrong(
                name,
                Wrong::Domain(field.problem(crate::domain::Code::Required)),
            );
        }
        self.field(name, field, into);
    }

    /// Whether a value is there.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// Notes what is not there.
    pub fn require(&mut self, name: &str, is_there: bool) {
        let is_noted = |error: &FieldError| error.field == format!("{}{name}", self.path);
        if !is_there && !self.errors.iter().any(is_noted) {
            self.wrong(name, Wrong::Required);
        }
    }

    /// Takes `true` or `false`; `None` when it is absent, or wrong and noted.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        let value = self.take(name)?;
        if !value.is_boolean() {
            self.wrong(name, Wrong::Type(Type::Flag));
        }
        value.as_bool()
    }

    /// As [`Object::fixed`]; absence is noted.
    pub fn required_fixed(&mut self, name: &str, allowed: &[Value]) {
        self.require(name, self.has(name));
        self.fixed(name, allowed);
    }

    /// Takes a value that can be only one of these.
    pub fn fixed(&mut self, name: &str, allowed: &[Value]) {
        if let Some(value) = self.take(name)
            && !allowed.contains(&value)
        {
            self.wrong(name, Wrong::NotInList);
        }
    }

    /// Takes an object within this one and reads it; `None` when it is absent.
    pub fn object<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let Value::Object(fields) = self.take(name)? else {
            self.wrong(name, Wrong::Type(Type::Object));
            return None;
        };
        let mut inner = Self::new(fields, format!("{}{name}.", self.path));
        let value = read(&mut inner);
        inner.leftovers();
        self.errors.append(&mut inner.errors);
        Some(value)
    }

    /// Takes texts by name: at most 20, with names of at most 40 and values of at most 500 characters.
    pub fn metadata(&mut self, name: &str) -> Option<BTreeMap<String, String>> {
        let Value::Object(fields) = self.take(name)? else {
            self.wrong(name, Wrong::Type(Type::Object));
            return None;
        };
        let is_small = |text: &str, max: usize| text.chars().count() <= max && !text.contains('\0');
        let texts: Option<BTreeMap<String, String>> = fields
            .into_iter()
            .map(|(key, value)| match value {
                Value::String(text)
                    if !key.is_empty() && is_small(&key, 40) && is_small(&text, 500) =>
                {
                    Some((key, text))
                }
                _ => None,
            })
            .collect();
        let texts = texts.filter(|texts| texts.len() <= 20);
        if texts.is_none() {
            self.wrong(name, Wrong::Metadata);
        }
        texts
    }

    /// Notes a field that may be read and not set.
    pub fn read_only(&mut self, name: &str, is: &Value) {
        if self.take(name).is_some_and(|wanted| wanted != *is) {
            self.wrong(name, Wrong::ReadOnly);
        }
    }

    fn leftovers(&mut self) {
        let left: Vec<String> = self.fields.keys().cloned().collect();
        for name in left {
            self.wrong(&name, Wrong::UnknownField);
        }
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// Everything that was wrong, what nobody asked for included.
    pub fn end(mut self) -> Result<(), Problem> {
        self.leftovers();
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(Problem::invalid(self.errors))
        }
    }
}

/// Whether `null` empties a field: the columns of the others always hold a value.
pub fn may_be_empty(field: &Field) -> bool {
    !matches!(
        field.rule,
        Rule::Choices(_) | Rule::Flag | Rule::Whole { .. }
    ) && field.name != "plan"
}

/// The values of a field as a form would hold them.
fn typed(field: &'static Field, value: Value) -> Result<Vec<String>, Wrong> {
    let values = match (field.rule, value) {
        (Rule::Choices(_), Value::Array(items)) => {
            let mut texts = Vec::new();
            for item in items {
                match item {
                    Value::String(text) if !texts.contains(&text) => texts.push(text),
                    _ => return Err(Wrong::Type(Type::List)),
                }
            }
            texts
        }
        (Rule::Choices(_), _) => return Err(Wrong::Type(Type::List)),
        (Rule::Flag, Value::Bool(true)) => vec!["true".to_owned()],
        (Rule::Flag, Value::Bool(false)) => return Ok(Vec::new()),
        (Rule::Flag, _) => return Err(Wrong::Type(Type::Flag)),
        (Rule::Whole { .. }, Value::Number(number)) => {
            // In JSON 2.0 is a whole number too.
            match number.as_f64() {
                Some(float) if float.fract() == 0.0 => vec![format!("{float:.0}")],
                _ => return Err(Wrong::Type(Type::Whole)),
            }
        }
        (Rule::Whole { .. }, _) => return Err(Wrong::Type(Type::Whole)),
        (_, Value::Null) if may_be_empty(field) => return Ok(Vec::new()),
        (_, Value::String(text)) if text.contains('\0') => return Err(Wrong::Nul),
        (_, Value::String(text)) => vec![text],
        _ => return Err(Wrong::Type(Type::Text)),
    };
    let problem = |code| Wrong::Domain(field.problem(code));
    match field.parse(&values) {
        Ok(Some(value)) => Ok(value.typed()),
        // A blank text is a mistake; `null` is not. Where nothing is long enough it is nothing.
        Ok(None) if matches!(field.rule, Rule::Text { min: 0, .. } | Rule::Choices(_)) => {
            Ok(Vec::new())
        }
        Ok(None) => Err(problem(crate::domain::Code::Required)),
        // A number of any size is a number.
        Err(crate::domain::Code::Malformed) if matches!(field.rule, Rule::Whole { .. }) => {
            Err(problem(crate::domain::Code::OutOfRange))
        }
        Err(code) => Err(problem(code)),
    }
}

impl<S: Send + Sync> FromRequest<S> for Object {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let is_json = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"));
        if !is_json {
            return Err(Kind::UnsupportedMediaType.into());
        }
        let body = body::read(request.into_body(), BODY_LIMIT).await?;
        match serde_json::from_slice(&body) {
            Ok(Value::Object(fields)) => Ok(Self::new(fields, String::new())),
            Ok(_) => Err(Problem::field("", Wrong::Type(Type::Object))),
            Err(_) => Err(Kind::Malformed.into()),
        }
    }
}

/// Which part of a list is asked for.
pub struct Page {
    /// How many items, 1 to 100.
    pub limit: usize,
    /// What the cursor holds: the item that the earlier part ended with.
    pub after: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs: Vec<(String, String)> =
            serde_urlencoded::from_str(query).map_err(|_| Kind::Malformed)?;
        let mut page = Self {
            limit: 20,
            after: None,
        };
        for (name, value) in pairs {
            match name.as_str() {
                "limit" => {
                    page.limit = value
                        .parse()
                        .ok()
                        .filter(|limit| (1..=100).contains(limit))
                        .ok_or_else(|| Problem::field("limit", Wrong::Limit))?;
                }
                "cursor" => {
                    let item = read_cursor(&value);
                    page.after = Some(item.ok_or_else(|| Problem::field("cursor", Wrong::Cursor))?);
                }
                other => return Err(Problem::field(other, Wrong::UnknownField)),
            }
        }
        Ok(page)
    }
}

impl Page {
    /// Cuts a list that has at least one item more than the page where there is more; gives the
    /// cursor that goes on after it.
    pub fn cut<T>(&self, items: &mut Vec<T>, key: impl FnOnce(&T) -> String) -> Option<String> {
        if items.len() <= self.limit {
            return None;
        }
        items.truncate(self.limit);
        items.last().map(|last| cursor(&key(last)))
    }
}

fn cursor(item: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(item)
}

fn read_cursor(cursor: &str) -> Option<String> {
    use base64::Engine;
    let item = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()?;
    String::from_utf8(item).ok().filter(|item| !item.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Code, ava, plan, profile};
    use serde_json::json;

    fn read(field: &'static Field, value: Value) -> Result<Vec<String>, &'static str> {
        typed(field, value).map_err(Wrong::code)
    }

    #[test]
    fn types_are_taken_strictly_and_null_empties() {
        assert_eq!(
            read(&profile::FULL_NAME, json!(" Dana ")),
            Ok(vec!["Dana".to_owned()])
        );
        assert_eq!(read(&profile::FULL_NAME, json!(null)), Ok(Vec::new()));
        assert_eq!(read(&profile::FULL_NAME, json!("  ")), Err("required"));
        assert_eq!(read(&profile::FULL_NAME, json!("a\u{0}")), Err("malformed"));
        assert_eq!(read(&profile::FULL_NAME, json!(7)), Err("wrong_type"));
        assert_eq!(
            read(&profile::ACCEPT_TERMS, json!("true")),
            Err("wrong_type")
        );
        assert_eq!(
            read(&ava::LANGUAGES, json!(["he", "he"])),
            Err("wrong_type")
        );
        assert_eq!(read(&ava::LANGUAGES, json!([])), Ok(Vec::new()));
        assert_eq!(read(&plan::SEATS, json!(2.0)), Ok(vec!["2".to_owned()]));
        assert_eq!(read(&plan::SEATS, json!(2.5)), Err("wrong_type"));
        assert_eq!(read(&plan::SEATS, json!(1e30)), Err(Code::OutOfRange.id()));
        assert_eq!(read(&plan::PLAN, json!(null)), Err("wrong_type"));
    }

    #[test]
    fn a_cursor_leads_back_to_its_item_and_nonsense_to_nothing() {
        assert_eq!(
            read_cursor(&cursor("+14155550100")).as_deref(),
            Some("+14155550100")
        );
        for nonsense in ["", "*", "____", "a"] {
            assert_eq!(read_cursor(nonsense), None, "{nonsense}");
        }
    }
}
