//! Sign-up, log-in and the way back in after a forgotten password.

use std::net::IpAddr;

use serde_json::json;
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use uuid::Uuid;

use super::passwords::RESET_MINUTES;
use super::{Halt, notices, numbers, passwords, shared_keys};
use crate::domain::account::{self, EMAIL};
use crate::domain::progress::Blocker;
use crate::domain::{Code, Locale, Problem, Value, Vendor};
use crate::server::config::Mode;
use crate::server::store::{attempts, events, password_resets, users};
use crate::server::vault::Key;
use crate::server::{App, Error};

/// Failures of one visitor on one account before waiting begins, and the waits that follow, in
/// seconds. They fade with [`WINDOW`], so nobody is locked out for good.
const FREE_FAILURES: i64 = 3;
const WAITS: [f64; 6] = [1.0, 3.0, 5.0, 10.0, 20.0, 30.0];
/// How long a failure counts, in seconds.
const WINDOW: f64 = 15.0 * 60.0;
/// Failures of one visitor on all accounts together within the window.
const FAILURES_PER_VISITOR: i64 = 100;
/// Sign-ups and reset mails of one visitor within an hour.
const PER_HOUR: i64 = 30;

/// Who is asking, and the key that hides it in what is kept.
pub struct Visitor<'a> {
    pub ip: IpAddr,
    pub key: &'a Key,
    /// Whether sign-ups and mails per hour are limited; not in development.
    pub limited: bool,
}

impl<'a> Visitor<'a> {
    #[must_use]
    pub fn of(app: &'a App, ip: IpAddr) -> Self {
        Self {
            ip,
            key: app.vault.current(),
            limited: app.config.mode == Mode::Production,
        }
    }

    fn alone(&self) -> Vec<u8> {
        self.key.fingerprint("visitor", &self.ip.to_string())
    }

    fn with(&self, email: &str) -> Vec<u8> {
        self.key.fingerprint(
            "visitor and account",
            &format!("{} {}", self.ip, email.to_lowercase()),
        )
    }
}

/// An account that may now have a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Welcome {
    pub user: Uuid,
    pub session_epoch: i32,
    pub locale: Option<Locale>,
    pub onboarding_completed: bool,
}

/// What became of a sign-up.
#[derive(Debug, PartialEq, Eq)]
pub enum SignUp {
    Welcome(Welcome),
    Problems(Vec<Problem>),
    /// Too many from this visitor; seconds to wait.
    Wait(u32),
}

/// What became of a log-in.
#[derive(Debug, PartialEq, Eq)]
pub enum LogIn {
    Welcome(Welcome),
    /// Something was left empty.
    Problems(Vec<Problem>),
    /// The address or the password is wrong; which one is not told.
    Wrong,
    /// Too many failures; seconds to wait.
    Wait(u32),
}

/// What became of a new password after a reset.
#[derive(Debug, PartialEq, Eq)]
pub enum Reset {
    Done,
    /// The link is unknown, used, replaced or too old.
    LinkExpired,
    Problems(Vec<Problem>),
}

/// Makes an account and counts the start of its onboarding.
///
/// Signing up again with the right password of an existing account logs in.
///
/// # Errors
/// When the database does not answer.
pub async fn sign_up(
    pool: &PgPool,
    visitor: &Visitor<'_>,
    email: &str,
    password: &str,
    locale: Locale,
) -> Result<SignUp, Error> {
    let mut problems: Vec<Problem> = EMAIL.check(&[email.to_owned()]).into_iter().collect();
    problems.extend(new_password_problem(password, email).await?);
    let Ok(Some(Value::Text(email))) = EMAIL.parse(&[email.to_owned()]) else {
        return Ok(SignUp::Problems(problems));
    };
    if !problems.is_empty() {
        return Ok(SignUp::Problems(problems));
    }
    if visitor.limited {
        let mut connection = pool.acquire().await?;
        let (count, _) =
            attempts::recent(&mut connection, "sign_up", &visitor.alone(), 3600.0).await?;
        if count >= PER_HOUR {
            return Ok(SignUp::Wait(3600));
        }
        attempts::insert(&mut connection, "sign_up", &visitor.alone()).await?;
    }

    let hashed = passwords::hash(password.to_owned()).await?;
    let mut transaction = pool.begin().await?;
    if let Some(user) = users::insert(&mut transaction, &email, &hashed, locale).await? {
        events::insert(&mut transaction, user, "onboarding_started", json!({})).await?;
        transaction.commit().await?;
        tracing::info!(%user, "signed up");
        return Ok(SignUp::Welcome(Welcome {
            user,
            session_epoch: 0,
            locale: Some(locale),
            onboarding_completed: false,
        }));
    }
    drop(transaction);
    match log_in(pool, visitor, &email, password).await? {
        LogIn::Welcome(welcome) => Ok(SignUp::Welcome(welcome)),
        LogIn::Wrong => Ok(SignUp::Problems(vec![EMAIL.problem(Code::Taken)])),
        LogIn::Problems(problems) => Ok(SignUp::Problems(problems)),
        LogIn::Wait(seconds) => Ok(SignUp::Wait(seconds)),
    }
}

/// Checks an address and a password. A wrong one takes as long as a right one and is limited per
/// visitor and account.
///
/// # Errors
/// When the database does not answer.
pub async fn log_in(
    pool: &PgPool,
    visitor: &Visitor<'_>,
    email: &str,
    password: &str,
) -> Result<LogIn, Error> {
    let email = email.trim();
    let empty: Vec<Problem> = [(EMAIL.name, email), (account::PASSWORD, password.trim())]
        .into_iter()
        .filter_map(|(field, text)| text.is_empty().then_some(required(field)))
        .collect();
    if !empty.is_empty() {
        return Ok(LogIn::Problems(empty));
    }
    if password.chars().count() > account::PASSWORD_MAX || email.chars().count() > 254 {
        return Ok(LogIn::Wrong);
    }
    let (account, alone) = (visitor.with(email), visitor.alone());
    let mut connection = pool.acquire().await?;
    let (failures, age) = attempts::recent(&mut connection, "log_in", &account, WINDOW).await?;
    let (all_failures, _) = attempts::recent(&mut connection, "log_in", &alone, WINDOW).await?;
    if all_failures >= FAILURES_PER_VISITOR {
        return Ok(LogIn::Wait(60));
    }
    if let (Ok(over), Some(age)) = (usize::try_from(failures - FREE_FAILURES), age) {
        let wait = WAITS[over.min(WAITS.len() - 1)] - age;
        if wait > 0.0 {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "between 0 and 30"
            )]
            return Ok(LogIn::Wait(wait.ceil() as u32));
        }
    }
    let login = users::by_email(&mut connection, email).await?;
    drop(connection);

    let hashed = login.as_ref().map(|login| login.hashed_password.clone());
    let fits = passwords::verify(password.to_owned(), hashed).await?;
    let mut connection = pool.acquire().await?;
    match login {
        Some(login) if fits && login.is_active => {
            attempts::clear(&mut connection, "log_in", &account).await?;
            if passwords::is_outdated(&login.hashed_password) {
                let hashed = passwords::hash(password.to_owned()).await?;
                users::rehash(&mut connection, login.id, &hashed).await?;
            }
            tracing::info!(user = %login.id, "logged in");
            Ok(LogIn::Welcome(Welcome {
                user: login.id,
                session_epoch: login.session_epoch,
                locale: login.locale.as_deref().and_then(Locale::from_code),
                onboarding_completed: login.onboarding_completed,
            }))
        }
        login => {
            attempts::insert(&mut connection, "log_in", &account).await?;
            attempts::insert(&mut connection, "log_in", &alone).await?;
            tracing::warn!(user = ?login.map(|login| login.id), ip = %visitor.ip, "log-in refused");
            Ok(LogIn::Wrong)
        }
    }
}

/// Lets the account of a session follow its customer into another language.
///
/// # Errors
/// When the database does not answer.
pub async fn follow_locale(
    pool: &PgPool,
    user: Uuid,
    epoch: i32,
    locale: Locale,
) -> Result<(), Error> {
    let mut connection = pool.acquire().await?;
    Ok(users::set_locale(&mut connection, user, epoch, locale).await?)
}

/// What became of the wish for a reset link.
#[derive(Debug, PartialEq, Eq)]
pub enum Forgot {
    /// It is on its way, if there is such an account.
    Sent,
    Problems(Vec<Problem>),
}

/// Mails a link to set a new password, if there is such an account: nobody is told.
///
/// # Errors
/// When the database does not answer.
pub async fn request_reset(
    app: &App,
    visitor: &Visitor<'_>,
    email: &str,
    locale: Locale,
) -> Result<Forgot, Error> {
    if let Some(problem) = EMAIL.check(&[email.to_owned()]) {
        return Ok(Forgot::Problems(vec![problem]));
    }
    if let Some(token) = open_reset(&app.pool, visitor, email).await? {
        notices::reset(app, locale, email, &token);
    }
    Ok(Forgot::Sent)
}

/// Opens a reset for an address and returns the token for its mail; `None` when there is no such
/// active account or this visitor has asked too often.
async fn open_reset(
    pool: &PgPool,
    visitor: &Visitor<'_>,
    email: &str,
) -> Result<Option<String>, Error> {
    let mut connection = pool.acquire().await?;
    let subject = visitor.with(email.trim());
    let (count, _) = attempts::recent(&mut connection, "reset", &subject, 3600.0).await?;
    if count >= 5 {
        return Ok(None);
    }
    attempts::insert(&mut connection, "reset", &subject).await?;
    match users::by_email(&mut connection, email.trim()).await? {
        Some(login) if login.is_active => {
            let token = random_token();
            password_resets::replace(
                &mut connection,
                login.id,
                &token_hash(&token),
                RESET_MINUTES,
            )
            .await?;
            tracing::info!(user = %login.id, "password reset requested");
            Ok(Some(token))
        }
        _ => Ok(None),
    }
}

/// Whether a reset link still opens.
///
/// # Errors
/// When the database does not answer.
pub async fn is_reset_open(pool: &PgPool, token: &str) -> Result<bool, Error> {
    let mut connection = pool.acquire().await?;
    Ok(password_resets::owner(&mut connection, &token_hash(token))
        .await?
        .is_some())
}

/// Sets a new password by a mailed token, voids the token and ends every session of the account.
///
/// # Errors
/// When the database does not answer.
pub async fn reset_password(pool: &PgPool, token: &str, password: &str) -> Result<Reset, Error> {
    if !is_reset_open(pool, token).await? {
        return Ok(Reset::LinkExpired);
    }
    let problems: Vec<Problem> = new_password_problem(password, "")
        .await?
        .into_iter()
        .collect();
    if !problems.is_empty() {
        return Ok(Reset::Problems(problems));
    }
    let hashed = passwords::hash(password.to_owned()).await?;
    let mut transaction = pool.begin().await?;
    let Some(user) = password_resets::owner(&mut transaction, &token_hash(token)).await? else {
        return Ok(Reset::LinkExpired);
    };
    password_resets::delete(&mut transaction, user).await?;
    users::set_password(&mut transaction, user, &hashed).await?;
    transaction.commit().await?;
    tracing::info!(%user, "password reset");
    Ok(Reset::Done)
}

/// What became of a change of password.
#[derive(Debug, PartialEq, Eq)]
pub enum Change {
    /// Done; the epoch of the one session that goes on.
    Done(i32),
    Problems(Vec<Problem>),
}

/// Changes a password, given the one of today, and ends every session made before.
///
/// # Errors
/// When the database does not answer.
pub async fn change_password(
    pool: &PgPool,
    user: Uuid,
    current: &str,
    password: &str,
) -> Result<Change, Error> {
    let mut connection = pool.acquire().await?;
    let hashed = users::hashed_password(&mut connection, user)
        .await?
        .ok_or(Error::NoAccount)?;
    drop(connection);
    if !passwords::verify(current.to_owned(), Some(hashed)).await? {
        tracing::warn!(%user, "refused: not the password of today");
        let problem = wrong(account::CURRENT_PASSWORD, current);
        return Ok(Change::Problems(vec![problem]));
    }
    let problems: Vec<Problem> = new_password_problem(password, "")
        .await?
        .into_iter()
        .collect();
    if !problems.is_empty() {
        return Ok(Change::Problems(problems));
    }
    let hashed = passwords::hash(password.to_owned()).await?;
    let mut transaction = pool.begin().await?;
    let epoch = users::set_password(&mut transaction, user, &hashed).await?;
    password_resets::delete(&mut transaction, user).await?;
    transaction.commit().await?;
    tracing::info!(%user, "password changed");
    Ok(Change::Done(epoch))
}

/// What became of the wish to delete an account.
#[derive(Debug, PartialEq, Eq)]
pub enum Deletion {
    Done,
    /// The password is wrong; nothing was deleted.
    Problems(Vec<Problem>),
    /// The number could not be given back, and why; nothing was deleted.
    Blocked(Blocker),
}

/// Deletes an account for good, given its password; on request its number is given back first. What it
/// has in the operator's own accounts always goes with it.
///
/// # Errors
/// When the account is gone already or the database does not answer.
pub async fn delete(
    app: &App,
    user: Uuid,
    current: &str,
    gives_number_back: bool,
) -> Result<Deletion, Error> {
    let mut connection = app.pool.acquire().await?;
    let hashed = users::hashed_password(&mut connection, user)
        .await?
        .ok_or(Error::NoAccount)?;
    drop(connection);
    if !passwords::verify(current.to_owned(), Some(hashed)).await? {
        tracing::warn!(%user, "refused: not the password of today");
        let problem = wrong(account::DELETE_PASSWORD, current);
        return Ok(Deletion::Problems(vec![problem]));
    }
    let mut done = shared_keys::leave(app, user, Vendor::Vapi).await;
    if done.is_ok() {
        done = shared_keys::leave(app, user, Vendor::Twilio).await;
    }
    if done.is_ok() && gives_number_back {
        done = numbers::unlink(app, user).await;
    }
    match done {
        Ok(()) => {}
        Err(Halt::Blocker(blocker)) => return Ok(Deletion::Blocked(blocker)),
        Err(Halt::Error(error)) => return Err(error),
    }
    let mut connection = app.pool.acquire().await?;
    users::delete(&mut connection, user).await?;
    tracing::info!(%user, "account deleted");
    Ok(Deletion::Done)
}

const fn required(field: &'static str) -> Problem {
    Problem {
        field,
        code: Code::Required,
    }
}

/// The problem of a password that is not the one of today.
const fn wrong(field: &'static str, typed: &str) -> Problem {
    if typed.is_empty() {
        required(field)
    } else {
        Problem {
            field,
            code: Code::Malformed,
        }
    }
}

async fn new_password_problem(password: &str, email: &str) -> Result<Option<Problem>, Error> {
    if let Some(problem) = account::check_password(password) {
        return Ok(Some(problem));
    }
    let common = passwords::is_too_common(password.to_owned(), email.to_owned()).await?;
    Ok(common.then_some(Problem {
        field: account::PASSWORD,
        code: Code::TooCommon,
    }))
}

pub(super) fn random_token() -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

pub(super) fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
