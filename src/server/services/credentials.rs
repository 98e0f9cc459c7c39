//! Vendor credentials: opening, judging, storing and removing them.

use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::limits;
use crate::domain::{Code, Draft, Field, Problem, Value, Vendor, twilio};
use crate::server::config::{Secret, TwilioAccount};
use crate::server::store::{self, credentials as rows, events};
use crate::server::vault::{Column, preview};
use crate::server::vendors::{Failure, Refusal, twilio as twilio_vendor};
use crate::server::{App, Error};

/// Through which door credentials came; the `method` of their event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Inline,
    Settings,
    Api,
}

impl Method {
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Inline => "inline",
            Self::Settings => "settings",
            Self::Api => "api",
        }
    }
}

/// What may be shown of the operator's keys: nothing.
const SHARED_PREVIEW: &str = "****";

/// A customer's credentials, opened for as long as a vendor is asked. Never shown, never logged.
pub struct Secrets {
    pub vapi_api_key: Option<String>,
    twilio: Option<TwilioAccount>,
    /// The Twilio account is the operator's.
    pub twilio_is_shared: bool,
}

impl Secrets {
    #[must_use]
    pub fn twilio(&self) -> Option<twilio_vendor::Credentials<'_>> {
        self.twilio.as_ref().map(Into::into)
    }
}

/// Opens what a customer has stored, or the operator's keys in its place. The operator's Twilio token is
/// opened only beside the operator's Vapi key: whoever owns that key can read the token at Vapi.
///
/// # Errors
/// When the database does not answer, or a ciphertext does not open.
pub async fn open(app: &App, user: Uuid) -> Result<Secrets, Error> {
    let mut connection = app.pool.acquire().await?;
    let stored = rows::of_user(&mut connection, user).await?;
    let open = |column, sealed: &[u8]| app.vault.open(user, column, sealed);
    let twilio = match (stored.account_sid, stored.auth_token) {
        (Some(account_sid), Some(sealed)) => Some(TwilioAccount {
            account_sid,
            auth_token: Secret(open(Column::TwilioAuthToken, &sealed)?),
        }),
        _ if stored.twilio_is_shared && stored.vapi_is_shared => app.config.twilio.clone(),
        _ => None,
    };
    let vapi_api_key = match stored.vapi_api_key {
        Some(sealed) => Some(open(Column::VapiApiKey, &sealed)?),
        None if stored.vapi_is_shared => app.config.vapi_api_key.as_ref().map(|key| key.0.clone()),
        None => None,
    };
    Ok(Secrets {
        vapi_api_key,
        twilio,
        twilio_is_shared: stored.twilio_is_shared,
    })
}

/// Asks a vendor about the stored credentials, and keeps its word: accepted, or why not.
/// Silence changes nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn ask(
    app: &App,
    user: Uuid,
    secrets: &Secrets,
    vendor: Vendor,
) -> Result<Result<(), Failure>, Error> {
    let said = match (vendor, &secrets.vapi_api_key, secrets.twilio()) {
        (Vendor::Vapi, Some(key), _) => app.vendors.vapi.check(key).await,
        (Vendor::Twilio, _, Some(with)) => app.vendors.twilio.check(with).await,
        // As when the operator has withdrawn the shared key.
        _ => Err(Failure::Refused(Refusal::Wrong)),
    };
    let problem = match said {
        Ok(()) => None,
        Err(Failure::Refused(refusal)) => Some(code(refusal).id()),
        Err(_) => return Ok(said),
    };
    let mut connection = app.pool.acquire().await?;
    match vendor {
        Vendor::Vapi => rows::set_vapi_checked(&mut connection, user, problem).await?,
        Vendor::Twilio => rows::set_twilio_checked(&mut connection, user, problem).await?,
    }
    Ok(said)
}

/// Asks a vendor again about what is stored.
///
/// # Errors
/// When the database does not answer.
pub async fn recheck(app: &App, user: Uuid, vendor: Vendor) -> Result<Result<(), Failure>, Error> {
    let mut connection = app.pool.acquire().await?;
    limits::KEY_CHECK
        .need(&mut connection, user.as_bytes())
        .await?;
    drop(connection);
    let secrets = open(app, user).await?;
    ask(app, user, &secrets, vendor).await
}

const fn code(refusal: Refusal) -> Code {
    match refusal {
        Refusal::Wrong => Code::Refused,
        Refusal::PublicKey => Code::PublicKey,
        Refusal::Suspended => Code::Suspended,
        Refusal::TestCredentials => Code::TestCredentials,
    }
}

/// Credentials that a save stores.
pub struct Ready {
    /// A secret that came with the save and can be one, sealed; without one the operator's is used.
    pub(super) own: Option<rows::Pending>,
    pub(super) is_checked: bool,
}

impl Ready {
    #[must_use]
    pub const fn is_own(&self) -> bool {
        self.own.is_some()
    }
}

/// What the vendor's word on a typed secret came to.
pub enum Judged {
    /// No secret came, and none waits.
    Nothing,
    Ready(Ready),
    /// It cannot be one, or the vendor refuses it.
    Refused(Vec<Problem>),
    /// The vendor does not answer; the secret waits for a quarter of an hour.
    Silent,
    /// The operator's key is not offered to this customer, or does not work now.
    NotShared,
    /// Too many within the hour: nobody tries out keys here.
    TooMany,
}

/// Credentials as a form or a program sends them.
pub struct Asked<'a> {
    pub vendor: Vendor,
    /// What was typed beside the secret.
    pub typed: &'a Draft,
    pub secret: Option<&'a str>,
    /// The vendor is asked before they are stored.
    pub is_checked: bool,
    /// While the vendor is silent the secret waits for it.
    pub may_wait: bool,
}

/// Judges a secret before it is stored: by its form, then by its vendor. Without a new one, a secret that
/// waits is judged.
///
/// # Errors
/// When the database does not answer.
pub async fn judge(app: &App, user: Uuid, asked: &Asked<'_>) -> Result<Judged, Error> {
    let vendor = asked.vendor;
    let mut connection = app.pool.acquire().await?;
    let (pending, secret) = if let Some(secret) = asked.secret {
        match typed(app, user, asked, secret)? {
            Ok(ready) => ready,
            Err(problems) => return Ok(Judged::Refused(problems)),
        }
    } else {
        let Some(pending) = rows::held(&mut connection, user, vendor).await? else {
            return Ok(Judged::Nothing);
        };
        let secret = app
            .vault
            .open(user, column(vendor), &pending.secret_encrypted)?;
        (pending, secret)
    };
    if !may_check(&mut connection, user).await? {
        return Ok(Judged::TooMany);
    }
    drop(connection);
    if !asked.is_checked {
        return Ok(Judged::Ready(Ready {
            own: Some(pending),
            is_checked: false,
        }));
    }
    let said = match &pending.account_sid {
        None => app.vendors.vapi.check(&secret).await,
        Some(account_sid) => {
            let with = twilio_vendor::Credentials {
                account_sid,
                auth_token: &secret,
            };
            app.vendors.twilio.check(with).await
        }
    };
    let mut connection = app.pool.acquire().await?;
    match said {
        Ok(()) => Ok(Judged::Ready(Ready {
            own: Some(pending),
            is_checked: true,
        })),
        Err(Failure::Refused(refusal)) => {
            rows::drop_held(&mut connection, user, vendor).await?;
            Ok(Judged::Refused(vec![
                vendor.secret().problem(code(refusal)),
            ]))
        }
        Err(failure) => {
            tracing::warn!(%user, vendor = vendor.id(), %failure, "credentials could not be checked");
            if asked.may_wait {
                rows::hold(&mut connection, user, vendor, &pending).await?;
            }
            Ok(Judged::Silent)
        }
    }
}

/// Counts a check of this customer; false when there were too many.
pub(super) async fn may_check(connection: &mut PgConnection, user: Uuid) -> Result<bool, Error> {
    let taken = limits::KEY_CHECK.take(connection, user.as_bytes()).await?;
    Ok(taken.is_ok())
}

/// Whether a secret waits for its vendor.
///
/// # Errors
/// When the database does not answer.
pub async fn waits(app: &App, user: Uuid, vendor: Vendor) -> Result<bool, Error> {
    let mut connection = app.pool.acquire().await?;
    Ok(rows::held(&mut connection, user, vendor).await?.is_some())
}

const fn column(vendor: Vendor) -> Column {
    match vendor {
        Vendor::Twilio => Column::TwilioAuthToken,
        Vendor::Vapi => Column::VapiApiKey,
    }
}

type Typed = (rows::Pending, String);

/// A secret as it was typed, with the account it belongs to; or the problems of its form.
fn typed(
    app: &App,
    user: Uuid,
    asked: &Asked<'_>,
    secret: &str,
) -> Result<Result<Typed, Vec<Problem>>, Error> {
    let field = asked.vendor.secret();
    let secret = match field.parse(&[secret.to_owned()]) {
        Ok(Some(Value::Text(secret))) => secret,
        Ok(_) => return Ok(Err(vec![field.problem(Code::Required)])),
        Err(code) => return Ok(Err(vec![field.problem(code)])),
    };
    let text = |field: &Field| {
        let value = field.parse(asked.typed.values(field.name)).ok().flatten();
        match value {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    };
    let is_twilio = asked.vendor == Vendor::Twilio;
    if is_twilio {
        // A token alone opens nothing, so it waits for a usable account beside it.
        let sid = asked.typed.values(twilio::ACCOUNT_SID.name);
        if let Some(problem) = twilio::ACCOUNT_SID.check(sid) {
            return Ok(Err(vec![problem]));
        }
    }
    let pending = rows::Pending {
        secret_encrypted: app.vault.seal(user, column(asked.vendor), &secret)?,
        secret_preview: preview(&secret),
        account_sid: text(&twilio::ACCOUNT_SID).filter(|_| is_twilio),
        phone_number: text(&twilio::PHONE_NUMBER).filter(|_| is_twilio),
    };
    Ok(Ok((pending, secret)))
}

/// Stores a judged secret, with its event. What was known about others ends with them.
///
/// # Errors
/// When the database does not answer.
pub async fn store(
    connection: &mut PgConnection,
    user: Uuid,
    vendor: Vendor,
    method: Method,
    ready: &Ready,
) -> Result<(), Error> {
    let own = ready.own.as_ref();
    if own.is_none() && rows::of_user(connection, user).await?.is_shared(vendor) {
        return Ok(());
    }
    let sealed = own.map(|own| own.secret_encrypted.as_slice());
    let shown = own.map_or(SHARED_PREVIEW, |own| own.secret_preview.as_str());
    let is_checked = ready.is_checked;
    match vendor {
        Vendor::Vapi => {
            rows::upsert_vapi(connection, user, sealed, shown, is_checked).await?;
            if own.is_some() {
                rows::delete_shared_twilio(connection, user).await?;
            }
            // Another key may be another organisation's; the same one finds its assistant again.
            store::assistants::forget_vapi(connection, user).await?;
        }
        Vendor::Twilio => {
            let sid = own.and_then(|own| own.account_sid.as_deref());
            let number = own.and_then(|own| own.phone_number.as_deref());
            rows::upsert_twilio(connection, user, sid, (sealed, shown), number, is_checked).await?;
            store::phone_numbers::clear_check(connection, user).await?;
        }
    }
    let event = match vendor {
        Vendor::Vapi => "vapi_configured",
        Vendor::Twilio => "twilio_configured",
    };
    events::insert(connection, user, event, json!({"method": method.id()})).await?;
    rows::drop_held(connection, user, vendor).await?;
    store::readiness::clear(connection, user).await?;
    Ok(())
}

/// Forgets the credentials for a vendor. Idempotent.
///
/// # Errors
/// When the account is gone or the database does not answer; nothing has changed then.
pub async fn remove(app: &App, user: Uuid, vendor: Vendor) -> Result<(), Error> {
    let mut transaction = app.pool.begin().await?;
    if !store::lock_user(&mut transaction, user).await? {
        return Err(Error::NoAccount);
    }
    let removed = match vendor {
        Vendor::Vapi => {
            // The assistant stays in the customer's Vapi account and is found again.
            store::assistants::forget_vapi(&mut transaction, user).await?;
            rows::delete_shared_twilio(&mut transaction, user).await?;
            rows::delete_vapi(&mut transaction, user).await?
        }
        Vendor::Twilio => {
            store::phone_numbers::clear_check(&mut transaction, user).await?;
            rows::delete_twilio(&mut transaction, user).await?
        }
    };
    rows::drop_held(&mut transaction, user, vendor).await?;
    store::readiness::clear(&mut transaction, user).await?;
    transaction.commit().await?;
    tracing::info!(%user, vendor = vendor.id(), removed, "credentials removed");
    Ok(())
}
