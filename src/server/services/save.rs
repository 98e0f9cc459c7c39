//! Saving a step: as typed, valid or not, and without one window overwriting another.

use serde_json::json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::Halt;
use super::credentials::{self, Judged};
use super::onboarding::Onboarding;
use crate::domain::progress::{Blocker, Status};
use crate::domain::{Answers, Code, Draft, Field, Problem, Rule, Step, Value, twilio};
use crate::server::store::{self, drafts, events};
use crate::server::{App, Error};

/// What the customer wants beside keeping what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Nothing; the form saved itself.
    Autosave,
    Continue,
    Skip,
    Later,
    /// As Continue, with the secret that waits for its vendor stored as it is.
    StoreUnchecked,
    /// As Continue, with the operator's credentials.
    UseShared,
}

impl Intent {
    /// Whether the customer means the step to be done.
    const fn submits(self) -> bool {
        matches!(
            self,
            Self::Continue | Self::StoreUnchecked | Self::UseShared
        )
    }
}

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

/// One save of one step's form.
pub struct Save {
    pub step: Step,
    /// What was typed, without secrets.
    pub typed: Draft,
    /// A secret that was typed; never kept as a draft.
    pub secret: Option<String>,
    pub intent: Intent,
    pub method: Method,
    /// The version that the form was rendered from; without one the last writer wins.
    pub version: Option<i64>,
    /// The rendered form that saves, and its own order of saves.
    pub editor: Uuid,
    pub sequence: i64,
}

/// What a save came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Saved {
    /// Stored under this version, and where the step stands now.
    Stored { version: i64, status: Status },
    /// This form has already saved something newer; nothing was changed.
    Outdated { version: i64 },
    /// Another window or device has saved other values meanwhile; nothing was changed.
    Conflict,
    /// The secret cannot be one, or its vendor refuses it; nothing was changed.
    SecretRefused(Vec<Problem>),
    /// The vendor of the secret does not answer. The secret waits; nothing else was changed.
    SecretWaits,
    /// The operator's key is not offered, or does not work now; nothing was changed.
    NotShared,
    /// What was made with the operator's key cannot be taken back now; nothing was changed.
    Blocked(Blocker),
    /// Too many secrets were tried within the hour; nothing was changed.
    TooManySecrets,
}

/// Stores one save in one transaction, with its events; a secret only once its vendor was asked.
///
/// # Errors
/// When the account is gone or the database does not answer; nothing has changed then.
pub async fn save(app: &App, user: Uuid, save: Save) -> Result<Saved, Error> {
    let secret = match credentials::judge(app, user, &save).await? {
        Judged::Refused(problems) => return Ok(Saved::SecretRefused(problems)),
        Judged::Silent => return Ok(Saved::SecretWaits),
        Judged::NotShared => return Ok(Saved::NotShared),
        Judged::TooMany => return Ok(Saved::TooManySecrets),
        Judged::Ready(ready) => Some(ready),
        Judged::Nothing => None,
    };
    if secret.as_ref().is_some_and(credentials::Ready::is_own) {
        match credentials::leave_shared(app, user, save.step).await {
            Ok(()) => {}
            Err(Halt::Blocker(blocker)) => return Ok(Saved::Blocked(blocker)),
            Err(Halt::Error(error)) => return Err(error),
        }
    }
    let mut transaction = app.pool.begin().await?;
    if !store::lock_user(&mut transaction, user).await? {
        return Err(Error::NoAccount);
    }
    let before = Onboarding::load(&mut transaction, user).await?;
    let step = save.step;
    let shown = before.typed(step);
    let unchanged = save
        .typed
        .iter()
        .all(|(name, values)| shown.values(name) == values);
    let newer = before
        .draft(step)
        .filter(|row| save.version.is_some_and(|version| version != row.version));
    if let Some(row) = newer {
        if row.editor == save.editor {
            if row.sequence > save.sequence {
                return Ok(Saved::Outdated {
                    version: row.version,
                });
            }
        } else if !unchanged {
            return Ok(Saved::Conflict);
        }
    }
    if unchanged && save.intent == Intent::Autosave && before.draft(step).is_some() {
        let (version, status) = (before.version(step), before.facts().status(step));
        return Ok(Saved::Stored { version, status });
    }

    if let Some(secret) = &secret {
        credentials::store(&mut transaction, user, step, save.method, secret).await?;
    }
    write_answers(&mut transaction, &before, &save).await?;
    match save.intent {
        Intent::Skip => {
            set_skipped(&mut transaction, user, step, true).await?;
        }
        Intent::Continue | Intent::StoreUnchecked | Intent::UseShared => {
            set_skipped(&mut transaction, user, step, false).await?;
        }
        Intent::Autosave | Intent::Later => {}
    }

    let written = Onboarding::load(&mut transaction, user).await?;
    let fields = remaining_draft(&written.stored(step), &save);
    let submitted = save.intent.submits();
    let kept = Kept {
        step,
        fields,
        editor: save.editor,
        sequence: save.sequence,
        submitted,
    };
    let after = keep_draft(&mut transaction, written, kept).await?;
    transaction.commit().await?;
    let (version, status) = (after.version(step), after.facts().status(step));
    Ok(Saved::Stored { version, status })
}

/// What is kept of a save beside the answers.
struct Kept {
    step: Step,
    fields: Draft,
    editor: Uuid,
    sequence: i64,
    submitted: bool,
}

/// Keeps the draft of a step whose answers are written, and counts the step the first time that it
/// is submitted and done. Gives the customer as they now are.
async fn keep_draft(
    connection: &mut PgConnection,
    written: Onboarding,
    kept: Kept,
) -> Result<Onboarding, Error> {
    let (user, step) = (written.user, kept.step);
    let was_completed = written.draft(step).is_some_and(|row| row.completed);
    let mut save = drafts::Save {
        step,
        fields: &kept.fields,
        editor: kept.editor,
        sequence: kept.sequence,
        submitted: kept.submitted,
        completed: false,
    };
    let expected = written.drafted(save.row());
    save.completed =
        kept.submitted && !was_completed && expected.facts().status(step) == Status::Done;
    if save.completed {
        let properties =
            json!({"step_id": step.id(), "step_number": step.number(), "skipped": false});
        events::insert(connection, user, "onboarding_step_completed", properties).await?;
    }
    let row = drafts::upsert(connection, user, &save).await?;
    Ok(expected.drafted(row))
}

/// Stores whether a step is skipped, and counts it when it was not before.
async fn set_skipped(
    connection: &mut PgConnection,
    user: Uuid,
    step: Step,
    skipped: bool,
) -> Result<(), Error> {
    let changed = store::onboarding::set_skipped(connection, user, step, skipped).await?;
    if changed && skipped {
        let properties = json!({"step_id": step.id(), "step_number": step.number()});
        events::insert(connection, user, "onboarding_step_skipped", properties).await?;
    }
    Ok(())
}

/// Skips steps, or takes that back. Idempotent.
///
/// # Errors
/// When the account is gone or the database does not answer; nothing has changed then.
pub async fn skip(pool: &PgPool, user: Uuid, steps: &[(Step, bool)]) -> Result<(), Error> {
    let mut transaction = pool.begin().await?;
    if !store::lock_user(&mut transaction, user).await? {
        return Err(Error::NoAccount);
    }
    for (step, skipped) in steps {
        set_skipped(&mut transaction, user, *step, *skipped).await?;
    }
    Ok(transaction.commit().await?)
}

/// What became of a change of single answers.
pub enum Patched {
    /// Stored; the customer as they now are.
    Stored(Box<Onboarding>),
    /// The answers are not the ones that the caller knows; nothing was changed.
    Outdated,
    /// They do not go together; nothing was changed.
    Refused(Vec<Problem>),
}

/// Changes the named answers of some steps, all or none; each is valid by its own rule already. The
/// last writer wins, unless `is_current` says that the answers are others by now. A step that is
/// whole then counts as submitted.
///
/// # Errors
/// When the account is gone or the database does not answer; nothing has changed then.
pub async fn patch(
    pool: &PgPool,
    user: Uuid,
    steps: &[Step],
    named: &Draft,
    is_current: impl Fn(&Onboarding) -> bool,
) -> Result<Patched, Error> {
    let mut transaction = pool.begin().await?;
    if !store::lock_user(&mut transaction, user).await? {
        return Err(Error::NoAccount);
    }
    let mut now = Onboarding::load(&mut transaction, user).await?;
    if !is_current(&now) {
        return Ok(Patched::Outdated);
    }
    for &step in steps {
        let is_named = |field: &&Field| named.contains(field.name);
        let fields: Vec<&Field> = step.fields().iter().filter(is_named).collect();
        if fields.is_empty() {
            continue;
        }
        let mut stored = now.stored(step);
        let mut draft = now
            .draft(step)
            .map(|row| row.fields.0.clone())
            .unwrap_or_default();
        for field in &fields {
            stored.set(field.name, named.values(field.name).to_vec());
            draft.remove(field.name);
        }
        let mut shown = stored.clone();
        shown.overlay(draft.clone());
        let problems = step.problems(&shown);
        let conflicts: Vec<Problem> = problems
            .iter()
            .filter(|problem| problem.code == Code::Conflicting)
            .copied()
            .collect();
        if !conflicts.is_empty() {
            return Ok(Patched::Refused(conflicts));
        }
        let answers = understood(step.fields(), named);
        store::onboarding::update_answers(&mut transaction, user, &answers).await?;
        if now.record.skipped.iter().any(|id| id == step.id()) {
            set_skipped(&mut transaction, user, step, false).await?;
            now.record.skipped.retain(|id| id != step.id());
        }
        let kept = Kept {
            step,
            fields: draft,
            editor: Uuid::new_v4(),
            sequence: 0,
            submitted: problems.is_empty(),
        };
        now = keep_draft(&mut transaction, now.answered(answers), kept).await?;
    }
    transaction.commit().await?;
    Ok(Patched::Stored(Box::new(now)))
}

/// Writes what was understood to its columns. What was not keeps its former value there.
async fn write_answers(
    connection: &mut PgConnection,
    before: &Onboarding,
    save: &Save,
) -> Result<(), Error> {
    let answers = understood(save.step.fields(), &save.typed);
    match save.step {
        Step::Vapi => {}
        Step::Twilio => {
            // The account is written together with its token; beside a stored one only the number.
            if before.record.auth_token_preview.is_some()
                && twilio::PHONE_NUMBER
                    .parse(save.typed.values(twilio::PHONE_NUMBER.name))
                    .is_ok()
            {
                let number = answers.text(twilio::PHONE_NUMBER.name);
                store::credentials::set_twilio_number(connection, before.user, number).await?;
            }
        }
        Step::Assistant => {
            // What Vapi has is changed by pressing a button, together with Vapi.
            let waits = save.intent == Intent::Autosave && before.record.vapi_id.is_some();
            if !waits && save.step.problems(&save.typed).is_empty() {
                store::onboarding::upsert_assistant(connection, before.user, &answers).await?;
            }
        }
        _ => store::onboarding::update_answers(connection, before.user, &answers).await?,
    }
    Ok(())
}

/// The fields that could be understood, as their columns take them.
fn understood(fields: &'static [Field], typed: &Draft) -> Answers {
    let mut answers = Answers::default();
    for field in fields
        .iter()
        .filter(|field| !field.is_secret() && typed.contains(field.name))
    {
        let Ok(value) = field.parse(typed.values(field.name)) else {
            continue;
        };
        match (value, field.rule) {
            (None, Rule::Choices(_)) => answers.set(field.name, Some(Value::List(Vec::new()))),
            // These columns always hold a value; an emptied field stays a draft.
            (None, _) if matches!(field.name, "plan" | "seats") => {}
            (value, _) => answers.set(field.name, value),
        }
    }
    answers
}

/// What was typed and is not what the columns now hold. Once Continue is pressed, a field that was
/// understood shows its stored form instead of the way it was typed.
fn remaining_draft(stored: &Draft, save: &Save) -> Draft {
    let mut remaining = Draft::default();
    for (name, values) in save.typed.iter() {
        let Some(field) = save.step.field(name) else {
            continue;
        };
        let understood = field
            .parse(values)
            .map(|value| value.map(|v| v.typed()).unwrap_or_default());
        let is_stored = understood.as_deref() == Ok(stored.values(name));
        let settled = if save.intent == Intent::Autosave {
            stored.values(name) == values
        } else {
            is_stored
        };
        if !settled {
            remaining.set(name, values.to_vec());
        }
    }
    remaining
}

/// Accepts the terms of use outside step 1, as the review offers it. Idempotent.
///
/// # Errors
/// When the account is gone or the database does not answer.
pub async fn accept_terms(pool: &PgPool, user: Uuid) -> Result<(), Error> {
    let mut transaction = pool.begin().await?;
    if !store::lock_user(&mut transaction, user).await? {
        return Err(Error::NoAccount);
    }
    let mut answers = Answers::default();
    answers.set("accept_terms", Some(Value::Flag(true)));
    store::onboarding::update_answers(&mut transaction, user, &answers).await?;
    Ok(transaction.commit().await?)
}
