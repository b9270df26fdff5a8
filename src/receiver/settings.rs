//! What the receiver grants a sender.

use std::{
    num::{NonZeroU32, NonZeroUsize},
    time::Duration,
};

/// Limits and deadlines. The defaults are for a public address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiverSettings {
    /// The longest body, in bytes.
    pub body_limit: u32,
    /// The most events in one request.
    pub events_limit: usize,
    /// The bytes of all bodies that are held at a time.
    pub body_budget: usize,
    /// How long the whole body may take.
    pub body_deadline: Duration,
    /// How long a body may take before its rate counts.
    pub body_grace: Duration,
    /// The least rate of a body after its grace, in bytes per second.
    pub body_rate: NonZeroU32,
    /// How long the head of a request may take.
    pub head_deadline: Duration,
    /// How many connections one address may have. Behind a proxy all senders share its address.
    pub connections_per_address: usize,
    /// How long the broker's confirm is awaited.
    pub publish_deadline: Duration,
    /// What `Retry-After` tells, rounded up to seconds.
    pub retry_after: Duration,
    /// How long requests in flight may take once the receiver is stopped.
    pub shutdown_deadline: Duration,
    /// Threads that serve; one for each processor where nothing is said.
    pub threads: Option<NonZeroUsize>,
}

impl Default for ReceiverSettings {
    fn default() -> Self {
        Self {
            body_limit: 1024 * 1024,
            events_limit: 1000,
            body_budget: 64 * 1024 * 1024,
            body_deadline: Duration::from_secs(10),
            body_grace: Duration::from_secs(2),
            body_rate: NonZeroU32::MIN.saturating_add(1023),
            head_deadline: Duration::from_secs(5),
            connections_per_address: 512,
            publish_deadline: Duration::from_secs(5),
            retry_after: Duration::from_secs(5),
            shutdown_deadline: Duration::from_secs(15),
            threads: None,
        }
    }
}
