//! The fields of an account: sign-up, log-in and password reset.

use super::field::{Code, Field, Problem, Rule};

pub const EMAIL: Field = Field::required("email", Rule::Email);

/// Limits of a password, in characters of its normal form. It is never trimmed.
pub const PASSWORD_MIN: usize = 8;
/// Long enough for any passphrase, short enough that hashing cannot be used to tire the server.
pub const PASSWORD_MAX: usize = 256;
pub const PASSWORD: &str = "password";
/// The password of today, where it is asked again.
pub const CURRENT_PASSWORD: &str = "current_password";
pub const DELETE_PASSWORD: &str = "delete_password";

/// Judges a new password in its normal form by length, and refuses what no keyboard writes. What is too easy to guess
/// only the server knows.
#[must_use]
pub fn check_password(password: &str) -> Option<Problem> {
    let code = match password.chars().count() {
        0 => Code::Required,
        n if n < PASSWORD_MIN => Code::TooShort,
        n if n > PASSWORD_MAX => Code::TooLong,
        _ if password.chars().any(char::is_control) => Code::Malformed,
        _ => return None,
    };
    Some(Problem {
        field: PASSWORD,
        code,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_counted_in_characters_and_kept_as_they_are() {
        assert_eq!(check_password("").map(|p| p.code), Some(Code::Required));
        assert_eq!(
            check_password("short 7").map(|p| p.code),
            Some(Code::TooShort)
        );
        assert_eq!(check_password(&"סיסמה ".repeat(11)), None);
        assert_eq!(
            check_password(&"a".repeat(257)).map(|p| p.code),
            Some(Code::TooLong)
        );
        assert_eq!(
            check_password("four\tplain words").map(|p| p.code),
            Some(Code::Malformed)
        );
    }
}
