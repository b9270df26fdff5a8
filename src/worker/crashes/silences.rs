//! A delivery and an operator's silence about it.

use super::{world::World, *};
use crate::{
    delivery::{LONGEST_SILENCE, NewSilence, SilenceChoice, SilenceId, Transition},
    ledger::Silences as _,
    worker::silences::Silences,
};

impl World<'_> {
    /// What a process that begins now knows of silences.
    pub(super) fn silences(&self) -> Silences {
        Silences::only(&self.silences)
    }

    /// An operator makes a silence about the delivery.
    pub(super) fn hush(&mut self) {
        let desks = vec![self.job.desk.clone()];
        let choice = SilenceChoice { desks, ..SilenceChoice::default() };
        let (from, until, by) = (self.wall, self.wall + LONGEST_SILENCE, self.by());
        let silence = NewSilence { from, until, choice };
        let creating = self.bench.ledger.create_silence(&silence, &by);
        let silence = self.bench.runtime.block_on(creating).unwrap();
        self.silences.push(silence);
    }

    /// What an operator does who lets the delivery have its ticket.
    pub(super) fn release(&self) -> Transition {
        let known = self.silences.last().map_or(SilenceId::of(0), |silence| silence.id);
        Transition::Release { at: self.wall, known }
    }
}

/// It is suppressed, released, and has its one ticket.
#[test]
fn a_crash_under_a_silence_loses_and_doubles_nothing() {
    let is_suppressed: fn(&State) -> bool = |state| matches!(state, State::Suppressed { .. });
    let mut bench = Bench::new();
    let mut histories = 0;
    for account in ACCOUNTS {
        for joins in [None, Some(Action::Open)] {
            let scenario = Scenario { is_hushed: true, joins, ..plain(account) };
            histories += strike_everywhere(&mut bench, &scenario, &BLOWS);
            let acts = vec![Act::Work(None), Act::Expect(is_suppressed)];
            bench.live_through(&Scenario { acts, ..scenario });
        }
    }
    println!("{histories} histories");
}

/// A silence that comes when the desk may have been asked already changes nothing.
#[test]
fn what_has_begun_is_not_suppressed() {
    let is_told: fn(&State) -> bool = |state| matches!(state, State::Ticketed { .. });
    let mut bench = Bench::new();
    // The claim is the first call, and the intent the second.
    for call in 1..6 {
        let strike = Strike { call, is_after: true, blow: Blow::Crash };
        let acts = vec![Act::Work(Some(strike)), Act::Hush, Act::Work(None), Act::Expect(is_told)];
        bench.live_through(&Scenario { acts, ..plain(ACCOUNTS[1]) });
    }
}

#[test]
fn what_was_released_is_not_suppressed_again_by_what_was_known_then() {
    let is_suppressed: fn(&State) -> bool = |state| matches!(state, State::Suppressed { .. });
    let is_told: fn(&State) -> bool = |state| matches!(state, State::Ticketed { .. });
    let scenario = Scenario { is_hushed: true, ..plain(ACCOUNTS[1]) };
    let mut bench = Bench::new();
    let (work, suppressed) = (Act::Work(None), Act::Expect(is_suppressed));
    let acts = vec![work, suppressed, Act::Hush, Act::Release, work, Act::Expect(is_told)];
    bench.live_through(&Scenario { acts, ..scenario.clone() });
    let acts = vec![work, Act::Release, Act::Hush, work, suppressed, Act::Release, work];
    bench.live_through(&Scenario { acts, ..scenario });
}
