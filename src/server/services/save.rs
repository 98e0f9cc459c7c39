//! Saving a step: as typed, valid or not, and without one window overwriting another.

use serde_json::json;
use sqlx::{Connection, PgConnection, PgPool};
use uuid::Uuid;

use super::credentials::{self, Judged, Ready};
use super::onboarding::Onboarding;
use super::{Halt, shared_keys};
use crate::domain::progress::{Blocker, Status};
use crate::domain::{Answers, Code, Draft, Field, Problem, Rule, Step, Value, twilio};
use crate::server::store::{self, drafts};
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
    /// What the form proposes where nothing was ever typed.
    pub proposed: Draft,
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

/// Stores one save, with its events, at once or not at all; a secret only once its vendor was asked.
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
    if secret.as_ref().is_some_and(Ready::is_own) {
        // Nothing is taken back for a save that is refused.
        let before = Onboarding::load(&mut *app.pool.acquire().await?, user).await?;
        if let Some(refused) = overtaken(&before, &save) {
            return Ok(refused);
        }
        match shared_keys::leave(app, user, save.step).await {
            Ok(()) => {}
            Err(Halt::Blocker(blocker)) => return Ok(Saved::Blocked(blocker)),
            Err(Halt::Error(error)) => return Err(error),
        }
    }
    let secret = secret.as_ref();
    let has_own_table = matches!(save.step, Step::Vapi | Step::Twilio | Step::Assistant);
    let mut connection = app.pool.acquire().await?;
    loop {
        let saved = if has_own_table {
            let mut transaction = connection.begin().await?;
            if !store::lock_user(&mut transaction, user).await? {
                return Err(Error::NoAccount);
            }
            let saved = attempt(&mut transaction, user, &save, secret).await?;
            transaction.commit().await?;
            saved
        } else {
            attempt(&mut connection, user, &save, secret).await?
        };
        if let Some(saved) = saved {
            return Ok(saved);
        }
    }
}

/// Saves on top of what is stored now; `None` when that has changed before it was written. A step with a
/// table of its own needs a transaction that holds the account.
async fn attempt(
    connection: &mut PgConnection,
    user: Uuid,
    save: &Save,
    secret: Option<&Ready>,
) -> Result<Option<Saved>, Error> {
    let before = Onboarding::load(connection, user).await?;
    let step = save.step;
    if let Some(refused) = overtaken(&before, save) {
        return Ok(Some(refused));
    }
    if save.intent == Intent::Autosave
        && before.draft(step).is_some()
        && is_unchanged(&before, save)
    {
        return Ok(Some(stored(&before, step)));
    }

    // Where nothing was typed, what the form proposes is left alone too.
    let is_untouched = !save.intent.submits() && secret.is_none() && is_unchanged(&before, save);
    let written = if is_untouched {
        before
    } else {
        write_answers(connection, before, save, secret).await?
    };
    let mut change = Change::of(written);
    match save.intent {
        Intent::Skip => change.skip(step, true),
        intent if intent.submits() => change.skip(step, false),
        _ => {}
    }
    let fields = remaining_draft(&change.after.stored(step), save);
    change.keep(drafts::Save {
        step,
        fields,
        editor: save.editor,
        sequence: save.sequence,
        submitted: save.intent.submits(),
        completed: false,
    });
    let after = change.write(connection).await?;
    Ok(after.map(|after| stored(&after, step)))
}

/// What a save comes to whose form has been overtaken by a newer save of the step.
fn overtaken(before: &Onboarding, save: &Save) -> Option<Saved> {
    let newer = before
        .draft(save.step)
        .filter(|row| save.version.is_some_and(|version| version != row.version))?;
    if newer.editor != save.editor {
        return (!is_unchanged(before, save)).then_some(Saved::Conflict);
    }
    (newer.sequence > save.sequence).then_some(Saved::Outdated {
        version: newer.version,
    })
}

fn is_unchanged(before: &Onboarding, save: &Save) -> bool {
    let shown = before.shown(save.step, &save.proposed);
    let is_shown = |(name, values): (&str, &[String])| shown.values(name) == values;
    save.typed.iter().all(is_shown)
}

fn stored(after: &Onboarding, step: Step) -> Saved {
    Saved::Stored {
        version: after.version(step),
        status: after.facts().status(step),
    }
}

/// A customer as a change makes them, and what is written of it.
struct Change {
    after: Onboarding,
    /// Whether other steps are skipped than before.
    skips: bool,
    drafts: Vec<drafts::Save>,
    events: Vec<(&'static str, serde_json::Value)>,
}

impl Change {
    const fn of(before: Onboarding) -> Self {
        Self {
            after: before,
            skips: false,
            drafts: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Skips a step or takes that back; counts it when it was not skipped before.
    fn skip(&mut self, step: Step, skipped: bool) {
        if !self.after.skip(step, skipped) {
            return;
        }
        self.skips = true;
        if skipped {
            let properties = json!({"step_id": step.id(), "step_number": step.number()});
            self.events.push(("onboarding_step_skipped", properties));
        }
    }

    /// Keeps the draft of a step whose answers are as they will be, and counts the step the first time that
    /// it is submitted and done.
    fn keep(&mut self, mut save: drafts::Save) {
        let step = save.step;
        let was_completed = self.after.draft(step).is_some_and(|row| row.completed);
        self.after.draft_saved(&save);
        save.completed =
            save.submitted && !was_completed && self.after.facts().status(step) == Status::Done;
        if save.completed {
            let properties =
                json!({"step_id": step.id(), "step_number": step.number(), "skipped": false});
            self.events.push(("onboarding_step_completed", properties));
        }
        self.drafts.push(save);
    }

    /// Writes it, and gives the customer as they now are; `None` when they have changed since they were read.
    async fn write(mut self, connection: &mut PgConnection) -> Result<Option<Onboarding>, Error> {
        let record = &self.after.record;
        let change = store::onboarding::Change {
            user: self.after.user,
            version: &record.version,
            answers: &record.answers,
            skipped: self.skips.then_some(&record.skipped),
            drafts: &self.drafts,
            events: &self.events,
        };
        let Some(rows) = store::onboarding::write(connection, &change).await? else {
            return Ok(None);
        };
        for row in rows {
            self.after.drafted(row);
        }
        Ok(Some(self.after))
    }
}

/// Skips steps, or takes that back. Idempotent.
///
/// # Errors
/// When the account is gone or the database does not answer; nothing has changed then.
pub async fn skip(pool: &PgPool, user: Uuid, steps: &[(Step, bool)]) -> Result<(), Error> {
    change(pool, user, |change| {
        for (step, skipped) in steps {
            change.skip(*step, *skipped);
        }
    })
    .await
}

/// Accepts the terms of use outside step 1, as the review offers it. Idempotent.
///
/// # Errors
/// When the account is gone or the database does not answer.
pub async fn accept_terms(pool: &PgPool, user: Uuid) -> Result<(), Error> {
    change(pool, user, |change| {
        let mut answers = Answers::default();
        answers.set("accept_terms", Some(Value::Flag(true)));
        change.after.answered(answers);
    })
    .await
}

/// Changes a customer from what they are to what `make` makes of it.
async fn change(pool: &PgPool, user: Uuid, make: impl Fn(&mut Change)) -> Result<(), Error> {
    let mut connection = pool.acquire().await?;
    loop {
        let mut change = Change::of(Onboarding::load(&mut connection, user).await?);
        make(&mut change);
        if change.write(&mut connection).await?.is_some() {
            return Ok(());
        }
    }
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
    let mut connection = pool.acquire().await?;
    loop {
        let before = Onboarding::load(&mut connection, user).await?;
        if !is_current(&before) {
            return Ok(Patched::Outdated);
        }
        let mut change = Change::of(before);
        for &step in steps {
            if let Err(conflicts) = patch_step(&mut change, step, named) {
                return Ok(Patched::Refused(conflicts));
            }
        }
        if change.drafts.is_empty() {
            return Ok(Patched::Stored(Box::new(change.after)));
        }
        if let Some(after) = change.write(&mut connection).await? {
            return Ok(Patched::Stored(Box::new(after)));
        }
    }
}

/// Changes what is named of one step; or the answers that then do not go together.
fn patch_step(change: &mut Change, step: Step, named: &Draft) -> Result<(), Vec<Problem>> {
    let is_named = |field: &&Field| named.contains(field.name);
    let fields: Vec<&Field> = step.fields().iter().filter(is_named).collect();
    if fields.is_empty() {
        return Ok(());
    }
    let after = &mut change.after;
    let mut draft = after
        .draft(step)
        .map(|row| row.fields.0.clone())
        .unwrap_or_default();
    for field in fields {
        draft.remove(field.name);
    }
    after.answered(understood(step.fields(), named));
    let mut shown = after.stored(step);
    shown.overlay(draft.clone());
    let problems = step.problems(&shown);
    let conflicts: Vec<Problem> = problems
        .iter()
        .filter(|problem| problem.code == Code::Conflicting)
        .copied()
        .collect();
    if !conflicts.is_empty() {
        return Err(conflicts);
    }
    change.skip(step, false);
    change.keep(drafts::Save {
        step,
        fields: draft,
        editor: Uuid::new_v4(),
        sequence: 0,
        submitted: problems.is_empty(),
        completed: false,
    });
    Ok(())
}

/// The customer with what was understood in its columns; what was not keeps its former value there. A table
/// of the step's own is written at once.
async fn write_answers(
    connection: &mut PgConnection,
    mut before: Onboarding,
    save: &Save,
    secret: Option<&Ready>,
) -> Result<Onboarding, Error> {
    let user = before.user;
    let answers = understood(save.step.fields(), &save.typed);
    if let Some(secret) = secret {
        credentials::store(connection, user, save.step, save.method, secret).await?;
    }
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
                store::credentials::set_twilio_number(connection, user, number).await?;
            }
        }
        Step::Assistant => {
            // What Vapi has is changed by pressing a button, together with Vapi.
            let waits = save.intent == Intent::Autosave && before.record.vapi_id.is_some();
            if !waits && save.step.problems(&save.typed).is_empty() {
                store::onboarding::upsert_assistant(connection, user, &answers).await?;
            }
        }
        _ => {
            before.answered(answers);
            return Ok(before);
        }
    }
    Onboarding::load(connection, user).await
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

/// What was typed and is not what the columns now hold, nor what the form proposes by itself. Once Continue
/// is pressed, a field that was understood shows its stored form instead of the way it was typed.
fn remaining_draft(stored: &Draft, save: &Save) -> Draft {
    let mut remaining = Draft::default();
    for (name, values) in save.typed.iter() {
        let Some(field) = save.step.field(name) else {
            continue;
        };
        let stored = stored.values(name);
        let understood = field
            .parse(values)
            .map(|value| value.map(|v| v.typed()).unwrap_or_default());
        let is_stored = if save.intent == Intent::Autosave {
            stored == values
        } else {
            understood.as_deref() == Ok(stored)
        };
        let proposed = save.proposed.values(name);
        let is_emptied = values.is_empty() && !proposed.is_empty();
        let is_proposed = !save.intent.submits() && stored.is_empty() && values == proposed;
        if is_emptied || !(is_stored || is_proposed) {
            remaining.set(name, values.to_vec());
        }
    }
    remaining
}
