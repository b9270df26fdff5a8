//! Copies the journal into the ledger, so that every accepted event can be found and counted, also
//! one that no rule matched.

use tokio_util::sync::CancellationToken;

use super::{PAUSE, Worker};
use crate::{
    broker::{BrokerError, Journal},
    causes::Causes,
    event::Envelope,
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
    let mut failing = false;
    while !draining.is_cancelled() {
        tokio::select! {
            () = draining.cancelled() => return,
            Err(error) = record(&worker) => {
                if !failing {
                    tracing::warn!(error = %Causes(&error), "The journal is not being recorded");
                }
                failing = true;
            }
        }
        tokio::select! {
            () = draining.cancelled() => return,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
}

async fn record(worker: &Worker) -> Result<std::convert::Infallible, RecordError> {
    let after = worker.ledger.recorded_up_to().await?;
    let mut journal = worker.broker.journal(after).await?;
    loop {
        record_next(worker, journal.as_mut()).await?;
    }
}

async fn record_next(worker: &Worker, journal: &mut dyn Journal) -> Result<(), RecordError> {
    let entries = journal.next(MOST).await?;
    let Some(last) = entries.last().map(|entry| entry.number) else { return Ok(()) };
    let envelopes: Vec<Envelope> = entries.into_iter().map(|entry| entry.envelope).collect();
    worker.ledger.record(&envelopes, last).await?;
    Ok(())
}
