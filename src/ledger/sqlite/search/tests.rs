#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use tempfile::TempDir;

use super::{super::issues, deliveries, events, incidents};
use crate::ledger::{
    Issues as _, LedgerError, MOST_WALKED, Page, Search, Searches as _,
    sqlite::{SqliteLedger, erasures::expiry, past},
};

/// A ledger of 60,000 dead letters, of which every 20,000th is of another reason.
async fn many() -> (TempDir, std::sync::Arc<SqliteLedger>) {
    let directory = tempfile::tempdir().unwrap();
    let ledger = SqliteLedger::open(&directory.path().join("ledger.db")).unwrap();
    ledger.write(|tx| Ok(tx.execute_batch(ROWS)?)).await.unwrap();
    (directory, ledger)
}

const ROWS: &str = r#"
INSERT INTO events (number, source, id, type, body, hash, request_id, received_at, routes, conflicts)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
SELECT i, 'shop', 'e-' || i, 'payment.failed',
    '{"specversion":"1.0","id":"e-' || i || '","source":"/shop","type":"payment.failed","data":{"n":' || i || '}}',
    x'00', 'r', i, 1, 0 FROM n;
INSERT INTO deliveries (key, event, source, event_id, event_type, desk, priority, state, reason,
    words, updated_at, doc)
SELECT printf('%032x', number), number, source, id, type, 'crm', 'HIGH', 'dead',
    iif(number % 20000 = 0, 'refused', 'unknown-customer'), 'no', number,
    json_object('key', printf('%032x', number), 'event',
        json_object('source', source, 'id', id, 'event_type', type), 'desk', 'crm', 'rule', 'r',
        'priority', 'HIGH', 'request_id', 'r', 'since', '1970-01-01T00:00:00Z', 'updated_at',
        '1970-01-01T00:00:00Z', 'claims', 1, 'attempts', 1, 'state', json_object('dead',
            json_object('at', '1970-01-01T00:00:00Z', 'failure',
                json_object('reason', 'refused', 'words', 'no'), 'limit', NULL)), 'steps',
        json_array())
FROM events;
"#;

fn dead() -> Search {
    Search { state: Some("dead"), ..Search::default() }
}

/// All pages of a search: how many each found and looked at.
async fn pages(ledger: &SqliteLedger, search: &Search, most: usize) -> Vec<(usize, usize)> {
    let mut page = Page { after: None, most };
    let mut pages = Vec::new();
    loop {
        let found = ledger.search_deliveries(search, &page).await.unwrap();
        pages.push((found.items.len(), found.walked));
        if found.next.is_none() {
            return pages;
        }
        page.after = found.next;
    }
}

#[tokio::test]
async fn a_page_looks_at_no_more_rows_than_it_shows() {
    let (_directory, ledger) = many().await;
    let page = Page { after: None, most: 200 };
    for search in [dead(), Search::default(), Search { desk: "crm".parse().ok(), ..dead() }] {
        let found = ledger.search_deliveries(&search, &page).await.unwrap();
        assert_eq!((found.items.len(), found.walked), (200, 200), "{search:?}");
    }
    let found = ledger.search_events(&Search::default(), &page).await;
    // A source that is not known shows no payload, and its events are there all the same.
    assert_eq!(found.unwrap().walked, 200);
}

#[tokio::test]
async fn a_search_that_finds_little_ends_its_page_early_and_goes_on() {
    let (_directory, ledger) = many().await;
    let rare = Search { reason: "refused".parse().ok(), ..dead() };
    let all = pages(&ledger, &rare, 200).await;
    assert_eq!(all.iter().map(|(found, _)| found).sum::<usize>(), 3, "{all:?}");
    assert_eq!(all.iter().map(|(_, walked)| walked).sum::<usize>(), 60_000, "{all:?}");
    // What is shown was opened, and a row that is opened counts for several.
    assert!(all.len() == 2 && (MOST_WALKED - 30..MOST_WALKED).contains(&all[0].1), "{all:?}");
    let text = Search { text: Some("nowhere".to_owned()), ..dead() };
    let all = pages(&ledger, &text, 200).await;
    let walked: Vec<_> = all.iter().map(|(_, walked)| *walked).collect();
    assert_eq!(walked.iter().sum::<usize>(), 60_000);
    assert!(walked.iter().all(|walked| *walked <= MOST_WALKED / 3 + 1), "{all:?}");
}

#[tokio::test]
async fn dead_letters_are_counted_by_reason_and_desk() {
    let (_directory, ledger) = many().await;
    let all = ledger.issues().await.unwrap();
    let counted: Vec<_> =
        all.iter().map(|it| (it.reason.as_str(), it.desk.as_str(), it.letters)).collect();
    assert_eq!(counted, [("unknown-customer", "crm", 59_997), ("refused", "crm", 3)]);
    assert!(all.iter().all(|issue| issue.first < issue.last), "{all:?}");
    let query = issues::COUNTED;
    let plan = ledger.read(move |tx| {
        let mut statement = tx.prepare(&format!("EXPLAIN QUERY PLAN {query}"))?;
        let lines = statement.raw_query().mapped(|row| row.get::<_, String>("detail"));
        Ok::<_, LedgerError>(lines.collect::<Result<Vec<_>, _>>()?.join("\n"))
    });
    let plan = plan.await.unwrap();
    assert!(plan.contains("USING COVERING INDEX dead_letters"), "{plan}");
}

#[tokio::test]
async fn every_walk_is_in_the_order_of_an_index() {
    let directory = tempfile::tempdir().unwrap();
    let ledger = SqliteLedger::open(&directory.path().join("ledger.db")).unwrap();
    let by_desk = Search { desk: "crm".parse().ok(), ..Search::default() };
    let by_silence = Search { silence: "7".parse().ok(), ..Search::default() };
    for (query, index) in [
        (deliveries::query(&dead()), "USING COVERING INDEX deliveries_by_state (state=? AND"),
        (deliveries::query(&by_desk), "USING COVERING INDEX deliveries_by_desk (desk=? AND"),
        (deliveries::query(&Search::default()), "USING COVERING INDEX latest_deliveries"),
        (
            deliveries::query(&by_silence),
            "USING COVERING INDEX deliveries_by_silence (silence=? AND",
        ),
        (past::BEHIND, "INDEX latest_events (received_at>?"),
        (expiry::OLDEST, "USING INDEX events_by_age (received_at>?"),
        (events::LATEST, "INDEX latest_events (received_at"),
        (events::OF_ID, "INDEX sqlite_autoindex_events_1 (id=?)"),
        (incidents::LATEST, "INDEX latest_incidents (updated_at"),
    ] {
        let plan = ledger.read(move |tx| {
            let mut statement = tx.prepare(&format!("EXPLAIN QUERY PLAN {query}"))?;
            let lines = statement.raw_query().mapped(|row| row.get::<_, String>("detail"));
            let lines = lines.collect::<Result<Vec<_>, _>>()?;
            Ok::<_, LedgerError>(lines.join("\n"))
        });
        let plan = plan.await.unwrap();
        assert!(plan.contains(index), "{plan}");
        // The events of one id are few.
        assert!(!plan.contains("TEMP B-TREE") || query == events::OF_ID, "{plan}");
    }
}
