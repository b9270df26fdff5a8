//! The broker of a running process.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Roles, StartError};
use crate::{
    broker::{
        Broker,
        embedded::{Embedded, JournalBounds},
        rabbitmq::{RabbitMq, RabbitMqSettings},
    },
    callbacks::NotifySettings,
    causes::Causes,
    clock::Clock,
    config::Settings,
    event::{DeskName, ReceiverName},
};

/// How long the broker's connections may take to close when all work is done.
const CLOSING: Duration = Duration::from_secs(3);

/// How often a quiet embedded journal is pruned.
const PRUNING: Duration = Duration::from_hours(1);

/// What the broker is to have queues for.
#[derive(Debug, Clone)]
pub(super) struct Topology {
    pub(super) desks: Vec<DeskName>,
    /// Whether operators read one.
    pub(super) operators: bool,
}

impl Topology {
    pub(super) fn of<'d>(
        desks: impl Iterator<Item = &'d DeskName>,
        notify: &BTreeMap<ReceiverName, NotifySettings>,
    ) -> Self {
        let operators = notify.values().any(|way| matches!(way, NotifySettings::Queue));
        Self { desks: desks.cloned().collect(), operators }
    }
}

/// The broker and what keeps it running. It outlives the work: acknowledgements go through it
/// until the last delivery is through.
#[derive(Debug)]
pub(super) struct RunningBroker {
    pub(super) broker: Arc<dyn Broker>,
    embedded: Option<Arc<Embedded>>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl RunningBroker {
    pub(super) fn open(
        settings: &Settings,
        roles: Roles,
        topology: &Topology,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, StartError> {
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        if let Some(url) = &settings.amqp_url {
            let Topology { desks, operators } = topology.clone();
            let (url, namespace) = (url.clone(), "deskbell".to_owned());
            let settings = RabbitMqSettings { url, namespace, desks, operators };
            let broker = RabbitMq::connect(&settings, clock.clone(), &tasks, &stop)?;
            return Ok(Self { broker, embedded: None, stop, tasks });
        }
        if !(roles.receive && roles.deliver) {
            return Err(StartError::Apart);
        }
        let embedded = Embedded::open(&settings.data_dir, clock.clone(), JournalBounds::default())?;
        tasks.spawn(prune(embedded.clone(), stop.clone()));
        Ok(Self { broker: embedded.clone(), embedded: Some(embedded), stop, tasks })
    }

    /// Names the workers of this process in the ledger. The embedded store admits one process, so
    /// that its successor is the same holder and need not wait for a lease to run out.
    pub(super) fn holder(&self) -> String {
        match self.embedded {
            Some(_) => "embedded".to_owned(),
            None => format!("{}:{}", std::process::id(), uuid::Uuid::now_v7()),
        }
    }

    pub(super) async fn close(self) {
        self.stop.cancel();
        self.tasks.close();
        let closing = async {
            self.tasks.wait().await;
            if let Some(embedded) = &self.embedded {
                embedded.close().await;
            }
        };
        if tokio::time::timeout(CLOSING, closing).await.is_err() {
            tracing::warn!("The broker was not closed in time; what is in it is safe");
        }
    }
}

/// Lets a quiet journal forget in time.
async fn prune(embedded: Arc<Embedded>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PRUNING) => {}
        }
        if let Err(error) = embedded.prune().await {
            tracing::warn!(error = %Causes(&error), "The journal was not pruned");
        }
    }
}
