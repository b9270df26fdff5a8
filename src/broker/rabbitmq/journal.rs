//! Reads the journal, a stream: every reader sees every entry, from where it wants.

use std::{collections::VecDeque, future::poll_fn, task::Poll, time::Duration};

use async_trait::async_trait;
use futures_util::{FutureExt, StreamExt};
use lapin::{
    Channel, Consumer,
    message::Delivery,
    options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions},
    types::{AMQPValue, FieldTable},
};

use tokio::time::timeout;

use super::{Shared, trouble::Trouble, wire};
use crate::{
    broker::{BrokerError, Journal, JournalEntry},
    event::{JournalGap, JournalMark},
};

/// The header in which a stream tells an entry's place, and the argument that asks for one.
const OFFSET: &str = "x-stream-offset";

/// How many entries the broker may send ahead. Streams insist on a bound.
const PREFETCH: u16 = 256;

/// How soon an entry that is there comes. A journal without the marked entry is silent; one that is
/// slower than this is read again from its beginning, which does no harm.
const ENTRY_WITHIN: Duration = Duration::from_secs(10);

/// The open journal.
pub(super) struct RabbitJournal {
    channel: Channel,
    consumer: Consumer,
    waiting: VecDeque<Delivery>,
    gap: Option<JournalGap>,
}

impl RabbitJournal {
    pub(super) async fn open(
        shared: &Shared,
        after: Option<&JournalMark>,
    ) -> Result<Self, Trouble> {
        if let Some(mark) = after {
            // From the marked entry on, to see whether it stands there.
            let mut journal = Self::open_at(shared, offset(mark.number)).await?;
            if journal.goes_on_behind(mark).await? {
                return Ok(journal);
            }
            tracing::warn!(journal.number = mark.number, "The journal is another one; read anew");
        }
        let mut journal = Self::open_at(shared, AMQPValue::LongString("first".into())).await?;
        journal.gap = after.map(|_| JournalGap::Replaced);
        Ok(journal)
    }

    async fn open_at(shared: &Shared, first: AMQPValue) -> Result<Self, Trouble> {
        let connection = shared.consuming.current()?;
        let channel = connection.create_channel().await?;
        shared.link.topology.declare_journal(&channel).await?;
        channel.basic_qos(PREFETCH, BasicQosOptions { global: false }).await?;
        let mut arguments = FieldTable::default();
        arguments.insert(OFFSET.into(), first);
        let consumer = channel
            .basic_consume(
                shared.link.topology.names.journal(),
                "".into(),
                BasicConsumeOptions::default(),
                arguments,
            )
            .await?;
        Ok(Self { channel, consumer, waiting: VecDeque::new(), gap: None })
    }

    /// Whether the marked entry comes first, or had to make room with all that were before it. Takes
    /// it out.
    async fn goes_on_behind(&mut self, mark: &JournalMark) -> Result<bool, Trouble> {
        let Ok(first) = timeout(ENTRY_WITHIN, self.consumer.next()).await else {
            return Ok(false);
        };
        let Some(first) = first.transpose()? else {
            let words = "the broker cancelled the journal's consumer".to_owned();
            return Err(Trouble::Ended(words));
        };
        if let Some(unread) = number(&first).and_then(|number| number.checked_sub(mark.number + 1))
        {
            self.gap = (unread > 0).then_some(JournalGap::Overtaken(unread));
            self.waiting.push_back(first);
            return Ok(true);
        }
        Ok(entry(&first).is_some_and(|entry| entry.mark() == *mark))
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

    fn gap(&self) -> Option<JournalGap> {
        self.gap
    }
}

fn offset(number: u64) -> AMQPValue {
    AMQPValue::LongLongInt(i64::try_from(number).unwrap_or(i64::MAX))
}

/// A delivery's place in the stream.
fn number(delivery: &Delivery) -> Option<u64> {
    match delivery.properties.headers().as_ref()?.inner().get(OFFSET)? {
        AMQPValue::LongLongInt(offset) => u64::try_from(*offset).ok(),
        _ => None,
    }
}

/// Reads one delivery; `None` where another publisher put something else into the exchange.
fn entry(delivery: &Delivery) -> Option<JournalEntry> {
    let number = number(delivery)?;
    match wire::read(&delivery.properties, &delivery.data) {
        Ok(incoming) => Some(JournalEntry { number, envelope: incoming.envelope }),
        Err(error) => {
            tracing::warn!(journal.number = number, "Skipped a journal entry: {error}");
            None
        }
    }
}
