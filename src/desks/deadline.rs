//! Bounds the calls of a step: none begins that could outlast its worker's claim or lease.
//!
//! The bound goes with the task, as a step may ask a desk several times and at any depth: a call
//! that is added later is bound by it too.

use std::time::Duration;

use tokio::time::Instant;

tokio::task_local! {
    static ENDS: Instant;
}

/// Does `asking`; a call that could end after `deadline` is [`NotBegun`](super::DeskError::NotBegun).
pub async fn until<T>(deadline: Instant, asking: impl Future<Output = T>) -> T {
    ENDS.scope(deadline, asking).await
}

/// When a call that may take `timeout` must begin; `None` outside of [`until`]: whenever it likes.
pub(super) fn latest_begin(timeout: Duration) -> Option<Instant> {
    let deadline = ENDS.try_with(|ends| *ends).ok()?;
    // A deadline closer to the machine's start than the timeout is long is over.
    Some(deadline.checked_sub(timeout).unwrap_or(deadline.min(Instant::now())))
}
