//! Native webhooks: every sample of a vendor makes the event that stands beside it.

use std::{collections::BTreeMap, fs, path::Path};

use deskbell::{
    clock::Clock,
    config::Config,
    event::{Event, SchemaBook},
    formats::Translator,
    signature::{Encoding, Hash, HmacSettings, Scheme, SchemeSettings},
};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::{
    app::{Answer, App, sent},
    broker::Mood,
    observed,
};

/// Those that have samples, and one that has maps alone.
pub(super) const VENDORS: [&str; 8] =
    ["adyen", "github", "hubspot", "mapped", "paypal", "shopify", "stripe", "woocommerce"];

/// The maps of the source that has no format, and one before a vendor's own mapping.
const MAPS: &str = r#"
[sources.stripe]
verify = "none"
format = "stripe"
[[sources.stripe.map]]
when = "body.type == 'charge.dispute.created'"
type = "payment.failed"
subject = "{{ body.data.object.id }}"
data = { orderId = "{{ body.data.object.charge }}", customerExternalId = "unknown to Stripe", errorCode = "{{ body.data.object.reason }}" }

[sources.mapped]
verify = "none"
[[sources.mapped.map]]
when = "body.state == 'broken'"
type = "integration.error"
id = "{{ headers['x-run'] }}-{{ body.number }}"
time = "{{ body.at }}"
[sources.mapped.map.data]
integration = "{{ body.names[0] }} of {{ source }}"
errorCode = "{{ headers.authorization | default('E1') }}"
digits = ["{{ body.number }}", "{{ body.money }}", "{{ body.gone }}", 7]
customer = { name = "{{ body.gone }}", company = { name = "{{ body.names[1] }}" } }
[[sources.mapped.map]]
when = "body.number > 5"
type = "{{ body.type }}"
id = "x"
data = "{{ body.data }}"
"#;

/// How a vendor signs, where that is an HMAC over the body.
pub(super) fn scheme(vendor: &str) -> Scheme {
    let (header, prefix, encoding) = match vendor {
        "github" => ("X-Hub-Signature-256", "sha256=", Encoding::Hex),
        "shopify" => ("X-Shopify-Hmac-Sha256", "", Encoding::Base64),
        "woocommerce" => ("X-WC-Webhook-Signature", "", Encoding::Base64),
        _ => return Scheme::new(SchemeSettings::None).unwrap(),
    };
    let settings = HmacSettings {
        header: header.into(),
        prefix: prefix.into(),
        hash: Hash::Sha256,
        encoding,
        timestamp: None,
    };
    Scheme::new(SchemeSettings::Hmac { secrets: vec!["hush".into()], settings }).unwrap()
}

/// As the configuration makes it.
pub(super) fn translator(vendor: &str) -> Translator {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deskbell.toml");
    let file = match vendor {
        "stripe" | "mapped" => MAPS.to_owned(),
        vendor => format!("[sources.{vendor}]\nverify = \"none\"\nformat = \"{vendor}\""),
    };
    fs::write(&path, file).unwrap();
    let variables = [("DESKBELL_CONFIG".into(), path.into_os_string())];
    let book = SchemaBook::builtin();
    let config = Config::load(variables.into_iter(), &book).unwrap();
    let mut sources = config.sources.into_iter();
    sources.find(|(name, _)| name.as_str() == vendor).unwrap().1.translator.unwrap()
}

async fn post(app: &App, vendor: &str, headers: &[(String, String)], body: &str) -> Answer {
    let signed = scheme(vendor).sign("", body.as_bytes(), app.clock.now());
    let path = format!("/hooks/{vendor}-{}", app.number);
    let request = app.request(Method::POST, &path).body(body.to_owned());
    let headers = headers.iter().chain(&signed);
    sent(headers.fold(request, |request, (name, value)| request.header(name, value))).await
}

async fn post_json(app: &App, vendor: &str, body: &Value) -> Answer {
    let json = ("content-type".to_owned(), "application/json".to_owned());
    post(app, vendor, &[json], &body.to_string()).await
}

fn samples(vendor: &str) -> BTreeMap<String, Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/senders").join(vendor);
    let files = fs::read_dir(folder).unwrap().map(|file| {
        let path = file.unwrap().path();
        let sample = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        (path.display().to_string(), sample)
    });
    files.collect()
}

fn said(event: &Event) -> Value {
    json!({
        "id": event.id,
        "type": event.event_type,
        "time": event.attributes.time,
        "nativetype": event.attributes.extensions["nativetype"],
        "data": event.data,
    })
}

#[tokio::test]
async fn every_vendor_sample_makes_the_expected_event() {
    let app = App::start();
    let mut wrong = Vec::new();
    for vendor in VENDORS.into_iter().filter(|vendor| *vendor != "mapped") {
        let samples = samples(vendor);
        assert!(samples.len() > 1, "{vendor}");
        for (name, sample) in samples {
            let before = app.broker.taken().len();
            let headers = sample["headers"].as_object().unwrap().iter();
            let headers: Vec<_> = headers
                .map(|(name, value)| (name.clone(), value.as_str().unwrap().into()))
                .collect();
            let answer = post(&app, vendor, &headers, &sample["body"].to_string()).await;
            let events: Vec<Value> =
                app.broker.taken()[before..].iter().map(|taken| said(&taken.event)).collect();
            if answer.status != 202 || Value::from(events.clone()) != sample["events"] {
                wrong.push(format!("{name}: {} {}\n{events:#?}", answer.status, answer.text));
            } else if vendor == "adyen" {
                assert_eq!(answer.text, "[accepted]");
            } else {
                let passed = answer.json()["passed_over"].as_array().unwrap().clone();
                let kinds: Vec<Value> = passed.iter().map(|each| each["type"].clone()).collect();
                assert_eq!(Value::from(kinds), sample["passed_over"], "{name}");
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_is_of_no_interest_is_counted_and_never_queued() {
    observed::observe();
    let app = App::start();
    let ignored = json!({ "id": "evt_1", "object": "event", "type": "customer.created" });
    let answer = post_json(&app, "stripe", &ignored).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let expected = json!({
        "events": [], "passed_over": [{ "item": 0, "type": "customer.created" }],
    });
    assert_eq!(answer.json(), expected);
    assert!(app.broker.taken().is_empty());
    let counted = format!(
        r#"deskbell_passed_over_total{{source="stripe-{}",type="customer.created"}} 1"#,
        app.number
    );
    assert!(observed::metrics().contains(&counted), "{}", observed::metrics());
}

#[tokio::test]
async fn a_native_webhook_is_acknowledged_while_the_broker_is_away_only_if_it_is_of_no_interest() {
    let app = App::with(Mood::Absent, |_| {});
    let mut event = json!({ "id": "evt_1", "type": "customer.created" });
    assert_eq!(post_json(&app, "stripe", &event).await.status, 202);
    event["type"] = "invoice.payment_failed".into();
    event["data"] = json!({ "object": { "id": "in_1" } });
    post_json(&app, "stripe", &event).await.problem(503, "not-durable");
}

#[tokio::test]
async fn a_message_that_lacks_what_its_vendor_always_sends_is_a_400() {
    let app = App::start();
    for (vendor, body) in [
        ("stripe", json!([])),
        ("stripe", json!({ "type": "charge.failed" })),
        ("github", json!({ "zen": "x" })),
        ("shopify", json!({ "id": 1 })),
        ("woocommerce", json!({ "id": 1 })),
        ("paypal", json!({ "id": "WH-1" })),
        ("hubspot", json!({})),
        ("adyen", json!({ "notificationItems": [{}] })),
        ("adyen", json!({ "live": "true" })),
    ] {
        let problem = post_json(&app, vendor, &body).await.problem(400, "malformed-event");
        assert_eq!(problem["item"], Value::Null, "{vendor} {body}");
    }
    let body = json!([{ "subscriptionType": "deal.creation", "eventId": 1 }, {}]);
    let problem = post_json(&app, "hubspot", &body).await.problem(400, "malformed-event");
    assert_eq!(problem["item"], 1);
    assert!(app.broker.taken().is_empty());
}

#[tokio::test]
async fn a_mapped_event_off_its_schema_is_a_422_that_names_the_reason() {
    let app = App::start();
    let body = json!({
        "id": "evt_1", "type": "payment_intent.payment_failed", "data": { "object": { "id": "pi_1" } },
    });
    let problem = post_json(&app, "stripe", &body).await.problem(422, "off-schema");
    let expected = json!([{ "pointer": "/data/errorCode", "detail": "is required" }]);
    assert_eq!(problem["errors"], expected);
}

#[tokio::test]
async fn a_map_makes_an_event_whose_values_keep_their_types_and_digits() {
    let app = App::start();
    let body = r#"{"state":"broken","number":820982911946154508123,"money":12.50,
        "names":["erp","Acme"],"at":"2026-03-04T09:26:31Z"}"#;
    let headers = [
        ("content-type".to_owned(), "application/json".to_owned()),
        ("X-Run".to_owned(), "r1".to_owned()),
        ("authorization".to_owned(), "canary".to_owned()),
    ];
    let answer = post(&app, "mapped", &headers, body).await;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let event = app.broker.taken().remove(0).event;
    assert_eq!(event.id.as_str(), "r1-820982911946154508123");
    assert_eq!(event.attributes.time.as_deref(), Some("2026-03-04T09:26:31Z"));
    assert_eq!(event.attributes.extensions, Map::new());
    let source = format!("mapped-{}", app.number);
    assert_eq!(
        event.data.to_string(),
        format!(
            concat!(
                r#"{{"integration":"erp of {}","errorCode":"E1","#,
                r#""digits":[820982911946154508123,12.50,7],"#,
                r#""customer":{{"company":{{"name":"Acme"}}}}}}"#
            ),
            source
        )
    );
}

#[tokio::test]
async fn a_map_is_asked_before_the_vendors_own_mapping() {
    let app = App::start();
    let dispute = json!({ "id": "dp_1", "charge": "ch_1", "reason": "fraudulent" });
    let body = json!({
        "id": "evt_1", "created": 0, "type": "charge.dispute.created", "data": { "object": dispute },
    });
    assert_eq!(post_json(&app, "stripe", &body).await.status, 202);
    let event = app.broker.taken().remove(0).event;
    assert_eq!((event.id.as_str(), event.event_type.as_str()), ("evt_1", "payment.failed"));
    assert_eq!(event.attributes.subject.as_deref(), Some("dp_1"));
    assert_eq!(event.attributes.time.as_deref(), Some("1970-01-01T00:00:00Z"));
    assert_eq!(event.attributes.extensions["nativetype"], "charge.dispute.created");
    assert_eq!(event.data["orderId"], "ch_1");
}

#[tokio::test]
async fn a_map_that_fails_is_a_422_that_names_its_key_and_quotes_nothing() {
    let app = App::start();
    for (body, status, slug, words) in [
        (json!({ "number": "canary" }), 422, "unmappable", "map 2: `when`"),
        (json!({ "state": "broken", "at": "canary" }), 422, "unmappable", "map 1: `time`"),
        (json!({ "number": 6, "type": "can/ary" }), 400, "malformed-event", "no event type"),
    ] {
        let problem = post_json(&app, "mapped", &body).await.problem(status, slug);
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(words) && !detail.contains("canary"), "{detail}");
    }
    let listed = json!([{ "number": 1 }, { "number": "canary" }]);
    let problem = post_json(&app, "mapped", &listed).await.problem(422, "unmappable");
    assert_eq!(problem["item"], 1);
    let known = json!({ "number": 6, "type": "order.lost" });
    post_json(&app, "mapped", &known).await.problem(422, "unknown-type");
    assert!(app.broker.taken().is_empty());
}
