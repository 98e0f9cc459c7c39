//! The plan and the seats.

use super::field::{Code, Field, Problem, Rule};
use super::typed::{Draft, Value};

pub const PLANS: &[&str] = &["free", "pro", "business"];
/// The free plan has at most so many seats.
pub const FREE_SEATS: i32 = 2;

pub const PLAN: Field = Field::with_default("plan", Rule::Choice(PLANS));
pub const SEATS: Field = Field::with_default("seats", Rule::Whole { min: 1, max: 50 });

pub const FIELDS: &[Field] = &[PLAN, SEATS];

/// The rule between the two: the free plan has few seats.
pub fn conflict(typed: &Draft) -> Option<Problem> {
    let seats = SEATS.parse(typed.values(SEATS.name));
    match (typed.text(PLAN.name), seats) {
        ("free", Ok(Some(Value::Number(seats)))) if seats > FREE_SEATS => {
            Some(SEATS.problem(Code::Conflicting))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_free_plan_has_two_seats() {
        let mut typed = Draft::default();
        typed.set("plan", vec!["free".to_owned()]);
        typed.set("seats", vec!["3".to_owned()]);
        assert_eq!(conflict(&typed), Some(SEATS.problem(Code::Conflicting)));
        typed.set("plan", vec!["pro".to_owned()]);
        assert_eq!(conflict(&typed), None);
    }
}
