//! The messages that are on their way to the broker, and who waits for them.

use std::{collections::HashMap, future::poll_fn, sync::Arc, task::Poll};

use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use lapin::{Channel, Confirmation, message::BasicReturnMessage, options::BasicPublishOptions};
use tokio::sync::oneshot;

use super::{
    publisher::{Outgoing, WINDOW},
    settlement::{Confirm, Settlement},
    trouble::Trouble,
};
use crate::broker::BrokerError;

/// How many messages may lack a confirm, those that nobody waits for any more among them. The
/// client library walks over all of them at each confirm.
const LIMIT: usize = 4 * WINDOW;

/// What became of messages, by their numbers.
pub(super) type Fates = Vec<(u64, Result<(), BrokerError>)>;

/// The messages in flight on one channel with confirms.
pub(super) struct Window {
    channel: Arc<Channel>,
    next: u64,
    in_flight: FuturesUnordered<BoxFuture<'static, (u64, Confirm)>>,
    waiting: HashMap<u64, oneshot::Sender<Result<(), BrokerError>>>,
    settlement: Settlement,
}

impl Window {
    /// Nothing is in flight.
    pub(super) fn over(channel: Channel) -> Self {
        Self {
            channel: Arc::new(channel),
            next: 0,
            in_flight: FuturesUnordered::new(),
            waiting: HashMap::new(),
            settlement: Settlement::default(),
        }
    }

    /// How many messages may be added now.
    pub(super) fn room(&self) -> usize {
        let unconfirmed = LIMIT.saturating_sub(self.in_flight.len());
        WINDOW.saturating_sub(self.waiting.len()).min(unconfirmed)
    }

    /// Whether every message has been confirmed.
    pub(super) fn is_idle(&self) -> bool {
        self.in_flight.is_empty()
    }

    /// Whether the channel can be used.
    pub(super) fn is_open(&self) -> bool {
        self.channel.status().connected()
    }

    /// Adds a message. It leaves with the next sweep.
    pub(super) fn publish(&mut self, outgoing: Outgoing) {
        let number = self.next;
        self.next += 1;
        self.waiting.insert(number, outgoing.reply);
        let channel = Arc::clone(&self.channel);
        let properties = outgoing.properties.with_correlation_id(number.to_string().into());
        let (exchange, key, body) = (outgoing.exchange, outgoing.key, outgoing.body);
        self.in_flight.push(
            async move {
                let options = BasicPublishOptions { mandatory: true, immediate: false };
                let written =
                    channel.basic_publish(exchange, key, options, &body, properties).await;
                drop(body);
                let confirmation = match written {
                    Ok(confirm) => confirm.await,
                    Err(error) => Err(error),
                };
                (number, confirm(confirmation))
            }
            .boxed(),
        );
    }

    /// Sends what has been added, waits until something is confirmed, and takes in all that is.
    /// Cancelling the wait loses nothing.
    pub(super) async fn sweep(&mut self) -> Fates {
        poll_fn(|context| {
            let mut confirms = Vec::new();
            // To the end of what has completed: a settlement must not miss a return.
            while let Poll::Ready(Some(confirm)) = self.in_flight.poll_next_unpin(context) {
                confirms.push(confirm);
            }
            if confirms.is_empty() {
                return Poll::Pending;
            }
            Poll::Ready(self.settlement.sweep(confirms, self.in_flight.is_empty()))
        })
        .await
    }

    /// Tells those who wait. An error means that the channel is lost.
    pub(super) fn settle(&mut self, fates: Fates) -> Result<(), Trouble> {
        let mut lost = None;
        for (number, fate) in fates {
            if let Err(BrokerError::Disconnected(why)) = &fate {
                lost = Some(Trouble::Ended(why.clone()));
            }
            if let Some(reply) = self.waiting.remove(&number) {
                // Whoever waited may have given up.
                let _ = reply.send(fate);
            }
        }
        lost.map_or(Ok(()), Err)
    }

    /// Tells everybody who waits that it failed. What is on its way may still arrive.
    pub(super) fn give_up(&mut self, why: impl Fn() -> BrokerError) {
        for (_, reply) in self.waiting.drain() {
            let _ = reply.send(Err(why()));
        }
    }

    /// Forgets those who have given up waiting. An error means that too many confirms are missing
    /// for the channel to be of use.
    pub(super) fn tidy(&mut self) -> Result<(), Trouble> {
        self.waiting.retain(|_, reply| !reply.is_closed());
        if self.in_flight.len() < LIMIT {
            return Ok(());
        }
        Err(Trouble::Ended("the broker confirms nothing any more".to_owned()))
    }
}

fn confirm(confirmation: lapin::Result<Confirmation>) -> Confirm {
    match confirmation {
        Ok(Confirmation::Ack(returned)) => Confirm::Ack(returned.as_ref().and_then(number)),
        Ok(Confirmation::Nack(returned)) => Confirm::Nack(returned.as_ref().and_then(number)),
        Ok(Confirmation::NotRequested) => Confirm::Lost("the channel gives no confirms".to_owned()),
        Err(error) => Confirm::Lost(error.to_string()),
    }
}

fn number(returned: &BasicReturnMessage) -> Option<u64> {
    returned.properties.correlation_id().as_ref()?.as_str().parse().ok()
}
