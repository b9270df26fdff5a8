//! Takes jobs from the lanes and brings each to its ticket.
//!
//! Promises:
//! - the ledger is written before a desk is called and after it has answered;
//! - a message is acknowledged only when the ledger has its outcome, or its delayed copy is
//!   confirmed;
//! - one worker at a time speaks to a desk; the next one begins with what it has sent, and leaves the
//!   desk alone for as long as it would have;
//! - nothing is taken for a desk that an operator has paused;
//! - what a bulk replay puts back waits behind all that is live, a few at a time;
//! - what an operator's silence is about gets no ticket, unless it has begun;
//! - what events say goes from the ledger when its time is over, without being in the way;
//! - a doubt is looked up before anything is tried again;
//! - a desk's account is inspected while nothing is delivered to it, and what has changed is told;
//! - what the broker gave up, and what was swallowed with a queue that somebody deleted, is not lost.

mod accountant;
mod attempt;
mod brakes;
mod breaker;
#[cfg(test)]
mod crashes;
mod desk_loop;
mod feeder;
mod inspector;
mod pauses;
mod persistence;
mod recorder;
mod requeuer;
mod rerouter;
mod retention;
mod silences;
mod steps;
mod tenure;
mod undertaker;
mod watchman;

pub use watchman::Watchman;

use std::{sync::Arc, time::Duration};

use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{feeder::Hungry, pauses::Pauses, silences::Silences};
use crate::{
    broker::Broker,
    clock::Clock,
    delivery::Reason,
    desks::{Desk, DeskSettings},
    event::DeskName,
    ledger::{Ledger, Retention},
    rules::LiveRules,
};

/// What a worker needs.
#[derive(Debug, Clone)]
pub struct Worker {
    /// Where jobs come from.
    pub broker: Arc<dyn Broker>,
    /// Where outcomes go.
    pub ledger: Arc<dyn Ledger>,
    /// What tickets say.
    pub rules: Arc<LiveRules>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Names this worker among all that share the ledger.
    pub holder: String,
    /// How often desks' accounts are inspected; `None`: never.
    pub preflight: Option<Duration>,
    /// How long the ledger keeps what events say.
    pub retention: Retention,
    /// Draws a number, uniform in [0, 1), for the jitter of waits.
    pub chance: fn() -> f64,
}

/// One desk that the worker speaks to.
#[derive(Debug, Clone)]
pub struct Post {
    /// What the configuration says of it.
    pub settings: DeskSettings,
    /// The way to it.
    pub desk: Arc<dyn Desk>,
}

/// What operators have said, as far as it is known.
#[derive(Debug, Clone)]
struct Word {
    pauses: Pauses,
    silences: Silences,
}

impl Worker {
    /// Starts the tasks that serve `posts`, on `tasks`; they end when `draining` is cancelled and
    /// what is in flight is through.
    pub fn start(&self, posts: Vec<Post>, tasks: &TaskTracker, draining: &CancellationToken) {
        let (known, pauses) = Pauses::channel();
        let (known_silences, silences) = Silences::channel();
        let requeued = Arc::new(Notify::new());
        let (wanted, hungry) = Hungry::channel(requeued.clone());
        let desks: Vec<_> = posts.iter().map(|post| post.settings.name.clone()).collect();
        count_from_zero(&desks);
        for post in posts {
            let word = Word { pauses: pauses.clone(), silences: silences.clone() };
            let said = (word, hungry.clone());
            tasks.spawn(desk_loop::serve(self.clone(), post, said, draining.clone()));
        }
        tasks.spawn(pauses::run(self.clone(), desks, known, draining.clone()));
        tasks.spawn(silences::run(self.clone(), known_silences, draining.clone()));
        tasks.spawn(silences::release(self.clone(), draining.clone()));
        tasks.spawn(feeder::run(self.clone(), wanted, draining.clone()));
        tasks.spawn(requeuer::run(self.clone(), requeued, draining.clone()));
        tasks.spawn(recorder::run(self.clone(), draining.clone()));
        tasks.spawn(accountant::run(self.clone(), draining.clone()));
        tasks.spawn(brakes::run(self.clone(), draining.clone()));
        tasks.spawn(undertaker::run(self.clone(), draining.clone()));
        tasks.spawn(retention::run(self.clone(), draining.clone()));
    }
}

/// Shows counts of what should never happen as none yet, so that the first is seen as one more.
fn count_from_zero(desks: &[DeskName]) {
    metrics::counter!("deskbell_journal_gaps_total").increment(0);
    metrics::counter!("deskbell_expired_events_total").increment(0);
    for desk in desks {
        metrics::counter!("deskbell_poison_messages_total", "desk" => desk.to_string())
            .increment(0);
        metrics::counter!("deskbell_rerouted_total", "desk" => desk.to_string()).increment(0);
        for reason in Reason::ALL {
            let (desk, reason) = (desk.to_string(), reason.as_str());
            metrics::counter!("deskbell_dead_letters_total", "desk" => desk, "reason" => reason)
                .increment(0);
        }
    }
}

/// The pause after a failure of our own parts: long enough not to fill the log, short enough for a
/// person who has just mended it.
const PAUSE: Duration = Duration::from_secs(1);
