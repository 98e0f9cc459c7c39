//! Sign-up, log-in, a new password, and the end of an account.

use serde_json::json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::passwords::Fit;
use super::visitor::{Place, Visitor, canonical_or_typed};
use super::{Halt, limits, notices, numbers, password_policy, passwords, shared_keys};
use crate::domain::account::{self, EMAIL};
use crate::domain::progress::Blocker;
use crate::domain::{Code, Locale, Problem, Value, Vendor, email};
use crate::server::store::{events, outbox, password_resets, users};
use crate::server::{App, Error};

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
    let names: &[&str] = if problems.is_empty() { &[email] } else { &[] };
    problems.extend(password_policy::problem(password, names));
    let Ok(Some(Value::Text(email))) = EMAIL.parse(&[email.to_owned()]) else {
        return Ok(SignUp::Problems(problems));
    };
    if !problems.is_empty() {
        return Ok(SignUp::Problems(problems));
    }
    let canonical = canonical_or_typed(&email);
    let mut connection = pool.acquire().await?;
    if visitor.limited
        && let Err(seconds) = limits::SIGN_UP
            .take(&mut connection, &visitor.alone())
            .await?
    {
        return Ok(SignUp::Wait(seconds));
    }
    let is_new = users::by_email(&mut connection, &canonical, &email)
        .await?
        .is_none();
    drop(connection);
    // Either way one hash is computed, so that the time does not tell who has an account.
    if is_new && let Some(user) = insert(pool, &email, &canonical, password, locale).await? {
        return Ok(SignUp::Welcome(Welcome {
            user,
            session_epoch: 0,
            locale: Some(locale),
            onboarding_completed: false,
        }));
    }
    match log_in(pool, visitor, &email, password).await? {
        LogIn::Welcome(welcome) => Ok(SignUp::Welcome(welcome)),
        LogIn::Wrong => Ok(SignUp::Problems(vec![EMAIL.problem(Code::Taken)])),
        LogIn::Problems(problems) => Ok(SignUp::Problems(problems)),
        LogIn::Wait(seconds) => Ok(SignUp::Wait(seconds)),
    }
}

/// Makes an account; `None` when the address was taken meanwhile.
async fn insert(
    pool: &PgPool,
    email: &str,
    canonical: &str,
    password: &str,
    locale: Locale,
) -> Result<Option<Uuid>, Error> {
    let hashed = passwords::hash(password.to_owned()).await?;
    let mut transaction = pool.begin().await?;
    let user = users::insert(&mut transaction, email, canonical, &hashed, locale).await?;
    if let Some(user) = user {
        events::insert(&mut transaction, user, "onboarding_started", json!({})).await?;
        transaction.commit().await?;
        tracing::info!(%user, "signed up");
    }
    Ok(user)
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
    if passwords::normalized(password).chars().count() > account::PASSWORD_MAX
        || email.chars().count() > 254
    {
        return Ok(LogIn::Wrong);
    }
    let canonical = canonical_or_typed(email);
    let place = Place::of(visitor, &canonical);
    let mut connection = pool.acquire().await?;
    if let Err(seconds) = place.take(&mut connection).await? {
        return Ok(LogIn::Wait(seconds));
    }
    let login = users::by_email(&mut connection, &canonical, email).await?;
    drop(connection);

    let hashed = login.as_ref().map(|login| login.hashed_password.clone());
    let fit = passwords::verify(password.to_owned(), hashed).await?;
    match login {
        Some(login) if fit != Fit::No && login.is_active => {
            let mut connection = pool.acquire().await?;
            place.give_back(&mut connection).await?;
            if fit == Fit::Outdated {
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

/// Gives each account the one form of its address that log-in looks for. Where two would have the same, the one that
/// is older has it; the other is found by its own spelling, and the operator is told.
///
/// # Errors
/// When the database does not answer.
pub async fn make_canonical(pool: &PgPool) -> Result<(), Error> {
    const AT_ONCE: i64 = 1_000;
    let mut connection = pool.acquire().await?;
    let mut after = Uuid::nil();
    loop {
        let rows = users::without_canonical(&mut connection, after, AT_ONCE).await?;
        let Some((last, _)) = rows.last() else { break };
        after = *last;
        let (ids, forms): (Vec<Uuid>, Vec<String>) = rows
            .iter()
            .filter_map(|(id, typed)| Some((*id, email::canonical(typed)?)))
            .unzip();
        users::set_canonical(&mut connection, &ids, &forms).await?;
    }
    for (user, _) in users::without_canonical(&mut connection, Uuid::nil(), AT_ONCE).await? {
        tracing::error!(%user, "the address is none, or is that of another account in another spelling");
    }
    Ok(())
}

/// Stores a new password, voids what would have replaced the old one, and tells the account by mail. Takes the rows in
/// one order, so that nobody waits for each other.
pub(super) async fn set_password(
    connection: &mut PgConnection,
    user: Uuid,
    hashed: &str,
) -> Result<i32, Error> {
    password_resets::delete(connection, user).await?;
    outbox::delete_reset(connection, user).await?;
    let epoch = users::set_password(connection, user, hashed).await?;
    notices::password_changed(connection, user).await?;
    Ok(epoch)
}

/// Whether a password is the one of today.
///
/// # Errors
/// [`Error::TooMany`] when that was asked too often.
async fn is_present_password(pool: &PgPool, user: Uuid, current: &str) -> Result<bool, Error> {
    if current.is_empty() {
        // No attempt: a field was left out, as in a form that is sent again without its secrets.
        return Ok(false);
    }
    let mut connection = pool.acquire().await?;
    let limit = &limits::CURRENT_PASSWORD;
    limit.need(&mut connection, user.as_bytes()).await?;
    let hashed = users::hashed_password(&mut connection, user)
        .await?
        .ok_or(Error::NoAccount)?;
    drop(connection);
    let fits = passwords::verify(current.to_owned(), Some(hashed)).await? != Fit::No;
    if fits {
        let mut connection = pool.acquire().await?;
        limit.clear(&mut connection, user.as_bytes()).await?;
    } else {
        tracing::warn!(%user, "refused: not the password of today");
    }
    Ok(fits)
}

/// The problem of a password that is not the one of today.
///
/// # Errors
/// [`Error::TooMany`], or when the database does not answer.
pub async fn confirm(pool: &PgPool, user: Uuid, current: &str) -> Result<Option<Problem>, Error> {
    let is_right = is_present_password(pool, user, current).await?;
    Ok((!is_right).then(|| wrong(account::CURRENT_PASSWORD, current)))
}

/// What became of a change of password.
#[derive(Debug, PartialEq, Eq)]
pub enum Change {
    /// Done; the epoch of the one session that goes on.
    Done(i32),
    Problems(Vec<Problem>),
}

/// Changes a password, given the one of today, ends every session made before and says so by mail.
///
/// # Errors
/// When the database does not answer.
pub async fn change_password(
    app: &App,
    user: Uuid,
    current: &str,
    password: &str,
) -> Result<Change, Error> {
    if !is_present_password(&app.pool, user, current).await? {
        let problem = wrong(account::CURRENT_PASSWORD, current);
        return Ok(Change::Problems(vec![problem]));
    }
    if let Some(problem) = new_password_problem(&app.pool, user, password).await? {
        return Ok(Change::Problems(vec![problem]));
    }
    let hashed = passwords::hash(password.to_owned()).await?;
    let mut transaction = app.pool.begin().await?;
    let epoch = set_password(&mut transaction, user, &hashed).await?;
    transaction.commit().await?;
    app.mailer.wake();
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
    if !is_present_password(&app.pool, user, current).await? {
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

/// What keeps a password from becoming the account's.
pub(super) async fn new_password_problem(
    pool: &PgPool,
    user: Uuid,
    password: &str,
) -> Result<Option<Problem>, Error> {
    let mut connection = pool.acquire().await?;
    let names = users::names(&mut connection, user).await?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Ok(password_policy::problem(password, &names))
}
