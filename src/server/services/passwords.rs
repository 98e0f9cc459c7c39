//! Password hashes (argon2id), computed off the async threads and never many at once.

use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::server::Error;

/// Hashing takes 19 MiB each; more at once would not be faster on few cores.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// How long the link of a reset lasts.
pub const RESET_MINUTES: i32 = 30;

/// The OWASP minimum for argon2id: 19 MiB, 2 passes, 1 lane.
fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

/// A hash of a made-up password: verifying against it takes as long as against a real one.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Hb0kVh1CeSH1pEqVRp2fgKTkGQKDBVcPSO2WlvtUBc0";

/// Hashes a new password.
///
/// # Errors
/// Only if the hasher itself fails.
pub async fn hash(password: String) -> Result<String, Error> {
    in_background(move || {
        hasher()
            .hash_password(password.as_bytes(), &SaltString::generate(&mut OsRng))
            .map(|hash| hash.to_string())
            .map_err(|error| Error::Unexpected(error.to_string()))
    })
    .await?
}

/// Whether the password fits the hash; without a hash it never fits, after the same time.
///
/// # Errors
/// Only if the hasher itself fails.
pub async fn verify(password: String, hashed: Option<String>) -> Result<bool, Error> {
    in_background(move || {
        let known = hashed.is_some();
        let hashed = hashed.unwrap_or_else(|| NOBODY.to_owned());
        PasswordHash::new(&hashed)
            .is_ok_and(|hash| hasher().verify_password(password.as_bytes(), &hash).is_ok())
            && known
    })
    .await
}

/// Whether the hash was made at lower costs than today's.
#[must_use]
pub fn is_outdated(hashed: &str) -> bool {
    PasswordHash::new(hashed)
        .ok()
        .and_then(|hash| Params::try_from(&hash).ok())
        .is_none_or(|made_with| {
            made_with.m_cost() < Params::DEFAULT_M_COST
                || made_with.t_cost() < Params::DEFAULT_T_COST
        })
}

async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    let _permit = AT_ONCE
        .acquire()
        .await
        .map_err(|error| Error::Unexpected(error.to_string()))?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::Unexpected(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_fits_its_password_only() {
        let hashed = hash("שלוש מילים ארוכות".to_owned()).await.expect("hashes");
        assert!(hashed.starts_with("$argon2id$"));
        assert!(!is_outdated(&hashed));
        assert!(
            verify("שלוש מילים ארוכות".to_owned(), Some(hashed.clone()))
                .await
                .expect("verifies")
        );
        assert!(
            !verify("שלוש מילים ארוכות ".to_owned(), Some(hashed))
                .await
                .expect("verifies")
        );
        assert!(!verify("anything".to_owned(), None).await.expect("verifies"));
    }

    #[tokio::test]
    async fn the_stand_in_hash_costs_as_much_as_a_real_one() {
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert!(!is_outdated(NOBODY));
    }
}
