//! Which new passwords are taken: long enough, and not among the first that anyone would try.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::iter;
use std::sync::LazyLock;

use fst::Set;
use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;

use super::passwords;
use crate::domain::account::{self, PASSWORD, PASSWORD_MIN};
use crate::domain::{Code, Problem};

/// Commonest passwords of breaches, in lower case and without spaces, and short words of them; `scripts/breached-passwords` says of which. They are
/// read where they lie in the program, so that they cost no memory but for what is looked at.
static BREACHED: LazyLock<Set<&[u8]>> = LazyLock::new(|| {
    Set::new(include_bytes!("../../../lists/breached-passwords.fst").as_slice())
        .expect("the file is a set")
});

/// The product's names.
const PRODUCT: &str = "Ava's onboarding אווה";
/// Shorter words are found in others by chance.
const SHORTEST_WORD: usize = 3;
/// With fewer different characters a password is a pattern.
const FEWEST_DIFFERENT: usize = 5;
/// So many digits and signs around a common short word are soon tried: a year, a postcode.
const MOST_AROUND: usize = 6;

/// What keeps a password from being taken. The names are the address and what else is known of the customer.
#[must_use]
pub fn problem(password: &str, names: &[&str]) -> Option<Problem> {
    let password = passwords::normalized(password);
    account::check_password(&password).or_else(|| {
        is_too_common(&password, names).then_some(Problem {
            field: PASSWORD,
            code: Code::TooCommon,
        })
    })
}

/// Whether a password is a common one, or hardly more than a name, in whatever letters.
fn is_too_common(password: &str, names: &[&str]) -> bool {
    let password = squeezed(&folded(password));
    let names = words(names);
    let spelled: Vec<String> = names.iter().map(|name| with_letters(name)).collect();
    [(with_letters(&password), spelled), (password, names)]
        .iter()
        .any(|(password, names)| is_weak(password) || is_weak(&without(password, names)))
}

/// Whether a text by itself, the digits and signs around it aside, is among the first to be tried.
fn is_weak(text: &str) -> bool {
    let word = text.trim_matches(|c: char| !c.is_alphabetic());
    let around = text.chars().count() - word.chars().count();
    text.chars().count() < PASSWORD_MIN
        || text.chars().collect::<HashSet<_>>().len() < FEWEST_DIFFERENT
        || BREACHED.contains(text)
        || (BREACHED.contains(word)
            && (word.chars().count() >= PASSWORD_MIN || around <= MOST_AROUND))
}

/// What a password has besides the names.
fn without(password: &str, names: &[String]) -> String {
    names
        .iter()
        .fold(password.to_owned(), |rest, name| rest.replace(name, ""))
}

/// The names with their parts, the longest first.
fn words(names: &[&str]) -> Vec<String> {
    let mut words: Vec<String> = names
        .iter()
        .chain([&PRODUCT])
        .flat_map(|name| {
            let name = folded(name);
            iter::once(name.as_str())
                .chain(name.split('@'))
                .chain(name.split(|c: char| !c.is_alphanumeric()))
                .map(squeezed)
                .collect::<Vec<_>>()
        })
        .filter(|word| word.chars().count() >= SHORTEST_WORD)
        .collect();
    words.sort_unstable_by_key(|word| Reverse(word.len()));
    words
}

/// In lower case, without accents and points.
fn folded(text: &str) -> String {
    let (nfkd, classes) = (
        DecomposingNormalizerBorrowed::new_nfkd(),
        CanonicalCombiningClassMapBorrowed::new(),
    );
    nfkd.normalize_iter(text.chars())
        .flat_map(char::to_lowercase)
        .filter(|c| classes.get_u8(*c) == 0)
        .collect()
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// With letters for the digits and signs that are written in their place.
fn with_letters(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | '!' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use fst::Streamer;

    use super::*;

    const NAMES: [&str; 3] = ["dj.levi@corner-bakery.example", "Élodie Lévi", "גן הפרחים"];

    fn code(password: &str) -> Option<Code> {
        problem(password, &NAMES).map(|problem| problem.code)
    }

    #[test]
    fn every_breached_password_is_refused_in_any_case() {
        assert!(BREACHED.len() > 70_000);
        let mut all = BREACHED.stream();
        while let Some(password) = all.next() {
            let password = std::str::from_utf8(password).expect("ASCII");
            assert!(is_too_common(&password.to_uppercase(), &[]), "{password}");
        }
    }

    #[test]
    fn what_anyone_would_try_is_too_common() {
        for password in [
            "homelesspa",
            "monkey12345",
            "dragon1234!",
            "charlie1994",
            "azerty1234",
            "bonjour123",
            "paris75001",
            "israel1948",
            "!!!monkey!!!",
            "target123",
            "1g2w3e4r",
            "linkedin",
            "babygirl1",
            "P4$$w0rd",
            "ｐａｓｓｗｏｒｄ",
            "pass word 1",
            "Sunshine 2026!",
            "        ",
            "aaaaaaaaaaaaaaaa",
            "2020202020202020",
            "שששששששששש",
        ] {
            assert_eq!(code(password), Some(Code::TooCommon), "{password}");
        }
    }

    #[test]
    fn names_are_too_common_and_what_stands_beside_them_must_be_a_password() {
        for password in [
            "dj.levi@corner-bakery.example",
            "DJ.LEVI@corner-bakery.example!",
            "corner-bakery.example",
            "Bakery Corner 24",
            "elodielevi",
            "e\u{301}lodie l\u{e9}vi",
            "3l0d13.l3v1",
            "Elodie1990",
            "גן הפרחים",
            "הפרחים2026",
            "ava-ava-ava",
            "Ava Onboarding 1",
            "אווה אווה",
            "elodie password",
        ] {
            assert_eq!(code(password), Some(Code::TooCommon), "{password}");
        }
        for password in [
            "elodie paints yellow boats",
            "lavage à la guava",
            "הפרחים של סבתא יפים",
        ] {
            assert_eq!(code(password), None, "{password}");
        }
    }

    #[test]
    fn passphrases_and_random_characters_are_taken() {
        for password in [
            "four plain words here",
            "correct horse battery staple",
            "quatre mots très différents",
            "ארבע מילים בלי קשר",
            "t7#kQ!mz2Lp",
            "xkdvmqzw",
            "83610542",
            "🐒🌊🍋🚲🎻🧦🪁🥨",
        ] {
            assert_eq!(code(password), None, "{password}");
        }
    }

    #[test]
    fn lengths_are_those_of_the_composed_letters() {
        let accented = |count| {
            "e\u{301}a\u{300}u\u{302}ob"
                .chars()
                .cycle()
                .take(count)
                .collect::<String>()
        };
        assert_eq!(code(&accented(11)), Some(Code::TooShort));
        assert_eq!(code(&accented(400)), None);
        assert_eq!(code(&accented(420)), Some(Code::TooLong));
    }
}
