//! A RabbitMQ to test against: the one that all tests share, and nodes of a test's own.

use std::{sync::Arc, time::Duration};

use deskbell::{
    broker::{
        Broker, Readiness,
        rabbitmq::{RabbitMq, RabbitMqSettings},
    },
    clock::{Clock, SystemClock},
    event::DeskName,
    ticket::Priority,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::visitor::Visitor;
pub(crate) use crate::trial::node::RabbitNode;
use crate::trial::node::script;
pub(super) use crate::trial::variable;

/// The delays that have an exchange and a queue.
const DELAYS: [&str; 7] = ["1s", "5s", "30s", "2m", "10m", "1h", "6h"];

/// The broker that all tests share.
pub(crate) fn shared_url() -> String {
    variable("DESKBELL_TEST_AMQP_URL").unwrap_or_else(|| {
        panic!("DESKBELL_TEST_AMQP_URL is not set: run scripts/test, which brings a RabbitMQ")
    })
}

impl RabbitNode {
    pub(crate) fn stop(&self) {
        script(&self.folder, "stop", &[]);
    }

    /// `rabbitmqctl`
    pub(crate) fn ctl(&self, arguments: &[&str]) -> String {
        script(&self.folder, "ctl", arguments)
    }
}

/// One process that uses RabbitMQ under a namespace that no other test has.
pub(crate) struct Process {
    pub(crate) broker: Arc<RabbitMq>,
    url: String,
    namespace: String,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Process {
    /// Connects with lanes for `crm` and `support`, and waits for nothing.
    pub(crate) fn start(url: &str) -> Self {
        Self::start_with(url, Arc::new(SystemClock))
    }

    pub(crate) fn start_with(url: &str, clock: Arc<dyn Clock>) -> Self {
        let namespace = format!("test-{}", uuid::Uuid::now_v7().simple());
        Self::start_in(url, &namespace, clock)
    }

    pub(crate) fn start_in(url: &str, namespace: &str, clock: Arc<dyn Clock>) -> Self {
        let settings = RabbitMqSettings {
            url: url.into(),
            namespace: namespace.to_owned(),
            desks: desks(),
            operators: false,
        };
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let broker = RabbitMq::connect(&settings, clock, &tasks, &stop).unwrap();
        Self { broker, url: url.to_owned(), namespace: namespace.to_owned(), tasks, stop }
    }

    /// Waits until it publishes and consumes.
    pub(crate) async fn ready(self) -> Self {
        self.is_ready().await;
        self
    }

    pub(crate) async fn is_ready(&self) {
        let one = std::num::NonZeroU16::MIN;
        eventually("the broker is ready", async || {
            self.broker.readiness() == Readiness::Ready
                && self.broker.lanes(&desks()[0], one).await.is_ok()
        })
        .await;
    }

    /// A name under this process's namespace.
    pub(crate) fn named(&self, rest: &str) -> String {
        format!("{}.{rest}", self.namespace)
    }

    pub(crate) fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Somebody else at the same broker.
    pub(crate) async fn visitor(&self) -> Visitor {
        Visitor::at(&self.url).await
    }

    /// Ends the process; what it held comes back.
    pub(crate) async fn end(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Ends the process and removes all that it had on the broker.
    pub(crate) async fn clean_up(self) {
        self.end().await;
        let visitor = self.visitor().await;
        for queue in self.queues() {
            visitor.delete_queue(&queue).await;
        }
        for rest in ["events", "desks"].map(str::to_owned).into_iter().chain(delays()) {
            visitor.delete_exchange(&self.named(&rest)).await;
        }
    }

    fn queues(&self) -> Vec<String> {
        let lanes = desks().into_iter().flat_map(|desk| {
            Priority::URGENT_FIRST.map(|priority| format!("desk.{desk}.{}", priority.lane()))
        });
        let rest = ["journal", "dead", "dead.foreign"].map(str::to_owned);
        lanes.chain(rest).chain(delays()).map(|rest| self.named(&rest)).collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn delays() -> impl Iterator<Item = String> {
    DELAYS.into_iter().map(|delay| format!("retry.{delay}"))
}

/// The desks of every test.
pub(crate) fn desks() -> Vec<DeskName> {
    ["crm", "support"].map(|name| name.parse().unwrap()).into()
}

/// Waits until `condition` holds, for as long as a test may hang.
pub(crate) async fn eventually(what: &str, condition: impl AsyncFn() -> bool) {
    let waiting = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let happened = tokio::time::timeout(Duration::from_mins(2), waiting).await.is_ok();
    assert!(happened, "it never happened that {what}");
}
