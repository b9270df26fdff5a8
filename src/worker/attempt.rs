//! One delivery from the lane to its outcome: load, decide, act, record.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use tracing::{Instrument, Span};

use super::{
    PAUSE,
    desk_loop::{Passage, Station},
    steps::Run,
};
use crate::{
    broker::{Job, Lease},
    causes::Causes,
    delivery::{Delivery, Failure, Limit, State, Suppressor, Transition, time_between},
    desks::Turn,
    event::Route,
    ledger::{Claim, Claimed, LedgerError},
    traces,
};

/// What a claim has left beyond the time that a step may take: for the ledger's own writes.
const CLAIM_MARGIN: Duration = Duration::from_secs(5);

/// What becomes of a job's message.
enum Next {
    /// The ledger has the outcome.
    Acknowledge,
    /// It comes again after this.
    Later(Duration),
}

/// How an attempt ends.
#[derive(Debug)]
pub(super) enum Ending {
    /// With the ticket.
    Complete,
    /// Without one: somebody said so beforehand.
    Suppress { by: Suppressor },
    /// With another attempt to follow.
    Postpone { wait: Duration, failure: Failure, counts: bool },
    /// In doubt until the desk is asked again; `None`: until an operator has looked.
    Doubt { wait: Option<Duration>, failure: Failure },
    /// For good.
    Bury { failure: Failure, limit: Option<Limit>, counts: bool },
}

/// Brings a job to an outcome and settles its message.
pub(super) async fn deliver(station: Arc<Station>, passage: Passage, lease: Lease) {
    let Job { envelope, desk, rule, priority } = lease.job();
    let span = tracing::info_span!(
        "delivery",
        desk = %desk,
        event.source = %envelope.event.source,
        event.id = %envelope.event.id,
        request.id = %envelope.request_id,
        priority = %priority,
    );
    let Passage { turn, probe } = passage;
    // The innermost, so that the attempt's end finds it.
    let route = Route { desk: desk.clone(), rule: rule.clone(), priority: *priority };
    let traced = traces::process(envelope, &route, station.worker.broker.system());
    settle(station, turn, lease).instrument(traced).instrument(span).await;
    drop(probe);
}

async fn settle(station: Arc<Station>, turn: Turn, lease: Lease) {
    let settled = match attempt(&station, turn, lease.job()).await {
        Ok(Next::Acknowledge) => lease.ack().await,
        Ok(Next::Later(wait)) => lease.retry_after(wait).await,
        Err(error) => {
            tracing::warn!(error = %Causes(&error), "An attempt could not be recorded");
            // The job goes back to its lane; a pause keeps a failing ledger from spinning.
            tokio::time::sleep(PAUSE).await;
            drop(lease);
            return;
        }
    };
    if let Err(error) = settled {
        // The message comes again, and the ledger's claim makes it harmless.
        tracing::debug!(error = %Causes(&error), "A message could not be settled");
    }
}

async fn attempt(station: &Station, turn: Turn, job: &Job) -> Result<Next, LedgerError> {
    let Some(epoch) = station.epoch() else {
        return Err(LedgerError::LeaseOver { desk: job.desk.clone() });
    };
    let Some(silences) = station.word.silences.known().await else {
        return Ok(Next::Later(PAUSE));
    };
    let (deadline, at) = (station.deadline(), station.worker.clock.now());
    let claim = Claim {
        envelope: job.envelope.clone(),
        desk: job.desk.clone(),
        rule: job.rule.clone(),
        priority: job.priority,
        epoch,
        at,
        until: at + station.claim_lasts(),
    };
    match station.worker.ledger.claim(claim).await? {
        Claimed::Settled(_) => Ok(Next::Acknowledge),
        Claimed::NotBefore(due) => Ok(Next::Later(time_between(at, due))),
        Claimed::Granted(granted) => {
            let by = silences.suppressing(&granted, &station.worker.rules.now(), at);
            let mut run = Run::new(station, turn, deadline, *granted);
            let ending = match by {
                Some(by) => Ending::Suppress { by },
                None => run.pursue().await?,
            };
            conclude(station, run, ending).await
        }
    }
}

impl Station {
    /// How long a claim, and the intent of a step, hold a delivery: as long as the step may last.
    pub(super) fn claim_lasts(&self) -> Duration {
        self.step_lasts() + CLAIM_MARGIN
    }
}

/// Records how the attempt ended, and says so. One reading of the clock decides about all times, so
/// that one that is set back in between keeps nothing waiting.
async fn conclude(station: &Station, run: Run<'_>, ending: Ending) -> Result<Next, LedgerError> {
    let at = station.worker.clock.now();
    let (delivery, mut transitions, received_at) = run.into_parts();
    let claim = delivery.claims;
    // The desk waits, and its breaker has said so.
    let is_told = matches!(ending, Ending::Postpone { counts: false, .. });
    let (last, next) = match ending {
        Ending::Complete => (Transition::Complete { claim, at }, Next::Acknowledge),
        Ending::Suppress { by } => (Transition::Suppress { claim, at, by }, Next::Acknowledge),
        Ending::Postpone { wait, failure, counts } => (
            Transition::Postpone { claim, at, not_before: at + wait, failure, counts },
            Next::Later(wait),
        ),
        Ending::Doubt { wait, failure } => {
            let look_again = wait.map(|wait| at + wait);
            let doubt = Transition::Doubt { claim, at, look_again, failure, counts: false };
            (doubt, wait.map_or(Next::Acknowledge, Next::Later))
        }
        Ending::Bury { failure, limit, counts } => {
            (Transition::Bury { claim, at, failure, limit, counts }, Next::Acknowledge)
        }
    };
    transitions.push(last);
    let delivery = station.worker.ledger.advance(&delivery.key, transitions).await?;
    Span::current().record("deskbell.delivery.state", delivery.state.name());
    report(&delivery, received_at, at, is_told);
    Ok(next)
}

/// One count for each delivery that dies.
pub(super) fn count_dead(delivery: &Delivery) {
    if let State::Dead { failure, .. } = &delivery.state {
        let (desk, reason) = (delivery.desk.to_string(), failure.reason.as_str());
        metrics::counter!("deskbell_dead_letters_total", "desk" => desk, "reason" => reason)
            .increment(1);
    }
}

/// One count for each attempt's end, and one log line where that is not told already.
fn report(delivery: &Delivery, received_at: Timestamp, at: Timestamp, is_told: bool) {
    let state = delivery.state.name();
    let key = &delivery.key;
    metrics::counter!(
        "deskbell_attempts_total", "desk" => delivery.desk.to_string(), "outcome" => state
    )
    .increment(1);
    count_dead(delivery);
    match (delivery.ticket(), delivery.failure()) {
        (Some(ticket), None) => {
            metrics::histogram!(
                "deskbell_time_to_ticket_seconds",
                "desk" => delivery.desk.to_string(), "priority" => delivery.priority.lane()
            )
            .record(time_between(received_at, at).as_secs_f64());
            tracing::info!(%key, state, ticket = %ticket.id, "Ticketed");
        }
        (_, Some(failure)) if is_told => {
            tracing::debug!(%key, state, reason = %failure.reason, "Waits for the desk");
        }
        (_, Some(failure)) => tracing::warn!(
            %key,
            state,
            reason = %failure.reason,
            status = failure.status,
            code = failure.code.as_deref(),
            correlation_id = failure.correlation_id.as_deref(),
            attempts = delivery.attempts,
            "Not ticketed: {state}"
        ),
        (None, None) => tracing::info!(%key, state, "An attempt ended"),
    }
}
