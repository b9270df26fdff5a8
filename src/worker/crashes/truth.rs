//! What really happened: the desk as it is, and the ledger as it was last written. Checks that need
//! both stand here. What they find is kept, for a panic inside a worker is one of its attempts.

use std::collections::{BTreeSet, VecDeque};

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::answers::{Answer, Look};
use crate::{
    delivery::{Delivery, DeliveryKey, Outcome, Progress, Reason, State, Step, Verdict},
    desks::{DeskError, Found, OnUncertain},
    ticket::TicketRef,
};

/// The ticket of the incident that a delivery joins.
pub(super) const TICKET: &str = "T-0";

/// How a desk tells one ticket from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It refuses a second ticket under a key and names the first; keys can be looked up.
    Unique,
    /// Keys can be looked up, and nothing else.
    LookUp,
    /// Keys are nothing to it.
    Blind,
}

/// One desk and one delivery.
#[derive(Debug)]
pub(super) struct Truth {
    pub(super) kind: Kind,
    pub(super) on_uncertain: OnUncertain,
    pub(super) max_attempts: u32,
    /// What it answers next; as it should when there is nothing left.
    pub(super) answers: VecDeque<Answer>,
    pub(super) looks: VecDeque<Look>,
    pub(super) knows_customer: bool,
    pub(super) tickets: Vec<TicketRef>,
    /// Comments on the ticket of the incident.
    comments: u32,
    /// Whether that was raised or resolved.
    is_changed: bool,
    /// The payload that counts.
    pub(super) says: Value,
    /// The delivery as last written.
    pub(super) written: Option<Delivery>,
    /// Requests for the ticket whose outcome no worker has heard.
    doubts: BTreeSet<u32>,
    asked: u32,
    /// Whether the configuration has let a second ticket happen.
    pub(super) may_double: bool,
    /// How many attempts may have been counted since the last replay.
    may_count: u32,
    /// Why it may rightly be dead.
    pub(super) mortal: Vec<Reason>,
    pub(super) faults: Vec<String>,
}

impl Truth {
    pub(super) fn new(kind: Kind, on_uncertain: OnUncertain, max_attempts: u32) -> Self {
        Self {
            kind,
            on_uncertain,
            max_attempts,
            answers: VecDeque::new(),
            looks: VecDeque::new(),
            knows_customer: true,
            tickets: Vec::new(),
            comments: 0,
            is_changed: false,
            says: Value::Object(Map::new()),
            written: None,
            doubts: BTreeSet::new(),
            asked: 0,
            may_double: false,
            may_count: 0,
            mortal: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// The desk is asked; `is_late`: by a worker whose time is over, which its client notices.
    pub(super) fn ask(&mut self, step: &Step, is_late: bool) -> (u32, Result<Outcome, DeskError>) {
        self.asked += 1;
        if is_late {
            return (self.asked, Err(DeskError::Unreachable("the time is over".into())));
        }
        self.check_asked(step);
        if !step.is_repeatable() {
            self.doubts.insert(self.asked);
        }
        let answer = self.answers.pop_front().unwrap_or(Answer::Done);
        let answered = if answer.is_done() {
            let done = self.obey(step);
            answer.instead_of(done)
        } else {
            answer.instead_of(Ok(Outcome::Done))
        };
        if let Err(error) = &answered {
            self.allow(step, error);
        }
        (self.asked, answered)
    }

    /// The answer has reached the worker.
    pub(super) fn heard(&mut self, asked: u32, answered: &Result<Outcome, DeskError>) {
        if answered.as_ref().is_ok() || answered.as_ref().is_err_and(DeskError::is_definite) {
            self.doubts.remove(&asked);
        }
    }

    /// The desk is asked for the key.
    pub(super) fn look(&mut self) -> Result<Found, DeskError> {
        let look = self.looks.pop_front().unwrap_or(Look::Truth);
        match look {
            Look::Fails(answer) => answer.instead_of(Ok(Outcome::Done)).map(|_| Found::CannotTell),
            Look::Truth if self.kind != Kind::Blind && self.comments > 0 => Ok(Found::Comment),
            Look::Truth if self.kind != Kind::Blind => Ok(match self.tickets.first() {
                Some(ticket) => Found::Ticket(ticket.clone()),
                None => Found::Absent,
            }),
            Look::Truth | Look::CannotTell => Ok(Found::CannotTell),
        }
    }

    /// What an operator finds: the ticket, or the one with the comment.
    pub(super) fn seen(&self) -> Option<TicketRef> {
        let id = TICKET.to_owned();
        let commented = (self.comments > 0).then_some(TicketRef { id, number: None, url: None });
        self.tickets.first().cloned().or(commented)
    }

    /// What was found has reached the worker.
    pub(super) fn found(&mut self, found: &Result<Found, DeskError>) {
        match found {
            Ok(Found::Absent) => self.doubts.clear(),
            Ok(Found::CannotTell) if self.on_uncertain == OnUncertain::Retry => {
                self.doubts.clear();
                self.may_double = true;
            }
            Ok(Found::CannotTell | Found::Comment | Found::Ticket(_)) | Err(_) => {}
        }
    }

    /// An operator has seen that there is no ticket, or sends the delivery back to work.
    pub(super) fn sent_back(&mut self, is_absent: bool) {
        self.may_count = 0;
        if is_absent {
            self.doubts.clear();
        }
    }

    /// From here on the desk answers every call.
    pub(super) fn stay_up(&mut self) {
        self.answers.clear();
        self.looks.clear();
    }

    /// The ledger has been written.
    pub(super) fn wrote(&mut self, delivery: &Delivery) {
        let was_at_it = self.written.as_ref().is_some_and(|before| {
            matches!(before.state, State::Attempting { .. }) && before.claims < delivery.claims
        });
        self.may_count += u32::from(was_at_it);
        if delivery.attempts > self.may_count {
            let (counted, may) = (delivery.attempts, self.may_count);
            self.faults.push(format!("{counted} attempts are counted where {may} may be"));
        }
        // A crash while a doubt is looked up counts too, and a doubt is not buried.
        if delivery.attempts > self.max_attempts && !was_at_it && !self.is_over(delivery) {
            self.faults.push(format!("{} attempts are more than allowed", delivery.attempts));
        }
        for before in self.written.iter().flat_map(|before| &before.steps) {
            if matches!(before.progress, Progress::Done { .. })
                && delivery.outcome(&before.step).is_none()
            {
                self.faults.push(format!("{} is done and begins again", before.step));
            }
        }
        self.written = Some(delivery.clone());
    }

    /// Whether no more attempts are counted than before.
    fn is_over(&self, delivery: &Delivery) -> bool {
        self.written.as_ref().is_some_and(|before| before.attempts >= delivery.attempts)
    }

    /// A worker has been given this to work with.
    pub(super) fn given(&mut self, data: &Value) {
        if *data != self.says {
            self.faults.push(format!("{data} is delivered, and {} counts", self.says));
        }
    }

    /// A worker has been found dead.
    pub(super) fn crashed(&mut self, delivery: &Delivery) {
        self.may_count += delivery.attempts.saturating_sub(self.may_count).min(1);
    }

    fn check_asked(&mut self, step: &Step) {
        if self.written.as_ref().is_some_and(|delivery| delivery.attempts >= self.max_attempts) {
            self.faults.push("the desk is asked after the last attempt".to_owned());
        }
        let progress = self.written.as_ref().and_then(|delivery| delivery.step(step));
        match progress.map(|record| &record.progress) {
            Some(Progress::Intended { .. }) => {}
            Some(Progress::Done { .. }) => self.faults.push(format!("{step} is done again")),
            None => self.faults.push(format!("{step} is asked for without an intent")),
        }
        if !step.is_repeatable() && !self.doubts.is_empty() {
            self.faults.push(format!("{step} is asked for again in doubt"));
        }
    }

    fn allow(&mut self, step: &Step, error: &DeskError) {
        match error.verdict(step) {
            Verdict::Retry { .. } | Verdict::LookUp { .. } => self.may_count += 1,
            Verdict::GiveUp | Verdict::TicketGone | Verdict::CreateCustomer => {
                self.may_count += 1;
                self.mortal.push(error.failure().reason);
            }
            Verdict::Wait { .. } | Verdict::Later => {}
        }
    }

    fn obey(&mut self, step: &Step) -> Result<Outcome, DeskError> {
        match step {
            Step::Customer => {
                self.knows_customer = true;
                Ok(Outcome::Done)
            }
            Step::Record(key) => Ok(Outcome::Record(key.to_string())),
            Step::Comment(_) => {
                self.comments += 1;
                Ok(Outcome::Done)
            }
            Step::Raise | Step::Resolve | Step::Tie => {
                self.is_changed = true;
                Ok(Outcome::Done)
            }
            Step::TimeLine(_) | Step::Reopen => {
                Err(DeskError::Incomplete(format!("{step} is not planned")))
            }
            Step::Ticket if !self.knows_customer => {
                Answer::UnknownCustomer.instead_of(Ok(Outcome::Done))
            }
            Step::Ticket => {
                if self.kind != Kind::Unique || self.tickets.is_empty() {
                    let id = format!("T-{}", self.tickets.len() + 1);
                    self.tickets.push(TicketRef { id, number: None, url: None });
                }
                let ticket = self.tickets.last().cloned().into_iter().next();
                ticket.map(Outcome::Ticket).ok_or_else(|| DeskError::Incomplete(String::new()))
            }
        }
    }

    /// What must hold whenever nothing is under way.
    pub(super) fn check(&self, key: &DeliveryKey, now: Timestamp) {
        assert!(self.faults.is_empty(), "{:?}", self.faults);
        if !self.may_double {
            assert!(self.tickets.len() <= 1, "{:?}", self.tickets);
            assert!(self.comments <= 1, "{} comments", self.comments);
        }
        let Some(delivery) = &self.written else { return };
        assert_eq!(&delivery.key, key);
        match &delivery.state {
            State::Ticketed { ticket, .. } => {
                assert!(self.tickets.contains(ticket), "{ticket:?} is not at the desk");
            }
            State::Merged { ticket, .. } | State::Resolved { ticket, .. } => {
                assert!(self.comments > 0, "nothing is said");
                let is_resolved = matches!(delivery.state, State::Resolved { .. });
                assert!(self.is_changed || !is_resolved, "nothing is resolved");
                assert_eq!(ticket.as_ref().map(|ticket| ticket.id.as_str()), Some(TICKET));
            }
            State::Suppressed { .. } => {
                let is_untouched = self.tickets.is_empty() && self.comments == 0;
                assert!(is_untouched || self.may_double, "what has begun is suppressed");
            }
            State::Dead { failure, limit: None, .. } => {
                assert!(self.mortal.contains(&failure.reason), "dead without a cause: {failure:?}");
            }
            State::Dead { limit: Some(crate::delivery::Limit::Attempts), .. } => {
                assert!(delivery.attempts >= self.max_attempts, "dead too soon");
            }
            State::Dead { limit: Some(crate::delivery::Limit::Age), .. } => {
                assert!(now > delivery.since, "dead while young");
            }
            State::Queued
            | State::Attempting { .. }
            | State::Retrying { .. }
            | State::Uncertain { .. }
            | State::Discarded { .. } => {}
        }
    }
}
