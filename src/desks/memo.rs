//! What a desk account said about itself, kept for a while.

use std::{collections::HashMap, time::Duration};

use tokio::{sync::Mutex, time::Instant};

use super::DeskError;

/// Values by name, each for `keep` from when it was learnt.
#[derive(Debug)]
pub(super) struct Memo<V> {
    keep: Duration,
    known: Mutex<HashMap<String, (Instant, V)>>,
}

impl<V: Clone> Memo<V> {
    pub(super) fn new(keep: Duration) -> Self {
        Self { keep, known: Mutex::default() }
    }

    /// The value of `name`, asked for by `read` where it is not known. Who else wants one waits
    /// meanwhile, so that a burst asks once. A failure is not kept.
    pub(super) async fn get_or_read(
        &self,
        name: &str,
        read: impl Future<Output = Result<V, DeskError>>,
    ) -> Result<V, DeskError> {
        let mut known = self.known.lock().await;
        known.retain(|_, (learnt, _)| learnt.elapsed() < self.keep);
        if let Some((_, value)) = known.get(name) {
            return Ok(value.clone());
        }
        let value = read.await?;
        known.insert(name.to_owned(), (Instant::now(), value.clone()));
        Ok(value)
    }

    /// Forgets `name`, so that it is asked for anew.
    pub(super) async fn forget(&self, name: &str) {
        self.known.lock().await.remove(name);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    async fn read(memo: &Memo<u8>, value: u8) -> u8 {
        memo.get_or_read("a", async { Ok(value) }).await.unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_known_is_asked_for_once_until_it_is_old() {
        let memo = Memo::new(Duration::from_mins(1));
        assert_eq!(read(&memo, 1).await, 1);
        tokio::time::advance(Duration::from_secs(59)).await;
        assert_eq!(read(&memo, 2).await, 1);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(read(&memo, 3).await, 3);
        memo.forget("a").await;
        assert_eq!(read(&memo, 4).await, 4);
    }

    #[tokio::test]
    async fn a_failure_is_not_kept() {
        let memo = Memo::new(Duration::from_mins(1));
        let failed = async { Err(DeskError::MissingRecord(String::new())) };
        assert!(memo.get_or_read("a", failed).await.is_err());
        assert_eq!(read(&memo, 5).await, 5);
    }
}
