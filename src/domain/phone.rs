//! Phone numbers: forgiving to read, kept as E.164.

use super::typed::without_invisible;

/// Reads an international phone number and returns it as E.164: `+`, a country code that does not
/// begin with 0, at most 15 digits in all and at least 7.
///
/// Spaces, dashes, dots, brackets and invisible marks are dropped; `00` stands for `+`, and the
/// `(0)` that some people write after the country code is dropped with its brackets.
#[must_use]
pub fn parse(typed: &str) -> Option<String> {
    let bare: String = without_invisible(typed)
        .replace("(0)", "")
        .chars()
        .filter(|c| !matches!(c, '-' | '.' | '(' | ')' | '/' | '\u{2010}'..='\u{2015}'))
        .collect();
    let digits = bare
        .strip_prefix('+')
        .or_else(|| bare.strip_prefix("00"))
        .or_else(|| bare.strip_suffix('+'))?;
    let well_formed = (7..=15).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0');
    well_formed.then(|| format!("+{digits}"))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn reads_what_people_write() {
        let cases = [
            ("+1 (415) 555-0100", "+14155550100"),
            ("00972 3 123 4567", "+97231234567"),
            ("+33 (0)1 23 45 67 89", "+33123456789"),
            (
                "\u{200e}+972\u{2011}3\u{2011}1234567\u{200f}",
                "+97231234567",
            ),
            ("97231234567+", "+97231234567"),
        ];
        for (typed, expected) in cases {
            assert_eq!(parse(typed).as_deref(), Some(expected), "{typed}");
        }
    }

    #[test]
    fn refuses_what_cannot_be_dialled_from_abroad() {
        for typed in [
            "",
            "+",
            "03-1234567",
            "+0123456789",
            "+123",
            "+1234567890123456",
            "+1415CALLAVA",
        ] {
            assert_eq!(parse(typed), None, "{typed}");
        }
    }
}
