//! What `[sources.<name>.callback]` and `[operators.notify.<name>]` say.

use std::{collections::BTreeSet, fmt, net::IpAddr, time::Duration};

use reqwest::Url;
use secrecy::SecretString;

use super::address::Reach;
use crate::signature::{InvalidSecret, Scheme, SchemeSettings};

/// A receiver, and how it knows who calls.
#[derive(Clone)]
pub struct Webhook {
    /// Where; nobody is shown its path or query, which may hold a key.
    pub url: Url,
    /// How calls are signed.
    pub scheme: Scheme,
    /// Which addresses may be called.
    pub reach: Reach,
}

/// Where a source is called back, and about what.
#[derive(Debug, Clone)]
pub struct CallbackSettings {
    /// Where.
    pub webhook: Webhook,
    /// The states that a delivery ends in, by the contract's names.
    pub on: BTreeSet<&'static str>,
}

/// Where operators are told of the house's own troubles.
#[derive(Debug, Clone)]
pub enum NotifySettings {
    /// By signed calls.
    Webhook(Box<Webhook>),
    /// In RabbitMQ's queue for operators.
    Queue,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Webhook")
            .field("host", &self.url.host_str())
            .field("reach", &self.reach)
            .finish_non_exhaustive()
    }
}

/// Why an address cannot be a call-back's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUrl {
    /// It is not one.
    #[error("is not an address")]
    NotAnAddress,
    /// It is not https.
    #[error("is not https")]
    NotHttps,
    /// It holds a name or a password.
    #[error("holds a user or a password")]
    User,
    /// It names an address that must not be called.
    #[error("names an address that is not public")]
    NotPublic,
}

/// Reads the address of a receiver that is within `reach`. Plain http is for this machine alone, and
/// only where private addresses are allowed.
pub fn callback_url(text: &str, reach: Reach) -> Result<Url, InvalidUrl> {
    let url = Url::parse(text).map_err(|_quotes_the_text| InvalidUrl::NotAnAddress)?;
    let host = url.host_str().ok_or(InvalidUrl::NotAnAddress)?;
    // The parser has brought every spelling of an address into its usual form.
    let literal: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    let is_loopback = literal.is_some_and(|address| address.is_loopback());
    if url.scheme() != "https"
        && !(url.scheme() == "http" && is_loopback && reach == Reach::Private)
    {
        return Err(InvalidUrl::NotHttps);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(InvalidUrl::User);
    }
    if literal.is_some_and(|address| !reach.allows(address)) {
        return Err(InvalidUrl::NotPublic);
    }
    Ok(url)
}

/// Why a secret cannot be a call-back's. It is not quoted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCallbackSecret {
    /// It is half of a pair.
    #[error("is an ed25519 key")]
    Asymmetric,
    /// It is no secret of Standard Webhooks.
    #[error("cannot be used")]
    Unusable(#[source] InvalidSecret),
}

/// Reads the Standard Webhooks secret that call-backs are signed with.
pub fn callback_scheme(secret: &str) -> Result<Scheme, InvalidCallbackSecret> {
    if secret.starts_with("whpk_") || secret.starts_with("whsk_") {
        return Err(InvalidCallbackSecret::Asymmetric);
    }
    let secrets = vec![SecretString::from(secret)];
    // Nothing is verified with it.
    let tolerance = Duration::ZERO;
    Scheme::new(SchemeSettings::StandardWebhooks { secrets, tolerance })
        .map_err(InvalidCallbackSecret::Unusable)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_is_public_and_https_unless_private_ones_are_allowed() {
        use InvalidUrl::{NotAnAddress, NotHttps, NotPublic, User};
        for (text, public, private) in [
            ("https://hooks.example.com/deskbell?key=1", None, None),
            ("https://hooks.example.com:8443", None, None),
            ("https://1.1.1.1/", None, None),
            ("https://[2606:4700::1111]/", None, None),
            ("http://hooks.example.com/", Some(NotHttps), Some(NotHttps)),
            ("http://10.0.0.1/", Some(NotHttps), Some(NotHttps)),
            ("http://127.0.0.1:8000/", Some(NotHttps), None),
            ("http://[::1]:8000/", Some(NotHttps), None),
            ("http://localhost/", Some(NotHttps), Some(NotHttps)),
            ("https://10.0.0.1/", Some(NotPublic), None),
            ("https://127.1/", Some(NotPublic), None),
            ("https://2130706433/", Some(NotPublic), None),
            ("https://0x7f.0.0.1/", Some(NotPublic), None),
            ("https://0177.0.0.1/", Some(NotPublic), None),
            ("https://[::ffff:10.0.0.1]/", Some(NotPublic), None),
            ("https://169.254.169.254/", Some(NotPublic), Some(NotPublic)),
            ("https://0.0.0.0/", Some(NotPublic), Some(NotPublic)),
            ("https://user@hooks.example.com/", Some(User), Some(User)),
            ("ftp://hooks.example.com/", Some(NotHttps), Some(NotHttps)),
            ("hooks.example.com", Some(NotAnAddress), Some(NotAnAddress)),
            ("https://", Some(NotAnAddress), Some(NotAnAddress)),
        ] {
            assert_eq!(callback_url(text, Reach::Public).err(), public, "{text}");
            assert_eq!(callback_url(text, Reach::Private).err(), private, "{text}");
        }
    }

    #[test]
    fn what_is_shown_of_settings_holds_no_key() {
        let settings = CallbackSettings {
            webhook: Webhook {
                url: "https://hooks.example.com/canary?key=canary".parse().unwrap(),
                scheme: callback_scheme("whsec_Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5").unwrap(),
                reach: Reach::Public,
            },
            on: BTreeSet::from(["dead"]),
        };
        let shown = format!("{settings:?}");
        assert!(shown.contains("hooks.example.com") && !shown.contains("canary"), "{shown}");
        assert!(!shown.contains("Y2FuYXJ5"), "{shown}");
    }

    #[test]
    fn only_a_secret_that_can_sign_is_taken() {
        assert!(callback_scheme("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").is_ok());
        for key in ["whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsk_AAAA"] {
            assert_eq!(callback_scheme(key).err(), Some(InvalidCallbackSecret::Asymmetric));
        }
        for text in ["", "not base64", "whsec_MfKQ"] {
            let error = callback_scheme(text).err();
            assert!(matches!(error, Some(InvalidCallbackSecret::Unusable(_))), "{text}");
        }
    }
}
