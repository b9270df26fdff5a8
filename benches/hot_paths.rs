//! The two paths that every event takes: from the receiver to durable, and from the claim to the
//! recorded outcome; the latter with a desk between them too. On the embedded store, whose figures
//! depend on nothing but this machine.
//!
//! `cargo bench` compares with the run before it; quote the ratio, not the time.

#![expect(clippy::expect_used, reason = "a benchmark fails by panicking")]

use std::{collections::BTreeMap, num::NonZeroU16, sync::Arc, time::Duration};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use deskbell::{
    broker::{
        Broker,
        embedded::{Embedded, JournalBounds},
    },
    clock::{Clock, SystemClock},
    delivery::{DeliveryKey, Outcome, RetrySchedule, Step, Transition},
    desks::{Desk, DeskConfig, DeskSettings, OnUncertain, Task, Vendor, build, hubspot},
    event::{Attributes, Envelope, Event, RequestId, Route},
    ledger::{Claim, Claimed, DeskLease, Ledger, sqlite::SqliteLedger},
    sandbox::{HUBSPOT_TOKEN, LimitSettings, Sandbox, SandboxSettings, start},
    ticket::{Priority, TicketDraft, TicketRef},
};
use futures_util::future::join_all;
use serde_json::json;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

/// Events at a time: as many as a busy receiver or a worker's desks have in flight.
const AT_A_TIME: usize = 64;

fn envelope() -> Envelope {
    let id = RequestId::fresh();
    Envelope {
        event: Event {
            source: "shop".parse().expect("a name"),
            id: id.as_str().parse().expect("an id"),
            event_type: "payment.failed".parse().expect("a type"),
            attributes: Attributes { source: "shop".to_owned(), ..Attributes::default() },
            data: json!({
                "orderId": "SO-1", "customerExternalId": "user_42", "errorCode": "card_declined",
                "amount": 1299.9, "customer": { "email": "jean@acme.com", "name": "Jean" },
                "note": "x".repeat(500),
            }),
        },
        routes: vec![Route {
            desk: "crm".parse().expect("a name"),
            rule: "payment-failed".parse().expect("a name"),
            priority: Priority::High,
        }],
        trace: id.trace(),
        request_id: id,
        received_at: SystemClock.now(),
    }
}

fn receive_to_durable(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let broker = Embedded::open(folder.path(), clock, JournalBounds::default()).expect("a broker");
    let mut group = criterion.benchmark_group("receive_to_durable");
    group.throughput(Throughput::Elements(AT_A_TIME as u64));
    group.bench_function("embedded", |bencher| {
        bencher.to_async(&runtime).iter(|| async {
            let publish = || async { broker.publish(&envelope()).await.expect("room") };
            join_all((0..AT_A_TIME).map(|_| publish())).await;
        });
    });
    group.finish();
    runtime.block_on(broker.close());
}

/// Everything of an attempt: claim, intent, the desk's answer, outcome, completion. Without a desk
/// the answer is there at once.
async fn claim_to_record(ledger: &dyn Ledger, epoch: u64, asked: Option<&dyn Desk>) {
    let envelope = Arc::new(envelope());
    let Route { desk, rule, priority } = envelope.routes[0].clone();
    let key = DeliveryKey::of(&envelope.event.source, &envelope.event.id, &desk);
    let at = SystemClock.now();
    let until = at + Duration::from_secs(30);
    let claim = Claim { envelope, desk, rule, priority, epoch, at, until };
    let Claimed::Granted(granted) = ledger.claim(claim).await.expect("a ledger") else {
        panic!("a fresh delivery is granted")
    };
    let claim = granted.delivery.claims;
    let step = Step::Ticket;
    ledger
        .advance(&key, vec![Transition::Intend { claim, at, until, step: step.clone() }])
        .await
        .expect("an intent");
    let outcome = match asked {
        None => Outcome::Ticket(TicketRef { id: "4711".to_owned(), number: None, url: None }),
        Some(asked) => {
            let draft = TicketDraft {
                subject: "Payment failed for order #SO-1".to_owned(),
                description: "The attempt on **SO-1** failed.".to_owned(),
                ..TicketDraft::default()
            };
            let task = Task { key: &key, draft: &draft, ticket: None, done: &[], at };
            asked.act(&step, &task).await.expect("a ticket")
        }
    };
    let done = Transition::Done { claim, at, step, outcome };
    ledger.advance(&key, vec![done, Transition::Complete { claim, at }]).await.expect("an outcome");
}

fn claim_to_recorded(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = SqliteLedger::open(&folder.path().join("ledger.db")).expect("a ledger");
    let desk = "crm".parse().expect("a name");
    let hour = Duration::from_hours(1);
    let lease = ledger.lease_desk(&desk, "bench", SystemClock.now(), hour);
    let DeskLease::Held { epoch } = runtime.block_on(lease).expect("a ledger") else {
        panic!("nobody else holds the desk")
    };
    let mut group = criterion.benchmark_group("claim_to_recorded");
    group.throughput(Throughput::Elements(AT_A_TIME as u64));
    group.bench_function("sqlite", |bencher| {
        bencher.to_async(&runtime).iter(|| async {
            join_all((0..AT_A_TIME).map(|_| claim_to_record(&*ledger, epoch, None))).await;
        });
    });
    group.finish();
    runtime.block_on(ledger.close());
}

/// Deliveries of a HubSpot backlog that are worked on at a time.
const BACKLOG: usize = 200;

/// A simulated HubSpot without windows, and the desk that speaks to it.
fn hubspot() -> (Sandbox, Arc<dyn Desk>) {
    let settings = SandboxSettings::on_loopback(Arc::new(SystemClock));
    let sandbox = start(settings, CancellationToken::new()).expect("free ports");
    sandbox.hubspot().limits(LimitSettings::default());
    let vendor = hubspot::Settings {
        token: HUBSPOT_TOKEN.into(),
        pipeline: "0".to_owned(),
        stage: "1".to_owned(),
        resolved_stage: None,
        key_property: Some("deskbell_key".to_owned()),
        version: "v3".to_owned(),
        properties: BTreeMap::new(),
    };
    let settings = DeskSettings {
        name: "crm".parse().expect("a name"),
        base_url: sandbox.hubspot().base_url().expect("a desk"),
        timeout: Duration::from_secs(10),
        pacing: Vec::new(),
        retry: RetrySchedule::default(),
        on_uncertain: OnUncertain::Park,
    };
    let config = DeskConfig { settings, vendor: Vendor::HubSpot(vendor) };
    (sandbox, build(&config).expect("a desk"))
}

/// Batches against one request for each ticket: the ratio is what batches are worth to this machine.
/// What they are worth to an account's window is a hundred.
fn claim_to_ticketed(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = SqliteLedger::open(&folder.path().join("ledger.db")).expect("a ledger");
    let name = "crm".parse().expect("a name");
    let lease = ledger.lease_desk(&name, "bench", SystemClock.now(), Duration::from_hours(1));
    let DeskLease::Held { epoch } = runtime.block_on(lease).expect("a ledger") else {
        panic!("nobody else holds the desk")
    };
    let (_sandbox, desk) = hubspot();
    let lane = TicketDraft::default().priority;
    let mut group = criterion.benchmark_group("claim_to_ticketed");
    group.throughput(Throughput::Elements(BACKLOG as u64)).sample_size(10);
    for (how, waited) in [("one_by_one", Duration::ZERO), ("batches", Duration::from_mins(1))] {
        group.bench_function(how, |bencher| {
            bencher.to_async(&runtime).iter(|| async {
                // Deliveries that waited in their lane are a backlog.
                (0..BACKLOG).for_each(|_| desk.begin(lane, waited));
                let deliver = || claim_to_record(&*ledger, epoch, Some(&*desk));
                join_all((0..BACKLOG).map(|_| deliver())).await;
            });
        });
    }
    group.finish();
    runtime.block_on(ledger.close());
}

fn taking_from_a_lane(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let broker = Embedded::open(folder.path(), clock, JournalBounds::default()).expect("a broker");
    let desk = "crm".parse().expect("a name");
    let prefetch = NonZeroU16::new(32).expect("not zero");
    let mut lanes = runtime.block_on(broker.lanes(&desk, prefetch)).expect("lanes");
    let mut group = criterion.benchmark_group("publish_take_acknowledge");
    group.throughput(Throughput::Elements(1));
    group.bench_function("embedded", |bencher| {
        bencher.iter(|| {
            runtime.block_on(async {
                broker.publish(&envelope()).await.expect("room");
                let lease = lanes.next().await.expect("a job");
                lease.ack().await.expect("room");
            });
        });
    });
    group.finish();
    drop(lanes);
    runtime.block_on(broker.close());
}

criterion_group!(
    hot_paths,
    receive_to_durable,
    claim_to_recorded,
    claim_to_ticketed,
    taking_from_a_lane
);
criterion_main!(hot_paths);
