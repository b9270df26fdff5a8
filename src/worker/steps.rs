//! The steps of one attempt: each with its intent before and its outcome after.

mod flood;
mod incident;
mod look_up;

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use super::{attempt::Ending, desk_loop::Station};
use crate::{
    delivery::{
        AttemptOutcome, Delivery, Failure, Limit, Outcome, Reason, Step, Transition, Verdict,
        time_between,
    },
    desks::{self, DeskError, Task, Turn},
    event::Envelope,
    ledger::{Granted, LedgerError},
    ticket::TicketDraft,
};

/// When what was not begun is tried: there is no room now, and soon there is some.
const SOON: Duration = Duration::from_secs(1);

/// A claimed delivery on its way through its steps.
pub(super) struct Run<'a> {
    station: &'a Station,
    delivery: Delivery,
    envelope: Envelope,
    /// What has happened since the last write. It is written before the desk is called again, or
    /// with the attempt's end.
    unwritten: Vec<Transition>,
    /// The room that is promised to the next call.
    turn: Option<Turn>,
    /// No call may end after that: the claim would be over, or the lease.
    deadline: Instant,
}

impl<'a> Run<'a> {
    /// A run that begins.
    pub(super) fn new(
        station: &'a Station,
        turn: Turn,
        deadline: Instant,
        granted: Granted,
    ) -> Self {
        let Granted { delivery, envelope } = granted;
        let turn = Some(turn);
        Self { station, delivery, envelope, unwritten: Vec::new(), turn, deadline }
    }

    /// The delivery as last written, what is still to be written, and when the event came in.
    pub(super) fn into_parts(self) -> (Delivery, Vec<Transition>, Timestamp) {
        (self.delivery, self.unwritten, self.envelope.received_at)
    }

    /// Takes all steps that are not done; says how the attempt ends.
    pub(super) async fn pursue(&mut self) -> Result<Ending, LedgerError> {
        if self.delivery.doubtful_step().is_some() {
            let failure = self.doubt().await?;
            if let Some(ending) = self.look_up(failure, None, false).await {
                return Ok(ending);
            }
        }
        if self.is_through() {
            return Ok(Ending::Complete);
        }
        if self.delivery.attempts >= self.station.post.settings.retry.max_attempts {
            // Nothing is asked of the desk any more, and so there is nothing to count.
            let (failure, limit) = (crashed(), Some(Limit::Attempts));
            return Ok(Ending::Bury { failure, limit, counts: false });
        }
        let draft = match self.draft() {
            Ok(draft) => draft,
            // What is left to say does not come from the rule.
            Err(_) if self.has_a_last_word() => TicketDraft::default(),
            Err(failure) => return Ok(Ending::Bury { failure, limit: None, counts: true }),
        };
        if let Some(waits) = self.engage(&draft, None).await? {
            return Ok(waits);
        }
        for step in self.plan(&draft) {
            if !self.is_done(&step)
                && let Some(ending) = self.take(&step, &draft).await?
            {
                return Ok(ending);
            }
        }
        Ok(Ending::Complete)
    }

    /// How the doubt arose that the delivery was claimed with.
    async fn doubt(&self) -> Result<Failure, LedgerError> {
        let attempts = self.station.worker.ledger.attempts(&self.delivery.key).await?;
        let last = attempts.into_iter().next_back();
        let doubted = last.filter(|attempt| attempt.outcome == AttemptOutcome::Uncertain);
        Ok(doubted.and_then(|attempt| attempt.failure).unwrap_or_else(crashed))
    }

    fn draft(&self) -> Result<TicketDraft, Failure> {
        let Delivery { rule, desk, .. } = &self.delivery;
        match self.station.worker.rules.now().draft(rule, desk, &self.envelope.event) {
            Ok(Some(draft)) => Ok(draft),
            Ok(None) => Err(Failure::of(
                Reason::RuleGone,
                format!("the rule `{rule}` is gone, and no other sends this event to `{desk}`"),
            )),
            Err(error) => Err(Failure::of(Reason::RuleFailed, error.to_string())),
        }
    }

    /// Takes one step; `Some` ends the attempt. A ticket for a customer whom the desk does not
    /// know is asked for once more when the customer has been made.
    async fn take(
        &mut self,
        step: &Step,
        draft: &TicketDraft,
    ) -> Result<Option<Ending>, LedgerError> {
        let Err(error) = self.call(step, draft).await? else { return Ok(None) };
        if error.verdict(step) != Verdict::CreateCustomer
            || self.delivery.outcome(&Step::Customer).is_some()
        {
            return self.after(step, draft, &error).await;
        }
        if let Err(cause) = self.call(&Step::Customer, draft).await? {
            return match cause.verdict(&Step::Customer) {
                Verdict::GiveUp => Ok(Some(self.bury(unknown_customer(&error, &cause)))),
                _ => self.after(&Step::Customer, draft, &cause).await,
            };
        }
        match self.call(step, draft).await? {
            Ok(()) => Ok(None),
            Err(error) if error.verdict(step) == Verdict::CreateCustomer => {
                Ok(Some(self.bury(error.failure())))
            }
            Err(error) => self.after(step, draft, &error).await,
        }
    }

    /// Waits for room, so that nothing is in doubt meanwhile; then writes the intent, calls the desk, and keeps the outcome for the next write.
    async fn call(
        &mut self,
        step: &Step,
        draft: &TicketDraft,
    ) -> Result<Result<(), DeskError>, LedgerError> {
        let Station { worker, post, .. } = self.station;
        if self.turn.is_none() {
            self.turn = self.station.turn_midway().await;
            if self.turn.is_none() {
                return Ok(Err(DeskError::NotBegun));
            }
        }
        if self.station.epoch().is_none() {
            return Err(LedgerError::LeaseOver { desk: self.delivery.desk.clone() });
        }
        let claim = self.delivery.claims;
        self.deadline = self.station.deadline();
        let at = worker.clock.now();
        let until = at + self.station.claim_lasts();
        let mut transitions = std::mem::take(&mut self.unwritten);
        transitions.push(Transition::Intend { claim, at, until, step: step.clone() });
        self.delivery = worker.ledger.advance(&self.delivery.key, transitions).await?;
        self.turn = None;
        let (words, at) = self.words(step, draft);
        let (key, done) = (&self.delivery.key, self.delivery.steps.as_slice());
        let ticket = self.delivery.ticket_to_add_to();
        let task = Task { key, draft: &words, ticket, done, at };
        let acting = post.desk.act(step, &task);
        let acted = desks::until(self.deadline, acting).await;
        match acted {
            Ok(outcome) => {
                self.heard_of(step);
                self.note_done(step.clone(), outcome);
                Ok(Ok(()))
            }
            Err(error) => {
                if error.is_judgement() {
                    self.heard_of(step);
                }
                if error.is_definite() || step.is_repeatable() {
                    self.note_not_done(step.clone());
                }
                Ok(Err(error))
            }
        }
    }

    /// The desk has answered `step` as it should. Only what is done for a ticket closes the breaker: a
    /// key that may read records and not make tickets would close and open it all the time.
    fn heard_of(&self, step: &Step) {
        if matches!(step, Step::Ticket | Step::TimeLine(_)) || step.is_about_a_ticket() {
            self.station.close_breaker();
        }
    }

    /// What follows from a failed step; `None`: it turned out to be done.
    async fn after(
        &mut self,
        step: &Step,
        draft: &TicketDraft,
        error: &DeskError,
    ) -> Result<Option<Ending>, LedgerError> {
        let failure = error.failure();
        Ok(match error.verdict(step) {
            Verdict::Retry { after } => Some(self.retry(failure, after)),
            Verdict::Wait { after } => {
                let pause = self.station.open_breaker(&failure, after);
                Some(self.wait(failure, pause))
            }
            Verdict::Later => Some(self.wait(failure, SOON)),
            Verdict::LookUp { after } => self.look_up(failure, after, true).await,
            Verdict::TicketGone => Some(self.without_ticket(draft, failure).await?),
            Verdict::CreateCustomer | Verdict::GiveUp => Some(self.bury(failure)),
        })
    }

    /// Another attempt by the schedule; this one counts.
    fn retry(&self, failure: Failure, asked: Option<Duration>) -> Ending {
        let schedule = &self.station.post.settings.retry;
        let attempts = self.delivery.attempts + 1;
        if attempts >= schedule.max_attempts {
            return Ending::Bury { failure, limit: Some(Limit::Attempts), counts: true };
        }
        let wait = schedule.wait_after(attempts, asked, (self.station.worker.chance)());
        self.postpone(failure, wait, true)
    }

    /// Another attempt when the desk is back; this one does not count.
    fn wait(&self, failure: Failure, pause: Duration) -> Ending {
        self.postpone(failure, self.jittered(pause), false)
    }

    fn postpone(&self, failure: Failure, wait: Duration, counts: bool) -> Ending {
        if self.is_past_age_after(wait) {
            return Ending::Bury { failure, limit: Some(Limit::Age), counts };
        }
        Ending::Postpone { wait, failure, counts }
    }

    fn is_past_age_after(&self, wait: Duration) -> bool {
        let age = time_between(self.delivery.since, self.station.worker.clock.now() + wait);
        age > self.station.post.settings.retry.max_age
    }

    #[expect(clippy::unused_self, reason = "reads as the other endings do")]
    fn bury(&self, failure: Failure) -> Ending {
        Ending::Bury { failure, limit: None, counts: true }
    }

    /// Spreads what waits for the same moment over half as much time again.
    fn jittered(&self, pause: Duration) -> Duration {
        pause.mul_f64(1.0 + (self.station.worker.chance)() / 2.0)
    }

    fn note_done(&mut self, step: Step, outcome: Outcome) {
        let at = self.station.worker.clock.now();
        let claim = self.delivery.claims;
        self.unwritten.push(Transition::Done { claim, at, step, outcome });
    }

    fn note_not_done(&mut self, step: Step) {
        let at = self.station.worker.clock.now();
        self.unwritten.push(Transition::NotDone { claim: self.delivery.claims, at, step });
    }

    fn is_done(&self, step: &Step) -> bool {
        let is_it = |transition: &Transition| matches!(transition, Transition::Done { step: done, .. } if done == step);
        self.delivery.outcome(step).is_some() || self.unwritten.iter().any(is_it)
    }
}

fn crashed() -> Failure {
    Failure::of(Reason::Crashed, "the process ended before the desk's answer was recorded")
}

/// The desk's refusal, and why the customer could not be made.
fn unknown_customer(refusal: &DeskError, cause: &DeskError) -> Failure {
    let refused = refusal.failure();
    let cause = cause.failure();
    Failure { words: format!("{}; {}", refused.words, cause.words), ..refused }
}
