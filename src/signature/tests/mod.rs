#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod vectors;
mod vendors;

use std::{sync::Arc, time::Duration};

use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::Value;

use super::*;

const OLD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEW: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const NOW: i64 = 1_614_265_330;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn standard(secrets: &[&str]) -> Scheme {
    let secrets = secrets.iter().map(|secret| SecretString::from(*secret)).collect();
    let tolerance = Duration::from_mins(5);
    Scheme::new(SchemeSettings::StandardWebhooks { secrets, tolerance }).unwrap()
}

fn hmac(secret: &str, settings: HmacSettings) -> Scheme {
    Scheme::new(SchemeSettings::Hmac { secrets: vec![secret.into()], settings }).unwrap()
}

fn plain(header: &str, prefix: &str) -> HmacSettings {
    HmacSettings {
        header: header.into(),
        prefix: prefix.into(),
        hash: Hash::Sha256,
        encoding: Encoding::Hex,
        timestamp: None,
    }
}

fn stamped(hash: Hash, encoding: Encoding) -> HmacSettings {
    let timestamp = Some(Timestamped {
        header: "X-Timestamp".into(),
        separator: ":".into(),
        tolerance: Duration::from_mins(1),
    });
    HmacSettings { hash, encoding, timestamp, ..plain("X-Signature", "v0=") }
}

type Signed = Vec<(String, String)>;

fn check(
    scheme: &Scheme,
    headers: &[(String, String)],
    body: &[u8],
    now: i64,
) -> Result<Option<usize>, SignatureError> {
    let body = Bytes::copy_from_slice(body);
    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    scheme.verify(&headers, &body, at(now)).map(|verified| verified.secret())
}

fn replaced(mut headers: Signed, name: &str, value: &str) -> Signed {
    headers.iter_mut().find(|(candidate, _)| candidate == name).unwrap().1 = value.to_owned();
    headers
}

#[test]
fn what_is_signed_verifies_under_every_scheme() {
    let hashes = [Hash::Sha256, Hash::Sha512];
    let encodings = [Encoding::Hex, Encoding::Base64];
    let mut schemes = vec![standard(&[NEW]), hmac("hush", plain("x-hub-signature", ""))];
    for (hash, encoding) in hashes.into_iter().flat_map(|hash| encodings.map(|e| (hash, e))) {
        schemes.push(hmac("hush", stamped(hash, encoding)));
    }
    for scheme in schemes {
        let headers = scheme.sign("msg_1", b"\xff{}", at(NOW));
        assert_eq!(check(&scheme, &headers, b"\xff{}", NOW), Ok(Some(0)), "{scheme:?}");
        assert_eq!(check(&scheme, &[], b"{}", NOW).unwrap_err().reason(), "signature_missing");
    }
    let open = Scheme::new(SchemeSettings::None).unwrap();
    assert_eq!(check(&open, &open.sign("a", b"", at(NOW)), b"{}", NOW), Ok(None));
}

#[test]
fn every_secret_verifies_and_is_told_apart() {
    let both = standard(&[NEW, OLD]);
    let by_old = standard(&[OLD]).sign("msg_1", b"{}", at(NOW));
    assert_eq!(check(&both, &by_old, b"{}", NOW), Ok(Some(1)));
    assert_eq!(check(&both, &both.sign("msg_1", b"{}", at(NOW)), b"{}", NOW), Ok(Some(0)));
    let only_new = standard(&[NEW]);
    assert_eq!(check(&only_new, &by_old, b"{}", NOW), Err(SignatureError::Wrong));
}

#[test]
fn one_good_signature_of_several_is_enough_and_eleven_are_too_many() {
    let scheme = standard(&[NEW]);
    let headers = scheme.sign("msg_1", b"{}", at(NOW));
    let good = headers[2].1.clone();
    let among = |before: &str| {
        let list = format!("{before} {good}");
        check(&scheme, &replaced(headers.clone(), "webhook-signature", &list), b"{}", NOW)
    };
    assert_eq!(among("v1a,AAAA v1,AAAA v1,!"), Ok(Some(0)));
    assert_eq!(among(&["v1,AAAA"; 9].join(" ")), Ok(Some(0)));
    assert_eq!(among(&["v1,AAAA"; 10].join(" ")), Err(SignatureError::TooMany { most: 10 }));
    for none in ["", "v1", "v1a,AAAA", "V1,AAAA"] {
        let headers = replaced(headers.clone(), "webhook-signature", none);
        let malformed = SignatureError::Malformed("webhook-signature".into());
        assert_eq!(check(&scheme, &headers, b"{}", NOW), Err(malformed), "{none}");
    }
}

#[test]
fn svix_names_are_read_and_never_mixed() {
    let scheme = standard(&[NEW]);
    let rename = |(name, value): (String, String)| (name.replace("webhook-", "Svix-"), value);
    let headers: Signed = scheme.sign("msg_1", b"{}", at(NOW)).into_iter().map(rename).collect();
    assert_eq!(check(&scheme, &headers, b"{}", NOW), Ok(Some(0)));
    let mut mixed = headers;
    mixed[0].0 = "webhook-id".into();
    let missing = SignatureError::Missing("webhook-timestamp".into());
    assert_eq!(check(&scheme, &mixed, b"{}", NOW), Err(missing));
}

#[test]
fn a_time_is_good_to_the_second_of_the_tolerance_both_ways() {
    let scheme = standard(&[NEW]);
    let headers = scheme.sign("msg_1", b"{}", at(NOW));
    let stale = Err(SignatureError::Stale { tolerance_seconds: 300 });
    for (now, expected) in [
        (NOW - 301, stale.clone()),
        (NOW - 300, Ok(Some(0))),
        (NOW + 300, Ok(Some(0))),
        (NOW + 301, stale),
    ] {
        assert_eq!(check(&scheme, &headers, b"{}", now), expected);
    }
}

#[test]
fn a_signed_time_of_any_size_is_refused_without_overflow() {
    let settings = stamped(Hash::Sha256, Encoding::Hex);
    let scheme = hmac("hush", settings.clone());
    for (time, reason) in [
        (i64::MIN.to_string(), "signature_stale"),
        (i64::MAX.to_string(), "signature_stale"),
        ("99999999999999999999".to_owned(), "signature_malformed"),
        ("now".to_owned(), "signature_malformed"),
    ] {
        let signed = text_signature(format!("{time}:{{}}").as_bytes());
        let headers = [("X-Signature".to_owned(), signed), ("X-Timestamp".to_owned(), time)];
        assert_eq!(check(&scheme, &headers, b"{}", NOW).unwrap_err().reason(), reason);
    }
}

/// What `hush` makes of `signed`, written as [`stamped`] settings want it.
fn text_signature(signed: &[u8]) -> String {
    hmac("hush", plain("X-Signature", "v0=")).sign("", signed, at(NOW)).remove(0).1
}

#[test]
fn a_stranger_is_not_told_that_the_time_or_the_id_is_wrong() {
    let stranger = standard(&[OLD]);
    for (id, then) in [("a.b", NOW), ("msg_1", 0)] {
        let headers = stranger.sign(id, b"{}", at(then));
        assert_eq!(check(&standard(&[NEW]), &headers, b"{}", NOW), Err(SignatureError::Wrong));
    }
}

#[test]
fn a_dot_in_the_signed_id_is_refused() {
    let scheme = standard(&[NEW]);
    let headers = scheme.sign("a.b", b"{}", at(NOW));
    assert_eq!(check(&scheme, &headers, b"{}", NOW), Err(SignatureError::AmbiguousId));
}

#[test]
fn a_prefix_is_checked_and_not_skipped() {
    let scheme = hmac("hush", plain("X-Signature", "sha256="));
    let signed = scheme.sign("", b"{}", at(NOW)).remove(0).1;
    for wrong in [signed.replace("sha256", "sha512"), signed[7..].to_owned(), String::new()] {
        let headers = [("X-Signature".to_owned(), wrong)];
        let malformed = SignatureError::Malformed("X-Signature".into());
        assert_eq!(check(&scheme, &headers, b"{}", NOW), Err(malformed));
    }
    let upper = signed.replace("sha256=", "").to_uppercase();
    let headers = [("x-signature".to_owned(), format!("sha256={upper}"))];
    assert_eq!(check(&scheme, &headers, b"{}", NOW), Ok(Some(0)));
}

#[test]
fn a_header_that_is_there_twice_is_refused() {
    let scheme = standard(&[NEW]);
    for index in 0..3 {
        let mut headers = scheme.sign("msg_1", b"{}", at(NOW));
        headers.push(headers[index].clone());
        let reason = check(&scheme, &headers, b"{}", NOW).unwrap_err().reason();
        assert_eq!(reason, "signature_malformed");
    }
}

#[test]
fn nothing_printed_holds_a_secret() {
    let scheme = Scheme::new(SchemeSettings::Hmac {
        secrets: vec!["canary-secret".into()],
        settings: plain("X-Signature", ""),
    });
    let printed = format!("{scheme:?} {:?}", standard(&[NEW]));
    assert!(!printed.contains("canary") && !printed.contains(NEW), "{printed}");
}

proptest! {
    #[test]
    fn any_one_byte_changed_fails(
        body in prop::collection::vec(any::<u8>(), 1..200),
        index in any::<prop::sample::Index>(),
        flip in 1..=u8::MAX,
        stamped_hmac in any::<bool>(),
    ) {
        let scheme = if stamped_hmac {
            hmac("hush", stamped(Hash::Sha512, Encoding::Base64))
        } else {
            standard(&[NEW, OLD])
        };
        let headers = scheme.sign("msg_1", &body, at(NOW));
        prop_assert_eq!(check(&scheme, &headers, &body, NOW), Ok(Some(0)));
        let mut changed = body.clone();
        *index.get_mut(&mut changed) ^= flip;
        prop_assert_eq!(check(&scheme, &headers, &changed, NOW), Err(SignatureError::Wrong));
    }

    #[test]
    fn any_one_character_of_a_header_changed_fails(
        header in 0usize..3,
        index in any::<prop::sample::Index>(),
        other in "[a-zA-Z0-9]",
    ) {
        let scheme = standard(&[NEW]);
        let mut headers = scheme.sign("msg_1", b"{}", at(NOW));
        let value = headers[header].1.clone();
        let at = index.index(value.len());
        prop_assume!(value[at..=at] != *other);
        headers[header].1 = format!("{}{other}{}", &value[..at], &value[at + 1..]);
        let answer = check(&scheme, &headers, b"{}", NOW);
        prop_assert!(answer.is_err());
    }

    #[test]
    fn re_serialised_json_fails(key in "[a-z]{1,8}", number in any::<u32>()) {
        let sent = format!("{{ \"{key}\":{number} }}");
        let scheme = standard(&[NEW]);
        let headers = scheme.sign("msg_1", sent.as_bytes(), at(NOW));
        let again = serde_json::from_str::<Value>(&sent).unwrap().to_string();
        prop_assert_eq!(check(&scheme, &headers, sent.as_bytes(), NOW), Ok(Some(0)));
        prop_assert_eq!(
            check(&scheme, &headers, again.as_bytes(), NOW),
            Err(SignatureError::Wrong)
        );
    }
}
