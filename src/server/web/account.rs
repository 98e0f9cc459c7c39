//! The pages of sign-up, log-in, and the way back in after a forgotten password.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::view;

use super::cookie;
use super::public::public_frame;
use super::render;
use super::return_to::local_path;
use super::shown::Shown;
use super::visit::{Customer, Visit};
use crate::components::form::Filled;
use crate::domain::account::EMAIL;
use crate::functions::address;
use crate::functions::outcome::Says;
use crate::pages::account::{
    ConfirmPage, Confirming, Credentials, ForgotPasswordPage, LogInPage, Notice,
    ResetInCompanyPage, ResetPasswordPage, Resetting, SignUpPage,
};
use crate::server::services::passwords::RESET_MINUTES;
use crate::server::services::resets;
use crate::texts::t;

fn filled(visit: &Visit, shown: &Shown) -> Filled {
    Filled {
        locale: visit.locale,
        typed: shown.typed(visit.locale, &[EMAIL]),
        problems: shown.problems(),
        theirs: None,
    }
}

fn credentials(visit: &Visit, shown: &Shown) -> Credentials {
    let asked_for = [
        shown.form.last("return_to"),
        visit.query("returnTo").as_str(),
    ]
    .into_iter()
    .find_map(local_path);
    let notice = match visit.query("notice").as_str() {
        "signed-out" => Some(Notice::SignedOut),
        "password-reset" => Some(Notice::PasswordReset),
        "account-deleted" => Some(Notice::AccountDeleted),
        _ => asked_for.as_ref().map(|_| Notice::LogInFirst),
    };
    Credentials {
        form: filled(visit, shown),
        return_to: asked_for,
        wrong: shown.says() == Some(&Says::Wrong),
        wait: match shown.says() {
            Some(Says::Wait(seconds)) => Some(*seconds),
            _ => None,
        },
        notice: notice.filter(|_| shown.is_first()),
    }
}

pub fn sign_up(visit: &Visit, shown: &Shown) -> Response {
    if visit.customer.is_some() && shown.is_first() {
        return render::see_other(&visit.href(address::ONBOARDING));
    }
    let page = credentials(visit, shown);
    let is_refused = !page.form.problems.is_empty();
    let title = with_error(visit, is_refused, t!(visit.locale, account.sign_up_title));
    let frame = public_frame(visit, title);
    render::page(
        shown.status,
        frame,
        |frame| view! { <SignUpPage frame page/> },
    )
}

pub fn log_in(visit: &Visit, shown: &Shown) -> Response {
    let page = credentials(visit, shown);
    if let Some(customer) = &visit.customer
        && page.notice == Some(Notice::PasswordReset)
        // In the browser that has opened the link: the address alone says it to anybody.
        && visit.reset_token.is_some()
    {
        let email = customer.known.email.clone();
        let title = t!(visit.locale, account.reset_in_company_title);
        return render::page(
            shown.status,
            visit.frame(title),
            |frame| view! { <ResetInCompanyPage frame email/> },
        );
    }
    if visit.customer.is_some() && shown.is_first() {
        return render::see_other(
            &page
                .return_to
                .unwrap_or_else(|| visit.href(address::ONBOARDING)),
        );
    }
    let is_refused = page.wrong || page.wait.is_some() || !page.form.problems.is_empty();
    let title = with_error(visit, is_refused, t!(visit.locale, account.log_in_title));
    let frame = public_frame(visit, title);
    render::page(
        shown.status,
        frame,
        |frame| view! { <LogInPage frame page/> },
    )
}

fn with_error(visit: &Visit, is_refused: bool, title: String) -> String {
    if is_refused {
        t!(visit.locale, common.title_error_prefix) + &title
    } else {
        title
    }
}

pub fn confirm(visit: Visit, shown: &Shown) -> Response {
    let customer = match Customer::of(visit) {
        Ok(customer) => customer,
        Err(visit) => return render::log_in_first(&visit),
    };
    let visit = &customer.visit;
    let asked_for = [
        shown.form.last("return_to"),
        visit.query("returnTo").as_str(),
    ]
    .into_iter()
    .find_map(local_path);
    let page = Confirming {
        form: filled(visit, shown),
        email: customer.onboarding.known.email.clone(),
        return_to: asked_for,
    };
    let is_refused = !page.form.problems.is_empty();
    let title = with_error(visit, is_refused, t!(visit.locale, account.confirm_title));
    render::page(
        shown.status,
        visit.frame(title),
        |frame| view! { <ConfirmPage frame page/> },
    )
}

pub fn forgot_password(visit: &Visit, shown: &Shown) -> Response {
    let form = filled(visit, shown);
    let is_refused = !form.problems.is_empty();
    let title = with_error(visit, is_refused, t!(visit.locale, account.forgot_title));
    let sent = (visit.query("notice") == "sent" && !is_refused).then_some(RESET_MINUTES);
    render::page(
        shown.status,
        visit.frame(title),
        |frame| view! { <ForgotPasswordPage frame form sent/> },
    )
}

pub async fn reset_password(visit: &Visit, shown: &Shown) -> Response {
    let was_sent = !shown.is_first();
    let name = cookie::name(cookie::RESET, &visit.app.config);
    let in_address = visit.query("token");
    if !in_address.is_empty() && !was_sent {
        // Neither the address bar nor a link of the page shall hold it.
        let mut response = render::see_other(&visit.href(address::RESET_PASSWORD));
        let token: String = in_address
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
            .collect();
        let age = u32::try_from(RESET_MINUTES * 60).ok();
        cookie::set(&mut response, &name, &token, age, &visit.app.config);
        return response;
    }
    let token = match shown.form.last("token") {
        "" => visit.reset_token.clone().unwrap_or_default(),
        sent => sent.to_owned(),
    };
    let is_open = if was_sent {
        Ok(shown.says() != Some(&Says::LinkExpired))
    } else {
        resets::is_open(&visit.app.pool, &token).await
    };
    let is_open = match is_open {
        Ok(is_open) => is_open,
        Err(error) => return render::failure(visit, error),
    };
    let form = filled(visit, shown);
    let is_refused = !form.problems.is_empty();
    let title = with_error(visit, is_refused, t!(visit.locale, account.reset_title));
    let page = Resetting {
        form,
        token,
        expired: (!is_open).then_some(RESET_MINUTES),
    };
    let status = if is_open {
        shown.status
    } else {
        StatusCode::GONE
    };
    render::page(
        status,
        visit.frame(title),
        |frame| view! { <ResetPasswordPage frame page/> },
    )
}
