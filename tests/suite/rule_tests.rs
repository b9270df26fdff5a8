//! `deskbell test`: rules are held to what their tests say.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

const SECRETS: [(&str, &str); 4] = [
    ("SHOP_SECRET", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="),
    ("BILLING_SECRET", "0123456789abcdef0123456789abcdef"),
    ("SUPPORTDESK_API_KEY", "sk_live_of_a_test"),
    ("HUBSPOT_TOKEN", "pat-of-a-test"),
];

/// The repository's example, with its tests.
fn example() -> TempDir {
    let (folder, root) = (tempfile::tempdir().unwrap(), Path::new(env!("CARGO_MANIFEST_DIR")));
    for file in ["deskbell.toml", "deskbell.test.toml"] {
        fs::copy(root.join(file), folder.path().join(file)).unwrap();
    }
    folder
}

fn test(folder: &TempDir, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deskbell"));
    command.arg("test").args(arguments).current_dir(folder.path());
    command.env_clear().envs(SECRETS).output().unwrap()
}

/// What `deskbell test` says of one more file, with its exit code.
fn tested(text: &str) -> (Option<i32>, String) {
    let folder = example();
    fs::write(folder.path().join("some.test.toml"), text).unwrap();
    let output = test(&folder, &["some.test.toml"]);
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[test]
fn the_examples_rules_hold_and_every_one_of_them_is_tested() {
    let output = test(&example(), &["deskbell.test.toml"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.ends_with("7 of 7 tests hold\n"), "{said}");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn a_rule_that_makes_something_else_fails_its_test_and_it_is_said_where() {
    let (code, said) = tested(
        r#"
[[test]]
name = "small and late"
event = "failed.json"
expect = [{ desk = "crm", priority = "LOW", metadata = { orderId = "2" } }, { desk = "nowhere" }]
"#
        .replace("\"failed.json\"", r#"{ type = "payment.failed", data = { orderId = "1", customerExternalId = "c", errorCode = "E", amount = 10 } }"#)
        .as_str(),
    );
    assert_eq!(code, Some(1));
    for words in [
        "FAIL  small and late (some.test.toml:3)\n",
        "crm: `metadata.orderId` is \"1\", \"2\" is expected\n",
        "crm: `priority` is \"HIGH\", \"LOW\" is expected\n",
        "support: nothing is expected, and rule `payment-failed` makes something\n",
        "nowhere: no rule makes anything\n",
        "0 of 1 tests hold\n",
        "no test reaches these rules: payment-recovered, ",
    ] {
        assert!(said.contains(words), "{words:?} in {said}");
    }
}

#[test]
fn an_event_may_stand_in_a_file_of_its_own_beside_the_test() {
    let folder = example();
    let event = r#"{"type": "integration.recovered", "data": {"integration": "erp"}}"#;
    fs::create_dir(folder.path().join("rules")).unwrap();
    fs::write(folder.path().join("rules/recovered.json"), event).unwrap();
    let expected = r#"
[[test]]
name = "from a file"
source = "billing"
event = "recovered.json"
expect = [{ desk = "crm", action = "resolve" }]
"#;
    fs::write(folder.path().join("rules/a.test.toml"), expected).unwrap();
    let output = test(&folder, &["--json", "rules/a.test.toml"]);
    assert_eq!(output.status.code(), Some(0));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected = serde_json::json!([
        { "file": "rules/a.test.toml", "line": 3, "name": "from a file", "holds": true, "differences": [] }
    ]);
    assert_eq!(told, expected);
}

#[test]
fn an_event_that_the_receiver_would_refuse_proves_nothing() {
    let (code, said) = tested(
        r#"
[[test]]
name = "half an event"
event = { type = "payment.failed", data = { orderId = "1" } }
expect = []
"#,
    );
    assert_eq!(code, Some(1));
    assert!(said.contains("the receiver would refuse the event: "), "{said}");
    assert!(said.contains("customerExternalId"), "{said}");
}

#[test]
fn a_file_that_cannot_be_read_is_refused_with_its_line() {
    let event =
        r#"{ type = "integration.error", data = { integration = "erp", errorCode = "E" } }"#;
    let cases = [
        ("[[test]]\nname = \"a\"\nexpect = []", "missing field `event`"),
        (
            &*format!(
                "[[test]]\nname = \"a\"\nevent = {event}\nexpect = [{{ desk = \"crm\", prio = 1 }}]"
            ),
            "unknown field `prio`",
        ),
        (
            &*format!("[[test]]\nname = \"a\"\nsource = \"nobody\"\nevent = {event}\nexpect = []"),
            "there is no source `nobody`",
        ),
        (
            "[[test]]\nname = \"a\"\nevent = \"absent.json\"\nexpect = []",
            "absent.json` cannot be read",
        ),
        ("[[test]]\nname = \"a\"\nevent = { type = 1 }\nexpect = []", "its `event` is none"),
    ];
    for (text, words) in cases {
        let (code, said) = tested(text);
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(words), "{words:?} in {said}");
    }
}
