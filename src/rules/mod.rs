//! Rules: which desks an event goes to, and what the ticket says.

use crate::{
    event::{DeskName, Event, Route, RuleName},
    ticket::TicketDraft,
};

/// All rules of the behaviour file, compiled.
#[derive(Debug, Default)]
pub struct RuleBook {}

/// Why a rule makes no draft of an event.
#[derive(Debug, thiserror::Error)]
#[error("{words}")]
pub struct RuleError {
    /// What is wrong, and where; nothing of the event is quoted.
    pub words: String,
}

impl RuleBook {
    /// The desks that `event` goes to: the first rule that matches decides for each desk.
    pub fn route(&self, _event: &Event) -> Vec<Route> {
        Vec::new()
    }

    /// What `rule` makes of `event` for `desk`; by the first rule that matches where `rule` is gone,
    /// and `None` where none does.
    pub fn draft(
        &self,
        _rule: &RuleName,
        _desk: &DeskName,
        _event: &Event,
    ) -> Result<Option<TicketDraft>, RuleError> {
        Ok(None)
    }
}
