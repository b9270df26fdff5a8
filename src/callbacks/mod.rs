//! Calls sources back when a delivery has come to an end, as their configuration wishes.
//!
//! Promises:
//! - a call-back is written in the transaction that ends the delivery, and is sent until its receiver
//!   has it, at least once and always under one id, over about three days;
//! - it is signed by Standard Webhooks, and nothing of the event's data is in it;
//! - a receiver that is slow, or away, keeps no other and no desk waiting;
//! - nothing is sent to an address that is not public, unless the configuration allows it;
//! - no log line, and nothing that is stored, holds a receiver's path, a secret or an answer's body.

mod address;
mod caller;
mod schedule;
mod settings;

pub use address::Reach;
pub use caller::NoClient;
pub use settings::{
    CallbackSettings, InvalidCallbackSecret, InvalidUrl, callback_scheme, callback_url,
};

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use metrics::Counter;
use tokio::time::Instant;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{
    caller::{Answer, Caller, TIMEOUT},
    schedule::wait_after,
};
use crate::{
    causes::Causes,
    clock::Clock,
    event::SourceName,
    ledger::{Callback, CallbackOutcome, CallbackWishes, Ledger, LedgerError},
};

/// How often a source that has no call-back waiting is looked at.
const PAUSE: Duration = Duration::from_secs(1);

/// Call-backs of one source that are under way at a time.
const AT_ONCE: usize = 4;

/// How long a call-back is nobody else's: longer than a call and its writing take.
const TURN: Duration = TIMEOUT.saturating_mul(2);

/// What a call comes to, for metrics.
const OUTCOMES: [&str; 4] = ["received", "failed", "gone", "given-up"];

/// Calls one source back.
#[derive(Debug, Clone)]
pub struct CallbackSender {
    ledger: Arc<dyn Ledger>,
    clock: Arc<dyn Clock>,
    chance: fn() -> f64,
    source: SourceName,
    caller: Arc<Caller>,
    /// Until then the receiver has asked to be left alone.
    rest: Arc<Mutex<Option<Instant>>>,
}

/// What the ledger is to write call-backs of.
pub fn wishes<'s>(
    settings: impl IntoIterator<Item = (&'s SourceName, &'s CallbackSettings)>,
) -> CallbackWishes {
    settings.into_iter().map(|(source, settings)| (source.clone(), settings.on.clone())).collect()
}

impl CallbackSender {
    /// Sets the way to a source's receiver up; nothing is sent. `chance` draws a number, uniform in
    /// [0, 1), for the jitter of waits.
    pub fn new(
        source: SourceName,
        settings: &CallbackSettings,
        ledger: Arc<dyn Ledger>,
        clock: Arc<dyn Clock>,
        chance: fn() -> f64,
    ) -> Result<Self, NoClient> {
        let caller = Arc::new(Caller::new(settings)?);
        Ok(Self { ledger, clock, chance, source, caller, rest: Arc::default() })
    }

    /// Starts the tasks that call the source back, on `tasks`; they end when `draining` is cancelled
    /// and what is in flight is through.
    pub fn start(&self, tasks: &TaskTracker, draining: &CancellationToken) {
        // The first that is counted is seen as one more.
        for outcome in OUTCOMES {
            self.counter(outcome).increment(0);
        }
        for _ in 0..AT_ONCE {
            let (sender, draining) = (self.clone(), draining.clone());
            tasks.spawn(async move { sender.run(&draining).await });
        }
    }

    async fn run(&self, draining: &CancellationToken) {
        let mut is_told = false;
        while !draining.is_cancelled() {
            let wait = match self.turn().await {
                Ok(true) => continue,
                Ok(false) => {
                    is_told = false;
                    PAUSE
                }
                Err(error) => {
                    if !is_told {
                        let error = Causes(&error);
                        tracing::warn!(source.name = %self.source, %error, "Call-backs wait for the ledger");
                    }
                    is_told = true;
                    PAUSE
                }
            };
            let _ = draining.run_until_cancelled(tokio::time::sleep(wait)).await;
        }
    }

    /// Sends the next call-back, if there is one and its receiver may be called.
    async fn turn(&self) -> Result<bool, LedgerError> {
        if self.is_resting() {
            return Ok(false);
        }
        let now = self.clock.now();
        let until = now.checked_add(TURN).unwrap_or(now);
        let Some(callback) = self.ledger.take_callback(&self.source, now, until).await? else {
            return Ok(false);
        };
        let answer = self.caller.post(&callback.id, &callback.body, now).await;
        let outcome = self.outcome(&callback, answer);
        self.ledger.settle_callback(&callback, outcome).await?;
        Ok(true)
    }

    fn outcome(&self, callback: &Callback, answer: Answer) -> CallbackOutcome {
        let (asked, error) = match answer {
            Answer::Received => {
                self.count("received");
                return CallbackOutcome::Received;
            }
            Answer::Gone => {
                self.count("gone");
                return self
                    .give_up(callback, "the receiver answered 410: it wants no more".to_owned());
            }
            Answer::Pause { wait, status } => {
                self.rest(wait);
                (wait, format!("the receiver answered {status}"))
            }
            Answer::Failed(error) => (None, error),
        };
        let Some(wait) = wait_after(callback.attempt_of_schedule, asked, (self.chance)()) else {
            self.count("given-up");
            return self.give_up(callback, error);
        };
        self.count("failed");
        let now = self.clock.now();
        CallbackOutcome::Again { at: now.checked_add(wait).unwrap_or(now), error }
    }

    fn give_up(&self, callback: &Callback, error: String) -> CallbackOutcome {
        tracing::warn!(
            source.name = %self.source, callback.id = callback.id, attempts = callback.attempt, error,
            "Gave a call-back to `{}` up", self.source,
        );
        CallbackOutcome::GivenUp { at: self.clock.now(), error }
    }

    fn count(&self, outcome: &'static str) {
        self.counter(outcome).increment(1);
    }

    fn counter(&self, outcome: &'static str) -> Counter {
        let source = self.source.to_string();
        metrics::counter!("deskbell_callbacks_total", "source" => source, "outcome" => outcome)
    }

    /// Leaves the receiver alone for as long as it asked.
    fn rest(&self, wait: Option<Duration>) {
        let Some(wait) = wait else { return };
        // As long as the schedule grants one call-back.
        let wait = wait_after(1, Some(wait), 0.0).unwrap_or(wait);
        let mut rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        *rest = (*rest).max(Instant::now().checked_add(wait));
    }

    fn is_resting(&self) -> bool {
        let rest = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        rest.is_some_and(|until| Instant::now() < until)
    }
}
