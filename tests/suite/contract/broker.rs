//! What every broker promises, one function for each promise.

mod journal;
mod leases;
mod publishing;

use std::{collections::BTreeSet, num::NonZeroU16, sync::Arc, time::Duration};

use deskbell::{
    broker::{Broker, Job, Journal, JournalEntry, Lanes, Lease},
    clock::{Clock, SystemClock},
    event::{Envelope, Event, RequestId, Route},
    ticket::Priority,
};

use crate::support::rabbit::{Process, desks, shared_url};

/// A broker under test, with lanes for `crm` and `support`.
pub(crate) trait Bench: Sized {
    /// An empty broker that is ready.
    async fn fresh() -> Self;

    /// The broker, as it is now.
    fn broker(&self) -> Arc<dyn Broker>;

    /// Ends the process that uses the broker, whatever it holds, and begins another one over the
    /// same data. Returns when that is ready.
    async fn begin_anew(&mut self);

    /// Removes what the test has left behind.
    async fn clean_up(self);
}

impl Bench for Process {
    async fn fresh() -> Self {
        Self::start(&shared_url()).ready().await
    }

    fn broker(&self) -> Arc<dyn Broker> {
        Arc::clone(&self.broker) as Arc<dyn Broker>
    }

    async fn begin_anew(&mut self) {
        self.end().await;
        let anew = Self::start_in(&shared_url(), self.namespace(), Arc::new(SystemClock));
        *self = anew.ready().await;
    }

    async fn clean_up(self) {
        Process::clean_up(self).await;
    }
}

/// How long a test may hang before it counts as failed.
const PATIENCE: Duration = Duration::from_mins(2);

macro_rules! broker_contract {
    ($implementation:ident, $bench:ty) => {
        broker_contract! { $implementation, $bench:
            publishing {
                a_fresh_broker_is_ready
                an_event_reaches_every_route_and_the_journal
                an_event_without_routes_is_journalled
                a_publish_that_is_given_up_is_whole_or_absent
                numbers_and_extension_attributes_survive
            }
            leases {
                a_dropped_lease_comes_back
                an_unsettled_job_comes_back_after_a_crash
                an_acked_job_never_comes_back
                a_postponed_job_comes_back_but_not_before_its_time
                a_postponed_job_comes_back_to_its_own_lane_alone
                a_postponed_job_survives_a_crash
                a_postponed_job_keeps_nobody_waiting
                urgent_jobs_come_first_and_low_ones_never_starve
                a_requeued_job_reaches_its_own_lane_alone
                a_requeued_job_may_have_another_rule_and_lane
                prefetch_bounds_what_is_held
                a_lane_is_idle_when_no_job_waits_in_it
                a_cancelled_wait_loses_nothing
            }
            journal {
                the_journal_resumes_behind_a_number
                the_journal_gives_no_more_than_asked_for
                another_journal_is_read_from_its_beginning
            }
        }
    };
    ($implementation:ident, $bench:ty: $($group:ident { $($promise:ident)+ })+) => {
        mod $implementation {
            use super::*;
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $promise() {
                    let mut bench = <$bench as Bench>::fresh().await;
                    let test = super::$group::$promise(&mut bench);
                    tokio::time::timeout(PATIENCE, test).await.unwrap();
                    Bench::clean_up(bench).await;
                }
            )+)+
        }
    };
}

broker_contract!(embedded, crate::contract::embedded::OneProcess);
broker_contract!(rabbitmq, Process);

pub(crate) const CRM: &str = "crm";
pub(crate) const SUPPORT: &str = "support";

/// An event with a route to each of `routes`.
pub(crate) fn envelope(id: &str, routes: &[(&str, Priority)]) -> Envelope {
    typed("payment.failed", id, routes)
}

/// The same, of another type.
pub(crate) fn typed(event_type: &str, id: &str, routes: &[(&str, Priority)]) -> Envelope {
    let body = serde_json::json!({
        "specversion": "1.0", "id": id, "source": "/shop", "type": event_type,
        "data": { "orderId": "A-1" },
    });
    let route = |&(desk, priority): &(&str, Priority)| Route {
        desk: desk.parse().unwrap(),
        rule: "any".parse().unwrap(),
        priority,
    };
    Envelope {
        event: Event::from_cloudevents(&"shop".parse().unwrap(), body.to_string().as_bytes())
            .unwrap(),
        routes: routes.iter().map(route).collect(),
        request_id: RequestId::fresh(),
        trace: RequestId::carried("r-1").trace(),
        received_at: SystemClock.now(),
    }
}

pub(crate) fn job(envelope: &Envelope, desk: &str, priority: Priority) -> Job {
    Job {
        envelope: Arc::new(envelope.clone()),
        desk: desk.parse().unwrap(),
        rule: "any".parse().unwrap(),
        priority,
    }
}

/// Opens the lanes of `desk`.
pub(crate) async fn open(broker: &dyn Broker, desk: &str, prefetch: u16) -> Box<dyn Lanes> {
    assert!(desks().iter().any(|known| known.as_str() == desk));
    broker.lanes(&desk.parse().unwrap(), NonZeroU16::new(prefetch).unwrap()).await.unwrap()
}

pub(crate) fn id(lease: &Lease) -> String {
    lease.job().envelope.event.id.to_string()
}

/// Takes `count` entries.
async fn take(journal: &mut dyn Journal, count: usize) -> Vec<JournalEntry> {
    let mut entries = Vec::new();
    while entries.len() < count {
        entries.extend(journal.next(count - entries.len()).await.unwrap());
    }
    entries
}

/// The oldest `count` events of the journal.
async fn entries(broker: &dyn Broker, count: usize) -> Vec<Envelope> {
    let entries = take(&mut *broker.journal(None).await.unwrap(), count).await;
    entries.into_iter().map(|entry| entry.envelope).collect()
}

/// The ids of the journal's events up to the one called `last`.
async fn journal_ids_until(broker: &dyn Broker, last: &str) -> BTreeSet<String> {
    let mut journal = broker.journal(None).await.unwrap();
    let mut ids = Vec::new();
    while ids.last().is_none_or(|id| id != last) {
        ids.push(take(&mut *journal, 1).await[0].envelope.event.id.to_string());
    }
    let distinct: BTreeSet<_> = ids.iter().cloned().collect();
    assert_eq!(distinct.len(), ids.len(), "an event stands twice in the journal: {ids:?}");
    distinct
}
