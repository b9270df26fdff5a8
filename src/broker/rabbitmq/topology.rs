//! Declares exchanges, queues and bindings. Declaring what is there already changes nothing.
//!
//! An argument that differs from that of an
//! existing queue is reported, never repaired: the queue may hold jobs. A work queue that does not fit
//! keeps its own desk from working, and no other.

use std::{
    collections::BTreeMap,
    sync::{Mutex as StdMutex, PoisonError},
};

use lapin::{
    Channel, Connection, ErrorKind, ExchangeKind,
    options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions},
    protocol::{AMQPErrorKind, AMQPSoftError},
    types::{FieldTable, ShortString},
};
use tokio::sync::Mutex;

use super::{
    arguments,
    delays::TIERS,
    names::{Names, route_key},
    trouble::Trouble,
};
use crate::{event::DeskName, ticket::Priority};

/// All that Deskbell has on the broker.
#[derive(Debug)]
pub(super) struct Topology {
    pub(super) names: Names,
    desks: Vec<DeskName>,
    /// Whether there is a queue for operators.
    operators: bool,
    /// Desks with a work queue that does not fit, and what to do about it.
    misfits: StdMutex<BTreeMap<DeskName, String>>,
    /// Two connections that declare one new queue at the same moment can get in each other's way.
    turn: Mutex<()>,
}

impl Topology {
    pub(super) fn new(names: Names, desks: Vec<DeskName>, operators: bool) -> Self {
        Self { names, desks, operators, misfits: StdMutex::default(), turn: Mutex::new(()) }
    }

    /// Whether `desk` has lanes.
    pub(super) fn has(&self, desk: &DeskName) -> bool {
        self.desks.contains(desk)
    }

    /// What is wrong with the work queues of `desk`, if they are there with other arguments.
    pub(super) fn misfit(&self, desk: &DeskName) -> Option<String> {
        self.misfits.lock().unwrap_or_else(PoisonError::into_inner).get(desk).cloned()
    }

    /// What is wrong with the work queues of the first desk of which something is.
    pub(super) fn any_misfit(&self) -> Option<String> {
        self.misfits.lock().unwrap_or_else(PoisonError::into_inner).values().next().cloned()
    }

    /// Declares everything. A desk whose work queues do not fit is noted, and the rest declared.
    pub(super) async fn declare(&self, connection: &Connection) -> Result<(), Trouble> {
        let _turn = self.turn.lock().await;
        let channel = connection.create_channel().await?;
        exchange(&channel, self.names.events(), ExchangeKind::Topic).await?;
        exchange(&channel, self.names.desks(), ExchangeKind::Direct).await?;
        self.declare_dead(&channel).await?;
        self.declare_journal(&channel).await?;
        self.declare_operators(connection).await?;
        self.declare_all_lanes(connection).await?;
        for tier in TIERS {
            let name = self.names.retry(tier);
            exchange(&channel, name.clone(), ExchangeKind::Fanout).await?;
            queue(&channel, name.clone(), arguments::retry(&self.names, tier)).await?;
            bind(&channel, name.clone(), name, ShortString::default()).await?;
        }
        Ok(())
    }

    /// Declares the work queues of every desk, and notes which do not fit.
    pub(super) async fn declare_all_lanes(&self, connection: &Connection) -> Result<(), Trouble> {
        for desk in &self.desks {
            // A misfit ends its channel.
            let channel = connection.create_channel().await?;
            match self.declare_lanes(&channel, desk).await {
                Ok(()) | Err(Trouble::Misfit(_)) => {}
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(())
    }

    /// The first queue that is not there, of all that Deskbell has; not of those of a desk that has a
    /// misfit, which are declared when it fits.
    pub(super) async fn missing(
        &self,
        connection: &Connection,
    ) -> Result<Option<ShortString>, Trouble> {
        let channel = connection.create_channel().await?;
        let fitting = self.desks.iter().filter(|desk| self.misfit(desk).is_none());
        let lanes = fitting.flat_map(|desk| {
            Priority::URGENT_FIRST.map(|priority| self.names.lane(desk, priority))
        });
        let others = [self.names.journal(), self.names.dead(), self.names.foreign()];
        let delays = TIERS.map(|tier| self.names.retry(tier));
        let operators = self.operators.then(|| self.names.operators());
        for name in lanes.chain(others).chain(delays).chain(operators) {
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
        queue(channel, self.names.dead(), arguments::dead()).await?;
        queue(channel, self.names.foreign(), arguments::foreign()).await
    }

    /// Declares the queue for operators. One that is there with other arguments serves as well.
    async fn declare_operators(&self, connection: &Connection) -> Result<(), Trouble> {
        if !self.operators {
            return Ok(());
        }
        // A misfit ends its channel.
        let channel = connection.create_channel().await?;
        match queue(&channel, self.names.operators(), arguments::operators()).await {
            Err(Trouble::Misfit(_)) => Ok(()),
            other => other,
        }
    }

    /// Declares the journal, which shall have every event.
    pub(super) async fn declare_journal(&self, channel: &Channel) -> Result<(), Trouble> {
        queue(channel, self.names.journal(), arguments::journal()).await?;
        bind(channel, self.names.journal(), self.names.events(), "#".into()).await
    }

    /// Declares the five lanes of `desk`, bound both for events and for second tries, and notes
    /// whether they fit.
    pub(super) async fn declare_lanes(
        &self,
        channel: &Channel,
        desk: &DeskName,
    ) -> Result<(), Trouble> {
        let declared = self.lanes(channel, desk).await;
        match &declared {
            Ok(()) => self.note(desk, None),
            Err(Trouble::Misfit(words)) => self.note(desk, Some(format!("desk `{desk}`: {words}"))),
            Err(_) => {}
        }
        declared
    }

    async fn lanes(&self, channel: &Channel, desk: &DeskName) -> Result<(), Trouble> {
        for priority in Priority::URGENT_FIRST {
            let name = self.names.lane(desk, priority);
            queue(channel, name.clone(), arguments::work(&self.names)).await?;
            for source in [self.names.events(), self.names.desks()] {
                bind(channel, name.clone(), source, route_key(desk, priority)).await?;
            }
        }
        Ok(())
    }

    /// Notes what is wrong with a desk's work queues; says so when it changes.
    fn note(&self, desk: &DeskName, misfit: Option<String>) {
        let mut misfits = self.misfits.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match &misfit {
            Some(words) => misfits.insert(desk.clone(), words.clone()),
            None => misfits.remove(desk),
        };
        match misfit {
            Some(words) if before.as_ref() != Some(&words) => {
                tracing::error!(%desk, "No event for this desk is taken: {words}");
            }
            None if before.is_some() => tracing::info!(%desk, "The desk's work queues fit again"),
            _ => {}
        }
    }
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
