//! Floods.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    delivery::LetGo,
    ledger::{BrakeRecord, FloodRecord},
    ticket::{Priority, TicketRef},
};

/// A flood of one rule's events at one desk.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BrakeView {
    /// The desk.
    pub desk: String,
    /// The rule.
    pub rule: String,
    /// Floods of one rule at one desk count from 1.
    pub flood: u32,
    /// Whether it goes on.
    pub on: bool,
    /// How many tickets the rule may open …
    pub over: u32,
    /// … within this time.
    pub within_seconds: u64,
    /// The highest priority among its events.
    pub priority: Priority,
    /// When the first of them came.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// When the latest of them came.
    #[schema(value_type = String, format = DateTime)]
    pub latest: Timestamp,
    /// Events without a ticket but the flood's.
    pub events: u64,
    /// Incidents among them that were resolved since.
    pub recovered: u64,
    /// The key of the delivery whose ticket stands for it.
    pub parent: Option<String>,
    /// That ticket.
    pub ticket: Option<TicketRef>,
    /// How it came to its end.
    pub end: Option<LetGo>,
}

impl BrakeView {
    /// Shows a flood.
    pub fn of(FloodRecord { desk, rule, flood }: &FloodRecord) -> Self {
        let bound = &flood.banner.bound;
        Self {
            desk: desk.to_string(),
            rule: rule.clone(),
            flood: flood.number,
            on: flood.is_on(),
            over: bound.over,
            within_seconds: bound.within.as_secs(),
            priority: flood.banner.priority,
            since: flood.banner.since,
            latest: flood.latest,
            events: flood.tally.events,
            recovered: flood.tally.recovered,
            parent: flood.parent.as_ref().or(flood.holder.as_ref()).map(ToString::to_string),
            ticket: flood.ticket.clone(),
            end: flood.end.clone(),
        }
    }

    /// Shows the floods of one brake, the latest first.
    pub fn all_of(record: &BrakeRecord) -> Vec<Self> {
        let BrakeRecord { desk, rule, brake } = record.clone();
        let of = |flood| FloodRecord { desk: desk.clone(), rule: rule.clone(), flood };
        brake.floods.into_iter().rev().map(|flood| Self::of(&of(flood))).collect()
    }
}
