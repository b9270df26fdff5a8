//! What others rely on, in the hands of programs that others wrote.

use std::process::Command;

use crate::trial::variable;

/// Random requests to each call beside the systematic ones, and which. `scripts/api` asks more.
const EXAMPLES_AND_SEED: [&str; 2] = ["20", "1"];

/// Runs a script against the product; gives what it says.
#[track_caller]
fn succeeds(script: &str, arguments: &[&str]) -> String {
    let binary = variable("DESKBELL_TEST_BINARY");
    let binary = binary.unwrap_or_else(|| env!("CARGO_BIN_EXE_deskbell").to_owned());
    let mut command = Command::new(format!("{}/scripts/{script}", env!("CARGO_MANIFEST_DIR")));
    let ran = command.args(arguments).env("DESKBELL_TEST_BINARY", binary).output().unwrap();
    let (said, aside) =
        (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{said}{aside}");
    said.into_owned()
}

#[test]
fn a_property_based_tester_finds_nothing_undocumented_and_asyncapis_parser_no_fault() {
    let said = succeeds("api", &EXAMPLES_AND_SEED);
    assert_eq!(said.matches("No issues found").count(), 6, "{said}");
    assert!(said.contains("AsyncAPI's parser: 19 messages, nothing wrong"), "{said}");
}

#[test]
fn what_published_libraries_sign_is_taken_and_with_one_byte_changed_a_401() {
    let said = succeeds("clients", &[]);
    for library in [
        "standardwebhooks (Python)",
        "stripe (JavaScript)",
        "github (JavaScript)",
        "standard (JavaScript)",
        "CloudEvents' SDK for Python",
        "CloudEvents' SDK for JavaScript",
    ] {
        let mut lines = said.lines().filter(|line| line.starts_with(library));
        assert!(lines.any(|line| line.ends_with("with one byte changed a 401")), "{said}");
    }
}
