//! Takes up changed rules while everything runs.
//!
//! The behaviour file is looked at every [`LOOK_EVERY`], and at once on SIGHUP. A file with a fault is
//! refused whole, and so is one in which more than the rules has changed: what holds goes on holding.

use std::{path::PathBuf, sync::Arc, time::Duration};

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    time::{MissedTickBehavior, interval},
};

use crate::{
    causes::Causes,
    config::{Config, ConfigError, FileMark},
    lifecycle::Lifecycle,
    rules::LiveRules,
};

/// How often the behaviour file is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Reads the whole configuration again.
type Load = Box<dyn Fn() -> Result<Config, ConfigError> + Send + Sync>;

/// Follows the behaviour file.
pub struct Reloading {
    rules: Arc<LiveRules>,
    path: PathBuf,
    load: Load,
    /// Of the file that holds.
    mark: FileMark,
    /// Of the last look.
    seen: FileMark,
    /// Whether the last look was the first one at this file: who writes it may not be through.
    is_fresh: bool,
}

/// Why a file is not taken up.
#[derive(Debug, thiserror::Error)]
enum NotTaken {
    #[error("the file has faults")]
    Faulty(#[from] ConfigError),
    #[error("more than `[[rules]]` has changed, which takes a restart")]
    MoreThanRules,
}

impl Reloading {
    /// Follows the file at `path`, which said what `mark` is of when `rules` were read from it.
    pub fn new(rules: Arc<LiveRules>, path: PathBuf, mark: FileMark, load: Load) -> Self {
        let seen = mark.clone();
        Self { rules, path, load, mark, seen, is_fresh: false }
    }

    /// Begins, on `lifecycle`.
    pub fn start(self, lifecycle: &Lifecycle) -> std::io::Result<()> {
        let hang_ups = signal(SignalKind::hangup())?;
        let draining = lifecycle.draining().clone();
        show(true);
        lifecycle.tasks().spawn(async move {
            draining.run_until_cancelled(self.follow(hang_ups)).await;
        });
        Ok(())
    }

    async fn follow(mut self, mut hang_ups: Signal) {
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                Some(()) = hang_ups.recv() => self.take_up(),
                _ = look.tick() => {
                    // One that cannot be read at the moment is looked at again.
                    let text = tokio::fs::read_to_string(&self.path).await;
                    if text.is_ok_and(|text| self.is_due(&text)) {
                        self.take_up();
                    }
                }
            }
        }
    }

    /// Whether a file that says `text` is new, and was the same at the last look.
    fn is_due(&mut self, text: &str) -> bool {
        let is_same = self.seen.is_of(text);
        if !is_same {
            self.seen = FileMark::of(text);
        }
        std::mem::replace(&mut self.is_fresh, !is_same) && is_same
    }

    fn take_up(&mut self) {
        let path = self.path.display().to_string();
        match self.read() {
            Ok(rules) => {
                show(true);
                tracing::info!(rules, "The rules of `{path}` hold now");
            }
            Err(error) => {
                show(false);
                tracing::error!(
                    error = %Causes(&error),
                    "`{path}` is not taken up, and the rules before go on holding"
                );
            }
        }
    }

    /// Reads the file, and has its rules hold; gives how many there are.
    fn read(&mut self) -> Result<usize, NotTaken> {
        let Config { rules, mark, .. } = (self.load)()?;
        if !self.mark.differs_in_rules_alone(&mark) {
            return Err(NotTaken::MoreThanRules);
        }
        let count = rules.rules().len();
        self.rules.replace(rules);
        (self.seen, self.mark) = (mark.clone(), mark);
        Ok(count)
    }
}

/// Tells whether the file that was read last is the one that holds.
fn show(holds: bool) {
    metrics::gauge!("deskbell_config_last_reload_successful").set(if holds { 1.0 } else { 0.0 });
}
