//! What is left of a delivery when its event's payload is erased: where it went and how it ended.
//! Nothing happens to it any more, but that an operator strikes it off the dead letters.

use jiff::Timestamp;

use super::{
    Advanced, Attempt, Course, Delivery, DeliveryKey, Failure, InvalidTransition, Note, State, Step,
};
use crate::event::Erased;

impl Delivery {
    /// Ends what is not over. A worker that is at it loses its claim.
    pub(super) fn erase(
        mut self,
        at: Timestamp,
        by: String,
        why: String,
    ) -> Result<Advanced, InvalidTransition> {
        let ended = match self.state {
            State::Queued | State::Retrying { .. } | State::Uncertain { .. } => None,
            State::Attempting { since, .. } => Some(self.crashed(since, at)),
            State::Ticketed { .. }
            | State::Merged { .. }
            | State::Resolved { .. }
            | State::Suppressed { .. }
            | State::Dead { .. }
            | State::Discarded { .. } => return Err(self.refuses("erased")),
        };
        self.claims += 1;
        self.state = State::Discarded { at, by, why };
        Ok(Advanced { delivery: self, ended })
    }

    /// The delivery without anything that its event's payload may have decided: words of the desk,
    /// records there, its incident. Its ticket, state and times stay.
    #[must_use]
    pub fn without_payload(mut self, erased: &Erased) -> Self {
        match &mut self.state {
            State::Dead { failure, .. } => failure.erase(erased),
            State::Retrying { last, .. } | State::Uncertain { last, .. } => last.erase(erased),
            State::Queued
            | State::Attempting { .. }
            | State::Ticketed { .. }
            | State::Merged { .. }
            | State::Resolved { .. }
            | State::Suppressed { .. }
            | State::Discarded { .. } => {}
        }
        // A record is named by a digest of what it was found by.
        self.steps
            .retain(|record| !matches!(record.step, Step::Customer | Step::Record(_) | Step::Tie));
        if let Some(part) = &mut self.incident {
            part.incident = None;
            let all = |_: &Note| true;
            part.course.erase(erased, all);
        }
        self.erased = Some(erased.clone());
        self
    }

    /// Erases what it was to say on its ticket in the name of the delivery `by`; whether there was
    /// something.
    pub fn forget_note(&mut self, by: &DeliveryKey, erased: &Erased) -> bool {
        let of_it = |note: &Note| &note.by == by;
        self.incident.as_mut().is_some_and(|part| part.course.erase(erased, of_it))
    }
}

impl Course {
    fn erase(&mut self, erased: &Erased, which: impl Fn(&Note) -> bool) -> bool {
        let notes = match self {
            Self::Open { notes, .. } => notes.as_mut_slice(),
            Self::Remember { note } => std::slice::from_mut(note),
            Self::Comment { .. }
            | Self::Reopen { .. }
            | Self::Resolve { .. }
            | Self::Lead { .. }
            | Self::Join { .. }
            | Self::Recover { .. } => &mut [],
        };
        let mut any = false;
        for note in notes.iter_mut().filter(|note| which(note)) {
            note.erase(erased);
            any = true;
        }
        any
    }
}

impl Note {
    /// Takes its words away; when it was and what it did stay.
    pub fn erase(&mut self, erased: &Erased) {
        self.subject = String::new();
        self.text = erased.to_string();
    }
}

impl Failure {
    /// Takes the desk's words away: they may quote the payload. The class and the status stay.
    pub fn erase(&mut self, erased: &Erased) {
        self.words = erased.to_string();
        self.code = None;
        self.correlation_id = None;
    }
}

impl Attempt {
    /// Takes the desk's words away.
    pub fn erase(&mut self, erased: &Erased) {
        if let Some(failure) = &mut self.failure {
            failure.erase(erased);
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        delivery::{
            Outcome, Part, Progress, Reason, SilenceId, StepRecord, Suppressor, Transition,
            notice::tests::delivery,
        },
        ticket::{Action, Priority, TicketRef},
    };

    const CANARY: &str = "canary";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    fn erased() -> Erased {
        Erased { at: at(20), by: "ada".to_owned() }
    }

    fn erase() -> Transition {
        Transition::Erase { at: at(20), by: "ada".to_owned(), why: "asked for".to_owned() }
    }

    fn done(step: Step, outcome: Outcome) -> StepRecord {
        StepRecord { step, progress: Progress::Done { at: at(10), outcome } }
    }

    #[test]
    fn nothing_is_left_of_what_the_payload_said_but_where_it_went() {
        let failure = Failure {
            code: Some(CANARY.to_owned()),
            correlation_id: Some(CANARY.to_owned()),
            ..Failure::of(Reason::Refused, CANARY)
        };
        let mut dead = delivery(State::Dead { at: at(9), failure, limit: None });
        let ticket = TicketRef { id: "T-1".to_owned(), number: None, url: None };
        dead.steps = vec![
            done(Step::Customer, Outcome::Record(CANARY.to_owned())),
            done(Step::Ticket, Outcome::Ticket(ticket.clone())),
        ];
        let note = Note {
            by: dead.key.clone(),
            at: at(9),
            resolves: false,
            subject: CANARY.to_owned(),
            text: CANARY.to_owned(),
        };
        dead.incident = Some(Part {
            incident: Some(CANARY.to_owned()),
            brake: None,
            action: Action::Open,
            at: at(9),
            priority: Priority::High,
            course: Course::Remember { note },
        });
        let before = dead.clone();
        let left = dead.without_payload(&erased());
        let text = serde_json::to_string(&left).unwrap();
        assert!(!text.contains(CANARY), "{text}");
        assert_eq!((left.state.name(), left.ticket()), ("dead", Some(&ticket)));
        assert_eq!((&left.key, left.updated_at), (&before.key, before.updated_at));
        assert_eq!(left.failure().map(|failure| failure.reason), Some(Reason::Refused));
        assert_eq!(json!(left.erased), json!({"at": "1970-01-01T00:00:20Z", "by": "ada"}));
    }

    #[test]
    fn a_delivery_under_way_is_discarded_and_its_worker_loses_its_claim() {
        let attempting = delivery(State::Attempting { since: at(9), until: at(30) });
        let Advanced { delivery, ended } = attempting.advance(erase()).unwrap();
        assert_eq!((delivery.state.name(), delivery.claims), ("discarded", 2));
        assert_eq!(ended.map(|attempt| attempt.number), Some(1));
        let late = delivery.advance(Transition::Complete { claim: 1, at: at(21) }).unwrap_err();
        assert_eq!(late, InvalidTransition::ClaimOver { held: 1, current: 2 });
    }

    #[test]
    fn what_is_over_keeps_its_state() {
        let by = Suppressor::Silence(SilenceId::of(1));
        for state in [
            State::Suppressed { at: at(9), by },
            State::Merged { at: at(9), ticket: None },
            State::Discarded { at: at(9), by: "ada".to_owned(), why: "done".to_owned() },
        ] {
            let before = delivery(state.clone());
            before.clone().advance(erase()).unwrap_err();
            assert_eq!(before.without_payload(&erased()).state, state);
        }
    }

    #[test]
    fn nothing_more_is_done_with_what_is_erased() {
        let by = Suppressor::Silence(SilenceId::of(1));
        let suppressed = delivery(State::Suppressed { at: at(9), by }).without_payload(&erased());
        let failure = Failure::of(Reason::Refused, CANARY);
        let dead = delivery(State::Dead { at: at(9), failure, limit: None });
        let dead = dead.without_payload(&erased());
        let refused = Err(InvalidTransition::Erased(erased()));
        let release = Transition::Release { at: at(21), known: SilenceId::of(1) };
        assert_eq!(suppressed.advance(release), refused);
        for transition in [
            Transition::Replay { at: at(21) },
            Transition::Edit { at: at(21), seen: 0 },
            Transition::Claim { at: at(21), until: at(30) },
        ] {
            assert_eq!(dead.clone().advance(transition), refused);
        }
        let (by, why) = ("ada".to_owned(), "done".to_owned());
        dead.advance(Transition::Discard { at: at(21), by, why }).unwrap();
    }
}
