//! Another user of the same RabbitMQ, who binds queues, deletes them and looks into them.

use std::{collections::BTreeSet, time::Duration};

use futures_util::StreamExt;
use lapin::{
    BasicProperties, Channel, Connection, ConnectionProperties,
    options::{
        BasicAckOptions, BasicConsumeOptions, BasicGetOptions, BasicNackOptions,
        BasicPublishOptions, ExchangeDeleteOptions, QueueBindOptions, QueueDeclareOptions,
        QueueDeleteOptions, QueuePurgeOptions,
    },
    types::{AMQPValue, FieldTable},
};

/// One connection with one channel.
pub(crate) struct Visitor {
    channel: Channel,
    _connection: Connection,
}

impl Visitor {
    pub(crate) async fn at(url: &str) -> Self {
        let connection = Connection::connect(url, ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        Self { channel, _connection: connection }
    }

    /// Declares a durable queue.
    pub(crate) async fn declare(&self, queue: &str, arguments: &[(&str, AMQPValue)]) {
        let mut table = FieldTable::default();
        for (key, value) in arguments {
            table.insert((*key).into(), value.clone());
        }
        let options = QueueDeclareOptions::durable();
        self.channel.queue_declare(queue.into(), options, table).await.unwrap();
    }

    pub(crate) async fn bind(&self, queue: &str, exchange: &str, key: &str) {
        let (options, none) = (QueueBindOptions::default(), FieldTable::default());
        let binding =
            self.channel.queue_bind(queue.into(), exchange.into(), key.into(), options, none);
        binding.await.unwrap();
    }

    pub(crate) async fn unbind(&self, queue: &str, exchange: &str, key: &str) {
        let none = FieldTable::default();
        let unbinding = self.channel.queue_unbind(queue.into(), exchange.into(), key.into(), none);
        unbinding.await.unwrap();
    }

    pub(crate) async fn delete_queue(&self, queue: &str) {
        let options = QueueDeleteOptions::default();
        self.channel.queue_delete(queue.into(), options).await.unwrap();
    }

    /// Removes all messages from a queue; tells how many.
    pub(crate) async fn purge(&self, queue: &str) -> u32 {
        self.channel.queue_purge(queue.into(), QueuePurgeOptions::default()).await.unwrap()
    }

    pub(crate) async fn delete_exchange(&self, exchange: &str) {
        let options = ExchangeDeleteOptions::default();
        self.channel.exchange_delete(exchange.into(), options).await.unwrap();
    }

    /// Publishes something that is no event.
    pub(crate) async fn publish(&self, exchange: &str, key: &str, id: &str) {
        self.publish_body(exchange, key, id, b"hello").await;
    }

    pub(crate) async fn publish_body(&self, exchange: &str, key: &str, id: &str, body: &[u8]) {
        let options = BasicPublishOptions::default();
        let properties = BasicProperties::default().with_message_id(id.into());
        let publishing =
            self.channel.basic_publish(exchange.into(), key.into(), options, body, properties);
        publishing.await.unwrap();
    }

    /// Whether a queue is there. The answer no ends this visit.
    pub(crate) async fn has(&self, queue: &str) -> bool {
        let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        self.channel.queue_declare(queue.into(), options, FieldTable::default()).await.is_ok()
    }

    /// Gives every message of a queue back at once, until the broker has given them all up.
    pub(crate) async fn refuse_all(&self, queue: &str) {
        let (options, none) = (BasicConsumeOptions::default(), FieldTable::default());
        let consuming = self.channel.basic_consume(queue.into(), "".into(), options, none);
        let mut consumer = consuming.await.unwrap();
        let requeue = BasicNackOptions { multiple: false, requeue: true };
        while let Ok(Some(delivery)) =
            tokio::time::timeout(Duration::from_secs(5), consumer.next()).await
        {
            delivery.unwrap().nack(requeue).await.unwrap();
        }
    }

    /// Takes the first message out of a queue, if there is one.
    pub(crate) async fn get(&self, queue: &str) -> Option<(BasicProperties, Vec<u8>)> {
        let options = BasicGetOptions { no_ack: true };
        let message = self.channel.basic_get(queue.into(), options).await.unwrap()?;
        Some((message.properties.clone(), message.delivery.data))
    }

    /// Takes all messages out of a queue and gives their ids.
    pub(crate) async fn drain(&self, queue: &str) -> BTreeSet<String> {
        let mut ids = BTreeSet::new();
        while let Some((properties, _)) = self.get(queue).await {
            ids.insert(properties.message_id().as_ref().unwrap().to_string());
        }
        ids
    }

    /// Waits for a message and gives its id.
    pub(crate) async fn first(&self, queue: &str) -> String {
        let (options, none) = (BasicConsumeOptions::default(), FieldTable::default());
        let consuming = self.channel.basic_consume(queue.into(), "".into(), options, none);
        let delivery = consuming.await.unwrap().next().await.unwrap().unwrap();
        delivery.ack(BasicAckOptions::default()).await.unwrap();
        delivery.properties.message_id().as_ref().unwrap().to_string()
    }
}
