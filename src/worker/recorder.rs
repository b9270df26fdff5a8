//! Copies the journal into the ledger, so that every accepted event can be found and counted, also
//! one that no rule matched.

use tokio_util::sync::CancellationToken;

use super::{Worker, persistence::keep_at};
use crate::{
    broker::{BrokerError, Journal, JournalEntry},
    causes::Causes,
    event::{Envelope, JournalGap},
    ledger::LedgerError,
};

/// Entries recorded in one transaction.
const MOST: usize = 256;

/// Why recording stopped.
#[derive(Debug, thiserror::Error)]
enum RecordError {
    #[error("the journal cannot be read")]
    Journal(#[from] BrokerError),
    #[error("the ledger cannot be written")]
    Ledger(#[from] LedgerError),
}

/// Records until `draining`; begins again after a failure where the ledger says it ended.
pub(super) async fn run(worker: Worker, draining: CancellationToken) {
    let tell = |error: &RecordError| {
        tracing::warn!(error = %Causes(error), "The journal is not being recorded");
    };
    keep_at(&draining, || record(&worker), tell).await;
}

async fn record(worker: &Worker) -> Result<(), RecordError> {
    let after = worker.ledger.recorded_up_to().await?;
    let mut journal = worker.broker.journal(after.as_ref()).await?;
    if let (Some(gap), Some(after)) = (journal.gap(), &after) {
        worker.ledger.note_gap(after, gap, worker.clock.now()).await?;
        tell(gap);
    }
    loop {
        record_next(worker, journal.as_mut()).await?;
    }
}

async fn record_next(worker: &Worker, journal: &mut dyn Journal) -> Result<(), RecordError> {
    let entries = journal.next(MOST).await?;
    let Some(last) = entries.last().map(JournalEntry::mark) else { return Ok(()) };
    let envelopes: Vec<Envelope> = entries.into_iter().map(|entry| entry.envelope).collect();
    worker.ledger.record(&envelopes, &last).await?;
    worker.broker.recorded(&last);
    Ok(())
}

/// The books cannot vouch for what was in the gap.
fn tell(gap: JournalGap) {
    metrics::counter!("deskbell_journal_gaps_total").increment(1);
    match gap {
        JournalGap::Overtaken(entries) => tracing::error!(
            entries,
            "{entries} events left the journal before they were recorded; `deskbell books` says \
             what to do"
        ),
        JournalGap::Replaced => tracing::error!(
            "The journal was deleted, perhaps with events that were not recorded; `deskbell books` \
             says what to do"
        ),
    }
}
