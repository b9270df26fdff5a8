//! Lets brakes go when nothing comes any more, and shows them as metrics.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Worker;
use crate::{
    causes::Causes,
    delivery::{Flood, LetGo},
    ledger::{BrakeRecord, FloodRecord, LedgerError},
};

/// How often it is looked whether a flood is over. The next event of the rule looks as well.
const EVERY: Duration = Duration::from_secs(2);

/// Looks after the brakes until `draining`.
pub(super) async fn run(worker: Worker, draining: CancellationToken) {
    let mut is_told = false;
    loop {
        match look(&worker).await {
            Ok(()) => is_told = false,
            Err(error) => {
                if !is_told {
                    tracing::warn!(error = %Causes(&error), "The brakes cannot be looked after");
                }
                is_told = true;
            }
        }
        tokio::select! {
            () = draining.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn look(worker: &Worker) -> Result<(), LedgerError> {
    for record in worker.ledger.calm_brakes(worker.clock.now()).await? {
        tell(&record);
    }
    worker.ledger.brakes().await?.iter().for_each(show);
    Ok(())
}

fn tell(FloodRecord { desk, rule, flood }: &FloodRecord) {
    let by = match &flood.end {
        Some(LetGo { by: Some(by), .. }) => by,
        Some(LetGo { by: None, .. }) | None => "itself",
    };
    tracing::info!(
        %desk,
        rule,
        flood = flood.number,
        events = flood.tally.events,
        recovered = flood.tally.recovered,
        by,
        "The brake of rule `{rule}` is off at desk `{desk}`"
    );
}

fn show(BrakeRecord { desk, rule, brake }: &BrakeRecord) {
    let Some(flood) = brake.floods.last() else { return };
    let labels = [("desk", desk.to_string()), ("rule", rule.clone())];
    let is_on = brake.floods.iter().any(Flood::is_on);
    metrics::gauge!("deskbell_brake_on", &labels).set(f64::from(u8::from(is_on)));
    let events = u32::try_from(flood.tally.events).unwrap_or(u32::MAX);
    metrics::gauge!("deskbell_brake_events", &labels).set(f64::from(events));
}
