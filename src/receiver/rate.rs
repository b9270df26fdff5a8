//! How often a source may post: a bucket of tokens that fills steadily.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// So many requests in so much time, in the long run; `burst` of them may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests in each `per`; at least 1.
    pub requests: u32,
    /// The time that they are counted over.
    pub per: Duration,
    /// How many may come at once after a silence; at least 1.
    pub burst: u32,
}

impl Rate {
    /// Requests in a minute, rounded down, and never none: the unit of `WebHook-Allowed-Rate`
    /// (CloudEvents 1.0, "HTTP 1.1 Web Hooks", 4.2.2).
    pub fn per_minute(&self) -> u64 {
        let in_a_minute = Duration::from_mins(1).as_nanos() * u128::from(self.requests);
        let whole = in_a_minute / self.per.as_nanos().max(1);
        u64::try_from(whole).unwrap_or(u64::MAX).max(1)
    }

    /// How long one token takes to come.
    fn interval(&self) -> Duration {
        (self.per / self.requests.max(1)).max(Duration::from_nanos(1))
    }
}

/// The tokens of one source in this process.
#[derive(Debug)]
pub(super) struct Bucket {
    interval: Duration,
    burst: u32,
    made: Instant,
    /// When the bucket is full again, since it was made.
    full_at: Mutex<Duration>,
}

impl Bucket {
    /// A full bucket.
    pub(super) fn of(rate: Rate) -> Self {
        let (interval, burst) = (rate.interval(), rate.burst);
        Self { interval, burst, made: Instant::now(), full_at: Mutex::default() }
    }

    /// Whether there is a token; if not, when there is one.
    pub(super) fn look(&self) -> Result<(), Duration> {
        let full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        self.with_one_less(*full_at, self.made.elapsed()).map(drop)
    }

    /// Takes a token; if there is none, tells when there is one.
    pub(super) fn take(&self) -> Result<(), Duration> {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        *full_at = self.with_one_less(*full_at, self.made.elapsed())?;
        Ok(())
    }

    /// When the bucket would be full with one token less.
    fn with_one_less(&self, full_at: Duration, now: Duration) -> Result<Duration, Duration> {
        let later = full_at.max(now).saturating_add(self.interval);
        let room = now.saturating_add(self.interval.saturating_mul(self.burst));
        if later > room { Err(later.saturating_sub(room)) } else { Ok(later) }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use tokio::time::advance;

    use super::*;

    fn rate(requests: u32, seconds: u64, burst: u32) -> Rate {
        Rate { requests, per: Duration::from_secs(seconds), burst }
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_and_then_the_rate_holds() {
        let bucket = Bucket::of(rate(2, 10, 3));
        for _ in 0..3 {
            assert_eq!(bucket.look(), Ok(()));
            bucket.take().unwrap();
        }
        assert_eq!(bucket.take(), Err(Duration::from_secs(5)));
        advance(Duration::from_secs(4)).await;
        assert_eq!(bucket.look(), Err(Duration::from_secs(1)));
        advance(Duration::from_secs(1)).await;
        bucket.take().unwrap();
        assert_eq!(bucket.take(), Err(Duration::from_secs(5)));
        // A long silence fills the bucket, and no more than that.
        advance(Duration::from_hours(1)).await;
        for _ in 0..3 {
            bucket.take().unwrap();
        }
        assert!(bucket.take().is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn looking_takes_nothing() {
        let bucket = Bucket::of(rate(1, 3600, 1));
        for _ in 0..9 {
            bucket.look().unwrap();
        }
        bucket.take().unwrap();
        assert_eq!(bucket.look(), Err(Duration::from_hours(1)));
    }

    #[tokio::test(start_paused = true)]
    async fn no_rate_is_too_large_to_reckon_with() {
        let bucket = Bucket::of(Rate { requests: 1, per: Duration::MAX, burst: u32::MAX });
        bucket.take().unwrap();
        bucket.take().unwrap();
        let fast = Bucket::of(Rate { requests: u32::MAX, per: Duration::from_nanos(1), burst: 1 });
        fast.take().unwrap();
    }

    #[test]
    fn the_handshake_tells_requests_in_a_minute() {
        assert_eq!(rate(100, 1, 200).per_minute(), 6000);
        assert_eq!(rate(30, 3600, 1).per_minute(), 1);
        assert_eq!(rate(90, 3600, 1).per_minute(), 1);
        assert_eq!(rate(7, 120, 1).per_minute(), 3);
    }
}
