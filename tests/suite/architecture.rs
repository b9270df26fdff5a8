//! Holds the arrows of ARCHITECTURE.md by reading the sources.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Each module and the modules that it may name. Composition may name everything.
const ARROWS: &[(&str, &[&str])] = &[
    // words
    ("causes", &[]),
    ("ticket", &[]),
    ("event", &["signature", "ticket"]),
    ("signature", &[]),
    ("delivery", &["event", "ticket"]),
    ("inspection", &["event", "ticket"]),
    ("rules", &["event", "inspection", "ticket"]),
    ("formats", &["event", "rules", "signature"]),
    ("standing", &["delivery"]),
    ("conditions", &["delivery", "event"]),
    // seams, and the engine below two of them
    ("clock", &[]),
    ("sqlite", &["causes"]),
    ("traces", &["event"]),
    ("broker", &["causes", "clock", "event", "sqlite", "ticket"]),
    (
        "ledger",
        &[
            "causes",
            "clock",
            "conditions",
            "delivery",
            "event",
            "inspection",
            "sqlite",
            "standing",
            "ticket",
        ],
    ),
    (
        "desks",
        &["causes", "clock", "delivery", "event", "inspection", "standing", "ticket", "traces"],
    ),
    // drivers
    ("http", &[]),
    (
        "receiver",
        &[
            "broker",
            "causes",
            "clock",
            "delivery",
            "event",
            "formats",
            "http",
            "rules",
            "signature",
            "sqlite",
            "ticket",
            "traces",
        ],
    ),
    (
        "worker",
        &[
            "broker",
            "causes",
            "clock",
            "conditions",
            "delivery",
            "desks",
            "event",
            "inspection",
            "ledger",
            "rules",
            "standing",
            "ticket",
            "traces",
        ],
    ),
    ("callbacks", &["broker", "causes", "clock", "event", "ledger", "signature"]),
    (
        "operators",
        &[
            "broker",
            "causes",
            "clock",
            "delivery",
            "desks",
            "event",
            "http",
            "inspection",
            "ledger",
            "rules",
            "standing",
            "ticket",
        ],
    ),
    ("sandbox", &["clock", "http"]),
];

/// May name everything.
const COMPOSITION: &[&str] =
    &["app", "cli", "config", "contracts", "lifecycle", "lib", "main", "telemetry"];

/// The length past which a file has more than one subject.
const MOST_LINES: usize = 300;

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The top-level module that a file belongs to.
fn module_of(file: &Path) -> String {
    let relative = file.strip_prefix(sources()).unwrap();
    let first = relative.components().next().unwrap().as_os_str().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// The top-level modules that a file names outside its tests.
fn named_by(file: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(file).unwrap();
    let product = text.split("#[cfg(test)]").next().unwrap();
    let code: String = product
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    let mut named = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            named.extend(first_segments(group));
        } else {
            named.insert(identifier(rest));
        }
    }
    named
}

/// The first segment of each path in a `use crate::{…}` group.
fn first_segments(group: &str) -> BTreeSet<String> {
    let mut segments = BTreeSet::new();
    let mut depth = 0_u32;
    let mut at_start = true;
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => at_start = true,
            letter if at_start && !letter.is_whitespace() => {
                segments.insert(identifier(&group[at..]));
                at_start = false;
            }
            _ => {}
        }
    }
    segments
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()
}

#[test]
fn every_arrow_runs_downward() {
    let arrows: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let mut wrong = Vec::new();
    for file in rust_files(&sources()) {
        let module = module_of(&file);
        if COMPOSITION.contains(&module.as_str()) {
            continue;
        }
        let Some(allowed) = arrows.get(module.as_str()) else {
            wrong.push(format!("{} belongs to no layer", file.display()));
            continue;
        };
        for named in named_by(&file) {
            if named != module && !allowed.contains(&named.as_str()) {
                wrong.push(format!("{} names `{named}`", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_simulated_desks_share_nothing_with_the_clients() {
    for file in rust_files(&sources().join("sandbox")) {
        let named = named_by(&file);
        assert!(!named.contains("desks"), "{} names the clients", file.display());
    }
}

#[test]
fn no_file_is_too_long_to_read_in_one_sitting() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let too_long: Vec<String> = rust_files(&sources())
        .into_iter()
        .chain(rust_files(&tests))
        .filter_map(|file| {
            let lines = fs::read_to_string(&file).unwrap().lines().count();
            (lines > MOST_LINES).then(|| format!("{}: {lines} lines", file.display()))
        })
        .collect();
    assert!(too_long.is_empty(), "{}", too_long.join("\n"));
}

#[test]
fn no_test_is_skipped() {
    let marker = format!("#[{}", "ignore");
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for file in rust_files(&sources()).into_iter().chain(rust_files(&tests)) {
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains(&marker), "{} skips a test", file.display());
    }
}

#[test]
fn a_group_of_imports_is_read_by_its_first_segments() {
    let named = first_segments("broker::{Broker, Job},\n    ledger::Ledger, ticket};");
    assert_eq!(named.into_iter().collect::<Vec<_>>(), ["broker", "ledger", "ticket"]);
}
