//! The answers of the nine steps, as stored in `users` and the tables beside it.

use sqlx::PgConnection;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::domain::profile::TERMS_VERSION;
use crate::domain::{Answers, Step};

/// Everything stored of one customer's onboarding, except drafts.
pub struct Record {
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
        r#"SELECT u.email, u.session_epoch, u.onboarding_completed, u.onboarding_completed_at, u.created_at,
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

/// Writes the columns of `users` that `answers` names and leaves the others as they are.
///
/// Accepting the terms keeps its time and the version of the text; taking it back clears both.
///
/// # Errors
/// When the database does not answer or a value breaks a constraint.
pub async fn update_answers(
    connection: &mut PgConnection,
    user: Uuid,
    answers: &Answers,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"UPDATE users u SET (
            full_name, organization_name, industry, timezone, locale, marketing_opt_in,
            accept_terms, accept_terms_at, accept_terms_version,
            persona, job_to_be_done, languages, tone, guidelines,
            number, business_hours, fallback_email, calendar, workspace_apps, crm, plan, seats
        ) = (
            SELECT r.full_name, r.organization_name, r.industry, r.timezone, r.locale, r.marketing_opt_in,
                r.accept_terms,
                CASE WHEN r.accept_terms THEN coalesce(u.accept_terms_at, now()) END,
                CASE WHEN r.accept_terms THEN coalesce(u.accept_terms_version, $3) END,
                r.persona, r.job_to_be_done, r.languages, r.tone, r.guidelines,
                r.number, r.business_hours, r.fallback_email, r.calendar, r.workspace_apps, r.crm, r.plan, r.seats
            FROM jsonb_populate_record(u, $2) r
        ) WHERE id = $1"#,
        user,
        Json(answers) as _,
        TERMS_VERSION,
    )
    .execute(connection)
    .await?;
    Ok(())
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

/// Stores whether a step is skipped; true when that changed something.
///
/// # Errors
/// When the database does not answer.
pub async fn set_skipped(
    connection: &mut PgConnection,
    user: Uuid,
    step: Step,
    skipped: bool,
) -> sqlx::Result<bool> {
    let column = format!("onboarding_{}_skipped", step.id());
    let changed = sqlx::query!(
        r#"UPDATE user_onboarding o SET (
            onboarding_profile_skipped, onboarding_vapi_skipped, onboarding_ava_skipped,
            onboarding_twilio_skipped, onboarding_telephony_skipped, onboarding_integrations_skipped,
            onboarding_assistant_skipped, onboarding_plan_skipped
        ) = (
            SELECT r.onboarding_profile_skipped, r.onboarding_vapi_skipped, r.onboarding_ava_skipped,
                r.onboarding_twilio_skipped, r.onboarding_telephony_skipped,
                r.onboarding_integrations_skipped, r.onboarding_assistant_skipped,
                r.onboarding_plan_skipped
            FROM jsonb_populate_record(o, jsonb_build_object($2::text, $3::boolean)) r
        ) WHERE user_id = $1 AND (to_jsonb(o) ->> $2) IS DISTINCT FROM ($3::boolean)::text"#,
        user,
        column,
        skipped
    )
    .execute(connection)
    .await?;
    Ok(changed.rows_affected() > 0)
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
