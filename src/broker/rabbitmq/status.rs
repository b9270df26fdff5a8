//! Whether a connection is there: told to those who ask, and logged once when it changes.

use std::mem::discriminant;

use tokio::sync::watch;

use super::trouble::Trouble;

/// The state of one connection. `T` is what can be used while it is up.
#[derive(Debug)]
pub(super) struct Status<T> {
    purpose: &'static str,
    place: String,
    state: watch::Sender<State<T>>,
}

#[derive(Debug)]
enum State<T> {
    Connecting,
    Up(T),
    Down(Trouble),
}

impl<T: Clone> Status<T> {
    /// Nothing is there yet.
    pub(super) fn connecting(purpose: &'static str, place: &str) -> Self {
        let (state, _) = watch::channel(State::Connecting);
        Self { purpose, place: place.to_owned(), state }
    }

    /// What the connection is for.
    pub(super) fn purpose(&self) -> &'static str {
        self.purpose
    }

    /// What can be used now, or why nothing can.
    pub(super) fn current(&self) -> Result<T, Trouble> {
        match &*self.state.borrow() {
            State::Up(usable) => Ok(usable.clone()),
            State::Down(trouble) => Err(trouble.clone()),
            State::Connecting => {
                Err(Trouble::Unavailable(format!("connecting to RabbitMQ at {}", self.place)))
            }
        }
    }

    /// It can be used.
    pub(super) fn up(&self, usable: T) {
        let before = self.state.send_replace(State::Up(usable));
        if !matches!(before, State::Up(_)) {
            let (purpose, place) = (self.purpose, &self.place);
            tracing::info!(
                amqp.connection = purpose,
                "RabbitMQ at `{place}` is ready for {purpose}"
            );
        }
    }

    /// It cannot be used.
    pub(super) fn down(&self, trouble: &Trouble) {
        let before = self.state.send_replace(State::Down(trouble.clone()));
        let known =
            matches!(before, State::Down(before) if discriminant(&before) == discriminant(trouble));
        if !known {
            let (purpose, place, words) = (self.purpose, &self.place, trouble.words());
            tracing::warn!(
                amqp.connection = purpose,
                "RabbitMQ at `{place}` is not there for {purpose}: {words}"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_known_trouble_is_told() {
        let status: Status<u8> = Status::connecting("publishing", "broker:5672/");
        assert!(
            matches!(status.current(), Err(Trouble::Unavailable(why)) if why.contains("broker"))
        );
        status.up(7);
        assert_eq!(status.current(), Ok(7));
        status.down(&Trouble::Ended("gone".to_owned()));
        assert_eq!(status.current(), Err(Trouble::Ended("gone".to_owned())));
    }
}
