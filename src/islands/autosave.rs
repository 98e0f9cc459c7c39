//! Saves a step's form while it is filled in, and judges its fields as they are left.
//!
//! It sends the form to the form's own action, as a submit would, with `intent=autosave`. A save
//! carries the version it started from and its place in this page's order, so that an older one
//! never overwrites newer typing. What could not be saved is tried again until it is.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use js_sys::{Date, Reflect};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::{
    AbortSignal, Element, Event, FormData, HtmlElement, HtmlFormElement, HtmlInputElement,
    MouseEvent, RequestInit, UrlSearchParams, VisibilityState,
};
use wasm_bindgen_futures::JsFuture;

use super::listen;
use super::wire::{self, Answer, fetch};
use crate::domain::{Draft, Field, Step};
use crate::functions::{Refusal, Saved};

/// A change is sent this long after the last keystroke …
const AFTER_TYPING: f64 = 800.0;
/// … and no later than this after the first one that is not stored.
const AT_THE_LATEST: f64 = 5_000.0;
const FIRST_RETRY: f64 = 1_000.0;
const SLOWEST_RETRY: f64 = 8_000.0;
/// A save without an answer counts as failed.
const TIMEOUT: u32 = 15_000;
/// How long after a submit the page is still here because it was not left.
const AFTER_SUBMIT: f64 = 5_000.0;
/// How long a link waits for the last save before it is followed anyway.
const LINK_PATIENCE: f64 = 2_000.0;

#[derive(Clone, PartialEq)]
enum State {
    /// As rendered by the server: nothing is promised before the script runs.
    Asleep,
    Ready,
    Saving,
    Saved(String),
    Retrying,
    Conflict,
    SignedOut,
    /// Another account is logged in now, in another tab.
    OtherAccount,
    Refused,
}

impl State {
    /// The name of the state, and of the attribute that has its words.
    fn name(&self) -> &'static str {
        match self {
            Self::Asleep | Self::Ready => "ready",
            Self::Saving => "saving",
            Self::Saved(_) => "saved",
            Self::Retrying => "retrying",
            Self::Conflict => "conflict",
            Self::SignedOut => "signed-out",
            Self::OtherAccount => "other-account",
            Self::Refused => "refused",
        }
    }
}

/// The save state of the form around it. The element around the island has the step as
/// `data-step` and the words of each state as `data-ready`, `data-saving` and so on.
#[island]
pub fn Autosave() -> impl IntoView {
    let state = RwSignal::new(State::Asleep);
    let place = NodeRef::<leptos::html::Span>::new();
    Effect::new(move || {
        let place = place
            .get()
            .and_then(|node| node.closest("[data-step]").ok().flatten());
        let form = place
            .as_ref()
            .and_then(|place| place.closest("form").ok().flatten())
            .and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
        let step = place
            .as_ref()
            .and_then(|place| place.get_attribute("data-step"))
            .and_then(|id| Step::from_id(&id));
        if let (Some(form), Some(step)) = (form, step) {
            Saver::attach(&form, step, state);
        }
    });
    let word = move || {
        let state = state.get();
        let around = place
            .get()
            .and_then(|node| node.closest("[data-step]").ok().flatten());
        let Some(around) = around.filter(|_| state != State::Asleep) else {
            return String::new();
        };
        let _ = around.set_attribute("data-state", state.name());
        let words = around
            .get_attribute(&format!("data-{}", state.name()))
            .unwrap_or_default();
        match state {
            State::Saved(time) => words.replace("{time}", &time),
            _ => words,
        }
    };
    view! { <span role="status" node_ref=place>{word}</span> }
}

struct Saver {
    form: HtmlFormElement,
    step: Step,
    state: RwSignal<State>,
    /// When the first change that is not sent was made.
    dirty_since: Cell<Option<f64>>,
    in_flight: Cell<bool>,
    sequence: Cell<u32>,
    failures: Cell<i32>,
    timer: RefCell<Option<TimeoutHandle>>,
    /// The pointer is down. A problem that appeared now would move the button from under it.
    pressed: Cell<bool>,
    /// The fields that were left while the pointer was down.
    left_while_pressed: RefCell<Vec<&'static Field>>,
    /// Set by a submit: the page is being left and the browser sends the form itself. Typing or time shows
    /// that it was not left: the customer has stopped it, or come back.
    submitted: Cell<bool>,
}

impl Saver {
    fn attach(form: &HtmlFormElement, step: Step, state: RwSignal<State>) {
        let saver = Rc::new(Self {
            form: form.clone(),
            step,
            state,
            dirty_since: Cell::new(None),
            in_flight: Cell::new(false),
            sequence: Cell::new(0),
            failures: Cell::new(0),
            timer: RefCell::new(None),
            pressed: Cell::new(false),
            left_while_pressed: RefCell::default(),
            submitted: Cell::new(false),
        });
        let on =
            |target: &leptos::web_sys::EventTarget, event: &str, act: fn(&Rc<Self>, &Event)| {
                let saver = Rc::clone(&saver);
                listen(target, event, move |event| act(&saver, &event));
            };
        on(form, "input", Self::typed);
        on(form, "change", |saver, event| {
            if !saver.field_of(event).is_some_and(Field::is_secret) {
                saver.schedule(0.0);
            }
        });
        on(form, "focusout", Self::left);
        on(form, "submit", |saver, _| {
            saver.number_next();
            saver.schedule(AFTER_SUBMIT);
            saver.submitted.set(true);
        });
        on(&document(), "visibilitychange", |saver, _| {
            if document().visibility_state() == VisibilityState::Hidden {
                saver.save_what_is_left();
            }
        });
        on(&document(), "click", Self::clicked);
        on(&document(), "pointerdown", |saver, _| {
            saver.pressed.set(true);
        });
        on(&document(), "pointerup", |saver, _| saver.released());
        on(&document(), "pointercancel", |saver, _| saver.released());
        on(&window(), "pagehide", |saver, _| saver.save_what_is_left());
        on(&window(), "online", |saver, _| saver.save_what_is_left());
        on(&window(), "beforeunload", |saver, event| {
            if saver.failures.get() > 0 && !saver.submitted.get() {
                event.prevent_default();
            }
        });
        state.set(State::Ready);
        if came_back() {
            // The browser has put back what stood here when it left; the server knows better.
            form.reset();
        } else if saver.was_typed_into() {
            saver.schedule(0.0);
        }
    }

    fn typed(self: &Rc<Self>, event: &Event) {
        // A secret waits for Continue.
        if self.field_of(event).is_some_and(Field::is_secret) {
            return;
        }
        self.schedule(AFTER_TYPING);
        // One answer may mend the problem of another.
        for field in self.step.fields() {
            self.judge(field, true);
        }
    }

    fn left(self: &Rc<Self>, event: &Event) {
        if let Some(field) = self.field_of(event) {
            if self.pressed.get() {
                self.left_while_pressed.borrow_mut().push(field);
            } else {
                self.judge(field, false);
            }
        }
        if self.dirty_since.get().is_some() {
            self.schedule(0.0);
        }
    }

    /// Whether something was typed or ticked before the script ran.
    fn was_typed_into(&self) -> bool {
        let differs = |element: &JsValue, now: &str, rendered: &str| {
            let get =
                |name: &str| Reflect::get(element, &name.into()).unwrap_or(JsValue::UNDEFINED);
            !get(rendered).is_undefined() && get(now) != get(rendered)
        };
        let controls = self.form.elements();
        (0..controls.length())
            .filter_map(|index| controls.item(index))
            .filter(|control| {
                let name = control.get_attribute("name").unwrap_or_default();
                let field = self.step.field(name.trim_end_matches("[]"));
                field.is_some_and(|field| !field.is_secret())
            })
            .any(|control| {
                let control = JsValue::from(control);
                differs(&control, "value", "defaultValue")
                    || differs(&control, "checked", "defaultChecked")
            })
    }

    /// Judges what was left meanwhile, once the click that follows has been told.
    fn released(self: &Rc<Self>) {
        self.pressed.set(false);
        let saver = Rc::clone(self);
        let judge = move || {
            for field in saver.left_while_pressed.take() {
                saver.judge(field, false);
            }
        };
        set_timeout(judge, Duration::ZERO);
    }

    /// A link out of a form with changes waits for the last save, so that the next page knows it.
    fn clicked(self: &Rc<Self>, event: &Event) {
        let is_plain = event.dyn_ref::<MouseEvent>().is_some_and(|mouse| {
            mouse.button() == 0
                && !(mouse.ctrl_key() || mouse.meta_key() || mouse.shift_key() || mouse.alt_key())
        });
        let link = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .and_then(|element| {
                element
                    .closest("a[href]:not([target]):not([href^='#'])")
                    .ok()
                    .flatten()
            });
        let is_idle = self.dirty_since.get().is_none() && !self.in_flight.get();
        let Some(href) = link.and_then(|link| link.get_attribute("href")) else {
            return;
        };
        if is_idle || !is_plain || event.default_prevented() {
            return;
        }
        event.prevent_default();
        self.save_what_is_left();
        let (saver, started) = (Rc::clone(self), Date::now());
        follow_when_saved(saver, href, started);
    }

    fn save_what_is_left(self: &Rc<Self>) {
        if self.dirty_since.get().is_some() && !self.submitted.get() {
            self.save();
        }
    }

    fn stop_timer(&self) {
        if let Some(timer) = self.timer.take() {
            timer.clear();
        }
    }

    /// Marks the form as changed and sends it after `delay` milliseconds.
    fn schedule(self: &Rc<Self>, delay: f64) {
        let now = Date::now();
        let since = self.dirty_since.get().unwrap_or(now);
        self.dirty_since.set(Some(since));
        self.submitted.set(false);
        let delay = delay.min((since + AT_THE_LATEST - now).max(0.0));
        self.save_in(delay);
    }

    fn save_in(self: &Rc<Self>, delay: f64) {
        self.stop_timer();
        let saver = Rc::clone(self);
        let delay = Duration::from_secs_f64(delay / 1_000.0);
        let timer = set_timeout_with_handle(move || saver.save_in_turn(), delay).ok();
        self.timer.replace(timer);
    }

    /// Saves unless a save is under way; that one saves again when it is through.
    fn save_in_turn(self: &Rc<Self>) {
        if !self.in_flight.get() {
            self.save();
        }
    }

    fn save(self: &Rc<Self>) {
        let is_over = matches!(self.state.get_untracked(), State::Conflict | State::Refused);
        if is_over {
            return;
        }
        self.submitted.set(false);
        self.stop_timer();
        let since = self.dirty_since.take();
        self.number_next();
        self.in_flight.set(true);
        if self.failures.get() == 0 {
            self.state.set(State::Saving);
        }
        let saver = Rc::clone(self);
        spawn_local(async move {
            let answer = saver.send().await;
            saver.in_flight.set(false);
            saver.heard(&answer, since);
        });
    }

    fn number_next(&self) {
        self.sequence.set(self.sequence.get() + 1);
        self.set_hidden("sequence", &self.sequence.get().to_string());
    }

    fn heard(self: &Rc<Self>, answer: &Answer<Saved>, since: Option<f64>) {
        let state = match answer {
            Answer::Outcome(Saved::Stored { version, .. }) => {
                self.set_hidden("version", &version.to_string());
                self.failures.set(0);
                self.state.set(State::Saved(time_of_day()));
                if self.dirty_since.get().is_some() {
                    self.schedule(AFTER_TYPING);
                }
                return;
            }
            Answer::Outcome(Saved::Conflict) => return self.state.set(State::Conflict),
            Answer::Refused(
                Refusal::NotFound
                | Refusal::MethodNotAllowed
                | Refusal::TooLarge
                | Refusal::Malformed,
            ) => return self.state.set(State::Refused),
            Answer::Refused(Refusal::SignedOut) => State::SignedOut,
            Answer::Refused(Refusal::OtherAccount) => State::OtherAccount,
            Answer::Refused(_) | Answer::Lost => State::Retrying,
        };
        let earlier = since.or(self.dirty_since.get()).unwrap_or_else(Date::now);
        self.dirty_since.set(Some(earlier));
        self.failures.set(self.failures.get() + 1);
        self.state.set(state);
        let delay = FIRST_RETRY * 2f64.powi(self.failures.get() - 1);
        self.save_in(delay.min(SLOWEST_RETRY));
    }

    async fn send(&self) -> Answer<Saved> {
        let answer = self.post().await;
        if let Answer::Refused(Refusal::FormExpired | Refusal::Forbidden) = answer
            // Logging in again, here or in another tab, has renewed the token.
            && self.renew_token().await.is_ok()
        {
            return self.post().await;
        }
        answer
    }

    /// Sends the form to its own action, as a submit would.
    async fn post(&self) -> Answer<Saved> {
        match self.request() {
            Ok((action, options)) => wire::ask(&action, &options).await,
            Err(_) => Answer::Lost,
        }
    }

    fn request(&self) -> Result<(String, RequestInit), JsValue> {
        let data = FormData::new_with_form(&self.form)?;
        for field in self.step.fields().iter().filter(|field| field.is_secret()) {
            data.delete(field.name);
        }
        data.set_with_str("intent", "autosave")?;
        let body = UrlSearchParams::new_with_str_sequence_sequence(&data)?;
        let options = RequestInit::new();
        options.set_method("POST");
        options.set_body(&body);
        options.set_signal(Some(&AbortSignal::timeout_with_u32(TIMEOUT)));
        // Goes on when the page is left.
        Reflect::set(&options, &"keepalive".into(), &JsValue::TRUE)?;
        let headers = leptos::web_sys::Headers::new()?;
        headers.set("accept", "application/json")?;
        options.set_headers(&headers);
        let action = self.form.get_attribute("action").unwrap_or_default();
        Ok((action, options))
    }

    async fn renew_token(&self) -> Result<(), JsValue> {
        let action = self.form.get_attribute("action").unwrap_or_default();
        let response = fetch(&action, &RequestInit::new()).await?;
        let page = JsFuture::from(response.text()?)
            .await?
            .as_string()
            .unwrap_or_default();
        let token = page
            .split_once("name=\"csrf_token\" value=\"")
            .and_then(|(_, rest)| rest.split_once('"'))
            .map(|(token, _)| token)
            .ok_or(JsValue::NULL)?;
        self.set_hidden("csrf_token", token);
        Ok(())
    }

    fn set_hidden(&self, name: &str, value: &str) {
        let input = self
            .form
            .query_selector(&format!("input[type=hidden][name={name}]"))
            .ok()
            .flatten()
            .and_then(|input| input.dyn_into::<HtmlInputElement>().ok());
        if let Some(input) = input {
            input.set_value(value);
        }
    }

    fn field_of(&self, event: &Event) -> Option<&'static Field> {
        let name = event
            .target()?
            .dyn_into::<Element>()
            .ok()?
            .get_attribute("name")?;
        self.step.field(name.trim_end_matches("[]"))
    }

    fn draft(&self) -> Option<Draft> {
        let data = FormData::new_with_form(&self.form).ok()?;
        let mut draft = Draft::default();
        for field in self.step.fields() {
            let values = data.get_all(&field.form_name());
            draft.set(
                field.name,
                values
                    .iter()
                    .filter_map(|value| value.as_string())
                    .collect(),
            );
        }
        Some(draft)
    }

    /// Shows the problem of a field that was left, or takes it away once it is mended. While the
    /// field is being typed into, it only takes away.
    fn judge(&self, field: &Field, only_mend: bool) {
        let Some(draft) = self.draft() else { return };
        let shown = document().get_element_by_id(&format!("{}-error", field.name));
        let Some(shown) = shown.and_then(|element| element.dyn_into::<HtmlElement>().ok()) else {
            return;
        };
        let problem = self
            .step
            .problems(&draft)
            .into_iter()
            .find(|problem| problem.field == field.name);
        let text =
            problem.and_then(|problem| shown.get_attribute(&format!("data-{}", problem.code.id())));
        match (problem, text) {
            (None, _) => Self::show_problem(field, &shown, None),
            (Some(_), Some(text)) if !only_mend => {
                Self::show_problem(field, &shown, Some(&text));
            }
            _ => {}
        }
    }

    fn show_problem(field: &Field, shown: &HtmlElement, text: Option<&str>) {
        shown.set_hidden(text.is_none());
        if let Ok(Some(place)) = shown.query_selector(".error-text") {
            place.set_text_content(text);
        }
        let around = shown.closest(".field").ok().flatten();
        if let Some(around) = &around {
            let _ = around
                .class_list()
                .toggle_with_force("has-error", text.is_some());
        }
        // A group is described as a whole.
        let control = around
            .filter(|around| around.tag_name() == "FIELDSET")
            .or_else(|| document().get_element_by_id(field.name));
        let Some(control) = control else {
            return;
        };
        let is_group = control.tag_name() == "FIELDSET";
        let error_id = shown.id();
        let described = control
            .get_attribute("aria-describedby")
            .unwrap_or_default();
        let others: Vec<&str> = described
            .split_whitespace()
            .filter(|id| *id != error_id)
            .collect();
        let mut described = others.join(" ");
        let _ = if text.is_some() {
            described = if described.is_empty() {
                error_id
            } else {
                format!("{described} {error_id}")
            };
            if is_group {
                Ok(())
            } else {
                control.set_attribute("aria-invalid", "true")
            }
        } else {
            control.remove_attribute("aria-invalid")
        };
        let _ = if described.is_empty() {
            control.remove_attribute("aria-describedby")
        } else {
            control.set_attribute("aria-describedby", &described)
        };
    }
}

fn follow_when_saved(saver: Rc<Saver>, href: String, started: f64) {
    let is_saved = !saver.in_flight.get() && saver.dirty_since.get().is_none();
    if is_saved || Date::now() - started > LINK_PATIENCE {
        let _ = window().location().assign(&href);
    } else {
        set_timeout(
            move || follow_when_saved(saver, href, started),
            Duration::from_millis(30),
        );
    }
}

/// Whether this page was reached by the browser's Back or Forward.
fn came_back() -> bool {
    let get = |object: JsValue, name: &str| Reflect::get(&object, &name.into());
    get(window().into(), "performance")
        .and_then(|performance| get(performance, "navigation"))
        .and_then(|navigation| get(navigation, "type"))
        .is_ok_and(|kind| kind.as_f64() == Some(2.0))
}

/// Now, in the customer's own time, as `14:05`.
fn time_of_day() -> String {
    let now = Date::new_0();
    format!("{:02}:{:02}", now.get_hours(), now.get_minutes())
}
