//! The parts of forms: a label, a hint, a problem and a control that belong together.

use leptos::prelude::*;

use crate::domain::{Code, Draft, Field, Locale, Problem, Rule};
use crate::islands::Reveal;
use crate::texts::{self, t};

/// What the fields of a form show.
#[derive(Clone, Default)]
pub struct Filled {
    pub locale: Locale,
    pub typed: Draft,
    /// The problems to be shown, in the order of the fields.
    pub problems: Vec<Problem>,
    /// In a conflict, what was saved elsewhere.
    pub theirs: Option<Draft>,
}

impl Filled {
    fn problem(&self, field: &Field) -> Option<String> {
        self.problems
            .iter()
            .find(|problem| problem.field == field.name)
            .map(|problem| texts::problem(self.locale, *problem))
    }
}

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

/// What stands around one control: ids, label, hint, problem.
struct Around {
    field: Field,
    id: &'static str,
    label: String,
    is_optional: bool,
    hint: Option<String>,
    problem: Option<String>,
    theirs: Option<String>,
    locale: Locale,
}

impl Around {
    fn of(form: &Filled, field: &Field, hint: Option<String>) -> Self {
        let typed = form.typed.values(field.name);
        let theirs = form
            .theirs
            .as_ref()
            .filter(|theirs| theirs.values(field.name) != typed)
            .map(|theirs| shown(form.locale, field, theirs.values(field.name)));
        Self {
            field: *field,
            id: field.name,
            label: texts::label(form.locale, field.name),
            is_optional: !field.required,
            hint: hint.or_else(|| texts::hint(form.locale, field.name).map(str::to_owned)),
            problem: form.problem(field),
            theirs,
            locale: form.locale,
        }
    }

    fn describedby(&self) -> Option<String> {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", self.id));
        let problem = self.problem.as_ref().map(|_| format!("{}-error", self.id));
        match (hint, problem) {
            (Some(hint), Some(problem)) => Some(format!("{hint} {problem}")),
            (hint, problem) => hint.or(problem),
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

    fn label_text(&self) -> AnyView {
        let optional = self
            .is_optional
            .then(|| view! { <span class="optional">" "{t!(self.locale, common.optional)}</span> });
        view! { {self.label.clone()}{optional} }.into_any()
    }

    /// The words of a problem that can appear while the form is filled in.
    fn words_for(&self, code: Code) -> Option<String> {
        let can_appear = match self.field.rule {
            Rule::Line { .. } | Rule::Text { .. } => matches!(code, Code::TooShort | Code::TooLong),
            Rule::Email => matches!(code, Code::Malformed | Code::TooLong),
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
        can_appear.then(|| texts::problem(self.locale, self.field.problem(code)))
    }

    fn notes(&self) -> AnyView {
        let hint = self.hint.clone().map(|hint| {
            view! { <p class="hint" id=format!("{}-hint", self.id)>{hint}</p> }
        });
        let theirs = self.theirs.clone().map(|theirs| {
            view! {
                <p class="theirs">
                    {t!(self.locale, onboarding.conflict.theirs)}" "<bdi>{theirs}</bdi>
                </p>
            }
        });
        let is_fine = self.problem.is_none();
        view! {
            {hint}
            <p
                class="error" id=format!("{}-error", self.id) hidden=is_fine
                data-too_short=self.words_for(Code::TooShort) data-too_long=self.words_for(Code::TooLong)
                data-malformed=self.words_for(Code::Malformed) data-out_of_range=self.words_for(Code::OutOfRange)
                data-conflicting=self.words_for(Code::Conflicting)
            >
                <span class="visually-hidden">{t!(self.locale, common.error_prefix)}" "</span>
                <span class="error-text">{self.problem.clone()}</span>
            </p>
            {theirs}
        }
        .into_any()
    }
}

/// A field's values as words, for the review and for conflicts.
#[must_use]
pub fn shown(locale: Locale, field: &Field, values: &[String]) -> String {
    if values.is_empty() {
        return match field.rule {
            Rule::Flag => t!(locale, onboarding.done.no),
            _ => t!(locale, onboarding.done.not_provided),
        };
    }
    let words: Vec<String> = values
        .iter()
        .map(|value| texts::choice(locale, field.name, value))
        .collect();
    words.join(", ")
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
pub fn text(form: &Filled, field: &Field, hint: Option<String>, look: Look) -> AnyView {
    let around = Around::of(form, field, hint);
    let value = texts::choice(form.locale, field.name, form.typed.text(field.name));
    let dir = if look.ltr { "ltr" } else { "auto" };
    let control = match (look.rows, field.rule) {
        (Some(rows), _) => view! {
            <textarea
                id=field.name name=field.name rows=rows.to_string() dir=dir autocomplete="off"
                aria-describedby=around.describedby() aria-invalid=around.invalid()
                inner_html=textarea_content(&value)
            ></textarea>
        }
        .into_any(),
        (None, rule) => {
            let is_key = matches!(rule, Rule::AccountSid);
            let class = if look.narrow { "narrow" } else { "" };
            view! {
                <input
                    id=field.name name=field.name type=look.kind.unwrap_or("text") value=value dir=dir class=class
                    autocomplete=look.autocomplete inputmode=look.inputmode
                    spellcheck=is_key.then_some("false") autocapitalize=is_key.then_some("off")
                    aria-describedby=around.describedby() aria-invalid=around.invalid()
                />
            }
            .into_any()
        }
    };
    view! {
        <div class=around.class()>
            <label for=field.name>{around.label_text()}</label>
            {around.notes()}
            {control}
        </div>
    }
    .into_any()
}

/// A password or another secret: never filled in, shown on demand.
pub fn secret(
    form: &Filled,
    field: &Field,
    label: String,
    hint: Option<String>,
    autocomplete: &'static str,
) -> AnyView {
    let around = Around {
        label,
        ..Around::of(form, field, hint)
    };
    let (show, hide) = (t!(form.locale, common.show), t!(form.locale, common.hide));
    // A vendor's key is no password of this site: a manager must not offer to keep it.
    let is_password = autocomplete != "off";
    view! {
        <div class=around.class()>
            <label for=field.name>{around.label_text()}</label>
            {around.notes()}
            <div class="secret" data-show=show data-hide=hide>
                <input
                    id=field.name name=field.name type=if is_password { "password" } else { "text" } dir="ltr"
                    class=(!is_password).then_some("key masked")
                    autocomplete=autocomplete spellcheck="false" autocapitalize="off"
                    aria-describedby=around.describedby() aria-invalid=around.invalid()
                />
                <Reveal/>
            </div>
        </div>
    }
    .into_any()
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
pub fn choices(locale: Locale, field: &Field) -> Vec<Choice> {
    let (Rule::Choice(values) | Rule::Choices(values)) = field.rule else {
        return Vec::new();
    };
    let are_languages = matches!(field.name, "locale" | "languages");
    values
        .iter()
        .map(|value| Choice {
            value,
            label: texts::choice(locale, field.name, value),
            hint: texts::choice_hint(locale, field.name, value).map(str::to_owned),
            lang: are_languages.then_some(*value),
        })
        .collect()
}

/// Radio buttons or tick boxes under one legend.
pub fn group(form: &Filled, field: &Field, hint: Option<String>, choices: Vec<Choice>) -> AnyView {
    let around = Around::of(form, field, hint);
    let kind = if field.is_list() { "checkbox" } else { "radio" };
    let options: Vec<_> = choices
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
            <legend>{around.label_text()}</legend>
            {around.notes()}
            <div class="options">{options}</div>
        </fieldset>
    }
    .into_any()
}

/// Options of a list under a name, or under none.
pub type Group = (Option<String>, Vec<(&'static str, String)>);

/// A list to choose one from.
pub fn select(form: &Filled, field: &Field, hint: Option<String>, groups: Vec<Group>) -> AnyView {
    let around = Around::of(form, field, hint);
    let chosen = form.typed.text(field.name);
    let option = |(value, label): (&'static str, String)| {
        let selected = value == chosen;
        // An option without a value has its text for one.
        let value = (value != label).then_some(value);
        view! { <option value=value selected=selected>{label}</option> }
    };
    let groups: Vec<AnyView> = groups
        .into_iter()
        .map(|(name, options)| {
            let options: Vec<_> = options.into_iter().map(option).collect();
            match name {
                Some(name) => view! { <optgroup label=name>{options}</optgroup> }.into_any(),
                None => options.into_any(),
            }
        })
        .collect();
    let nothing = texts::none(form.locale, field.name)
        .map(|label| view! { <option value="">{label}</option> });
    view! {
        <div class=around.class()>
            <label for=field.name>{around.label_text()}</label>
            {around.notes()}
            <select
                id=field.name name=field.name
                aria-describedby=around.describedby() aria-invalid=around.invalid()
            >
                {nothing}
                {groups}
            </select>
        </div>
    }
    .into_any()
}

/// One box to tick, with what may be read before below it.
pub fn tick(form: &Filled, field: &Field, below: Option<AnyView>) -> AnyView {
    let around = Around::of(form, field, None);
    let ticked = form.typed.has(field.name, "true");
    let label = around.label.clone();
    view! {
        <div class=around.class()>
            {around.notes()}
            <div class="option">
                <input
                    id=field.name type="checkbox" name=field.name value="true" checked=ticked
                    aria-describedby=around.describedby() aria-invalid=around.invalid()
                />
                <label for=field.name>{label}</label>
            </div>
            {below}
        </div>
    }
    .into_any()
}

/// The list of problems at the top of `main`; each leads to its field. `focus` where a submit has
/// just brought the customer here.
pub fn summary(form: &Filled, focus: bool) -> Option<AnyView> {
    if form.problems.is_empty() {
        return None;
    }
    let entries: Vec<_> = form
        .problems
        .iter()
        .map(|problem| {
            let text = texts::problem(form.locale, *problem);
            view! { <li><a href=format!("#{}", problem.field)>{text}</a></li> }
        })
        .collect();
    Some(
        view! {
            <div class="summary" role="alert" tabindex="-1" autofocus=focus aria-labelledby="summary-title">
                <h2 id="summary-title">{t!(form.locale, common.there_is_a_problem)}</h2>
                <ul>{entries}</ul>
            </div>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_a_textarea() {
        let field = Field::optional("guidelines", Rule::Text { min: 0, max: 100 });
        let mut form = Filled::default();
        form.typed.set(
            "guidelines",
            vec!["\n</textarea><script>alert(1)</script>&amp;".to_owned()],
        );
        let html = Owner::new().with(|| text(&form, &field, None, Look::lines(3)).to_html());
        assert!(
            html.contains(
                ">\n\n&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;</textarea>"
            ),
            "{html}"
        );
    }

    #[test]
    fn text_cannot_leave_an_attribute() {
        let field = Field::optional("full_name", Rule::Line { min: 0, max: 100 });
        let mut form = Filled::default();
        form.typed
            .set("full_name", vec!["\"><script>alert(1)</script>".to_owned()]);
        let html = Owner::new().with(|| text(&form, &field, None, Look::PLAIN).to_html());
        assert!(!html.contains("\"><script>"), "{html}");
    }
}
