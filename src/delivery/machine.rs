//! What becomes of a delivery when something happens to it.

use jiff::Timestamp;

use super::{
    Advanced, Attempt, AttemptOutcome, Course, Delivery, Failure, InvalidTransition, Progress,
    State, Step, StepRecord, Transition,
};

impl Delivery {
    /// What becomes of the delivery when `transition` happens.
    pub fn advance(self, transition: Transition) -> Result<Advanced, InvalidTransition> {
        if let Some(held) = transition.claim()
            && held != self.claims
        {
            return Err(InvalidTransition::ClaimOver { held, current: self.claims });
        }
        if let Some(erased) = &self.erased
            && !matches!(transition, Transition::Discard { .. })
        {
            return Err(InvalidTransition::Erased(erased.clone()));
        }
        let at = transition.at();
        let mut advanced = self.step_into(transition)?;
        advanced.delivery.updated_at = at;
        Ok(advanced)
    }

    fn step_into(self, transition: Transition) -> Result<Advanced, InvalidTransition> {
        use Transition::{
            Absent, Bury, Claim, Complete, Conclude, Discard, Done, Doubt, Edit, Engage, Erase,
            Exists, Intend, NotDone, Poison, Postpone, Release, Replay, Reroute, Suppress,
        };
        let verb = transition.name();
        match transition {
            Claim { at, until } => self.claim(at, until),
            Intend { at, until, step, .. } => self.working(verb)?.intend(at, until, step),
            Done { at, step, outcome, .. } => {
                if self.outcome(&step) != Some(&outcome) {
                    self.may_still_do(&step)?;
                }
                Ok(self.working(verb)?.note(step, Some(Progress::Done { at, outcome })))
            }
            NotDone { step, .. } => {
                self.may_still_do(&step)?;
                Ok(self.working(verb)?.note(step, None))
            }
            Engage { part, .. } => self.working(verb)?.engage(part),
            Complete { at, .. } => self.working(verb)?.complete(at),
            Suppress { at, by, .. } => self.working(verb)?.suppress(at, by),
            Conclude { at, tally } => self.conclude(at, tally),
            Postpone { at, not_before, failure, counts, .. } => {
                let state = State::Retrying { not_before, last: failure.clone() };
                self.working(verb)?.end(at, AttemptOutcome::Retrying, Some(failure), counts, state)
            }
            Doubt { at, look_again, failure, counts, .. } => {
                let doubtful = self.doubtful_step().cloned();
                self.may_still_do(&doubtful.unwrap_or(Step::Ticket))?;
                let state = State::Uncertain { since: at, look_again, last: failure.clone() };
                self.working(verb)?.end(at, AttemptOutcome::Uncertain, Some(failure), counts, state)
            }
            Bury { at, failure, limit, counts, .. } => {
                self.working(verb)?.bury(at, failure, limit, counts)
            }
            Poison { at, failure } => self.poison(at, failure),
            Replay { at } => self.replay(at),
            Edit { seen, .. } => self.edit(seen),
            Reroute { at, seen, rule, priority } => {
                self.is_as_seen(seen)?;
                Self { rule, priority, ..self }.replay(at)
            }
            Release { at, known } => self.release(at, known),
            Discard { at, by, why } => match self.state {
                State::Dead { .. } | State::Uncertain { look_again: None, .. } => {
                    Ok(self.with(State::Discarded { at, by, why }))
                }
                _ => Err(self.refuses(verb)),
            },
            Erase { at, by, why } => self.erase(at, by, why),
            Exists { at, ticket } => match self.state {
                State::Uncertain { .. } => Ok(self.exists(at, ticket)),
                _ => Err(self.refuses(verb)),
            },
            Absent { at } => match self.state {
                State::Uncertain { .. } => Ok(self.absent(at)),
                _ => Err(self.refuses(verb)),
            },
        }
    }

    /// Takes the delivery up. A worker that let its deadline pass is taken for dead, and its
    /// attempt counts: an event that kills its worker must not do so for ever.
    fn claim(mut self, at: Timestamp, until: Timestamp) -> Result<Advanced, InvalidTransition> {
        // What was written by a clock that was ahead would be due when this one gets there. The
        // broker has kept the job for as long as it was put off.
        let clock_went_back = at < self.updated_at;
        if let State::Retrying { not_before, .. }
        | State::Uncertain { look_again: Some(not_before), .. } = self.state
            && at < not_before
            && !clock_went_back
        {
            return Err(InvalidTransition::NotDue { not_before });
        }
        let ended = self.vacate(at, "claimed")?;
        self.claims += 1;
        self.state = State::Attempting { since: at, until };
        Ok(Advanced { delivery: self, ended })
    }

    fn intend(
        self,
        at: Timestamp,
        until: Timestamp,
        step: Step,
    ) -> Result<Advanced, InvalidTransition> {
        if let Some(step) = self.doubtful_step() {
            return Err(InvalidTransition::InDoubt { step: step.clone() });
        }
        self.may_still_do(&step)?;
        let mut advanced = self.note(step, Some(Progress::Intended { at }));
        if let State::Attempting { until: deadline, .. } = &mut advanced.delivery.state {
            *deadline = until;
        }
        Ok(advanced)
    }

    /// Ends the attempt of a worker that let its deadline pass. Refuses while a claim holds, and
    /// where the delivery rests.
    pub(super) fn vacate(
        &mut self,
        at: Timestamp,
        verb: &'static str,
    ) -> Result<Option<Attempt>, InvalidTransition> {
        match self.state {
            State::Attempting { until, .. } if at < until => {
                // By a clock that was ahead, it was to hold for as long.
                let clock_went_back = at < self.updated_at;
                let until = if clock_went_back { at + (until - self.updated_at) } else { until };
                Err(InvalidTransition::Held { until })
            }
            State::Attempting { since, .. } => Ok(Some(self.crashed(since, at))),
            State::Queued
            | State::Retrying { .. }
            | State::Uncertain { look_again: Some(_), .. } => Ok(None),
            State::Uncertain { look_again: None, .. }
            | State::Ticketed { .. }
            | State::Merged { .. }
            | State::Resolved { .. }
            | State::Suppressed { .. }
            | State::Dead { .. }
            | State::Discarded { .. } => Err(self.refuses(verb)),
        }
    }

    /// The attempt of a worker that is taken for dead; it counts.
    pub(super) fn crashed(&mut self, began: Timestamp, ended: Timestamp) -> Attempt {
        self.attempts += 1;
        let (number, outcome) = (self.claims, AttemptOutcome::Crashed);
        Attempt { number, began, ended, outcome, failure: None, counts: true }
    }

    fn replay(mut self, at: Timestamp) -> Result<Advanced, InvalidTransition> {
        match self.state {
            State::Dead { .. } => {
                // The incident has gone on meanwhile. A ticket that was made stays part of it, and
                // what was counted in a flood stays counted.
                let is_counted = matches!(self.course(), Some(Course::Join { .. }));
                if self.outcome(&Step::Ticket).is_none() && !is_counted {
                    self.incident = None;
                }
                self.requeue(at);
                Ok(Advanced { delivery: self, ended: None })
            }
            _ => Err(self.refuses("replayed")),
        }
    }

    /// What was done for the payload before is done again for the new one, where that does no harm:
    /// there may be another customer in it, or other records to tie. A ticket or a comment stays.
    fn edit(mut self, seen: u32) -> Result<Advanced, InvalidTransition> {
        let State::Dead { .. } = self.state else { return Err(self.refuses("edited")) };
        self.is_as_seen(seen)?;
        self.edit = Some(seen + 1);
        self.steps.retain(|record| !matches!(record.step, Step::Customer | Step::Tie));
        Ok(Advanced { delivery: self, ended: None })
    }

    fn is_as_seen(&self, seen: u32) -> Result<(), InvalidTransition> {
        match self.edit.unwrap_or_default() {
            current if current == seen => Ok(()),
            current => Err(InvalidTransition::EditedMeanwhile { current }),
        }
    }

    pub(super) fn end(
        mut self,
        at: Timestamp,
        outcome: AttemptOutcome,
        failure: Option<Failure>,
        counts: bool,
        state: State,
    ) -> Result<Advanced, InvalidTransition> {
        let State::Attempting { since, .. } = self.state else {
            return Err(self.refuses(outcome.as_str()));
        };
        self.attempts += u32::from(counts);
        let ended =
            Attempt { number: self.claims, began: since, ended: at, outcome, failure, counts };
        self.state = state;
        Ok(Advanced { delivery: self, ended: Some(ended) })
    }

    /// Writes how far `step` has come; `None` forgets that it was asked for.
    pub(super) fn note(mut self, step: Step, progress: Option<Progress>) -> Advanced {
        self.steps.retain(|record| record.step != step);
        if let Some(progress) = progress {
            self.steps.push(StepRecord { step, progress });
        }
        Advanced { delivery: self, ended: None }
    }

    fn absent(self, at: Timestamp) -> Advanced {
        let doubtful = self.doubtful_step().cloned().unwrap_or(Step::Ticket);
        let mut advanced = self.note(doubtful, None);
        advanced.delivery.requeue(at);
        advanced
    }

    pub(super) fn requeue(&mut self, at: Timestamp) {
        self.attempts = 0;
        self.since = at;
        self.state = State::Queued;
    }

    fn with(mut self, state: State) -> Advanced {
        self.state = state;
        Advanced { delivery: self, ended: None }
    }

    /// What may be done once and is done stays done: it is not asked for again, nor called off.
    fn may_still_do(&self, step: &Step) -> Result<(), InvalidTransition> {
        if step.is_repeatable() || self.outcome(step).is_none() {
            return Ok(());
        }
        Err(InvalidTransition::AlreadyDone { step: step.clone() })
    }

    fn working(self, verb: &'static str) -> Result<Self, InvalidTransition> {
        match self.state {
            State::Attempting { .. } => Ok(self),
            _ => Err(InvalidTransition::WrongState { state: self.state.name(), verb }),
        }
    }

    pub(super) fn refuses(&self, verb: &'static str) -> InvalidTransition {
        InvalidTransition::WrongState { state: self.state.name(), verb }
    }
}
