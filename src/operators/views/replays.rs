//! Bulk replays, and plans of them.

use std::num::NonZeroU32;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    event::DeskName,
    ledger::{ReplayDesk, ReplayRecord, ReplayState, SearchDocument, Via},
};

/// What a bulk replay would do. Foreseen, and not promised: desks, brakes and other events have a say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReplayPlan {
    /// Which dead letters.
    pub filter: SearchDocument,
    /// How many there are.
    pub chosen: u64,
    /// Whether it is that many; otherwise at most, since the filter asks for payloads and not all were
    /// looked into.
    pub exact: bool,
    /// How many were looked into, the latest ones.
    pub examined: u64,
    /// How many a minute at most.
    pub rate: Option<u32>,
    /// How long it takes at least, in seconds: under the desks' quotas at one call for each, and at the
    /// rate. Null where neither is known.
    pub seconds: Option<u64>,
    /// Desk by desk.
    pub desks: Vec<PlanDesk>,
}

/// What a bulk replay would do at one desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanDesk {
    /// Which desk.
    pub desk: String,
    /// How many dead letters it has of these.
    pub chosen: u64,
    /// How many of them were looked into. All counts below are of these.
    pub examined: u64,
    /// That would create a ticket.
    pub creates: u64,
    /// That would be added to the ticket of their incident, or resolve it.
    pub merges: u64,
    /// That say something about an incident which has no ticket, and would wait for one.
    pub waits: u64,
    /// That the desk has a ticket of already, or what they have to say: only what is missing is done.
    pub ticketed: u64,
    /// Whose event does not satisfy its schema.
    pub invalid: u64,
    /// That no rule makes a ticket of today.
    pub unmatched: u64,
    /// That a rule fails on today.
    pub broken_rule: u64,
    /// How long so many calls take under the desk's quota, in seconds; null where its quota is not known
    /// here.
    pub quota_seconds: Option<u64>,
}

/// What would become of a dead letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreseen {
    /// It creates a ticket.
    Creates,
    /// It is added to one.
    Merges,
    /// It waits for one.
    Waits,
    /// The desk has it.
    Ticketed,
    /// Its event does not satisfy its schema.
    Invalid,
    /// No rule makes a ticket of it.
    Unmatched,
    /// A rule fails on it.
    BrokenRule,
}

impl PlanDesk {
    /// Nothing is known of the desk yet.
    pub fn of(desk: &DeskName) -> Self {
        Self {
            desk: desk.to_string(),
            chosen: 0,
            examined: 0,
            creates: 0,
            merges: 0,
            waits: 0,
            ticketed: 0,
            invalid: 0,
            unmatched: 0,
            broken_rule: 0,
            quota_seconds: None,
        }
    }

    /// Counts one more.
    pub fn count(&mut self, foreseen: Foreseen) {
        self.examined += 1;
        let account = match foreseen {
            Foreseen::Creates => &mut self.creates,
            Foreseen::Merges => &mut self.merges,
            Foreseen::Waits => &mut self.waits,
            Foreseen::Ticketed => &mut self.ticketed,
            Foreseen::Invalid => &mut self.invalid,
            Foreseen::Unmatched => &mut self.unmatched,
            Foreseen::BrokenRule => &mut self.broken_rule,
        };
        *account += 1;
    }
}

/// A bulk replay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReplayView {
    /// Its name.
    pub name: String,
    /// Which dead letters.
    pub filter: SearchDocument,
    /// Whether it goes on. `done`: all were put back; some may be under way.
    pub state: ReplayState,
    /// When it began: what died after that is no part of it.
    #[schema(value_type = String, format = DateTime)]
    pub began_at: Timestamp,
    /// Since when it is in its state.
    #[schema(value_type = String, format = DateTime)]
    pub changed_at: Timestamp,
    /// How many a minute at most, over all desks.
    pub rate: Option<u32>,
    /// Who began it.
    pub who: String,
    /// By which way.
    pub via: Via,
    /// In the operator's words.
    pub why: Option<String>,
    /// How far it has come; in lists only of those that are running or paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub progress: Option<ReplayProgress>,
}

/// How far a bulk replay has come, over all desks and desk by desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReplayProgress {
    /// How many it puts back in all.
    pub chosen: u64,
    /// Whether it is that many; otherwise at most, since the filter asks for payloads.
    pub exact: bool,
    /// How many are to be put back yet.
    pub left: u64,
    /// How many were put back.
    pub put_back: u64,
    /// Of these, with a ticket of their own.
    pub ticketed: u64,
    /// Added to a ticket, or that resolved one.
    pub merged: u64,
    /// Dead again, or given up since.
    pub dead: u64,
    /// Queued, attempted, to be tried again or in doubt.
    pub under_way: u64,
    /// Put back again by a later replay, which counts them.
    pub elsewhere: u64,
    /// Desk by desk.
    pub desks: Vec<ReplayDesk>,
}

impl ReplayView {
    /// Shows a replay, without how far it has come.
    pub fn of(record: &ReplayRecord) -> Self {
        Self {
            name: record.name.to_string(),
            filter: SearchDocument::of(&record.search),
            state: record.state,
            began_at: record.began_at,
            changed_at: record.changed_at,
            rate: record.rate.map(NonZeroU32::get),
            who: record.who.clone(),
            via: record.via,
            why: record.why.clone(),
            progress: None,
        }
    }
}

impl ReplayProgress {
    /// Adds the desks up.
    pub fn of(record: &ReplayRecord, desks: Vec<ReplayDesk>) -> Self {
        let sum = |of: fn(&ReplayDesk) -> u64| desks.iter().map(of).sum::<u64>();
        let (left, put_back) = (sum(|desk| desk.left), sum(|desk| desk.put_back));
        Self {
            chosen: left + put_back,
            exact: left == 0 || !record.search.is_of_payload(),
            left,
            put_back,
            ticketed: sum(|desk| desk.ticketed),
            merged: sum(|desk| desk.merged + desk.resolved),
            dead: sum(|desk| desk.dead + desk.discarded),
            under_way: sum(|desk| desk.under_way + desk.uncertain),
            elsewhere: sum(|desk| desk.elsewhere),
            desks,
        }
    }
}
