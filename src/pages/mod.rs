//! What people see: a component for each page, rendered once, on the server, from plain data.
//!
//! A page takes a [`crate::components::Frame`] and its own data. It reads nothing, decides nothing and knows
//! neither HTTP nor the database.

#![expect(
    clippy::needless_pass_by_value,
    reason = "a component owns its props, also those that it only reads"
)]

pub mod account;
pub mod error;
pub mod held;
pub mod landing;
pub mod later;
pub mod mail;
pub mod sessions;
pub mod settings;
pub mod static_pages;
pub mod step;
pub mod steps;
pub mod studio;
pub mod tokens;
