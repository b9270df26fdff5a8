//! What no history of a delivery may bring about.
//!
//! The histories are random, and so is the desk: it may do what it is asked for, and may keep that
//! to itself. Workers and operators are honest, but late, and forget all between two steps.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod examples;

use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;

use super::{
    Delivery, Failure, InvalidTransition, Outcome, Progress, Reason, SilenceId, State, Step,
    Suppressor,
    Transition::{
        self, Absent, Bury, Claim, Complete, Discard, Done, Doubt, Edit, Erase, Exists, Intend,
        NotDone, Poison, Postpone, Release, Replay, Reroute, Suppress,
    },
    incident_tests::world::delivery,
};
use crate::ticket::{Priority, TicketRef};

/// What may happen next. A worker acts under the claim that counts, less `behind`.
#[derive(Debug, Clone, Copy)]
struct Happening {
    act: Act,
    behind: u32,
    /// Whether the desk does what it is asked for.
    desk_obeys: bool,
    /// Seconds since what happened before.
    after: u64,
}

#[derive(Debug, Clone, Copy)]
enum Act {
    Claim,
    AskForTicket,
    AskForCustomer,
    /// The desk's word on the ticket reaches the worker, by its answer or by a look-up.
    HearOfTicket,
    HearOfCustomer,
    Complete,
    Postpone,
    DoubtAndLookAgain,
    DoubtAndPark,
    Bury,
    /// The broker gives the message up.
    Poison,
    Replay,
    /// An operator edits the event as it was `behind` edits ago.
    Edit,
    Reroute,
    Discard,
    /// An operator ends it, for what its event says is to go.
    Erase,
    Suppress,
    Release,
    /// An operator looks for the ticket at the desk and says what there is.
    LookAtDesk,
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let act = prop::sample::select(vec![
        Act::Claim,
        Act::Claim,
        Act::AskForTicket,
        Act::AskForTicket,
        Act::AskForCustomer,
        Act::HearOfTicket,
        Act::HearOfCustomer,
        Act::Complete,
        Act::Postpone,
        Act::DoubtAndLookAgain,
        Act::DoubtAndPark,
        Act::Bury,
        Act::Poison,
        Act::Replay,
        Act::Edit,
        Act::Reroute,
        Act::Discard,
        Act::Erase,
        Act::Suppress,
        Act::Release,
        Act::LookAtDesk,
    ]);
    let behind = prop::sample::select(vec![0, 0, 0, 0, 1, 2]);
    let happening = (act, behind, any::<bool>(), 0..40_u64)
        .prop_map(|(act, behind, desk_obeys, after)| Happening { act, behind, desk_obeys, after });
    prop::collection::vec(happening, 1..80)
}

/// A delivery, and the desk as it really is.
struct World {
    delivery: Delivery,
    now: Timestamp,
    tickets: u32,
}

impl World {
    fn new() -> Self {
        let now: Timestamp = "2026-10-18T12:00:00Z".parse().unwrap();
        let delivery = Delivery { since: now, updated_at: now, ..delivery("1") };
        Self { delivery, now, tickets: 0 }
    }

    /// The desk's one ticket, as everybody sees it.
    fn ticket() -> TicketRef {
        TicketRef { id: "T-1".to_owned(), number: None, url: None }
    }

    fn transition(&self, happening: Happening) -> Transition {
        let at = self.now;
        let claim = self.delivery.claims.saturating_sub(happening.behind);
        let seen = self.delivery.edit.unwrap_or_default().saturating_sub(happening.behind);
        let soon = at + Duration::from_secs(30);
        let failure = Failure::of(Reason::DeskFault, "broken");
        let counts = true;
        match happening.act {
            Act::Claim => Claim { at, until: soon },
            Act::AskForTicket => Intend { claim, at, until: soon, step: Step::Ticket },
            Act::AskForCustomer => Intend { claim, at, until: soon, step: Step::Customer },
            Act::HearOfTicket if self.tickets > 0 => {
                let outcome = Outcome::Ticket(Self::ticket());
                Done { claim, at, step: Step::Ticket, outcome }
            }
            Act::HearOfTicket => NotDone { claim, at, step: Step::Ticket },
            Act::HearOfCustomer => Done { claim, at, step: Step::Customer, outcome: Outcome::Done },
            Act::Complete => Complete { claim, at },
            Act::Postpone => Postpone { claim, at, not_before: soon, failure, counts },
            Act::DoubtAndLookAgain => Doubt { claim, at, look_again: Some(soon), failure, counts },
            Act::DoubtAndPark => Doubt { claim, at, look_again: None, failure, counts },
            Act::Bury => Bury { claim, at, failure, limit: None, counts },
            Act::Poison => Poison { at, failure },
            Act::Replay => Replay { at },
            Act::Edit => Edit { at, seen },
            Act::Reroute => {
                Reroute { at, seen, rule: "another".parse().unwrap(), priority: Priority::Low }
            }
            Act::Discard => Discard { at, by: "ada".to_owned(), why: "random".to_owned() },
            Act::Erase => Erase { at, by: "ada".to_owned(), why: "random".to_owned() },
            Act::Suppress => Suppress { claim, at, by: Suppressor::Silence(SilenceId::of(1)) },
            Act::Release => Release { at, known: SilenceId::of(1) },
            Act::LookAtDesk if self.tickets > 0 => Exists { at, ticket: Self::ticket() },
            Act::LookAtDesk => Absent { at },
        }
    }

    /// Lets it happen and holds the delivery to its promises.
    fn live_through(&mut self, happening: Happening) {
        self.now += Duration::from_secs(happening.after);
        let before = self.delivery.clone();
        let transition = self.transition(happening);
        let advanced = before.clone().advance(transition.clone());
        check_claims(&before, &transition, advanced.as_ref().map(|it| &it.delivery).err());
        check_edits(&before, &transition, advanced.as_ref().map(|it| &it.delivery));
        let Ok(advanced) = advanced else { return };
        self.delivery = advanced.delivery;
        if matches!(transition, Intend { step: Step::Ticket, .. }) && happening.desk_obeys {
            self.tickets += 1;
        }
        let is_attempt_over = matches!(before.state, State::Attempting { .. })
            && (!matches!(self.delivery.state, State::Attempting { .. })
                || matches!(transition, Claim { .. }));
        assert_eq!(advanced.ended.is_some(), is_attempt_over, "{transition:?}");
        self.check(&transition);
    }

    fn check(&self, transition: &Transition) {
        let delivery = &self.delivery;
        assert!(self.tickets <= 1, "a second ticket after {transition:?}");
        match &delivery.state {
            State::Dead { .. } => assert_eq!(delivery.doubtful_step(), None, "a doubt was buried"),
            State::Suppressed { .. } => {
                assert!(delivery.has_not_begun() && self.tickets == 0, "a ticket was suppressed");
                assert_eq!(delivery.release, None, "what was released is suppressed again");
            }
            State::Ticketed { .. } => assert_eq!(self.tickets, 1, "a ticket that is not there"),
            State::Uncertain { .. } => {
                assert_eq!(delivery.outcome(&Step::Ticket), None, "a doubt about what is known");
            }
            State::Queued
            | State::Attempting { .. }
            | State::Retrying { .. }
            | State::Merged { .. }
            | State::Resolved { .. }
            | State::Discarded { .. } => {}
        }
        let is_asked = delivery.step(&Step::Ticket).is_some();
        assert!(self.tickets == 0 || is_asked, "a ticket that nobody knows of");
        let text = serde_json::to_string(delivery).unwrap();
        assert_eq!(&serde_json::from_str::<Delivery>(&text).unwrap(), delivery);
    }
}

/// A settled delivery is not claimed, and an old claim writes nothing.
fn check_claims(before: &Delivery, transition: &Transition, refused: Option<&InvalidTransition>) {
    if matches!(transition, Claim { .. }) && before.state.is_settled() {
        assert!(matches!(refused, Some(InvalidTransition::WrongState { .. })), "{before:?}");
    }
    let (Intend { claim, .. }
    | Done { claim, .. }
    | NotDone { claim, .. }
    | Complete { claim, .. }
    | Suppress { claim, .. }
    | Postpone { claim, .. }
    | Doubt { claim, .. }
    | Bury { claim, .. }) = transition
    else {
        return;
    };
    if *claim != before.claims {
        let over = InvalidTransition::ClaimOver { held: *claim, current: before.claims };
        assert_eq!(refused, Some(&over));
    }
}

/// Nobody edits or reroutes what they have not seen, nor anything but a dead letter.
fn check_edits(
    before: &Delivery,
    transition: &Transition,
    after: Result<&Delivery, &InvalidTransition>,
) {
    let edits = before.edit.unwrap_or_default();
    let (Edit { seen, .. } | Reroute { seen, .. }) = transition else {
        return assert!(after.is_err() || after.unwrap().edit == before.edit);
    };
    let may = matches!(before.state, State::Dead { .. }) && *seen == edits;
    assert_eq!(after.is_ok(), may, "{before:?}");
    if let (Edit { .. }, Ok(after)) = (transition, after) {
        assert_eq!((after.edit, &after.state), (Some(edits + 1), &before.state));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_history_gives_two_tickets_buries_a_doubt_or_lets_an_old_claim_write(
        happenings in happenings()
    ) {
        let mut world = World::new();
        for happening in happenings {
            world.live_through(happening);
        }
    }
}
