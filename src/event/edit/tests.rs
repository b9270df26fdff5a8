//! Edits, and what is told of them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::json;

use super::*;
use crate::event::Redaction;

fn path(text: &str) -> DataPath {
    text.parse().unwrap()
}

fn set(at: &str, value: Value) -> Stroke {
    Stroke::Set(path(at), value)
}

fn merged(patch: Value) -> Stroke {
    let Value::Object(patch) = patch else { panic!("no object: {patch}") };
    Stroke::Merge(patch)
}

fn applied(data: &Value, strokes: &[Stroke]) -> Result<Value, Violation> {
    strokes.iter().cloned().collect::<Edit>().apply(data)
}

fn hidden() -> Redaction {
    Redaction::new(["data.card.*", "data.phone"].map(|path| path.parse().unwrap()).to_vec())
}

/// The examples of RFC 7396, appendix A, whose patch is an object.
#[test]
fn a_merge_patch_does_what_its_rfc_says() {
    for (before, patch, after) in [
        (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
        (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
        (json!({"a":"b"}), json!({"a":null}), json!({})),
        (json!({"a":"b","b":"c"}), json!({"a":null}), json!({"b":"c"})),
        (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
        (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
        (json!({"a":{"b":"c"}}), json!({"a":{"b":"d","c":null}}), json!({"a":{"b":"d"}})),
        (json!({"a":[{"b":"c"}]}), json!({"a":[1]}), json!({"a":[1]})),
        (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
        (json!([1, 2]), json!({"a":"b","c":null}), json!({"a":"b"})),
        (json!({}), json!({"a":{"bb":{"ccc":null}}}), json!({"a":{"bb":{}}})),
    ] {
        assert_eq!(applied(&before, &[merged(patch.clone())]).unwrap(), after, "{patch}");
    }
}

#[test]
fn a_path_is_written_with_dots_or_as_a_json_pointer() {
    for (text, pointer) in [
        ("data.customer.email", "/data/customer/email"),
        ("/data/customer/email", "/data/customer/email"),
        ("/data/a.b/c~1d~0", "/data/a.b/c~1d~0"),
        ("data.items.0", "/data/items/0"),
    ] {
        assert_eq!(path(text).to_string(), pointer);
    }
    for wrong in ["", "data", "/data", "orderId", "data..x", "/orderId", "/data/a~2", "event.id"] {
        assert_eq!(wrong.parse::<DataPath>(), Err(InvalidDataPath), "{wrong}");
    }
}

#[test]
fn what_is_not_named_stays_as_it_is() {
    let data = json!({"orderId": "A", "customer": null, "items": [{"n": 1}, {"n": 2}]});
    let strokes = [
        set("data.customer.email", json!("a@b.c")),
        set("data.items.1.n", json!(3)),
        set("data.items.-", json!({"n": 4})),
        Stroke::Unset(path("data.items.0")),
    ];
    let wanted = json!({
        "orderId": "A", "customer": {"email": "a@b.c"}, "items": [{"n": 3}, {"n": 4}],
    });
    assert_eq!(applied(&data, &strokes).unwrap(), wanted);
}

#[test]
fn what_cannot_be_changed_so_is_said_with_its_place() {
    let data = json!({"orderId": "A", "items": [1]});
    for (stroke, pointer) in [
        (set("data.orderId.x", json!(1)), "/data/orderId"),
        (set("data.items.1", json!(1)), "/data/items/1"),
        (set("data.items.x", json!(1)), "/data/items/x"),
        (set("data.note", json!({"a": [REDACTED]})), "/data/note"),
        (merged(json!({"note": REDACTED})), "/data"),
        (Stroke::Unset(path("data.note")), "/data/note"),
        (Stroke::Unset(path("data.items.1")), "/data/items/1"),
        (Stroke::Unset(path("data.orderId.x")), "/data/orderId/x"),
    ] {
        let refused = applied(&data, std::slice::from_ref(&stroke)).unwrap_err();
        assert_eq!(refused.pointer, pointer, "{stroke:?}");
    }
}

#[test]
fn each_change_is_told_with_both_sides() {
    let before = json!({"orderId": "A", "amount": 1, "customer": {"email": "x"}, "list": [1, 2]});
    let after = json!({"orderId": "A", "customer": {"email": "y", "name": "Z"}, "list": [1]});
    let told = serde_json::to_value(changes((&before, &after), &Redaction::default(), &[]));
    assert_eq!(
        told.unwrap(),
        json!([
            {"pointer": "/data/amount", "kind": "removed", "before": 1},
            {"pointer": "/data/customer/email", "kind": "changed", "before": "x", "after": "y"},
            {"pointer": "/data/customer/name", "kind": "added", "after": "Z"},
            {"pointer": "/data/list/1", "kind": "removed", "before": 2},
        ])
    );
}

#[test]
fn a_guess_at_what_is_redacted_is_told_as_a_change_whether_it_is_right_or_not() {
    let data = json!({"phone": "1", "card": {"number": "4111"}, "orderId": "A"});
    let tell = |strokes: &[Stroke]| {
        let edit: Edit = strokes.iter().cloned().collect();
        let after = edit.apply(&data).unwrap();
        changes((&data, &after), &hidden(), &edit.touched())
    };
    for (right, wrong) in [
        (set("data.phone", json!("1")), set("data.phone", json!("2"))),
        (set("data.card.number", json!("4111")), set("data.card.number", json!("4"))),
        (set("data.card", json!({"number": "4111"})), set("data.card", json!({"number": "4"}))),
        (merged(json!({"phone": "1"})), merged(json!({"phone": "3"}))),
    ] {
        let told = tell(&[right]);
        assert_eq!(told, tell(&[wrong]));
        let sides = (told[0].before.as_ref(), told[0].after.as_ref());
        assert_eq!(sides, (Some(&json!(REDACTED)), Some(&json!(REDACTED))));
    }
    assert_eq!(tell(&[set("data.orderId", json!("A"))]), []);
    assert_eq!(tell(&[Stroke::Unset(path("data.phone"))])[0].after, None);
}

#[test]
fn what_somebody_makes_of_a_view_leaves_alone_what_it_hides() {
    let data = json!({"phone": "1", "orderId": "A", "gone": 1, "list": [{"a": 1}, 2]});
    let shown = hidden().marked(&data);
    let mut wanted = shown.clone();
    wanted["orderId"] = json!("B");
    wanted["list"][0]["a"] = json!(5);
    wanted["new"] = json!(true);
    wanted.as_object_mut().unwrap().shift_remove("gone");
    let edit = differences(&shown, &wanted);
    let expected = json!({"phone": "1", "orderId": "B", "list": [{"a": 5}, 2], "new": true});
    assert_eq!(edit.apply(&data).unwrap(), expected);
    assert!(differences(&shown, &shown).is_empty());
}
