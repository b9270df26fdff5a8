//! Silences.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    delivery::SilenceChoice,
    ledger::{Silence, Via},
};

/// A silence, and what came of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SilenceView {
    /// Its number.
    pub id: i64,
    /// Whether it holds now.
    pub state: SilenceState,
    /// When it begins.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// When it is over, where nobody ends it before.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// Of these sources; empty: of all.
    pub sources: Vec<String>,
    /// Of these event types; empty: of all.
    pub types: Vec<String>,
    /// For these desks; empty: for all.
    pub desks: Vec<String>,
    /// Of which this expression is true.
    pub when: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// By whom.
    pub who: String,
    /// By which way.
    pub via: Via,
    /// In the operator's words.
    pub why: String,
    /// When an operator ended it before its time.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// Who did.
    pub ended_by: Option<String>,
    /// How many deliveries it suppresses.
    pub suppressed: u64,
    /// How many it did that were released.
    pub released: u64,
    /// Whether more of them are being released.
    pub releasing: bool,
}

/// Whether a silence holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SilenceState {
    /// It has not begun.
    Planned,
    /// It holds.
    Holds,
    /// It is over.
    Over,
}

impl SilenceState {
    /// The name that answers use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Holds => "holds",
            Self::Over => "over",
        }
    }
}

impl SilenceView {
    /// Shows a silence as it stands at `now`.
    pub fn of(silence: &Silence, now: Timestamp) -> Self {
        let state = if silence.is_over_at(now) {
            SilenceState::Over
        } else if silence.holds_at(now) {
            SilenceState::Holds
        } else {
            SilenceState::Planned
        };
        let SilenceChoice { sources, types, desks, when } = &silence.choice;
        let ended = silence.ended.as_ref();
        Self {
            id: silence.id.number(),
            state,
            from: silence.from,
            until: silence.until,
            sources: sources.iter().map(ToString::to_string).collect(),
            types: types.iter().map(ToString::to_string).collect(),
            desks: desks.iter().map(ToString::to_string).collect(),
            when: when.clone(),
            created_at: silence.created_at,
            who: silence.who.clone(),
            via: silence.via,
            why: silence.why.clone(),
            ended_at: ended.map(|(at, _)| *at),
            ended_by: ended.map(|(_, who)| who.clone()),
            suppressed: silence.suppressed,
            released: silence.released,
            releasing: silence.is_releasing,
        }
    }
}
