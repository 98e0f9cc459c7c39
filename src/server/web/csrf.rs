//! Protection against forged requests: a random secret in a cookie and, in every form, the same
//! secret under a fresh mask. Another site can make a browser send the cookie, but not read it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::cookie;
use crate::server::App;

const LENGTH: usize = 32;

/// The browser's secret, found in its cookie or drawn for this answer.
#[derive(Clone, Copy)]
pub struct Secret([u8; LENGTH]);

/// What a visit proves its forms with.
#[derive(Clone)]
pub struct Proof {
    secret: Secret,
    has_cookie: bool,
    is_renewed: Arc<AtomicBool>,
}

impl Proof {
    /// A token for one form.
    #[must_use]
    pub fn token(&self) -> String {
        self.secret.token()
    }

    /// Whether a form's token is good.
    #[must_use]
    pub fn fits(&self, token: &str) -> bool {
        self.secret.fits(token)
    }

    /// Whether the browser has sent its cookie.
    #[must_use]
    pub const fn has_cookie(&self) -> bool {
        self.has_cookie
    }

    /// Gives the browser a new secret with the answer, as after log-in and log-out.
    pub fn renew(&self) {
        self.is_renewed.store(true, Ordering::Relaxed);
    }
}

impl Secret {
    fn random() -> Self {
        Self(rand::random())
    }

    fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// A token for one form: other bytes each time, so that compression reveals nothing of it.
    #[must_use]
    pub fn token(&self) -> String {
        let mask: [u8; LENGTH] = rand::random();
        let mut token = mask.to_vec();
        token.extend(self.0.iter().zip(mask).map(|(secret, mask)| secret ^ mask));
        URL_SAFE_NO_PAD.encode(token)
    }

    /// Whether a token was made from this secret. Takes the same time for every wrong one.
    #[must_use]
    pub fn fits(&self, token: &str) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else {
            return false;
        };
        let Some((mask, masked)) = bytes.split_at_checked(LENGTH) else {
            return false;
        };
        masked.len() == LENGTH
            && self
                .0
                .iter()
                .zip(mask)
                .zip(masked)
                .fold(0, |wrong, ((secret, mask), masked)| {
                    wrong | (secret ^ mask ^ masked)
                })
                == 0
    }
}

/// Gives every request its secret and every browser its cookie.
pub async fn layer(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let name = cookie::name("csrf", &app.config);
    let held = cookie::get(request.headers(), &name).and_then(Secret::parse);
    let secret = held.unwrap_or_else(Secret::random);
    let is_renewed = Arc::new(AtomicBool::new(false));
    request.extensions_mut().insert(Proof {
        secret,
        has_cookie: held.is_some(),
        is_renewed: Arc::clone(&is_renewed),
    });
    let mut response = next.run(request).await;
    let fresh = match (held, is_renewed.load(Ordering::Relaxed)) {
        (_, true) => Some(Secret::random()),
        (None, false) => Some(secret),
        (Some(_), false) => None,
    };
    if let Some(secret) = fresh {
        cookie::set(
            &mut response,
            &name,
            &URL_SAFE_NO_PAD.encode(secret.0),
            None,
            &app.config,
        );
    }
    response
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn tokens_differ_and_fit_only_their_own_secret() {
        let secret = Secret::random();
        let (one, two) = (secret.token(), secret.token());
        assert_ne!(one, two);
        assert!(secret.fits(&one) && secret.fits(&two));
        assert!(!Secret::random().fits(&one));
        for nonsense in ["", "AAAA", &one[1..], &format!("{one}A"), "ä"] {
            assert!(!secret.fits(nonsense), "{nonsense}");
        }
    }
}
