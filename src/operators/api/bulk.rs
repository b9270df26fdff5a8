//! What a body chooses: the same as the filters of lists.

use std::collections::BTreeMap;

use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    Refusal,
    body::reason,
    parameters::{PRIORITIES, field, reason_of},
};
use crate::ledger::Search;

/// How many are acted on where nothing is said.
const USUAL: usize = 100;

/// Which dead letters, and why. At least one filter, or `all`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Selection {
    /// Why, for those who look later.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 500, pattern = "\\S")]
    reason: Option<String>,
    /// All of them, where there is no filter.
    #[serde(default)]
    all: bool,
    /// How many at most; 100.
    #[schema(minimum = 1, maximum = 500)]
    limit: Option<usize>,
    /// Not before then.
    #[schema(format = DateTime)]
    since: Option<String>,
    /// Before then.
    #[schema(format = DateTime)]
    until: Option<String>,
    /// Of this source.
    source: Option<String>,
    /// Of this event.
    event: Option<String>,
    /// Of this event type.
    #[serde(rename = "type")]
    event_type: Option<String>,
    /// At this desk.
    desk: Option<String>,
    /// That died for this reason.
    died_of: Option<String>,
    /// Of this priority.
    priority: Option<String>,
    /// Of this incident.
    incident: Option<String>,
    /// With this text in the event or in the failure's words.
    text: Option<String>,
    /// With these members of the payload: `{"data.orderId": "12345"}`.
    #[serde(default)]
    data: BTreeMap<String, String>,
}

fn parsed<T: std::str::FromStr>(
    name: &str,
    text: Option<String>,
    allowed: &str,
) -> Result<Option<T>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    let wrong = |_| Refusal::parameter(name, "cannot be read", allowed);
    text.parse().map(Some).map_err(wrong)
}

impl Selection {
    /// What it chooses, how many at most, and why.
    pub(super) fn read(self, most: usize) -> Result<(Search, usize, String), Refusal> {
        let why = reason(self.reason)?;
        let limit = self.limit.unwrap_or(USUAL);
        if !(1..=most).contains(&limit) {
            let allowed = format!("allowed is a whole number from 1 to {most}");
            return Err(Refusal::parameter("limit", "is out of bounds", allowed));
        }
        let instant = "allowed is an instant of RFC 3339";
        let fields = self.data.iter().map(|(name, value)| field(name, value));
        let search = Search {
            since: parsed("since", self.since, instant)?,
            until: parsed("until", self.until, instant)?,
            source: parsed("source", self.source, "allowed is a source's name")?,
            event: parsed("event", self.event, "allowed is the sender's id of an event")?,
            event_type: parsed("type", self.event_type, "allowed is an event type")?,
            desk: parsed("desk", self.desk, "allowed is a desk's name")?,
            state: None,
            reason: self.died_of.map(|text| reason_of(&text)).transpose()?,
            priority: parsed("priority", self.priority, PRIORITIES)?,
            incident: self.incident,
            silence: None,
            text: self.text,
            fields: fields.collect::<Result<_, _>>()?,
        };
        if search.is_empty() != self.all {
            let allowed = "allowed is a filter, or true where there is none";
            return Err(Refusal::parameter("all", "is not to be understood", allowed));
        }
        Ok((search, limit, why))
    }
}
