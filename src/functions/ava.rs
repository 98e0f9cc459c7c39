//! Ava's job.

use leptos::prelude::*;

use super::{Refusal, Saved, Sent, Ticked, Typed};

/// Saves what Ava is to do, and how.
#[server(prefix = "/fn", endpoint = "save_ava")]
pub async fn save_ava(
    persona: Typed,
    job_to_be_done: Typed,
    languages: Ticked,
    tone: Typed,
    guidelines: Typed,
    form: Sent,
) -> Result<Saved, Refusal> {
    use crate::domain::{Step, ava};
    use crate::server::services::proposals;
    use crate::server::web::saving;

    let fields = vec![
        (&ava::PERSONA, persona.into()),
        (&ava::JOB_TO_BE_DONE, job_to_be_done.into()),
        (&ava::LANGUAGES, languages.into()),
        (&ava::TONE, tone.into()),
        (&ava::GUIDELINES, guidelines.into()),
    ];
    saving::step(Step::Ava, proposals::ava, fields, form).await
}
