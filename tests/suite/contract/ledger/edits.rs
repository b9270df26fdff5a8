//! Edits of dead letters.

use deskbell::{
    delivery::{InvalidTransition, Transition::Replay},
    event::{DataPath, Envelope, Route},
    ledger::{
        Act, Amendment, AuditSearch, Edited, FieldMatch, Ledger, LedgerError, Page, Rerouting,
        Search,
    },
    ticket::Priority,
};
use serde_json::{Value, json};

use super::{
    Bench,
    words::{at, bury, by, complete, event, grant, grant_at, granted, key, lease, saying, state},
};

fn edited(data: Value, touched: &[&str]) -> Edited {
    let touched = touched.iter().map(|path| path.parse::<DataPath>().unwrap()).collect();
    Edited { data, touched }
}

/// An edit of the event as it was posted, and nothing else.
fn first(data: Value) -> Amendment {
    Amendment { seen: 0, edit: Some(edited(data, &["data.orderId"])), replay: None }
}

fn route(desk: &str) -> Route {
    let (desk, rule) = (desk.parse().unwrap(), "another".parse().unwrap());
    Route { desk, rule, priority: Priority::Low }
}

fn today(seen: u32, others: Vec<Route>) -> Amendment {
    let (rule, priority) = ("another".parse().unwrap(), Priority::Critical);
    Amendment { seen, edit: None, replay: Some(Rerouting::Today { rule, priority, others }) }
}

/// Event `1` as a dead letter of `crm`; the epoch of the desk's lease.
async fn dead(ledger: &dyn Ledger) -> u64 {
    let (epoch, delivery) = granted(ledger).await;
    ledger.advance(&delivery.key, bury(1, 2)).await.unwrap();
    epoch
}

async fn posted(ledger: &dyn Ledger, id: &str) -> Envelope {
    ledger.whole(&key(id, "crm")).await.unwrap().unwrap().envelope
}

pub(super) async fn an_edit_counts_from_then_on_and_the_event_stays(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = dead(ledger).await;
    let (crm, before) = (key("1", "crm"), posted(ledger, "1").await);
    let data = json!({"orderId": "A-2", "amount": 12.5});
    let amended = ledger.amend(&crm, &first(data.clone()), &by(3)).await.unwrap();
    assert_eq!((amended.delivery.state.name(), amended.delivery.edit), ("dead", Some(1)));
    ledger.operate(&crm, Replay { at: at(4) }, &by(4)).await.unwrap();
    let taken = grant_at(ledger, &event("1", &["crm"]), "crm", epoch, 5).await;
    assert_eq!(taken.envelope.event.data, data);
    // The worker dies over it, and the next one goes on with the edit.
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    let taken = grant_at(ledger, &event("1", &["crm"]), "crm", epoch, 500).await;
    assert_eq!((taken.delivery.edit, &taken.envelope.event.data), (Some(1), &data));
    assert_eq!(posted(ledger, "1").await, before);
    let whole = ledger.whole(&crm).await.unwrap().unwrap();
    assert_eq!((whole.data, whole.delivery), (data, taken.delivery));
    let edits = ledger.edits(&crm).await.unwrap();
    let told = serde_json::to_value(&edits).unwrap();
    let change = json!({"pointer": "/data/orderId", "kind": "changed",
        "before": "A-1", "after": "A-2"});
    assert_eq!(told[0]["changes"], json!([change]));
    assert_eq!((edits.len(), edits[0].number, edits[0].at), (1, 1, at(3)));
    assert_eq!((edits[0].who.as_str(), edits[0].why.as_deref()), ("ada", Some("because")));
    assert!(ledger.books().await.unwrap().balanced);
}

pub(super) async fn an_edit_and_its_replay_are_written_together_or_not_at_all(bench: impl Bench) {
    let ledger = bench.ledger();
    dead(ledger).await;
    let edit = first(json!({"orderId": "A-2"}));
    let both = Amendment { replay: Some(Rerouting::AsRouted), ..edit.clone() };
    let amended = ledger.amend(&key("1", "crm"), &both, &by(3)).await.unwrap();
    assert_eq!((amended.delivery.state.name(), amended.delivery.edit), ("queued", Some(1)));
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    assert_eq!(ledger.requeues(9).await.unwrap()[0].delivery, amended.delivery);
    let log = ledger.audit(&AuditSearch::default(), None, 9).await.unwrap();
    assert_eq!(log.iter().map(|entry| entry.act).collect::<Vec<_>>(), [Act::Replay, Act::Edit]);
    assert_eq!(log[1].detail, "event 1 of shop at crm: edit 1 of /data/orderId");
    // It is at work now, and nothing of this one is written.
    let again = Amendment { seen: 1, ..both };
    ledger.amend(&key("1", "crm"), &again, &by(4)).await.unwrap_err();
    assert_eq!(ledger.edits(&key("1", "crm")).await.unwrap().len(), 1);
    assert_eq!(ledger.audit(&AuditSearch::default(), None, 9).await.unwrap(), log);
}

pub(super) async fn nobody_edits_what_somebody_else_has_edited_since(bench: impl Bench) {
    let ledger = bench.ledger();
    dead(ledger).await;
    let crm = key("1", "crm");
    ledger.amend(&crm, &first(json!({"orderId": "A-2"})), &by(3)).await.unwrap();
    for late in [first(json!({"orderId": "A-3"})), today(0, Vec::new())] {
        let refused = ledger.amend(&crm, &late, &by(4)).await.unwrap_err();
        let LedgerError::NotAllowed(why) = refused else { panic!("{refused:?}") };
        assert_eq!(why, InvalidTransition::EditedMeanwhile { current: 1 });
    }
    let second = Amendment { seen: 1, ..first(json!({"orderId": "A-3"})) };
    ledger.amend(&crm, &second, &by(5)).await.unwrap();
    let edits = ledger.edits(&crm).await.unwrap();
    let after: Vec<_> = edits.iter().map(|edit| edit.changes[0].after.clone()).collect();
    assert_eq!(after, [Some(json!("A-2")), Some(json!("A-3"))]);
}

pub(super) async fn only_a_dead_letter_is_edited(bench: impl Bench) {
    let ledger = bench.ledger();
    let (_, delivery) = granted(ledger).await;
    for _ in 0..2 {
        let edit = first(json!({"orderId": "A-2"}));
        let refused = ledger.amend(&delivery.key, &edit, &by(3)).await.unwrap_err();
        assert!(matches!(refused, LedgerError::NotAllowed(_)), "{refused:?}");
        drop(ledger.advance(&delivery.key, complete(1, 4)).await);
    }
    assert_eq!(state(ledger, &delivery.key).await.name(), "ticketed");
    assert_eq!(ledger.edits(&delivery.key).await.unwrap(), []);
    let unknown = ledger.amend(&key("2", "crm"), &first(json!({})), &by(3)).await.unwrap_err();
    assert!(matches!(unknown, LedgerError::UnknownDelivery(_)), "{unknown:?}");
    assert_eq!(ledger.whole(&key("2", "crm")).await.unwrap(), None);
}

pub(super) async fn a_replay_by_todays_rules_takes_their_route(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = dead(ledger).await;
    let crm = key("1", "crm");
    ledger.amend(&crm, &today(0, Vec::new()), &by(3)).await.unwrap();
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    let requeue = ledger.requeues(9).await.unwrap().pop().unwrap().delivery;
    assert_eq!((requeue.rule.as_str(), requeue.priority), ("another", Priority::Critical));
    // Its message may be of before: what the ledger has counts.
    let taken = grant_at(ledger, &event("1", &["crm"]), "crm", epoch, 4).await.delivery;
    assert_eq!((taken.rule.as_str(), taken.priority), ("another", Priority::Critical));
    let search = Search { priority: Some(Priority::Critical), ..Search::default() };
    let page = Page { after: None, most: 9 };
    assert_eq!(ledger.search_deliveries(&search, &page).await.unwrap().items, [taken]);
}

pub(super) async fn a_desk_that_todays_rules_add_gets_a_delivery_once(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = lease(ledger, "crm").await;
    let support = lease(ledger, "support").await;
    // One desk of the event has not been taken up yet.
    let envelope = event("1", &["crm", "waiting"]);
    grant(ledger, &envelope, "crm", epoch).await;
    ledger.advance(&key("1", "crm"), bury(1, 2)).await.unwrap();
    ledger.amend(&key("1", "crm"), &first(json!({"orderId": "A-2"})), &by(3)).await.unwrap();
    let routes = ["crm", "waiting", "support"].map(route).to_vec();
    let amended = ledger.amend(&key("1", "crm"), &today(1, routes), &by(4)).await.unwrap();
    let [other] = &amended.others[..] else { panic!("{:?}", amended.others) };
    assert_eq!((&other.key, other.state.name()), (&key("1", "support"), "queued"));
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    let books = ledger.books().await.unwrap();
    assert!(books.balanced, "{books:?}");
    assert_eq!(books.lines.iter().map(|line| line.accepted).sum::<u64>(), 3);
    let requeues = ledger.requeues(9).await.unwrap();
    assert_eq!(requeues.len(), 2);
    let due = ledger.overdue(&other.desk, Priority::Low, at(99), 0, 9).await.unwrap();
    assert_eq!(due.len(), 1);
    let taken = grant_at(ledger, &envelope, "support", support, 5).await;
    assert_eq!(taken.envelope.event.data, json!({"orderId": "A-2"}));
    let edits = ledger.edits(&other.key).await.unwrap();
    assert_eq!((edits.len(), edits[0].at), (1, at(3)));
    let mine = AuditSearch { subject: Some(other.key.to_string()), ..AuditSearch::default() };
    let log = ledger.audit(&mine, None, 9).await.unwrap();
    assert_eq!(log.iter().map(|entry| entry.act).collect::<Vec<_>>(), [Act::Route]);
}

pub(super) async fn what_is_redacted_is_told_of_no_edit(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = lease(ledger, "crm").await;
    let told = |guess: &'static str| async move {
        let id = guess;
        let envelope = saying(id, &["crm"], json!({"secret": "right", "n": 1}));
        grant(ledger, &envelope, "crm", epoch).await;
        ledger.advance(&key(id, "crm"), bury(1, 2)).await.unwrap();
        let edit = Some(edited(json!({"secret": guess, "n": 1}), &["data.secret"]));
        let amendment = Amendment { seen: 0, edit, replay: None };
        ledger.amend(&key(id, "crm"), &amendment, &by(3)).await.unwrap();
        serde_json::to_value(ledger.edits(&key(id, "crm")).await.unwrap()).unwrap()
    };
    let (right, wrong) = (told("right").await, told("wrong").await);
    assert_eq!(right, wrong);
    assert_eq!(
        right[0]["changes"],
        json!([{"pointer": "/data/secret", "kind": "changed",
            "before": "[redacted]", "after": "[redacted]"}])
    );
    for text in ["right", "wrong"] {
        let search = Search { text: Some(text.to_owned()), ..Search::default() };
        let found = ledger.search_deliveries(&search, &Page { after: None, most: 9 }).await;
        // Its id is no secret.
        assert_eq!(found.unwrap().items.len(), 1, "{text}");
    }
}

pub(super) async fn an_edited_event_is_found_by_what_it_says_now(bench: impl Bench) {
    let ledger = bench.ledger();
    dead(ledger).await;
    let edit = first(json!({"orderId": "B-7"}));
    ledger.amend(&key("1", "crm"), &edit, &by(3)).await.unwrap();
    let page = Page { after: None, most: 9 };
    for (text, found) in [("A-1", 1), ("B-7", 1), ("C-9", 0)] {
        let field = FieldMatch::new("data.orderId", text).unwrap();
        for search in [
            Search { text: Some(text.to_owned()), ..Search::default() },
            Search { fields: vec![field], ..Search::default() },
        ] {
            let deliveries = ledger.search_deliveries(&search, &page).await.unwrap().items;
            let events = ledger.search_events(&search, &page).await.unwrap().items;
            assert_eq!((deliveries.len(), events.len()), (found, found), "{search:?}");
        }
    }
}

/// Otherwise it would count as another body under the same id.
pub(super) async fn a_lane_gets_the_event_as_it_was_posted(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = dead(ledger).await;
    let crm = key("1", "crm");
    let replay = Some(Rerouting::AsRouted);
    let amendment = Amendment { replay, ..first(json!({"orderId": "A-2"})) };
    ledger.amend(&crm, &amendment, &by(3)).await.unwrap();
    let carried = ledger.requeues(9).await.unwrap().pop().unwrap().envelope;
    assert_eq!(carried.event, posted(ledger, "1").await.event);
    grant_at(ledger, &carried, "crm", epoch, 4).await;
    assert_eq!(ledger.books().await.unwrap().conflicts, 0);
}
