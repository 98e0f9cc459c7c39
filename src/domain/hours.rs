//! Weekly opening hours: read as people write them, kept in one canonical text such as
//! `Mon-Fri 09:00-18:00, Sat 10:00-14:00`.

use std::fmt;

use super::locale::Locale;

/// The names of the canonical text, Monday first.
pub const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

const FRENCH_DAYS: [&str; 7] = ["lun", "mar", "mer", "jeu", "ven", "sam", "dim"];
const HEBREW_DAYS: [&str; 7] = ["ב׳", "ג׳", "ד׳", "ה׳", "ו׳", "שבת", "א׳"];

const MINUTES_IN_DAY: u16 = 24 * 60;

/// What is read as a day of the week besides its name in full: English, French and Hebrew.
const DAY_WORDS: [&[&str]; 7] = [
    &["mon", "monday", "mo", "lun", "lundi", "ב", "שני"],
    &["tue", "tues", "tuesday", "tu", "mar", "mardi", "ג", "שלישי"],
    &["wed", "wednesday", "we", "mer", "mercredi", "ד", "רביעי"],
    &[
        "thu",
        "thur",
        "thurs",
        "thursday",
        "th",
        "jeu",
        "jeudi",
        "ה",
        "חמישי",
    ],
    &["fri", "friday", "fr", "ven", "vendredi", "ו", "שישי"],
    &["sat", "saturday", "sa", "sam", "samedi", "ש", "שבת"],
    &["sun", "sunday", "su", "dim", "dimanche", "א", "ראשון"],
];
const THROUGH_WORDS: [&str; 5] = ["to", "until", "à", "au", "עד"];
const FILLER_WORDS: [&str; 13] = [
    "and", "et", "from", "de", "du", "le", "les", "יום", "ימים", "ימי", "בין", "משעה", "שעה",
];
const DAILY_WORDS: [&str; 3] = ["daily", "everyday", "tlj"];

/// From and to in minutes after midnight; `to` is later than `from` and at most 24:00.
type Range = (u16, u16);

/// When a business is open. Each day has its ranges in order, none overlapping.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hours {
    /// Monday first.
    days: [Vec<Range>; 7],
}

enum Token {
    Day(usize),
    Time(u16),
    Through,
    Separator,
}

impl Hours {
    /// Reads opening hours in English, French or Hebrew words: `Mon-Fri 9-18`,
    /// `lun-ven 9h-12h30 14h-18h, sam 10h-14h`, `א׳-ה׳ 9:00-18:00`, `24/7`.
    ///
    /// # Errors
    /// When it cannot be understood, a range ends before it starts, or two of a day overlap.
    #[expect(
        clippy::result_unit_err,
        reason = "there is one message for all of them"
    )]
    pub fn parse(text: &str) -> Result<Self, ()> {
        if matches!(text.trim(), "24/7" | "7/7") {
            let days = std::array::from_fn(|_| vec![(0, MINUTES_IN_DAY)]);
            return Ok(Self { days });
        }
        let tokens = tokens(text)?;
        let mut tokens = tokens.as_slice();
        let mut hours = Self::default();
        while !tokens.is_empty() {
            let days = take_days(&mut tokens)?;
            let ranges = take_ranges(&mut tokens)?;
            for day in days {
                for range in &ranges {
                    let own = &mut hours.days[day];
                    own.insert(own.partition_point(|other| other < range), *range);
                }
            }
        }
        for ranges in &hours.days {
            if ranges.windows(2).any(|pair| pair[0].1 > pair[1].0) {
                return Err(());
            }
        }
        if hours.days.iter().all(Vec::is_empty) {
            return Err(());
        }
        Ok(hours)
    }

    /// The days that share the same ranges, as runs around the week: first day, last day, ranges.
    #[must_use]
    pub fn runs(&self) -> Vec<(usize, usize, &[Range])> {
        let same = |a: usize, b: usize| self.days[a % 7] == self.days[b % 7];
        if (0..7).all(|day| same(day, day + 1)) {
            return vec![(0, 6, &self.days[0])];
        }
        (0..7)
            .filter(|&day| !self.days[day].is_empty() && !same(day + 6, day))
            .map(|first| {
                let length = (1..7).take_while(|&n| same(first, first + n)).count();
                (first, (first + length) % 7, self.days[first].as_slice())
            })
            .collect()
    }
}

/// Minutes after midnight as `09:00`.
#[must_use]
pub fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn french_clock(minutes: u16) -> String {
    match (minutes / 60, minutes % 60) {
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h{minutes:02}"),
    }
}

/// A canonical text in the words of a language, as people there write it: `lun-ven 9h-18h`,
/// `א׳-ה׳ 09:00-18:00`. A text that is not canonical stays as it is.
#[must_use]
pub fn localized(text: &str, locale: Locale) -> String {
    match Hours::parse(text) {
        Ok(hours) if hours.to_string() == text => hours.in_words(locale),
        _ => text.to_owned(),
    }
}

/// The canonical text of what [`localized`] wrote; any other text stays as it was typed.
#[must_use]
pub fn canonical(text: &str, locale: Locale) -> String {
    match Hours::parse(text) {
        Ok(hours) if hours.in_words(locale) == text => hours.to_string(),
        _ => text.to_owned(),
    }
}

impl Hours {
    fn in_words(&self, locale: Locale) -> String {
        if self
            .days
            .iter()
            .all(|ranges| *ranges == [(0, MINUTES_IN_DAY)])
        {
            return "24/7".to_owned();
        }
        match locale {
            Locale::En => self.to_string(),
            Locale::Fr => self.written(&FRENCH_DAYS, 0, french_clock),
            Locale::He => self.written(&HEBREW_DAYS, 6, clock),
        }
    }

    /// With these names of days, Monday first, in a week that begins on day `start`.
    fn written(&self, names: &[&str; 7], start: usize, clock: fn(u16) -> String) -> String {
        let runs = self.runs();
        let (before, after) = runs.split_at(runs.partition_point(|(first, ..)| *first < start));
        let texts: Vec<String> = after
            .iter()
            .chain(before)
            .map(|&(first, last, ranges)| {
                let days = if (last + 1) % 7 == first {
                    format!("{}-{}", names[start], names[(start + 6) % 7])
                } else if first == last {
                    names[first].to_owned()
                } else {
                    format!("{}-{}", names[first], names[last])
                };
                let range = |(from, to): &Range| format!(" {}-{}", clock(*from), clock(*to));
                days + &ranges.iter().map(range).collect::<String>()
            })
            .collect();
        texts.join(", ")
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written(&DAYS, 0, clock))
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, ()> {
    let text = text.to_ascii_lowercase();
    let mut tokens = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(&c) = chars.peek() {
        if c.is_ascii_digit() {
            let mut word = String::new();
            while let Some(&c) = chars.peek() {
                let inside = c.is_ascii_digit()
                    || matches!(c, ':' | '.' | 'h' | 'a' | 'p' | 'm')
                    || (c == ' ' && is_meridiem_next(chars.clone()));
                if !inside {
                    break;
                }
                if c != ' ' {
                    word.push(c);
                }
                chars.next();
            }
            tokens.push(Token::Time(time(&word)?));
        } else if c.is_alphabetic() {
            let mut word = String::new();
            while let Some(&c) = chars.peek() {
                if !c.is_alphabetic() && !matches!(c, '\'' | '׳' | '’') {
                    break;
                }
                if c.is_alphabetic() {
                    word.push(c);
                }
                chars.next();
            }
            push_word(&word, &mut tokens)?;
        } else {
            chars.next();
            match c {
                '-' | '\u{2010}'..='\u{2015}' | '\u{5be}' => tokens.push(Token::Through),
                ',' | ';' | '\n' | '&' | '+' | '/' => tokens.push(Token::Separator),
                '.' | ':' => {}
                c if c.is_whitespace() => {}
                '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => {}
                _ => return Err(()),
            }
        }
    }
    Ok(tokens)
}

fn is_meridiem_next(mut chars: impl Iterator<Item = char>) -> bool {
    chars.next();
    matches!((chars.next(), chars.next()), (Some('a' | 'p'), Some('m')))
}

fn push_word(word: &str, tokens: &mut Vec<Token>) -> Result<(), ()> {
    if let Some(day) = DAY_WORDS.iter().position(|words| words.contains(&word)) {
        tokens.push(Token::Day(day));
    } else if THROUGH_WORDS.contains(&word) {
        tokens.push(Token::Through);
    } else if DAILY_WORDS.contains(&word) {
        tokens.extend([Token::Day(0), Token::Through, Token::Day(6)]);
    } else if !FILLER_WORDS.contains(&word) {
        return Err(());
    }
    Ok(())
}

/// `9`, `09:00`, `9.30`, `9h`, `9h30`, `9am`, `5:30pm`, `24:00`.
fn time(word: &str) -> Result<u16, ()> {
    let (word, afternoon) = match (word.strip_suffix("am"), word.strip_suffix("pm")) {
        (Some(rest), _) => (rest, Some(false)),
        (_, Some(rest)) => (rest, Some(true)),
        _ => (word, None),
    };
    let (hour, minute) = word.split_once([':', '.', 'h']).unwrap_or((word, ""));
    let mut hour: u16 = hour.parse().map_err(|_| ())?;
    let minute: u16 = match minute {
        "" => 0,
        digits if digits.len() == 2 => digits.parse().map_err(|_| ())?,
        _ => return Err(()),
    };
    if let Some(afternoon) = afternoon {
        if !(1..=12).contains(&hour) {
            return Err(());
        }
        hour = hour % 12 + if afternoon { 12 } else { 0 };
    }
    let total = hour.checked_mul(60).ok_or(())? + minute;
    if minute < 60 && total <= MINUTES_IN_DAY {
        Ok(total)
    } else {
        Err(())
    }
}

fn take_days(tokens: &mut &[Token]) -> Result<Vec<usize>, ()> {
    let mut days = Vec::new();
    loop {
        match tokens {
            [
                Token::Day(first),
                Token::Through,
                Token::Day(last),
                rest @ ..,
            ] => {
                let length = (last + 7 - first) % 7;
                days.extend((0..=length).map(|n| (first + n) % 7));
                *tokens = rest;
            }
            [Token::Day(day), rest @ ..] => {
                days.push(*day);
                *tokens = rest;
            }
            [Token::Separator, rest @ ..] => *tokens = rest,
            _ if days.is_empty() => return Err(()),
            _ => break,
        }
    }
    Ok((0..7).filter(|day| days.contains(day)).collect())
}

fn take_ranges(tokens: &mut &[Token]) -> Result<Vec<Range>, ()> {
    let mut ranges = Vec::new();
    loop {
        match tokens {
            [
                Token::Time(from),
                Token::Through,
                Token::Time(to),
                rest @ ..,
            ] => {
                // Open until midnight is written 0:00 as often as 24:00.
                let to = if *to == 0 { MINUTES_IN_DAY } else { *to };
                if to <= *from {
                    return Err(());
                }
                ranges.push((*from, to));
                *tokens = rest;
            }
            [Token::Separator, rest @ ..] => *tokens = rest,
            _ if ranges.is_empty() => return Err(()),
            _ => break,
        }
    }
    Ok(ranges)
}

#[cfg(test)]
mod tests {
    use super::{Hours, canonical, localized};
    use crate::domain::Locale;

    #[test]
    fn reads_what_people_write_and_keeps_one_text() {
        let cases = [
            ("Mon-Fri 9-18", "Mon-Fri 09:00-18:00"),
            ("Mon-Fri 09:00-18:00", "Mon-Fri 09:00-18:00"),
            ("monday to friday, 9am to 5:30 pm", "Mon-Fri 09:00-17:30"),
            (
                "lun-ven 9h-12h30 14h-18h, sam 10h-14h",
                "Mon-Fri 09:00-12:30 14:00-18:00, Sat 10:00-14:00",
            ),
            ("du lundi au vendredi de 9h à 18h", "Mon-Fri 09:00-18:00"),
            ("א׳-ה׳ 9:00-18:00", "Sun-Thu 09:00-18:00"),
            ("ימים ראשון עד חמישי 9–18", "Sun-Thu 09:00-18:00"),
            (
                "Sun-Thu 09:00-18:00, Fri 9-13",
                "Fri 09:00-13:00, Sun-Thu 09:00-18:00",
            ),
            (
                "Mon, Wed & Fri 10-12",
                "Mon 10:00-12:00, Wed 10:00-12:00, Fri 10:00-12:00",
            ),
            (
                "Mon-Thu 9-18; Fri 9-13",
                "Mon-Thu 09:00-18:00, Fri 09:00-13:00",
            ),
            ("Mon 9-12, Mon 13-17", "Mon 09:00-12:00 13:00-17:00"),
            ("Fri 18:00-0:00", "Fri 18:00-24:00"),
            ("daily 8-20", "Mon-Sun 08:00-20:00"),
            ("24/7", "Mon-Sun 00:00-24:00"),
        ];
        for (typed, expected) in cases {
            let hours = Hours::parse(typed).unwrap_or_else(|()| panic!("{typed} was refused"));
            assert_eq!(hours.to_string(), expected, "{typed}");
            assert_eq!(
                Hours::parse(expected),
                Ok(hours),
                "{expected} must read back"
            );
        }
    }

    #[test]
    fn is_written_in_the_words_of_each_language_and_read_back() {
        let cases = [
            ("Mon-Fri 09:00-18:00", "lun-ven 9h-18h", "ב׳-ו׳ 09:00-18:00"),
            (
                "Mon-Fri 09:00-12:30 14:00-18:00, Sat 10:00-14:00",
                "lun-ven 9h-12h30 14h-18h, sam 10h-14h",
                "ב׳-ו׳ 09:00-12:30 14:00-18:00, שבת 10:00-14:00",
            ),
            (
                "Fri 09:00-13:00, Sun-Thu 09:00-18:00",
                "ven 9h-13h, dim-jeu 9h-18h",
                "א׳-ה׳ 09:00-18:00, ו׳ 09:00-13:00",
            ),
            (
                "Mon-Sun 08:00-20:00",
                "lun-dim 8h-20h",
                "א׳-שבת 08:00-20:00",
            ),
            ("Fri 18:00-24:00", "ven 18h-24h", "ו׳ 18:00-24:00"),
            ("Mon-Sun 00:00-24:00", "24/7", "24/7"),
        ];
        for (text, french, hebrew) in cases {
            for (locale, words) in [(Locale::Fr, french), (Locale::He, hebrew)] {
                assert_eq!(localized(text, locale), words);
                assert_eq!(canonical(words, locale), text);
            }
        }
        let english = "Mon-Fri 09:00-18:00";
        assert_eq!(localized(english, Locale::En), english);
    }

    #[test]
    fn what_was_typed_another_way_stays_as_typed() {
        for typed in ["lundi-vendredi 9-18", "Mon-Fri 9-18", "whenever", ""] {
            assert_eq!(localized(typed, Locale::Fr), typed);
            assert_eq!(canonical(typed, Locale::Fr), typed);
        }
    }

    #[test]
    fn refuses_what_has_no_single_meaning() {
        for typed in [
            "",
            "Mon",
            "9-18",
            "Mon 18-9",
            "Mon 9-25",
            "Mon 9:61-10",
            "Mon 9-18, Mon 17-19",
            "Xyz 9-18",
            "Mon-Fri",
            "Mon 9:5-10",
            "<b>",
        ] {
            assert_eq!(Hours::parse(typed), Err(()), "{typed}");
        }
    }
}
