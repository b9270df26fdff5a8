//! A kill at every step of a delivery. Where it stands is seen, and it is kept there, from outside:
//! by triggers in its databases, by the network, and by a desk that does not answer.

use std::path::{Path, PathBuf};

use deskbell::sandbox::{Fault, FaultKind, FaultPlan, Operation};
use rusqlite::Connection;
use tokio::task::JoinSet;

use super::{
    binary, dice, hold_to_every_promise,
    proxy::{Proxy, Way},
    shuffled,
};
use crate::trial::{
    checker, eventually,
    fleet::Fleet,
    settings::{DeskSettings, Kind},
};

/// The last thing that a delivery came to when its process ended, as ARCHITECTURE.md lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Posted,
    Durable,
    Accepted,
    Claimed,
    Intended,
    Asked,
    Made,
    Told,
    Recorded,
}

use Step::{Accepted, Asked, Claimed, Durable, Intended, Made, Posted, Recorded, Told};

const STEPS: [Step; 9] =
    [Posted, Durable, Accepted, Claimed, Intended, Asked, Made, Told, Recorded];

/// The product with doors before the receiver and the desks.
struct House {
    fleet: Fleet,
    receiver: Proxy,
    desks: [Proxy; 2],
}

impl House {
    async fn set_up() -> Self {
        let mut fleet = Fleet::new(binary(), None, &DeskSettings::default());
        let receiver = Proxy::before(&fleet.sender.upstream.receiver).await;
        fleet.sender.upstream.receiver = receiver.address();
        let addresses = [fleet.sandbox.hubspot().address(), fleet.sandbox.supportdesk().address()];
        let [crm, support] = addresses.map(|address| address.unwrap().to_string());
        let desks = [Proxy::before(&crm).await, Proxy::before(&support).await];
        for (name, value) in &mut fleet.environment {
            match *name {
                "HUBSPOT_URL" => *value = desks[0].instead_of(&crm, value),
                "SUPPORTDESK_URL" => *value = desks[1].instead_of(&support, value),
                _ => {}
            }
        }
        Self { fleet, receiver, desks }
    }

    fn broker(&self) -> PathBuf {
        self.fleet.path("deskbell-data/broker.db")
    }

    /// Makes `step` the last one that a delivery comes to.
    fn stop_at(&self, step: Step) {
        let (ledger, broker) = (self.fleet.ledger(), self.broker());
        match step {
            Posted => refuse(&broker, "INSERT ON envelopes"),
            Durable => self.receiver.set(Way::Mute),
            Accepted => refuse(&ledger, "INSERT ON deliveries"),
            Claimed => {
                refuse(&ledger, "UPDATE ON deliveries WHEN instr(NEW.doc, '\"intended\"')");
            }
            Intended => self.desks.iter().for_each(|desk| desk.set(Way::HalfOpen)),
            Asked => self.silence(|silence| silence),
            Made => self.silence(Fault::after_creating),
            Told => {
                refuse(&ledger, "UPDATE ON deliveries WHEN NEW.state = 'ticketed'");
            }
            Recorded => refuse(&broker, "DELETE ON jobs"),
        }
    }

    fn silence(&self, when: fn(Fault) -> Fault) {
        let silence = || {
            let silence = Fault::new(FaultKind::Silence(std::time::Duration::from_mins(1)));
            FaultPlan::none().on(Operation::Create, when(silence).times(100))
        };
        self.fleet.sandbox.hubspot().faults(silence());
        self.fleet.sandbox.supportdesk().faults(silence());
    }

    /// Takes every obstacle away.
    fn let_go(&self) {
        for database in [self.fleet.ledger(), self.broker()] {
            change(&database, "DROP TRIGGER IF EXISTS obstacle");
        }
        self.receiver.set(Way::Open);
        self.desks.iter().for_each(|desk| desk.set(Way::Open));
        self.fleet.sandbox.hubspot().faults(FaultPlan::none());
        self.fleet.sandbox.supportdesk().faults(FaultPlan::none());
    }

    /// Waits until both deliveries of `id` have come to `step`.
    async fn until_there(&self, step: Step, id: &str) {
        let seen = |desk: &str| self.is_there(step, id, desk);
        eventually(&format!("{id} comes to {step:?}"), || {
            std::future::ready(seen("crm") && seen("support"))
        })
        .await;
    }

    fn is_there(&self, step: Step, id: &str, desk: &str) -> bool {
        let key = checker::key("shop", id, desk);
        let row = |what: &str| {
            let query = format!("SELECT count(*) FROM deliveries WHERE key = '{key}' AND {what}");
            count(&self.fleet.ledger(), &query) > 0
        };
        let job = format!("SELECT count(*) FROM envelopes WHERE id = '{id}'");
        let has_job = || count(&self.broker(), &job) > 0;
        let intended = "instr(doc, '\"intended\"')";
        match step {
            // Nothing of it can be seen: its sender was told that it is not durable.
            Posted => true,
            Durable | Accepted => has_job(),
            Claimed => row("state = 'attempting' AND NOT instr(doc, '\"intended\"')"),
            Intended => row(intended),
            Asked => row(intended) && self.was_asked(desk),
            Made => self.has_ticket(desk, &key),
            Told => self.has_ticket(desk, &key) && row("state = 'attempting'"),
            Recorded => row("state = 'ticketed'") && has_job(),
        }
    }

    fn has_ticket(&self, desk: &str, key: &str) -> bool {
        let sandbox = &self.fleet.sandbox;
        match desk {
            "crm" => !sandbox.hubspot().tickets_with(key).is_empty(),
            _ => !sandbox.supportdesk().tickets_with(key).is_empty(),
        }
    }

    /// Whether a create call is being met with silence.
    fn was_asked(&self, desk: &str) -> bool {
        let sandbox = &self.fleet.sandbox;
        let calls = match desk {
            "crm" => sandbox.hubspot().calls(0),
            _ => sandbox.supportdesk().calls(0),
        };
        calls.iter().any(|call| call.fault == Some("silence") && call.ticket.is_none())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_step_of_a_delivery_loses_and_doubles_nothing() {
    let mut dice = dice();
    let house = House::set_up().await;
    let fleet = &house.fleet;
    fleet.start("all", "run");
    fleet.until_ready().await;
    for step in shuffled(&mut dice, &STEPS) {
        let id = format!("{step:?}");
        house.stop_at(step);
        let mut posting = JoinSet::new();
        let (sender, posted) = (fleet.sender.clone(), id.clone());
        posting.spawn(async move {
            let answer = sender.post(&posted, Kind::Both, "HIGH", &posted).await;
            sender.note(&posted, Kind::Both, answer);
        });
        if step == Posted {
            posting.join_next().await;
        }
        house.until_there(step, &id).await;
        fleet.kill("all");
        house.let_go();
        posting.join_all().await;
        fleet.start("all", "run");
        fleet.until_ready().await;
        // As a sender does that has no 202, or lost it.
        fleet.sender.post_until_answered(&id, Kind::Both, "HIGH").await;
    }
    let verdict = hold_to_every_promise(fleet).await;
    assert_eq!((verdict.accepted, verdict.given_up), (STEPS.len(), 0));
}

/// Has a database refuse something.
fn refuse(database: &Path, what: &str) {
    let trigger = format!("CREATE TRIGGER obstacle BEFORE {what}");
    change(database, &format!("{trigger} BEGIN SELECT RAISE(ABORT, 'kept'); END"));
}

fn change(database: &Path, statement: &str) {
    writing_lock(database).execute_batch(&format!("{statement}; COMMIT")).unwrap();
}

pub(super) fn count(database: &Path, query: &str) -> i64 {
    let connection = Connection::open(database).unwrap();
    connection.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    connection.query_row(query, [], |row| row.get(0)).unwrap()
}

/// A connection in whose transaction nobody else writes.
pub(super) fn writing_lock(database: &Path) -> Connection {
    let connection = Connection::open(database).unwrap();
    connection.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    connection
}
