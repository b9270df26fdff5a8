//! What `[sources.<name>]` says about signatures.

use std::time::Duration;

use secrecy::SecretString;

/// How a source proves who it is. Every secret is live: any of them may verify.
#[derive(Debug, Clone)]
pub enum SchemeSettings {
    /// `verify = "standard-webhooks"`
    StandardWebhooks {
        /// Base64, with or without the prefix `whsec_`; after `whpk_` the public half of an ed25519
        /// pair.
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
    /// `verify = "stripe"`
    Stripe {
        /// The end point's signing secrets, `whsec_` with them.
        secrets: Vec<SecretString>,
        /// How far the signed time may be from ours, both ways.
        tolerance: Duration,
    },
    /// `verify = "github"`
    GitHub {
        /// The web hook's secrets.
        secrets: Vec<SecretString>,
    },
    /// `verify = "shopify"`
    Shopify {
        /// The app's client secrets.
        secrets: Vec<SecretString>,
    },
    /// `verify = "woocommerce"`
    WooCommerce {
        /// The web hook's secrets.
        secrets: Vec<SecretString>,
    },
    /// `verify = "adyen"`
    Adyen {
        /// HMAC keys in hexadecimal.
        secrets: Vec<SecretString>,
    },
    /// `verify = "paypal"`
    PayPal {
        /// The id that PayPal gave the web hook. It is signed and never sent.
        webhook_id: String,
    },
    /// `verify = "hubspot"`
    HubSpot {
        /// The app's client secrets.
        secrets: Vec<SecretString>,
        /// The address that HubSpot posts to, as it stands in the app: `v2` and `v3` sign it.
        url: String,
        /// The versions that are taken.
        versions: Vec<HubSpotVersion>,
        /// How far the signed time of `v3` may be from ours, both ways.
        tolerance: Duration,
    },
    /// `verify = "bearer"`
    Bearer {
        /// The tokens.
        secrets: Vec<SecretString>,
    },
    /// `verify = "basic"`
    Basic {
        /// The user's name.
        user: String,
        /// The user's passwords.
        secrets: Vec<SecretString>,
    },
    /// `verify = "none"`: said aloud, never a default.
    None,
}

/// A version of HubSpot's signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HubSpotVersion {
    /// A digest of secret and body.
    V1,
    /// A digest of secret, method, address and body.
    V2,
    /// An HMAC over method, address, body and time.
    V3,
}

impl SchemeSettings {
    /// The word of `verify`.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::StandardWebhooks { .. } => "standard-webhooks",
            Self::Hmac { .. } => "hmac",
            Self::Stripe { .. } => "stripe",
            Self::GitHub { .. } => "github",
            Self::Shopify { .. } => "shopify",
            Self::WooCommerce { .. } => "woocommerce",
            Self::Adyen { .. } => "adyen",
            Self::PayPal { .. } => "paypal",
            Self::HubSpot { .. } => "hubspot",
            Self::Bearer { .. } => "bearer",
            Self::Basic { .. } => "basic",
            Self::None => "none",
        }
    }

    /// The secrets, all of them live, in their order. PayPal's web hook id stands for its one.
    pub(super) fn secrets(&self) -> Vec<SecretString> {
        match self {
            Self::StandardWebhooks { secrets, .. }
            | Self::Hmac { secrets, .. }
            | Self::Stripe { secrets, .. }
            | Self::GitHub { secrets }
            | Self::Shopify { secrets }
            | Self::WooCommerce { secrets }
            | Self::Adyen { secrets }
            | Self::HubSpot { secrets, .. }
            | Self::Bearer { secrets }
            | Self::Basic { secrets, .. } => secrets.clone(),
            Self::PayPal { webhook_id } => vec![webhook_id.as_str().into()],
            Self::None => Vec::new(),
        }
    }
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
