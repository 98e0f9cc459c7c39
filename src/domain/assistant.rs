//! The assistant that answers: its name, voice and words.

use super::ava;
use super::field::{Code, Field, Problem, Rule};
use super::known::Known;
use super::locale::Locale;
use super::typed::{Answers, Draft};

/// The voices offered, all of provider `azure`; each speaks the language of its prefix.
///
/// Names from Microsoft's list of text-to-speech voices (language-support, 2025-10).
pub const VOICES: &[&str] = &[
    "en-US-JennyNeural",
    "en-US-AriaNeural",
    "en-US-AvaNeural",
    "en-US-GuyNeural",
    "en-US-AndrewNeural",
    "fr-FR-DeniseNeural",
    "fr-FR-HenriNeural",
    "fr-FR-VivienneMultilingualNeural",
    "fr-FR-RemyMultilingualNeural",
    "he-IL-HilaNeural",
    "he-IL-AvriNeural",
];

/// Vapi takes an assistant's name of at most 40 characters.
pub const NAME: Field = Field::required("name", Rule::Line { min: 2, max: 40 });
pub const VOICE: Field = Field::required("voice", Rule::Choice(VOICES));
pub const FIRST_MESSAGE: Field =
    Field::required("first_message", Rule::Text { min: 2, max: 1_000 });
pub const INSTRUCTIONS: Field = Field::required("instructions", Rule::Text { min: 4, max: 8_000 });

pub const FIELDS: &[Field] = &[NAME, VOICE, FIRST_MESSAGE, INSTRUCTIONS];

/// The language a voice speaks; `None` for a voice that is not offered.
#[must_use]
pub fn voice_locale(voice: &str) -> Option<Locale> {
    VOICES
        .contains(&voice)
        .then(|| Locale::from_code(&voice[..2]))
        .flatten()
}

/// The bare name of a voice: `Jenny` of `en-US-JennyNeural`.
#[must_use]
pub fn voice_name(voice: &str) -> &str {
    voice
        .get(6..)
        .unwrap_or(voice)
        .trim_end_matches("Neural")
        .trim_end_matches("Multilingual")
}

/// The first voice offered in a language.
#[must_use]
pub fn first_voice(locale: Locale) -> &'static str {
    VOICES
        .iter()
        .find(|voice| voice_locale(voice) == Some(locale))
        .copied()
        .unwrap_or(VOICES[0])
}

/// The voice speaks one of the languages that Ava is to speak, once they are set.
pub fn judge(known: &Known, typed: &Draft, problems: &mut Vec<Problem>) {
    let spoken = known.answers.list(ava::LANGUAGES.name);
    let voice = voice_locale(typed.text(VOICE.name));
    let speaks = voice.is_none_or(|voice| spoken.iter().any(|code| code == voice.code()));
    if problems.is_empty() && !spoken.is_empty() && !speaks {
        problems.push(VOICE.problem(Code::Conflicting));
    }
}

/// The assistant is stored as a whole. What Vapi has of it is changed by pressing a button, together with
/// Vapi.
pub fn answers(known: &Known, typed: &Draft, is_autosave: bool) -> Answers {
    let waits = is_autosave && known.has_assistant;
    let is_good = |field: &Field| field.check(typed.values(field.name)).is_none();
    if waits || !FIELDS.iter().all(is_good) {
        return Answers::default();
    }
    Answers::understood(FIELDS, typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_voices_and_every_voice_a_language() {
        for locale in Locale::ALL {
            assert_eq!(voice_locale(first_voice(locale)), Some(locale));
        }
        assert!(VOICES.iter().all(|voice| voice_locale(voice).is_some()));
        assert_eq!(voice_name("fr-FR-RemyMultilingualNeural"), "Remy");
        assert_eq!(voice_name("he-IL-HilaNeural"), "Hila");
        assert_eq!(voice_locale("nonsense"), None);
    }
}
