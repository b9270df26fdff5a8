//! How a delivery is given up, by its worker and by the broker.

use jiff::Timestamp;

use super::{
    Advanced, AttemptOutcome, Delivery, Failure, InvalidTransition, Limit, Outcome, State, Step,
};

impl Delivery {
    /// Only what is certain dies: a ticket that may exist is in doubt instead.
    pub(super) fn bury(
        self,
        at: Timestamp,
        failure: Failure,
        limit: Option<Limit>,
        counts: bool,
    ) -> Result<Advanced, InvalidTransition> {
        if let Some(step) = self.doubtful_step() {
            return Err(InvalidTransition::InDoubt { step: step.clone() });
        }
        let state = State::Dead { at, failure: failure.clone(), limit };
        self.end(at, AttemptOutcome::Dead, Some(failure), counts, state)
    }

    /// What is known to exist is kept, and what may exist is not buried. A worker that is at it
    /// comes to an end of its own.
    pub(super) fn poison(
        mut self,
        at: Timestamp,
        failure: Failure,
    ) -> Result<Advanced, InvalidTransition> {
        let ended = self.vacate(at, "given up")?;
        self.state = match self.outcome(&Step::Ticket) {
            Some(Outcome::Ticket(ticket)) if self.has_nothing_to_follow() => {
                State::Ticketed { at, ticket: ticket.clone() }
            }
            _ if self.doubtful_step().is_some()
                || matches!(self.state, State::Uncertain { .. }) =>
            {
                State::Uncertain { since: at, look_again: None, last: failure }
            }
            _ => State::Dead { at, failure, limit: None },
        };
        Ok(Advanced { delivery: self, ended })
    }
}
