//! The fields of forms: a label, a hint, a problem and a control that belong together. Label, hint and words
//! of choices are the field's own (`texts`); props say only what differs from place to place.

use leptos::either::Either;
use leptos::prelude::*;

use super::form::{Filled, shown};
use crate::domain::{Code, Field, Locale, Rule};
use crate::islands::Reveal;
use crate::texts::{self, t};

/// How a field of text is asked.
#[derive(Clone, Copy, Default)]
pub struct Look {
    /// `text` unless told otherwise.
    pub kind: Option<&'static str>,
    pub autocomplete: Option<&'static str>,
    pub inputmode: Option<&'static str>,
    /// Keys, numbers and addresses are written left to right in every language.
    pub ltr: bool,
    pub rows: Option<u8>,
    pub narrow: bool,
}

impl Look {
    pub const PLAIN: Self = Self {
        kind: None,
        autocomplete: None,
        inputmode: None,
        ltr: false,
        rows: None,
        narrow: false,
    };
    pub const EMAIL: Self = Self {
        kind: Some("email"),
        autocomplete: Some("email"),
        ltr: true,
        ..Self::PLAIN
    };
    pub const PHONE: Self = Self {
        kind: Some("tel"),
        autocomplete: Some("tel"),
        ltr: true,
        narrow: true,
        ..Self::PLAIN
    };
    pub const KEY: Self = Self {
        autocomplete: Some("off"),
        ltr: true,
        ..Self::PLAIN
    };
    pub const NUMBER: Self = Self {
        inputmode: Some("numeric"),
        ltr: true,
        narrow: true,
        ..Self::PLAIN
    };

    #[must_use]
    pub const fn lines(rows: u8) -> Self {
        Self {
            rows: Some(rows),
            ..Self::PLAIN
        }
    }

    #[must_use]
    pub const fn completed_by(autocomplete: &'static str) -> Self {
        Self {
            autocomplete: Some(autocomplete),
            ..Self::PLAIN
        }
    }
}

/// What stands around one control.
struct Around<'a> {
    form: &'a Filled,
    field: &'static Field,
    label: String,
    hint: Option<String>,
    problem: Option<String>,
}

impl<'a> Around<'a> {
    fn of(form: &'a Filled, field: &'static Field) -> Self {
        let l = form.locale;
        Self {
            form,
            field,
            label: texts::label(l, field.name),
            hint: texts::hint(l, field.name).map(str::to_owned),
            problem: form
                .problem(field)
                .map(|problem| texts::problem(l, problem)),
        }
    }

    fn describedby(&self) -> Option<String> {
        let name = self.field.name;
        match (self.hint.is_some(), self.problem.is_some()) {
            (true, true) => Some(format!("{name}-hint {name}-error")),
            (true, false) => Some(format!("{name}-hint")),
            (false, true) => Some(format!("{name}-error")),
            (false, false) => None,
        }
    }

    fn invalid(&self) -> Option<&'static str> {
        self.problem.as_ref().map(|_| "true")
    }

    fn class(&self) -> &'static str {
        if self.problem.is_some() {
            "field has-error"
        } else {
            "field"
        }
    }

    /// The words of a problem that can appear while the form is filled in.
    fn words_for(&self, code: Code) -> Option<String> {
        let can_appear = match self.field.rule {
            Rule::Line { .. } | Rule::Text { .. } => matches!(code, Code::TooShort | Code::TooLong),
            Rule::Email => matches!(code, Code::Malformed | Code::Invisible | Code::TooLong),
            Rule::Phone | Rule::Hours | Rule::AccountSid => code == Code::Malformed,
            Rule::Whole { .. } => {
                matches!(code, Code::Malformed | Code::OutOfRange | Code::Conflicting)
            }
            Rule::TimeZone
            | Rule::Choice(_)
            | Rule::Choices(_)
            | Rule::Flag
            | Rule::Secret { .. } => false,
        };
        can_appear.then(|| texts::problem(self.form.locale, self.field.problem(code)))
    }

    /// In a conflict, what was saved elsewhere.
    fn theirs(&self) -> Option<String> {
        let typed = self.form.typed.values(self.field.name);
        let theirs = self.form.theirs.as_ref()?.values(self.field.name);
        (theirs != typed).then(|| shown(self.form.locale, self.field, theirs))
    }
}

#[component]
fn LabelText<'a>(around: &'a Around<'a>) -> impl IntoView + use<> {
    let optional = (!around.field.required).then(|| {
        view! { <span class="optional">" "{t!(around.form.locale, common.optional)}</span> }
    });
    view! {
        {around.label.clone()}
        {optional}
    }
}

/// What stands between label and control.
#[component]
fn Notes<'a>(around: &'a Around<'a>) -> impl IntoView + use<> {
    let l = around.form.locale;
    let name = around.field.name;
    let hint = around
        .hint
        .clone()
        .map(|hint| view! { <p class="hint" id=format!("{name}-hint")>{hint}</p> });
    let theirs = around.theirs().map(|theirs| {
        view! { <p class="theirs">{t!(l, onboarding.conflict.theirs)}" "<bdi>{theirs}</bdi></p> }
    });
    let is_fine = around.problem.is_none();
    view! {
        {hint}
        <p
            class="error" id=format!("{name}-error") hidden=is_fine
            data-too_short=around.words_for(Code::TooShort) data-too_long=around.words_for(Code::TooLong)
            data-malformed=around.words_for(Code::Malformed) data-invisible=around.words_for(Code::Invisible)
            data-out_of_range=around.words_for(Code::OutOfRange)
            data-conflicting=around.words_for(Code::Conflicting)
        >
            <span class="visually-hidden">{t!(l, common.error_prefix)}" "</span>
            <span class="error-text">{around.problem.clone()}</span>
        </p>
        {theirs}
    }
}

#[component]
fn Labelled<'a, V: IntoView>(around: &'a Around<'a>, control: V) -> impl IntoView + use<V> {
    view! {
        <div class=around.class()>
            <label for=around.field.name><LabelText around/></label>
            <Notes around/>
            {control}
        </div>
    }
}

/// A text as the content of a `textarea`, where the framework does not escape it.
fn textarea_content(text: &str) -> String {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    // A parser drops the first line break after the tag.
    format!("\n{escaped}")
}

/// A field of text, on one line or several.
#[component]
pub fn TextField<'a>(
    form: &'a Filled,
    field: &'static Field,
    #[prop(default = Look::PLAIN)] look: Look,
    /// Instead of the field's own.
    #[prop(optional)]
    hint: Option<String>,
) -> impl IntoView + use<> {
    let mut around = Around::of(form, field);
    around.hint = hint.or(around.hint);
    let typed = form.typed.text(field.name);
    let value = match field.rule {
        Rule::Hours => texts::choice(form.locale, field.name, typed),
        _ => typed.to_owned(),
    };
    let dir = if look.ltr { "ltr" } else { "auto" };
    let control = if let Some(rows) = look.rows {
        Either::Left(view! {
            <textarea
                id=field.name name=field.name rows=rows.to_string() dir=dir autocomplete="off"
                aria-describedby=around.describedby() aria-invalid=around.invalid()
                inner_html=textarea_content(&value)
            ></textarea>
        })
    } else {
        let is_key = matches!(field.rule, Rule::AccountSid);
        let class = if look.narrow { "narrow" } else { "" };
        Either::Right(view! {
            <input
                id=field.name name=field.name type=look.kind.unwrap_or("text") value=value dir=dir class=class
                autocomplete=look.autocomplete inputmode=look.inputmode
                spellcheck=is_key.then_some("false") autocapitalize=is_key.then_some("off")
                aria-describedby=around.describedby() aria-invalid=around.invalid()
            />
        })
    };
    view! { <Labelled around=&around control/> }
}

/// A password or another secret: never filled in, shown on demand.
#[component]
pub fn SecretField<'a>(
    form: &'a Filled,
    field: &'static Field,
    /// `off` for a vendor's key: it is no password of this site, and a manager must not offer to keep it.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Instead of the field's own.
    #[prop(optional)]
    label: Option<String>,
    /// Instead of the field's own.
    #[prop(optional_no_strip)]
    hint: Option<String>,
) -> impl IntoView + use<> {
    let l = form.locale;
    let mut around = Around::of(form, field);
    around.label = label.unwrap_or(around.label);
    around.hint = hint.or(around.hint);
    let is_password = autocomplete != "off";
    let control = view! {
        <div class="secret" data-show=t!(l, common.show) data-hide=t!(l, common.hide)>
            <input
                id=field.name name=field.name type=if is_password { "password" } else { "text" } dir="ltr"
                class=(!is_password).then_some("key masked")
                autocomplete=autocomplete spellcheck="false" autocapitalize="off"
                aria-describedby=around.describedby() aria-invalid=around.invalid()
            />
            <Reveal/>
        </div>
    };
    view! { <Labelled around=&around control/> }
}

/// One choice: its value, its words, a hint below them and the language they are in.
pub struct Choice {
    pub value: &'static str,
    pub label: String,
    pub hint: Option<String>,
    pub lang: Option<&'static str>,
}

/// The choices of a list field, with their words.
#[must_use]
pub fn choices(l: Locale, field: &Field) -> Vec<Choice> {
    let (Rule::Choice(values) | Rule::Choices(values)) = field.rule else {
        return Vec::new();
    };
    let are_languages = values == Locale::CODES;
    values
        .iter()
        .map(|value| Choice {
            value,
            label: texts::choice(l, field.name, value),
            hint: texts::choice_hint(l, field.name, value).map(str::to_owned),
            lang: are_languages.then_some(*value),
        })
        .collect()
}

/// Radio buttons or tick boxes under one legend.
#[component]
pub fn Choices<'a>(
    form: &'a Filled,
    field: &'static Field,
    /// Instead of the field's own words.
    #[prop(optional)]
    choices: Option<Vec<Choice>>,
) -> impl IntoView + use<> {
    let around = Around::of(form, field);
    let kind = if field.is_list() { "checkbox" } else { "radio" };
    let options: Vec<_> = choices
        .unwrap_or_else(|| self::choices(form.locale, field))
        .into_iter()
        .enumerate()
        .map(|(index, choice)| {
            // The first has the field's own id: that is where a problem's link leads.
            let id = if index == 0 {
                field.name.to_owned()
            } else {
                format!("{}-{}", field.name, choice.value)
            };
            let hint_id = format!("{}-{}-hint", field.name, choice.value);
            let describedby = choice.hint.as_ref().map(|_| hint_id.clone());
            let hint = choice.hint.map(|hint| view! { <span class="hint" id=hint_id>{hint}</span> });
            view! {
                <div class="option">
                    <input
                        id=id.clone() type=kind name=field.form_name() value=choice.value
                        checked=form.typed.has(field.name, choice.value) aria-describedby=describedby
                    />
                    <label for=id lang=choice.lang>{choice.label}</label>
                    {hint}
                </div>
            }
        })
        .collect();
    view! {
        <fieldset class=around.class() data-field=field.name aria-describedby=around.describedby()>
            <legend><LabelText around=&around/></legend>
            <Notes around=&around/>
            <div class="options">{options}</div>
        </fieldset>
    }
}

/// A list to choose one from; `options` are its [`Options`], in groups or not.
#[component]
pub fn Select<'a, V: IntoView>(
    form: &'a Filled,
    field: &'static Field,
    options: V,
) -> impl IntoView + use<V> {
    let around = Around::of(form, field);
    let none = texts::none(form.locale, field.name)
        .map(|words| view! { <option value="">{words}</option> });
    let control = view! {
        <select
            id=field.name name=field.name
            aria-describedby=around.describedby() aria-invalid=around.invalid()
        >
            {none}
            {options}
        </select>
    };
    view! { <Labelled around=&around control/> }
}

/// Options by their value and words.
#[component]
pub fn Options<'a>(of: Vec<(&'static str, String)>, chosen: &'a str) -> impl IntoView + use<> {
    let options: Vec<_> = of
        .into_iter()
        .map(|(value, words)| {
            let selected = value == chosen;
            // An option without a value has its text for one.
            let value = (value != words).then_some(value);
            view! { <option value=value selected=selected>{words}</option> }
        })
        .collect();
    options
}

/// One box to tick, with what may be read before below it.
#[component]
pub fn Tick<'a>(
    form: &'a Filled,
    field: &'static Field,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView + use<> {
    let around = Around::of(form, field);
    let ticked = form.typed.has(field.name, "true");
    view! {
        <div class=around.class()>
            <Notes around=&around/>
            <div class="option">
                <input
                    id=field.name type="checkbox" name=field.name value="true" checked=ticked
                    aria-describedby=around.describedby() aria-invalid=around.invalid()
                />
                <label for=field.name>{around.label.clone()}</label>
            </div>
            {children.map(|children| children())}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static GUIDELINES: Field = Field::optional("guidelines", Rule::Text { min: 0, max: 100 });
    static NAME: Field = Field::optional("full_name", Rule::Line { min: 0, max: 100 });

    fn html(field: &'static Field, look: Look, typed: &str) -> String {
        let mut form = Filled::default();
        form.typed.set(field.name, vec![typed.to_owned()]);
        view! { <TextField form=&form field look/> }.to_html()
    }

    #[test]
    fn text_cannot_leave_a_textarea() {
        let typed = "\n</textarea><script>alert(1)</script>&amp;";
        let html = html(&GUIDELINES, Look::lines(3), typed);
        assert!(
            html.contains(
                ">\n\n&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;</textarea>"
            ),
            "{html}"
        );
    }

    #[test]
    fn text_cannot_leave_an_attribute() {
        let html = html(&NAME, Look::PLAIN, "\"><script>alert(1)</script>");
        assert!(!html.contains("\"><script>"), "{html}");
    }
}
