//! How a delivery is kept from its ticket, and let go.

use jiff::Timestamp;

use super::{
    Advanced, AttemptOutcome, Delivery, InvalidTransition, Release, SilenceId, State, Suppressor,
};

impl Delivery {
    /// Whether nothing of it is done at its desk or decided, as far as is known: all that a desk was
    /// asked for was certainly not done.
    pub fn has_not_begun(&self) -> bool {
        self.steps.is_empty() && self.incident.is_none()
    }

    /// Whether an operator has said that `by` does not suppress it.
    pub fn is_released_from(&self, by: &Suppressor) -> bool {
        let known = self.release.map(|release| release.known);
        match by {
            Suppressor::Silence(id) => known.is_some_and(|known| *id <= known),
        }
    }

    /// The silence that suppresses it, or that did before it was released.
    pub fn silence(&self) -> Option<SilenceId> {
        match &self.state {
            State::Suppressed { by, .. } => by.silence(),
            _ => self.release.map(|release| release.silence),
        }
    }

    pub(super) fn suppress(
        self,
        at: Timestamp,
        by: Suppressor,
    ) -> Result<Advanced, InvalidTransition> {
        if !self.has_not_begun() {
            return Err(InvalidTransition::Begun);
        }
        if self.is_released_from(&by) {
            return Err(InvalidTransition::Released { by });
        }
        self.end(at, AttemptOutcome::Suppressed, None, false, State::Suppressed { at, by })
    }

    pub(super) fn release(
        mut self,
        at: Timestamp,
        known: SilenceId,
    ) -> Result<Advanced, InvalidTransition> {
        let State::Suppressed { by: Suppressor::Silence(silence), .. } = self.state else {
            return Err(self.refuses("released"));
        };
        self.release = Some(Release { silence, known });
        self.requeue(at);
        Ok(Advanced { delivery: self, ended: None })
    }
}
