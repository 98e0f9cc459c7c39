//! What the pages need of one step.

use crate::domain::{Draft, Known, Locale, Step};

/// What a form proposes by what is known, on a page of this language.
pub type Proposes = fn(&Known, Locale) -> Draft;

pub struct Slice {
    pub step: Step,
    pub proposes: Proposes,
}
