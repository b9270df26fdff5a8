//! Reads what the broker gave up: jobs that came back too often. What is not Deskbell's, or names
//! no lane, is moved on to a queue of its own, so that it stands in nobody's way.

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::StreamExt;
use lapin::{
    Channel, Consumer,
    message::Delivery,
    options::{BasicConsumeOptions, BasicQosOptions},
    types::{FieldTable, ShortString},
};

use super::{
    Shared,
    lease::{Held, Settlement},
    trouble::Trouble,
    wire,
};
use crate::broker::{BrokerError, Buried, Job, Lease};

/// How many may be sent ahead. They are settled one by one.
const PREFETCH: u16 = 8;

/// The open dead queue.
pub(super) struct RabbitBuried {
    shared: Arc<Shared>,
    channel: Arc<Channel>,
    consumer: Consumer,
}

impl RabbitBuried {
    pub(super) async fn open(shared: Arc<Shared>) -> Result<Self, Trouble> {
        let connection = shared.consuming.current()?;
        let channel = connection.create_channel().await?;
        let topology = &shared.link.topology;
        topology.declare_dead(&channel).await?;
        channel.basic_qos(PREFETCH, BasicQosOptions { global: false }).await?;
        let (options, none) = (BasicConsumeOptions::default(), FieldTable::default());
        let dead = topology.names.dead();
        // The first that is counted is seen as one more.
        metrics::counter!("deskbell_foreign_messages_total").increment(0);
        let consumer = channel.basic_consume(dead, "".into(), options, none).await?;
        Ok(Self { shared, channel: Arc::new(channel), consumer })
    }

    /// Its original job, if it is one of Deskbell's. The latest work queue in which it died names
    /// the lane: the routing keys name every lane of the event.
    fn job(&self, delivery: &Delivery) -> Option<Job> {
        let names = &self.shared.link.topology.names;
        let deaths = wire::deaths(&delivery.properties);
        let (desk, priority) = deaths.into_iter().find_map(|queue| names.lane_called(queue))?;
        let incoming = wire::read(&delivery.properties, &delivery.data).ok()?;
        incoming.job(&desk, priority)
    }

    /// Moves a message to the queue of foreign ones. If this is given up it comes again, and may
    /// stand there twice.
    async fn set_aside(&self, held: Held, delivery: Delivery) -> Result<(), BrokerError> {
        let id = delivery.properties.message_id().as_ref().map_or("", |id| id.as_str());
        let routing_key = delivery.routing_key.as_str();
        tracing::warn!(message.id = id, amqp.routing_key = routing_key, "Set a message aside");
        let message = wire::foreign(&delivery.properties, delivery.data);
        let foreign = self.shared.link.topology.names.foreign();
        self.shared.publishing.publish(ShortString::default(), foreign, message).await?;
        held.ack().await?;
        metrics::counter!("deskbell_foreign_messages_total").increment(1);
        Ok(())
    }
}

#[async_trait]
impl Buried for RabbitBuried {
    async fn next(&mut self) -> Result<Lease, BrokerError> {
        loop {
            let Some(delivery) = self.consumer.next().await else {
                let words = "the broker cancelled the consumer of what it gave up".to_owned();
                return Err(BrokerError::Disconnected(words));
            };
            let delivery = delivery.map_err(Trouble::from)?;
            let held = Held::new(delivery.acker.clone(), Arc::clone(&self.channel));
            match self.job(&delivery) {
                Some(job) => {
                    let shared = Arc::clone(&self.shared);
                    let settlement = Settlement { held, job: job.clone(), shared };
                    return Ok(Lease::new(job, Box::new(settlement)));
                }
                None => self.set_aside(held, delivery).await?,
            }
        }
    }
}
