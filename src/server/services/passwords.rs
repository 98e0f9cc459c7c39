//! Password hashes (argon2id), computed off the async threads and never many at once.
//!
//! What is hashed is the password's normal form, so that it is one from every keyboard.

use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use icu_normalizer::ComposingNormalizerBorrowed;
use tokio::sync::Semaphore;

use crate::domain::account::PASSWORD_MAX;
use crate::server::Error;

/// Hashing takes 19 MiB each; more at once would not be faster on few cores. As many may wait as two cores hash in about
/// a second: who comes when more do is told to come again, instead of waiting for all who came before.
static DESK: Desk = Desk {
    waiting: Semaphore::const_new(64),
    at_once: Semaphore::const_new(2),
};

struct Desk {
    waiting: Semaphore,
    at_once: Semaphore,
}

impl Desk {
    /// # Errors
    /// [`Error::Busy`] when too many wait already.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let _place = self.waiting.try_acquire().map_err(|_| Error::Busy)?;
        let _permit = self
            .at_once
            .acquire()
            .await
            .map_err(|error| Error::Unexpected(error.to_string()))?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| Error::Unexpected(error.to_string()))
    }
}

/// How long the link of a reset lasts.
pub const RESET_MINUTES: i32 = 30;

/// The OWASP minimum for argon2id: 19 MiB, 2 passes, 1 lane.
fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

/// A hash of a made-up password: verifying against it takes as long as against a real one.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$Hb0kVh1CeSH1pEqVRp2fgKTkGQKDBVcPSO2WlvtUBc0";

/// At most four characters become one when they are composed.
const MOST_READ: usize = 4 * PASSWORD_MAX + 1;

/// The normal form of a password, by the mappings of OpaqueString (RFC 8265): letters are composed and every space is
/// the plain one. What else that profile would refuse, such as many an emoji, is left as it is. Of what is too long for a
/// password only so much is read that it still is.
#[must_use]
pub fn normalized(password: &str) -> String {
    let read = password.chars().take(MOST_READ);
    let spaced = read.map(|c| if is_space(c) { ' ' } else { c });
    ComposingNormalizerBorrowed::new_nfc()
        .normalize_iter(spaced)
        .collect()
}

fn is_space(c: char) -> bool {
    c.is_whitespace() && !c.is_control()
}

/// Hashes a new password.
///
/// # Errors
/// Only if the hasher itself fails.
pub async fn hash(password: String) -> Result<String, Error> {
    DESK.run(move || {
        hasher()
            .hash_password(
                normalized(&password).as_bytes(),
                &SaltString::generate(&mut OsRng),
            )
            .map(|hash| hash.to_string())
            .map_err(|error| Error::Unexpected(error.to_string()))
    })
    .await?
}

/// How a password fits a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    No,
    Yes,
    /// It does, but the hash was made at lower costs than today's, or of the password as it was typed.
    Outdated,
}

/// Whether the password fits the hash; without a hash it never fits, after the same time.
///
/// # Errors
/// Only if the hasher itself fails.
pub async fn verify(password: String, hashed: Option<String>) -> Result<Fit, Error> {
    DESK.run(move || {
        let known = hashed.is_some();
        let hashed = hashed.unwrap_or_else(|| NOBODY.to_owned());
        let fit = PasswordHash::new(&hashed).map_or(Fit::No, |hash| fit(&password, &hash));
        if known { fit } else { Fit::No }
    })
    .await
}

/// How many hashes it computes depends on what was typed, not on whose hash it is.
fn fit(password: &str, hash: &PasswordHash<'_>) -> Fit {
    let fits = |text: &str| hasher().verify_password(text.as_bytes(), hash).is_ok();
    let normal = normalized(password);
    if fits(&normal) {
        if is_outdated(hash) {
            Fit::Outdated
        } else {
            Fit::Yes
        }
    } else if normal != password && fits(password) {
        Fit::Outdated
    } else {
        Fit::No
    }
}

/// Whether the hash was made at lower costs than today's.
fn is_outdated(hash: &PasswordHash<'_>) -> bool {
    Params::try_from(hash).ok().is_none_or(|made_with| {
        made_with.m_cost() < Params::DEFAULT_M_COST || made_with.t_cost() < Params::DEFAULT_T_COST
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_would_wait_too_long_is_told_at_once() {
        let desk = Desk {
            waiting: Semaphore::new(3),
            at_once: Semaphore::new(1),
        };
        let (go, gate) = std::sync::mpsc::channel::<()>();
        let slow = desk.run(move || gate.recv().is_ok());
        let (slow, next, last, refused) =
            tokio::join!(slow, desk.run(|| true), desk.run(|| true), async {
                let refused = desk.run(|| true).await;
                go.send(()).expect("the first one waits for it");
                refused
            });
        assert!(matches!(refused, Err(Error::Busy)));
        for done in [slow, next, last] {
            assert!(done.expect("its turn comes"));
        }
    }

    async fn verified(password: &str, hashed: &str) -> Fit {
        verify(password.to_owned(), Some(hashed.to_owned()))
            .await
            .expect("verifies")
    }

    #[tokio::test]
    async fn a_hash_fits_its_password_only() {
        let hashed = hash("שלוש מילים ארוכות".to_owned()).await.expect("hashes");
        assert!(hashed.starts_with("$argon2id$"));
        assert_eq!(verified("שלוש מילים ארוכות", &hashed).await, Fit::Yes);
        assert_eq!(verified("שלוש מילים ארוכות ", &hashed).await, Fit::No);
        let nobody = verify("anything".to_owned(), None).await;
        assert_eq!(nobody.expect("verifies"), Fit::No);
    }

    #[tokio::test]
    async fn a_hash_is_outdated_by_its_costs_or_by_letters_as_they_were_typed() {
        let salt = SaltString::generate(&mut OsRng);
        let cheap = Params::new(8192, 1, 1, None).expect("costs");
        let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, cheap)
            .hash_password(b"an old one", &salt)
            .expect("hashes");
        assert_eq!(
            verified("an old one", &cheap.to_string()).await,
            Fit::Outdated
        );

        let (typed, composed) = ("cafe\u{301} au lait", "caf\u{e9} au lait");
        let as_typed = hasher()
            .hash_password(typed.as_bytes(), &salt)
            .expect("hashes")
            .to_string();
        assert_eq!(verified(typed, &as_typed).await, Fit::Outdated);
        assert_eq!(verified(composed, &as_typed).await, Fit::No);
        let hashed = hash(typed.to_owned()).await.expect("hashes");
        assert_eq!(verified(typed, &hashed).await, Fit::Yes);
        assert_eq!(verified(composed, &hashed).await, Fit::Yes);
    }

    #[test]
    fn the_stand_in_hash_costs_as_much_as_a_real_one() {
        assert!(!is_outdated(&PasswordHash::new(NOBODY).expect("a hash")));
    }

    #[test]
    fn only_spaces_and_the_composition_of_letters_are_made_equal() {
        assert_eq!(normalized("a\u{a0}b\u{3000}c"), "a b c");
        assert_eq!(normalized("e\u{301}"), "\u{e9}");
        assert_eq!(normalized("ש\u{5bc}\u{5c1}"), normalized("ש\u{5c1}\u{5bc}"));
        assert_eq!(
            normalized(&"\u{3b1}\u{313}\u{300}\u{345}".repeat(256))
                .chars()
                .count(),
            256
        );
        assert_eq!(
            normalized(&"\u{3b1}\u{313}\u{300}\u{345}".repeat(9_999))
                .chars()
                .count(),
            257
        );
        for kept in ["  Two  ", "ﬁ ² Ａ", "a\tb", "❤\u{fe0f} 🤦🏽\u{200d}♀\u{fe0f}"] {
            assert_eq!(normalized(kept), kept);
        }
    }
}
