//! Erasing what a customer's events say.

use deskbell::{
    delivery::{
        Delivery, InvalidTransition, NewSilence, SilenceChoice, State,
        Transition::{Discard, Replay},
    },
    event::{Envelope, EventId, SourceName},
    ledger::{
        Act, Amendment, AuditEntry, AuditSearch, Claimed, Edited, Erasing, Erasure, EventSpan,
        FieldMatch, Ledger, LedgerError, Whether,
    },
};
use serde_json::{Value, json};

use super::{
    Bench,
    incidents::engagement,
    words::{
        at, bury, by, claim, complete, grant, grant_at, intend, key, lease, saying, state, suppress,
    },
};

/// What nobody may find any more.
const CANARY: &str = "canary-7f3a";

fn of_customer(customer: &str) -> Erasing {
    Erasing {
        customer: vec![FieldMatch::new("data.customer.id", customer).unwrap()],
        even_open: false,
        dry_run: false,
        after: 0,
        note: Some("a note".to_owned()),
    }
}

fn posted(id: &str, desks: &[&str]) -> Envelope {
    saying(id, desks, json!({"customer": {"id": "C-7"}, "note": CANARY}))
}

async fn erase(ledger: &dyn Ledger, wanted: &Erasing) -> Erasure {
    let (mut erasing, mut erasure) = (wanted.clone(), Erasure::default());
    loop {
        let part = ledger.erase(&erasing, &by(100)).await.unwrap();
        erasure.add(part.erasure);
        if part.noted {
            erasing.note = None;
        }
        match part.next {
            Some(next) => erasing.after = next,
            None => return erasure,
        }
    }
}

/// A dead letter of `C-7` at `crm`.
async fn dead(ledger: &dyn Ledger, id: &str) {
    let epoch = lease(ledger, "crm").await;
    grant(ledger, &posted(id, &["crm"]), "crm", epoch).await;
    ledger.advance(&key(id, "crm"), bury(1, 2)).await.unwrap();
}

fn name(id: &str) -> (SourceName, EventId) {
    ("shop".parse().unwrap(), id.parse().unwrap())
}

async fn data(ledger: &dyn Ledger, id: &str) -> Value {
    let (source, id) = name(id);
    ledger.event(&source, &id).await.unwrap().unwrap().envelope.event.data.clone()
}

async fn delivery(ledger: &dyn Ledger, id: &str) -> Delivery {
    ledger.delivery(&key(id, "crm")).await.unwrap().unwrap()
}

pub(super) async fn what_is_erased_is_gone_and_its_id_is_still_known(bench: impl Bench) {
    let ledger = bench.ledger();
    dead(ledger, "1").await;
    assert_eq!(
        ledger.erased(&[name("1"), name("9")]).await.unwrap(),
        [Whether::Kept, Whether::Unknown]
    );
    let foreseen = erase(ledger, &Erasing { dry_run: true, ..of_customer("C-7") }).await;
    assert!(data(ledger, "1").await.is_object());
    let erasure = erase(ledger, &of_customer("C-7")).await;
    assert_eq!((erasure.events, erasure.deliveries, &erasure), (1, 1, &foreseen));
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    let told = format!("erased on {} by ada", at(100));
    assert_eq!(data(ledger, "1").await, Value::from(told.clone()));
    let left = delivery(ledger, "1").await;
    let State::Dead { failure, .. } = &left.state else { panic!("{:?}", left.state) };
    assert_eq!((&failure.words, left.updated_at), (&told, at(2)));
    let attempts = ledger.attempts(&key("1", "crm")).await.unwrap();
    assert_eq!(attempts[0].failure.as_ref().map(|failure| &failure.words), Some(&told));
    let known = ledger.erased(&[name("1")]).await.unwrap();
    assert!(matches!(&known[0], Whether::Erased(erased) if erased.to_string() == told));
    assert_eq!(erase(ledger, &of_customer("C-7")).await, Erasure::default());
    // There is nothing in it for rules to decide by.
    let span = EventSpan { since: at(0), until: at(99), source: None, event_type: None };
    assert_eq!(ledger.past_events(&span, None, 9).await.unwrap().envelopes, []);
    assert!(ledger.books().await.unwrap().balanced);
}

pub(super) async fn a_copy_of_what_was_erased_makes_no_ticket_at_any_desk(bench: impl Bench) {
    let ledger = bench.ledger();
    dead(ledger, "1").await;
    erase(ledger, &of_customer("C-7")).await;
    let epoch = lease(ledger, "support").await;
    let other_body = saying("1", &["crm"], json!({"customer": {"id": "C-9"}}));
    for (copy, desk) in [
        (posted("1", &["crm"]), "crm"),
        (posted("1", &["crm", "support"]), "support"),
        (other_body, "crm"),
    ] {
        let claimed = ledger.claim(claim(&copy, desk, epoch, 110)).await.unwrap();
        assert!(matches!(claimed, Claimed::Settled(_)), "{desk}: {claimed:?}");
    }
    assert_eq!(state(ledger, &key("1", "support")).await.name(), "discarded");
    let (source, id) = name("1");
    assert_eq!(ledger.event(&source, &id).await.unwrap().unwrap().conflicts, 0);
    assert!(ledger.books().await.unwrap().balanced);
}

pub(super) async fn nothing_more_is_done_with_what_was_erased(bench: impl Bench) {
    let ledger = bench.ledger();
    dead(ledger, "1").await;
    erase(ledger, &of_customer("C-7")).await;
    let crm = key("1", "crm");
    let refused = ledger.operate(&crm, Replay { at: at(110) }, &by(110)).await.unwrap_err();
    let LedgerError::NotAllowed(InvalidTransition::Erased(_)) = refused else {
        panic!("{refused:?}")
    };
    let edited = Edited { data: json!({"note": "again"}), touched: Vec::new() };
    let amendment = Amendment { seen: 0, edit: Some(edited), replay: None };
    ledger.amend(&crm, &amendment, &by(110)).await.unwrap_err();
    assert_eq!(ledger.requeues(9).await.unwrap().len(), 0);
    // It may leave the list of dead letters.
    let discard = Discard { at: at(111), by: "ada".to_owned(), why: "done".to_owned() };
    ledger.operate(&crm, discard, &by(111)).await.unwrap();
}

pub(super) async fn a_customer_is_found_by_an_edit_too(bench: impl Bench) {
    let ledger = bench.ledger();
    dead(ledger, "1").await;
    let edited = json!({"customer": {"id": "C-8"}, "note": CANARY});
    let edit = Edited { data: edited, touched: Vec::new() };
    let amendment = Amendment { seen: 0, edit: Some(edit), replay: None };
    ledger.amend(&key("1", "crm"), &amendment, &by(3)).await.unwrap();
    assert_eq!(erase(ledger, &of_customer("C-6")).await.events, 0);
    let erasure = erase(ledger, &of_customer("C-8")).await;
    assert_eq!((erasure.events, erasure.edits), (1, 1));
    let edits = serde_json::to_string(&ledger.edits(&key("1", "crm")).await.unwrap()).unwrap();
    assert!(edits.contains("ada") && !edits.contains(CANARY), "{edits}");
    let whole = ledger.whole(&key("1", "crm")).await.unwrap().unwrap();
    assert!(!whole.data.to_string().contains(CANARY), "{}", whole.data);
}

pub(super) async fn an_event_with_an_open_delivery_is_kept_unless_that_is_to_be_discarded(
    bench: impl Bench,
) {
    let ledger = bench.ledger();
    let epoch = lease(ledger, "crm").await;
    grant(ledger, &posted("1", &["crm", "support"]), "crm", epoch).await;
    ledger.advance(&key("1", "crm"), vec![intend(1, 2)]).await.unwrap();
    let kept = erase(ledger, &of_customer("C-7")).await;
    assert_eq!((kept.events, kept.open.len()), (0, 2));
    assert!(data(ledger, "1").await.is_object());
    let even_open = Erasing { even_open: true, ..of_customer("C-7") };
    let foreseen = erase(ledger, &Erasing { dry_run: true, ..even_open.clone() }).await;
    let erasure = erase(ledger, &even_open).await;
    assert_eq!(erasure, foreseen);
    let told: Vec<_> = erasure.discarded.iter().map(|it| (it.state, it.may_be_told)).collect();
    assert_eq!(told, [("attempting", true), ("queued", false)]);
    // The worker that was at it has lost its claim.
    let late = ledger.advance(&key("1", "crm"), complete(1, 110)).await.unwrap_err();
    assert!(matches!(late, LedgerError::NotAllowed(InvalidTransition::ClaimOver { .. })));
    for desk in ["crm", "support"] {
        assert_eq!(state(ledger, &key("1", desk)).await.name(), "discarded");
    }
    assert!(ledger.books().await.unwrap().balanced);
}

pub(super) async fn what_was_erased_under_a_silence_is_not_released(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = lease(ledger, "crm").await;
    let desks = vec!["crm".parse().unwrap()];
    let choice = SilenceChoice { desks, ..SilenceChoice::default() };
    let silence = NewSilence { from: at(0), until: at(50), choice };
    let silence = ledger.create_silence(&silence, &by(0)).await.unwrap();
    let other = saying("2", &["crm"], json!({"customer": {"id": "C-8"}}));
    for envelope in [posted("1", &["crm"]), other] {
        let granted = grant(ledger, &envelope, "crm", epoch).await;
        ledger.advance(&granted.delivery.key, suppress(1, 2)).await.unwrap();
    }
    assert_eq!(erase(ledger, &of_customer("C-7")).await.events, 1);
    assert_eq!(state(ledger, &key("1", "crm")).await.name(), "suppressed");
    ledger.release_delivery(&key("1", "crm"), &by(110)).await.unwrap_err();
    ledger.release_silence(silence.id, &by(111)).await.unwrap();
    assert_eq!(ledger.release_some(at(112), 9).await.unwrap(), 1);
    assert!(!ledger.silence(silence.id).await.unwrap().unwrap().is_releasing);
    assert_eq!(state(ledger, &key("2", "crm")).await.name(), "queued");
    assert!(ledger.books().await.unwrap().balanced);
}

pub(super) async fn an_incident_is_kept_as_long_as_an_event_of_it(bench: impl Bench) {
    let ledger = bench.ledger();
    let epoch = lease(ledger, "crm").await;
    let incident = format!("order:{CANARY}");
    let engage = async |envelope: &Envelope| {
        let delivery = grant_at(ledger, envelope, "crm", epoch, 1).await.delivery;
        let asked = engagement(&delivery, Some(&incident), None);
        ledger.engage(&delivery.key, asked).await.unwrap();
    };
    engage(&posted("1", &["crm"])).await;
    ledger.advance(&key("1", "crm"), [vec![intend(1, 2)], complete(1, 3)].concat()).await.unwrap();
    engage(&saying("2", &["crm"], json!({"customer": {"id": "C-8"}}))).await;
    let erasure = erase(ledger, &of_customer("C-7")).await;
    assert_eq!((erasure.events, erasure.incidents, erasure.tickets.len()), (1, 1, 1));
    let part = |it: Delivery| it.incident.and_then(|part| part.incident);
    assert_eq!(part(delivery(ledger, "1").await), None);
    assert_eq!(part(delivery(ledger, "2").await).as_ref(), Some(&incident));
    let crm = "crm".parse().unwrap();
    assert!(ledger.incident(&crm, &incident).await.unwrap().is_some());
    erase(ledger, &Erasing { even_open: true, ..of_customer("C-8") }).await;
    assert_eq!(ledger.incident(&crm, &incident).await.unwrap(), None);
}

pub(super) async fn an_erasure_goes_on_after_a_crash(bench: impl Bench) {
    for id in 0..30 {
        dead(bench.ledger(), &format!("e-{id}")).await;
    }
    let part = bench.ledger().erase(&of_customer("C-7"), &by(100)).await.unwrap();
    assert!(part.next.is_some() && (1..30).contains(&part.erasure.events), "{part:?}");
    let bench = bench.crash().await;
    let ledger = bench.ledger();
    for id in 0..30 {
        let id = format!("e-{id}");
        let whether = ledger.erased(&[name(&id)]).await.unwrap();
        let is_erased = delivery(ledger, &id).await.erased.is_some();
        assert_eq!(matches!(whether[0], Whether::Erased(_)), is_erased);
    }
    let rest = erase(ledger, &of_customer("C-7")).await;
    assert_eq!(part.erasure.events + rest.events, 30);
}

pub(super) async fn an_erasure_is_written_once_and_without_the_id(bench: impl Bench) {
    let ledger = bench.ledger();
    for id in 0..30 {
        dead(ledger, &format!("e-{id}")).await;
    }
    erase(ledger, &of_customer("C-6")).await;
    erase(ledger, &of_customer("C-7")).await;
    let entries = ledger.audit(&AuditSearch::default(), None, 9).await.unwrap();
    let told: Vec<&AuditEntry> = entries.iter().filter(|it| it.act == Act::Erase).collect();
    assert_eq!(told.len(), 1);
    let sha256 = "sha256:eb526777a4bddd9daa4f6a05aa90c2cb1b395ed6c345275893832475cb941400";
    assert_eq!((told[0].subject.as_str(), told[0].detail.as_str()), (sha256, "a note"));
}
