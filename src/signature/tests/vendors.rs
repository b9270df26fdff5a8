//! What is particular to one vendor.

use super::{
    vectors::{Vector, test_root, vector},
    *,
};

const OTHER_NAME: &[u8] = include_bytes!("../../../tests/data/signatures/paypal/other-name.pem");
const OUT_OF_DATE: &[u8] = include_bytes!("../../../tests/data/signatures/paypal/out-of-date.pem");
const SENDER: &[u8] = include_bytes!("../../../tests/data/signatures/paypal/sender.pem");

fn with_header(mut vector: Vector, name: &str, value: &str) -> Vector {
    vector.headers.insert(name.to_owned(), value.to_owned());
    vector
}

fn malformed(name: &str) -> Result<Option<usize>, SignatureError> {
    Err(SignatureError::Malformed(name.to_owned()))
}

#[test]
fn a_paypal_certificate_is_fetched_from_paypal_alone() {
    let url = |text: &str| {
        let post = with_header(vector("paypal"), "PAYPAL-CERT-URL", text);
        let scheme = post.source.scheme();
        let pairs = post.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        scheme.certificate_url(&pairs.collect()).map(|url| url.unwrap().as_str().to_owned())
    };
    for good in [
        "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77",
        "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1",
    ] {
        assert_eq!(url(good).as_deref(), Ok(good));
    }
    for bad in [
        "http://api.paypal.com/certs/1",
        "https://api.paypal.com.example.org/certs/1",
        "https://notpaypal.com/certs/1",
        "https://example.org/api.paypal.com",
        "https://api.paypal.com@example.org/certs/1",
        "https://api.paypal.com:8443/certs/1",
        "https://example.org\\.paypal.com/certs/1",
        "https://example.org#.paypal.com/certs/1",
        "https://example.org?.paypal.com/certs/1",
        "https://.paypal.com/certs/1",
        "https://api..paypal.com/certs/1",
        "https://api.paypal.com/certs?x=1",
        "https://api.paypal.com/certs/%2e%2e",
        "https://api.paypal.com",
        "HTTPS://api.paypal.com/certs/1",
        "//api.paypal.com/certs/1",
        "",
        &format!("https://api.paypal.com/{}", "a".repeat(500)),
    ] {
        let expected = Err(SignatureError::ForeignCertificate("PAYPAL-CERT-URL"));
        assert_eq!(url(bad), expected, "{bad}");
    }
}

#[test]
fn a_certificate_must_be_paypals_in_date_and_vouched_for() {
    let (then, read) = (at(vector("paypal").now), Certificate::read);
    assert!(read(SENDER, test_root(), then).unwrap().holds(then));
    let (first, _) = std::str::from_utf8(SENDER).unwrap().split_once("-----END").unwrap();
    let alone = format!("{first}-----END CERTIFICATE-----\n");
    let nobody = Arc::new(rustls::RootCertStore::empty());
    for (pem, roots, error) in [
        (OTHER_NAME, test_root(), CertificateError::OtherName),
        (OUT_OF_DATE, test_root(), CertificateError::Untrusted),
        (SENDER, nobody, CertificateError::Untrusted),
        (alone.as_bytes(), test_root(), CertificateError::Untrusted),
        (b"no PEM", test_root(), CertificateError::Unreadable),
        (b"", test_root(), CertificateError::Unreadable),
        (
            b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
            test_root(),
            CertificateError::Unreadable,
        ),
    ] {
        assert_eq!(read(pem, roots, then).unwrap_err(), error);
    }
}

#[test]
fn a_certificate_that_goes_out_of_date_while_it_is_kept_no_longer_holds() {
    let first_day = "2026-11-23T12:00:00Z".parse().unwrap();
    let kept = Certificate::read(OUT_OF_DATE, test_root(), first_day).unwrap();
    assert!(kept.holds(first_day));
    assert!(!kept.holds(at(vector("paypal").now)));
}

#[test]
fn a_paypal_post_is_of_this_web_hook_by_this_algorithm() {
    let mut other = vector("paypal");
    other.source.webhook_id = Some("ANOTHER".to_owned());
    assert_eq!(other.check(), Err(SignatureError::Wrong));
    let other = with_header(vector("paypal"), "PAYPAL-AUTH-ALGO", "SHA1withRSA");
    assert_eq!(other.check(), malformed("PAYPAL-AUTH-ALGO"));
    let scheme = vector("paypal").source.scheme();
    let post = vector("paypal");
    let pairs = post.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let body = Bytes::from(post.body.clone());
    let without = scheme.verify(&pairs.collect(), &body, at(post.now)).unwrap_err();
    assert_eq!(without, CertificateError::Absent.into());
}

#[test]
fn every_item_of_an_adyen_post_must_be_signed() {
    let good = vector("adyen, two items, one reference with a colon");
    assert_eq!(good.check(), Ok(Some(0)));
    for (from, to, error) in [
        ("order-2", "order-3", SignatureError::Wrong),
        ("hmacSignature", "hmac", SignatureError::MissingInBody("additionalData.hmacSignature")),
        ("notificationItems", "items", SignatureError::UnreadableBody),
        ("\"amount\":{", "\"amount\":{\"value\":1,", SignatureError::UnreadableBody),
        ("{", "", SignatureError::UnreadableBody),
    ] {
        let changed = Vector { body: good.body.replacen(from, to, 1), ..good.clone() };
        assert_eq!(changed.check(), Err(error), "{from}");
    }
    let empty = Vector { body: r#"{"notificationItems":[]}"#.into(), ..good };
    assert_eq!(empty.check(), Err(SignatureError::UnreadableBody));
}

#[test]
fn a_colon_that_leaves_open_where_an_adyen_field_ends_is_refused() {
    let good = vector("adyen, two items, one reference with a colon");
    // The same signed text, split elsewhere.
    let body = good.body.replacen("\"Shop\"", "\"Shop:order\"", 1).replacen("order:1", "1", 1);
    let shifted = Vector { body, ..good };
    assert_eq!(shifted.check(), Err(SignatureError::AmbiguousField("merchantAccountCode")));
}

#[test]
fn hubspots_strongest_version_decides_alone() {
    let weak = vector("hubspot v1");
    let both = with_header(weak.clone(), "X-HubSpot-Signature-v3", "AAAA");
    let both = with_header(both, "X-HubSpot-Request-Timestamp", &format!("{}000", weak.now));
    assert_eq!(both.check(), Err(SignatureError::Wrong));
    let only = |versions| {
        Scheme::new(SchemeSettings::HubSpot {
            secrets: vec![weak.source.secrets[0].as_str().into()],
            url: weak.source.url.clone().unwrap(),
            versions,
            tolerance: Duration::from_mins(5),
        })
        .unwrap()
    };
    let v3 = only(vec![HubSpotVersion::V3]);
    let missing = Err(SignatureError::Missing("X-HubSpot-Signature-v3".to_owned()));
    assert_eq!(weak.check_by(&v3), missing);
    let v2 = only(vec![HubSpotVersion::V2]);
    assert_eq!(weak.check_by(&v2), malformed("X-HubSpot-Signature-Version"));
    let odd = with_header(weak, "X-HubSpot-Signature-Version", "v4");
    assert_eq!(odd.check(), malformed("X-HubSpot-Signature-Version"));
}

#[test]
fn a_stripe_header_has_one_time_and_at_most_ten_signatures() {
    let good = vector("stripe");
    let value = &good.headers["Stripe-Signature"];
    let check = |value: &str| with_header(good.clone(), "Stripe-Signature", value).check();
    assert_eq!(check(&value.replace(',', ", ")), Ok(Some(0)));
    assert_eq!(check(&format!("t=1,{value}")), malformed("Stripe-Signature"));
    assert_eq!(check("t=1614265330,v0=00"), malformed("Stripe-Signature"));
    assert_eq!(check("v1=00"), malformed("Stripe-Signature"));
    let many = format!("{value}{}", ",v1=00".repeat(10));
    assert_eq!(check(&many), Err(SignatureError::TooMany { most: 10 }));
}

#[test]
fn credentials_of_another_manner_or_user_are_refused() {
    for (name, value, reason) in [
        ("bearer", "Bearer token-of-the-shop2", "signature_wrong"),
        ("bearer", "Bearer ", "signature_wrong"),
        ("bearer", "Basic dG9rZW4tb2YtdGhlLXNob3A=", "signature_malformed"),
        ("bearer", "token-of-the-shop", "signature_malformed"),
        ("basic", "Basic YWxhZGRpbjpvcGVuIHNlc2FtZQ==", "signature_wrong"),
        ("basic", "Basic %", "signature_malformed"),
    ] {
        let post = with_header(vector(name), "Authorization", value);
        assert_eq!(post.check().unwrap_err().reason(), reason, "{value}");
    }
    assert_eq!(
        with_header(vector("bearer"), "Authorization", "bearer  token-of-the-shop").check(),
        Ok(Some(0))
    );
}

#[test]
fn only_the_exact_ping_of_woocommerce_is_a_ping() {
    let scheme = vector("woocommerce").source.scheme();
    assert!(scheme.takes_pings() && scheme.is_ping(b"webhook_id=1"));
    for other in [
        "webhook_id=",
        "webhook_id=1&x=2",
        "webhook_id=-1",
        "webhook_id=1\n",
        " webhook_id=1",
        "WEBHOOK_ID=1",
        "id=1",
        "",
        "webhook_id=%31",
        "webhook_id=123456789012345678901",
    ] {
        assert!(!scheme.is_ping(other.as_bytes()), "{other}");
    }
    assert!(!vector("shopify").source.scheme().is_ping(b"webhook_id=1"));
}

#[test]
fn what_we_sign_as_a_vendor_verifies_and_not_with_a_byte_more() {
    for name in ["stripe", "github", "shopify", "woocommerce", "adyen platform", "hubspot v3"] {
        let scheme = vector(name).source.scheme();
        let headers = scheme.sign("evt_1", b"{\"a\":1}", at(NOW));
        assert!(!scheme.signs_elsewhere());
        assert_eq!(check(&scheme, &headers, b"{\"a\":1}", NOW), Ok(Some(0)), "{name}");
        assert_eq!(check(&scheme, &headers, b"{\"a\":1} ", NOW), Err(SignatureError::Wrong));
    }
    for name in ["bearer", "basic"] {
        let scheme = vector(name).source.scheme();
        let headers = scheme.sign("evt_1", b"{}", at(NOW));
        assert_eq!(check(&scheme, &headers, b"{}", NOW), Ok(Some(0)), "{name}");
    }
    for name in ["paypal", "standard-webhooks v1a"] {
        let scheme = vector(name).source.scheme();
        assert!(scheme.signs_elsewhere() && scheme.sign("evt_1", b"{}", at(NOW)).is_empty());
    }
}

#[test]
fn secrets_are_told_apart_by_prints_that_do_not_confirm_a_guess() {
    let scheme = Scheme::new(SchemeSettings::Bearer {
        secrets: vec!["one".into(), "two".into(), "one".into()],
    })
    .unwrap();
    let prints: Vec<String> = scheme.fingerprints().iter().map(ToString::to_string).collect();
    assert!(prints[0] == prints[2] && prints[0] != prints[1], "{prints:?}");
    assert!(prints.iter().all(|print| print.len() == 4));
}
