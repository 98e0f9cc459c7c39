//! Saving a step: as typed, valid or not, and without one window overwriting another.

use serde_json::{Value as Json, json};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::onboarding::{self, Onboarding};
use crate::domain::known::Kept;
use crate::domain::profile::ACCEPT_TERMS;
use crate::domain::progress::Status;
use crate::domain::{Answers, Code, Draft, Field, Intent, Problem, Step, Value};
use crate::server::{Error, store};

/// One save of one step's form.
pub struct Save {
    pub step: Step,
    /// What was typed, without secrets. A field that was not sent is absent and stays as it is.
    pub typed: Draft,
    /// What the form proposes where nothing was ever typed.
    pub proposed: Draft,
    pub intent: Intent,
    /// The version that the form was rendered from; without one the last writer wins.
    pub version: Option<i64>,
    /// The rendered form that saves, and its own order of saves.
    pub editor: Uuid,
    pub sequence: i64,
}

/// What a save came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// Stored under this version.
    Stored { version: i64 },
    /// This form has already saved something newer; nothing was changed.
    Outdated { version: i64 },
    /// Another window or device has saved other values meanwhile; nothing was changed.
    Conflict,
}

/// Stores one save on top of what was read, or of what is stored by now; with its events, at once or not
/// at all. Gives the customer as they then are.
///
/// # Errors
/// When the account is gone or the database does not answer; nothing has changed then.
pub async fn save(
    pool: &PgPool,
    mut before: Onboarding,
    save: &Save,
) -> Result<(Saved, Onboarding), Error> {
    let user = before.user;
    let mut connection = pool.acquire().await?;
    loop {
        if let Some(saved) = attempt(&mut connection, before, save).await? {
            return Ok(saved);
        }
        before = onboarding::load(&mut connection, user).await?;
    }
}

/// Stores one save on top of what was read; `None` when the account has changed since.
///
/// # Errors
/// When the database does not answer; nothing has changed then.
pub async fn attempt(
    connection: &mut PgConnection,
    before: Onboarding,
    save: &Save,
) -> Result<Option<(Saved, Onboarding)>, Error> {
    let step = save.step;
    let overtaken = overtaken(&before, save);
    let newer = match overtaken {
        // Newer typing stays; that the customer goes on counts all the same.
        Some(Saved::Outdated { .. }) if save.intent.submits() => Some(Save {
            typed: Draft::default(),
            proposed: Draft::default(),
            sequence: before.known.kept.get(&step).map_or(0, |kept| kept.sequence),
            ..*save
        }),
        Some(refused) => return Ok(Some((refused, before))),
        None => None,
    };
    let save = newer.as_ref().unwrap_or(save);
    let is_unchanged = is_unchanged(&before, save);
    let is_kept = before.known.kept.contains_key(&step);
    if save.intent == Intent::Autosave && is_kept && is_unchanged {
        return Ok(Some((stored(&before, step), before)));
    }
    let mut change = Change::of(before);
    // Where nothing was typed, what the form proposes is left alone too.
    if save.intent.submits() || !is_unchanged {
        let is_autosave = save.intent == Intent::Autosave;
        let answers = step.answers(&change.after.known, &save.typed, is_autosave);
        change.answer(answers);
    }
    match save.intent {
        Intent::Skip => change.skip(step, true),
        intent if intent.submits() => change.skip(step, false),
        _ => {}
    }
    let fields = remaining_draft(&change.after, save);
    change.keep(
        step,
        fields,
        save.intent.submits(),
        save.editor,
        save.sequence,
    );
    let after = change.write(connection).await?;
    Ok(after.map(|after| (stored(&after, step), after)))
}

fn stored(after: &Onboarding, step: Step) -> Saved {
    Saved::Stored {
        version: after.known.version(step),
    }
}

/// What a save comes to whose form has been overtaken by a newer save of the step.
#[must_use]
pub fn overtaken(before: &Onboarding, save: &Save) -> Option<Saved> {
    let newer = before
        .known
        .kept
        .get(&save.step)
        .filter(|kept| save.version.is_some_and(|version| version != kept.version))?;
    if newer.editor != save.editor.as_u128() {
        return (!is_unchanged(before, save)).then_some(Saved::Conflict);
    }
    (newer.sequence > save.sequence).then_some(Saved::Outdated {
        version: newer.version,
    })
}

fn is_unchanged(before: &Onboarding, save: &Save) -> bool {
    let shown = before.known.shown(save.step, &save.proposed);
    let is_shown = |(name, values): (&str, &[String])| shown.values(name) == values;
    save.typed.iter().all(is_shown)
}

/// A customer as a change makes them, and what is written of it.
struct Change {
    after: Onboarding,
    changed: Vec<&'static str>,
    skips: Vec<(Step, bool)>,
    kept: Vec<(Step, Kept)>,
    events: Vec<(&'static str, Json)>,
}

impl Change {
    const fn of(before: Onboarding) -> Self {
        Self {
            after: before,
            changed: Vec::new(),
            skips: Vec::new(),
            kept: Vec::new(),
            events: Vec::new(),
        }
    }

    /// Takes over answers, and notes which of them are others than before.
    fn answer(&mut self, answers: Answers) {
        let known = &mut self.after.known;
        for field in Step::asking().flat_map(Step::fields) {
            let is_other = |value| known.answers.get(field.name) != value;
            let value = answers.iter().find(|(name, _)| *name == field.name);
            if value.is_some_and(|(_, value)| is_other(value)) {
                self.changed.push(field.name);
            }
        }
        known.answered(answers);
    }

    /// Skips a step or takes that back; counts it when it was not skipped before.
    fn skip(&mut self, step: Step, skipped: bool) {
        if !self.after.known.skip(step, skipped) {
            return;
        }
        self.skips.push((step, skipped));
        if skipped {
            let properties = json!({"step_id": step.id(), "step_number": step.number()});
            self.events.push(("onboarding_step_skipped", properties));
        }
    }

    /// Keeps the draft of a step whose answers are as they will be, and counts the step the first time that
    /// it is submitted and done.
    fn keep(&mut self, step: Step, fields: Draft, submits: bool, editor: Uuid, sequence: i64) {
        let known = &mut self.after.known;
        let mut kept = known.kept.remove(&step).unwrap_or_default();
        kept.fields = fields;
        kept.version += 1;
        kept.editor = editor.as_u128();
        kept.sequence = sequence;
        kept.is_submitted |= submits;
        let was_completed = kept.is_completed;
        known.kept.insert(step, kept.clone());
        if submits && !was_completed && known.status(step) == Status::Done {
            kept.is_completed = true;
            known.kept.insert(step, kept.clone());
            let properties =
                json!({"step_id": step.id(), "step_number": step.number(), "skipped": false});
            self.events.push(("onboarding_step_completed", properties));
        }
        self.kept.push((step, kept));
    }

    /// Writes it, and gives the customer as they now are; `None` when they have changed since they were
    /// read.
    async fn write(self, connection: &mut PgConnection) -> Result<Option<Onboarding>, Error> {
        let change = store::onboarding::Change {
            user: self.after.user,
            version: &self.after.version,
            answers: &self.after.known.answers,
            changed: &self.changed,
            skips: &self.skips,
            kept: &self.kept,
            events: &self.events,
        };
        let is_written = store::onboarding::write(connection, &change).await?;
        Ok(is_written.then_some(self.after))
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

/// Accepts the terms of use outside their step, as the review offers it. Idempotent.
///
/// # Errors
/// When the account is gone or the database does not answer.
pub async fn accept_terms(pool: &PgPool, user: Uuid) -> Result<(), Error> {
    change(pool, user, |change| {
        let mut answers = Answers::default();
        answers.set(ACCEPT_TERMS.name, Some(Value::Flag(true)));
        change.answer(answers);
    })
    .await
}

/// Changes a customer from what they are to what `make` makes of it.
async fn change(pool: &PgPool, user: Uuid, make: impl Fn(&mut Change)) -> Result<(), Error> {
    let mut connection = pool.acquire().await?;
    loop {
        let mut change = Change::of(onboarding::load(&mut connection, user).await?);
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

/// Changes the named answers of some steps on top of what was read, or of what is stored by now, all or none; each is valid by its own rule already. The
/// last writer wins, unless `is_current` says that the answers are others by now. A step that is
/// whole then counts as submitted.
///
/// # Errors
/// When the account is gone or the database does not answer; nothing has changed then.
pub async fn patch(
    pool: &PgPool,
    mut before: Onboarding,
    steps: &[Step],
    named: &Draft,
    is_current: impl Fn(&Onboarding) -> bool,
) -> Result<Patched, Error> {
    let user = before.user;
    let mut connection = pool.acquire().await?;
    loop {
        if !is_current(&before) {
            return Ok(Patched::Outdated);
        }
        let mut change = Change::of(before);
        for &step in steps {
            if let Err(conflicts) = patch_step(&mut change, step, named) {
                return Ok(Patched::Refused(conflicts));
            }
        }
        if change.kept.is_empty() {
            return Ok(Patched::Stored(Box::new(change.after)));
        }
        if let Some(after) = change.write(&mut connection).await? {
            return Ok(Patched::Stored(Box::new(after)));
        }
        before = onboarding::load(&mut connection, user).await?;
    }
}

/// Changes what is named of one step; or the answers that then do not go together.
fn patch_step(change: &mut Change, step: Step, named: &Draft) -> Result<(), Vec<Problem>> {
    let is_named = |field: &&Field| named.contains(field.name);
    let fields: Vec<&Field> = step.fields().iter().filter(is_named).collect();
    if fields.is_empty() {
        return Ok(());
    }
    let kept = change.after.known.kept.get(&step);
    let mut draft = kept.map(|kept| kept.fields.clone()).unwrap_or_default();
    for field in fields {
        draft.remove(field.name);
    }
    change.answer(Answers::understood(step.fields(), named));
    let mut shown = change.after.known.stored(step);
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
    change.keep(step, draft, problems.is_empty(), Uuid::new_v4(), 0);
    Ok(())
}

/// What was typed and is not what the columns now hold, nor what the form proposes by itself; what was not
/// sent stays as it was kept. Once Continue is pressed, a field that was understood shows its stored form
/// instead of the way it was typed.
fn remaining_draft(after: &Onboarding, save: &Save) -> Draft {
    let kept = after.known.kept.get(&save.step);
    let mut remaining = kept.map(|kept| kept.fields.clone()).unwrap_or_default();
    let stored = after.known.stored(save.step);
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
        } else {
            remaining.remove(name);
        }
    }
    remaining
}
