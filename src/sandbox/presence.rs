//! Whether a desk is there at all.

use std::time::Duration;

use serde::Deserialize;
use tokio::time::Instant;

/// How a desk that went away treats whoever calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Absence {
    /// Connections are taken and closed without an answer. The admin path stays open.
    Closed,
    /// Nobody listens: connections are refused, the admin path's too.
    Refused,
}

/// Where a desk is.
///
/// Real time, not the sandbox's clock: a closed socket cannot be moved by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Here,
    Away { how: Absence, until: Instant },
}

impl Presence {
    /// Away from now on, for `length`.
    pub(super) fn away(how: Absence, length: Duration) -> Self {
        // A length that the clock cannot hold is as good as forever; a day outlives every test.
        let until = Instant::now();
        let until = until.checked_add(length).unwrap_or(until + Duration::from_hours(24));
        Self::Away { how, until }
    }

    /// Whether calls are to be turned away.
    pub(super) fn is_away(self) -> bool {
        matches!(self, Self::Away { until, .. } if Instant::now() < until)
    }

    /// Until when nobody listens.
    pub(super) fn refuses_until(self) -> Option<Instant> {
        match self {
            Self::Away { how: Absence::Refused, until } => Some(until),
            Self::Away { how: Absence::Closed, .. } | Self::Here => None,
        }
    }
}
