//! What a server function knows of the request that it serves: put into Leptos's context by the adapter.

use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use leptos::context::{provide_context, use_context};
use leptos::reactive::computed::ScopedFuture;
use leptos::reactive::owner::Owner;
use leptos::server_fn::ServerFn;
use leptos_axum::ResponseOptions;

use super::cookie;
use super::return_to::local_path;
use super::visit::{Customer, Visit};
use crate::domain::Step;
use crate::functions::Refusal;
use crate::functions::address;
use crate::server::services::accounts::Welcome;
use crate::server::{App, Error, session};

/// Runs a function for a visit; gives the headers that it adds to the answer beside its outcome.
pub async fn run<F: ServerFn>(
    visit: Visit,
    function: F,
) -> (Result<F::Output, F::Error>, HeaderMap) {
    let owner = Owner::new();
    let options = ResponseOptions::default();
    let body = owner.with(|| {
        provide_context(visit);
        provide_context(options.clone());
        ScopedFuture::new(function.run_body())
    });
    let outcome = body.await;
    let headers = options.0.read().map(|parts| parts.headers.clone());
    (outcome, headers.unwrap_or_default())
}

/// The visit that a function serves.
///
/// # Panics
/// When a function is called without one: by other code of the server, which has the services instead.
#[must_use]
pub fn visit() -> Visit {
    use_context().expect("server functions run for a visit")
}

#[must_use]
pub fn app() -> App {
    visit().app
}

/// The customer that a function serves.
///
/// # Errors
/// [`Refusal::SignedOut`].
pub fn customer() -> Result<Customer, Refusal> {
    Customer::of(visit()).map_err(|_| Refusal::SignedOut)
}

/// As [`customer`], for what asks for the password again when that was long ago.
///
/// # Errors
/// [`Refusal::SignedOut`], [`Refusal::LogInAgain`].
pub fn fresh_customer() -> Result<Customer, Refusal> {
    customer().and_then(|customer| {
        if customer.is_fresh() {
            Ok(customer)
        } else {
            Err(Refusal::LogInAgain)
        }
    })
}

/// An address of ours to which a query is added.
pub struct Place {
    address: String,
    /// What the query ends with.
    back: &'static str,
}

impl Place {
    /// The address with a value in its query.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> String {
        let Self { address, back } = self;
        let sign = if address.contains('?') { '&' } else { '?' };
        format!("{address}{sign}{name}={value}{back}")
    }
}

/// A section of the settings.
#[must_use]
pub fn section(id: &str) -> Place {
    Place {
        address: visit().href(&address::section(id)),
        back: "",
    }
}

/// Where a form stands that is shown in its step and in the settings.
#[must_use]
pub fn place(own: Step, in_section: &str, return_to: &str) -> Place {
    if in_section.is_empty() {
        let address = step(own);
        return Place { address, back: "" };
    }
    let back = match return_to {
        "onboarding" => "&returnTo=onboarding",
        _ => "",
    };
    Place {
        back,
        ..section(in_section)
    }
}

#[must_use]
pub fn step(step: Step) -> String {
    visit().href(&address::step(step))
}

#[must_use]
pub fn studio() -> String {
    visit().href(address::STUDIO)
}

/// The page that says how to come back.
#[must_use]
pub fn later() -> String {
    visit().href(address::LATER)
}

/// Begins a session, and gives the address of where the customer wanted to go.
///
/// # Errors
/// When the database does not answer.
pub async fn enter(
    visit: &Visit,
    welcome: &Welcome,
    email: &str,
    return_to: &str,
) -> Result<String, Error> {
    begin(visit, welcome).await?;
    // Forms in other tabs of the same customer stay good.
    if visit.customer.as_ref().map(|before| before.user) != Some(welcome.user) {
        visit.csrf.renew();
    }
    let config = &visit.app.config;
    let name = cookie::name(cookie::KNOWN_BROWSER, config);
    let value = visit.visitor().acquaintance(email);
    let known = cookie::header(&name, &value, Some(31_536_000), config);
    if let (Some(options), Some(known)) = (use_context::<ResponseOptions>(), known) {
        options.append_header(SET_COOKIE, known);
    }
    let home = if welcome.onboarding_completed {
        address::STUDIO
    } else {
        address::ONBOARDING
    };
    Ok(local_path(return_to).unwrap_or_else(|| visit.href(home)))
}

async fn begin(visit: &Visit, welcome: &Welcome) -> Result<(), Error> {
    let from = session::From {
        user_agent: visit.user_agent.clone(),
        ip: visit.ip.to_string(),
    };
    session::begin(&visit.session, welcome, from).await
}

/// Ends the session, and gives the address of the page that says so.
///
/// # Errors
/// When the database does not answer.
pub async fn leave(visit: &Visit) -> Result<String, Error> {
    // The session's cookie is all that the browser holds of what a customer sees: pages are not to be stored, and no
    // code of ours uses its storage. So `Clear-Site-Data` would clear only what is others' at the same origin.
    session::end(&visit.session).await?;
    visit.csrf.renew();
    Ok(visit.signed_out())
}

/// Lets the session of a customer who has just given the password go on under a new token; gives where they wanted
/// to go.
///
/// # Errors
/// When the database does not answer.
pub async fn confirmed(customer: &Customer, return_to: &str) -> Result<String, Error> {
    go_on(customer, customer.onboarding.session_epoch).await?;
    let settings = || customer.visit.href(address::SETTINGS);
    Ok(local_path(return_to).unwrap_or_else(settings))
}

async fn go_on(customer: &Customer, session_epoch: i32) -> Result<(), Error> {
    let welcome = Welcome {
        user: customer.user(),
        session_epoch,
        locale: None,
        onboarding_completed: customer.onboarding.known.is_completed,
    };
    begin(&customer.visit, &welcome).await
}

/// Lets the session of a customer go on in the new epoch of a new password, under a new token.
///
/// # Errors
/// When the database does not answer.
pub async fn renew(customer: &Customer, session_epoch: i32) -> Result<String, Error> {
    go_on(customer, session_epoch).await?;
    Ok(section("security").with("notice", "password-changed"))
}

/// Ends the session of an account that is no more.
///
/// # Errors
/// When the database does not answer.
pub async fn gone(visit: &Visit) -> Result<String, Error> {
    session::end(&visit.session).await?;
    Ok(format!(
        "{}?notice=account-deleted",
        visit.href(address::LOG_IN)
    ))
}
