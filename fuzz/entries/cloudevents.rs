//! A CloudEvents document, as the queue carries it.
//!
//! Held for every input: what is read keeps all its numbers, and what is written of it reads back the
//! same, any number of times; no refusal quotes a value.

use std::sync::LazyLock;

use deskbell::event::{Event, InvalidJson, NotACloudEvent, SourceName};

use super::digits::numbers;

/// Stands in values that must not be quoted.
const MARK: &str = "canary";

static SOURCE: LazyLock<SourceName> = LazyLock::new(|| "shop".parse().unwrap());

/// Whether the document is an event.
pub(crate) fn run(input: &[u8]) -> bool {
    match Event::from_cloudevents(&SOURCE, input) {
        Ok(event) => {
            is_written_and_read_the_same(&event, input);
            true
        }
        Err(error) => {
            let words = format!("{error} {error:?}");
            let quotes_a_key = matches!(
                error,
                NotACloudEvent::NotJson(InvalidJson::DuplicateKey { .. })
                    | NotACloudEvent::NotText(_)
            );
            assert!(quotes_a_key || !words.contains(MARK), "{words}");
            false
        }
    }
}

fn is_written_and_read_the_same(event: &Event, input: &[u8]) {
    let written = event.to_cloudevents();
    let read = Event::from_cloudevents(&SOURCE, &written).unwrap();
    assert_eq!(read, *event);
    assert_eq!(read.to_cloudevents(), written);
    let sorted = |json: &[u8]| {
        let mut numbers = numbers(std::str::from_utf8(json).unwrap());
        numbers.sort_unstable();
        numbers
    };
    assert_eq!(sorted(&written), sorted(input));
}
