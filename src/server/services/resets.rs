//! The way back in after a forgotten password: a link by mail.

use sqlx::{Connection, PgPool};

use super::accounts::{new_password_problem, set_password};
use super::passwords::RESET_MINUTES;
use super::visitor::{Visitor, canonical_or_typed};
use super::{limits, notices, opaque, passwords};
use crate::domain::account::EMAIL;
use crate::domain::{Locale, Problem};
use crate::server::store::{password_resets, users};
use crate::server::{App, Error};

/// What became of the wish for a reset link.
#[derive(Debug, PartialEq, Eq)]
pub enum Forgot {
    /// It is on its way, if there is such an account.
    Sent,
    Problems(Vec<Problem>),
}

/// Mails a link to set a new password to the stored address, if there is such an account: nobody is told.
///
/// # Errors
/// When the database does not answer.
pub async fn request(
    app: &App,
    visitor: &Visitor<'_>,
    email: &str,
    locale: Locale,
) -> Result<Forgot, Error> {
    if let Some(problem) = EMAIL.check(&[email.to_owned()]) {
        return Ok(Forgot::Problems(vec![problem]));
    }
    open(app, visitor, email, locale).await?;
    Ok(Forgot::Sent)
}

/// Opens a reset for an address and puts its mail into the outbox, unless there is no such active account, or this
/// visitor or all together have asked too often.
async fn open(app: &App, visitor: &Visitor<'_>, email: &str, locale: Locale) -> Result<(), Error> {
    let mut connection = app.pool.acquire().await?;
    let by_visitor = limits::RESET_OF_VISITOR
        .take(&mut connection, &visitor.alone())
        .await?;
    if by_visitor.is_err() {
        return Ok(());
    }
    let canonical = canonical_or_typed(email);
    let login = users::by_email(&mut connection, &canonical, email.trim()).await?;
    let Some(user) = login.filter(|login| login.is_active).map(|login| login.id) else {
        return Ok(());
    };
    let token = opaque::random();
    let mut transaction = connection.begin().await?;
    let hash = opaque::hash(&token);
    if !password_resets::replace(&mut transaction, user, &hash, RESET_MINUTES).await? {
        tracing::warn!(%user, "too many password resets requested");
        return Ok(());
    }
    notices::reset(app, &mut transaction, user, locale, &token).await?;
    transaction.commit().await?;
    app.mailer.wake();
    tracing::info!(%user, "password reset requested");
    Ok(())
}

/// Whether a reset link still opens.
///
/// # Errors
/// When the database does not answer.
pub async fn is_open(pool: &PgPool, token: &str) -> Result<bool, Error> {
    let mut connection = pool.acquire().await?;
    Ok(
        password_resets::owner(&mut connection, &opaque::hash(token))
            .await?
            .is_some(),
    )
}

/// What became of a new password after a reset.
#[derive(Debug, PartialEq, Eq)]
pub enum Reset {
    Done,
    /// The link is unknown, used, replaced or too old.
    LinkExpired,
    Problems(Vec<Problem>),
}

/// Sets a new password by a mailed token, voids the token, ends every session of the account and says so by mail.
///
/// # Errors
/// When the database does not answer.
pub async fn reset_password(
    app: &App,
    visitor: &Visitor<'_>,
    token: &str,
    password: &str,
) -> Result<Reset, Error> {
    let mut connection = app.pool.acquire().await?;
    limits::LOG_IN_OF_VISITOR
        .need(&mut connection, &visitor.alone())
        .await?;
    let Some(user) = password_resets::owner(&mut connection, &opaque::hash(token)).await? else {
        return Ok(Reset::LinkExpired);
    };
    drop(connection);
    if let Some(problem) = new_password_problem(&app.pool, user, password).await? {
        return Ok(Reset::Problems(vec![problem]));
    }
    let hashed = passwords::hash(password.to_owned()).await?;
    let mut transaction = app.pool.begin().await?;
    let Some(user) = password_resets::take(&mut transaction, &opaque::hash(token)).await? else {
        return Ok(Reset::LinkExpired);
    };
    set_password(&mut transaction, user, &hashed).await?;
    transaction.commit().await?;
    app.mailer.wake();
    tracing::info!(%user, "password reset");
    Ok(Reset::Done)
}
