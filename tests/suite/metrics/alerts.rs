//! The alert rules.

use std::{collections::BTreeSet, path::Path, process::Command};

use deskbell::telemetry::{Kind, METRICS};

use super::read;

const ALERTS: &str = "deploy/prometheus/alerts.yml";
const TESTS: &str = "deploy/prometheus/alerts.test.yml";

/// What of a file is called as Deskbell's metrics are.
fn names(text: &str) -> BTreeSet<&str> {
    let is_of_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let name = |start: usize| {
        let rest = &text[start..];
        let end = rest.bytes().position(|byte| !is_of_name(byte)).unwrap_or(rest.len());
        &rest[..end]
    };
    text.match_indices("deskbell_").map(|(start, _)| name(start)).collect()
}

/// All series that there are.
fn known() -> BTreeSet<String> {
    let series = METRICS.iter().flat_map(|metric| match metric.kind {
        Kind::Counter | Kind::Gauge => vec![metric.name.to_owned()],
        Kind::Histogram => {
            ["_bucket", "_sum", "_count"].map(|it| format!("{}{it}", metric.name)).to_vec()
        }
    });
    series.collect()
}

/// Holds a file to the table: it asks for no metric that is not there.
pub(super) fn asks_for_documented_metrics_alone(path: &str) {
    let (known, text) = (known(), read(path));
    let asked = names(&text);
    assert!(asked.len() > 10, "{path}");
    let unknown: Vec<_> = asked.into_iter().filter(|name| !known.contains(*name)).collect();
    assert!(unknown.is_empty(), "{path} asks for {unknown:?}");
}

/// Holds the alert rules, and more files of rules, to Prometheus' own tool.
pub(super) fn promtool(more: &[&Path]) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/alerts");
    let ran = Command::new(script).args(more).output().unwrap();
    let said = [ran.stdout, ran.stderr].concat();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&said));
}

#[test]
fn alerts_and_their_tests_ask_for_documented_metrics_alone() {
    asks_for_documented_metrics_alone(ALERTS);
    asks_for_documented_metrics_alone(TESTS);
}

#[test]
fn every_alert_has_a_severity_a_summary_what_to_do_and_a_test() {
    let (rules, tests) = (read(ALERTS), read(TESTS));
    let alerts: Vec<&str> = rules.split("- alert: ").skip(1).collect();
    assert!(alerts.len() > 10);
    for alert in alerts {
        let name = alert.lines().next().unwrap();
        for key in ["severity: ", "summary: ", "description: "] {
            assert!(alert.contains(key), "{name} has no {key}");
        }
        let is_silent = format!("alertname: {name}, eval_time: 75m, exp_alerts: []");
        assert!(tests.contains(&is_silent), "{name} is not held to be silent");
        let fires = format!("- alertname: {name}\n");
        assert!(tests.contains(&fires), "{name} is not brought about");
    }
}

#[test]
fn promtool_finds_the_rules_right_and_sees_each_alert_fire_no_sooner_than_it_says() {
    promtool(&[]);
}
