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
#[path = "../../fuzz/entries/natives.rs"]
mod natives;
#[path = "../../fuzz/entries/signatures.rs"]
mod signatures;

use std::{collections::BTreeMap, fs, panic, path::Path};

use deskbell::event::Event;

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
fn every_native_webhook_of_the_corpus_is_read_as_its_name_says() {
    hold("natives", natives::run);
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

fn faults(name: &str) -> String {
    behaviour::load(&corpus("behaviour")[name]).unwrap_err().to_string()
}

#[test]
fn a_template_that_calls_itself_fails_before_the_stack_does() {
    let file = &corpus("behaviour")["taken-template-that-calls-itself"];
    let config = behaviour::load(file).unwrap();
    let json = br#"{"specversion":"1.0","id":"1","source":"/s","type":"order.stuck"}"#;
    let event = Event::from_cloudevents(&"shop".parse().unwrap(), json).unwrap();
    let drafted = config.rules.draft(&"r".parse().unwrap(), &"support".parse().unwrap(), &event);
    assert!(drafted.unwrap_err().to_string().contains("subject"));
}

#[test]
fn code_that_is_too_long_for_the_stack_is_refused_with_words() {
    for kind in ["nots", "sums", "minuses", "filters", "members", "elses", "code-and-no-end"] {
        let told = faults(&format!("refused-template-with-endless-{kind}"));
        assert!(told.contains("more than 1000 words and signs"), "{kind}: {told}");
    }
}

#[test]
fn a_fault_shows_the_variable_and_not_what_it_holds() {
    for (name, shown) in [
        ("refused-secret-as-a-desk", "no desk is called `${SECRET}`"),
        ("refused-secret-as-a-type", "the event type `${SECRET}`"),
        ("refused-secret-as-a-rules-name-twice", "another rule is called `${SECRET}`"),
        ("refused-secret-in-a-rules-name-with-faults", "in rule `${SECRET}`"),
        ("refused-secret-as-a-tag", "something is wrong with what the environment puts there"),
    ] {
        let told = faults(name);
        assert!(told.contains(shown), "{name}: {told}");
    }
}
