//! Bulk replays: named acts that put all dead letters of a filter back to work, a few at a time.

use std::{fmt, num::NonZeroU32, str::FromStr};

use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;

use super::{By, Found, InvalidWord, LedgerError, Page, Search, Via};
use crate::{
    delivery::Delivery,
    event::{DeskName, Envelope},
};

/// How many rows one [`Replays::feed`] looks at, at most.
pub const MOST_FED_FROM: usize = 2_000;

/// How many of them it opens to see what is in them.
pub const MOST_OPENED_TO_FEED: usize = 100;

/// Bulk replays.
///
/// Promises: a replay puts each dead letter back once, also where it dies again, and in whatever
/// place a process is killed; what died after the replay began is no part of it; starting, pausing,
/// resuming and cancelling are in the audit log, each once.
#[async_trait]
pub trait Replays {
    /// Begins a replay of what is dead now. The name is its identity: see [`Begun`].
    async fn begin_replay(&self, new: &NewReplay, by: &By) -> Result<Begun, LedgerError>;

    /// The latest replays first, `most` at most.
    async fn replays(&self, most: usize) -> Result<Vec<ReplayRecord>, LedgerError>;

    /// One replay.
    async fn find_replay(&self, name: &ReplayName) -> Result<Option<ReplayRecord>, LedgerError>;

    /// How far a replay has come at each of its desks, by name.
    async fn replay_progress(&self, name: &ReplayName) -> Result<Vec<ReplayDesk>, LedgerError>;

    /// Pauses, resumes or cancels a replay where its state allows it; gives it as it stands then.
    async fn steer_replay(
        &self,
        name: &ReplayName,
        steering: Steering,
        by: &By,
    ) -> Result<Option<ReplayRecord>, LedgerError>;

    /// The desks for which a running replay has something left.
    async fn desks_to_feed(&self) -> Result<Vec<DeskName>, LedgerError>;

    /// Puts the next dead letters of the desk's oldest running replay back to work, in the lowest
    /// lane, by the list of [`Ledger::requeues`](super::Ledger::requeues), and moves its place behind
    /// them, in one transaction. It looks at no more than [`MOST_FED_FROM`] rows.
    async fn feed(&self, feed: &Feed) -> Result<Fed, LedgerError>;

    /// How many dead letters `search` chooses at most, by desk: what it says of payloads is not
    /// looked at.
    async fn dead_by_desk(&self, search: &Search) -> Result<Vec<(DeskName, u64)>, LedgerError>;

    /// A page of the dead letters that `search` chooses, each with its whole event: to be judged,
    /// and not to be shown.
    async fn dead_letters(
        &self,
        search: &Search,
        page: &Page,
    ) -> Result<Found<DeadLetter>, LedgerError>;
}

/// A dead letter with its event as it was recorded, with what its source redacts.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadLetter {
    /// The delivery.
    pub delivery: Delivery,
    /// Its event.
    pub envelope: Envelope,
}

/// A replay's name: 1 to 63 of a-z, 0-9, '-', '_' and '.', beginning with a letter or a digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReplayName(String);

/// A text that is no replay's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "is no replay's name: 1 to 63 of a-z, 0-9, '-', '_' and '.', beginning with a letter or a digit"
)]
pub struct InvalidReplayName;

impl ReplayName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ReplayName {
    type Err = InvalidReplayName;

    fn from_str(text: &str) -> Result<Self, InvalidReplayName> {
        let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let is_plain = |byte: u8| is_letter(byte) || matches!(byte, b'-' | b'_' | b'.');
        let is_name = text.len() <= 63
            && text.bytes().next().is_some_and(is_letter)
            && text.bytes().all(is_plain);
        // A path of the API has that name.
        if is_name && text != "plan" { Ok(Self(text.to_owned())) } else { Err(InvalidReplayName) }
    }
}

impl fmt::Display for ReplayName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// A replay that is to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReplay {
    /// Its name.
    pub name: ReplayName,
    /// Which dead letters; a state that it names does not count.
    pub search: Search,
    /// How many a minute at most, over all desks.
    pub rate: Option<NonZeroU32>,
}

/// What became of the wish to begin a replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It has begun.
    New(ReplayRecord),
    /// There is one of that name and that filter already: nothing has changed.
    Known(ReplayRecord),
    /// There is one of that name with another filter: nothing has changed.
    Taken(ReplayRecord),
}

/// A replay as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayRecord {
    /// Its name.
    pub name: ReplayName,
    /// Which dead letters.
    pub search: Search,
    /// When it began: what died after that is no part of it.
    pub began_at: Timestamp,
    /// How many a minute at most, over all desks.
    pub rate: Option<NonZeroU32>,
    /// Whether it goes on.
    pub state: ReplayState,
    /// Since when it is in that state.
    pub changed_at: Timestamp,
    /// Who began it.
    pub who: String,
    /// By which way.
    pub via: Via,
    /// In the operator's words.
    pub why: Option<String>,
}

/// Whether a replay goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReplayState {
    /// It puts dead letters back whenever their desk is idle.
    Running,
    /// It waits until an operator resumes it.
    Paused,
    /// An operator has ended it. What was put back goes on.
    Cancelled,
    /// All that it chose was put back.
    Done,
}

impl ReplayState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Running, Self::Paused, Self::Cancelled, Self::Done];

    /// The name that the ledger and answers use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Cancelled => "cancelled",
            Self::Done => "done",
        }
    }

    /// Whether it may still put something back.
    pub fn is_open(self) -> bool {
        match self {
            Self::Running | Self::Paused => true,
            Self::Cancelled | Self::Done => false,
        }
    }
}

impl fmt::Display for ReplayState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}

impl FromStr for ReplayState {
    type Err = InvalidWord;

    fn from_str(text: &str) -> Result<Self, InvalidWord> {
        Self::ALL.into_iter().find(|state| state.as_str() == text).ok_or(InvalidWord)
    }
}

/// What an operator does to a replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Steering {
    /// Puts nothing back until it is resumed.
    Pause,
    /// Goes on.
    Resume,
    /// Ends it.
    Cancel,
}

impl Steering {
    /// The state that it leads to.
    pub fn leads_to(self) -> ReplayState {
        match self {
            Self::Pause => ReplayState::Paused,
            Self::Resume => ReplayState::Running,
            Self::Cancel => ReplayState::Cancelled,
        }
    }
}

/// How far a replay has come at one desk. What was put back counts where it stands now, unless a later
/// replay has put it back since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ReplayDesk {
    /// Which desk.
    #[schema(value_type = String)]
    pub desk: DeskName,
    /// Dead letters that are to be put back yet; at most, where the filter asks for payloads.
    pub left: u64,
    /// How many were put back.
    pub put_back: u64,
    /// Of these, with a ticket of their own.
    pub ticketed: u64,
    /// Added to a ticket, or to what waits for one.
    pub merged: u64,
    /// That resolved their incident.
    pub resolved: u64,
    /// Dead again.
    pub dead: u64,
    /// Dead again and given up by an operator.
    pub discarded: u64,
    /// In doubt.
    pub uncertain: u64,
    /// Queued, attempted or to be tried again.
    pub under_way: u64,
    /// Put back again by a later replay, which counts them.
    pub elsewhere: u64,
}

/// The wish to put a few dead letters of a desk back to work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// The desk.
    pub desk: DeskName,
    /// The epoch of the worker's lease of the desk: one worker feeds it.
    pub epoch: u64,
    /// Now.
    pub at: Timestamp,
    /// How many of the running replays may wait for the desk or be worked on.
    pub most: usize,
}

/// What a feed came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fed {
    /// How many were put back.
    pub put_back: usize,
    /// Whether it stopped because it had looked at enough: the next may come at once.
    pub more: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replays_name_fits_a_path_and_a_command_line() {
        for name in ["crm-after-the-outage", "2026-11-23.crm", "a", &"x".repeat(63)] {
            assert_eq!(name.parse::<ReplayName>().map(|it| it.to_string()), Ok(name.to_owned()));
        }
        for wrong in ["", "plan", "-x", ".x", "A", "a b", "a/b", &"x".repeat(64)] {
            assert_eq!(wrong.parse::<ReplayName>(), Err(InvalidReplayName), "{wrong}");
        }
    }
}
