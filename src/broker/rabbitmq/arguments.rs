//! What the queues are told to be. Every argument is one that RabbitMQ 3.10 to 4.x knows.

use lapin::types::{AMQPValue, FieldTable};

use super::{delays::Tier, names::Names};
use crate::broker::{JOURNAL_BYTES, JOURNAL_DAYS};

/// How often a job may come back unsettled before the broker buries it. The ledger counts attempts;
/// this bound only ends jobs that kill their worker each time. It is generous, because a crash
/// counts against every job that the worker held.
const DELIVERY_LIMIT: i64 = 100;

/// The same for buried jobs: RabbitMQ 4 would drop them after 20 returns, and a negative limit
/// means the opposite before 4.0.
const DEAD_DELIVERY_LIMIT: i64 = 1_000_000;

/// How much of what is not Deskbell's is kept; the oldest goes first.
const FOREIGN_BYTES: i64 = 100_000_000;

/// How many operator events are kept.
const OPERATORS_EVENTS: i64 = 10_000;

/// Only whole segments are dropped.
const JOURNAL_SEGMENT_BYTES: i64 = 100_000_000;

/// Work queues hand what the broker gives up to the dead queue by name, so that the routing keys of
/// the event are not followed a second time. At least once needs `reject-publish`, or it silently
/// becomes at most once.
pub(super) fn work(names: &Names) -> FieldTable {
    table([
        ("x-queue-type", text("quorum")),
        ("x-delivery-limit", AMQPValue::LongLongInt(DELIVERY_LIMIT)),
        ("x-dead-letter-exchange", text("")),
        ("x-dead-letter-routing-key", text(names.dead().as_str())),
        ("x-dead-letter-strategy", text("at-least-once")),
        ("x-overflow", text("reject-publish")),
    ])
}

/// Retry queues keep the routing key of each job, and thereby its lane.
pub(super) fn retry(names: &Names, tier: Tier) -> FieldTable {
    let millis = i64::try_from(tier.wait.as_millis()).unwrap_or(i64::MAX);
    table([
        ("x-queue-type", text("quorum")),
        ("x-message-ttl", AMQPValue::LongLongInt(millis)),
        ("x-dead-letter-exchange", text(names.desks().as_str())),
        ("x-dead-letter-strategy", text("at-least-once")),
        ("x-overflow", text("reject-publish")),
    ])
}

pub(super) fn dead() -> FieldTable {
    table([
        ("x-queue-type", text("quorum")),
        ("x-delivery-limit", AMQPValue::LongLongInt(DEAD_DELIVERY_LIMIT)),
    ])
}

pub(super) fn foreign() -> FieldTable {
    table([
        ("x-queue-type", text("quorum")),
        ("x-max-length-bytes", AMQPValue::LongLongInt(FOREIGN_BYTES)),
        ("x-overflow", text("drop-head")),
    ])
}

/// The oldest goes first: what operators did not read for so long, they do not need any more.
pub(super) fn operators() -> FieldTable {
    table([
        ("x-queue-type", text("quorum")),
        ("x-max-length", AMQPValue::LongLongInt(OPERATORS_EVENTS)),
        ("x-overflow", text("drop-head")),
    ])
}

pub(super) fn journal() -> FieldTable {
    let bytes = i64::try_from(JOURNAL_BYTES).unwrap_or(i64::MAX);
    table([
        ("x-queue-type", text("stream")),
        ("x-max-length-bytes", AMQPValue::LongLongInt(bytes)),
        ("x-max-age", text(&format!("{JOURNAL_DAYS}D"))),
        ("x-stream-max-segment-size-bytes", AMQPValue::LongLongInt(JOURNAL_SEGMENT_BYTES)),
    ])
}

fn table<const N: usize>(entries: [(&str, AMQPValue); N]) -> FieldTable {
    let mut table = FieldTable::default();
    for (name, value) in entries {
        table.insert(name.into(), value);
    }
    table
}

fn text(value: &str) -> AMQPValue {
    AMQPValue::LongString(value.into())
}
