//! Waiting for what has no time of its own.

use std::time::Duration;

/// How long anything may take before a trial is taken to hang; nothing is asserted about speed.
const PATIENCE: Duration = Duration::from_mins(5);

/// Asks `holds` again and again until it does.
pub(crate) async fn eventually<F, A>(what: &str, mut holds: F)
where
    F: FnMut() -> A,
    A: Future<Output = bool>,
{
    let hanging = tokio::time::Instant::now() + PATIENCE;
    while !holds().await {
        assert!(tokio::time::Instant::now() < hanging, "in vain: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
