//! Keeping at what has to go on for as long as the process does: it is begun again after a failure,
//! with a pause before, and a failure that lasts is told once.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::PAUSE;

/// Failures in a row that are not worth a line: a broker is connecting, or comes back by itself.
const TOLERATED: u32 = 5;

/// What lasted this long had been going well.
const WELL: Duration = Duration::from_secs(10);

/// Counts the failures in a row of something that is begun again and again.
#[derive(Debug, Default)]
pub(super) struct Persistence {
    failures: u32,
}

impl Persistence {
    /// What has begun at `began` has `ended` just now; gives the failure that is worth a line.
    pub(super) fn ended<E>(&mut self, began: Instant, ended: Result<(), E>) -> Option<E> {
        if ended.is_ok() || began.elapsed() > WELL {
            self.failures = 0;
        }
        let error = ended.err()?;
        self.failures = self.failures.saturating_add(1);
        (self.failures == TOLERATED).then_some(error)
    }
}

/// Does something again and again until `draining`, and tells of a failure that lasts.
pub(super) async fn keep_at<E, T: Future<Output = Result<(), E>>>(
    draining: &CancellationToken,
    doing: impl Fn() -> T,
    tell: impl Fn(&E),
) {
    let mut persistence = Persistence::default();
    while !draining.is_cancelled() {
        let began = Instant::now();
        let ended = draining.run_until_cancelled(doing()).await.unwrap_or(Ok(()));
        if let Some(error) = persistence.ended(began, ended) {
            tell(&error);
        }
        pause(draining).await;
    }
}

/// Waits before it is begun again.
pub(super) async fn pause(draining: &CancellationToken) {
    let _ = draining.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_failure_that_lasts_is_told_once_and_again_only_after_it_went_well() {
        let mut persistence = Persistence::default();
        let mut told = Vec::new();
        for number in 1..=30 {
            let began = Instant::now();
            match number {
                10 => assert_eq!(persistence.ended::<u32>(began, Ok(())), None),
                20 => tokio::time::advance(WELL * 2).await,
                _ => {}
            }
            if number != 10 {
                told.extend(persistence.ended(began, Err(number)));
            }
        }
        assert_eq!(told, [5, 15, 24]);
    }
}
