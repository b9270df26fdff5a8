//! Ticket pipelines and their stages.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

/// One stage.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Stage {
    pub(super) id: String,
    label: String,
    display_order: usize,
    archived: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
    metadata: Value,
}

/// One pipeline.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pipeline {
    pub(super) id: String,
    label: String,
    display_order: usize,
    archived: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
    pub(super) stages: Vec<Stage>,
}

impl Pipeline {
    /// The pipeline that every portal has: `0`, with the stages 1 to 4.
    pub(super) fn support(now: Timestamp) -> Self {
        let stages = [
            ("1", "New", "OPEN"),
            ("2", "Waiting on contact", "OPEN"),
            ("3", "Waiting on us", "OPEN"),
            ("4", "Closed", "CLOSED"),
        ];
        let stage = |(place, (id, label, state)): (usize, (&str, &str, &str))| Stage {
            id: id.to_owned(),
            label: label.to_owned(),
            display_order: place,
            archived: false,
            created_at: now,
            updated_at: now,
            metadata: json!({"ticketState": state, "isClosed": (state == "CLOSED").to_string()}),
        };
        Self {
            id: "0".to_owned(),
            label: "Support Pipeline".to_owned(),
            display_order: 0,
            archived: false,
            created_at: now,
            updated_at: now,
            stages: stages.into_iter().enumerate().map(stage).collect(),
        }
    }

    /// Takes stages away, and puts open ones behind the others.
    pub(super) fn change(&mut self, without: &[String], with: &[String], now: Timestamp) {
        self.stages.retain(|stage| !without.contains(&stage.id) && !with.contains(&stage.id));
        for id in with {
            self.stages.push(Stage {
                id: id.clone(),
                label: id.clone(),
                display_order: self.stages.len(),
                archived: false,
                created_at: now,
                updated_at: now,
                metadata: json!({"ticketState": "OPEN", "isClosed": "false"}),
            });
        }
    }

    /// The ids of its stages.
    pub(super) fn stage_ids(&self) -> Vec<&str> {
        self.stages.iter().map(|stage| stage.id.as_str()).collect()
    }
}
