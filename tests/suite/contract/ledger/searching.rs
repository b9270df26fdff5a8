//! Searches, page after page.

use deskbell::{
    delivery::Reason,
    event::Envelope,
    ledger::{FieldMatch, Found, Ledger, Page, Search},
    ticket::Priority,
};
use serde_json::json;

use super::{
    Bench,
    words::{at, bury, complete, event, grant_at, lease, mark, postpone, saying},
};

/// Three events of `shop` at `crm`: `1` is ticketed, `2` dead, and `3`, of another type, to be tried
/// again; and `4`, which no rule matched.
async fn four(ledger: &dyn Ledger) {
    let epoch = lease(ledger, "crm").await;
    let mut third =
        saying("3", &["crm"], json!({"orderId": 9_007_199_254_740_993_i64, "note": "Late"}));
    third.event.event_type = "order.stuck".parse().unwrap();
    let all = [event("1", &["crm"]), event("2", &["crm"]), third, event("4", &[])];
    let all: Vec<Envelope> = (0..)
        .zip(all)
        .map(|(seconds, envelope)| Envelope { received_at: at(seconds), ..envelope })
        .collect();
    ledger.record(&all, &mark(1)).await.unwrap();
    for (envelope, ends) in all.iter().zip([complete(1, 12), bury(1, 13), postpone(1, 14, 99)]) {
        let delivery = grant_at(ledger, envelope, "crm", epoch, 11).await.delivery;
        ledger.advance(&delivery.key, ends).await.unwrap();
    }
}

fn whole() -> Page {
    Page { after: None, most: 9 }
}

async fn deliveries(ledger: &dyn Ledger, search: &Search) -> Vec<String> {
    let Found { items, next, .. } = ledger.search_deliveries(search, &whole()).await.unwrap();
    assert_eq!(next, None);
    items.into_iter().map(|delivery| delivery.event.id.into()).collect()
}

async fn events(ledger: &dyn Ledger, search: &Search) -> Vec<String> {
    let Found { items, next, .. } = ledger.search_events(search, &whole()).await.unwrap();
    assert_eq!(next, None);
    items.into_iter().map(|record| record.envelope.event.id.clone().into()).collect()
}

fn field(name: &str, value: &str) -> Vec<FieldMatch> {
    vec![FieldMatch::new(name, value).unwrap()]
}

pub(super) async fn every_part_of_a_search_chooses(bench: impl Bench) {
    let ledger = bench.ledger();
    four(ledger).await;
    let any = Search::default;
    let text = |text: &str| Some(text.to_owned());
    for (search, of_deliveries, of_events) in [
        (any(), ["3", "2", "1"].as_slice(), ["4", "3", "2", "1"].as_slice()),
        (Search { since: Some(at(13)), ..any() }, &["3", "2"], &[]),
        (Search { until: Some(at(2)), ..any() }, &[], &["2", "1"]),
        (Search { source: "shop".parse().ok(), ..any() }, &["3", "2", "1"], &["4", "3", "2", "1"]),
        (Search { source: "billing".parse().ok(), ..any() }, &[], &[]),
        (Search { event: "2".parse().ok(), ..any() }, &["2"], &["2"]),
        (Search { event_type: "order.stuck".parse().ok(), ..any() }, &["3"], &["3"]),
        (Search { desk: "crm".parse().ok(), ..any() }, &["3", "2", "1"], &["3", "2", "1"]),
        (Search { desk: "support".parse().ok(), ..any() }, &[], &[]),
        (Search { state: Some("dead"), ..any() }, &["2"], &["2"]),
        (Search { reason: Some(Reason::DeskFault), ..any() }, &["3", "2"], &["3", "2"]),
        (Search { priority: Some(Priority::High), ..any() }, &["3", "2", "1"], &["3", "2", "1"]),
        (Search { priority: Some(Priority::Low), ..any() }, &[], &[]),
        (Search { incident: text("none"), ..any() }, &[], &[]),
        (Search { text: text("late"), ..any() }, &["3"], &["3"]),
        (Search { text: text("50% BROKEN"), ..any() }, &["3", "2"], &[]),
        (Search { fields: field("data.orderId", "9007199254740993"), ..any() }, &["3"], &["3"]),
        (Search { fields: field("data.orderId", "9007199254740992"), ..any() }, &[], &[]),
        (Search { fields: field("data.amount", "12.5"), ..any() }, &["2", "1"], &["4", "2", "1"]),
    ] {
        assert_eq!(deliveries(ledger, &search).await, of_deliveries, "{search:?}");
        assert_eq!(events(ledger, &search).await, of_events, "{search:?}");
    }
}

pub(super) async fn what_is_added_meanwhile_shifts_no_page(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = lease(ledger, "crm").await;
    let die = async |id: u64| {
        let envelope = event(&id.to_string(), &["crm"]);
        let dead = grant_at(ledger, &envelope, "crm", epoch, 1).await.delivery;
        // All at one time, which must not confuse the order.
        ledger.advance(&dead.key, bury(1, 2)).await.unwrap();
    };
    for id in 1..=7 {
        die(id).await;
    }
    let search = Search { state: Some("dead"), ..Search::default() };
    let (mut page, mut seen) = (Page { after: None, most: 2 }, Vec::new());
    loop {
        let found = ledger.search_deliveries(&search, &page).await.unwrap();
        seen.extend(found.items.into_iter().map(|dead| String::from(dead.event.id)));
        if seen.len() == 2 {
            die(8).await;
        }
        page.after = found.next;
        if page.after.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["7", "6", "5", "4", "3", "2", "1"]);
}

pub(super) async fn what_is_redacted_is_not_found(bench: impl Bench) {
    let ledger = bench.ledger();
    let mut stranger = saying("1", &["crm"], json!({"secret": "hunter2"}));
    stranger.event.source = "nobody".parse().unwrap();
    let known = saying("2", &["crm"], json!({"secret": "hunter2", "open": "yes"}));
    ledger.record(&[stranger, known], &mark(1)).await.unwrap();
    let any = Search::default;
    assert_eq!(events(ledger, &any()).await, ["2", "1"]);
    let open = Search { fields: field("data.open", "yes"), ..any() };
    assert_eq!(events(ledger, &open).await, ["2"]);
    for search in [
        Search { text: Some("hunter2".to_owned()), ..any() },
        Search { fields: field("data.secret", "hunter2"), ..any() },
    ] {
        assert_eq!(events(ledger, &search).await, [""; 0], "{search:?}");
    }
}
