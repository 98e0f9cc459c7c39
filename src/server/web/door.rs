//! The one adapter between plain forms and server functions.
//!
//! Left to itself, Leptos answers a plain form with 302 to the `Referer` (to `/` where a privacy extension
//! removes it), puts errors into the query, and refuses bad arguments in English plain text (`server_fn`
//! 0.8). Here a function is mounted twice: at its own address, and at the address of each page that shows
//! its form, where a button's value says which function is meant. Both ways run the same function; a
//! browser is answered with a redirect or with the page again, a program with the outcome as JSON.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{MethodRouter, get, post};
use leptos::server_fn::ServerFn;
use serde::de::DeserializeOwned;
use tracing::Instrument;

use super::arrival::Posted;
use super::asked;
use super::page::Page;
use super::render;
use super::shown::Shown;
use super::visit::{Form, Visit};
use crate::functions::Refusal;
use crate::functions::form::read;
use crate::functions::outcome::{Again, Answer, Outcome, Says};
use crate::server::App;

type Run = fn(Posted, Option<Page>) -> Pin<Box<dyn Future<Output = Response> + Send>>;

/// A function that a page's forms can ask for.
#[derive(Clone)]
struct Taken {
    /// The function's own address.
    path: &'static str,
    run: Run,
    /// The values of the buttons that ask for it. One that ends with a colon carries an argument after it.
    intents: &'static [&'static str],
    /// The name of that argument.
    argument: &'static str,
    /// What the page knows and its form need not say.
    fixed: &'static [(&'static str, &'static str)],
    /// The part of the page that the form stands in, where it names one in its field `section`.
    section: &'static str,
}

/// The functions that the forms of one page ask for.
#[derive(Clone)]
pub struct Forms {
    page: Page,
    taken: Vec<Taken>,
    section: &'static str,
}

impl Forms {
    #[must_use]
    pub const fn of(page: Page) -> Self {
        Self {
            page,
            taken: Vec::new(),
            section: "",
        }
    }

    /// What follows is asked for in this part of the page.
    #[must_use]
    pub const fn in_section(mut self, section: &'static str) -> Self {
        self.section = section;
        self
    }

    /// Takes forms for a function that any of these buttons ask for; an empty name stands for a form that
    /// was sent without one.
    #[must_use]
    pub fn takes<F>(self, intents: &'static [&'static str]) -> Self
    where
        F: ServerFn<Error = Refusal> + DeserializeOwned + 'static,
        F::Output: Outcome,
    {
        self.takes_with::<F>(intents, "", &[])
    }

    /// As [`Forms::takes`], where the button carries an argument of this name, or the page knows some.
    #[must_use]
    pub fn takes_with<F>(
        mut self,
        intents: &'static [&'static str],
        argument: &'static str,
        fixed: &'static [(&'static str, &'static str)],
    ) -> Self
    where
        F: ServerFn<Error = Refusal> + DeserializeOwned + 'static,
        F::Output: Outcome,
    {
        self.taken.push(Taken {
            path: F::PATH,
            run: |posted, page| Box::pin(run::<F>(posted, page)),
            intents,
            argument,
            fixed,
            section: self.section,
        });
        self
    }

    /// The function that a form asks for, its fields made complete.
    fn choose(&self, form: &mut Form) -> Option<Run> {
        let (intent, section) = (form.last("intent"), form.last("section"));
        let mut here = self.taken.iter().filter(|taken| taken.section == section);
        let (taken, argument) = here.find_map(|taken| {
            taken.intents.iter().find_map(|name| {
                let rest = intent.strip_prefix(name)?;
                let carries = name.ends_with(':');
                (carries != rest.is_empty()).then(|| (taken, carries.then(|| rest.to_owned())))
            })
        })?;
        if let Some(argument) = argument {
            form.set(taken.argument, argument);
            form.remove("intent");
        }
        for (name, value) in taken.fixed {
            form.set(name, (*value).to_owned());
        }
        Some(taken.run)
    }

    /// The page at its own address: as it is asked for, and as its forms are sent.
    pub fn at(self) -> MethodRouter<App> {
        let page = self.page;
        let asked_for = move |visit: Visit| page.show(visit, Shown::default());
        get(asked_for).merge(self.post())
    }

    /// The forms alone.
    pub fn post(self) -> MethodRouter<App> {
        let forms = Arc::new(self);
        post(move |mut posted: Posted| async move {
            match forms.choose(&mut posted.form) {
                Some(run) => run(posted, Some(forms.page)).await,
                None => refuse(&posted.visit, posted.form, &Refusal::Malformed),
            }
        })
    }

    /// The functions, each at its own address.
    pub fn functions(self) -> impl Iterator<Item = (&'static str, MethodRouter<App>)> {
        self.taken.into_iter().map(|taken| {
            let run = taken.run;
            (taken.path, post(move |posted: Posted| run(posted, None)))
        })
    }
}

/// Runs a function with a form's fields. Without a page it was called at its own address: there any outcome
/// has the status 200, as callers in Rust expect it.
async fn run<F>(posted: Posted, page: Option<Page>) -> Response
where
    F: ServerFn<Error = Refusal> + DeserializeOwned + 'static,
    F::Output: Outcome,
{
    let Posted { visit, form } = posted;
    let Ok(function) = read::<F>(&form.fields) else {
        return refuse(&visit, form, &Refusal::Malformed);
    };
    // What has begun runs to its end, though the browser goes away while a vendor is slow.
    let running = tokio::spawn(asked::run(visit.clone(), function).in_current_span());
    let (outcome, headers) = match running.await {
        Ok(done) => done,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => return refuse(&visit, form, &Refusal::Unavailable),
    };
    let mut response = match outcome {
        Ok(outcome) => answer(visit, form, page, outcome).await,
        Err(refusal) => refuse(&visit, form, &refusal),
    };
    response.headers_mut().extend(headers);
    response
}

async fn answer(visit: Visit, form: Form, page: Option<Page>, outcome: impl Outcome) -> Response {
    let json = serde_json::to_value(&outcome).unwrap_or_default();
    match (outcome.answer(), page) {
        _ if page.is_none() && visit.wants_json => Json(json).into_response(),
        (Answer::To(_), _) if visit.wants_json => Json(json).into_response(),
        (Answer::To(to), _) => render::see_other(&to),
        (Answer::Again(again), Some(page)) if !visit.wants_json => {
            let (status, says) = (status(&again), again.says.clone());
            let shown = Shown {
                status,
                again,
                form,
            };
            with_retry_after(says.as_ref(), page.show(visit, shown).await)
        }
        (Answer::Again(again), _) => {
            let answer = (status(&again), Json(json)).into_response();
            with_retry_after(again.says.as_ref(), answer)
        }
    }
}

fn status(again: &Again) -> StatusCode {
    let status = again.status.map(StatusCode::from_u16);
    status
        .and_then(Result::ok)
        .unwrap_or(StatusCode::UNPROCESSABLE_ENTITY)
}

fn with_retry_after(says: Option<&Says>, mut response: Response) -> Response {
    if let Some(Says::Wait(seconds)) = says {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(*seconds));
    }
    response
}

/// Answers a form that no function has dealt with: where sending it again may help, with what was typed.
pub fn refuse(visit: &Visit, form: Form, refusal: &Refusal) -> Response {
    match refusal {
        Refusal::SignedOut
        | Refusal::LogInAgain
        | Refusal::FormExpired
        | Refusal::NoCookies
        | Refusal::OtherAccount
        | Refusal::TooManyAttempts { .. }
        | Refusal::Unavailable => render::hold(visit, form, refusal),
        _ => render::refusal(visit, refusal),
    }
}
