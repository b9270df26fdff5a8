//! Dead letters by the hundred, written by the ledger's own seam.

use std::{sync::Arc, time::Duration};

use deskbell::{
    clock::{Clock as _, SystemClock},
    delivery::{DeliveryKey, Failure, Reason, Transition},
    event::{Attributes, Envelope, Event, RequestId, Route},
    ledger::{Claim, Claimed, DeskLease, Ledger, sqlite::SqliteLedger},
    ticket::Priority,
};
use futures_util::future::join_all;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::support::world::World;

/// The time of day.
pub(crate) fn now() -> Timestamp {
    SystemClock.now()
}

/// How many are written together, so that they share the ledger's transactions.
const TOGETHER: usize = 250;

/// What the dead letters are of.
#[derive(Debug, Clone)]
pub(crate) struct Grave {
    pub(crate) id: String,
    pub(crate) event_type: &'static str,
    pub(crate) desk: &'static str,
    pub(crate) rule: &'static str,
    pub(crate) priority: Priority,
    pub(crate) data: Value,
    /// What happens before it dies.
    pub(crate) before: Vec<Transition>,
}

impl Grave {
    /// An order that is stuck, for `support` alone.
    pub(crate) fn order(id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            event_type: "order.stuck",
            desk: "support",
            rule: "order-stuck",
            priority: Priority::Medium,
            data: json!({ "orderId": "SO-1", "customerExternalId": "user_42", "stage": "picking" }),
            before: Vec::new(),
        }
    }

    /// An order of a customer whom the desk does not know.
    pub(crate) fn of_nobody(id: impl Into<String>) -> Self {
        let data = json!({ "orderId": "SO-1", "customerExternalId": "nobody", "stage": "picking" });
        Self { data, ..Self::order(id) }
    }

    /// An integration in error, for `crm` alone.
    pub(crate) fn error(id: impl Into<String>) -> Self {
        Self {
            event_type: "integration.error",
            desk: "crm",
            rule: "integration-error",
            priority: Priority::High,
            data: json!({ "integration": "sync", "errorCode": "E", "message": "m" }),
            ..Self::order(id)
        }
    }

    pub(crate) fn key(&self) -> DeliveryKey {
        let (shop, desk) = ("shop".parse().unwrap(), self.desk.parse().unwrap());
        DeliveryKey::of(&shop, &self.id.parse().unwrap(), &desk)
    }

    fn envelope(&self) -> Envelope {
        let (desk, rule) = (self.desk.parse().unwrap(), self.rule.parse().unwrap());
        Envelope {
            event: Event {
                source: "shop".parse().unwrap(),
                id: self.id.parse().unwrap(),
                event_type: self.event_type.parse().unwrap(),
                attributes: Attributes { source: "/shop".to_owned(), ..Attributes::default() },
                data: self.data.clone(),
            },
            routes: vec![Route { desk, rule, priority: self.priority }],
            request_id: RequestId::fresh(),
            trace: RequestId::carried("r-1").trace(),
            received_at: now(),
        }
    }
}

/// Opens the ledger of a world whose process is stopped or not.
pub(crate) fn ledger_of(world: &World) -> Arc<SqliteLedger> {
    let folder = world.path("deskbell-data");
    std::fs::create_dir_all(&folder).unwrap();
    SqliteLedger::open(&folder.join("ledger.db")).unwrap()
}

/// Writes the dead letters, in the order in which they stand there. Nobody else may have their desks.
pub(crate) async fn dig(ledger: &dyn Ledger, graves: &[Grave]) {
    for some in graves.chunks(TOGETHER) {
        join_all(some.iter().map(|grave| bury(ledger, grave))).await;
    }
    for desk in ["crm", "support"] {
        ledger.release_desk(&desk.parse().unwrap(), "digger").await.unwrap();
    }
}

async fn bury(ledger: &dyn Ledger, grave: &Grave) {
    let (at, hour) = (now(), Duration::from_hours(1));
    let desk = grave.desk.parse().unwrap();
    let lease = ledger.lease_desk(&desk, "digger", at, hour).await.unwrap();
    let DeskLease::Held { epoch } = lease else { panic!("{lease:?}") };
    let envelope = grave.envelope();
    let claim = Claim {
        desk,
        rule: grave.rule.parse().unwrap(),
        priority: grave.priority,
        envelope: Arc::new(envelope),
        epoch,
        at,
        until: at + hour,
    };
    let claimed = ledger.claim(claim).await.unwrap();
    assert!(matches!(claimed, Claimed::Granted(_)), "{claimed:?}");
    let failure = Failure::of(Reason::UnknownCustomer, "nobody knows them");
    let bury = Transition::Bury { claim: 1, at, failure, limit: None, counts: true };
    let transitions = grave.before.iter().cloned().chain([bury]).collect();
    ledger.advance(&grave.key(), transitions).await.unwrap();
}
