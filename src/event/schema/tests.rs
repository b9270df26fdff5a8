#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::json;

use super::*;
use crate::event::Attributes;

fn event(event_type: &str, data: Value) -> Event {
    Event {
        source: "shop".parse().unwrap(),
        id: "1".parse().unwrap(),
        event_type: event_type.parse().unwrap(),
        attributes: Attributes::default(),
        data,
    }
}

fn violations(book: &SchemaBook, event_type: &str, data: Value) -> Vec<(String, String)> {
    let found = book.check(&event(event_type, data)).err().unwrap_or_default();
    found.into_iter().map(|violation| (violation.pointer, violation.detail)).collect()
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn every_builtin_schema_says_what_it_is_and_its_examples_satisfy_it() {
    let book = SchemaBook::builtin();
    assert_eq!(book.types().count(), 6);
    for event_type in book.types() {
        let document = book.document(event_type).unwrap();
        assert!(document["title"].is_string() && document["description"].is_string());
        let examples = document["examples"].as_array().unwrap();
        assert!(examples.len() >= 2, "{event_type}");
        for example in examples {
            let found = violations(&book, event_type.as_str(), example.clone());
            assert_eq!(found, [], "{event_type}");
        }
        for required in document["required"].as_array().unwrap() {
            let mut example = examples[0].clone();
            example.as_object_mut().unwrap().remove(required.as_str().unwrap());
            assert_eq!(violations(&book, event_type.as_str(), example).len(), 1);
        }
        for (member, schema) in document["properties"].as_object().unwrap() {
            let described = schema.get("description").is_some() || schema.get("$ref").is_some();
            assert!(described, "{event_type}: {member}");
        }
    }
}

#[test]
fn all_violations_are_told_with_pointers_and_without_the_payload() {
    let book = SchemaBook::builtin();
    let data = json!({
        "orderId": 7, "errorCode": "canary", "currency": "canary", "occurredAt": "canary",
        "attempt": 0, "customer": {"email": "canary"}, "canary": true,
    });
    let mut found = violations(&book, "payment.failed", data);
    found.sort();
    let expected = [
        ("/data/attempt", "must be at least 1"),
        ("/data/currency", "must match ^[A-Z]{3}$"),
        ("/data/customer/email", "must have the format email"),
        ("/data/customerExternalId", "is required"),
        ("/data/occurredAt", "must have the format date-time"),
        ("/data/orderId", "must be of type string"),
    ];
    assert_eq!(found, expected.map(|(pointer, detail)| (pointer.into(), detail.into())));
    let whole = violations(&book, "payment.failed", json!("canary"));
    assert_eq!(whole, [("/data".to_owned(), "must be of type object".to_owned())]);
}

#[test]
fn no_more_violations_are_told_than_fifty() {
    let folder = folder(&[("a.json", r#"{"items": {"type": "string"}}"#)]);
    let book = SchemaBook::with_folder(folder.path()).unwrap();
    assert_eq!(violations(&book, "a", json!(vec![0; 80])).len(), MOST_VIOLATIONS);
}

#[test]
fn a_folder_adds_types_and_wins_over_the_builtin_ones() {
    let folder = folder(&[
        ("stock.low.json", r#"{"required": ["sku"]}"#),
        ("order.stuck.json", r#"{"properties": {"x": true}, "additionalProperties": false}"#),
        ("README.md", "not a schema"),
    ]);
    let book = SchemaBook::with_folder(folder.path()).unwrap();
    assert_eq!(book.types().count(), 7);
    assert!(book.knows(&"stock.low".parse().unwrap()));
    assert_eq!(violations(&book, "stock.low", json!({}))[0].0, "/data/sku");
    let found = violations(&book, "order.stuck", json!({"a/b": 1}));
    assert_eq!(found, [("/data/a~1b".to_owned(), "is not allowed".to_owned())]);
}

#[test]
fn all_faults_of_a_folder_are_told_at_once_with_file_and_place() {
    let folder = folder(&[
        ("a.json", r#"{"properties": {"x": {"$ref": "https://example.com/s.json"}}}"#),
        ("b.json", r#"{"properties": {"x": {"type": "texts"}}}"#),
        ("c.json", "{"),
        ("d..json", "{}"),
        ("e.json", r#"{"$schema": "http://json-schema.org/draft-07/schema#"}"#),
        ("f.json", r#"{"allOf": [{"$ref": "file:///etc/passwd"}, {"$ref": "b.json"}]}"#),
        ("g.json", r##"{"$ref": "#/$defs/none"}"##),
        ("h.json", r#"{"pattern": "(?<=a)b"}"#),
        ("i.json", r#"{"const": {"$ref": "b.json"}, "type": "object", "type": "string"}"#),
        ("j.json", r#"{"format": "no-such-format"}"#),
    ]);
    let faults = SchemaBook::with_folder(folder.path()).unwrap_err();
    let told: Vec<_> = faults
        .iter()
        .map(|fault| (fault.file.file_name().unwrap().to_str().unwrap(), fault.place.as_str()))
        .collect();
    assert_eq!(
        told[..7],
        [
            ("a.json", "/properties/x/$ref"),
            ("b.json", "/properties/x/type"),
            ("c.json", ""),
            ("d..json", ""),
            ("e.json", "/$schema"),
            ("f.json", "/allOf/0/$ref"),
            ("f.json", "/allOf/1/$ref"),
        ]
    );
    let files: Vec<_> = told[7..].iter().map(|(file, _)| *file).collect();
    assert_eq!(files, ["g.json", "h.json", "i.json", "j.json"]);
}

#[test]
fn a_reference_within_the_file_is_followed_and_data_is_not_taken_for_one() {
    let text = r##"{"$ref": "#/$defs/x", "$defs": {"x": {"type": "string"}},
        "examples": [{"$ref": "https://example.com"}]}"##;
    let folder = folder(&[("a.json", text)]);
    let book = SchemaBook::with_folder(folder.path()).unwrap();
    assert_eq!(violations(&book, "a", json!(1))[0].1, "must be of type string");
}

#[test]
fn a_folder_that_is_not_there_is_a_fault() {
    let faults = SchemaBook::with_folder(Path::new("no/such/folder")).unwrap_err();
    assert!(faults[0].to_string().starts_with("no/such/folder: "), "{}", faults[0]);
}
