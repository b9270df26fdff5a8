//! Schemes that are one HMAC-SHA256 over the raw body in one header: GitHub, Shopify, WooCommerce.
//!
//! Sources: docs.github.com, "Validating webhook deliveries"; shopify.dev, "Verify webhooks";
//! woocommerce `class-wc-webhook.php`.

use super::{Encoding, Hash, HmacSettings};

/// GitHub. Its older `X-Hub-Signature`, which is SHA-1, is not read.
pub(super) fn github() -> HmacSettings {
    over_body("X-Hub-Signature-256", "sha256=", Encoding::Hex)
}

/// Shopify.
pub(super) fn shopify() -> HmacSettings {
    over_body("X-Shopify-Hmac-Sha256", "", Encoding::Base64)
}

/// WooCommerce.
pub(super) fn woocommerce() -> HmacSettings {
    over_body("X-WC-Webhook-Signature", "", Encoding::Base64)
}

fn over_body(header: &str, prefix: &str, encoding: Encoding) -> HmacSettings {
    HmacSettings {
        header: header.to_owned(),
        prefix: prefix.to_owned(),
        hash: Hash::Sha256,
        encoding,
        timestamp: None,
    }
}

/// Whether `body` is the ping that WooCommerce posts, unsigned, when a web hook is saved:
/// `webhook_id=` and a number, and nothing else.
pub(super) fn is_woocommerce_ping(body: &[u8]) -> bool {
    /// As many digits as a 64-bit id has.
    const MOST_DIGITS: usize = 20;
    body.strip_prefix(b"webhook_id=").is_some_and(|digits| {
        (1..=MOST_DIGITS).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
    })
}
