//! What can be wrong with the broker, in a form that can be shown as often as it is asked for.

use lapin::{ErrorKind, protocol::AMQPErrorKind};

use crate::broker::BrokerError;

/// Why there is no use in asking the broker now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It cannot be reached, or takes nothing.
    Unavailable(String),
    /// The connection or channel was there, and ended.
    Ended(String),
    /// A queue or exchange is not as it should be; the text says what to do.
    Misfit(String),
}

impl Trouble {
    /// The trouble in words, without any secret.
    pub(super) fn words(&self) -> &str {
        match self {
            Self::Unavailable(words) | Self::Ended(words) | Self::Misfit(words) => words,
        }
    }
}

impl From<lapin::Error> for Trouble {
    fn from(error: lapin::Error) -> Self {
        let words = error.to_string();
        match error.kind() {
            ErrorKind::ProtocolError(amqp)
                if matches!(amqp.kind(), AMQPErrorKind::Soft(_))
                    && amqp.get_message().as_str().contains("inequivalent arg") =>
            {
                Self::Misfit(misfit(amqp.get_message().as_str()))
            }
            _ => Self::Ended(words),
        }
    }
}

impl From<Trouble> for BrokerError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Unavailable(words) => Self::Unavailable(words),
            Trouble::Ended(words) => Self::Disconnected(words),
            Trouble::Misfit(words) => Self::Topology(words),
        }
    }
}

/// Turns the broker's own words into advice. It says `PRECONDITION_FAILED - inequivalent arg
/// 'x-message-ttl' for queue 'q' in vhost '/': received '1' but current is '2'`.
fn misfit(words: &str) -> String {
    let mut quoted = words.split('\'').skip(1).step_by(2);
    let (Some(argument), Some(name)) = (quoted.next(), quoted.next()) else {
        return words.to_owned();
    };
    let kind = if words.contains("for exchange") { "exchange" } else { "queue" };
    let difference = words.rsplit(": ").next().unwrap_or_default();
    format!(
        "the {kind} `{name}` is there with another `{argument}` ({difference}); Deskbell deletes \
         nothing: delete it yourself once it is empty, and Deskbell declares it anew"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_with_other_arguments_is_named_with_the_argument_and_what_to_do() {
        let words = misfit(
            "PRECONDITION_FAILED - inequivalent arg 'x-message-ttl' for queue 'deskbell.retry.1s' \
             in vhost '/': received '1000' but current is '2000'",
        );
        for part in ["queue `deskbell.retry.1s`", "`x-message-ttl`", "'2000'", "delete it"] {
            assert!(words.contains(part), "{words}");
        }
    }

    #[test]
    fn other_words_of_the_broker_are_kept() {
        assert_eq!(misfit("NOT_FOUND - nothing"), "NOT_FOUND - nothing");
    }
}
