//! Sign-up, log-in, log-out, and the way back in after a forgotten password.

use axum::extract::Query;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use leptos::view;
use serde::Deserialize;

use super::csrf;
use super::public::public_frame;
use super::render;
use super::return_to::local_path;
use super::visit::{Form, Posted, Visit};
use crate::components::form::Filled;
use crate::domain::{Code, Draft, Locale, Problem};
use crate::pages::account::{
    Credentials, ForgotPasswordPage, LogInPage, Notice, ResetPasswordPage, Resetting, SignUpPage,
};
use crate::server::services::accounts::{self, LogIn, RESET_MINUTES, Reset, SignUp, Welcome};
use crate::server::session;
use crate::texts::t;

#[derive(Deserialize)]
pub struct Arrival {
    #[serde(rename = "returnTo")]
    return_to: Option<String>,
    notice: Option<String>,
}

impl Arrival {
    fn credentials(&self, locale: Locale) -> Credentials {
        let return_to = self.return_to.as_deref().and_then(local_path);
        let notice = match self.notice.as_deref() {
            Some("signed-out") => Some(Notice::SignedOut),
            Some("password-reset") => Some(Notice::PasswordReset),
            Some("account-deleted") => Some(Notice::AccountDeleted),
            _ => return_to.as_ref().map(|_| Notice::LogInFirst),
        };
        Credentials {
            form: Filled {
                locale,
                ..Filled::default()
            },
            return_to,
            notice,
            ..Credentials::default()
        }
    }
}

pub async fn sign_up_page(visit: Visit, Query(arrival): Query<Arrival>) -> Response {
    if visit.logged_in.is_some() {
        return render::see_other(&visit.href("/onboarding"));
    }
    let page = arrival.credentials(visit.locale);
    sign_up_form(&visit, StatusCode::OK, page)
}

pub async fn log_in_page(visit: Visit, Query(arrival): Query<Arrival>) -> Response {
    let page = arrival.credentials(visit.locale);
    if visit.logged_in.is_some() {
        return render::see_other(&page.return_to.unwrap_or_else(|| visit.href("/onboarding")));
    }
    log_in_form(&visit, StatusCode::OK, page)
}

pub async fn sign_up(Posted { visit, mut form }: Posted) -> Response {
    let (email, password) = (form.take("email"), form.take("password"));
    let outcome = accounts::sign_up(
        &visit.app.pool,
        &visit.visitor(),
        &email,
        &password,
        visit.locale,
    )
    .await;
    let (problems, wait) = match outcome {
        Ok(SignUp::Welcome(welcome)) => return enter(&visit, &mut form, &welcome).await,
        Ok(SignUp::Problems(problems)) => (problems, None),
        Ok(SignUp::Wait(seconds)) => (Vec::new(), Some(seconds)),
        Err(error) => {
            form.fields.push(("email".to_owned(), email));
            return render::form_failure(&visit, &error, form);
        }
    };
    let page = Credentials {
        wait,
        ..retry(&visit, &mut form, &email, problems)
    };
    sign_up_form(&visit, refusal_status(wait), page)
}

pub async fn log_in(Posted { visit, mut form }: Posted) -> Response {
    let (email, password) = (form.take("email"), form.take("password"));
    let mut problems = Vec::new();
    for (field, text) in [("email", &email), ("password", &password)] {
        if text.trim().is_empty() {
            problems.push(Problem {
                field,
                code: Code::Required,
            });
        }
    }
    if !problems.is_empty() {
        let page = retry(&visit, &mut form, &email, problems);
        return log_in_form(&visit, StatusCode::UNPROCESSABLE_ENTITY, page);
    }
    match accounts::log_in(&visit.app.pool, &visit.visitor(), &email, &password).await {
        Ok(LogIn::Welcome(welcome)) => enter(&visit, &mut form, &welcome).await,
        Ok(LogIn::Wrong) => {
            let page = Credentials {
                wrong: true,
                ..retry(&visit, &mut form, &email, Vec::new())
            };
            log_in_form(&visit, StatusCode::UNPROCESSABLE_ENTITY, page)
        }
        Ok(LogIn::Wait(seconds)) => {
            let wait = Some(seconds);
            let page = Credentials {
                wait,
                ..retry(&visit, &mut form, &email, Vec::new())
            };
            log_in_form(&visit, refusal_status(wait), page)
        }
        Err(error) => {
            form.fields.push(("email".to_owned(), email));
            render::form_failure(&visit, &error, form)
        }
    }
}

/// The form again, with what may be shown of what was typed.
fn retry(visit: &Visit, form: &mut Form, email: &str, problems: Vec<Problem>) -> Credentials {
    Credentials {
        form: Filled {
            locale: visit.locale,
            typed: typed_email(email),
            problems,
            theirs: None,
        },
        return_to: local_path(&form.take("return_to")),
        ..Credentials::default()
    }
}

fn typed_email(email: &str) -> Draft {
    let mut typed = Draft::default();
    typed.set("email", vec![email.to_owned()]);
    typed
}

fn refusal_status(wait: Option<u32>) -> StatusCode {
    match wait {
        Some(_) => StatusCode::TOO_MANY_REQUESTS,
        None => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

fn sign_up_form(visit: &Visit, status: StatusCode, page: Credentials) -> Response {
    let title = with_error(
        visit,
        !page.form.problems.is_empty(),
        t!(visit.locale, account.sign_up_title),
    );
    with_retry_after(
        page.wait,
        render::page(
            status,
            public_frame(visit, title),
            |frame| view! { <SignUpPage frame page/> },
        ),
    )
}

fn log_in_form(visit: &Visit, status: StatusCode, page: Credentials) -> Response {
    let is_refused = page.wrong || page.wait.is_some() || !page.form.problems.is_empty();
    let title = with_error(visit, is_refused, t!(visit.locale, account.log_in_title));
    with_retry_after(
        page.wait,
        render::page(
            status,
            public_frame(visit, title),
            |frame| view! { <LogInPage frame page/> },
        ),
    )
}

fn with_error(visit: &Visit, is_refused: bool, title: String) -> String {
    if is_refused {
        t!(visit.locale, common.title_error_prefix) + &title
    } else {
        title
    }
}

fn with_retry_after(wait: Option<u32>, mut response: Response) -> Response {
    if let Some(seconds) = wait {
        let value = HeaderValue::from(seconds);
        response
            .headers_mut()
            .insert(axum::http::header::RETRY_AFTER, value);
    }
    response
}

/// Begins the session and leads to where the customer wanted to go.
async fn enter(visit: &Visit, form: &mut Form, welcome: &Welcome) -> Response {
    if let Err(error) = session::begin(&visit.session, welcome).await {
        return render::failure(visit, &error);
    }
    let home = if welcome.onboarding_completed {
        "/ava-studio"
    } else {
        "/onboarding"
    };
    let to = local_path(&form.take("return_to")).unwrap_or_else(|| visit.href(home));
    let mut response = render::see_other(&to);
    response.extensions_mut().insert(csrf::Renew);
    response
}

pub async fn log_out(Posted { visit, .. }: Posted) -> Response {
    if let Err(error) = session::end(&visit.session).await {
        return render::failure(&visit, &error);
    }
    let mut response = render::see_other(&visit.href("/login?notice=signed-out"));
    response.extensions_mut().insert(csrf::Renew);
    let value = HeaderValue::from_static("\"cache\", \"storage\"");
    response.headers_mut().insert("clear-site-data", value);
    response
}

pub async fn forgot_password_page(visit: Visit) -> Response {
    forgot_form(&visit, StatusCode::OK, Draft::default(), Vec::new(), None)
}

pub async fn forgot_password(Posted { visit, mut form }: Posted) -> Response {
    let email = form.take("email");
    let problems: Vec<_> = crate::domain::account::EMAIL
        .check(std::slice::from_ref(&email))
        .into_iter()
        .collect();
    if !problems.is_empty() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return forgot_form(&visit, status, typed_email(&email), problems, None);
    }
    match accounts::request_reset(&visit.app.pool, &visit.visitor(), &email).await {
        Ok(token) => {
            if let Some(token) = token {
                send_reset_mail(&visit, email, &token);
            }
            forgot_form(
                &visit,
                StatusCode::OK,
                Draft::default(),
                Vec::new(),
                Some(RESET_MINUTES),
            )
        }
        Err(error) => {
            form.fields.push(("email".to_owned(), email));
            render::form_failure(&visit, &error, form)
        }
    }
}

/// Sends the link in the background: how long that takes tells nobody whether there is an account.
fn send_reset_mail(visit: &Visit, email: String, token: &str) {
    let l = visit.locale;
    let path = visit.href(&format!("/reset-password?token={token}"));
    let link = visit
        .app
        .config
        .public_url
        .join(&path)
        .map(String::from)
        .unwrap_or(path);
    let subject = t!(l, account.reset_mail_subject);
    let text = t!(
        l,
        account.reset_mail_text,
        minutes = RESET_MINUTES,
        link = link
    );
    let mailer = visit.app.mailer.clone();
    tokio::spawn(async move {
        if let Err(error) = mailer.send(&email, &subject, text).await {
            tracing::error!(%error, "the reset mail was not sent");
        }
    });
}

fn forgot_form(
    visit: &Visit,
    status: StatusCode,
    typed: Draft,
    problems: Vec<Problem>,
    sent: Option<i32>,
) -> Response {
    let title = with_error(
        visit,
        !problems.is_empty(),
        t!(visit.locale, account.forgot_title),
    );
    let form = Filled {
        locale: visit.locale,
        typed,
        problems,
        theirs: None,
    };
    render::page(
        status,
        visit.frame(title),
        |frame| view! { <ForgotPasswordPage frame form sent/> },
    )
}

#[derive(Deserialize)]
pub struct ResetLink {
    token: Option<String>,
}

pub async fn reset_password_page(visit: Visit, Query(link): Query<ResetLink>) -> Response {
    let token = link.token.unwrap_or_default();
    match accounts::is_reset_open(&visit.app.pool, &token).await {
        Ok(is_open) => {
            let status = if is_open {
                StatusCode::OK
            } else {
                StatusCode::GONE
            };
            reset_form(&visit, status, token, Vec::new(), !is_open)
        }
        Err(error) => render::failure(&visit, &error),
    }
}

pub async fn reset_password(Posted { visit, mut form }: Posted) -> Response {
    let (token, password) = (form.take("token"), form.take("password"));
    match accounts::reset_password(&visit.app.pool, &token, &password).await {
        Ok(Reset::Done) => render::see_other(&visit.href("/login?notice=password-reset")),
        Ok(Reset::LinkExpired) => reset_form(&visit, StatusCode::GONE, token, Vec::new(), true),
        Ok(Reset::Problems(problems)) => reset_form(
            &visit,
            StatusCode::UNPROCESSABLE_ENTITY,
            token,
            problems,
            false,
        ),
        // Nothing was typed but the password, so the link itself is the way to try again.
        Err(error) => render::failure(&visit, &error),
    }
}

fn reset_form(
    visit: &Visit,
    status: StatusCode,
    token: String,
    problems: Vec<Problem>,
    is_expired: bool,
) -> Response {
    let title = with_error(
        visit,
        !problems.is_empty(),
        t!(visit.locale, account.reset_title),
    );
    let form = Filled {
        locale: visit.locale,
        typed: Draft::default(),
        problems,
        theirs: None,
    };
    let page = Resetting {
        form,
        token,
        expired: is_expired.then_some(RESET_MINUTES),
    };
    render::page(
        status,
        visit.frame(title),
        |frame| view! { <ResetPasswordPage frame page/> },
    )
}
