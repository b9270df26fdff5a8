//! The memory that all bodies together may take.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes that may be held. They are taken as they arrive: a sender that only announces a large body
/// takes nothing from the others.
#[derive(Debug, Clone)]
pub(super) struct Budget(Arc<Semaphore>);

/// Bytes that are held until this is dropped.
#[derive(Debug)]
pub(super) struct Held {
    budget: Budget,
    permit: Option<OwnedSemaphorePermit>,
}

impl Budget {
    pub(super) fn of(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS))))
    }

    /// Whether so many bytes could be held now.
    pub(super) fn has(&self, bytes: usize) -> bool {
        self.0.available_permits() >= bytes
    }

    /// Nothing yet.
    pub(super) fn begin(&self) -> Held {
        Held { budget: self.clone(), permit: None }
    }
}

impl Held {
    /// Takes `bytes` more; `false` where the budget does not have them.
    pub(super) fn grow(&mut self, bytes: usize) -> bool {
        let Ok(count) = u32::try_from(bytes) else { return false };
        let Ok(more) = self.budget.0.clone().try_acquire_many_owned(count) else { return false };
        match &mut self.permit {
            Some(permit) => permit.merge(more),
            None => self.permit = Some(more),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_comes_back_when_it_is_dropped() {
        let budget = Budget::of(10);
        let mut first = budget.begin();
        assert!(first.grow(4) && first.grow(4));
        assert!(!budget.begin().grow(3) && !budget.has(3) && budget.has(2));
        drop(first);
        assert!(budget.begin().grow(10));
    }
}
