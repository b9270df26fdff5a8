//! What exchanges, queues and routing keys are called.

use lapin::types::ShortString;

use super::delays::Tier;
use crate::{event::DeskName, ticket::Priority};

/// The topic exchange of all accepted events, in the namespace of every installation.
pub const EVENTS: &str = "deskbell.events";

/// The queue of what operators are told, likewise.
pub const OPERATORS: &str = "deskbell.operators";

/// The names under one namespace.
#[derive(Debug, Clone)]
pub(super) struct Names(String);

impl Names {
    /// The names that begin with `namespace`.
    pub(super) fn under(namespace: &str) -> Self {
        Self(namespace.to_owned())
    }

    /// The topic exchange of all accepted events. Other teams bind their queues to it.
    pub(super) fn events(&self) -> ShortString {
        self.named("events")
    }

    /// The direct exchange of second tries.
    pub(super) fn desks(&self) -> ShortString {
        self.named("desks")
    }

    /// The stream of all accepted events.
    pub(super) fn journal(&self) -> ShortString {
        self.named("journal")
    }

    /// The queue of what the broker gave up.
    pub(super) fn dead(&self) -> ShortString {
        self.named("dead")
    }

    /// The queue of what the broker gave up and Deskbell cannot read.
    pub(super) fn foreign(&self) -> ShortString {
        self.named("dead.foreign")
    }

    /// The queue of what operators are told.
    pub(super) fn operators(&self) -> ShortString {
        self.named("operators")
    }

    /// The exchange and the queue of one delay.
    pub(super) fn retry(&self, tier: Tier) -> ShortString {
        self.named(&format!("retry.{}", tier.name))
    }

    /// The work queue of one lane.
    pub(super) fn lane(&self, desk: &DeskName, priority: Priority) -> ShortString {
        self.named(route_key(desk, priority).as_str())
    }

    /// The lane whose work queue is called so.
    pub(super) fn lane_called(&self, queue: &str) -> Option<(DeskName, Priority)> {
        let key = queue.strip_prefix(&self.0)?.strip_prefix(".desk.")?;
        let (desk, lane) = key.rsplit_once('.')?;
        let priority = Priority::URGENT_FIRST.into_iter().find(|known| known.lane() == lane)?;
        Some((desk.parse().ok()?, priority))
    }

    fn named(&self, rest: &str) -> ShortString {
        format!("{}.{rest}", self.0).into()
    }
}

/// The routing key that leads to one lane.
pub(super) fn route_key(desk: &DeskName, priority: Priority) -> ShortString {
    format!("desk.{desk}.{}", priority.lane()).into()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::broker::rabbitmq::delays::TIERS;

    #[test]
    fn names_are_those_that_other_teams_rely_on() {
        let names = Names::under("deskbell");
        let desk = "crm".parse().unwrap();
        assert_eq!(names.events().as_str(), EVENTS);
        assert_eq!(names.desks().as_str(), "deskbell.desks");
        assert_eq!(names.journal().as_str(), "deskbell.journal");
        assert_eq!(names.operators().as_str(), OPERATORS);
        assert_eq!(names.dead().as_str(), "deskbell.dead");
        assert_eq!(names.foreign().as_str(), "deskbell.dead.foreign");
        assert_eq!(names.retry(TIERS[0]).as_str(), "deskbell.retry.1s");
        assert_eq!(names.lane(&desk, Priority::Urgent).as_str(), "deskbell.desk.crm.urgent");
        assert_eq!(route_key(&desk, Priority::Urgent).as_str(), "desk.crm.urgent");
    }

    #[test]
    fn a_lane_is_known_by_its_queue() {
        let names = Names::under("deskbell");
        let crm: DeskName = "crm".parse().unwrap();
        for priority in Priority::URGENT_FIRST {
            let queue = names.lane(&crm, priority);
            assert_eq!(names.lane_called(queue.as_str()), Some((crm.clone(), priority)));
        }
        for other in ["deskbell.retry.1s", "desk.crm.high", "deskbell.desk.crm", "a.desk.crm.low"] {
            assert_eq!(names.lane_called(other), None, "{other}");
        }
    }
}
