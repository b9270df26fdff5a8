//! Counts what is of no interest, under names that senders choose and cannot multiply.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, PoisonError},
};

use crate::event::SourceName;

/// How many native types of one source have a counter of their own.
const MOST: usize = 50;

/// The longest native type that has one, in bytes.
const LONGEST: usize = 64;

/// Stands for all types that have no counter of their own; it cannot be one.
const OTHER: &str = "-";

/// The native types that have a counter, by source.
#[derive(Debug, Default)]
pub(super) struct Labels(Mutex<HashMap<SourceName, BTreeSet<String>>>);

impl Labels {
    /// Counts one message of `source` that is of no interest.
    pub(super) fn count(&self, source: &SourceName, kind: &str) {
        let label = self.label(source, kind).to_owned();
        metrics::counter!(
            "deskbell_passed_over_total", "source" => source.to_string(), "type" => label
        )
        .increment(1);
    }

    fn label<'k>(&self, source: &SourceName, kind: &'k str) -> &'k str {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._/-".contains(&byte);
        if kind.is_empty() || kind.len() > LONGEST || !kind.bytes().all(is_plain) {
            return OTHER;
        }
        let mut labels = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = labels.entry(source.clone()).or_default();
        if known.contains(kind) {
            return kind;
        }
        if known.len() >= MOST {
            return OTHER;
        }
        known.insert(kind.to_owned());
        kind
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_sender_cannot_make_more_counters_than_a_source_has() {
        let labels = Labels::default();
        let source = "pay".parse().unwrap();
        for number in 0..MOST {
            let kind = format!("charge.{number}");
            assert_eq!(labels.label(&source, &kind), kind);
        }
        assert_eq!(labels.label(&source, "charge.more"), OTHER);
        assert_eq!(labels.label(&source, "charge.0"), "charge.0");
        assert_eq!(labels.label(&"other".parse().unwrap(), "charge.more"), "charge.more");
        for odd in ["", "a b", "é", "a\"b", &"a".repeat(LONGEST + 1)] {
            assert_eq!(labels.label(&"odd".parse().unwrap(), odd), OTHER);
        }
    }
}
