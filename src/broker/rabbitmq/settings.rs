//! What the RabbitMQ broker is told: where it is, and which queues it shall have.

use lapin::uri::AMQPUri;
use secrecy::{ExposeSecret, SecretString};

use crate::event::DeskName;

/// Seconds between heartbeats where the URL says nothing. A broker that stands still is noticed
/// after twice this time; RabbitMQ's own 60 s would mean two minutes.
const HEARTBEAT: u16 = 10;

/// Where RabbitMQ is, and which queues Deskbell has there.
#[derive(Debug, Clone)]
pub struct RabbitMqSettings {
    /// `amqp://user:password@host:port/vhost`, or `amqps://`.
    pub url: SecretString,
    /// The first word of every exchange's and queue's name; `deskbell` in production. At most 100
    /// bytes.
    pub namespace: String,
    /// The desks that get lanes. An event with a route to another desk is refused.
    pub desks: Vec<DeskName>,
    /// Whether there is a queue for operators.
    pub operators: bool,
}

/// A text that is no AMQP URL. The text is not quoted, for it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not an AMQP URL: amqp://user:password@host:port/vhost, or amqps://")]
pub struct InvalidAmqpUrl;

impl RabbitMqSettings {
    /// Reads the URL.
    pub(super) fn uri(&self) -> Result<AMQPUri, InvalidAmqpUrl> {
        let mut uri: AMQPUri = self.url.expose_secret().parse().map_err(|_| InvalidAmqpUrl)?;
        uri.query.heartbeat.get_or_insert(HEARTBEAT);
        Ok(uri)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn settings(url: &str) -> RabbitMqSettings {
        let (url, namespace) = (url.into(), "deskbell".to_owned());
        RabbitMqSettings { url, namespace, desks: vec![], operators: false }
    }

    #[test]
    fn a_url_that_cannot_be_read_is_never_quoted() {
        let error = settings("http://me:hunter2@broker").uri().unwrap_err();
        assert!(!error.to_string().contains("hunter2"));
        assert!(!format!("{:?}", settings("amqp://me:hunter2@broker")).contains("hunter2"));
    }

    #[test]
    fn a_url_that_names_no_heartbeat_gets_one() {
        assert_eq!(settings("amqp://broker").uri().unwrap().query.heartbeat, Some(10));
        let chosen = settings("amqp://broker?heartbeat=30").uri().unwrap();
        assert_eq!(chosen.query.heartbeat, Some(30));
    }
}
