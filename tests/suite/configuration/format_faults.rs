//! Every fault of a native format and of a map, with its exact place and cure.

use std::fs;

use super::{EXAMPLE, faults::faults, load, write};

const GOOD: &str = r#"
[[sources.a.map]]
when = "body.n > 5"
type = "order.{{ body.state }}"
id = "{{ body.id }}"
data = { orderId = "{{ body.id }}", list = [1, "{{ body.n }}"], inner = { x = 1.50, y = true } }
"#;

#[test]
fn every_fault_of_a_format_has_its_place_and_cure() {
    let all = "adyen, github, hubspot, paypal, shopify, stripe, woocommerce";
    for (lines, expected) in [
        (
            "format = \"strip\"",
            "3:10: `format` cannot be `strip`: did you mean `stripe`?".to_owned(),
        ),
        ("format = \"xml\"", format!("3:10: `format` cannot be `xml`: known here: {all}")),
        ("format = 3", "3:10: `format` is integer: make it a text in quotes".to_owned()),
        ("map = \"x\"", "3:7: `map` is string: make it a list of tables".to_owned()),
    ] {
        assert_eq!(faults(&format!("[sources.a]\nverify = \"none\"\n{lines}\n")), [expected]);
    }
}

#[test]
fn every_fault_of_a_map_has_its_place_and_cure() {
    let no_schema = "add order.lost.json to the folder that DESKBELL_SCHEMAS names";
    let only_bodies = "use `body`, `headers` or `source`, or quote a text: 'like this'";
    for (from, to, expected) in [
        (
            "type = \"order.{{ body.state }}\"",
            "type = \"order.lost\"",
            format!("5:8: no schema knows the event type `order.lost`: {no_schema}"),
        ),
        (
            "type = \"order.{{ body.state }}\"\n",
            "",
            "3:1: map 1 of [sources.a] has no `type`: name the event's type, as type = \"payment.failed\""
                .to_owned(),
        ),
        (
            "id = \"{{ body.id }}\"\n",
            "",
            "3:1: map 1 of [sources.a] has no `id`: say what the sender knows the message by, the same when it is sent again"
                .to_owned(),
        ),
        (
            "body.n > 5",
            "data.n > 5",
            format!("4:8: `when` does not compile: nothing is called `data`: {only_bodies}"),
        ),
        (
            "y = true",
            "y = \"{{ event.id }}\"",
            format!("7:89: `data.inner.y` does not compile: nothing is called `event`: {only_bodies}"),
        ),
        (
            "when = ",
            "wehn = ",
            "4:1: unknown key `wehn` in map 1 of [sources.a]: did you mean `when`?".to_owned(),
        ),
        (
            "id = \"{{ body.id }}\"\n",
            "id = \"{{ body.id }}\"\ntime = \"now\"\n",
            "7:8: `time` is no RFC 3339 time: take it from the message, as \"{{ body.created_at }}\""
                .to_owned(),
        ),
    ] {
        let file = format!("[sources.a]\nverify = \"none\"{}", GOOD.replacen(from, to, 1));
        assert_eq!(faults(&file), [expected], "{to}");
    }
    assert_eq!(faults(&format!("[sources.a]\nverify = \"none\"{GOOD}")), [""; 0]);
}

/// The source in the example's comments is written as it would be read.
#[test]
fn the_examples_commented_source_is_whole() {
    let example = fs::read_to_string(EXAMPLE).unwrap();
    let at = example.find("# [sources.payments]").unwrap();
    let block = example[at..].lines().take_while(|line| line.starts_with('#'));
    let block: Vec<_> = block.map(|line| line.strip_prefix("# ").unwrap_or_default()).collect();
    let (_folder, path) = write(&block.join("\n"));
    let config = load(&[("DESKBELL_CONFIG", &path)]).unwrap();
    let native = config.sources.values().filter(|source| source.translator.is_some());
    assert_eq!(native.count(), 1);
}

#[test]
fn no_translator_shows_what_the_environment_said() {
    let map = GOOD.replace("order.{{ body.state }}", "${SECRET}.{{ body.state }}");
    let (_folder, path) = write(&format!("[sources.a]\nverify = \"none\"{map}"));
    let config = load(&[("DESKBELL_CONFIG", &path), ("SECRET", "hunter2")]).unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
}
