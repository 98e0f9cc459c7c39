//! What repeats on the pages: each part is a component with typed props.
//!
//! Nothing changes on a page once it is sent, so props are plain values: `frame` is shared by the whole page,
//! a form is borrowed by its fields, and what a component shows it takes along.

#![expect(
    clippy::needless_pass_by_value,
    reason = "a component owns its props, also those that it only reads"
)]

pub mod alert;
pub mod credentials;
pub mod field;
pub mod form;
pub mod layout;
pub mod progress;

pub use alert::{Alert, StatusLine};
pub use layout::{Frame, Layout, Ltr};
