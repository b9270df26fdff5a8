//! A post as a stranger sends it: a line for each header, an empty line, the body.
//!
//! Held for every input: what verifies is the body that was signed, by one of our secrets, within
//! the tolerance, and no longer verifies with a byte more or an hour later; no error quotes a secret
//! or the post; what we sign ourselves verifies.

use std::time::Duration;

use bytes::Bytes;
use deskbell::signature::{
    Encoding, Hash, Headers, HmacSettings, HubSpotVersion, Scheme, SchemeSettings, SignatureError,
    Timestamped,
};
use jiff::Timestamp;

/// The time on the receiver's clock, in seconds since 1970.
const NOW: i64 = 1_800_000_000;

/// The key's bytes are `canary-of-the-standard-secret`.
const STANDARD_SECRET: &str = "whsec_Y2FuYXJ5LW9mLXRoZS1zdGFuZGFyZC1zZWNyZXQ=";

const HMAC_SECRET: &str = "canary-of-the-hmac-secret";

/// The same in hexadecimal.
const ADYEN_SECRET: &str = "63616e6172792d6f662d7468652d686d61632d736563726574";

/// Stands in each secret, and in whatever of a post must not be quoted.
const MARK: &str = "canary";

const TOLERANCE: Duration = Duration::from_mins(5);

/// Whether one of the schemes takes the post.
pub(crate) fn run(input: &[u8]) -> bool {
    let (headers, body) = read(input);
    let schemes = [
        standard_webhooks(),
        stamped_hmac(),
        plain_hmac(),
        of(SchemeSettings::Stripe { secrets: vec![HMAC_SECRET.into()], tolerance: TOLERANCE }),
        of(SchemeSettings::GitHub { secrets: vec![HMAC_SECRET.into()] }),
        of(SchemeSettings::Shopify { secrets: vec![HMAC_SECRET.into()] }),
        of(SchemeSettings::WooCommerce { secrets: vec![HMAC_SECRET.into()] }),
        of(SchemeSettings::HubSpot {
            secrets: vec![HMAC_SECRET.into()],
            url: "https://events.example.com/hooks/crm".to_owned(),
            versions: vec![HubSpotVersion::V1, HubSpotVersion::V2, HubSpotVersion::V3],
            tolerance: TOLERANCE,
        }),
    ];
    let by_the_body = of_the_body(&headers, &body);
    let taken = schemes.map(|scheme| {
        what_we_sign_verifies(&scheme, &body);
        verifies(&scheme, &headers, &body)
    });
    taken.contains(&true) || by_the_body
}

fn read(input: &[u8]) -> (Headers<'_>, Bytes) {
    let mut headers = Vec::new();
    let mut rest = input;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let line = &rest[..end];
        rest = &rest[end + 1..];
        if line.is_empty() {
            break;
        }
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let name = std::str::from_utf8(&line[..colon]).unwrap_or_default();
        headers.push((name, line.get(colon + 1..).unwrap_or_default().trim_ascii()));
    }
    (headers.into_iter().collect(), Bytes::copy_from_slice(rest))
}

/// Schemes that do not hold the whole body, or leave it open: nobody is told more of them.
fn of_the_body(headers: &Headers<'_>, body: &Bytes) -> bool {
    let now = Timestamp::from_second(NOW).unwrap();
    let schemes = [
        of(SchemeSettings::Adyen { secrets: vec![ADYEN_SECRET.into()] }),
        of(SchemeSettings::Bearer { secrets: vec![HMAC_SECRET.into()] }),
        of(SchemeSettings::Basic { user: "shop".to_owned(), secrets: vec![HMAC_SECRET.into()] }),
        of(SchemeSettings::PayPal { webhook_id: "WID".to_owned() }),
    ];
    let taken = schemes.map(|scheme| {
        let asked = scheme.certificate_url(headers);
        if let Ok(Some(url)) = &asked {
            let host = url.as_str().split('/').nth(2).unwrap_or_default();
            assert!(host == "paypal.com" || host.ends_with(".paypal.com"), "{host}");
        }
        match scheme.verify(headers, body, now) {
            Ok(verified) => {
                assert!(asked == Ok(None) && verified.secret() == Some(0));
                true
            }
            Err(error) => {
                let words = format!("{error} {error:?} {}", error.reason());
                assert!(!words.contains(MARK), "{words}");
                false
            }
        }
    });
    taken.contains(&true)
}

fn of(settings: SchemeSettings) -> Scheme {
    Scheme::new(settings).unwrap()
}

fn verifies(scheme: &Scheme, headers: &Headers<'_>, body: &Bytes) -> bool {
    let now = Timestamp::from_second(NOW).unwrap();
    match scheme.verify(headers, body, now) {
        Ok(verified) => {
            assert_eq!((verified.body(), verified.secret()), (&body[..], Some(0)));
            assert!(verified.id().is_none_or(|id| !id.contains('.')));
            if let Some(at) = verified.signed_at() {
                assert!(at.duration_since(now).abs().as_secs() <= 300);
                let later = now + Duration::from_hours(1);
                let late = scheme.verify(headers, body, later);
                assert_eq!(late, Err(SignatureError::Stale { tolerance_seconds: 300 }));
            }
            let longer = Bytes::from([body, &b"x"[..]].concat());
            assert_eq!(scheme.verify(headers, &longer, now), Err(SignatureError::Wrong));
            true
        }
        Err(error) => {
            let words = format!("{error} {error:?} {}", error.reason());
            assert!(!words.contains(MARK), "{words}");
            false
        }
    }
}

/// The id is the body's first line: any text will do.
fn what_we_sign_verifies(scheme: &Scheme, body: &Bytes) {
    let now = Timestamp::from_second(NOW).unwrap();
    let id = String::from_utf8_lossy(body).lines().next().unwrap_or_default().to_owned();
    let signed = scheme.sign(&id, body, now);
    let signed: Headers<'_> =
        signed.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    match scheme.verify(&signed, body, now) {
        Ok(verified) => assert!(verified.id().is_none_or(|verified| verified == id)),
        Err(error) => {
            assert_eq!(error, SignatureError::AmbiguousId);
            assert!(id.contains('.'));
        }
    }
}

fn standard_webhooks() -> Scheme {
    let secrets = vec![STANDARD_SECRET.into()];
    Scheme::new(SchemeSettings::StandardWebhooks { secrets, tolerance: TOLERANCE }).unwrap()
}

fn stamped_hmac() -> Scheme {
    hmac(HmacSettings {
        header: "X-Signature".to_owned(),
        prefix: "sha256=".to_owned(),
        hash: Hash::Sha256,
        encoding: Encoding::Hex,
        timestamp: Some(Timestamped {
            header: "X-Timestamp".to_owned(),
            separator: ".".to_owned(),
            tolerance: TOLERANCE,
        }),
    })
}

fn plain_hmac() -> Scheme {
    hmac(HmacSettings {
        header: "X-Hmac".to_owned(),
        prefix: String::new(),
        hash: Hash::Sha512,
        encoding: Encoding::Base64,
        timestamp: None,
    })
}

fn hmac(settings: HmacSettings) -> Scheme {
    Scheme::new(SchemeSettings::Hmac { secrets: vec![HMAC_SECRET.into()], settings }).unwrap()
}
