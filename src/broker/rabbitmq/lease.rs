//! Settles a delivery: removes it, moves it to a later time, or gives it back.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::FutureExt;
use lapin::{
    Acker, Channel,
    options::{BasicAckOptions, BasicNackOptions, BasicRejectOptions},
};
use tokio::time::timeout;

use super::{
    Shared,
    delays::{Postponement, Tier},
    names::route_key,
    wire,
};
use crate::broker::{BrokerError, Job, Settle};

/// How long an acknowledgement may take to leave: the client library never answers for one that it
/// was given while the connection broke.
const ACK_WITHIN: Duration = Duration::from_secs(5);

/// One delivery that has not been settled. Dropping it gives it back to its queue.
pub(super) struct Held {
    acker: Acker,
    /// The channel lives as long as a delivery from it may be settled.
    channel: Arc<Channel>,
}

impl Held {
    pub(super) fn new(acker: Acker, channel: Arc<Channel>) -> Self {
        Self { acker, channel }
    }

    /// Removes it. An error means that it comes back.
    pub(super) async fn ack(self) -> Result<(), BrokerError> {
        let gone = |why: String| BrokerError::Disconnected(why);
        match timeout(ACK_WITHIN, self.acker.ack(BasicAckOptions::default())).await {
            Ok(Ok(true)) if self.channel.status().connected() => Ok(()),
            Ok(Ok(_)) => Err(gone("the channel ended before the acknowledgement".to_owned())),
            Ok(Err(error)) => Err(gone(error.to_string())),
            Err(_elapsed) => {
                // On a channel that lives on, the delivery would keep its place in its lane.
                let _ = self.channel.close(200, "an acknowledgement is lost".into()).now_or_never();
                Err(BrokerError::TimedOut(ACK_WITHIN))
            }
        }
    }

    /// Gives it to the dead queue.
    pub(super) fn bury(self) {
        // The first poll hands the command over; nothing follows from its outcome.
        let _ = self.acker.reject(BasicRejectOptions { requeue: false }).now_or_never();
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Does nothing where it is settled already.
        let _ = self.acker.nack(BasicNackOptions { multiple: false, requeue: true }).now_or_never();
    }
}

/// One job in the hands of a worker.
pub(super) struct Settlement {
    pub(super) held: Held,
    pub(super) job: Job,
    pub(super) shared: Arc<Shared>,
}

#[async_trait]
impl Settle for Settlement {
    async fn ack(self: Box<Self>) -> Result<(), BrokerError> {
        self.held.ack().await
    }

    async fn retry_after(self: Box<Self>, wait: Duration) -> Result<(), BrokerError> {
        self.shared.postpone(&self.job, wait).await?;
        self.held.ack().await
    }
}

impl Shared {
    /// Stores a copy of `job` that comes when `wait` is over, or on the way there.
    pub(super) async fn postpone(&self, job: &Job, wait: Duration) -> Result<(), BrokerError> {
        let tier = Tier::towards(wait);
        let names = &self.link.topology.names;
        let exchange = tier.map_or_else(|| names.desks(), |tier| names.retry(tier));
        let message = wire::job(job, Some(Postponement::of(wait, self.clock.now())));
        self.publishing.publish(exchange, route_key(&job.desk, job.priority), message).await
    }
}
