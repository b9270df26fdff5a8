//! What operators look up.

use deskbell::{
    delivery::{Reason, Transition},
    event::{Envelope, REDACTED},
    ledger::{EventRecord, EventSpan, Ledger, Page, Search},
};
use serde_json::json;

use super::{
    Bench,
    words::{
        at, bury, by, complete, event, failure, grant, grant_at, granted, key, lease, mark,
        postpone, saying, seen,
    },
};

pub(super) async fn attempts_are_kept_in_order(bench: impl Bench) {
    let ledger = bench.ledger();
    let (epoch, delivery) = granted(ledger).await;
    ledger.advance(&delivery.key, postpone(1, 2, 1)).await.unwrap();
    let event = event("1", &["crm"]);
    // The second attempt's worker dies; the third claim finds that out.
    for seconds in [10, 100] {
        grant_at(ledger, &event, "crm", epoch, seconds).await;
    }
    ledger.advance(&delivery.key, complete(3, 110)).await.unwrap();
    let attempts = ledger.attempts(&delivery.key).await.unwrap();
    let story: Vec<_> = attempts
        .iter()
        .map(|attempt| (attempt.number, attempt.outcome.as_str(), attempt.began, attempt.ended))
        .collect();
    assert_eq!(
        story,
        [
            (1, "retrying", at(1), at(2)),
            (2, "crashed", at(10), at(100)),
            (3, "ticketed", at(100), at(110)),
        ]
    );
    assert_eq!(attempts[0].failure, Some(failure()));
}

/// Three deliveries: `1` ticketed and `2` dead at `crm`, `3` retrying at `support`.
async fn three(ledger: &dyn Ledger) {
    let mut third = event("3", &["support"]);
    third.event.source = "billing".parse().unwrap();
    third.event.event_type = "order.stuck".parse().unwrap();
    let crm = lease(ledger, "crm").await;
    let support = lease(ledger, "support").await;
    for (envelope, desk, epoch, transitions) in [
        (event("1", &["crm"]), "crm", crm, complete(1, 2)),
        (event("2", &["crm"]), "crm", crm, bury(1, 3)),
        (third, "support", support, postpone(1, 4, 9)),
    ] {
        let delivery = grant(ledger, &envelope, desk, epoch).await.delivery;
        ledger.advance(&delivery.key, transitions).await.unwrap();
    }
}

/// The deliveries that a search finds on its first page.
async fn found(ledger: &dyn Ledger, search: &Search, most: usize) -> Vec<String> {
    let page = Page { after: None, most };
    let deliveries = ledger.search_deliveries(search, &page).await.unwrap().items;
    deliveries.into_iter().map(|delivery| delivery.event.id.into()).collect()
}

pub(super) async fn every_filter_chooses(bench: impl Bench) {
    let ledger = bench.ledger();
    three(ledger).await;
    let all = Search::default;
    let crm = Some("crm".parse().unwrap());
    for (search, expected) in [
        (all(), ["3", "2", "1"].as_slice()),
        (Search { state: Some("dead"), ..all() }, &["2"]),
        (Search { state: Some("lost"), ..all() }, &[]),
        (Search { desk: crm.clone(), ..all() }, &["2", "1"]),
        (Search { source: Some("billing".parse().unwrap()), ..all() }, &["3"]),
        (Search { event_type: Some("payment.failed".parse().unwrap()), ..all() }, &["2", "1"]),
        (Search { reason: Some(Reason::DeskFault), ..all() }, &["3", "2"]),
        (Search { reason: Some(Reason::Poison), ..all() }, &[]),
        (Search { since: Some(at(3)), ..all() }, &["3", "2"]),
        (Search { desk: crm, reason: Some(Reason::DeskFault), ..all() }, &["2"]),
    ] {
        assert_eq!(found(ledger, &search, 9).await, expected, "{search:?}");
    }
    assert_eq!(found(ledger, &all(), 2).await, ["3", "2"]);
}

pub(super) async fn a_text_is_searched_in_the_event_and_in_the_failure(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = lease(ledger, "crm").await;
    let quoting = saying("1", &["crm"], json!({"note": "he said \"100%\" of Łódź"}));
    let plain = saying("2", &["crm"], json!({"note": "he said 1000 of it"}));
    for envelope in [&quoting, &plain] {
        grant(ledger, envelope, "crm", epoch).await;
    }
    ledger.advance(&key("2", "crm"), bury(1, 3)).await.unwrap();
    for (text, expected) in [
        ("he said", ["2", "1"].as_slice()),
        ("\"100%\" of Łódź", &["1"]),
        ("100%", &["1"]),
        ("50% broken", &["2"]),
        ("50_ broken", &[]),
        ("' OR 1=1 --", &[]),
    ] {
        let search = Search { text: Some(text.to_owned()), ..Search::default() };
        assert_eq!(found(ledger, &search, 9).await, expected, "{text}");
    }
}

/// The newest events.
async fn latest(ledger: &dyn Ledger, most: usize) -> Vec<EventRecord> {
    let page = Page { after: None, most };
    ledger.search_events(&Search::default(), &page).await.unwrap().items
}

pub(super) async fn events_are_found_by_name_by_id_and_by_time(bench: impl Bench) {
    let ledger = bench.ledger();
    let first = Envelope { received_at: at(1), ..event("1", &["crm", "support"]) };
    let mut namesake = Envelope { received_at: at(3), ..event("1", &[]) };
    namesake.event.source = "billing".parse().unwrap();
    let second = Envelope { received_at: at(2), ..event("2", &["crm"]) };
    let all = [first.clone(), namesake.clone(), second.clone()];
    ledger.record(&all, &mark(7)).await.unwrap();
    let envelopes = |records: Vec<EventRecord>| {
        records.into_iter().map(|record| record.envelope).collect::<Vec<_>>()
    };
    let id = &first.event.id;
    let named = ledger.event(&first.event.source, id).await.unwrap().unwrap();
    assert_eq!(named.envelope, seen(first.clone()));
    assert_eq!(ledger.event(&"nobody".parse().unwrap(), id).await.unwrap(), None);
    let of_id = envelopes(ledger.events_with_id(id).await.unwrap());
    assert_eq!(of_id, [first, namesake.clone()].map(seen));
    let latest = envelopes(latest(ledger, 2).await);
    assert_eq!(latest, [namesake, second].map(seen));
}

pub(super) async fn what_is_redacted_is_kept_and_neither_shown_nor_found(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = lease(ledger, "crm").await;
    let whole = saying("1", &["crm"], json!({"secret": "4111", "note": "open"}));
    let claimed = grant(ledger, &whole, "crm", epoch).await;
    assert_eq!(claimed.envelope, whole);
    let record = ledger.event(&whole.event.source, &whole.event.id).await.unwrap().unwrap();
    assert_eq!(record.envelope.event.data, json!({"secret": REDACTED, "note": "open"}));
    let of_id = ledger.events_with_id(&whole.event.id).await.unwrap();
    assert_eq!([of_id, latest(ledger, 1).await], [[record.clone()], [record]]);
    let search = |text: &str| {
        let search = Search { text: Some(text.to_owned()), ..Search::default() };
        async move { found(ledger, &search, 1).await }
    };
    assert_eq!(search("OPEN").await, ["1"]);
    assert_eq!(search("4111").await, [""; 0]);
    // One that is found and may be is not crowded out by those that may not.
    let other = saying("2", &["crm"], json!({"secret": "4111", "note": "4111"}));
    let newest = saying("3", &["crm"], json!({"secret": "4111"}));
    for envelope in [other, newest] {
        grant(ledger, &envelope, "crm", epoch).await;
    }
    assert_eq!(search("4111").await, ["2"]);
    // What goes back to work is whole.
    ledger.advance(&key("1", "crm"), bury(1, 3)).await.unwrap();
    ledger.operate(&key("1", "crm"), Transition::Replay { at: at(4) }, &by(4)).await.unwrap();
    assert_eq!(ledger.requeues(1).await.unwrap()[0].envelope, whole);
}

pub(super) async fn the_journals_mark_is_the_last_one_recorded(bench: impl Bench) {
    assert_eq!(bench.ledger().recorded_up_to().await.unwrap(), None);
    bench.ledger().record(&[event("1", &[])], &mark(7)).await.unwrap();
    // A journal that begins again.
    bench.ledger().record(&[event("2", &[])], &mark(5)).await.unwrap();
    let bench = bench.crash().await;
    assert_eq!(bench.ledger().recorded_up_to().await.unwrap(), Some(mark(5)));
}

pub(super) async fn past_events_come_whole_and_in_order_page_by_page(bench: impl Bench) {
    let ledger = bench.ledger();
    let received = |id: &str, seconds| Envelope {
        received_at: at(seconds),
        ..saying(id, &["crm"], json!({ "secret": id }))
    };
    let all = [received("c", 3), received("a", 1), received("b", 1), received("late", 9)];
    ledger.record(&all, &mark(1)).await.unwrap();
    let span = EventSpan {
        since: at(1),
        until: at(9),
        source: "shop".parse().ok(),
        event_type: "payment.failed".parse().ok(),
    };
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let page = ledger.past_events(&span, after.as_ref(), 2).await.unwrap();
        assert!(page.envelopes.len() <= 2);
        for Envelope { event, .. } in page.envelopes {
            assert_eq!(event.data["secret"], event.id.as_str());
            ids.push(String::from(event.id));
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(ids, ["a", "b", "c"]);
    let other = EventSpan { source: "billing".parse().ok(), ..span };
    assert_eq!(ledger.past_events(&other, None, 9).await.unwrap().envelopes, []);
}
