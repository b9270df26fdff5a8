//! Why a signature does not hold.

use super::CertificateError;

/// Why a body is not taken as its source's. Nothing of the request is quoted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// A header that the scheme needs is absent.
    #[error("the header `{0}` is missing")]
    Missing(String),
    /// A header cannot be read: it is there twice, not text, or not of the scheme's form.
    #[error("the header `{0}` is not as the scheme wants it")]
    Malformed(String),
    /// More signatures than a sender has secrets.
    #[error("there are more than {most} signatures")]
    TooMany {
        /// How many are looked at.
        most: usize,
    },
    /// The scheme signs in the body, and the body says no signature.
    #[error("the member `{0}` is missing in the body")]
    MissingInBody(&'static str),
    /// The scheme signs in the body, and the body cannot be read.
    #[error("the body is not as the scheme wants it: what is signed cannot be told")]
    UnreadableBody,
    /// The certificate is not where the sender keeps its own.
    #[error("the header `{0}` does not name a certificate at the sender's own host")]
    ForeignCertificate(&'static str),
    /// The certificate does not hold.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// No credentials of the source.
    #[error("the credentials in the header `Authorization` are not of this source")]
    WrongCredentials,
    /// No secret of the source made this signature of this body.
    #[error("the signature is not of this body with a secret of this source")]
    Wrong,
    /// The signature holds, but its time is too far from ours.
    #[error("the signed time is more than {tolerance_seconds} s from the receiver's")]
    Stale {
        /// How far it may be, both ways.
        tolerance_seconds: u64,
    },
    /// The signature holds, but a dot in the id leaves open where the signed parts end.
    #[error("the signed id has a dot in it")]
    AmbiguousId,
    /// The same of a colon in a field of a signed item.
    #[error("the signed field `{0}` has a colon in it")]
    AmbiguousField(&'static str),
}

impl SignatureError {
    /// The name that metrics use.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Missing(_) | Self::MissingInBody(_) => "signature_missing",
            Self::Malformed(_) | Self::TooMany { .. } | Self::UnreadableBody => {
                "signature_malformed"
            }
            Self::ForeignCertificate(_) | Self::Certificate(_) => "signature_certificate",
            Self::Wrong | Self::WrongCredentials => "signature_wrong",
            Self::Stale { .. } => "signature_stale",
            Self::AmbiguousId | Self::AmbiguousField(_) => "signature_ambiguous",
        }
    }
}
