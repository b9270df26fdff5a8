#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use rusqlite::Transaction;
use tempfile::TempDir;

use super::{file::SCHEMA, *};
use crate::{
    event::{Attributes, Event, RequestId, Route},
    ledger::{
        Audit as _, AuditSearch, BookLine, Claimed, Page, Pauses as _, Search, Searches as _,
        Waiting,
    },
    sqlite::{Schema, Store},
    ticket::Priority,
};

fn envelope() -> Envelope {
    let route = |desk: &str| Route {
        desk: desk.parse().unwrap(),
        rule: "a-rule".parse().unwrap(),
        priority: Priority::High,
    };
    Envelope {
        event: Event {
            source: "shop".parse().unwrap(),
            id: "1".parse().unwrap(),
            event_type: "payment.failed".parse().unwrap(),
            attributes: Attributes { source: "/shop".to_owned(), ..Attributes::default() },
            data: serde_json::json!({"orderId": "A-1"}),
        },
        routes: vec![route("crm")],
        request_id: RequestId::carried("r-1"),
        trace: RequestId::carried("r-1").trace(),
        received_at: Timestamp::UNIX_EPOCH,
    }
}

/// A ledger with one claimed delivery.
async fn claimed() -> (TempDir, Arc<SqliteLedger>, DeliveryKey) {
    let directory = tempfile::tempdir().unwrap();
    let ledger = SqliteLedger::open(&directory.path().join("ledger.db")).unwrap();
    let desk: DeskName = "crm".parse().unwrap();
    let at = Timestamp::UNIX_EPOCH;
    let long = Duration::from_mins(1);
    ledger.lease_desk(&desk, "worker", at, long).await.unwrap();
    let claim = Claim {
        envelope: Arc::new(envelope()),
        desk,
        rule: "a-rule".parse().unwrap(),
        priority: Priority::High,
        epoch: 1,
        at,
        until: at + long,
    };
    let Claimed::Granted(granted) = ledger.claim(claim).await.unwrap() else {
        panic!("a free delivery was not granted")
    };
    (directory, ledger, granted.delivery.key)
}

async fn spoil(ledger: &SqliteLedger, sql: &'static str) {
    ledger.write(move |tx| Ok(tx.execute_batch(sql)?)).await.unwrap();
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_named() {
    let (_directory, ledger, key) = claimed().await;
    let attempt = "INSERT INTO attempts (key, number, doc) SELECT key, 1, '{}' FROM deliveries";
    spoil(&ledger, attempt).await;
    spoil(&ledger, "UPDATE deliveries SET doc = '{}'; UPDATE events SET body = '{}'").await;
    let (event, page) = (envelope().event, Page { after: None, most: 9 });
    let errors = [
        ledger.delivery(&key).await.unwrap_err(),
        ledger.search_deliveries(&Search::default(), &page).await.unwrap_err(),
        ledger.advance(&key, Vec::new()).await.unwrap_err(),
        ledger.attempts(&key).await.unwrap_err(),
        ledger.event(&event.source, &event.id).await.unwrap_err(),
    ];
    let named = [key.as_str(), key.as_str(), key.as_str(), "attempt 1 of", "event 1 of shop"];
    for (error, name) in errors.into_iter().zip(named) {
        assert!(matches!(error, LedgerError::Unreadable { .. }), "{error}");
        assert!(error.to_string().contains(name), "{error}");
        // What the row holds is not for the log.
        assert!(!error.to_string().contains("A-1"), "{error}");
    }
}

#[tokio::test]
async fn a_delivery_that_is_lost_unbalances_the_books() {
    let (_directory, ledger, _) = claimed().await;
    assert!(ledger.books().await.unwrap().balanced);
    spoil(&ledger, "DELETE FROM deliveries").await;
    let books = ledger.books().await.unwrap();
    let (source, desk) = ("shop".to_owned(), "crm".to_owned());
    assert_eq!(books.lines, [BookLine { source, desk, accepted: 1, ..BookLine::default() }]);
    assert!(!books.balanced);
    let named: Vec<_> = books.lost.iter().map(|it| (it.id.as_str(), it.desk.as_str())).collect();
    assert_eq!(named, [("1", "crm")]);
}

#[tokio::test]
async fn a_state_that_nobody_knows_is_an_error_of_the_books() {
    let (_directory, ledger, _) = claimed().await;
    spoil(&ledger, "UPDATE deliveries SET state = 'lost'").await;
    let error = ledger.books().await.unwrap_err();
    assert!(error.to_string().contains("deliveries of shop at crm"), "{error}");
}

#[tokio::test]
async fn every_list_and_account_is_read_by_an_index() {
    let (_directory, ledger, _) = claimed().await;
    let plans = [
        (books::ACCEPTED.to_owned(), "COVERING INDEX accounts_accepted"),
        (books::DELIVERED.to_owned(), "COVERING INDEX accounts_delivered"),
        (books::UNMATCHED.to_owned(), "COVERING INDEX unmatched_events"),
        (missing::MISSING.to_owned(), "INDEX missing_by_time"),
        (missing::MADE_GOOD.to_owned(), "INDEX missing_by_time"),
        (missing::COUNT.to_owned(), "INDEX missing_by_time"),
        (callbacks::DUE.to_owned(), "INDEX due_callbacks"),
        (watching::DUE.to_owned(), "INDEX due_operator_events"),
        (watching::OUTCOMES.to_owned(), "COVERING INDEX latest_deliveries"),
        (watching::DEAD.to_owned(), "COVERING INDEX deliveries_by_state"),
        (edits::COUNTING.to_owned(), "INDEX sqlite_autoindex_edits_1"),
        (edits::OF_DELIVERY.to_owned(), "INDEX sqlite_autoindex_edits_1"),
        (edits::OF_EVENT.to_owned(), "INDEX edits_of_events"),
        (access::BY_HASH.to_owned(), "INDEX sqlite_autoindex_tokens_1"),
        (audit::ENTRIES.to_owned(), "INTEGER PRIMARY KEY"),
        (replays::DESKS.to_owned(), "COVERING INDEX dead_by_desk (desk>?"),
        (replays::feed::DESKS.to_owned(), "INDEX running_replays"),
        (replays::feed::RUNNING.to_owned(), "INDEX running_replays"),
        (
            replays::feed::WAITING.to_owned(),
            "COVERING INDEX replayed_deliveries (replay=? AND desk=?",
        ),
        (
            replays::feed::NEXT.to_owned(),
            "COVERING INDEX dead_by_desk (desk=? AND (updated_at,event)>",
        ),
        (replays::feed::OPEN.to_owned(), "INDEX deliveries_of_events"),
        (
            replays::dead::LEFT.to_owned(),
            "COVERING INDEX dead_by_desk (desk=? AND (updated_at,event)>",
        ),
        (
            replays::progress::STATES.to_owned(),
            "COVERING INDEX replayed_deliveries (replay=? AND desk=?",
        ),
        (overdue::UNTAKEN.to_owned(), "INDEX untaken_routes"),
        (waiting::UNTAKEN.to_owned(), "COVERING INDEX untaken_routes"),
        (waiting::DUE.to_owned(), "COVERING INDEX due_deliveries"),
        (overdue::DUE.to_owned(), "INDEX due_deliveries"),
        (OF_EVENT.to_owned(), "INDEX deliveries_of_events"),
        (Which::Named.query().to_owned(), "INDEX sqlite_autoindex_events_1"),
        (Which::OfId.query().to_owned(), "INDEX sqlite_autoindex_events_1"),
    ];
    are_read_by(&ledger, plans).await;
}

#[tokio::test]
async fn what_was_done_lately_is_read_by_an_index() {
    let (_directory, ledger, _) = claimed().await;
    let plans = [
        (lately::RECEIVED.to_owned(), "COVERING INDEX latest_events (received_at>?"),
        (lately::ARRIVALS.to_owned(), "COVERING INDEX latest_events (received_at>?"),
        (lately::ARRIVED.to_owned(), "COVERING INDEX latest_events (received_at>?"),
        (lately::ARRIVED.to_owned(), "PRIMARY KEY (event=?"),
        (lately::TICKETED.to_owned(), "deliveries_by_state (state=? AND updated_at>?"),
        (lately::TIMED.to_owned(), "COVERING INDEX deliveries_by_state (state=? AND updated_at>?"),
        (lately::TIMED.to_owned(), "SEARCH events USING INTEGER PRIMARY KEY"),
        (lately::CHANGES.to_owned(), "COVERING INDEX latest_deliveries (updated_at>?"),
        (lately::SETTLED.to_owned(), "COVERING INDEX latest_deliveries (updated_at>?"),
        (lately::NEXT_UNTAKEN.to_owned(), "COVERING INDEX untaken_routes (desk>?"),
        (lately::NEXT_DUE.to_owned(), "COVERING INDEX due_deliveries (desk>?"),
        (lately::FIRST_UNTAKEN.to_owned(), "COVERING INDEX untaken_routes (desk=? AND priority=?"),
        (lately::FIRST_DUE.to_owned(), "COVERING INDEX due_deliveries (desk=? AND lane=?"),
        (lately::DUE.to_owned(), "COVERING INDEX due_deliveries (desk=?"),
    ];
    are_read_by(&ledger, plans).await;
}

/// Holds that each query is read as this says.
async fn are_read_by<const N: usize>(ledger: &SqliteLedger, plans: [(String, &str); N]) {
    for (query, index) in plans {
        let plan = ledger.read(move |tx| {
            let mut statement = tx.prepare(&format!("EXPLAIN QUERY PLAN {query}"))?;
            // Unbound parameters are NULL, which is good enough to plan for.
            let lines = statement.raw_query().mapped(|row| row.get::<_, String>("detail"));
            Ok(lines.collect::<Result<Vec<_>, _>>()?.join("\n"))
        });
        let plan = plan.await.unwrap();
        assert!(plan.contains(index), "{plan}");
    }
}

#[tokio::test]
async fn no_entry_of_the_audit_log_is_changed_or_taken_away() {
    let (_directory, ledger, _) = claimed().await;
    let (who, via) = ("ada".to_owned(), crate::ledger::Via::Token);
    let by = By { at: Timestamp::UNIX_EPOCH, who, via, why: None };
    ledger.pause_desk(&"crm".parse().unwrap(), &by).await.unwrap();
    for sql in ["UPDATE audit SET who = 'eve'", "DELETE FROM audit"] {
        let changed = ledger.write(move |tx| Ok(tx.execute_batch(sql)?)).await;
        assert!(changed.is_err(), "{sql}");
    }
    let log = ledger.audit(&AuditSearch::default(), None, 9).await.unwrap();
    assert_eq!(log.iter().map(|entry| entry.who.as_str()).collect::<Vec<_>>(), ["ada"]);
}

#[tokio::test]
async fn a_ledger_of_the_first_version_is_migrated() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ledger.db");
    let first = Schema { steps: &SCHEMA.steps[..1], ..SCHEMA };
    let old = Store::open(&path, first, None).unwrap();
    let fill = |tx: &Transaction<'_>| Ok::<_, LedgerError>(tx.execute_batch(OLD_ROWS)?);
    old.write(fill).await.unwrap();
    old.close().await;
    let ledger = SqliteLedger::open(&path).unwrap();
    // What stands at the place is not known, so the journal is read again.
    assert_eq!(ledger.recorded_up_to().await.unwrap(), None);
    let due = ledger.read(|tx| {
        let mut statement = tx.prepare("SELECT due FROM deliveries ORDER BY key")?;
        let due = statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<_>, _>>()?;
        Ok::<Vec<Option<i64>>, LedgerError>(due)
    });
    let second = 1_000_000_000;
    assert_eq!(
        due.await.unwrap(),
        [Some(60 * second), Some(7), Some(120 * second), None, Some(180 * second), None]
    );
    // The ledger has known the desk from its first event on.
    let desk: DeskName = "crm".parse().unwrap();
    let overdue = ledger.overdue(&desk, Priority::High, Timestamp::MAX, 0, 9).await.unwrap();
    assert_eq!(overdue.len(), 1);
}

const OLD_ROWS: &str = r#"
INSERT INTO events VALUES (1, 'shop', '1', 'payment.failed',
    '{"specversion":"1.0","id":"1","source":"/shop","type":"payment.failed","data":{}}',
    x'00', 'r-1', 5, 1, 0);
INSERT INTO routes VALUES (1, 'crm', 0, 'a-rule', 'HIGH', 'shop', 0);
INSERT INTO desk_leases VALUES ('crm', NULL, 1, 0);
INSERT INTO journal_cursor VALUES (1, 99);
INSERT INTO deliveries
SELECT key, 1, 'shop', '1', 'payment.failed', 'other', 'HIGH', state, NULL, NULL, 7, doc FROM (
    SELECT 'a' AS key, 'attempting' AS state,
        '{"state":{"attempting":{"until":"1970-01-01T00:01:00.5Z"}}}' AS doc
    UNION ALL SELECT 'b', 'queued', '{"state":"queued"}'
    UNION ALL SELECT 'c', 'retrying', '{"state":{"retrying":{"not_before":"1970-01-01T00:02:00Z"}}}'
    UNION ALL SELECT 'd', 'ticketed', '{"state":{"ticketed":{}}}'
    UNION ALL SELECT 'e', 'uncertain', '{"state":{"uncertain":{"look_again":"1970-01-01T00:03:00Z"}}}'
    UNION ALL SELECT 'f', 'uncertain', '{"state":{"uncertain":{"look_again":null}}}');
"#;

#[tokio::test]
async fn the_books_tell_what_waits_in_each_lane_and_since_when() {
    let (_directory, ledger, key) = claimed().await;
    let mut later = envelope();
    later.event.id = "2".parse().unwrap();
    later.received_at = "2026-11-01T00:00:00Z".parse().unwrap();
    later.routes[0].priority = Priority::Low;
    let mark = JournalMark::of(2, &later);
    ledger.record(&[envelope(), later.clone()], &mark).await.unwrap();
    let lanes = |books: &Books| {
        let lane = |it: &Waiting| (it.priority, it.deliveries, it.since);
        books.waiting.iter().map(lane).collect::<Vec<_>>()
    };
    let books = ledger.books().await.unwrap();
    let low = (Priority::Low, 1, later.received_at);
    assert_eq!(lanes(&books), [(Priority::High, 1, Timestamp::UNIX_EPOCH), low]);
    spoil(&ledger, "UPDATE deliveries SET due = NULL").await;
    assert_eq!(lanes(&ledger.books().await.unwrap()), [low], "{key} needs no worker");
}
