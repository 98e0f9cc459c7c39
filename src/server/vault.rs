//! The vault: secrets that are read again, as XChaCha20-Poly1305 ciphertexts.
//!
//! A ciphertext is `1 | key id (8) | nonce (24) | sealed text`. User and column are associated
//! data, so a value moved to another row or column does not decrypt.

use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use rand::RngCore;
use sha2::{Digest, Sha256};
use uuid::Uuid;

const FORMAT: u8 = 1;
const KEY_ID_LENGTH: usize = 8;
const NONCE_LENGTH: usize = 24;
const HEADER_LENGTH: usize = 1 + KEY_ID_LENGTH + NONCE_LENGTH;

/// A column that holds a ciphertext; part of what binds the ciphertext to its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    VapiApiKey,
    TwilioAuthToken,
    WebhookSecret,
    OutboxToken,
}

impl Column {
    const fn name(self) -> &'static str {
        match self {
            Self::VapiApiKey => "vapi_credentials.vapi_api_key_encrypted",
            Self::TwilioAuthToken => "twilio_credentials.auth_token_encrypted",
            Self::WebhookSecret => "assistants.webhook_secret_encrypted",
            Self::OutboxToken => "outbox.token_encrypted",
        }
    }
}

/// A key of 32 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(key)")
    }
}

/// A text is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not 32 bytes in base64")]
pub struct KeyError;

impl Key {
    /// Reads a key.
    ///
    /// # Errors
    /// When it is not 32 bytes in base64.
    pub fn from_base64(text: &str) -> Result<Self, KeyError> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| KeyError)?;
        bytes.try_into().map(Self).map_err(|_| KeyError)
    }

    /// Whether it may have been drawn at random, as text, a pattern, a count and few different bytes were not.
    /// Of the keys that were, each of these refuses fewer than one in ten million.
    #[must_use]
    pub fn looks_random(&self) -> bool {
        let bytes = &self.0;
        let is_text = std::str::from_utf8(bytes).is_ok();
        let repeats = (1..=bytes.len() / 2).any(|period| bytes[period..] == bytes[..32 - period]);
        let step = |pair: &[u8]| pair[1].wrapping_sub(pair[0]);
        let counts = bytes.windows(2).all(|pair| step(pair) == step(bytes));
        let different = bytes.iter().collect::<HashSet<_>>().len();
        !is_text && !repeats && !counts && different >= bytes.len() / 2
    }

    #[must_use]
    pub fn random() -> Self {
        let mut bytes = [0; 32];
        rand::rng().fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// The key kept in a file, made on the first call, readable by its owner only.
    ///
    /// # Errors
    /// When the file cannot be read or written, or holds no key.
    pub fn kept_in(path: &Path) -> std::io::Result<Self> {
        match fs::read_to_string(path) {
            Ok(text) => Self::from_base64(&text).map_err(|problem| {
                std::io::Error::new(
                    ErrorKind::InvalidData,
                    format!("{} {problem}", path.display()),
                )
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let key = Self::random();
                let mut file = fs::OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .mode(0o600)
                    .open(path)?;
                file.write_all(STANDARD.encode(key.0).as_bytes())?;
                file.sync_all()?;
                Ok(key)
            }
            Err(error) => Err(error),
        }
    }

    fn id(&self) -> [u8; KEY_ID_LENGTH] {
        let digest = Sha256::new()
            .chain_update(b"ava key id")
            .chain_update(self.0)
            .finalize();
        let mut id = [0; KEY_ID_LENGTH];
        id.copy_from_slice(&digest[..KEY_ID_LENGTH]);
        id
    }

    /// A keyed hash for look-ups that must not reveal what was looked up.
    #[must_use]
    pub fn fingerprint(&self, purpose: &str, text: &str) -> Vec<u8> {
        Sha256::new()
            .chain_update(self.0)
            .chain_update(purpose.as_bytes())
            .chain_update([0])
            .chain_update(text.as_bytes())
            .finalize()
            .to_vec()
    }
}

/// Why a ciphertext did not open. Says nothing about what is inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    #[error("the ciphertext is damaged or belongs to another place")]
    Refused,
    #[error("the ciphertext was sealed with a key that is not configured")]
    UnknownKey,
}

/// Seals with the current key, opens with any known one.
pub struct Vault {
    current: Key,
    old: Vec<Key>,
}

impl Vault {
    #[must_use]
    pub const fn new(current: Key, old: Vec<Key>) -> Self {
        Self { current, old }
    }

    /// The key that seals; also keys the fingerprints of limited attempts.
    #[must_use]
    pub const fn current(&self) -> &Key {
        &self.current
    }

    /// Seals a secret for one column of one user.
    ///
    /// # Errors
    /// Only if the cipher refuses, which it does for texts beyond any length accepted here.
    pub fn seal(&self, user: Uuid, column: Column, secret: &str) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0; NONCE_LENGTH];
        rand::rng().fill_bytes(&mut nonce);
        let sealed = XChaCha20Poly1305::new(&self.current.0.into())
            .encrypt(
                XNonce::from_slice(&nonce),
                Payload {
                    msg: secret.as_bytes(),
                    aad: &associated_data(user, column),
                },
            )
            .map_err(|_| VaultError::Refused)?;
        let mut ciphertext = Vec::with_capacity(HEADER_LENGTH + sealed.len());
        ciphertext.push(FORMAT);
        ciphertext.extend(self.current.id());
        ciphertext.extend(nonce);
        ciphertext.extend(sealed);
        Ok(ciphertext)
    }

    /// Opens a secret sealed for this column of this user.
    ///
    /// # Errors
    /// When it was altered, moved, or sealed with a key that is not known.
    pub fn open(
        &self,
        user: Uuid,
        column: Column,
        ciphertext: &[u8],
    ) -> Result<String, VaultError> {
        if ciphertext.len() < HEADER_LENGTH || ciphertext[0] != FORMAT {
            return Err(VaultError::Refused);
        }
        let (header, sealed) = ciphertext.split_at(HEADER_LENGTH);
        let (key_id, nonce) = header[1..].split_at(KEY_ID_LENGTH);
        let key = std::iter::once(&self.current)
            .chain(&self.old)
            .find(|key| key.id() == key_id)
            .ok_or(VaultError::UnknownKey)?;
        let plain = XChaCha20Poly1305::new(&key.0.into())
            .decrypt(
                XNonce::from_slice(nonce),
                Payload {
                    msg: sealed,
                    aad: &associated_data(user, column),
                },
            )
            .map_err(|_| VaultError::Refused)?;
        String::from_utf8(plain).map_err(|_| VaultError::Refused)
    }

    /// Whether the ciphertext is sealed with the current key.
    #[must_use]
    pub fn is_current(&self, ciphertext: &[u8]) -> bool {
        ciphertext.get(1..=KEY_ID_LENGTH) == Some(&self.current.id()[..])
    }
}

fn associated_data(user: Uuid, column: Column) -> Vec<u8> {
    [user.as_bytes().as_slice(), column.name().as_bytes()].concat()
}

/// All that is ever shown of a secret: its last four characters, of a short one none.
#[must_use]
pub fn preview(secret: &str) -> String {
    let length = secret.chars().count();
    let shown = if length >= 12 { 4 } else { 0 };
    let tail: String = secret.chars().skip(length - shown).collect();
    format!("****{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault() -> Vault {
        Vault::new(Key::random(), Vec::new())
    }

    #[test]
    fn opens_what_it_sealed_and_never_seals_alike() {
        let (vault, user) = (vault(), Uuid::new_v4());
        let one = vault
            .seal(user, Column::VapiApiKey, "a-secret")
            .expect("seals");
        let two = vault
            .seal(user, Column::VapiApiKey, "a-secret")
            .expect("seals");
        assert_ne!(one, two);
        assert_eq!(
            vault.open(user, Column::VapiApiKey, &one).as_deref(),
            Ok("a-secret")
        );
    }

    #[test]
    fn a_moved_or_altered_ciphertext_is_refused() {
        let (vault, user) = (vault(), Uuid::new_v4());
        let sealed = vault
            .seal(user, Column::VapiApiKey, "a-secret")
            .expect("seals");
        let refused = Err(VaultError::Refused);
        assert_eq!(
            vault.open(Uuid::new_v4(), Column::VapiApiKey, &sealed),
            refused
        );
        assert_eq!(vault.open(user, Column::TwilioAuthToken, &sealed), refused);
        for index in [0, 9, HEADER_LENGTH, sealed.len() - 1] {
            let mut altered = sealed.clone();
            altered[index] ^= 1;
            assert_eq!(
                vault.open(user, Column::VapiApiKey, &altered),
                refused,
                "byte {index}"
            );
        }
        assert_eq!(
            vault.open(user, Column::VapiApiKey, &sealed[..HEADER_LENGTH - 1]),
            refused
        );
    }

    #[test]
    fn a_new_key_reads_old_ciphertexts_only_with_the_old_key_beside_it() {
        let (old, new, user) = (Key::random(), Key::random(), Uuid::new_v4());
        let sealed = Vault::new(old.clone(), Vec::new())
            .seal(user, Column::TwilioAuthToken, "token")
            .expect("seals");
        let without = Vault::new(new.clone(), Vec::new());
        assert_eq!(
            without.open(user, Column::TwilioAuthToken, &sealed),
            Err(VaultError::UnknownKey)
        );
        let with = Vault::new(new, vec![old]);
        assert_eq!(
            with.open(user, Column::TwilioAuthToken, &sealed).as_deref(),
            Ok("token")
        );
        assert!(!with.is_current(&sealed));
    }

    #[test]
    fn what_nobody_drew_does_not_look_random() {
        let bytes = [
            9, 200, 3, 77, 150, 41, 255, 0, 61, 188, 17, 240, 99, 35, 170, 5,
        ];
        let regular: [(&str, [u8; 32]); 8] = [
            ("one byte", [200; 32]),
            (
                "counted",
                std::array::from_fn(|i| 150 + u8::try_from(i).expect("small")),
            ),
            (
                "in threes",
                std::array::from_fn(|i| 250 - 3 * u8::try_from(i).expect("small")),
            ),
            (
                "eight bytes again and again",
                std::array::from_fn(|i| bytes[i % 8]),
            ),
            (
                "sixteen bytes twice",
                std::array::from_fn(|i| bytes[i % 16]),
            ),
            (
                "few different",
                std::array::from_fn(|i| bytes[i.count_ones() as usize]),
            ),
            ("typed", *b"changemechangemechangemechangeme"),
            ("a line", *b"To be, or not to be, that is the"),
        ];
        for (what, bytes) in regular {
            assert!(!Key(bytes).looks_random(), "{what}");
        }
        for _ in 0..100 {
            assert!(Key::random().looks_random());
        }
    }

    #[test]
    fn previews_show_four_characters_of_a_long_secret_and_none_of_a_short_one() {
        assert_eq!(preview("0123456789abcdef"), "****cdef");
        assert_eq!(preview("short"), "****");
    }
}
