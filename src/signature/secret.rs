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
    /// The secret is one half of an ed25519 pair.
    #[error("secret {0} is an ed25519 key: only `v1` secrets (`whsec_`) are supported")]
    Asymmetric(usize),
    /// The secret can be guessed.
    #[error("secret {0} is shorter than {LEAST_BYTES} bytes")]
    TooShort(usize),
}

/// The keys of Standard Webhooks secrets.
pub(super) fn standard_keys(secrets: &[SecretString]) -> Result<Keys, InvalidSecret> {
    keys(secrets, |position, text| {
        if text.starts_with("whsk_") || text.starts_with("whpk_") {
            return Err(InvalidSecret::Asymmetric(position));
        }
        let bytes = LENIENT
            .decode(text.strip_prefix("whsec_").unwrap_or(text))
            .map_err(|_quotes_the_secret| InvalidSecret::NotBase64(position))?;
        if bytes.len() < LEAST_BYTES {
            return Err(InvalidSecret::TooShort(position));
        }
        Ok(Key::new(Hash::Sha256, &bytes))
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
    let one = |(index, secret): (usize, &SecretString)| match secret.expose_secret() {
        "" => Err(InvalidSecret::Empty(index + 1)),
        text => key(index + 1, text),
    };
    let keys = secrets.iter().enumerate().map(one).collect::<Result<Vec<Key>, _>>()?;
    Keys::new(keys).ok_or(InvalidSecret::NoneGiven)
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
        ] {
            assert_eq!(refused(good), None, "{good}");
        }
    }

    #[test]
    fn a_secret_that_cannot_be_used_is_named_by_its_place() {
        assert_eq!(refused(""), Some(InvalidSecret::Empty(2)));
        assert_eq!(refused("whsec_"), Some(InvalidSecret::TooShort(2)));
        assert_eq!(refused("not base64"), Some(InvalidSecret::NotBase64(2)));
        assert_eq!(refused("whsk_MfKQ9r8GKYqrTw"), Some(InvalidSecret::Asymmetric(2)));
        assert_eq!(refused("whsec_MfKQ9r8GKYqr"), Some(InvalidSecret::TooShort(2)));
        assert_eq!(standard_keys(&[]).err(), Some(InvalidSecret::NoneGiven));
        assert_eq!(text_keys(&[], Hash::Sha512).err(), Some(InvalidSecret::NoneGiven));
    }
}
