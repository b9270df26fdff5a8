//! What each metric is called, carries and means: `/metrics` explains itself by it.
//!
//! A name, once given, stays: dashboards and alerts of others rest on it.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

/// How a metric counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It only grows, until the process starts again.
    Counter,
    /// It goes up and down.
    Gauge,
    /// Observations by size.
    Histogram,
}

/// One metric.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    /// Its name; the unit is in it where there is one.
    pub name: &'static str,
    /// How it counts.
    pub kind: Kind,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    /// What it says, as `/metrics` and docs/metrics.md have it.
    pub text: &'static str,
}

impl Kind {
    /// As Prometheus calls it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

impl Metric {
    fn unit(&self) -> Unit {
        if self.name.ends_with("_seconds") { Unit::Seconds } else { Unit::Count }
    }

    fn describe(&self) {
        let (name, unit, text) = (self.name, self.unit(), self.text);
        match self.kind {
            Kind::Counter => describe_counter!(name, unit, text),
            Kind::Gauge => describe_gauge!(name, unit, text),
            Kind::Histogram => describe_histogram!(name, unit, text),
        }
    }
}

/// Gives the recorder the texts of all metrics.
pub(super) fn describe() {
    for metric in METRICS {
        metric.describe();
    }
}

/// A metric that only grows.
const fn counter(
    name: &'static str,
    labels: &'static [&'static str],
    text: &'static str,
) -> Metric {
    Metric { name, kind: Kind::Counter, labels, text }
}

/// A metric that goes up and down.
const fn gauge(name: &'static str, labels: &'static [&'static str], text: &'static str) -> Metric {
    Metric { name, kind: Kind::Gauge, labels, text }
}

/// A metric of observations.
const fn histogram(
    name: &'static str,
    labels: &'static [&'static str],
    text: &'static str,
) -> Metric {
    Metric { name, kind: Kind::Histogram, labels, text }
}

/// All metrics, by topic.
pub const METRICS: &[Metric] = &[
    counter(
        "deskbell_received_total",
        &["source", "type"],
        "Events that were answered with 202: they are durable. An event that is posted again is \
         counted again.",
    ),
    counter(
        "deskbell_published_total",
        &["source", "outcome"],
        "Events handed to the broker or the embedded store. Outcome `durable`, or \
         `not-durable`: nobody knows, and the sender is told to post again.",
    ),
    histogram("deskbell_accept_seconds", &["source"], "Time from the request to the 202."),
    counter(
        "deskbell_refused_total",
        &["source", "reason"],
        "Requests that were refused, by the reason in the problem document or the fault of the \
         signature. Source `-`: none of the configured ones.",
    ),
    counter(
        "deskbell_passed_over_total",
        &["source", "type"],
        "Messages of a vendor that no event is made of, by the vendor's own type. Type `-`: one \
         of many.",
    ),
    counter(
        "deskbell_pings_total",
        &["source"],
        "Pings of WooCommerce, which prove nothing and are answered.",
    ),
    gauge(
        "deskbell_secret_last_used_timestamp_seconds",
        &["source", "secret"],
        "When the secret last verified a request, in seconds since 1970. Secret `1` is the \
         first of the list.",
    ),
    counter(
        "deskbell_attempts_total",
        &["desk", "outcome"],
        "Attempts that have ended, by the state in which they left the delivery.",
    ),
    histogram(
        "deskbell_time_to_ticket_seconds",
        &["desk", "priority"],
        "Time from the receipt of an event to its ticket, whatever happened in between.",
    ),
    counter(
        "deskbell_dead_letters_total",
        &["desk", "reason"],
        "Deliveries that have died, by reason. One that was replayed may die again.",
    ),
    gauge(
        "deskbell_waiting_deliveries",
        &["desk", "priority"],
        "Deliveries of a lane that wait for a worker: not taken up yet, to be tried again, or \
         to be looked up. From the ledger.",
    ),
    gauge(
        "deskbell_oldest_waiting_seconds",
        &["desk"],
        "Time since the event of the oldest waiting delivery of the desk was received; 0 where \
         nothing waits. A replay counts from its event's receipt.",
    ),
    counter(
        "deskbell_poison_messages_total",
        &["desk"],
        "Messages that RabbitMQ gave up, because they came back too often.",
    ),
    counter(
        "deskbell_rerouted_total",
        &["desk"],
        "Deliveries that were in no lane and were put back from the ledger.",
    ),
    counter(
        "deskbell_foreign_messages_total",
        &[],
        "Messages in the dead queue that are not Deskbell's, and were set aside in \
         `deskbell.dead.foreign`.",
    ),
    counter(
        "deskbell_desk_calls_total",
        &["desk", "outcome"],
        "Calls to the desk: `success`, `refused` (4xx), `throttled` (429), `fault` (5xx), \
         `unreadable`, or `no-answer`.",
    ),
    histogram("deskbell_desk_call_seconds", &["desk"], "Time that a call to the desk took."),
    gauge(
        "deskbell_desk_breaker",
        &["desk", "state"],
        "1 for the state of the desk's breaker: `closed`, `open` or `probing`; 0 for all where \
         another worker has the desk.",
    ),
    gauge(
        "deskbell_desk_room",
        &["desk", "window"],
        "Requests that a window of `pacing` still takes; 0 where another worker has the desk.",
    ),
    gauge(
        "deskbell_desk_quota_used_ratio",
        &["desk", "window"],
        "The part of a window of `pacing` that is used, 0 to 1; 0 where another worker has the \
         desk.",
    ),
    gauge("deskbell_silences", &[], "Silences that hold."),
    gauge("deskbell_desk_paused", &["desk"], "1 while an operator keeps deliveries from the desk."),
    gauge(
        "deskbell_desk_findings",
        &["desk", "verdict"],
        "Findings of the last inspection of the desk's account, by verdict.",
    ),
    gauge(
        "deskbell_brake_on",
        &["desk", "rule"],
        "1 while one ticket stands for a flood of the rule's events.",
    ),
    gauge("deskbell_brake_events", &["desk", "rule"], "Events of the rule's last flood."),
    gauge(
        "deskbell_books_deliveries",
        &["source", "desk", "account"],
        "Deliveries by account: `accepted`, and where they are: `queued`, `attempting`, \
         `retrying`, `uncertain`, `ticketed`, `merged`, `resolved`, `suppressed`, `dead`, \
         `discarded`.",
    ),
    gauge("deskbell_books_unmatched_events", &["source"], "Events that no rule matched."),
    gauge(
        "deskbell_books_conflicts",
        &[],
        "How often an event's id came again with another body; the first stands.",
    ),
    gauge("deskbell_books_balanced", &[], "1 while every accepted delivery is accounted for."),
    gauge(
        "deskbell_books_unaccounted_deliveries",
        &[],
        "By how many deliveries the books do not balance.",
    ),
    gauge(
        "deskbell_books_missing_deliveries",
        &[],
        "Deliveries that were missing from their lane and are not taken up yet.",
    ),
    gauge(
        "deskbell_books_nowhere_deliveries",
        &[],
        "Of the missing deliveries, those that no lane has again.",
    ),
    gauge(
        "deskbell_books_journal_gaps",
        &[],
        "Places at which the journal lost entries before they were recorded, until an operator \
         has seen to them.",
    ),
    gauge(
        "deskbell_books_read_timestamp_seconds",
        &[],
        "When the books were last read, in seconds since 1970. All of the ledger's figures are \
         of that time.",
    ),
    counter(
        "deskbell_journal_gaps_total",
        &[],
        "Times that a worker found entries of the journal gone before they were recorded.",
    ),
    counter(
        "deskbell_expired_events_total",
        &[],
        "Events whose time was over by `[privacy.retention]`: what they said is erased.",
    ),
    counter(
        "deskbell_callbacks_total",
        &["source", "outcome"],
        "Call-backs to senders: `received`, `failed` (they are sent again), `given-up` after \
         three days, or `gone`: the receiver wants no more.",
    ),
    counter(
        "deskbell_operator_events_total",
        &["receiver", "outcome"],
        "Operator events sent to a receiver: `received`, `failed` (they are sent again, until a \
         newer one takes their place), or `gone`: the receiver wants no more. `given-up` stays 0.",
    ),
    gauge(
        "deskbell_config_last_reload_successful",
        &[],
        "1 while the behaviour file that was read last is the one that holds; 0 where it was \
         refused.",
    ),
    gauge("deskbell_build_info", &["version"], "1, for the version that runs."),
];
