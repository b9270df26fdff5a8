//! What a file says of a source's limits, and every fault in that.

use std::time::Duration;

use deskbell::{
    event::EventType,
    receiver::{Rate, SourceLimits},
};

use super::{faults::faults, load, write};

fn source(lines: &str) -> String {
    format!("[sources.a]\nverify = \"none\"\n{lines}\n")
}

#[test]
fn the_limits_of_a_source_are_as_the_file_says() {
    let lines = r#"
rate = { requests = 100, per = "1s", burst = 200 }
max_body = "256KiB"
types = ["payment.*", "order.stuck"]
dataschema = { "payment.failed" = "https://example.com/payment.failed/3" }
redact = ["data.card.*", "data.customer.phone"]

[sources.b]
verify = "none"
rate = { requests = 3, per = "1h" }
types = "*"
"#;
    let (_folder, path) = write(&source(lines));
    let config = load(&[("DESKBELL_CONFIG", &path)]).unwrap();
    let [a, b] = ["a", "b"].map(|name| &config.sources[name]);
    let failed: EventType = "payment.failed".parse().unwrap();
    let schema = "https://example.com/payment.failed/3".to_owned();
    let expected = SourceLimits {
        rate: Some(Rate { requests: 100, per: Duration::from_secs(1), burst: 200 }),
        max_body: Some(256 * 1024),
        types: vec!["payment.*".parse().unwrap(), "order.stuck".parse().unwrap()],
        dataschema: [(failed, schema)].into(),
    };
    assert_eq!(a.limits, expected);
    let rate = Some(Rate { requests: 3, per: Duration::from_hours(1), burst: 3 });
    let types = vec!["*".parse().unwrap()];
    assert_eq!(b.limits, SourceLimits { rate, types, ..SourceLimits::default() });
    let shown: Vec<String> = a.redaction.paths().iter().map(ToString::to_string).collect();
    assert_eq!(shown, ["data.card.*", "data.customer.phone"]);
    assert_eq!(b.redaction.paths(), []);
    assert_eq!(config.warnings, [""; 0]);
}

#[test]
fn every_fault_of_a_limit_has_its_place_and_cure() {
    let how = "write it as { requests = 100, per = \"1s\", burst = 200 }";
    for (lines, expected) in [
        ("rate = 5", "3:8: `rate` is integer: make it a table".to_owned()),
        ("rate = { per = \"1s\" }", format!("3:8: `rate` of [sources.a] has no `requests`: {how}")),
        (
            "rate = { requests = 0, per = \"1s\" }",
            "3:21: `requests` is no whole number from 1: write it as 13".to_owned(),
        ),
        (
            "rate = { requests = 1, per = \"1s\", brust = 2 }",
            "3:36: unknown key `brust` in `rate` of [sources.a]: did you mean `burst`?".to_owned(),
        ),
        (
            "max_body = \"256kb\"",
            "3:12: `max_body` is no size: write it as 256KiB, 1MiB or 500B".to_owned(),
        ),
        (
            "max_body = \"2MiB\"",
            "3:12: `max_body` is more than the receiver reads: write 1024KiB at most, or remove it"
                .to_owned(),
        ),
        ("types = []", "3:9: `types` is empty: name one, or remove it to allow all".to_owned()),
        (
            "types = \"paymnt.failed\"",
            "3:9: no schema knows the event type `paymnt.failed`: did you mean `payment.failed`?"
                .to_owned(),
        ),
        (
            "types = [\"payment.*\", \"refund.*\"]",
            "3:23: no schema knows the event type `refund.*`: known here: integration.error, \
             integration.recovered, order.released, order.stuck, payment.failed, payment.recovered"
                .to_owned(),
        ),
        (
            "dataschema = { \"payment.failed\" = \"three\" }",
            "3:35: the schema of `payment.failed` is no URI: write it as https://host/path"
                .to_owned(),
        ),
        (
            "types = \"order.*\"\ndataschema = { \"payment.failed\" = \"urn:x:3\" }",
            "4:16: `types` does not allow `payment.failed`: allow it, or remove its schema"
                .to_owned(),
        ),
        (
            "redact = [\"card.number\"]",
            "3:11: `card.number` is no path into the payload: write it as data.customer.phone, \
             data.card.* or data.items.*.note"
                .to_owned(),
        ),
    ] {
        assert_eq!(faults(&source(lines)), [expected], "{lines}");
    }
}

#[test]
fn a_redaction_that_can_hide_nothing_is_a_warning() {
    let lines = "types = \"order.*\"\nredact = [\"data.card.*\", \"data.orderId.x\"]";
    let (_folder, path) = write(&source(lines));
    let config = load(&[("DESKBELL_CONFIG", &path)]).unwrap();
    assert_eq!(
        config.warnings,
        ["[sources.a] redacts `data.orderId.x`, which no schema allows there to be"]
    );
}
