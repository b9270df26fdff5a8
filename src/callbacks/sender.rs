//! Sends what waits in one outbox, on its one way.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use tokio::time::Instant;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    CallbackSettings, NoClient, NotifySettings,
    caller::{Answer, Caller, TIMEOUT},
    outbox::{Messages, Outbox},
    schedule::wait_asked_for,
};
use crate::{
    broker::Broker,
    causes::Causes,
    clock::Clock,
    event::{ReceiverName, SourceName},
    ledger::{Callback, CallbackOutcome, Ledger, LedgerError},
};

/// How often an outbox in which nothing waits is looked at.
const PAUSE: Duration = Duration::from_secs(1);

/// Call-backs of one source that are under way at a time.
const AT_ONCE: usize = 4;

/// How long a message is nobody else's: longer than a call and its writing take.
const TURN: Duration = TIMEOUT.saturating_mul(2);

/// What a call comes to, for metrics.
const OUTCOMES: [&str; 4] = ["received", "failed", "gone", "given-up"];

/// What senders work with.
#[derive(Debug, Clone)]
pub struct SenderParts {
    /// Where messages wait.
    pub ledger: Arc<dyn Ledger>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Draws a number, uniform in [0, 1), for the jitter of waits.
    pub chance: fn() -> f64,
}

/// Sends to one receiver.
#[derive(Debug, Clone)]
pub struct Sender {
    clock: Arc<dyn Clock>,
    chance: fn() -> f64,
    outbox: Outbox,
    way: Way,
    /// How many messages are under way at a time.
    at_once: usize,
    /// Until then the receiver has asked to be left alone.
    rest: Arc<Mutex<Option<Instant>>>,
}

/// How a receiver is reached.
#[derive(Debug, Clone)]
enum Way {
    Webhook(Arc<Caller>),
    /// The broker's queue for operators.
    Queue(Arc<dyn Broker>),
}

impl Way {
    async fn send(&self, message: &Callback, now: Timestamp) -> Answer {
        match self {
            Self::Webhook(caller) => caller.post(&message.id, &message.body, now).await,
            Self::Queue(broker) => match broker.tell_operators(&message.id, &message.body).await {
                Ok(()) => Answer::Received,
                Err(error) => Answer::Failed(Causes(&error).to_string()),
            },
        }
    }
}

impl Sender {
    /// Sets the way to a source's receiver of call-backs up; nothing is sent.
    pub fn to_source(
        source: SourceName,
        settings: &CallbackSettings,
        parts: &SenderParts,
    ) -> Result<Self, NoClient> {
        let caller = Caller::new(&settings.webhook, "application/json")?;
        let way = Way::Webhook(Arc::new(caller));
        Ok(Self::new(Messages::Callbacks(source), way, AT_ONCE, parts))
    }

    /// Sets the way to a receiver of operator events up; nothing is sent.
    pub fn to_operators(
        receiver: ReceiverName,
        settings: &NotifySettings,
        broker: &Arc<dyn Broker>,
        parts: &SenderParts,
    ) -> Result<Self, NoClient> {
        let way = match settings {
            NotifySettings::Webhook(webhook) => {
                Way::Webhook(Arc::new(Caller::new(webhook, "application/cloudevents+json")?))
            }
            NotifySettings::Queue => Way::Queue(broker.clone()),
        };
        // One at a time, so that they come in their order.
        Ok(Self::new(Messages::OperatorEvents(receiver), way, 1, parts))
    }

    fn new(holds: Messages, way: Way, at_once: usize, parts: &SenderParts) -> Self {
        let SenderParts { ledger, clock, chance } = parts.clone();
        Self { clock, chance, outbox: Outbox { ledger, holds }, way, at_once, rest: Arc::default() }
    }

    /// Starts the tasks that send, on `tasks`; they end when `draining` is cancelled and what is in
    /// flight is through.
    pub fn start(&self, tasks: &TaskTracker, draining: &CancellationToken) {
        // The first that is counted is seen as one more.
        for outcome in OUTCOMES {
            self.outbox.counter(outcome).increment(0);
        }
        for _ in 0..self.at_once {
            let (sender, draining) = (self.clone(), draining.clone());
            tasks.spawn(async move { sender.run(&draining).await });
        }
    }

    async fn run(&self, draining: &CancellationToken) {
        let mut is_told = false;
        while !draining.is_cancelled() {
            match self.turn().await {
                Ok(true) => continue,
                Ok(false) => is_told = false,
                Err(error) => {
                    if !is_told {
                        self.outbox.tell_of_waiting(&error);
                    }
                    is_told = true;
                }
            }
            let _ = draining.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
        }
    }

    /// Sends the next message, if there is one and its receiver may be called.
    async fn turn(&self) -> Result<bool, LedgerError> {
        if self.is_resting() {
            return Ok(false);
        }
        let now = self.clock.now();
        let until = now.checked_add(TURN).unwrap_or(now);
        let Some(message) = self.outbox.take(now, until).await? else {
            return Ok(false);
        };
        let answer = self.way.send(&message, now).await;
        let outcome = self.outcome(&message, answer);
        self.outbox.settle(&message, outcome).await?;
        Ok(true)
    }

    fn outcome(&self, message: &Callback, answer: Answer) -> CallbackOutcome {
        let (asked, error) = match answer {
            Answer::Received => {
                self.count("received");
                return CallbackOutcome::Received;
            }
            Answer::Gone => {
                self.count("gone");
                return self
                    .give_up(message, "the receiver answered 410: it wants no more".to_owned());
            }
            Answer::Pause { wait, status } => {
                self.rest(wait);
                (wait, format!("the receiver answered {status}"))
            }
            Answer::Failed(error) => (None, error),
        };
        let Some(wait) = self.outbox.wait_after(message, asked, (self.chance)()) else {
            self.count("given-up");
            return self.give_up(message, error);
        };
        self.count("failed");
        let now = self.clock.now();
        CallbackOutcome::Again { at: now.checked_add(wait).unwrap_or(now), error }
    }

    fn give_up(&self, message: &Callback, error: String) -> CallbackOutcome {
        self.outbox.tell_of_end(message, &error);
        CallbackOutcome::GivenUp { at: self.clock.now(), error }
    }

    fn count(&self, outcome: &'static str) {
        self.outbox.counter(outcome).increment(1);
    }

    /// Leaves the receiver alone for as long as it asked.
    fn rest(&self, wait: Option<Duration>) {
        let Some(wait) = wait.map(wait_asked_for) else { return };
        let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        *rest = (*rest).max(Instant::now().checked_add(wait));
    }

    fn is_resting(&self) -> bool {
        let rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        rest.is_some_and(|until| Instant::now() < until)
    }
}
