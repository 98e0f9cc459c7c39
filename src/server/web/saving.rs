//! The save of a step's form: what a function of a step hands to the services, and where it leads.

use std::sync::Arc;

use uuid::Uuid;

use super::asked;
use super::slice::Proposes;
use super::visit::Customer;
use crate::domain::profile::{ACCEPT_TERMS, LOCALE};
use crate::domain::{
    Code, Draft, Field, Intent, Locale, Problem, Rule, Step, Vendor, hours, twilio,
};
use crate::functions::address;
use crate::functions::form::Values;
use crate::functions::outcome::{Checked, KeysRefused, KeysSaved};
use crate::functions::{Refusal, Saved, Secret, Sent};
use crate::server::services::assistants::From;
use crate::server::services::credentials::{self, Method};
use crate::server::services::follow::follow;
use crate::server::services::keys;
use crate::server::services::save::{self, Save};

/// The fields of a step as its form has sent them.
pub type Fields = Vec<(&'static Field, Values)>;

/// The values of fields as they are kept: opening hours in their one form where they are understood.
#[must_use]
pub fn draft(locale: Locale, fields: Fields) -> Draft {
    let mut draft = Draft::default();
    for (field, values) in fields {
        let Some(mut values) = values else {
            continue;
        };
        if field.rule == Rule::Hours {
            values = values
                .iter()
                .map(|text| hours::canonical(text, locale))
                .collect();
        }
        draft.set(field.name, values);
    }
    draft
}

/// Saves a step, valid or not.
///
/// # Errors
/// See [`Refusal`]; nothing has changed then.
pub async fn step(
    step: Step,
    proposes: Proposes,
    fields: Fields,
    form: Sent,
) -> Result<Saved, Refusal> {
    let customer = asked::customer()?;
    let leads_to = leads_to(step, &form, &fields);
    let tells = form.intent == Intent::Continue;
    store(customer, (step, proposes), fields, &form, leads_to, tells).await
}

/// Saves a step, and stays there.
///
/// # Errors
/// See [`Refusal`]; nothing has changed then.
pub async fn and_stay(
    step: Step,
    proposes: Proposes,
    fields: Fields,
    form: Sent,
) -> Result<Saved, Refusal> {
    let customer = asked::customer()?;
    let form = Sent {
        intent: Intent::Later,
        ..form
    };
    let leads_to = asked::step(step);
    store(customer, (step, proposes), fields, &form, leads_to, true).await
}

/// Saves a step as [`step`] does; in the settings only what is right.
///
/// # Errors
/// See [`Refusal`]; nothing has changed then.
pub async fn checked(
    step: Step,
    proposes: Proposes,
    fields: Fields,
    form: Sent,
) -> Result<Checked, Refusal> {
    if form.section.is_empty() {
        return self::step(step, proposes, fields, form)
            .await
            .map(Checked::Saved);
    }
    let customer = asked::customer()?;
    let mut problems = step.problems(&shown(&customer, step, &fields));
    // The settings do not ask for the terms.
    problems.retain(|problem| problem.field != ACCEPT_TERMS.name);
    if !problems.is_empty() {
        return Ok(Checked::Refused { problems });
    }
    let leads_to = saved_in_settings(step, &form);
    let saved = store(customer, (step, proposes), fields, &form, leads_to, true).await;
    saved.map(Checked::Saved)
}

/// What a step's form shows with these fields.
fn shown(customer: &Customer, step: Step, fields: &Fields) -> Draft {
    let mut shown = customer.onboarding.known.typed(step);
    shown.overlay(draft(customer.visit.locale, fields.clone()));
    shown
}

async fn store(
    customer: Customer,
    (step, proposes): (Step, Proposes),
    fields: Fields,
    form: &Sent,
    leads_to: String,
    tells: bool,
) -> Result<Saved, Refusal> {
    if form.intent == Intent::Compare {
        return Ok(Saved::Conflict);
    }
    let Customer { visit, onboarding } = customer;
    let onboarding = Arc::unwrap_or_clone(onboarding);
    let from = from(onboarding.known.is_completed);
    let mut save = save_of(visit.locale, step, fields, form)?;
    if form.section.is_empty() {
        save.proposed = proposes(&onboarding.known, visit.locale);
    }
    let (saved, after) = save::save(&visit.app.pool, onboarding, &save).await?;
    if tells && saved != save::Saved::Conflict {
        follow(&visit.app, &after, from, &save.typed).await?;
    }
    Ok(answer(saved, leads_to))
}

/// Saves the step of a vendor's keys; a secret is stored once its vendor has accepted it. The settings are
/// strict.
///
/// # Errors
/// See [`Refusal`]; nothing has changed then.
pub async fn keys(
    vendor: Vendor,
    mut fields: Fields,
    secret: &Secret,
    form: Sent,
) -> Result<KeysSaved, Refusal> {
    let (step, customer) = (vendor.step(), asked::customer()?);
    if form.intent == Intent::Compare {
        return Ok(KeysSaved::Saved(Saved::Conflict));
    }
    let mut secret = secret.given();
    if form.intent == Intent::UseShared {
        // Nothing of what was typed: the operator's credentials take its place.
        secret = None;
        for (_, values) in &mut fields {
            *values = Some(Vec::new());
        }
    }
    let known = &customer.onboarding.known;
    let stored = match vendor {
        Vendor::Vapi => &known.vapi,
        Vendor::Twilio => &known.twilio,
    };
    if stored.preview.is_some() && secret.is_some() && !customer.is_fresh() {
        return Err(Refusal::LogInAgain);
    }
    let (method, leads_to) = if form.section.is_empty() {
        (Method::Inline, leads_to(step, &form, &fields))
    } else {
        let problems = strict_problems(&customer, vendor, &fields, secret, form.intent).await?;
        if !problems.is_empty() {
            return Ok(KeysSaved::Refused(KeysRefused::Refused { problems }));
        }
        (Method::Settings, saved_in_settings(step, &form))
    };
    let Customer { visit, onboarding } = customer;
    let onboarding = Arc::unwrap_or_clone(onboarding);
    let save = save_of(visit.locale, step, fields, &form)?;
    let saved = keys::save(&visit.app, onboarding, vendor, secret, method, &save).await?;
    let refused = match saved {
        keys::Saved::Saved(saved) => return Ok(KeysSaved::Saved(answer(saved, leads_to))),
        keys::Saved::Refused(problems) => KeysRefused::Refused { problems },
        keys::Saved::Waits => KeysRefused::Waits,
        keys::Saved::NotShared => KeysRefused::NotShared,
        keys::Saved::Blocked(blocker) => KeysRefused::Blocked { blocker },
        keys::Saved::TooMany => return Err(Refusal::TooManyAttempts { seconds: 600 }),
    };
    Ok(KeysSaved::Refused(refused))
}

/// What the settings refuse, other than a step: everything that is wrong or missing.
async fn strict_problems(
    customer: &Customer,
    vendor: Vendor,
    fields: &Fields,
    secret: Option<&str>,
    intent: Intent,
) -> Result<Vec<Problem>, Refusal> {
    if intent == Intent::UseShared {
        return Ok(Vec::new());
    }
    let known = &customer.onboarding.known;
    let typed = shown(customer, vendor.step(), fields);
    let mut problems = vendor.step().problems(&typed);
    let sid = typed.text(twilio::ACCOUNT_SID.name);
    let keeps_shared =
        vendor == Vendor::Twilio && known.twilio.is_shared && secret.is_none() && sid.is_empty();
    if keeps_shared {
        problems.retain(|problem| problem.field != twilio::ACCOUNT_SID.name);
        return Ok(problems);
    }
    let keeps = match vendor {
        Vendor::Vapi => known.vapi.is_stored(),
        Vendor::Twilio => known.twilio.is_stored() && twilio::fits(known, sid),
    };
    // A secret that waits for its vendor is not typed again.
    if secret.is_none()
        && !keeps
        && !credentials::waits(&customer.visit.app, customer.user(), vendor).await?
    {
        problems.push(vendor.secret().problem(Code::Required));
    }
    Ok(problems)
}

/// What the services are to save of a form; nothing is proposed in it.
fn save_of(locale: Locale, step: Step, fields: Fields, form: &Sent) -> Result<Save, Refusal> {
    let editor = match form.editor.as_str() {
        "" => Uuid::new_v4(),
        id => id.parse().map_err(|_| Refusal::Malformed)?,
    };
    Ok(Save {
        step,
        typed: draft(locale, fields),
        proposed: Draft::default(),
        intent: form.intent,
        version: Some(form.version),
        editor,
        sequence: form.sequence,
    })
}

fn answer(saved: save::Saved, leads_to: String) -> Saved {
    match saved {
        save::Saved::Stored { version } | save::Saved::Outdated { version } => {
            let to = leads_to;
            Saved::Stored { version, to }
        }
        save::Saved::Conflict => Saved::Conflict,
    }
}

const fn from(is_completed: bool) -> From {
    if is_completed {
        From::Studio
    } else {
        From::Onboarding
    }
}

fn saved_in_settings(step: Step, form: &Sent) -> String {
    asked::place(step, &form.section, &form.return_to).with("notice", "saved")
}

/// Where the buttons of a step lead: on, back to where it was opened, or away. Another language that was
/// chosen for the account is gone on in.
fn leads_to(step: Step, form: &Sent, fields: &Fields) -> String {
    let visit = asked::visit();
    match form.intent {
        Intent::Later => return asked::later(),
        Intent::Autosave => return asked::step(step),
        _ => {}
    }
    let chosen = fields
        .iter()
        .find(|(field, _)| field.name == LOCALE.name)
        .and_then(|(_, values)| Locale::from_code(values.as_ref()?.first()?))
        .filter(|_| form.intent == Intent::Continue);
    let path = match form.return_to.as_str() {
        "done" => address::step(Step::Done),
        "studio" => address::STUDIO.to_owned(),
        _ => address::step(step.next().unwrap_or(Step::Done)),
    };
    format!("/{}{path}", chosen.unwrap_or(visit.locale).code())
}
