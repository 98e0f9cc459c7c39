//! What Ava is to do, and how.

use super::field::{Field, Rule};
use super::locale::Locale;

pub const PERSONAS: &[&str] = &["secretary", "concierge", "sdr", "cs"];
pub const TONES: &[&str] = &["professional", "friendly", "warm", "energetic"];

pub const PERSONA: Field = Field::required("persona", Rule::Choice(PERSONAS));
pub const JOB_TO_BE_DONE: Field =
    Field::required("job_to_be_done", Rule::Text { min: 4, max: 2_000 });
pub const LANGUAGES: Field = Field::required("languages", Rule::Choices(Locale::CODES));
pub const TONE: Field = Field::required("tone", Rule::Choice(TONES));
pub const GUIDELINES: Field = Field::optional("guidelines", Rule::Text { min: 0, max: 4_000 });

pub const FIELDS: &[Field] = &[PERSONA, JOB_TO_BE_DONE, LANGUAGES, TONE, GUIDELINES];
