//! Shows the books as metrics.

use std::{collections::BTreeSet, time::Duration};

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use super::Worker;
use crate::{
    causes::Causes,
    delivery::time_between,
    ledger::{BookLine, Books},
    ticket::Priority,
};

/// How often the books are read: they are counted anew each time.
const EVERY: Duration = Duration::from_secs(15);

/// Shows the books until `draining`.
pub(super) async fn run(worker: Worker, draining: CancellationToken) {
    let mut is_told = false;
    loop {
        match worker.ledger.books().await {
            Ok(books) => {
                show(&books, worker.clock.now());
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

fn show(books: &Books, now: Timestamp) {
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
    metrics::gauge!("deskbell_books_conflicts").set(float(books.conflicts));
    let unaccounted = books.lines.iter().map(BookLine::imbalance).sum();
    metrics::gauge!("deskbell_books_unaccounted_deliveries").set(float(unaccounted));
    metrics::gauge!("deskbell_books_missing_deliveries").set(float(books.missing));
    metrics::gauge!("deskbell_books_nowhere_deliveries").set(float(books.nowhere));
    metrics::gauge!("deskbell_books_journal_gaps").set(float(books.gaps.len() as u64));
    metrics::gauge!("deskbell_books_balanced").set(f64::from(u8::from(books.balanced)));
    metrics::gauge!("deskbell_books_read_timestamp_seconds").set(now.as_duration().as_secs_f64());
    show_waiting(books, now);
}

/// Every lane of every desk of the books, so that one in which nothing waits any more says so.
fn show_waiting(books: &Books, now: Timestamp) {
    let desks: BTreeSet<&str> = books.lines.iter().map(|line| line.desk.as_str()).collect();
    for desk in desks {
        let lanes = || books.waiting.iter().filter(|lane| lane.desk == desk);
        for priority in Priority::URGENT_FIRST {
            let lane = lanes().find(|lane| lane.priority == priority);
            let labels = [("desk", desk.to_owned()), ("priority", priority.lane().to_owned())];
            let count = lane.map_or(0, |lane| lane.deliveries);
            metrics::gauge!("deskbell_waiting_deliveries", &labels).set(float(count));
        }
        let since = lanes().map(|lane| lane.since).min();
        let age = since.map_or(Duration::ZERO, |since| time_between(since, now));
        metrics::gauge!("deskbell_oldest_waiting_seconds", "desk" => desk.to_owned())
            .set(age.as_secs_f64());
    }
}

fn accounts(line: &BookLine) -> [(&'static str, u64); 11] {
    [
        ("accepted", line.accepted),
        ("queued", line.queued),
        ("attempting", line.attempting),
        ("retrying", line.retrying),
        ("uncertain", line.uncertain),
        ("ticketed", line.ticketed),
        ("merged", line.merged),
        ("resolved", line.resolved),
        ("suppressed", line.suppressed),
        ("dead", line.dead),
        ("discarded", line.discarded),
    ]
}

/// A count as a metric has it; exact far beyond what a ledger holds.
#[expect(clippy::cast_precision_loss, reason = "metrics are floating-point numbers")]
fn float(count: u64) -> f64 {
    count as f64
}
