//! An answer as the type of its column.

use sqlx::postgres::PgRow;
use sqlx::types::Json;
use sqlx::{Postgres, QueryBuilder, Row};

use crate::domain::{Answers, Field, Rule, Value};

/// Reads the answer to a field from the column `answer_` and its name.
///
/// # Errors
/// When the column is missing or of another type.
pub(super) fn read(row: &PgRow, field: &Field) -> sqlx::Result<Option<Value>> {
    let name = format!("answer_{}", field.name);
    let name = name.as_str();
    Ok(match field.rule {
        Rule::Flag => row.try_get::<Option<bool>, _>(name)?.map(Value::Flag),
        Rule::Whole { .. } => row.try_get::<Option<i32>, _>(name)?.map(Value::Number),
        Rule::Choices(_) => row
            .try_get::<Option<Json<Vec<String>>>, _>(name)?
            .map(|list| Value::List(list.0)),
        _ => row.try_get::<Option<String>, _>(name)?.map(Value::Text),
    })
}

/// Binds an answer as the type of its column.
pub(super) fn bind(sql: &mut QueryBuilder<'_, Postgres>, field: &Field, answers: &Answers) {
    match field.rule {
        Rule::Flag => sql.push_bind(answers.flag(field.name)),
        Rule::Choices(_) => sql.push_bind(Json(answers.list(field.name).to_vec())),
        Rule::Whole { .. } => sql.push_bind(match answers.get(field.name) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }),
        _ => sql.push_bind(answers.text(field.name).map(str::to_owned)),
    };
}
