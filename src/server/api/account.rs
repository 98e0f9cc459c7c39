//! Sign-up, log-in, log-out, and who one is.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::Object;
use super::caller::{By, Caller, Client};
use super::contract::{self, BODY, CUSTOMER, refuses};
use super::problem::{Kind, Problem};
use super::shown::time;
use crate::domain::{Draft, Locale, account, profile};
use crate::server::services::accounts::{self, LogIn, SignUp, Welcome};
use crate::server::services::onboarding::{self, Onboarding};
use crate::server::services::tokens;
use crate::server::services::visitor::Visitor;
use crate::server::{App, session};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(sign_up))
        .routes(routes!(log_in))
        .routes(routes!(log_out))
        .routes(routes!(me))
}

refuses!(SignUpRefusals: [BODY, &[Kind::TooManyRequests]]);

/// Makes an account and its first token.
///
/// The password of an existing account logs in instead. The language of the account is `locale`, else
/// that of `Accept-Language`.
#[utoipa::path(
    post, path = "/auth/signup", tag = "account", operation_id = "signUp", security(()),
    request_body(
        content = inline(contract::SignUp),
        example = json!({"email": "dana@example.com", "password": "four plain words here"})
    ),
    responses((status = CREATED, description = "The account and its token", body = contract::Token), SignUpRefusals)
)]
async fn sign_up(
    State(app): State<App>,
    client: Client,
    mut object: Object,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let mut fields = Draft::default();
    object.required_field("email", &account::EMAIL, &mut fields);
    let password = object.required_text(account::PASSWORD);
    if object.has("locale") {
        object.required_field("locale", &profile::LOCALE, &mut fields);
    }
    object.end()?;
    let locale = Locale::from_code(fields.text("locale")).unwrap_or(client.locale);
    let (visitor, email) = (Visitor::of(&app, client.ip, None), fields.text("email"));
    let password = password.unwrap_or_default();
    match accounts::sign_up(&app.pool, &visitor, email, &password, locale).await? {
        SignUp::Welcome(welcome) => {
            let token = issued(&app, &welcome).await?;
            Ok((StatusCode::CREATED, Json(token)))
        }
        SignUp::Problems(problems) => Err(Problem::domain(&problems)),
        SignUp::Wait(seconds) => Err(Problem::wait(seconds)),
    }
}

refuses!(LogInRefusals: [BODY, &[Kind::WrongCredentials, Kind::TooManyRequests]]);

/// Gives a token for an address and a password.
///
/// It is good for 30 days and ends with a new password.
#[utoipa::path(
    post, path = "/auth/login", tag = "account", operation_id = "logIn", security(()),
    request_body(
        content = inline(contract::LogIn),
        example = json!({"email": "dana@example.com", "password": "four plain words here"})
    ),
    responses((status = OK, description = "A token", body = contract::Token), LogInRefusals)
)]
async fn log_in(
    State(app): State<App>,
    client: Client,
    mut object: Object,
) -> Result<Json<Value>, Problem> {
    let email = object.required_text("email");
    let password = object.required_text(account::PASSWORD);
    object.end()?;
    let (email, password) = (email.unwrap_or_default(), password.unwrap_or_default());
    match accounts::log_in(
        &app.pool,
        &Visitor::of(&app, client.ip, None),
        &email,
        &password,
    )
    .await?
    {
        LogIn::Welcome(welcome) => Ok(Json(issued(&app, &welcome).await?)),
        LogIn::Wrong | LogIn::Problems(_) => Err(Kind::WrongCredentials.into()),
        LogIn::Wait(seconds) => Err(Problem::wait(seconds)),
    }
}

async fn issued(app: &App, welcome: &Welcome) -> Result<Value, Problem> {
    let issued = tokens::log_in(&app.pool, welcome).await?;
    let mut connection = app
        .pool
        .acquire()
        .await
        .map_err(crate::server::Error::from)?;
    let onboarding = onboarding::load(&mut connection, welcome.user).await?;
    Ok(json!({
        "token": issued.token,
        "token_type": "Bearer",
        "expires_at": time(issued.expires_at),
        "user": user(&onboarding),
    }))
}

fn user(onboarding: &Onboarding) -> Value {
    let known = &onboarding.known;
    json!({
        "id": onboarding.user,
        "email": known.email,
        "locale": known.answers.text(profile::LOCALE.name),
        "onboarding_completed": known.is_completed,
        "created_at": time(onboarding.created_at),
    })
}

refuses!(LogOutRefusals: [CUSTOMER]);

/// Ends the token, or the session, that this call is made with.
#[utoipa::path(
    post, path = "/auth/logout", tag = "account", operation_id = "logOut",
    responses((status = NO_CONTENT, description = "It opens nothing any more"), LogOutRefusals)
)]
async fn log_out(State(app): State<App>, caller: Caller) -> Result<StatusCode, Problem> {
    match caller.by {
        By::Token(id) => tokens::revoke(&app.pool, caller.user, id).await?,
        By::Session(session, _) => session::end(&session).await?,
    }
    Ok(StatusCode::NO_CONTENT)
}

refuses!(MeRefusals: [CUSTOMER]);

/// The account of the token or session.
#[utoipa::path(
    get, path = "/auth/me", tag = "account", operation_id = "me",
    responses((status = OK, description = "The account", body = contract::User), MeRefusals)
)]
async fn me(State(app): State<App>, caller: Caller) -> Result<Json<Value>, Problem> {
    Ok(Json(user(&caller.onboarding(&app).await?)))
}
