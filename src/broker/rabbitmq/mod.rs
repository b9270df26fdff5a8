//! The broker on RabbitMQ, 3.10 to 4.x.
//!
//! Promises beside those of [`Broker`]:
//! - an absent broker is waited for, and a lost connection, a closed channel or a cancelled consumer
//!   is made good without help; meanwhile [`Broker::publish`] fails at once, and says why;
//! - a publish is `Ok` only when the broker has confirmed this very message, and has not returned it;
//! - a resource alarm stops publishing, never acknowledging;
//! - a queue that is there with other arguments is reported by name, never changed; where it is a
//!   desk's work queue, the other desks' events are taken and delivered all the same.
//!
//! A route whose work queue somebody deletes while Deskbell runs cannot be seen to be missing, for
//! the journal still takes the event. Every process looks for its queues now and then and declares
//! anew what is gone; the workers find the events that it swallowed.

mod arguments;
mod buried;
mod consumer;
mod delays;
mod journal;
mod lanes;
mod lease;
mod mender;
mod names;
mod publisher;
mod settings;
mod settlement;
mod status;
mod supervisor;
mod topology;
mod trouble;
mod window;
mod wire;

pub use names::{EVENTS, OPERATORS};
pub use settings::{InvalidAmqpUrl, RabbitMqSettings};
pub use wire::HEADERS;

use std::{fmt, num::NonZeroU16, sync::Arc, time::Duration};

use async_trait::async_trait;
use lapin::types::ShortString;
use tokio::time::timeout;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{
    buried::RabbitBuried,
    consumer::Consuming,
    journal::RabbitJournal,
    lanes::RabbitLanes,
    names::{Names, route_key},
    publisher::Publishing,
    status::Status,
    supervisor::Link,
    topology::Topology,
    trouble::Trouble,
};
use super::{Broker, BrokerError, Buried, Job, Journal, Lanes, Readiness};
use crate::{
    clock::Clock,
    event::{DeskName, Envelope, JournalMark},
};

/// Crates that must never log. The client library logs returned messages with their bodies at
/// `warn`, frames with bodies and passwords at `trace`, and every failed try to connect; what
/// matters of it Deskbell logs itself.
pub const QUIET: &[&str] = &["lapin"];

/// The broker on RabbitMQ.
pub struct RabbitMq {
    shared: Arc<Shared>,
}

/// What publishing, lanes and leases have in common.
struct Shared {
    link: Arc<Link>,
    clock: Arc<dyn Clock>,
    publishing: Arc<Publishing>,
    consuming: Arc<Consuming>,
}

impl RabbitMq {
    /// Begins to connect, and goes on until `stop`, on `tasks`. It must be called inside a tokio
    /// runtime. An absent broker is no error: [`Broker::readiness`] says so.
    ///
    /// `stop` closes the connections, whereupon unsettled jobs come back: cancel it when the workers
    /// are through.
    pub fn connect(
        settings: &RabbitMqSettings,
        clock: Arc<dyn Clock>,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) -> Result<Arc<Self>, InvalidAmqpUrl> {
        let names = Names::under(&settings.namespace);
        let topology = Topology::new(names, settings.desks.clone(), settings.operators);
        let link = Arc::new(Link::new(settings.uri()?, topology));
        let publishing = Arc::new(Status::connecting("publishing", &link.place()));
        let consuming = Arc::new(Status::connecting("consuming", &link.place()));
        tasks.spawn(supervisor::keep(Arc::clone(&link), Arc::clone(&publishing), stop.clone(), {
            let (publishing, stop) = (Arc::clone(&publishing), stop.clone());
            move |connection| {
                Box::pin(publisher::run(connection, Arc::clone(&publishing), stop.clone()))
            }
        }));
        tasks.spawn(supervisor::keep(Arc::clone(&link), Arc::clone(&consuming), stop.clone(), {
            let (consuming, stop) = (Arc::clone(&consuming), stop.clone());
            move |connection| {
                Box::pin(consumer::run(connection, Arc::clone(&consuming), stop.clone()))
            }
        }));
        tasks.spawn(mender::run(Arc::clone(&link), Arc::clone(&consuming), stop.clone()));
        let shared = Arc::new(Shared { link, clock, publishing, consuming });
        Ok(Arc::new(Self { shared }))
    }
}

/// How long the broker may take to answer what it is asked over a connection.
///
/// The client library never answers for what it was given in the moment that the connection broke.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// What the broker answered, if it did.
async fn answered<T>(asking: impl Future<Output = Result<T, Trouble>>) -> Result<T, BrokerError> {
    match timeout(ANSWER_WITHIN, asking).await {
        Ok(answer) => Ok(answer?),
        Err(_elapsed) => Err(BrokerError::TimedOut(ANSWER_WITHIN)),
    }
}

#[async_trait]
impl Broker for RabbitMq {
    async fn publish(&self, envelope: &Envelope) -> Result<(), BrokerError> {
        let topology = &self.shared.link.topology;
        let misfit = envelope.routes.iter().find_map(|route| topology.misfit(&route.desk));
        if let Some(words) = misfit {
            return Err(BrokerError::Topology(words));
        }
        // The broker would take the event for the journal and drop such a route without a word.
        if envelope.routes.iter().any(|route| !topology.has(&route.desk)) {
            return Err(BrokerError::Unroutable);
        }
        let key = envelope.event.event_type.as_str().into();
        self.shared.publishing.publish(topology.names.events(), key, wire::event(envelope)).await
    }

    async fn requeue(&self, job: &Job) -> Result<(), BrokerError> {
        if let Some(words) = self.shared.link.topology.misfit(&job.desk) {
            return Err(BrokerError::Topology(words));
        }
        let exchange = self.shared.link.topology.names.desks();
        let key = route_key(&job.desk, job.priority);
        self.shared.publishing.publish(exchange, key, wire::job(job, None)).await
    }

    fn system(&self) -> &'static str {
        "rabbitmq"
    }

    async fn tell_operators(&self, id: &str, body: &str) -> Result<(), BrokerError> {
        let queue = self.shared.link.topology.names.operators();
        let (default_exchange, message) = (ShortString::default(), wire::for_operators(id, body));
        self.shared.publishing.publish(default_exchange, queue, message).await
    }

    async fn lanes(
        &self,
        desk: &DeskName,
        prefetch: NonZeroU16,
    ) -> Result<Box<dyn Lanes>, BrokerError> {
        let lanes = answered(RabbitLanes::open(Arc::clone(&self.shared), desk, prefetch)).await?;
        Ok(Box::new(lanes))
    }

    async fn journal(&self, after: Option<&JournalMark>) -> Result<Box<dyn Journal>, BrokerError> {
        Ok(Box::new(answered(RabbitJournal::open(&self.shared, after)).await?))
    }

    async fn buried(&self) -> Result<Box<dyn Buried>, BrokerError> {
        Ok(Box::new(answered(RabbitBuried::open(Arc::clone(&self.shared))).await?))
    }

    fn readiness(&self) -> Readiness {
        match self.shared.publishing.current() {
            Ok(_) => {
                let misfit = self.shared.link.topology.any_misfit();
                misfit.map_or(Readiness::Ready, Readiness::Partial)
            }
            Err(Trouble::Unavailable(words) | Trouble::Ended(words) | Trouble::Misfit(words)) => {
                Readiness::Unavailable(words)
            }
        }
    }
}

impl fmt::Debug for RabbitMq {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RabbitMq").finish_non_exhaustive()
    }
}
