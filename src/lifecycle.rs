//! One token for "no new work", one tracker for "all done", one deadline.

use std::time::Duration;

use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long work in flight may take after the first signal: longer than one desk call.
pub const DRAIN_DEADLINE: Duration = Duration::from_secs(25);

/// The life of the process: its tasks, and the wish to end them.
#[derive(Debug, Clone, Default)]
pub struct Lifecycle {
    draining: CancellationToken,
    tasks: TaskTracker,
}

/// How a drain ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drained {
    /// All tasks are through.
    Whole,
    /// The deadline or a second signal came first. Nothing is lost: what was in flight comes back
    /// from the broker and the ledger.
    Cut,
}

impl Lifecycle {
    /// Is cancelled when no new work is to be taken.
    pub fn draining(&self) -> &CancellationToken {
        &self.draining
    }

    /// Where long-lived tasks are spawned, so that the drain waits for them.
    pub fn tasks(&self) -> &TaskTracker {
        &self.tasks
    }

    /// Waits for the first SIGTERM or SIGINT, or until something else begins the drain.
    pub async fn until_asked_to_stop(&self) {
        tokio::select! {
            () = signalled() => tracing::info!("Asked to stop: taking no new work"),
            () = self.draining.cancelled() => {}
        }
        self.draining.cancel();
    }

    /// Waits until all tasks are through; until [`DRAIN_DEADLINE`] or another signal at most.
    pub async fn drain(&self) -> Drained {
        self.draining.cancel();
        self.tasks.close();
        tokio::select! {
            () = self.tasks.wait() => Drained::Whole,
            () = tokio::time::sleep(DRAIN_DEADLINE) => Drained::Cut,
            () = signalled() => Drained::Cut,
        }
    }
}

/// Completes at the next SIGTERM or SIGINT; never, where they cannot be listened for.
async fn signalled() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminate = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signals) => drop(signals.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminate => {}
        Ok(()) = tokio::signal::ctrl_c() => {}
    }
}
