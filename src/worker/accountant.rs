//! Shows the books as metrics.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Worker;
use crate::{
    causes::Causes,
    ledger::{BookLine, Books},
};

/// How often the books are read: they are counted anew each time.
const EVERY: Duration = Duration::from_secs(15);

/// Shows the books until `draining`.
pub(super) async fn run(worker: Worker, draining: CancellationToken) {
    let mut is_told = false;
    loop {
        match worker.ledger.books().await {
            Ok(books) => {
                show(&books);
                is_told = false;
            }
            Err(error) => {
                if !is_told {
                    tracing::warn!(error = %Causes(&error), "The books cannot be read");
                }
                is_told = true;
            }
        }
        tokio::select! {
            () = draining.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

fn show(books: &Books) {
    for line in &books.lines {
        for (account, count) in accounts(line) {
            let labels = [
                ("source", line.source.clone()),
                ("desk", line.desk.clone()),
                ("account", account.to_owned()),
            ];
            metrics::gauge!("deskbell_books_deliveries", &labels).set(float(count));
        }
    }
    for (source, count) in &books.unmatched_of {
        metrics::gauge!("deskbell_books_unmatched_events", "source" => source.clone())
            .set(float(*count));
    }
    metrics::gauge!("deskbell_books_missing_deliveries").set(float(books.missing));
    metrics::gauge!("deskbell_books_nowhere_deliveries").set(float(books.nowhere));
    metrics::gauge!("deskbell_books_journal_gaps").set(float(books.gaps.len() as u64));
    metrics::gauge!("deskbell_books_balanced").set(f64::from(u8::from(books.balanced)));
}

fn accounts(line: &BookLine) -> [(&'static str, u64); 10] {
    [
        ("accepted", line.accepted),
        ("queued", line.queued),
        ("attempting", line.attempting),
        ("retrying", line.retrying),
        ("uncertain", line.uncertain),
        ("ticketed", line.ticketed),
        ("merged", line.merged),
        ("resolved", line.resolved),
        ("dead", line.dead),
        ("discarded", line.discarded),
    ]
}

/// A count as a metric has it; exact far beyond what a ledger holds.
#[expect(clippy::cast_precision_loss, reason = "metrics are floating-point numbers")]
fn float(count: u64) -> f64 {
    count as f64
}
