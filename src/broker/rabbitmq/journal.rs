//! Reads the journal, a stream: every reader sees every entry, from where it wants.

use std::{collections::VecDeque, future::poll_fn, task::Poll};

use async_trait::async_trait;
use futures_util::{FutureExt, StreamExt};
use lapin::{
    Channel, Consumer,
    message::Delivery,
    options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions},
    types::{AMQPValue, FieldTable},
};

use super::{Shared, trouble::Trouble, wire};
use crate::broker::{BrokerError, Journal, JournalEntry};

/// The header in which a stream tells an entry's place, and the argument that asks for one.
const OFFSET: &str = "x-stream-offset";

/// How many entries the broker may send ahead. Streams insist on a bound.
const PREFETCH: u16 = 256;

/// The open journal.
pub(super) struct RabbitJournal {
    channel: Channel,
    consumer: Consumer,
    waiting: VecDeque<Delivery>,
}

impl RabbitJournal {
    pub(super) async fn open(shared: &Shared, after: Option<u64>) -> Result<Self, Trouble> {
        let connection = shared.consuming.current()?;
        let channel = connection.create_channel().await?;
        shared.link.topology.declare_journal(&channel).await?;
        channel.basic_qos(PREFETCH, BasicQosOptions { global: false }).await?;
        let mut arguments = FieldTable::default();
        arguments.insert(OFFSET.into(), first_offset(after));
        let consumer = channel
            .basic_consume(
                shared.link.topology.names.journal(),
                "".into(),
                BasicConsumeOptions::default(),
                arguments,
            )
            .await?;
        Ok(Self { channel, consumer, waiting: VecDeque::new() })
    }

    /// Takes up to `most` entries out, and lets the broker send as many more.
    fn take(&mut self, most: usize) -> Vec<JournalEntry> {
        let count = most.min(self.waiting.len());
        let mut entries = Vec::with_capacity(count);
        let mut last = None;
        for delivery in self.waiting.drain(..count) {
            entries.extend(entry(&delivery));
            last = Some(delivery.delivery_tag);
        }
        if let Some(tag) = last {
            // The first poll queues the frame. It only asks for more: a stream forgets nothing that
            // is acknowledged. Not by the delivery's own acker, for two of those may overtake one
            // another, and the broker closes a channel that acknowledges an entry twice.
            let options = BasicAckOptions { multiple: true };
            let _ = self.channel.basic_ack(tag, options).now_or_never();
        }
        entries
    }
}

#[async_trait]
impl Journal for RabbitJournal {
    async fn next(&mut self, most: usize) -> Result<Vec<JournalEntry>, BrokerError> {
        poll_fn(|context| {
            loop {
                match self.consumer.poll_next_unpin(context) {
                    Poll::Ready(Some(Ok(delivery))) => self.waiting.push_back(delivery),
                    Poll::Ready(Some(Err(error))) => {
                        return Poll::Ready(Err(Trouble::from(error).into()));
                    }
                    Poll::Ready(None) => {
                        let words = "the broker cancelled the journal's consumer".to_owned();
                        return Poll::Ready(Err(BrokerError::Disconnected(words)));
                    }
                    Poll::Pending => break,
                }
            }
            while !self.waiting.is_empty() {
                let entries = self.take(most.max(1));
                if !entries.is_empty() {
                    return Poll::Ready(Ok(entries));
                }
            }
            Poll::Pending
        })
        .await
    }
}

fn first_offset(after: Option<u64>) -> AMQPValue {
    match after.and_then(|number| i64::try_from(number).ok()) {
        None => AMQPValue::LongString("first".into()),
        Some(number) => AMQPValue::LongLongInt(number.saturating_add(1)),
    }
}

/// Reads one delivery; `None` where another publisher put something else into the exchange.
fn entry(delivery: &Delivery) -> Option<JournalEntry> {
    let headers = delivery.properties.headers().as_ref()?;
    let AMQPValue::LongLongInt(offset) = headers.inner().get(OFFSET)? else { return None };
    let number = u64::try_from(*offset).ok()?;
    match wire::read(&delivery.properties, &delivery.data) {
        Ok(incoming) => Some(JournalEntry { number, envelope: incoming.envelope }),
        Err(error) => {
            tracing::warn!(journal.number = number, "Skipped a journal entry: {error}");
            None
        }
    }
}
