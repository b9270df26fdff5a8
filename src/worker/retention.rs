//! Erases what events say whose time in the ledger is over.
//!
//! - A few events go in one transaction and a few transactions in a second: live work waits for
//!   none of them for long.
//! - It looks from time to time, the oldest first; where it was cut off, the next look goes on.
//! - What is under way is never touched, and an event goes only with all of its deliveries.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Worker;
use crate::{
    causes::Causes,
    clock::Clock,
    ledger::{Expired, Expiring, Ledger, LedgerError, Retention},
};

/// How often it is looked whether something is over.
const EVERY: Duration = Duration::from_mins(10);

/// The pause between two transactions, in which others have the writer.
const BETWEEN: Duration = Duration::from_millis(200);

/// Erases until `draining` what is over; nothing where the configuration says of nothing how long it is
/// kept.
pub(super) async fn run(worker: Worker, draining: CancellationToken) {
    let retention = &worker.retention;
    if retention.shortest().is_none() {
        return;
    }
    let mut is_told = false;
    loop {
        let (ledger, clock) = (worker.ledger.as_ref(), worker.clock.as_ref());
        match pass(ledger, clock, retention, &draining).await {
            Ok(expired) => {
                is_told = false;
                tell(&expired);
            }
            Err(error) => {
                if !is_told {
                    let error = Causes(&error);
                    tracing::warn!(%error, "What is over in the ledger cannot be erased");
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

/// Goes through the ledger once.
async fn pass(
    ledger: &dyn Ledger,
    clock: &dyn Clock,
    retention: &Retention,
    draining: &CancellationToken,
) -> Result<Expired, LedgerError> {
    let mut all = Expired::default();
    let now = clock.now();
    let mut expiring = Expiring { retention: retention.clone(), now, dry_run: false, after: None };
    loop {
        let part = ledger.expire(&expiring).await?;
        metrics::counter!("deskbell_expired_events_total").increment(part.expired.events);
        all.add(part.expired);
        let Some(next) = part.next else { break };
        expiring.after = Some(next);
        tokio::select! {
            () = draining.cancelled() => break,
            () = tokio::time::sleep(BETWEEN) => {}
        }
    }
    if all.events > 0 {
        // Where somebody reads, the next look or a checkpoint empties it.
        ledger.forget_changes().await?;
    }
    Ok(all)
}

fn tell(expired: &Expired) {
    if expired.events == 0 {
        return;
    }
    let count = |state: &str| expired.deliveries.get(state).copied().unwrap_or_default();
    tracing::info!(
        events = expired.events,
        ticketed = count("ticketed"),
        merged = count("merged"),
        resolved = count("resolved"),
        suppressed = count("suppressed"),
        dead = count("dead"),
        discarded = count("discarded"),
        "Erased what events said whose time was over"
    );
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        clock::ManualClock,
        event::{Attributes, Envelope, Event, JournalMark, RequestId},
        ledger::{Page, Search, Searches as _, sqlite::SqliteLedger},
    };

    const DAY: Duration = Duration::from_hours(24);

    /// An event that no rule matches.
    fn envelope(number: u32) -> Envelope {
        let event = Event {
            source: "shop".parse().unwrap(),
            id: number.to_string().parse().unwrap(),
            event_type: "payment.failed".parse().unwrap(),
            attributes: Attributes { source: "/shop".to_owned(), ..Attributes::default() },
            data: json!({"orderId": "A-1"}),
        };
        let request_id = RequestId::carried("r-1");
        let (trace, received_at) = (request_id.trace(), Timestamp::UNIX_EPOCH + DAY * number);
        Envelope { event, routes: Vec::new(), request_id, trace, received_at }
    }

    /// How many of the events still say something.
    async fn kept(ledger: &SqliteLedger) -> usize {
        let page = Page { after: None, most: 99 };
        let events = ledger.search_events(&Search::default(), &page).await.unwrap().items;
        events.iter().filter(|it| matches!(it.envelope.event.data, Value::Object(_))).count()
    }

    #[tokio::test(start_paused = true)]
    async fn each_event_goes_when_its_time_is_over_and_not_before() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ledger.db");
        let redactions = crate::event::Redactions::none();
        let ledger = SqliteLedger::open_showing(&path, redactions).unwrap();
        let events: Vec<_> = (0..30).map(envelope).collect();
        let mark = JournalMark { number: 1, entry: "e".to_owned() };
        ledger.record(&events, &mark).await.unwrap();
        let clock = ManualClock::starting_at(Timestamp::UNIX_EPOCH + DAY * 30);
        let retention: Retention = [(Retention::UNMATCHED, DAY * 30)].into_iter().collect();
        let draining = CancellationToken::new();
        let look = async || pass(&*ledger, &clock, &retention, &draining).await.unwrap().events;
        assert_eq!((look().await, kept(&ledger).await), (0, 30));
        clock.advance(Duration::from_secs(1));
        assert_eq!((look().await, kept(&ledger).await), (1, 29));
        // More than goes in one transaction.
        clock.advance(DAY * 25);
        assert_eq!((look().await, kept(&ledger).await), (25, 4));
        assert_eq!(look().await, 0);
    }
}
