//! Reading where a customer stands, and finishing.

use std::collections::HashMap;

use serde_json::json;
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::domain::progress::{Blocker, Facts, Status, StepFacts};
use crate::domain::{
    Answers, Code, Draft, Problem, Step, Value, assistant, ava, telephony, twilio, vapi,
};
use crate::server::Error;
use crate::server::store::onboarding::Record;
use crate::server::store::{self, drafts, events};

/// Everything known of one customer's onboarding at one moment.
pub struct Onboarding {
    pub user: Uuid,
    pub record: Record,
    drafts: HashMap<String, drafts::Row>,
}

impl Onboarding {
    /// Reads an active customer's onboarding.
    ///
    /// # Errors
    /// [`Error::NoAccount`] when the account is gone or disabled; or the database does not answer.
    pub async fn load(connection: &mut PgConnection, user: Uuid) -> Result<Self, Error> {
        let record = store::onboarding::load(connection, user)
            .await?
            .ok_or(Error::NoAccount)?;
        let drafts = drafts::all(connection, user)
            .await?
            .into_iter()
            .map(|row| (row.step.clone(), row))
            .collect();
        Ok(Self {
            user,
            record,
            drafts,
        })
    }

    /// Takes over answers that are to be written.
    pub fn answered(&mut self, answers: Answers) {
        let record = &mut self.record;
        let number = |answers: &Answers| answers.get(telephony::NUMBER.name).cloned();
        let before = number(&record.answers);
        record.answers.overlay(answers);
        if number(&record.answers) != before {
            // What was said of it was said of another one.
            record.number_problem = None;
            record.number_used_by = None;
        }
    }

    /// Takes over whether a step is skipped; true when that is new.
    pub fn skip(&mut self, step: Step, skipped: bool) -> bool {
        let all = &mut self.record.skipped;
        let was_skipped = all.iter().any(|id| id == step.id());
        if skipped && !was_skipped {
            all.push(step.id().to_owned());
        } else if !skipped {
            all.retain(|id| id != step.id());
        }
        skipped != was_skipped
    }

    /// Takes over a draft that is to be written, as far as its row is known before.
    pub fn draft_saved(&mut self, save: &drafts::Save) {
        let former = self.draft(save.step);
        let row = drafts::Row {
            step: save.step.id().to_owned(),
            fields: Json(save.fields.clone()),
            version: former.map_or(1, |row| row.version + 1),
            editor: save.editor,
            sequence: save.sequence,
            submitted: save.submitted || former.is_some_and(|row| row.submitted),
            completed: save.completed || former.is_some_and(|row| row.completed),
            updated_at: OffsetDateTime::now_utc(),
        };
        self.drafted(row);
    }

    /// Takes over a draft as it is stored.
    pub fn drafted(&mut self, row: drafts::Row) {
        self.drafts.insert(row.step.clone(), row);
    }

    /// The draft row of a step; absent until something was saved there.
    #[must_use]
    pub fn draft(&self, step: Step) -> Option<&drafts::Row> {
        self.drafts.get(step.id())
    }

    #[must_use]
    pub fn answers(&self) -> &Answers {
        &self.record.answers
    }

    /// Counts the saves of a step; 0 before the first.
    #[must_use]
    pub fn version(&self, step: Step) -> i64 {
        self.draft(step).map_or(0, |row| row.version)
    }

    /// When a step was saved last.
    #[must_use]
    pub fn saved_at(&self, step: Step) -> Option<OffsetDateTime> {
        self.draft(step).map(|row| row.updated_at)
    }

    /// What the columns hold of a step, as a form would show it.
    #[must_use]
    pub fn stored(&self, step: Step) -> Draft {
        let mut stored = Draft::default();
        for field in step.fields().iter().filter(|field| !field.is_secret()) {
            let value = self.record.answers.get(field.name);
            stored.set(field.name, value.map(Value::typed).unwrap_or_default());
        }
        stored
    }

    /// What was typed into a step: what is stored, and over it what was typed and not understood.
    #[must_use]
    pub fn typed(&self, step: Step) -> Draft {
        let mut typed = self.stored(step);
        if let Some(row) = self.draft(step) {
            typed.overlay(row.fields.0.clone());
        }
        typed
    }

    /// What a step's form shows: what was typed, and what is proposed where nothing ever was. A field that
    /// was emptied stays empty.
    #[must_use]
    pub fn shown(&self, step: Step, proposed: &Draft) -> Draft {
        let mut shown = self.typed(step);
        let draft = self.draft(step).map(|row| &row.fields.0);
        for (name, values) in proposed.iter() {
            let was_typed = draft.is_some_and(|draft| draft.contains(name));
            if !was_typed && shown.values(name).is_empty() {
                shown.set(name, values.to_vec());
            }
        }
        shown
    }

    /// What keeps a step from being done.
    #[must_use]
    pub fn problems(&self, step: Step) -> Vec<Problem> {
        let typed = self.typed(step);
        let mut problems = step.problems(&typed);
        match step {
            Step::Vapi if self.record.vapi_api_key_preview.is_none() => {
                problems.push(vapi::VAPI_API_KEY.problem(Code::Required));
            }
            Step::Vapi => problems.extend(
                (self
                    .record
                    .vapi_problem
                    .as_deref()
                    .and_then(Code::of_vendor))
                .map(|code| vapi::VAPI_API_KEY.problem(code)),
            ),
            // The operator's account has no fields of its own.
            Step::Twilio
                if self.record.twilio_is_shared
                    && typed.text(twilio::ACCOUNT_SID.name).is_empty() =>
            {
                problems.retain(|problem| problem.field != twilio::ACCOUNT_SID.name);
                problems.extend(self.twilio_problem());
            }
            // A stored token belongs to the stored account.
            Step::Twilio
                if self.record.auth_token_preview.is_none()
                    || typed.values(twilio::ACCOUNT_SID.name)
                        != self.stored(step).values(twilio::ACCOUNT_SID.name) =>
            {
                problems.push(twilio::AUTH_TOKEN.problem(Code::Required));
            }
            Step::Twilio => problems.extend(self.twilio_problem()),
            Step::Telephony if problems.is_empty() => {
                let said = self.record.number_problem.as_deref();
                problems.extend(
                    said.and_then(Code::of_vendor)
                        .map(|code| telephony::NUMBER.problem(code)),
                );
            }
            Step::Assistant if problems.is_empty() => {
                let languages = self.record.answers.list(ava::LANGUAGES.name);
                let spoken = assistant::voice_locale(typed.text(assistant::VOICE.name));
                let speaks =
                    spoken.is_none_or(|spoken| languages.iter().any(|l| l == spoken.code()));
                if !languages.is_empty() && !speaks {
                    problems.push(assistant::VOICE.problem(Code::Conflicting));
                }
            }
            _ => {}
        }
        problems
    }

    /// What Twilio said of the stored credentials, where it was not a good word.
    fn twilio_problem(&self) -> Option<Problem> {
        let said = self.record.twilio_problem.as_deref();
        said.and_then(Code::of_vendor)
            .map(|code| twilio::AUTH_TOKEN.problem(code))
    }

    /// The facts from which every status follows.
    #[must_use]
    pub fn facts(&self) -> Facts {
        Facts {
            steps: Step::ALL.map(|step| StepFacts {
                problems: if step == Step::Done {
                    Vec::new()
                } else {
                    self.problems(step)
                },
                touched: self.draft(step).is_some(),
                submitted: self.draft(step).is_some_and(|row| row.submitted),
                skipped: self.record.skipped.iter().any(|id| id == step.id()),
            }),
            has_vapi_key: self.record.vapi_api_key_preview.is_some(),
            vapi_key_checked: self.record.vapi_checked,
            has_twilio_credentials: self.record.auth_token_preview.is_some(),
            twilio_checked: self.record.twilio_checked,
            assistant_created: self.record.vapi_id.is_some(),
            assistant_outdated: self.record.assistant_problem.is_some(),
            number_linked: self.record.linked_number.is_some()
                && self.record.linked_number.as_deref() == self.answers().text("number"),
            live: self
                .record
                .live_blockers
                .as_ref()
                .map(|ids| ids.iter().filter_map(|id| Blocker::from_id(id)).collect()),
            terms_accepted: self.record.answers.flag("accept_terms"),
            completed: self.record.onboarding_completed,
        }
    }
}

/// What finishing came to.
#[derive(Debug, PartialEq, Eq)]
pub struct Finished {
    /// False when the onboarding had been finished before.
    pub now: bool,
}

/// Completes the onboarding, whatever is still missing for going live. Idempotent.
///
/// # Errors
/// When the account is gone or the database does not answer; nothing has changed then.
pub async fn finish(pool: &PgPool, user: Uuid) -> Result<Finished, Error> {
    let mut transaction = pool.begin().await?;
    if !store::lock_user(&mut transaction, user).await? {
        return Err(Error::NoAccount);
    }
    let Some(seconds) = store::onboarding::complete(&mut transaction, user).await? else {
        return Ok(Finished { now: false });
    };
    let onboarding = Onboarding::load(&mut transaction, user).await?;
    let facts = onboarding.facts();
    let skipped: Vec<&str> = Step::asking()
        .filter(|step| facts.status(*step) == Status::Skipped)
        .map(Step::id)
        .collect();
    events::insert(
        &mut transaction,
        user,
        "onboarding_completed",
        json!({
            "duration_seconds": seconds,
            "steps_skipped": skipped,
            "plan_selected": onboarding.answers().text("plan"),
            "live": facts.is_live(),
        }),
    )
    .await?;
    transaction.commit().await?;
    tracing::info!(%user, "onboarding completed");
    Ok(Finished { now: true })
}
