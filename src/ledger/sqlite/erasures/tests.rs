#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::BTreeMap, fs, sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::{
    delivery::{Course, DeliveryKey, Failure, Note, Outcome, Part, Reason, Step, Transition},
    event::{Attributes, DataPath, Envelope, Event, Redactions, RequestId, Route},
    ledger::{
        Amendment, Callbacks as _, Claim, Claimed, Edited, Edits as _, Erasure, FieldMatch,
        Ledger as _, Page, Search, Searches as _, Via,
    },
    ticket::{Action, Priority},
};

/// What nobody may find any more.
const CANARY: &str = "canary-7f3a";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_000_000 + seconds).unwrap()
}

fn by(seconds: i64) -> By {
    let why = Some("asked for".to_owned());
    By { at: at(seconds), who: "ada".to_owned(), via: Via::Token, why }
}

fn envelope(id: &str, desks: &[&str], customer: &str) -> Envelope {
    let route = |desk: &&str| Route {
        desk: desk.parse().unwrap(),
        rule: "a-rule".parse().unwrap(),
        priority: Priority::High,
    };
    let data = json!({"customerExternalId": customer, "note": CANARY, "orderId": id});
    Envelope {
        event: Event {
            source: "shop".parse().unwrap(),
            id: id.parse().unwrap(),
            event_type: "payment.failed".parse().unwrap(),
            attributes: Attributes {
                source: format!("/{CANARY}"),
                subject: Some(CANARY.to_owned()),
                ..Attributes::default()
            },
            data,
        },
        routes: desks.iter().map(route).collect(),
        request_id: RequestId::carried(format!("r-{id}")),
        trace: RequestId::carried("r-1").trace(),
        received_at: at(0),
    }
}

struct World {
    directory: TempDir,
    ledger: Arc<SqliteLedger>,
}

impl World {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("ledger.db");
        let ledger = SqliteLedger::open_showing(&path, Redactions::none()).unwrap();
        for desk in ["crm", "support"] {
            let long = Duration::from_hours(9);
            ledger.lease_desk(&desk.parse().unwrap(), "worker", at(0), long).await.unwrap();
        }
        let wishes: BTreeMap<_, _> =
            [("shop".parse().unwrap(), ["dead", "discarded"].into_iter().collect())].into();
        ledger.wish_callbacks(&wishes).await.unwrap();
        Self { directory, ledger }
    }

    async fn claim(&self, envelope: &Envelope, desk: &str) -> Claimed {
        let claim = Claim {
            envelope: Arc::new(envelope.clone()),
            desk: desk.parse().unwrap(),
            rule: "a-rule".parse().unwrap(),
            priority: Priority::High,
            epoch: 1,
            at: at(1),
            until: at(60),
        };
        self.ledger.claim(claim).await.unwrap()
    }

    /// A dead letter whose every part quotes the payload.
    async fn dead(&self, id: &str) -> DeliveryKey {
        let Claimed::Granted(granted) = self.claim(&envelope(id, &["crm"], "C-7"), "crm").await
        else {
            panic!("it was not granted")
        };
        let key = granted.delivery.key;
        let note = Note {
            by: key.clone(),
            at: at(0),
            resolves: false,
            subject: CANARY.to_owned(),
            text: CANARY.to_owned(),
        };
        let part = Part {
            incident: Some(format!("order:{CANARY}")),
            brake: None,
            action: Action::Open,
            at: at(0),
            priority: Priority::High,
            course: Course::Remember { note },
        };
        let failure = Failure {
            code: Some(CANARY.to_owned()),
            ..Failure::of(Reason::Refused, format!("`{CANARY}` is no name"))
        };
        let outcome = Outcome::Record(CANARY.to_owned());
        let transitions = vec![
            Transition::Done { claim: 1, at: at(2), step: Step::Customer, outcome },
            Transition::Engage { claim: 1, at: at(2), part },
            Transition::Bury { claim: 1, at: at(3), failure, limit: None, counts: true },
        ];
        self.ledger.advance(&key, transitions).await.unwrap();
        let data = json!({"customerExternalId": "C-8", "note": format!("{CANARY} edited")});
        let touched = vec!["data.note".parse::<DataPath>().unwrap()];
        let edit = Some(Edited { data, touched });
        let amendment = Amendment { seen: 0, edit, replay: None };
        self.ledger.amend(&key, &amendment, &by(4)).await.unwrap();
        key
    }

    async fn erase(&self, wanted: &Erasing) -> Erasure {
        let (mut erasing, mut erasure) = (wanted.clone(), Erasure::default());
        loop {
            let part = self.ledger.erase(&erasing, &by(9)).await.unwrap();
            erasure.add(part.erasure);
            match part.next {
                Some(next) => erasing.after = next,
                None => return erasure,
            }
        }
    }

    /// Whether a word is anywhere in the ledger's files.
    fn has(&self, word: &str) -> bool {
        let files = fs::read_dir(self.directory.path()).unwrap();
        files
            .map(|file| fs::read(file.unwrap().path()).unwrap())
            .any(|bytes| bytes.windows(word.len()).any(|window| window == word.as_bytes()))
    }
}

fn wanted(customer: &str) -> Erasing {
    Erasing {
        customer: vec![FieldMatch::new("data.customerExternalId", customer).unwrap()],
        even_open: false,
        dry_run: false,
        after: 0,
        note: Some("a note".to_owned()),
    }
}

#[tokio::test]
async fn after_the_erasure_the_payload_is_in_no_byte_of_the_ledgers_files() {
    let world = World::new().await;
    for id in 0..40 {
        world.dead(&format!("e-{id}")).await;
    }
    assert!(world.has(CANARY));
    let erasure = world.erase(&wanted("C-7")).await;
    assert_eq!((erasure.events, erasure.deliveries, erasure.edits), (40, 40, 40));
    assert_eq!((erasure.attempts, erasure.callbacks, erasure.incidents), (40, 40, 40));
    assert!(world.ledger.forget_changes().await.unwrap());
    assert!(!world.has(CANARY), "the payload is still somewhere");
    assert!(world.ledger.books().await.unwrap().balanced);
    // What was erased is not found again.
    assert_eq!(world.erase(&wanted("C-7")).await, Erasure::default());
}

#[tokio::test]
async fn an_erasure_that_was_cut_off_leaves_whole_events_and_goes_on() {
    let world = World::new().await;
    for id in 0..30 {
        world.dead(&format!("e-{id}")).await;
    }
    // One batch, and the process dies.
    let part = world.ledger.erase(&wanted("C-7"), &by(9)).await.unwrap();
    assert!(part.next.is_some() && part.erasure.events < 30, "{part:?}");
    world.ledger.close().await;
    let path = world.directory.path().join("ledger.db");
    let ledger = SqliteLedger::open_showing(&path, Redactions::none()).unwrap();
    let world = World { directory: world.directory, ledger };
    let page = Page { after: None, most: 100 };
    for delivery in world.ledger.search_deliveries(&Search::default(), &page).await.unwrap().items {
        let event = (delivery.event.source.clone(), delivery.event.id.clone());
        let whether = world.ledger.erased(&[event]).await.unwrap();
        assert_eq!(matches!(whether[0], Whether::Erased(_)), delivery.erased.is_some());
    }
    let rest = world.erase(&wanted("C-7")).await;
    assert_eq!(part.erasure.events + rest.events, 30);
    assert!(world.ledger.forget_changes().await.unwrap() && !world.has(CANARY));
}
