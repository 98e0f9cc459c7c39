//! The assistant.

use leptos::prelude::*;

use super::{Refusal, Saved, Sent, Typed};

/// Saves the assistant's name, voice and words; where they are whole, Vapi is told.
#[server(prefix = "/fn", endpoint = "save_assistant")]
pub async fn save_assistant(
    name: Typed,
    voice: Typed,
    first_message: Typed,
    instructions: Typed,
    form: Sent,
) -> Result<Saved, Refusal> {
    use crate::domain::{Step, assistant};
    use crate::server::services::proposals;
    use crate::server::web::saving;

    let fields = vec![
        (&assistant::NAME, name.into()),
        (&assistant::VOICE, voice.into()),
        (&assistant::FIRST_MESSAGE, first_message.into()),
        (&assistant::INSTRUCTIONS, instructions.into()),
    ];
    saving::step(Step::Assistant, proposals::assistant, fields, form).await
}
