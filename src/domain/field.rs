//! A form field: its name, its rule, and the judgement of what was typed into it.

use serde::{Deserialize, Serialize};

use super::typed::{Answers, Draft, Value, without_invisible};
use super::{email, hours, phone, timezone};

/// One field of a step. Its name is the same in the form, in JSON and as a column.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub name: &'static str,
    pub rule: Rule,
    /// Whether the step cannot be done without it.
    pub required: bool,
    /// Its answer begins with a value and is never empty: what was emptied stays a draft.
    pub has_default: bool,
}

/// What a field may hold. Lengths are in characters (Unicode scalar values) after trimming.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// One line.
    Line { min: usize, max: usize },
    /// Several lines.
    Text { min: usize, max: usize },
    /// An e-mail address, kept as [`email::parse`] writes it.
    Email,
    /// A phone number, kept as E.164.
    Phone,
    /// Weekly opening hours, kept in the form of [`hours::Hours`].
    Hours,
    /// An IANA time zone from [`timezone::ZONES`].
    TimeZone,
    /// Exactly one of a list.
    Choice(&'static [&'static str]),
    /// Any of a list.
    Choices(&'static [&'static str]),
    /// Ticked or not; where it is required, ticked.
    Flag,
    /// A whole number between the two, both included.
    Whole { min: i32, max: i32 },
    /// `AC` and 32 hexadecimal digits (Twilio, `^AC[0-9a-fA-F]{32}$`).
    AccountSid,
    /// A vendor's secret of at most so many visible characters; never sent back to a browser.
    Secret { max: usize },
}

/// What is wrong with a field. Its words are chosen per field at the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    Required,
    TooShort,
    TooLong,
    Malformed,
    /// A character that nobody sees is in it.
    Invisible,
    NotInList,
    OutOfRange,
    /// Valid alone, but at odds with another answer.
    Conflicting,
    /// Already used by somebody else.
    Taken,
    /// Too easy to guess.
    TooCommon,
    /// The vendor does not accept it.
    Refused,
    /// A public key where the private one is needed.
    PublicKey,
    /// The vendor has suspended the account.
    Suspended,
    /// Credentials that the vendor gives for tests only.
    TestCredentials,
    /// Not one of the account's numbers.
    NotOwned,
    /// A number that takes no calls.
    NoVoice,
    /// A number whose calls something else takes whatever is set.
    Routed,
}

/// One problem of one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    pub field: &'static str,
    pub code: Code,
}

impl Code {
    /// The code as it is written in JSON and in attributes.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::Malformed => "malformed",
            Self::Invisible => "invisible",
            Self::NotInList => "not_in_list",
            Self::OutOfRange => "out_of_range",
            Self::Conflicting => "conflicting",
            Self::Taken => "taken",
            Self::TooCommon => "too_common",
            Self::Refused => "refused",
            Self::PublicKey => "public_key",
            Self::Suspended => "suspended",
            Self::TestCredentials => "test_credentials",
            Self::NotOwned => "not_owned",
            Self::NoVoice => "no_voice",
            Self::Routed => "routed",
        }
    }
}

impl Code {
    /// What only a vendor can say, by its id.
    #[must_use]
    pub fn of_vendor(id: &str) -> Option<Self> {
        [
            Self::Refused,
            Self::PublicKey,
            Self::Suspended,
            Self::TestCredentials,
            Self::NotOwned,
            Self::NoVoice,
            Self::Routed,
        ]
        .into_iter()
        .find(|code| code.id() == id)
    }
}

impl Field {
    #[must_use]
    pub const fn required(name: &'static str, rule: Rule) -> Self {
        Self {
            name,
            rule,
            required: true,
            has_default: false,
        }
    }

    /// As [`Field::required`], for an answer that begins with a value.
    #[must_use]
    pub const fn with_default(name: &'static str, rule: Rule) -> Self {
        Self {
            has_default: true,
            ..Self::required(name, rule)
        }
    }

    #[must_use]
    pub const fn optional(name: &'static str, rule: Rule) -> Self {
        Self {
            name,
            rule,
            required: false,
            has_default: false,
        }
    }

    /// Whether it keeps its step from being done until it is answered.
    #[must_use]
    pub const fn begins_missing(&self) -> bool {
        self.required && !self.has_default
    }

    #[must_use]
    pub const fn is_secret(&self) -> bool {
        matches!(self.rule, Rule::Secret { .. })
    }

    #[must_use]
    pub const fn is_list(&self) -> bool {
        matches!(self.rule, Rule::Choices(_))
    }

    /// The name in a form: with `[]` where several values are possible.
    #[must_use]
    pub fn form_name(&self) -> String {
        if self.is_list() {
            format!("{}[]", self.name)
        } else {
            self.name.to_owned()
        }
    }

    #[must_use]
    pub const fn problem(&self, code: Code) -> Problem {
        Problem {
            field: self.name,
            code,
        }
    }

    /// Understands what was typed: the value to store, `None` when the field was left empty.
    ///
    /// # Errors
    /// The one thing that is wrong with it. An empty field is never wrong here; see
    /// [`Field::problems`].
    pub fn parse(&self, typed: &[String]) -> Result<Option<Value>, Code> {
        let first = typed.first().map_or("", String::as_str);
        match self.rule {
            Rule::Choices(list) => {
                let chosen: Vec<String> = list
                    .iter()
                    .filter(|item| typed.iter().any(|value| value == *item))
                    .map(|item| (*item).to_owned())
                    .collect();
                if typed.iter().any(|value| !list.contains(&value.as_str())) {
                    return Err(Code::NotInList);
                }
                return Ok((!chosen.is_empty()).then_some(Value::List(chosen)));
            }
            Rule::Flag => {
                return match first {
                    "" => Ok(Some(Value::Flag(false))),
                    "true" => Ok(Some(Value::Flag(true))),
                    _ => Err(Code::NotInList),
                };
            }
            _ => {}
        }
        let text = first.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let text = match self.rule {
            Rule::Line { min, max } => {
                if text.contains(char::is_control) {
                    return Err(Code::Malformed);
                }
                bounded(text, min, max)?.to_owned()
            }
            Rule::Text { min, max } => bounded(text, min, max)?.to_owned(),
            Rule::Email => email::parse(text)?,
            Rule::Phone => phone::parse(text).ok_or(Code::Malformed)?,
            Rule::Hours => hours::Hours::parse(text)
                .map_err(|()| Code::Malformed)?
                .to_string(),
            Rule::TimeZone if timezone::is_known(text) => text.to_owned(),
            Rule::Choice(list) if list.contains(&text) => text.to_owned(),
            Rule::Whole { min, max } => {
                let number = text.parse::<i32>().map_err(|_| Code::Malformed)?;
                if !(min..=max).contains(&number) {
                    return Err(Code::OutOfRange);
                }
                return Ok(Some(Value::Number(number)));
            }
            Rule::AccountSid => account_sid(text)?,
            Rule::Secret { max } => secret(text, max)?,
            Rule::TimeZone | Rule::Choice(_) | Rule::Choices(_) | Rule::Flag => {
                return Err(Code::NotInList);
            }
        };
        Ok(Some(Value::Text(text)))
    }

    /// What was typed as text, where the field must hold some.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn text(&self, typed: &str) -> Result<String, Problem> {
        match self.parse(&[typed.to_owned()]) {
            Ok(Some(Value::Text(text))) => Ok(text),
            Ok(_) => Err(self.problem(Code::Required)),
            Err(code) => Err(self.problem(code)),
        }
    }

    /// The problem that keeps a step with this field from being done, if there is one.
    #[must_use]
    pub fn check(&self, typed: &[String]) -> Option<Problem> {
        match self.parse(typed) {
            Ok(None | Some(Value::Flag(false))) if self.required => {
                Some(self.problem(Code::Required))
            }
            Ok(_) => None,
            Err(code) => Some(self.problem(code)),
        }
    }
}

impl Answers {
    /// What of the fields' typed values can be understood. A field that was not sent is absent.
    #[must_use]
    pub fn understood(fields: &[Field], typed: &Draft) -> Self {
        let mut answers = Self::default();
        for field in fields
            .iter()
            .filter(|field| !field.is_secret() && typed.contains(field.name))
        {
            match field.parse(typed.values(field.name)) {
                Ok(None) if field.has_default => {}
                Ok(None) if field.is_list() => {
                    answers.set(field.name, Some(Value::List(Vec::new())));
                }
                Ok(value) => answers.set(field.name, value),
                Err(_) => {}
            }
        }
        answers
    }
}

fn bounded(text: &str, min: usize, max: usize) -> Result<&str, Code> {
    let length = text.chars().count();
    if length < min {
        Err(Code::TooShort)
    } else if length > max {
        Err(Code::TooLong)
    } else {
        Ok(text)
    }
}

fn account_sid(text: &str) -> Result<String, Code> {
    let text = without_invisible(text);
    match text.strip_prefix("AC").or_else(|| text.strip_prefix("ac")) {
        Some(hex) if hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_hexdigit()) => {
            Ok(format!("AC{hex}"))
        }
        _ => Err(Code::Malformed),
    }
}

fn secret(text: &str, max: usize) -> Result<String, Code> {
    let text = without_invisible(text);
    if text.len() > max {
        Err(Code::TooLong)
    } else if text.is_empty() || !text.is_ascii() {
        Err(Code::Malformed)
    } else {
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Code, Field, Rule, Value};

    fn parse(rule: Rule, typed: &[&str]) -> Result<Option<Value>, Code> {
        let typed: Vec<String> = typed.iter().map(|&text| text.to_owned()).collect();
        Field::optional("field", rule).parse(&typed)
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "compared with what parsing returns"
    )]
    fn text(text: &str) -> Result<Option<Value>, Code> {
        Ok(Some(Value::Text(text.to_owned())))
    }

    #[test]
    fn lengths_count_characters_not_bytes() {
        let rule = Rule::Text { min: 2, max: 4 };
        assert_eq!(parse(rule, &["שלום"]), text("שלום"));
        assert_eq!(parse(rule, &["שלום!"]), Err(Code::TooLong));
        assert_eq!(parse(rule, &[" a "]), Err(Code::TooShort));
        assert_eq!(parse(rule, &["   "]), Ok(None));
        assert_eq!(parse(rule, &[]), Ok(None));
    }

    #[test]
    fn a_line_holds_no_line_breaks() {
        let rule = Rule::Line { min: 0, max: 99 };
        assert_eq!(parse(rule, &["a\nb"]), Err(Code::Malformed));
    }

    #[test]
    fn free_text_is_kept_with_its_marks() {
        let rule = Rule::Text { min: 0, max: 99 };
        for typed in [
            "</textarea><script>alert(1)</script>",
            "\u{200f}שלום 👋🏽",
            "a\nb",
        ] {
            assert_eq!(parse(rule, &[typed]), text(typed));
        }
    }

    #[test]
    fn keys_survive_careless_pasting() {
        let sid = "AC0123456789abcdef0123456789ABCDEF";
        assert_eq!(
            parse(Rule::AccountSid, &[&format!("\u{200e} {sid}\u{a0}")]),
            text(sid)
        );
        assert_eq!(parse(Rule::AccountSid, &["AC12"]), Err(Code::Malformed));
        let secret = Rule::Secret { max: 8 };
        assert_eq!(parse(secret, &[" ab cd\u{feff} "]), text("abcd"));
        assert_eq!(parse(secret, &["123456789"]), Err(Code::TooLong));
        assert_eq!(parse(secret, &["ключ"]), Err(Code::Malformed));
    }

    #[test]
    fn numbers_have_bounds() {
        let rule = Rule::Whole { min: 1, max: 50 };
        assert_eq!(parse(rule, &["7"]), Ok(Some(Value::Number(7))));
        assert_eq!(parse(rule, &["0"]), Err(Code::OutOfRange));
        assert_eq!(parse(rule, &["99999999999"]), Err(Code::Malformed));
        assert_eq!(parse(rule, &["seven"]), Err(Code::Malformed));
    }

    #[test]
    fn lists_keep_their_own_order_and_refuse_strangers() {
        let rule = Rule::Choices(&["a", "b", "c"]);
        assert_eq!(
            parse(rule, &["c", "a", "a"]),
            Ok(Some(Value::List(vec!["a".to_owned(), "c".to_owned()])))
        );
        assert_eq!(parse(rule, &["d"]), Err(Code::NotInList));
    }

    #[test]
    fn a_required_field_left_empty_is_a_problem_only_of_the_step() {
        let field = Field::required("name", Rule::Line { min: 2, max: 9 });
        assert_eq!(field.parse(&[]), Ok(None));
        assert_eq!(field.check(&[]), Some(field.problem(Code::Required)));
        let terms = Field::required("accept_terms", Rule::Flag);
        assert_eq!(terms.check(&[]), Some(terms.problem(Code::Required)));
        assert_eq!(terms.check(&["true".to_owned()]), None);
    }
}
