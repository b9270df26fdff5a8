//! Vectors of the vendors', and of other implementations, against every scheme.

use std::collections::BTreeMap;

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use serde::Deserialize;

use super::*;

/// One post and the source that it is of.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Vector {
    pub(super) name: String,
    pub(super) source: Source,
    pub(super) now: i64,
    pub(super) method: Option<String>,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Source {
    pub(super) verify: String,
    #[serde(default)]
    pub(super) secrets: Vec<String>,
    pub(super) url: Option<String>,
    pub(super) user: Option<String>,
    pub(super) webhook_id: Option<String>,
}

const ROOT: &[u8] = include_bytes!("../../../tests/data/signatures/paypal/root.pem");
const SENDER: &[u8] = include_bytes!("../../../tests/data/signatures/paypal/sender.pem");

pub(super) fn vectors() -> Vec<Vector> {
    let text = include_str!("../../../tests/data/signatures/vectors.json");
    serde_json::from_str(text).unwrap()
}

pub(super) fn vector(name: &str) -> Vector {
    vectors().into_iter().find(|vector| vector.name == name).unwrap()
}

pub(super) fn test_root() -> Arc<RootCertStore> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ROOT).unwrap()).unwrap();
    Arc::new(roots)
}

impl Source {
    pub(super) fn scheme(&self) -> Scheme {
        let secrets: Vec<SecretString> =
            self.secrets.iter().map(|secret| secret.as_str().into()).collect();
        let tolerance = Duration::from_mins(5);
        Scheme::new(match self.verify.as_str() {
            "standard-webhooks" => SchemeSettings::StandardWebhooks { secrets, tolerance },
            "stripe" => SchemeSettings::Stripe { secrets, tolerance },
            "github" => SchemeSettings::GitHub { secrets },
            "shopify" => SchemeSettings::Shopify { secrets },
            "woocommerce" => SchemeSettings::WooCommerce { secrets },
            "adyen" => SchemeSettings::Adyen { secrets },
            "paypal" => SchemeSettings::PayPal { webhook_id: self.webhook_id.clone().unwrap() },
            "hubspot" => SchemeSettings::HubSpot {
                secrets,
                url: self.url.clone().unwrap(),
                versions: vec![HubSpotVersion::V1, HubSpotVersion::V2, HubSpotVersion::V3],
                tolerance,
            },
            "bearer" => SchemeSettings::Bearer { secrets },
            "basic" => SchemeSettings::Basic { user: self.user.clone().unwrap(), secrets },
            other => panic!("{other}"),
        })
        .unwrap()
    }

    /// Whether the proof says nothing of the body.
    fn leaves_the_body_open(&self) -> bool {
        ["bearer", "basic"].contains(&self.verify.as_str())
    }
}

impl Vector {
    pub(super) fn check(&self) -> Result<Option<usize>, SignatureError> {
        self.check_by(&self.source.scheme())
    }

    pub(super) fn check_by(&self, scheme: &Scheme) -> Result<Option<usize>, SignatureError> {
        let now = at(self.now);
        let headers: Headers<'_> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let headers = headers.with_method(self.method.as_deref().unwrap_or("POST"));
        let certificate = match scheme.certificate_url(&headers)? {
            Some(_) => Some(Certificate::read(SENDER, test_root(), now)?),
            None => None,
        };
        let headers = headers.with_certificate(certificate.as_ref());
        let body = Bytes::from(self.body.clone());
        scheme.verify(&headers, &body, now).map(|verified| {
            assert_eq!(verified.body(), self.body.as_bytes());
            verified.secret()
        })
    }
}

#[test]
fn every_vector_verifies() {
    let vectors = vectors();
    for vector in &vectors {
        assert_eq!(vector.check(), Ok(Some(0)), "{}", vector.name);
    }
    for word in [
        "standard-webhooks",
        "stripe",
        "github",
        "shopify",
        "woocommerce",
        "adyen",
        "paypal",
        "hubspot",
        "bearer",
        "basic",
    ] {
        assert!(vectors.iter().any(|vector| vector.source.verify == word), "{word}");
    }
}

#[test]
fn no_vector_verifies_with_one_byte_of_its_body_changed() {
    for vector in vectors() {
        if vector.source.leaves_the_body_open() {
            continue;
        }
        let body = if vector.body.contains("hmacSignature") {
            // Adyen signs some of an item's fields, and this is one.
            vector.body.replacen("EUR", "EUX", 1)
        } else {
            format!("{} ", vector.body)
        };
        let changed = Vector { body, ..vector };
        assert_eq!(changed.check(), Err(SignatureError::Wrong), "{}", changed.name);
    }
}

#[test]
fn no_vector_verifies_without_one_of_its_headers() {
    for vector in vectors() {
        for name in vector.headers.keys() {
            let mut without = vector.clone();
            without.headers.remove(name);
            let error = without.check().unwrap_err();
            let expected = match vector.source.verify.as_str() {
                // Without its own header an Adyen post has to be signed in the body.
                "adyen" => "signature_malformed",
                _ => "signature_missing",
            };
            assert_eq!(error.reason(), expected, "{}: {name}", vector.name);
        }
    }
}

#[test]
fn no_vector_verifies_with_one_character_of_a_header_changed() {
    let unsigned = ["PAYPAL-CERT-URL"];
    for vector in vectors() {
        for (name, value) in vector.headers.iter().filter(|(name, _)| !unsigned.contains(&&***name))
        {
            for index in 0..value.len() {
                let other = if value.as_bytes()[index] == b'b' { "d" } else { "b" };
                let mut changed = vector.clone();
                let value = format!("{}{other}{}", &value[..index], &value[index + 1..]);
                changed.headers.insert(name.clone(), value.clone());
                match changed.check() {
                    Err(_) => {}
                    // A list of signatures has entries that are not this source's; and base64 and
                    // the word before credentials may be written in more than one way.
                    Ok(_) => assert!(is_only_written_otherwise(name, &value), "{name}: {value}"),
                }
            }
        }
    }
}

fn is_only_written_otherwise(name: &str, value: &str) -> bool {
    let original = vectors().into_iter().filter_map(|vector| vector.headers.get(name).cloned());
    match name {
        "webhook-signature" => value.contains("v1a,"),
        "Stripe-Signature" => value.matches('=').count() > 2,
        "Authorization" => original.into_iter().any(|one| one.eq_ignore_ascii_case(value)),
        _ => false,
    }
}

#[test]
fn a_second_secret_verifies_every_vector() {
    for vector in vectors() {
        let stranger = match vector.source.verify.as_str() {
            "paypal" => continue,
            "standard-webhooks" => NEW.replace('C', "D"),
            "adyen" => "0f".repeat(32),
            _ => "another secret".to_owned(),
        };
        let mut rotated = vector.clone();
        rotated.source.secrets.insert(0, stranger);
        assert_eq!(rotated.check(), Ok(Some(1)), "{}", vector.name);
        rotated.source.secrets.pop();
        let refused = rotated.check().unwrap_err().reason();
        let name = &vector.name;
        let public = vector.source.secrets[0].starts_with("whpk_") && !name.contains("among");
        assert_eq!(
            refused,
            if public { "signature_malformed" } else { "signature_wrong" },
            "{name}"
        );
    }
}

#[test]
fn a_signed_time_of_more_than_five_minutes_ago_is_stale_where_the_sender_signs_again() {
    for vector in vectors() {
        let signs_a_time = match vector.source.verify.as_str() {
            "standard-webhooks" | "stripe" => true,
            "hubspot" => vector.name.starts_with("hubspot v3"),
            _ => false,
        };
        for seconds in [301, -301] {
            let late = Vector { now: vector.now + seconds, ..vector.clone() };
            let stale = Err(SignatureError::Stale { tolerance_seconds: 300 });
            let expected = if signs_a_time { stale } else { Ok(Some(0)) };
            assert_eq!(late.check(), expected, "{}", vector.name);
        }
        let in_time = Vector { now: vector.now + 299, ..vector.clone() };
        assert_eq!(in_time.check(), Ok(Some(0)), "{}", vector.name);
    }
}
