//! What others rely on, in the hands of tools that others wrote.

use std::process::Command;

use crate::trial::variable;

/// Requests to each call beside the systematic ones, and which. `scripts/api` alone asks more.
const EXAMPLES_AND_SEED: [&str; 2] = ["20", "1"];

#[test]
fn a_property_based_tester_finds_nothing_undocumented_and_asyncapis_parser_no_fault() {
    let binary = variable("DESKBELL_TEST_BINARY");
    let binary = binary.unwrap_or_else(|| env!("CARGO_BIN_EXE_deskbell").to_owned());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/api");
    let mut command = Command::new(script);
    command.args(EXAMPLES_AND_SEED).env("DESKBELL_TEST_BINARY", binary);
    let ran = command.output().unwrap();
    let said = [ran.stdout, ran.stderr].concat();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&said));
}
