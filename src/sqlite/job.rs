//! A piece of work on its way to the writer, and its answer on the way back.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::Transaction;
use tokio::sync::oneshot;

use super::{StoreError, error::Trouble};

/// One caller's work inside the writer's transaction.
pub(super) trait Job: Send {
    /// Does the work. What comes of it is kept until [`Job::answer`].
    fn run(&mut self, tx: &Transaction<'_>) -> Ran;

    /// Tells the caller: what the work came to if its transaction was committed, else why not.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

/// How a job went.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ran {
    /// Its writes are to be kept.
    Well,
    /// Its writes are to be undone; the connection had this trouble.
    Badly(Option<Trouble>),
}

/// A closure with the way back to its caller.
pub(super) struct Asked<T, E, F> {
    work: Option<F>,
    outcome: Option<Result<T, E>>,
    caller: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Asked<T, E, F> {
    pub(super) fn new(work: F, caller: oneshot::Sender<Result<T, E>>) -> Self {
        Self { work: Some(work), outcome: None, caller }
    }
}

impl<T, E, F> Job for Asked<T, E, F>
where
    T: Send,
    E: std::error::Error + From<StoreError> + Send + 'static,
    F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send,
{
    fn run(&mut self, tx: &Transaction<'_>) -> Ran {
        let Some(work) = self.work.take() else { return Ran::Badly(None) };
        // One caller's panic must not end the writer that all others wait for.
        let outcome = catch_unwind(AssertUnwindSafe(|| work(tx)))
            .unwrap_or_else(|_| Err(E::from(StoreError::Panicked)));
        let ran = match &outcome {
            Ok(_) => Ran::Well,
            Err(error) => Ran::Badly(Trouble::behind(error)),
        };
        self.outcome = Some(outcome);
        ran
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let outcome = match (committed, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(E::from(StoreError::Closed)),
            (Err(error), _) => Err(E::from(error)),
        };
        // A caller that has gone does not want to know.
        let _ = self.caller.send(outcome);
    }
}
