//! The answers of the nine steps, as stored in `users` and the tables beside it.

use serde_json::json;
use sqlx::PgConnection;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::drafts;
use crate::domain::profile::TERMS_VERSION;
use crate::domain::{Answers, Draft, Value};

/// Everything stored of one customer's onboarding, except drafts.
pub struct Record {
    /// Another after every change of the account's row.
    pub version: String,
    pub email: String,
    pub session_epoch: i32,
    pub answers: Answers,
    /// Identifiers of the skipped steps.
    pub skipped: Vec<String>,
    pub onboarding_completed: bool,
    pub onboarding_completed_at: Option<OffsetDateTime>,
    pub created_at: OffsetDateTime,
    pub vapi_api_key_preview: Option<String>,
    /// The operator's key is used.
    pub vapi_is_shared: bool,
    pub vapi_checked: bool,
    pub auth_token_preview: Option<String>,
    /// The operator's account is used.
    pub twilio_is_shared: bool,
    pub twilio_checked: bool,
    pub vapi_id: Option<String>,
    /// The vendor's latest word on each, where it was not a good one.
    pub vapi_problem: Option<String>,
    pub twilio_problem: Option<String>,
    pub assistant_problem: Option<String>,
    /// What Twilio said of the number that is now the answer of step 5.
    pub number_problem: Option<String>,
    pub number_used_by: Option<String>,
    /// The number that is linked to the assistant.
    pub linked_number: Option<String>,
    /// What was missing when the vendors were last asked, and when that was.
    pub live_blockers: Option<Vec<String>>,
    pub live_checked_at: Option<OffsetDateTime>,
}

/// Reads an active customer's record in one query.
///
/// # Errors
/// When the database does not answer.
pub async fn load(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<Option<Record>> {
    let row = sqlx::query!(
        r#"SELECT u.xmin::text AS "version!", u.email, u.session_epoch, u.onboarding_completed, u.onboarding_completed_at, u.created_at,
            jsonb_build_object(
                'full_name', u.full_name, 'organization_name', u.organization_name, 'industry', u.industry,
                'timezone', u.timezone, 'locale', u.locale, 'marketing_opt_in', u.marketing_opt_in,
                'accept_terms', u.accept_terms,
                'persona', u.persona, 'job_to_be_done', u.job_to_be_done, 'languages', u.languages,
                'tone', u.tone, 'guidelines', u.guidelines,
                'account_sid', t.account_sid, 'phone_number', t.phone_number,
                'number', u.number, 'business_hours', u.business_hours, 'fallback_email', u.fallback_email,
                'calendar', u.calendar, 'workspace_apps', u.workspace_apps, 'crm', u.crm,
                'name', a.name, 'voice', a.voice, 'first_message', a.first_message,
                'instructions', a.instructions,
                'plan', u.plan, 'seats', u.seats
            ) AS "answers!: Json<Answers>",
            array_remove(ARRAY[
                CASE WHEN o.onboarding_profile_skipped THEN 'profile' END,
                CASE WHEN o.onboarding_vapi_skipped THEN 'vapi' END,
                CASE WHEN o.onboarding_ava_skipped THEN 'ava' END,
                CASE WHEN o.onboarding_twilio_skipped THEN 'twilio' END,
                CASE WHEN o.onboarding_telephony_skipped THEN 'telephony' END,
                CASE WHEN o.onboarding_integrations_skipped THEN 'integrations' END,
                CASE WHEN o.onboarding_assistant_skipped THEN 'assistant' END,
                CASE WHEN o.onboarding_plan_skipped THEN 'plan' END
            ], NULL) AS "skipped!: Vec<String>",
            v.vapi_api_key_preview AS "vapi_api_key_preview?", v.checked_at AS "vapi_checked_at?",
            t.auth_token_preview AS "auth_token_preview?", t.checked_at AS "twilio_checked_at?",
            v.user_id IS NOT NULL AND v.vapi_api_key_encrypted IS NULL AS "vapi_is_shared!",
            t.user_id IS NOT NULL AND t.auth_token_encrypted IS NULL AS "twilio_is_shared!",
            a.vapi_id AS "vapi_id?", v.problem AS "vapi_problem?", t.problem AS "twilio_problem?",
            a.problem AS "assistant_problem?", n.problem AS "number_problem?", n.used_by AS "number_used_by?",
            p.number AS "linked_number?", r.blockers AS "live_blockers?", r.checked_at AS "live_checked_at?"
        FROM users u
        JOIN user_onboarding o ON o.user_id = u.id
        LEFT JOIN vapi_credentials v ON v.user_id = u.id
        LEFT JOIN twilio_credentials t ON t.user_id = u.id
        LEFT JOIN assistants a ON a.user_id = u.id
        LEFT JOIN number_checks n ON n.user_id = u.id AND n.number = u.number
        LEFT JOIN phone_numbers p ON p.user_id = u.id AND p.linked_at IS NOT NULL
        LEFT JOIN readiness r ON r.user_id = u.id
        WHERE u.id = $1 AND u.is_active"#,
        user
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Record {
        version: row.version,
        email: row.email,
        session_epoch: row.session_epoch,
        answers: row.answers.0,
        skipped: row.skipped,
        onboarding_completed: row.onboarding_completed,
        onboarding_completed_at: row.onboarding_completed_at,
        created_at: row.created_at,
        vapi_api_key_preview: row.vapi_api_key_preview,
        vapi_is_shared: row.vapi_is_shared,
        vapi_checked: row.vapi_checked_at.is_some(),
        auth_token_preview: row.auth_token_preview,
        twilio_is_shared: row.twilio_is_shared,
        twilio_checked: row.twilio_checked_at.is_some(),
        vapi_id: row.vapi_id,
        vapi_problem: row.vapi_problem,
        twilio_problem: row.twilio_problem,
        assistant_problem: row.assistant_problem,
        number_problem: row.number_problem,
        number_used_by: row.number_used_by,
        linked_number: row.linked_number,
        live_blockers: row.live_blockers,
        live_checked_at: row.live_checked_at,
    }))
}

/// What is written of a customer at once.
pub struct Change<'a> {
    pub user: Uuid,
    /// The version of the record that the change was made from.
    pub version: &'a str,
    /// All answers of the account, as they are from now on. Accepting the terms keeps its time and the version
    /// of the text; taking it back clears both.
    pub answers: &'a Answers,
    /// All skipped steps, where that changes.
    pub skipped: Option<&'a [String]>,
    pub drafts: &'a [drafts::Save],
    /// Names and properties. Those hold no secret, no free text and no address.
    pub events: &'a [(&'static str, serde_json::Value)],
}

/// Writes a change in one statement, and gives the drafts as they now are; `None` when the account has
/// changed since it was read, or is disabled or gone: nothing is written then.
///
/// # Errors
/// When the database does not answer or a value breaks a constraint.
pub async fn write(
    connection: &mut PgConnection,
    change: &Change<'_>,
) -> sqlx::Result<Option<Vec<drafts::Row>>> {
    let answers = change.answers;
    let text = |name| answers.text(name);
    let list = |name| Json(answers.list(name));
    let seats = match answers.get("seats") {
        Some(Value::Number(seats)) => Some(*seats),
        _ => None,
    };
    let (names, properties): (Vec<String>, Vec<serde_json::Value>) = change
        .events
        .iter()
        .map(|(name, properties)| ((*name).to_owned(), properties.clone()))
        .unzip();
    let drafts = change.drafts;
    let steps: Vec<String> = drafts.iter().map(|d| d.step.id().to_owned()).collect();
    let fields: Vec<serde_json::Value> = drafts.iter().map(|d| json!(d.fields)).collect();
    let editors: Vec<Uuid> = drafts.iter().map(|d| d.editor).collect();
    let sequences: Vec<i64> = drafts.iter().map(|d| d.sequence).collect();
    let submitted: Vec<bool> = drafts.iter().map(|d| d.submitted).collect();
    let completed: Vec<bool> = drafts.iter().map(|d| d.completed).collect();
    let rows = sqlx::query!(
        r#"WITH account AS (
            UPDATE users u SET
                full_name = $3, organization_name = $4, industry = $5, timezone = $6, locale = $7,
                marketing_opt_in = $8, accept_terms = $9,
                accept_terms_at = CASE WHEN $9 THEN coalesce(u.accept_terms_at, now()) END,
                accept_terms_version = CASE WHEN $9 THEN coalesce(u.accept_terms_version, $10) END,
                persona = $11, job_to_be_done = $12, languages = $13, tone = $14, guidelines = $15,
                number = $16, business_hours = $17, fallback_email = $18,
                calendar = $19, workspace_apps = $20, crm = $21, plan = $22, seats = $23
            WHERE u.id = $1 AND u.xmin::text = $2 AND u.is_active
            RETURNING u.id
        ), skips AS (
            UPDATE user_onboarding o SET
                onboarding_profile_skipped = 'profile' = ANY($24),
                onboarding_vapi_skipped = 'vapi' = ANY($24),
                onboarding_ava_skipped = 'ava' = ANY($24),
                onboarding_twilio_skipped = 'twilio' = ANY($24),
                onboarding_telephony_skipped = 'telephony' = ANY($24),
                onboarding_integrations_skipped = 'integrations' = ANY($24),
                onboarding_assistant_skipped = 'assistant' = ANY($24),
                onboarding_plan_skipped = 'plan' = ANY($24)
            FROM account WHERE o.user_id = account.id AND $24::text[] IS NOT NULL
        ), events AS (
            INSERT INTO analytics_events (user_id, event, properties)
            SELECT account.id, e.event, e.properties
            FROM account, unnest($25::text[], $26::jsonb[]) AS e (event, properties)
        ), kept AS (
            INSERT INTO drafts (user_id, step, fields, editor, sequence, submitted_at, completed_at)
            SELECT account.id, s.step, s.fields, s.editor, s.sequence,
                CASE WHEN s.submitted THEN now() END, CASE WHEN s.completed THEN now() END
            FROM account, unnest(
                $27::text[], $28::jsonb[], $29::uuid[], $30::bigint[], $31::boolean[], $32::boolean[]
            ) AS s (step, fields, editor, sequence, submitted, completed)
            ON CONFLICT (user_id, step) DO UPDATE SET
                fields = excluded.fields, version = drafts.version + 1, editor = excluded.editor,
                sequence = excluded.sequence,
                submitted_at = coalesce(drafts.submitted_at, excluded.submitted_at),
                completed_at = coalesce(drafts.completed_at, excluded.completed_at)
            RETURNING drafts.*
        )
        SELECT kept.step AS "step?", kept.fields AS "fields?: Json<Draft>",
            kept.version AS "version?", kept.editor AS "editor?", kept.sequence AS "sequence?",
            kept.submitted_at IS NOT NULL AS "submitted!", kept.completed_at IS NOT NULL AS "completed!",
            kept.updated_at AS "updated_at?"
        FROM account LEFT JOIN kept ON true"#,
        change.user,
        change.version,
        text("full_name"),
        text("organization_name"),
        text("industry"),
        text("timezone"),
        text("locale"),
        answers.flag("marketing_opt_in"),
        answers.flag("accept_terms"),
        TERMS_VERSION,
        text("persona"),
        text("job_to_be_done"),
        list("languages") as _,
        text("tone"),
        text("guidelines"),
        text("number"),
        text("business_hours"),
        text("fallback_email"),
        text("calendar"),
        list("workspace_apps") as _,
        text("crm"),
        text("plan"),
        seats,
        change.skipped,
        &names,
        &properties,
        &steps,
        &fields,
        &editors,
        &sequences,
        &submitted,
        &completed,
    )
    .fetch_all(connection)
    .await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let kept = rows.into_iter().filter_map(|row| {
        Some(drafts::Row {
            step: row.step?,
            fields: row.fields?,
            version: row.version?,
            editor: row.editor?,
            sequence: row.sequence?,
            submitted: row.submitted,
            completed: row.completed,
            updated_at: row.updated_at?,
        })
    });
    Ok(Some(kept.collect()))
}

/// Makes the assistant's row or replaces its answers; its link to Vapi stays.
///
/// # Errors
/// When the database does not answer.
pub async fn upsert_assistant(
    connection: &mut PgConnection,
    user: Uuid,
    answers: &Answers,
) -> sqlx::Result<()> {
    let text = |name| answers.text(name).unwrap_or_default();
    sqlx::query!(
        "INSERT INTO assistants (id, user_id, name, voice, first_message, instructions)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (user_id) DO UPDATE SET name = excluded.name, voice = excluded.voice,
            first_message = excluded.first_message, instructions = excluded.instructions",
        Uuid::now_v7(),
        user,
        text("name"),
        text("voice"),
        text("first_message"),
        text("instructions"),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Marks the onboarding as completed; `None` when it already was.
/// Returns the seconds since sign-up.
///
/// # Errors
/// When the database does not answer.
pub async fn complete(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!(
        r#"UPDATE users SET onboarding_completed = true, onboarding_completed_at = now()
         WHERE id = $1 AND NOT onboarding_completed
         RETURNING extract(epoch FROM now() - created_at)::bigint AS "seconds!""#,
        user
    )
    .fetch_optional(connection)
    .await
}
