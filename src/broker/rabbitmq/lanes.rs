//! Reads the five lanes of a desk: five consumers on one channel, merged by [`Fairness`].
//!
//! A job that comes before its time is sent round again, so that it never keeps a place in its lane
//! from a job that is due.

use std::{
    collections::VecDeque, future::poll_fn, num::NonZeroU16, sync::Arc, task::Poll, time::Duration,
};

use async_trait::async_trait;
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use lapin::{
    Channel, Consumer,
    message::Delivery,
    options::{BasicConsumeOptions, BasicQosOptions},
    types::FieldTable,
};
use tokio::time::sleep;

use super::{
    Shared, answered,
    delays::Postponement,
    lease::{Held, Settlement},
    topology::message_count,
    trouble::Trouble,
    wire,
};
use crate::{
    broker::{BrokerError, Fairness, IdleLane, Job, Lanes, Lease},
    event::DeskName,
    ticket::Priority,
};

/// How soon an early job is looked at again where it could not be sent round.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// The open lanes of one desk.
pub(super) struct RabbitLanes {
    shared: Arc<Shared>,
    desk: DeskName,
    channel: Arc<Channel>,
    lanes: Vec<Lane>,
    fairness: Fairness,
    /// Early jobs on their way round; those that became due meanwhile come out.
    rounds: FuturesUnordered<BoxFuture<'static, Option<(Held, Job)>>>,
}

struct Lane {
    priority: Priority,
    consumer: Consumer,
    waiting: VecDeque<(Held, Job)>,
}

impl RabbitLanes {
    pub(super) async fn open(
        shared: Arc<Shared>,
        desk: &DeskName,
        prefetch: NonZeroU16,
    ) -> Result<Self, Trouble> {
        // Told already, and looked at again by whoever mends.
        if let Some(words) = shared.link.topology.misfit(desk) {
            return Err(Trouble::Misfit(words));
        }
        let connection = shared.consuming.current()?;
        let channel = connection.create_channel().await?;
        // A queue that somebody deleted is why lanes end; they could not be opened without it.
        shared.link.topology.declare_lanes(&channel, desk).await?;
        channel.basic_qos(prefetch.get(), BasicQosOptions { global: false }).await?;
        let mut lanes = Vec::new();
        for priority in Priority::URGENT_FIRST {
            let queue = shared.link.topology.names.lane(desk, priority);
            let options = BasicConsumeOptions::default();
            let consumer =
                channel.basic_consume(queue, "".into(), options, FieldTable::default()).await?;
            lanes.push(Lane { priority, consumer, waiting: VecDeque::new() });
        }
        Ok(Self {
            shared,
            desk: desk.clone(),
            channel: Arc::new(channel),
            lanes,
            fairness: Fairness::new(),
            rounds: FuturesUnordered::new(),
        })
    }

    /// Takes in what the consumers have.
    fn fill(&mut self, context: &mut std::task::Context<'_>) -> Result<(), BrokerError> {
        for index in 0..self.lanes.len() {
            loop {
                match self.lanes[index].consumer.poll_next_unpin(context) {
                    Poll::Pending => break,
                    Poll::Ready(Some(Ok(delivery))) => self.sort(index, delivery),
                    Poll::Ready(Some(Err(error))) => return Err(Trouble::from(error).into()),
                    Poll::Ready(None) => {
                        let queue = self.lanes[index].consumer.queue();
                        let words = format!("the broker cancelled the consumer of `{queue}`");
                        return Err(BrokerError::Disconnected(words));
                    }
                }
            }
        }
        while let Poll::Ready(Some(round)) = self.rounds.poll_next_unpin(context) {
            if let Some((held, job)) = round {
                let lane = self.lanes.iter_mut().find(|lane| lane.priority == job.priority);
                if let Some(lane) = lane {
                    lane.waiting.push_back((held, job));
                }
            }
        }
        Ok(())
    }

    /// Puts a delivery where it belongs: into its lane, on another round, or among the dead.
    fn sort(&mut self, index: usize, delivery: Delivery) {
        let held = Held::new(delivery.acker, Arc::clone(&self.channel));
        let id = delivery.properties.message_id().as_ref().map_or("", |id| id.as_str());
        let lane = &mut self.lanes[index];
        let incoming = match wire::read(&delivery.properties, &delivery.data) {
            Ok(incoming) => incoming,
            Err(error) => {
                tracing::warn!(message.id = id, desk.name = %self.desk, "Buried a message: {error}");
                return held.bury();
            }
        };
        let put_off = incoming.put_off;
        let Some(job) = incoming.job(&self.desk, lane.priority) else {
            tracing::warn!(message.id = id, desk.name = %self.desk, "Buried a message: no route");
            return held.bury();
        };
        match put_off {
            Some(put_off) if !put_off.remaining(self.shared.clock.now()).is_zero() => {
                self.rounds.push(round(Arc::clone(&self.shared), held, job, put_off).boxed());
            }
            _ => lane.waiting.push_back((held, job)),
        }
    }

    /// The next job in order, if one waits.
    fn pick(&mut self) -> Option<Lease> {
        let lanes = &self.lanes;
        let waits = |priority| {
            lanes.iter().any(|lane| lane.priority == priority && !lane.waiting.is_empty())
        };
        let priority = self.fairness.pick(waits)?;
        let lane = self.lanes.iter_mut().find(|lane| lane.priority == priority)?;
        let (held, job) = lane.waiting.pop_front()?;
        let settlement = Settlement { held, job: job.clone(), shared: Arc::clone(&self.shared) };
        Some(Lease::new(job, Box::new(settlement)))
    }
}

/// How many jobs of `lane` the broker has not sent out.
async fn with_broker(channel: &Channel, lane: &Lane) -> Result<u32, BrokerError> {
    let queue = lane.consumer.queue();
    answered(async { Ok(message_count(channel, queue).await?) }).await
}

#[async_trait]
impl Lanes for RabbitLanes {
    async fn idle(&mut self) -> Result<Vec<IdleLane>, BrokerError> {
        let mut empty = Vec::new();
        for (index, lane) in self.lanes.iter().enumerate() {
            if with_broker(&self.channel, lane).await? == 0 {
                empty.push(index);
            }
        }
        let Some(first) = self.lanes.first() else { return Ok(Vec::new()) };
        // An answer may overtake a job that was sent out before it; the next answer does not.
        with_broker(&self.channel, first).await?;
        poll_fn(|context| Poll::Ready(self.fill(context))).await?;
        let idle = empty.into_iter().map(|index| {
            let Lane { priority, waiting, .. } = &self.lanes[index];
            let names = waiting.iter().map(|(_, job)| {
                let event = &job.envelope.event;
                (event.source.clone(), event.id.clone())
            });
            IdleLane { lane: *priority, sent_ahead: names.collect() }
        });
        Ok(idle.collect())
    }

    async fn next(&mut self) -> Result<Lease, BrokerError> {
        poll_fn(|context| {
            if let Err(error) = self.fill(context) {
                return Poll::Ready(Err(error));
            }
            self.pick().map_or(Poll::Pending, |lease| Poll::Ready(Ok(lease)))
        })
        .await
    }
}

impl Drop for RabbitLanes {
    fn drop(&mut self) {
        // Leases may keep the channel open; what was sent ahead must not wait for them.
        for lane in &mut self.lanes {
            while let Some(Some(Ok(delivery))) = lane.consumer.next().now_or_never() {
                drop(Held::new(delivery.acker, Arc::clone(&self.channel)));
            }
        }
    }
}

/// Sends an early job round again; gives it out if its time comes before the broker takes it.
async fn round(
    shared: Arc<Shared>,
    held: Held,
    job: Job,
    put_off: Postponement,
) -> Option<(Held, Job)> {
    loop {
        let remaining = put_off.remaining(shared.clock.now());
        if remaining.is_zero() {
            return Some((held, job));
        }
        if shared.postpone(&job, remaining).await.is_ok() {
            // Where this fails the job comes twice, and the ledger knows it.
            let _ = held.ack().await;
            return None;
        }
        sleep(AGAIN_AFTER).await;
    }
}
