//! What `deny.toml` bans is not in the lock file: known also where `cargo deny` is not at hand.

use std::{fs, path::Path};

/// A document at the top of the repository.
fn read(file: &str) -> toml::Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    fs::read_to_string(path).unwrap().parse().unwrap()
}

/// The three numbers of a version.
fn numbers(version: &str) -> Vec<u64> {
    let release = version.split(['-', '+']).next().unwrap();
    let numbers: Vec<u64> = release.split('.').map(|part| part.parse().unwrap()).collect();
    assert_eq!(numbers.len(), 3, "{version}");
    numbers
}

#[test]
fn no_package_is_below_the_least_version_with_its_security_fixes() {
    let (bans, lock) = (read("deny.toml"), read("Cargo.lock"));
    let packages: Vec<(&str, &str)> = lock["package"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| (package["name"].as_str().unwrap(), package["version"].as_str().unwrap()))
        .collect();
    let mut floors = 0;
    for ban in bans["bans"]["deny"].as_array().unwrap() {
        let spec = ban["crate"].as_str().unwrap();
        // `cargo deny` takes what follows an `@` for one exact version, whatever sign is before it.
        assert!(!spec.contains('@'), "{spec} is no floor");
        let (name, range) = spec.split_once(':').unwrap_or((spec, ""));
        let versions = packages.iter().filter(|(package, _)| *package == name);
        for (_, version) in versions {
            let is_banned = match (range.strip_prefix('<'), range.strip_prefix('=')) {
                (Some(least), _) => numbers(version) < numbers(least),
                (_, Some(exact)) => *version == exact,
                (None, None) => true,
            };
            assert!(!is_banned, "{name} {version} is locked, and {spec} banned");
        }
        floors += usize::from(range.starts_with('<'));
    }
    assert!(floors > 15, "deny.toml has {floors} floors");
}
