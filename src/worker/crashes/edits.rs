//! An operator who edits a dead letter between two crashes, and the ledger's part in it.

use async_trait::async_trait;
use serde_json::json;

use super::{
    ACCOUNTS,
    answers::Answer,
    ledger::Watched,
    plain,
    points::{Blow, Strike},
    scenario::{Act, Scenario},
    world::{Bench, World},
};
use crate::{
    delivery::DeliveryKey,
    ledger::{
        Amended, Amendment, By, EditRecord, Edited, Edits, LedgerError, Rerouting, Via, Whole,
    },
    ticket::Priority,
};

impl World<'_> {
    /// Edits the event, and sends it back to work by today's rules or as it was routed.
    pub(super) fn edit(&mut self, by_todays_rules: bool) {
        let seen = self.delivery().and_then(|delivery| delivery.edit).unwrap_or_default();
        let data = json!({ "edited": seen + 1, "at": self.wall.to_string() });
        let replay = if by_todays_rules {
            let rule = self.job.rule.clone();
            Rerouting::Today { rule, priority: Priority::Low, others: Vec::new() }
        } else {
            Rerouting::AsRouted
        };
        let edit = Some(Edited { data: data.clone(), touched: Vec::new() });
        let amendment = Amendment { seen, edit, replay: Some(replay) };
        let (who, why) = ("ada".to_owned(), Some("a typo".to_owned()));
        let by = By { at: self.wall, who, via: Via::CommandLine, why };
        let amending = self.bench.ledger.amend(&self.key, &amendment, &by);
        let delivery = match self.bench.block_on(amending) {
            Ok(Amended { delivery, .. }) => delivery,
            // What the state forbids is refused, and changes nothing; so is what nobody has claimed.
            Err(LedgerError::NotAllowed(_) | LedgerError::UnknownDelivery(_)) => return,
            Err(error) => panic!("{error}"),
        };
        self.truth().says = data;
        self.back_to_work(&delivery, false);
    }
}

/// Before the edit and behind it, in whichever way it goes back to work.
#[test]
fn a_crash_around_an_edit_delivers_what_was_edited() {
    let mut bench = Bench::new();
    let mut histories = 0;
    for account in &ACCOUNTS[1..3] {
        for by_todays_rules in [false, true] {
            for answer in [Answer::Done, Answer::Lost { done: true }, Answer::Locked] {
                for call in 0..12 {
                    let strike = Strike { call, is_after: true, blow: Blow::Crash };
                    let answers = vec![Answer::Refused, answer];
                    let edit = [Act::Work(None), Act::Edit(by_todays_rules)];
                    let acts = [edit[0], edit[1], Act::Work(Some(strike)), edit[1]].to_vec();
                    bench.live_through(&Scenario { answers, acts, ..plain(*account) });
                    histories += 1;
                }
            }
        }
    }
    println!("{histories} histories");
}

#[async_trait]
impl Edits for Watched {
    async fn whole(&self, _: &DeliveryKey) -> Result<Option<Whole>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn amend(&self, _: &DeliveryKey, _: &Amendment, _: &By) -> Result<Amended, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }

    async fn edits(&self, _: &DeliveryKey) -> Result<Vec<EditRecord>, LedgerError> {
        unreachable!("a desk's loop does not ask")
    }
}
