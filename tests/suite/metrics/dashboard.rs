//! The dashboard.

use std::{collections::BTreeSet, fs};

use serde_json::{Value, json};

use super::{
    alerts::{asks_for_documented_metrics_alone, promtool},
    read,
};

const DASHBOARD: &str = "deploy/grafana/deskbell.json";

/// The queries of the dashboard's panels, with an example in place of each variable.
fn queries() -> Vec<String> {
    let dashboard: Value = serde_json::from_str(&read(DASHBOARD)).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().unwrap());
    let query = |target: &Value| {
        let text = target["expr"].as_str().unwrap().replace("$__rate_interval", "5m");
        text.replace("$desk", "crm")
    };
    targets.map(query).collect()
}

#[test]
fn the_dashboard_asks_for_documented_metrics_alone() {
    asks_for_documented_metrics_alone(DASHBOARD);
}

#[test]
fn the_dashboards_panels_have_a_title_a_place_and_queries_of_the_chosen_desks() {
    let dashboard: Value = serde_json::from_str(&read(DASHBOARD)).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let titles: BTreeSet<&str> =
        panels.iter().filter_map(|panel| panel["title"].as_str()).collect();
    assert_eq!(titles.len(), panels.len());
    for (at, panel) in panels.iter().enumerate() {
        let of = |panel: &Value, key: &str| panel["gridPos"][key].as_u64().unwrap();
        let end = |panel: &Value, start: &str, size: &str| of(panel, start) + of(panel, size);
        assert!(end(panel, "x", "w") <= 24, "{panel}");
        for other in &panels[..at] {
            let is_apart = [("x", "w"), ("y", "h")].into_iter().any(|(start, size)| {
                end(panel, start, size) <= of(other, start)
                    || end(other, start, size) <= of(panel, start)
            });
            assert!(is_apart, "{} lies on {}", panel["title"], other["title"]);
        }
    }
    assert!(queries().len() >= panels.len());
}

#[test]
fn promtool_reads_every_query_of_the_dashboard() {
    // JSON is YAML.
    let rules = queries().into_iter().enumerate();
    let rules =
        rules.map(|(at, expr)| json!({ "record": format!("panel:query{at}"), "expr": expr }));
    let group = json!({ "groups": [{ "name": "dashboard", "rules": rules.collect::<Vec<_>>() }] });
    let file = tempfile::NamedTempFile::with_suffix(".yml").unwrap();
    fs::write(file.path(), group.to_string()).unwrap();
    promtool(&[file.path()]);
}
