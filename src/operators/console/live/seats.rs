//! How many streams there may be, and what they share.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use tokio_util::sync::CancellationToken;

use super::feed::{Feed, Topic};

/// How many streams one process has at most.
const MOST_STREAMS: usize = 64;

/// How many of them sessions of one token have at most.
const MOST_OF_A_TOKEN: usize = 16;

/// The streams of one process.
#[derive(Debug)]
pub(in super::super::super) struct Streams {
    open: Arc<Mutex<Open>>,
    stop: CancellationToken,
}

#[derive(Debug, Default)]
struct Open {
    /// How many streams each token has, by its number.
    of_token: BTreeMap<i64, usize>,
    feeds: BTreeMap<Topic, Weak<Feed>>,
}

impl Streams {
    /// None yet; all of them end with `stop`.
    pub(in super::super::super) fn until(stop: CancellationToken) -> Self {
        Self { open: Arc::default(), stop }
    }

    /// Is cancelled when all streams have to end.
    pub(super) fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// A place for one more stream of this token; `None` where there is no more.
    pub(super) fn take(&self, token: i64) -> Option<Seat> {
        let mut open = lock(&self.open);
        let (all, own) = (open.of_token.values().sum::<usize>(), open.of_token.get(&token));
        if all >= MOST_STREAMS || own.is_some_and(|own| *own >= MOST_OF_A_TOKEN) {
            return None;
        }
        *open.of_token.entry(token).or_default() += 1;
        Some(Seat { open: self.open.clone(), token })
    }

    /// What all who watch this share.
    pub(super) fn feed(&self, topic: Topic) -> Arc<Feed> {
        let feeds = &mut lock(&self.open).feeds;
        feeds.retain(|_, feed| feed.strong_count() > 0);
        let known = feeds.get(&topic).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let feed = Arc::new(Feed::of(topic.clone()));
            feeds.insert(topic, Arc::downgrade(&feed));
            feed
        })
    }
}

/// The place of one stream, free again when it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    open: Arc<Mutex<Open>>,
    token: i64,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let of_token = &mut lock(&self.open).of_token;
        if let Some(own) = of_token.get_mut(&self.token) {
            *own -= 1;
            if *own == 0 {
                of_token.remove(&self.token);
            }
        }
    }
}

/// Counts and names are whole, whoever panicked.
fn lock(open: &Mutex<Open>) -> MutexGuard<'_, Open> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn streams_of_a_token_and_of_all_are_limited_and_their_places_free_again() {
        let streams = Streams::until(CancellationToken::new());
        let mut seats: Vec<Seat> = (0..MOST_OF_A_TOKEN).map(|_| streams.take(1).unwrap()).collect();
        assert!(streams.take(1).is_none());
        for token in 2.. {
            match streams.take(token) {
                Some(seat) => seats.push(seat),
                None => break,
            }
        }
        assert_eq!(seats.len(), MOST_STREAMS);
        seats.remove(0);
        assert!(streams.take(1).is_some());
        drop(seats);
        assert!(lock(&streams.open).of_token.is_empty());
    }

    #[test]
    fn who_watches_the_same_shares_it_and_it_is_gone_with_the_last() {
        let streams = Streams::until(CancellationToken::new());
        let (one, other) = (streams.feed(Topic::Desks), streams.feed(Topic::Desks));
        assert!(Arc::ptr_eq(&one, &other));
        drop((one, other));
        let _issues = streams.feed(Topic::Issues);
        assert_eq!(lock(&streams.open).feeds.len(), 1);
    }
}
