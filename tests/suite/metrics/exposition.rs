//! Reads Prometheus' text format.

use std::collections::{BTreeMap, BTreeSet};

/// All series of one name.
#[derive(Debug, Default)]
pub(super) struct Family {
    pub(super) kind: String,
    pub(super) help: String,
    /// The names of the labels of each series, `le` aside.
    pub(super) labels: BTreeSet<BTreeSet<String>>,
    /// The lines.
    pub(super) samples: BTreeSet<String>,
}

/// The families of a scrape by name.
pub(super) fn families(text: &str) -> BTreeMap<String, Family> {
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    // Of the family whose type was told last.
    let mut current = String::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(told) = line.strip_prefix("# HELP ") {
            let (name, help) = told.split_once(' ').unwrap();
            help.clone_into(&mut families.entry(name.to_owned()).or_default().help);
        } else if let Some(told) = line.strip_prefix("# TYPE ") {
            let (name, kind) = told.split_once(' ').unwrap();
            kind.clone_into(&mut families.entry(name.to_owned()).or_default().kind);
            name.clone_into(&mut current);
        } else {
            assert!(line.starts_with(&current), "{line} is not of {current}");
            let family = families.get_mut(&current).unwrap();
            family.labels.insert(labels(line));
            family.samples.insert(line.to_owned());
        }
    }
    families
}

fn labels(line: &str) -> BTreeSet<String> {
    let Some((_, pairs)) = line.split_once('{') else { return BTreeSet::new() };
    let names = pairs.split("=\"").filter_map(|part| part.rsplit(['{', ',', '"']).next());
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    // Behind the last label's value.
    names.pop();
    names.into_iter().filter(|name| name != "le").collect()
}
