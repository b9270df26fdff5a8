//! The corpora of the fuzz targets, through the targets' own entries: `taken-…` and `refused-…` say
//! by a file's name what becomes of it, and the entries hold what is true of every input.

#[path = "../../fuzz/entries/behaviour.rs"]
mod behaviour;
#[path = "../../fuzz/entries/bodies.rs"]
mod bodies;
#[path = "../../fuzz/entries/cloudevents.rs"]
mod cloudevents;
#[path = "../../fuzz/entries/digits.rs"]
mod digits;
#[path = "../../fuzz/entries/signatures.rs"]
mod signatures;

use std::{collections::BTreeMap, fs, panic, path::Path};

/// Stands in every secret of the behaviour files.
const MARK: &str = "canary";

fn corpus(target: &str) -> BTreeMap<String, Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let files = fs::read_dir(folder).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap())
    });
    files.collect()
}

/// Runs every file of a corpus; all that go wrong are told at once.
#[track_caller]
fn hold(target: &str, entry: fn(&[u8]) -> bool) {
    let files = corpus(target);
    let wrong: Vec<String> = files
        .iter()
        .filter_map(|(name, input)| {
            let expected = name.starts_with("taken-");
            assert!(expected || name.starts_with("refused-"), "{name}: taken or refused?");
            match panic::catch_unwind(|| entry(input)) {
                Ok(taken) if taken == expected => None,
                Ok(taken) => Some(format!("{name}: taken is {taken}")),
                Err(_) => Some(format!("{name}: what must hold does not")),
            }
        })
        .collect();
    assert!(wrong.is_empty(), "{target}: {wrong:#?}");
    for class in ["taken-", "refused-"] {
        assert!(files.keys().any(|name| name.starts_with(class)), "{target} has no {class}…");
    }
}

#[test]
fn every_post_of_the_corpus_is_verified_as_its_name_says() {
    hold("signatures", signatures::run);
}

#[test]
fn every_body_of_the_corpus_is_read_as_its_name_says() {
    hold("bodies", bodies::run);
}

#[test]
fn every_cloud_event_of_the_corpus_is_read_as_its_name_says() {
    hold("cloudevents", cloudevents::run);
}

#[test]
fn every_behaviour_file_of_the_corpus_is_read_as_its_name_says() {
    hold("behaviour", behaviour::run);
}

#[test]
fn no_behaviour_file_of_the_corpus_shows_its_secrets() {
    let shown: Vec<String> = corpus("behaviour")
        .into_iter()
        .map(|(name, input)| match behaviour::load(&input) {
            Ok(config) => format!("{name}: {config:?}"),
            Err(error) => format!("{name}: {error} {error:?}"),
        })
        .filter(|said| said.contains(MARK))
        .collect();
    assert!(shown.is_empty(), "{shown:#?}");
}
