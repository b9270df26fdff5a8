//! What commands print: data on standard output, as tables for people or JSON for programs;
//! everything else on standard error.

use std::io::{self, Write};

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

use crate::{
    delivery::{Attempt, Course, Delivery, Limit, SilenceId, State},
    event::Event,
};

/// Prints one JSON document and a line's end.
pub(super) fn json(document: &impl Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, document)?;
    writeln!(out)
}

/// Prints one line of text.
pub(super) fn line(text: impl std::fmt::Display) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{text}")
}

/// Says something beside the data, on standard error. Where nobody reads it, nobody is told.
pub(super) fn aside(text: impl std::fmt::Display) {
    drop(writeln!(io::stderr().lock(), "{text}"));
}

/// A table without borders, as wide as the terminal.
pub(super) fn table<const N: usize>(header: [&str; N]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header.map(str::to_uppercase));
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table
}

/// A delivery as programs read it.
#[derive(Debug, Serialize)]
pub(super) struct DeliveryView {
    key: String,
    event: String,
    source: String,
    #[serde(rename = "type")]
    event_type: String,
    desk: String,
    rule: String,
    priority: &'static str,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    edit: Option<u32>,
    attempts: u32,
    request_id: String,
    updated_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<crate::ticket::TicketRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<crate::delivery::Failure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<Limit>,
    /// The silence that suppresses it, or that did before it was released.
    #[serde(skip_serializing_if = "Option::is_none")]
    silence: Option<i64>,
    /// What it does about its incident or in a flood.
    #[serde(skip_serializing_if = "Option::is_none")]
    course: Option<Course>,
}

impl From<&Delivery> for DeliveryView {
    fn from(delivery: &Delivery) -> Self {
        let not_before = match &delivery.state {
            State::Retrying { not_before, .. }
            | State::Uncertain { look_again: Some(not_before), .. } => Some(not_before.to_string()),
            _ => None,
        };
        let limit = match &delivery.state {
            State::Dead { limit, .. } => *limit,
            _ => None,
        };
        Self {
            key: delivery.key.to_string(),
            event: delivery.event.id.to_string(),
            source: delivery.event.source.to_string(),
            event_type: delivery.event.event_type.to_string(),
            desk: delivery.desk.to_string(),
            rule: delivery.rule.to_string(),
            priority: delivery.priority.as_str(),
            state: delivery.state.name(),
            edit: delivery.edit,
            attempts: delivery.attempts,
            request_id: delivery.request_id.to_string(),
            updated_at: delivery.updated_at.to_string(),
            not_before,
            ticket: delivery.ticket().cloned(),
            failure: delivery.failure().cloned(),
            limit,
            silence: delivery.silence().map(SilenceId::number),
            course: delivery.course().cloned(),
        }
    }
}

/// What a delivery does about its incident or in a flood, in one line.
pub(super) fn course(course: &Course) -> String {
    let raised = |raise: &bool| if *raise { ", and raises it" } else { "" };
    match course {
        Course::Open { notes, resolve, .. } => {
            let notes = match notes.len() {
                0 => String::new(),
                count => format!(", with {count} remembered"),
            };
            format!("opens a ticket{notes}{}", if *resolve { ", and resolves it" } else { "" })
        }
        Course::Comment { ticket, raise } => format!("comments on {}{}", ticket.id, raised(raise)),
        Course::Reopen { ticket, raise } => format!("reopens {}{}", ticket.id, raised(raise)),
        Course::Resolve { ticket } => format!("resolves {}", ticket.id),
        Course::Remember { .. } => "is remembered until there is a ticket".to_owned(),
        Course::Lead { flood, .. } => format!("opens the ticket that stands for flood {flood}"),
        Course::Join { flood, parent, ticket, raise, .. } => format!(
            "is one of flood {flood}, at {} of delivery {parent}{}",
            ticket.id,
            raised(raise)
        ),
        Course::Recover { flood, .. } => format!("has recovered in flood {flood}"),
    }
}

/// A delivery's ticket or trouble, in one cell.
pub(super) fn outcome(delivery: &Delivery) -> String {
    match (delivery.ticket(), delivery.failure()) {
        (Some(ticket), None) => match &ticket.number {
            Some(number) => format!("{} ({number})", ticket.id),
            None => ticket.id.clone(),
        },
        (_, Some(failure)) => {
            let status = failure.status.map(|status| format!(" {status}")).unwrap_or_default();
            let code = failure.code.as_ref().map(|code| format!(" {code}")).unwrap_or_default();
            let call = failure
                .correlation_id
                .as_ref()
                .map(|id| format!(" [call {id}]"))
                .unwrap_or_default();
            format!("{}{status}{code}: {}{call}", failure.reason, failure.words)
        }
        (None, None) => match &delivery.state {
            State::Suppressed { by, .. } => format!("no ticket, by {by}"),
            _ => String::new(),
        },
    }
}

/// An attempt as a row: number, when, how long, how it ended.
pub(super) fn attempt_row(attempt: &Attempt) -> [String; 5] {
    let lasted = attempt.ended.duration_since(attempt.began);
    [
        attempt.number.to_string(),
        instant(attempt.began),
        format!("{:.3} s", lasted.as_secs_f64()),
        attempt.outcome.as_str().to_owned(),
        attempt.failure.as_ref().map_or_else(String::new, |failure| {
            let status = failure.status.map(|status| format!(" {status}")).unwrap_or_default();
            format!("{}{status}: {}", failure.reason, failure.words)
        }),
    ]
}

/// An instant for people: to the second, in UTC.
pub(super) fn instant(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// A stretch of time as the behaviour file writes it: `10m`.
pub(super) fn span(time: std::time::Duration) -> String {
    let time = jiff::SignedDuration::try_from(time).unwrap_or(jiff::SignedDuration::MAX);
    format!("{time:#}")
}

/// An event as structured `CloudEvents`, for programs.
pub(super) fn cloudevent(event: &Event) -> serde_json::Value {
    serde_json::from_slice(&event.to_cloudevents()).unwrap_or(serde_json::Value::Null)
}
