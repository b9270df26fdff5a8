//! Secrets as the settings give them, turned into keys.

use base64::{
    Engine,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use secrecy::{ExposeSecret, SecretString};

use super::{
    Hash,
    mac::{Key, Keys},
};

/// The least length of a Standard Webhooks secret (Standard Webhooks 1.0, "Signature scheme").
const LEAST_BYTES: usize = 24;

/// The least length of a key in hexadecimal; Adyen's have 32 bytes.
const LEAST_HEX_BYTES: usize = 16;

/// The length of an ed25519 key (RFC 8032).
const ED25519_BYTES: usize = 32;

/// Standard base64 that minds padding only where it is there.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a source's secrets cannot be used. Positions count from 1; no secret is quoted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSecret {
    /// A signed scheme has no secret.
    #[error("a signed source needs at least one secret")]
    NoneGiven,
    /// The secret is the empty text.
    #[error("secret {0} is empty")]
    Empty(usize),
    /// The secret is not base64.
    #[error("secret {0} is not base64, with or without `whsec_` before it")]
    NotBase64(usize),
    /// The secret is the private half of an ed25519 pair.
    #[error(
        "secret {0} is a private ed25519 key (`whsk_`), which is its sender's alone: give the \
         public half (`whpk_`)"
    )]
    Private(usize),
    /// The secret is no public half of an ed25519 pair.
    #[error("secret {0} is not the base64 of a 32-byte ed25519 key after `whpk_`")]
    NotEd25519(usize),
    /// The secret is not hexadecimal.
    #[error("secret {0} is not a key in hexadecimal of at least {LEAST_HEX_BYTES} bytes")]
    NotHex(usize),
    /// The secret can be guessed.
    #[error("secret {0} is shorter than {LEAST_BYTES} bytes")]
    TooShort(usize),
}

/// A Standard Webhooks secret, ready for use.
#[derive(Debug, Clone)]
pub(super) enum StandardKey {
    /// Of `v1`: both sides have it.
    Shared(Box<Key>),
    /// Of `v1a`: the public half of the sender's pair.
    Public(Vec<u8>),
}

/// The keys of Standard Webhooks secrets.
pub(super) fn standard_keys(secrets: &[SecretString]) -> Result<Vec<StandardKey>, InvalidSecret> {
    each(secrets, |position, text| {
        if text.starts_with("whsk_") {
            return Err(InvalidSecret::Private(position));
        }
        if let Some(public) = text.strip_prefix("whpk_") {
            return match LENIENT.decode(public) {
                Ok(bytes) if bytes.len() == ED25519_BYTES => Ok(StandardKey::Public(bytes)),
                _ => Err(InvalidSecret::NotEd25519(position)),
            };
        }
        let bytes = LENIENT
            .decode(text.strip_prefix("whsec_").unwrap_or(text))
            .map_err(|_quotes_the_secret| InvalidSecret::NotBase64(position))?;
        if bytes.len() < LEAST_BYTES {
            return Err(InvalidSecret::TooShort(position));
        }
        Ok(StandardKey::Shared(Box::new(Key::new(Hash::Sha256, &bytes))))
    })
}

/// The keys of secrets that are written in hexadecimal.
pub(super) fn hex_keys(secrets: &[SecretString]) -> Result<Keys, InvalidSecret> {
    keys(secrets, |position, text| match hex::decode(text) {
        Ok(bytes) if bytes.len() >= LEAST_HEX_BYTES => Ok(Key::new(Hash::Sha256, &bytes)),
        _ => Err(InvalidSecret::NotHex(position)),
    })
}

/// The keys of secrets whose text is the key.
pub(super) fn text_keys(secrets: &[SecretString], hash: Hash) -> Result<Keys, InvalidSecret> {
    keys(secrets, |_, text| Ok(Key::new(hash, text.as_bytes())))
}

fn keys(
    secrets: &[SecretString],
    key: impl Fn(usize, &str) -> Result<Key, InvalidSecret>,
) -> Result<Keys, InvalidSecret> {
    Keys::new(each(secrets, key)?).ok_or(InvalidSecret::NoneGiven)
}

/// What `ready` makes of each secret: at least one, and none that is empty.
pub(super) fn each<T>(
    secrets: &[SecretString],
    ready: impl Fn(usize, &str) -> Result<T, InvalidSecret>,
) -> Result<Vec<T>, InvalidSecret> {
    if secrets.is_empty() {
        return Err(InvalidSecret::NoneGiven);
    }
    let one = |(index, secret): (usize, &SecretString)| match secret.expose_secret() {
        "" => Err(InvalidSecret::Empty(index + 1)),
        text => ready(index + 1, text),
    };
    secrets.iter().enumerate().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(secret: &str) -> Option<InvalidSecret> {
        standard_keys(&[SecretString::from("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), secret.into()])
            .err()
    }

    #[test]
    fn a_secret_is_base64_with_or_without_its_prefix_and_padding() {
        for good in [
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMQ==",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMQ",
            "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        ] {
            assert_eq!(refused(good), None, "{good}");
        }
    }

    #[test]
    fn a_secret_that_cannot_be_used_is_named_by_its_place() {
        assert_eq!(refused(""), Some(InvalidSecret::Empty(2)));
        assert_eq!(refused("whsec_"), Some(InvalidSecret::TooShort(2)));
        assert_eq!(refused("not base64"), Some(InvalidSecret::NotBase64(2)));
        assert_eq!(refused("whsk_MfKQ9r8GKYqrTw"), Some(InvalidSecret::Private(2)));
        assert_eq!(refused("whpk_MfKQ9r8GKYqrTw"), Some(InvalidSecret::NotEd25519(2)));
        let hexadecimal = |secret: &str| hex_keys(&[secret.into()]).err();
        assert_eq!(hexadecimal(&"0f".repeat(16)), None);
        assert_eq!(hexadecimal(&"0f".repeat(15)), Some(InvalidSecret::NotHex(1)));
        assert_eq!(hexadecimal(&"xy".repeat(16)), Some(InvalidSecret::NotHex(1)));
        assert_eq!(refused("whsec_MfKQ9r8GKYqr"), Some(InvalidSecret::TooShort(2)));
        assert_eq!(standard_keys(&[]).err(), Some(InvalidSecret::NoneGiven));
        assert_eq!(text_keys(&[], Hash::Sha512).err(), Some(InvalidSecret::NoneGiven));
    }
}
