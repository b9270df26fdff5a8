#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn posted(text: &str) -> Result<Value, InvalidJson> {
    read(text.as_bytes(), Limits::POSTED)
}

fn refusal(text: &str) -> String {
    posted(text).unwrap_err().to_string()
}

#[test]
fn digits_survive() {
    for digits in ["82098291194615450812345", "12.50", "1e-9", "0.00", "-0", "1.0e+999"] {
        assert_eq!(posted(digits).unwrap().to_string(), digits);
    }
    assert_eq!(posted("1E5").unwrap().to_string(), "1e+5");
}

#[test]
fn a_duplicate_key_is_refused_with_its_pointer() {
    assert_eq!(refusal(r#"{"a":1,"a":1}"#), "has the key `/a` twice");
    let nested = r#"{"data":[0,{"x/~":{"b":1,"c":2,"\u0062":3}}]}"#;
    assert_eq!(refusal(nested), "has the key `/data/1/x~1~0/b` twice");
    assert_eq!(posted(r#"[{"a":1},{"a":1}]"#), Ok(json!([{"a":1},{"a":1}])));
}

#[test]
fn sixty_four_levels_are_read_and_a_sixty_fifth_is_not() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(posted(&nested(64)).is_ok());
    assert_eq!(refusal(&nested(65)), "is nested more than 64 deep at line 1, column 65");
    let objects = |depth: usize| format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
    assert!(posted(&objects(64)).is_ok());
    assert!(posted(&objects(65)).is_err());
    assert!(posted(&format!("[{}]", vec![nested(63); 3].join(","))).is_ok());
}

#[test]
fn as_many_values_as_the_limit_are_read_and_no_more() {
    let items = |count: usize| format!("[{}]", vec!["0"; count].join(","));
    assert!(posted(&items(Limits::POSTED.nodes - 1)).is_ok());
    assert_eq!(refusal(&items(Limits::POSTED.nodes)), "has more than 100000 values");
}

#[test]
fn a_key_that_serde_json_keeps_for_itself_is_refused() {
    for key in ["$serde_json::private::Number", "$serde_json::private::RawValue"] {
        let text = format!("{{\"a\":\n {{\"{key}\":\"12\"}}}}");
        assert_eq!(refusal(&text), "has a reserved key at line 2, column 3");
    }
    let escaped = r#"{"\u0024serde_json::private::Number":"12"}"#;
    assert_eq!(refusal(escaped), "has a reserved key at line 1, column 2");
    assert!(posted(r#"{"a":"$serde_json::private::Number"}"#).is_ok());
}

#[test]
fn a_number_without_end_is_refused() {
    assert!(posted(&"1".repeat(LONGEST_NUMBER)).is_ok());
    let long = format!("[{}]", "1".repeat(LONGEST_NUMBER + 1));
    assert_eq!(refusal(&long), "has a number of more than 1000 characters at line 1, column 2");
}

#[test]
fn what_is_wrong_is_named_with_its_place_and_never_quoted() {
    for (text, expected) in [
        ("", "ends within a value at line 1, column 1"),
        ("{\"canary\": \n tru3}", "is not JSON at line 2, column 5"),
        ("{\"canary\"", "ends within a value at line 1, column 10"),
        ("{\"canary\": 1,}", "is not JSON at line 1, column 14"),
        ("[\"canary\"] []", "has more text behind its value at line 1, column 12"),
        ("\"can\tary\"", "is not JSON at line 1, column 5"),
        ("\"canary\\", "ends within a value at line 1, column 9"),
        ("\u{feff}{}", "is not JSON at line 1, column 1"),
        ("[NaN]", "is not JSON at line 1, column 2"),
    ] {
        assert_eq!(refusal(text), expected, "{text:?}");
    }
    let broken = read(b"{\"a\":\n\"\xff\"}", Limits::POSTED).unwrap_err();
    assert_eq!(broken.to_string(), "is not UTF-8 at line 2, column 2");
}

/// JSON text with white space, escapes and numbers of every spelling, each key once.
fn json_text() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,9})?([eE][+-]?[0-9]{1,3})?",
        any::<String>().prop_map(|text| json!(text).to_string()),
        Just(r#""\u00e9\ud83d\ude00\/\b""#.to_owned()),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6)
                .prop_map(|items| format!("[ {} ]", items.join(" ,\n"))),
            prop::collection::btree_map("[a-z\"\\\\]{0,4}", inner, 0..6).prop_map(|members| {
                let member = |(key, value)| format!("{}\t:{value}", json!(key));
                format!("{{{}}}", members.into_iter().map(member).collect::<Vec<_>>().join(", "))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn what_serde_json_reads_is_read_the_same(text in json_text()) {
        prop_assert_eq!(posted(&text).unwrap(), serde_json::from_str::<Value>(&text).unwrap());
    }

    #[test]
    fn what_serde_json_refuses_is_refused(
        text in json_text(),
        at in any::<prop::sample::Index>(),
        byte in prop_oneof![any::<u8>(), prop::sample::select(&b"{}[]\",:\\0-.eE+ tu\n"[..])],
        cut in any::<bool>(),
    ) {
        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len());
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] = byte;
        }
        let refused_class = |error: &InvalidJson| matches!(error, InvalidJson::DuplicateKey { .. });
        match (read(&bytes, Limits::POSTED), serde_json::from_slice::<Value>(&bytes)) {
            (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs),
            (Err(error), Ok(_)) => prop_assert!(refused_class(&error), "{error}"),
            (Ok(ours), Err(_)) => prop_assert!(false, "{ours} was read"),
            (Err(_), Err(_)) => {}
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = read(&bytes, Limits::POSTED);
    }
}
