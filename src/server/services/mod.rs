//! What the product does. One service serves pages and API alike: it owns the transaction, counts
//! the event, and knows neither HTTP nor HTML.

pub mod accounts;
pub mod credentials;
pub mod forwarding;
pub mod onboarding;
pub mod passwords;
pub mod save;
