//! What a source is told when a delivery has come to an end: the body of its call-back.

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Delivery, Report, State};
use crate::event::{EventId, EventType, SourceName};

/// The body of a call-back, in the form that Standard Webhooks advises: `type`, `timestamp` and
/// `data`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice<'d> {
    #[serde(rename = "type")]
    end: String,
    timestamp: Timestamp,
    data: Ended<'d>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Ended<'d> {
    id: &'d EventId,
    source: &'d SourceName,
    #[serde(rename = "type")]
    event_type: &'d EventType,
    received_at: Timestamp,
    delivery: Report<'d>,
}

impl<'d> Notice<'d> {
    /// Tells that `delivery` is as it is, of an event that came at `received_at`.
    pub fn of(delivery: &'d Delivery, received_at: Timestamp) -> Self {
        let event = &delivery.event;
        Self {
            end: format!("delivery.{}", delivery.state.name()),
            timestamp: delivery.updated_at,
            data: Ended {
                id: &event.id,
                source: &event.source,
                event_type: &event.event_type,
                received_at,
                delivery: Report::of(delivery),
            },
        }
    }

    /// The id by which a receiver knows a call-back that comes again: another for each end that the
    /// delivery comes to, also where it comes to the same one twice.
    pub fn id_of(delivery: &Delivery) -> String {
        let mut hash = Sha256::new();
        let (at, claims) = (delivery.updated_at.to_string(), delivery.claims.to_string());
        for part in [delivery.key.as_str(), delivery.state.name(), &at, &claims] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        format!("cb_{}", hex::encode(&hash.finalize()[..16]))
    }
}

impl State {
    /// The names of the states in which a delivery rests until somebody acts: what a source can be
    /// called back about.
    pub fn ends() -> impl Iterator<Item = &'static str> {
        const MOVING: [&str; 3] = ["queued", "attempting", "retrying"];
        Self::NAMES.into_iter().filter(|name| !MOVING.contains(name))
    }
}

impl Delivery {
    /// Whether it has come to an end since it was in the state `before`.
    pub fn has_ended_since(&self, before: &State) -> bool {
        let same = before.is_settled() && before.name() == self.state.name();
        self.state.is_settled() && !same
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
pub(super) mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        delivery::{EventRef, Failure, Reason},
        event::{RequestId, Route},
        ticket::{Priority, TicketRef},
    };

    /// A delivery in this state, for the desk `crm`.
    pub(in crate::delivery) fn delivery(state: State) -> Delivery {
        let event = EventRef {
            source: "shop".parse().unwrap(),
            id: "evt_1".parse().unwrap(),
            event_type: "order.stuck".parse().unwrap(),
        };
        let (desk, rule) = ("crm".parse().unwrap(), "stuck".parse().unwrap());
        let route = Route { desk, rule, priority: Priority::High };
        let request_id = RequestId::carried("r-1");
        Delivery {
            updated_at: Timestamp::from_second(9).unwrap(),
            claims: 1,
            state,
            ..Delivery::queued(event, &route, request_id, Timestamp::UNIX_EPOCH)
        }
    }

    fn ticketed() -> State {
        let ticket = TicketRef { id: "T-1".to_owned(), number: None, url: None };
        State::Ticketed { at: Timestamp::UNIX_EPOCH, ticket }
    }

    fn dead() -> State {
        let failure = Failure::of(Reason::Refused, "no");
        State::Dead { at: Timestamp::UNIX_EPOCH, failure, limit: None }
    }

    fn uncertain(look_again: Option<Timestamp>) -> State {
        let last = Failure::of(Reason::NoAnswer, "silence");
        State::Uncertain { since: Timestamp::UNIX_EPOCH, look_again, last }
    }

    #[test]
    fn a_notice_names_event_and_end_and_nothing_of_the_data() {
        let delivery = delivery(ticketed());
        assert_eq!(
            serde_json::to_value(Notice::of(&delivery, Timestamp::UNIX_EPOCH)).unwrap(),
            json!({
                "type": "delivery.ticketed",
                "timestamp": "1970-01-01T00:00:09Z",
                "data": {
                    "id": "evt_1", "source": "shop", "type": "order.stuck",
                    "received_at": "1970-01-01T00:00:00Z",
                    "delivery": {
                        "desk": "crm", "rule": "stuck", "priority": "HIGH", "state": "ticketed",
                        "since": "1970-01-01T00:00:09Z", "ticket": { "id": "T-1" }, "attempts": 0,
                    },
                },
            })
        );
    }

    #[test]
    fn each_end_of_a_delivery_has_an_id_of_its_own() {
        let first = delivery(dead());
        let id = Notice::id_of(&first);
        assert_eq!(id, Notice::id_of(&first.clone()));
        assert!(id.starts_with("cb_") && id.len() == 35 && !id.contains('.'), "{id}");
        let again = Delivery { updated_at: Timestamp::from_second(10).unwrap(), ..first.clone() };
        assert_ne!(id, Notice::id_of(&again));
        assert_ne!(id, Notice::id_of(&delivery(ticketed())));
    }

    #[test]
    fn an_end_is_told_once_each_time_that_it_is_come_to() {
        let look_again = Some(Timestamp::UNIX_EPOCH);
        for (before, after, ends) in [
            (State::Queued, dead(), true),
            (uncertain(look_again), uncertain(None), true),
            (uncertain(None), ticketed(), true),
            (State::Queued, uncertain(look_again), false),
            (dead(), dead(), false),
            (dead(), State::Queued, false),
            (ticketed(), ticketed(), false),
        ] {
            let told = delivery(after.clone()).has_ended_since(&before);
            assert_eq!(told, ends, "{before:?} to {after:?}");
        }
        assert!(State::ends().all(|name| State::NAMES.contains(&name)));
        assert_eq!(State::ends().count(), State::NAMES.len() - 3);
    }
}
