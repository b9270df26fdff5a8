//! What `[sources.<name>]` says about signatures.

use std::time::Duration;

use secrecy::SecretString;

/// How a source proves who it is. Every secret is live: any of them may verify.
#[derive(Debug, Clone)]
pub enum SchemeSettings {
    /// `verify = "standard-webhooks"`
    StandardWebhooks {
        /// Base64, with or without the prefix `whsec_`.
        secrets: Vec<SecretString>,
        /// How far the signed time may be from ours, both ways.
        tolerance: Duration,
    },
    /// `verify = "hmac"`
    Hmac {
        /// The key's bytes as text.
        secrets: Vec<SecretString>,
        /// Where the signature is and how it is written.
        settings: HmacSettings,
    },
    /// `verify = "none"`: said aloud, never a default.
    None,
}

/// A plain HMAC over the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HmacSettings {
    /// The header that holds the signature: `X-Signature`.
    pub header: String,
    /// What stands before the signature: `sha256=`; may be empty.
    pub prefix: String,
    /// The hash function.
    pub hash: Hash,
    /// How the signature's bytes are written.
    pub encoding: Encoding,
    /// Whether a timestamp is signed with the body.
    pub timestamp: Option<Timestamped>,
}

/// A signed timestamp: the signed bytes are the header's text, `separator` and the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timestamped {
    /// The header that holds the time, in seconds since 1970: `X-Timestamp`.
    pub header: String,
    /// What stands between the time and the body: `.`.
    pub separator: String,
    /// How far the signed time may be from ours, both ways.
    pub tolerance: Duration,
}

/// The hash function of an HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Hash {
    /// SHA-256
    #[default]
    Sha256,
    /// SHA-512
    Sha512,
}

/// How a signature's bytes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// Hexadecimal, either case.
    #[default]
    Hex,
    /// Standard base64 with padding.
    Base64,
}
