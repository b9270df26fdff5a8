//! Records that were found or made lately, by what they were asked for.
//!
//! An id that is remembered may be one of a record that is gone since: whoever learns of that says so
//! ([`Known::forget`]).

use std::{
    collections::HashMap,
    fmt, mem,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::questions::{Question, folded};

/// How long a record is remembered: far longer than search takes to learn of a new one, and a backlog
/// about one customer takes.
const MEMORY: Duration = Duration::from_mins(10);

/// After so many, the older half is forgotten.
const MOST: usize = 20_000;

/// Ids of records by what they were asked for.
#[derive(Default)]
pub(super) struct Known(Mutex<Generations>);

type Ids = HashMap<(Question, String), (Instant, String)>;

#[derive(Default)]
struct Generations {
    young: Ids,
    old: Ids,
}

impl Known {
    /// The id of the record that has `value`.
    pub(super) fn get(&self, question: &Question, value: &str) -> Option<String> {
        let name = (question.clone(), folded(value));
        let generations = self.generations();
        let known = generations.young.get(&name).or_else(|| generations.old.get(&name));
        known.filter(|(learnt, _)| learnt.elapsed() < MEMORY).map(|(_, id)| id.clone())
    }

    /// The record that has `value` has this id.
    pub(super) fn put(&self, question: &Question, value: &str, id: &str) {
        let mut generations = self.generations();
        if generations.young.len() >= MOST / 2 {
            generations.old = mem::take(&mut generations.young);
        }
        let name = (question.clone(), folded(value));
        generations.young.insert(name, (Instant::now(), id.to_owned()));
    }

    /// The record `id` does not have `value` any more, or is gone.
    pub(super) fn forget(&self, question: &Question, value: &str, id: &str) {
        let name = (question.clone(), folded(value));
        let mut generations = self.generations();
        let Generations { young, old } = &mut *generations;
        for ids in [young, old] {
            if ids.get(&name).is_some_and(|(_, known)| known == id) {
                ids.remove(&name);
            }
        }
    }

    fn generations(&self) -> MutexGuard<'_, Generations> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Known {
    /// Without the values, which are customers' addresses.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Known").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question() -> Question {
        Question::by_property("contacts", "email")
    }

    #[tokio::test(start_paused = true)]
    async fn a_record_is_remembered_in_any_case_and_for_a_while() {
        let known = Known::default();
        known.put(&question(), "Jean@acme.com", "201");
        assert_eq!(known.get(&question(), " jean@ACME.com").as_deref(), Some("201"));
        assert_eq!(known.get(&Question::by_property("companies", "email"), "jean@acme.com"), None);
        tokio::time::advance(MEMORY).await;
        assert_eq!(known.get(&question(), "jean@acme.com"), None);
    }

    #[tokio::test]
    async fn what_is_forgotten_is_the_id_that_is_gone_and_no_newer_one() {
        let known = Known::default();
        known.put(&question(), "jean@acme.com", "202");
        known.forget(&question(), "jean@acme.com", "201");
        assert_eq!(known.get(&question(), "jean@acme.com").as_deref(), Some("202"));
        known.forget(&question(), "Jean@acme.com", "202");
        assert_eq!(known.get(&question(), "jean@acme.com"), None);
    }

    #[tokio::test]
    async fn no_more_is_remembered_than_has_room() {
        let known = Known::default();
        for number in 0..2 * MOST {
            known.put(&question(), &number.to_string(), "1");
        }
        let generations = known.generations();
        assert!(generations.young.len() + generations.old.len() <= MOST);
    }

    #[tokio::test]
    async fn an_address_is_printed_by_nothing() {
        let known = Known::default();
        known.put(&question(), "jean@acme.com", "201");
        assert!(!format!("{known:?}").contains("acme"));
    }
}
