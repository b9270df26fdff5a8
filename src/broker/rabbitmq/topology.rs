//! Declares exchanges, queues and bindings. Declaring what is there already changes nothing.
//!
//! Every argument is one that RabbitMQ 3.10 to 4.x knows. An argument that differs from that of an
//! existing queue is reported, never repaired: the queue may hold jobs.

use lapin::{
    Channel, Connection, ErrorKind, ExchangeKind,
    options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions},
    protocol::{AMQPErrorKind, AMQPSoftError},
    types::{AMQPValue, FieldTable, ShortString},
};
use tokio::sync::Mutex;

use super::{
    delays::{TIERS, Tier},
    names::{Names, route_key},
    trouble::Trouble,
};
use crate::{event::DeskName, ticket::Priority};

/// How often a job may come back unsettled before the broker buries it. The ledger counts attempts;
/// this bound only ends jobs that kill their worker each time. It is generous, because a crash
/// counts against every job that the worker held.
const DELIVERY_LIMIT: i64 = 100;

/// The same for buried jobs: RabbitMQ 4 would drop them after 20 returns, and a negative limit
/// means the opposite before 4.0.
const DEAD_DELIVERY_LIMIT: i64 = 1_000_000;

/// How much of what is not Deskbell's is kept; the oldest goes first.
const FOREIGN_BYTES: i64 = 100_000_000;

/// How much of the journal is kept.
const JOURNAL_BYTES: i64 = 10_000_000_000;
const JOURNAL_AGE: &str = "30D";
/// Only whole segments are dropped.
const JOURNAL_SEGMENT_BYTES: i64 = 100_000_000;

/// All that Deskbell has on the broker.
#[derive(Debug)]
pub(super) struct Topology {
    pub(super) names: Names,
    desks: Vec<DeskName>,
    /// Two connections that declare one new queue at the same moment can get in each other's way.
    turn: Mutex<()>,
}

impl Topology {
    pub(super) fn new(names: Names, desks: Vec<DeskName>) -> Self {
        Self { names, desks, turn: Mutex::new(()) }
    }

    /// Whether `desk` has lanes.
    pub(super) fn has(&self, desk: &DeskName) -> bool {
        self.desks.contains(desk)
    }

    /// Declares everything.
    pub(super) async fn declare(&self, connection: &Connection) -> Result<(), Trouble> {
        let _turn = self.turn.lock().await;
        let channel = connection.create_channel().await?;
        exchange(&channel, self.names.events(), ExchangeKind::Topic).await?;
        exchange(&channel, self.names.desks(), ExchangeKind::Direct).await?;
        self.declare_dead(&channel).await?;
        self.declare_journal(&channel).await?;
        for desk in &self.desks {
            self.declare_lanes(&channel, desk).await?;
        }
        for tier in TIERS {
            let name = self.names.retry(tier);
            exchange(&channel, name.clone(), ExchangeKind::Fanout).await?;
            queue(&channel, name.clone(), self.retry(tier)).await?;
            bind(&channel, name.clone(), name, ShortString::default()).await?;
        }
        Ok(())
    }

    /// The first queue that is not there, of all that Deskbell has.
    pub(super) async fn missing(
        &self,
        connection: &Connection,
    ) -> Result<Option<ShortString>, Trouble> {
        let channel = connection.create_channel().await?;
        let lanes = self.desks.iter().flat_map(|desk| {
            Priority::URGENT_FIRST.map(|priority| self.names.lane(desk, priority))
        });
        let others = [self.names.journal(), self.names.dead(), self.names.foreign()];
        let delays = TIERS.map(|tier| self.names.retry(tier));
        for name in lanes.chain(others).chain(delays) {
            match message_count(&channel, name.clone()).await {
                Ok(_) => {}
                Err(error) if is_not_found(&error) => return Ok(Some(name)),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    /// Declares the queues of what is given up.
    pub(super) async fn declare_dead(&self, channel: &Channel) -> Result<(), Trouble> {
        queue(channel, self.names.dead(), dead()).await?;
        queue(channel, self.names.foreign(), foreign()).await
    }

    /// Declares the journal, which shall have every event.
    pub(super) async fn declare_journal(&self, channel: &Channel) -> Result<(), Trouble> {
        queue(channel, self.names.journal(), journal()).await?;
        bind(channel, self.names.journal(), self.names.events(), "#".into()).await
    }

    /// Declares the five lanes of `desk`, bound both for events and for second tries.
    pub(super) async fn declare_lanes(
        &self,
        channel: &Channel,
        desk: &DeskName,
    ) -> Result<(), Trouble> {
        for priority in Priority::URGENT_FIRST {
            let name = self.names.lane(desk, priority);
            queue(channel, name.clone(), self.work()).await?;
            for source in [self.names.events(), self.names.desks()] {
                bind(channel, name.clone(), source, route_key(desk, priority)).await?;
            }
        }
        Ok(())
    }

    /// Work queues hand what the broker gives up to the dead queue by name, so that the routing
    /// keys of the event are not followed a second time. At least once needs `reject-publish`, or
    /// it silently becomes at most once.
    fn work(&self) -> FieldTable {
        arguments([
            ("x-queue-type", text("quorum")),
            ("x-delivery-limit", AMQPValue::LongLongInt(DELIVERY_LIMIT)),
            ("x-dead-letter-exchange", text("")),
            ("x-dead-letter-routing-key", text(self.names.dead().as_str())),
            ("x-dead-letter-strategy", text("at-least-once")),
            ("x-overflow", text("reject-publish")),
        ])
    }

    /// Retry queues keep the routing key of each job, and thereby its lane.
    fn retry(&self, tier: Tier) -> FieldTable {
        let millis = i64::try_from(tier.wait.as_millis()).unwrap_or(i64::MAX);
        arguments([
            ("x-queue-type", text("quorum")),
            ("x-message-ttl", AMQPValue::LongLongInt(millis)),
            ("x-dead-letter-exchange", text(self.names.desks().as_str())),
            ("x-dead-letter-strategy", text("at-least-once")),
            ("x-overflow", text("reject-publish")),
        ])
    }
}

fn dead() -> FieldTable {
    arguments([
        ("x-queue-type", text("quorum")),
        ("x-delivery-limit", AMQPValue::LongLongInt(DEAD_DELIVERY_LIMIT)),
    ])
}

fn foreign() -> FieldTable {
    arguments([
        ("x-queue-type", text("quorum")),
        ("x-max-length-bytes", AMQPValue::LongLongInt(FOREIGN_BYTES)),
        ("x-overflow", text("drop-head")),
    ])
}

fn journal() -> FieldTable {
    arguments([
        ("x-queue-type", text("stream")),
        ("x-max-length-bytes", AMQPValue::LongLongInt(JOURNAL_BYTES)),
        ("x-max-age", text(JOURNAL_AGE)),
        ("x-stream-max-segment-size-bytes", AMQPValue::LongLongInt(JOURNAL_SEGMENT_BYTES)),
    ])
}

fn arguments<const N: usize>(entries: [(&str, AMQPValue); N]) -> FieldTable {
    let mut table = FieldTable::default();
    for (name, value) in entries {
        table.insert(name.into(), value);
    }
    table
}

fn text(value: &str) -> AMQPValue {
    AMQPValue::LongString(value.into())
}

async fn exchange(channel: &Channel, name: ShortString, kind: ExchangeKind) -> Result<(), Trouble> {
    let options = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    Ok(channel.exchange_declare(name, kind, options, FieldTable::default()).await?)
}

async fn queue(channel: &Channel, name: ShortString, arguments: FieldTable) -> Result<(), Trouble> {
    channel.queue_declare(name, QueueDeclareOptions::durable(), arguments).await?;
    Ok(())
}

/// How many messages of a queue wait to be sent out. A queue that is not there ends the channel.
pub(super) async fn message_count(channel: &Channel, name: ShortString) -> lapin::Result<u32> {
    let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
    Ok(channel.queue_declare(name, options, FieldTable::default()).await?.message_count())
}

fn is_not_found(error: &lapin::Error) -> bool {
    match error.kind() {
        ErrorKind::ProtocolError(amqp) => {
            matches!(amqp.kind(), AMQPErrorKind::Soft(AMQPSoftError::NOTFOUND))
        }
        _ => false,
    }
}

async fn bind(
    channel: &Channel,
    queue: ShortString,
    exchange: ShortString,
    key: ShortString,
) -> Result<(), Trouble> {
    let options = QueueBindOptions::default();
    Ok(channel.queue_bind(queue, exchange, key, options, FieldTable::default()).await?)
}
