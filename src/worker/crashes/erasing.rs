//! An operator who erases what the event says while a worker is at it, and the ledger's part in it.

use async_trait::async_trait;

use super::{ledger::Watched, world::World, *};
use crate::{
    event::{EventId, SourceName},
    ledger::{
        By, ErasedPart, Erasing, Erasures, ExpiredPart, Expiring, FieldMatch, Ledger as _,
        LedgerError, Whether,
    },
};

impl World<'_> {
    /// Erases the event with its delivery, also where that is not over. What nobody has taken up is
    /// not in the ledger, and is not erased.
    pub(super) fn erase(&mut self) {
        let customer = self.bench.histories.to_string();
        let mut erasing = Erasing {
            customer: vec![FieldMatch::new("data.customer", &customer).unwrap()],
            even_open: true,
            dry_run: false,
            after: 0,
            note: None,
        };
        loop {
            let part = self.bench.block_on(self.bench.ledger.erase(&erasing, &self.by())).unwrap();
            match part.next {
                Some(next) => erasing.after = next,
                None => break,
            }
        }
        let written = self.bench.block_on(self.bench.ledger.delivery(&self.key)).unwrap();
        self.truth().written = written;
    }

    pub(super) fn is_erased(&self) -> bool {
        self.delivery().is_some_and(|delivery| delivery.erased.is_some())
    }
}

/// Whatever was under way, nobody begins anew, and who was at it writes nothing more.
#[test]
fn what_was_erased_at_any_moment_is_not_taken_up_again() {
    let is_settled: fn(&State) -> bool = State::is_settled;
    let mut bench = Bench::new();
    let mut histories = 0;
    for account in ACCOUNTS {
        for answer in [Answer::Done, Answer::Lost { done: true }, Answer::Refused, Answer::Locked] {
            for blow in [Blow::Crash, Blow::Freeze] {
                for call in 1..10 {
                    let strike = Act::Work(Some(Strike { call, is_after: true, blow }));
                    let settled = Act::Expect(is_settled);
                    let acts = vec![strike, Act::Erase, settled, Act::Thaw, settled];
                    let scenario = Scenario { answers: vec![answer], ..plain(account) };
                    bench.live_through(&Scenario { acts, ..scenario });
                    histories += 1;
                }
            }
        }
    }
    println!("{histories} histories");
}

#[async_trait]
impl Erasures for Watched {
    async fn erase(&self, _: &Erasing, _: &By) -> Result<ErasedPart, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn expire(&self, _: &Expiring) -> Result<ExpiredPart, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn erased(&self, _: &[(SourceName, EventId)]) -> Result<Vec<Whether>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn forget_changes(&self) -> Result<bool, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }
}
