//! The sabotaged builds of `scripts/sabotage` stay possible: every patch still fits the sources.

use std::{fs, path::Path, process::Command};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_sabotage_still_fits_the_sources() {
    let copy = tempfile::tempdir().unwrap();
    let copied = Command::new("cp").arg("-r").arg(root().join("src")).arg(copy.path()).status();
    assert!(copied.unwrap().success());
    let mut patches = 0;
    for entry in fs::read_dir(root().join("tests/sabotage")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "patch") {
            continue;
        }
        patches += 1;
        let fitted = Command::new("patch")
            .args(["--dry-run", "--strip=1", "--fuzz=0", "--silent", "--input"])
            .arg(&path)
            .current_dir(copy.path())
            .output()
            .unwrap();
        let words = String::from_utf8_lossy(&fitted.stdout);
        assert!(fitted.status.success(), "{} does not fit: {words}", path.display());
    }
    assert!(patches >= 6, "{patches} patches");
}

#[test]
fn no_sabotage_can_be_switched_on_in_the_product() {
    let found = Command::new("grep").args(["-rniE", "sabotage"]).arg(root().join("src")).output();
    assert_eq!(String::from_utf8_lossy(&found.unwrap().stdout), "");
}
