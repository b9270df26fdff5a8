//! Inspects a desk's account while nothing is delivered to it, and tells what has changed.
//!
//! - Whoever holds the desk's lease inspects: soon after it has taken the desk, and then on schedule.
//! - A delivery comes first: no question is asked while one is under way.
//! - What is known is not told again; a process tells all faults once.
//! - Nothing that is found stops a delivery: only its own answer does.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

use super::desk_loop::Station;
use crate::{
    causes::Causes,
    desks::{Idle, until},
    inspection::{Change, Finding, Inspection, Soundness},
};

/// After the desk was taken: what the broker has just sent out goes first.
const FIRST: Duration = Duration::from_secs(1);

/// After a desk could not be asked.
const AGAIN: Duration = Duration::from_mins(1);

/// What this process has told of the account.
#[derive(Debug, Default)]
pub(super) struct Told(Mutex<Option<Inspection>>);

/// When to inspect.
#[derive(Debug)]
pub(super) struct Schedule(Option<Interval>);

impl Schedule {
    /// So often; never for `None`.
    pub(super) fn new(every: Option<Duration>) -> Self {
        Self(every.map(|every| {
            let mut interval = interval_at(Instant::now() + FIRST.min(every), every);
            interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
            interval
        }))
    }

    /// Waits until it is time.
    pub(super) async fn due(&mut self) {
        match &mut self.0 {
            Some(interval) => drop(interval.tick().await),
            None => std::future::pending().await,
        }
    }

    /// The desk could not be asked: sooner than the next time.
    pub(super) fn again(&mut self) {
        if let Some(interval) = &mut self.0 {
            interval.reset_after(AGAIN.min(interval.period()));
        }
    }
}

/// Inspects once, for as long as this worker may speak to the desk.
pub(super) async fn inspect(station: Arc<Station>, draining: CancellationToken) {
    let desk = &station.post.settings.name;
    let needs = station.worker.rules.now().needs(desk);
    let idle = Idle::while_none(station.under_way.subscribe());
    let asking = until(station.deadline(), station.post.desk.inspect(&needs, &idle));
    let Some(asked) = draining.run_until_cancelled(asking).await else { return };
    match asked {
        // Deliveries tell of a desk that does not answer.
        Err(error) => {
            tracing::debug!(%desk, error = %Causes(&error), "Desk `{desk}` was not inspected");
            station.uninspected.notify_one();
        }
        Ok(findings) => {
            let inspection = Inspection { at: station.worker.clock.now(), findings };
            show(desk.as_str(), Some(&inspection));
            if let Err(error) = station.worker.ledger.note_inspection(desk, &inspection).await {
                tracing::warn!(
                    %desk,
                    error = %Causes(&error),
                    "What was found at desk `{desk}` is not written down"
                );
            }
            station.told.tell(desk.as_str(), inspection);
        }
    }
}

impl Told {
    /// Tells what has changed since this process told last.
    fn tell(&self, desk: &str, inspection: Inspection) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for change in inspection.changes_since(told.as_ref()) {
            match change {
                Change::Appeared(finding) => appeared(desk, finding),
                Change::Mended(finding) => tracing::info!(
                    desk,
                    subject = finding.subject,
                    "Desk `{desk}`: {} is as it has to be again",
                    finding.subject
                ),
            }
        }
        if told.is_none() && inspection.count(Soundness::Fault) == 0 {
            let (sound, unknown) =
                (inspection.count(Soundness::Sound), inspection.count(Soundness::Unknown));
            tracing::debug!(desk, sound, unknown, "Desk `{desk}` has what the rules rely on");
        }
        *told = Some(inspection);
    }
}

fn appeared(desk: &str, finding: &Finding) {
    let Finding { subject, used_by, .. } = finding;
    let used_by = used_by.join(", ");
    tracing::warn!(
        desk,
        subject,
        used_by,
        "Desk `{desk}`: {subject}: {}: deliveries that rely on it will fail",
        finding.told()
    );
}

/// Shows the findings to whoever reads metrics; `None`: another worker has the desk.
pub(super) fn show(desk: &str, inspection: Option<&Inspection>) {
    for verdict in Soundness::ALL {
        let count = inspection.map_or(0, |inspection| inspection.count(verdict));
        let labels = [("desk", desk.to_owned()), ("verdict", verdict.as_str().to_owned())];
        let count = f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        metrics::gauge!("deskbell_desk_findings", &labels).set(count);
    }
}
