//! Where a customer stands: every answer, draft and skip, and what is known of the vendors.
//!
//! The two statements are made of the domain's fields, which are columns of the same name: a new step
//! needs its columns and nothing here.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use sqlx::postgres::PgRow;
use sqlx::types::Json;
use sqlx::{PgConnection, Postgres, QueryBuilder, Row};
use time::OffsetDateTime;
use uuid::Uuid;

use super::answers::{bind, read as answer};
use super::{assistants, credentials};
use crate::domain::known::{Credential, Kept, Known};
use crate::domain::profile::{ACCEPT_TERMS, TERMS_VERSION};
use crate::domain::progress::Blocker;
use crate::domain::{Answers, Code, Draft, Field, Step};

/// Everything stored of one customer's onboarding.
#[derive(Clone)]
pub struct Onboarding {
    pub user: Uuid,
    /// Another after every change of the account's row.
    pub version: String,
    pub session_epoch: i32,
    pub created_at: OffsetDateTime,
    pub completed_at: Option<OffsetDateTime>,
    /// When the vendors were last asked.
    pub live_checked_at: Option<OffsetDateTime>,
    /// Vapi's id of the assistant.
    pub vapi_id: Option<String>,
    pub known: Known,
}

/// Adds to a statement that begins with `WITH account (id)` what changes of a table of a step's own.
type Write = fn(&mut QueryBuilder<'_, Postgres>, &Answers);

/// The steps whose answers are in a table of their own, as the reading statement calls it; all others are
/// columns of `users`.
const OWN_TABLES: [(Step, &str, Write); 2] = [
    (Step::Twilio, "t", credentials::write_answers),
    (Step::Assistant, "a", assistants::write_answers),
];

fn own_table(step: Step) -> Option<(&'static str, Write)> {
    OWN_TABLES
        .into_iter()
        .find_map(|(own, alias, write)| (own == step).then_some((alias, write)))
}

/// The fields of a step that are columns: all but secrets.
fn columns(step: Step) -> impl Iterator<Item = &'static Field> {
    step.fields().iter().filter(|field| !field.is_secret())
}

/// The statement that reads a customer, who is found in this way: not by another join, since PostgreSQL would
/// then plan all of them anew each time.
fn reading(more: &str, condition: &str) -> String {
    let mut sql = format!(
            "SELECT {more} u.id AS user_id, u.xmin::text AS version, u.email, u.session_epoch, u.created_at,
                u.onboarding_completed AS is_completed, u.onboarding_completed_at AS completed_at,
                v.vapi_api_key_preview AS vapi_preview, v.checked_at IS NOT NULL AS vapi_is_checked,
                v.user_id IS NOT NULL AND v.vapi_api_key_encrypted IS NULL AS vapi_is_shared,
                v.problem AS vapi_problem,
                t.auth_token_preview AS twilio_preview, t.checked_at IS NOT NULL AS twilio_is_checked,
                t.user_id IS NOT NULL AND t.auth_token_encrypted IS NULL AS twilio_is_shared,
                t.problem AS twilio_problem,
                a.vapi_id, a.problem AS assistant_problem,
                n.problem AS number_problem, n.used_by AS number_used_by, p.number AS linked_number,
                r.blockers AS live, r.checked_at AS live_checked_at,
                (SELECT json_agg(json_build_array(d.step, d.fields, d.version, d.editor, d.sequence,
                    d.submitted_at IS NOT NULL, d.completed_at IS NOT NULL))
                 FROM drafts d WHERE d.user_id = u.id) AS kept",
        );
    for step in Step::asking() {
        let alias = own_table(step).map_or("u", |(alias, _)| alias);
        for field in columns(step) {
            let _ = write!(sql, ", {alias}.{0} AS answer_{0}", field.name);
        }
        let _ = write!(sql, ", o.onboarding_{}_skipped", step.id());
    }
    sql + " FROM users u
            JOIN user_onboarding o ON o.user_id = u.id
            LEFT JOIN vapi_credentials v ON v.user_id = u.id
            LEFT JOIN twilio_credentials t ON t.user_id = u.id
            LEFT JOIN assistants a ON a.user_id = u.id
            LEFT JOIN number_checks n ON n.user_id = u.id AND n.number = u.number
            LEFT JOIN phone_numbers p ON p.user_id = u.id AND p.linked_at IS NOT NULL
            LEFT JOIN readiness r ON r.user_id = u.id
            WHERE u.is_active AND "
        + condition
}

/// Reads an active customer's onboarding in one statement.
///
/// # Errors
/// When the database does not answer.
pub async fn load(connection: &mut PgConnection, user: Uuid) -> sqlx::Result<Option<Onboarding>> {
    static SQL: LazyLock<String> = LazyLock::new(|| reading("", "u.id = $1"));
    let row = sqlx::query(&SQL)
        .bind(user)
        .fetch_optional(connection)
        .await?;
    row.map(|row| read(&row)).transpose()
}

/// The customer of a session that is good now.
pub struct OfSession {
    pub onboarding: Onboarding,
    pub logged_in_at: OffsetDateTime,
    /// Its last use was noted a while ago.
    pub is_stale: bool,
}

/// The customer of a session that is not over and was begun after `since`. It is stale when its last use was noted
/// before `used`.
///
/// # Errors
/// When the database does not answer.
pub async fn of_session(
    connection: &mut PgConnection,
    id: &str,
    since: OffsetDateTime,
    used: OffsetDateTime,
) -> sqlx::Result<Option<OfSession>> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        reading(
            "(SELECT coalesce(s.last_used_at < $3, true) FROM sessions s WHERE s.id = $1) AS is_stale,
                (SELECT s.logged_in_at FROM sessions s WHERE s.id = $1) AS logged_in_at,",
            "(u.id, u.session_epoch) = (SELECT s.user_id, s.session_epoch FROM sessions s
                WHERE s.id = $1 AND s.expiry_date > now() AND s.logged_in_at > $2)",
        )
    });
    let row = sqlx::query(&SQL)
        .bind(id)
        .bind(since)
        .bind(used)
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(OfSession {
            onboarding: read(&row)?,
            logged_in_at: row.try_get("logged_in_at")?,
            is_stale: row.try_get("is_stale")?,
        })
    })
    .transpose()
}

/// The customer of a token that is good now.
pub struct OfToken {
    pub onboarding: Onboarding,
    pub token: Uuid,
    /// Its last use was noted a while ago, or never.
    pub is_stale: bool,
}

/// # Errors
/// When the database does not answer.
pub async fn of_token(
    connection: &mut PgConnection,
    token_hash: &[u8],
) -> sqlx::Result<Option<OfToken>> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        reading(
            "(SELECT k.id FROM api_tokens k WHERE k.token_hash = $1) AS token,
                (SELECT coalesce(k.last_used_at < now() - interval '1 minute', true)
                 FROM api_tokens k WHERE k.token_hash = $1) AS is_stale,",
            "u.id = (SELECT k.user_id FROM api_tokens k WHERE k.token_hash = $1 AND k.expires_at > now())
                AND coalesce(u.session_epoch
                    = (SELECT k.session_epoch FROM api_tokens k WHERE k.token_hash = $1), true)",
        )
    });
    let row = sqlx::query(&SQL)
        .bind(token_hash)
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(OfToken {
            onboarding: read(&row)?,
            token: row.try_get("token")?,
            is_stale: row.try_get("is_stale")?,
        })
    })
    .transpose()
}

fn read(row: &PgRow) -> sqlx::Result<Onboarding> {
    let mut answers = Answers::default();
    let mut skipped = Vec::new();
    for step in Step::asking() {
        for field in columns(step) {
            answers.set(field.name, answer(row, field)?);
        }
        if row.try_get(format!("onboarding_{}_skipped", step.id()).as_str())? {
            skipped.push(step);
        }
    }
    let text = |name: &str| row.try_get::<Option<String>, _>(name);
    let code = |name| Ok::<_, sqlx::Error>(text(name)?.as_deref().and_then(Code::of_vendor));
    let live: Option<Vec<String>> = row.try_get("live")?;
    let vapi_id = text("vapi_id")?;
    let known = Known {
        email: row.try_get("email")?,
        answers,
        kept: kept(row)?,
        skipped,
        vapi: Credential {
            preview: text("vapi_preview")?,
            is_shared: row.try_get("vapi_is_shared")?,
            is_checked: row.try_get("vapi_is_checked")?,
            problem: code("vapi_problem")?,
        },
        twilio: Credential {
            preview: text("twilio_preview")?,
            is_shared: row.try_get("twilio_is_shared")?,
            is_checked: row.try_get("twilio_is_checked")?,
            problem: code("twilio_problem")?,
        },
        has_assistant: vapi_id.is_some(),
        assistant_problem: text("assistant_problem")?
            .as_deref()
            .and_then(Blocker::from_id),
        number_problem: code("number_problem")?,
        number_used_by: text("number_used_by")?,
        linked_number: text("linked_number")?,
        live: live.map(|ids| ids.iter().filter_map(|id| Blocker::from_id(id)).collect()),
        is_completed: row.try_get("is_completed")?,
    };
    Ok(Onboarding {
        user: row.try_get("user_id")?,
        version: row.try_get("version")?,
        session_epoch: row.try_get("session_epoch")?,
        created_at: row.try_get("created_at")?,
        completed_at: row.try_get("completed_at")?,
        live_checked_at: row.try_get("live_checked_at")?,
        vapi_id,
        known,
    })
}

type KeptRow = (String, Draft, i64, Uuid, i64, bool, bool);

fn kept(row: &PgRow) -> sqlx::Result<BTreeMap<Step, Kept>> {
    let rows: Option<Json<Vec<KeptRow>>> = row.try_get("kept")?;
    let rows = rows.map(|rows| rows.0).unwrap_or_default();
    let kept = rows.into_iter().filter_map(
        |(step, fields, version, editor, sequence, is_submitted, is_completed)| {
            let kept = Kept {
                fields,
                version,
                editor: editor.as_u128(),
                sequence,
                is_submitted,
                is_completed,
            };
            Some((Step::from_id(&step)?, kept))
        },
    );
    Ok(kept.collect())
}

/// What is written of a customer at once.
pub struct Change<'a> {
    pub user: Uuid,
    /// The version of the account that the change was made from.
    pub version: &'a str,
    /// All answers, as they are from now on.
    pub answers: &'a Answers,
    /// The names of those that change. Accepting the terms keeps its time and the version of the text;
    /// taking it back clears both.
    pub changed: &'a [&'static str],
    pub skips: &'a [(Step, bool)],
    /// What is kept of each saved step.
    pub kept: &'a [(Step, Kept)],
    /// Names and properties. Those hold no secret, no free text and no address.
    pub events: &'a [(&'static str, serde_json::Value)],
}

/// Writes a change in one statement; false when the account has changed since it was read, or is disabled
/// or gone: nothing is written then.
///
/// # Errors
/// When the database does not answer or a value breaks a constraint.
pub async fn write(connection: &mut PgConnection, change: &Change<'_>) -> sqlx::Result<bool> {
    let mut sql = QueryBuilder::new("WITH account AS (UPDATE users u SET updated_at = now()");
    let is_changed = |field: &&Field| change.changed.contains(&field.name);
    let mut own = Vec::new();
    for step in Step::asking() {
        let changed = columns(step).filter(is_changed);
        match own_table(step) {
            None => changed.for_each(|field| assign(&mut sql, field, change.answers)),
            Some((_, write)) if changed.count() > 0 => own.push(write),
            Some(_) => {}
        }
    }
    sql.push(" WHERE u.id = ").push_bind(change.user);
    sql.push(" AND u.xmin::text = ").push_bind(change.version);
    sql.push(" AND u.is_active RETURNING u.id)");
    for write in own {
        write(&mut sql, change.answers);
    }
    skip(&mut sql, change.skips);
    for (index, (step, kept)) in change.kept.iter().enumerate() {
        keep(&mut sql, index, *step, kept);
    }
    for (index, (event, properties)) in change.events.iter().enumerate() {
        sql.push(format!(
            ", event_{index} AS (INSERT INTO analytics_events (user_id, event, properties)
             SELECT account.id, "
        ));
        sql.push_bind(*event).push(", ").push_bind(properties);
        sql.push(" FROM account)");
    }
    sql.push(" SELECT id FROM account");
    let written = sql.build().fetch_optional(connection).await?;
    Ok(written.is_some())
}

fn assign(sql: &mut QueryBuilder<'_, Postgres>, field: &Field, answers: &Answers) {
    sql.push(format!(", {} = ", field.name));
    bind(sql, field, answers);
    if field.name == ACCEPT_TERMS.name && answers.flag(field.name) {
        sql.push(", accept_terms_at = now(), accept_terms_version = ");
        sql.push_bind(TERMS_VERSION);
    } else if field.name == ACCEPT_TERMS.name {
        sql.push(", accept_terms_at = NULL, accept_terms_version = NULL");
    }
}

fn skip(sql: &mut QueryBuilder<'_, Postgres>, skips: &[(Step, bool)]) {
    if skips.is_empty() {
        return;
    }
    sql.push(", skips AS (UPDATE user_onboarding o SET ");
    let mut assignments = sql.separated(", ");
    for (step, skipped) in skips {
        assignments.push(format!("onboarding_{}_skipped = {skipped}", step.id()));
    }
    sql.push(" FROM account WHERE o.user_id = account.id)");
}

fn keep(sql: &mut QueryBuilder<'_, Postgres>, index: usize, step: Step, kept: &Kept) {
    sql.push(format!(
        ", kept_{index} AS (
            INSERT INTO drafts AS d (user_id, step, fields, version, editor, sequence, submitted_at, completed_at)
            SELECT account.id, "
    ));
    let mut values = sql.separated(", ");
    values.push_bind(step.id());
    values.push_bind(Json(kept.fields.clone()));
    values.push_bind(kept.version);
    values.push_bind(Uuid::from_u128(kept.editor));
    values.push_bind(kept.sequence);
    values.push(moment(kept.is_submitted));
    values.push(moment(kept.is_completed));
    sql.push(
        " FROM account ON CONFLICT (user_id, step) DO UPDATE SET fields = excluded.fields,
            version = excluded.version, editor = excluded.editor, sequence = excluded.sequence,
            submitted_at = coalesce(d.submitted_at, excluded.submitted_at),
            completed_at = coalesce(d.completed_at, excluded.completed_at))",
    );
}

const fn moment(has_come: bool) -> &'static str {
    if has_come {
        "now()"
    } else {
        "NULL::timestamptz"
    }
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
