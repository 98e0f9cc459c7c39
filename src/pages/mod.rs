//! What people see: views rendered once, on the server, from plain data.
//!
//! A page is a function of a [`layout::Frame`] and its own data. It reads nothing, decides nothing
//! and knows neither HTTP nor the database.

pub mod account;
pub mod error;
pub mod form;
pub mod held;
pub mod landing;
pub mod layout;
pub mod secret;
pub mod settings;
pub mod static_pages;
pub mod step;
pub mod steps;
pub mod studio;
pub mod tokens;
