//! The pages that have forms: each is shown as it is asked for, and again after its form was refused.

use axum::response::Response;

use super::shown::Shown;
use super::slice::Slice;
use super::visit::Visit;
use super::{account, onboarding, settings, studio};

/// A page with forms.
#[derive(Clone, Copy)]
pub enum Page {
    SignUp,
    LogIn,
    Confirm,
    ForgotPassword,
    ResetPassword,
    Step(&'static Slice),
    Settings,
    Studio,
}

impl Page {
    pub async fn show(self, visit: Visit, shown: Shown) -> Response {
        match self {
            Self::SignUp => account::sign_up(&visit, &shown),
            Self::LogIn => account::log_in(&visit, &shown),
            Self::Confirm => account::confirm(visit, &shown),
            Self::ForgotPassword => account::forgot_password(&visit, &shown),
            Self::ResetPassword => account::reset_password(&visit, &shown).await,
            Self::Step(slice) => onboarding::step(visit, slice, shown).await,
            Self::Settings => settings::page(visit, shown).await,
            Self::Studio => studio::page(visit, shown).await,
        }
    }
}
