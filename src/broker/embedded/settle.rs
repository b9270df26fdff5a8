//! What becomes of a job in a worker's hands.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use rusqlite::Transaction;

use super::{held::InHand, journal::remove_if_done};
use crate::{
    broker::{BrokerError, Settle},
    clock::Clock,
    sqlite::{Store, to_nanos},
};

/// A job in a worker's hands.
pub(super) struct Settling {
    pub(super) store: Arc<Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) in_hand: InHand,
}

#[async_trait]
impl Settle for Settling {
    async fn ack(self: Box<Self>) -> Result<(), BrokerError> {
        let Self { store, in_hand, clock: _ } = *self;
        // The mark goes with the write and is dropped after its commit, even if nobody waits.
        let removal = store.write(move |tx| remove(tx, in_hand.number).map(|()| in_hand));
        removal.await.map(drop)
    }

    async fn retry_after(self: Box<Self>, wait: Duration) -> Result<(), BrokerError> {
        let Self { store, in_hand, clock } = *self;
        let due = to_nanos(clock.now() + wait);
        let move_ = store.write(move |tx| {
            tx.prepare_cached("UPDATE jobs SET postponed = 1, due = ?2 WHERE number = ?1")?
                .execute([in_hand.number, due])?;
            Ok::<_, BrokerError>(in_hand)
        });
        move_.await.map(drop)
    }
}

fn remove(tx: &Transaction<'_>, number: i64) -> Result<(), BrokerError> {
    let envelope = tx
        .prepare_cached("DELETE FROM jobs WHERE number = ?1 RETURNING envelope")?
        .query_row([number], |row| row.get(0))?;
    Ok(remove_if_done(tx, envelope)?)
}
