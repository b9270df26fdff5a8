//! Takes what the broker gave up into the ledger, where operators find it among the dead letters
//! and can replay it.

use tokio_util::sync::CancellationToken;

use super::{Worker, attempt::count_dead, persistence::keep_at};
use crate::{
    broker::{BrokerError, Job, Lease},
    causes::Causes,
    delivery::{Delivery, Failure, InvalidTransition, Reason, time_between},
    ledger::{GivenUp, LedgerError},
};

/// Why what was given up is not being recorded.
#[derive(Debug, thiserror::Error)]
enum UndertakerError {
    #[error("what the broker gave up cannot be read")]
    Broker(#[from] BrokerError),
    #[error("what the broker gave up cannot be recorded")]
    Ledger(#[from] LedgerError),
}

/// Records what is given up until `draining`.
pub(super) async fn run(worker: Worker, draining: CancellationToken) {
    let tell = |error: &UndertakerError| {
        tracing::warn!(error = %Causes(error), "What was given up is not recorded");
    };
    keep_at(&draining, || record(&worker), tell).await;
}

async fn record(worker: &Worker) -> Result<(), UndertakerError> {
    let mut buried = worker.broker.buried().await?;
    loop {
        let lease = buried.next().await?;
        take_in(worker, lease).await?;
    }
}

/// Records one job and settles its message. An error puts the message back.
async fn take_in(worker: &Worker, lease: Lease) -> Result<(), UndertakerError> {
    let Job { envelope, desk, rule, priority } = lease.job().clone();
    let words = "the broker gave the message up: it came back unsettled too often";
    let failure = Failure::of(Reason::Poison, words);
    let at = worker.clock.now();
    let job = GivenUp { envelope, desk, rule, priority, at, failure };
    match worker.ledger.give_up(job).await {
        Ok(delivery) => {
            report(&delivery);
            lease.ack().await?;
        }
        // Its worker comes to an end, or is found to be dead by whoever takes the job up then.
        Err(LedgerError::NotAllowed(InvalidTransition::Held { until })) => {
            lease.retry_after(time_between(at, until)).await?;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

fn report(delivery: &Delivery) {
    let (key, desk, state) = (&delivery.key, &delivery.desk, delivery.state.name());
    metrics::counter!("deskbell_poison_messages_total", "desk" => desk.to_string()).increment(1);
    // One that had come to its end before stays as it was, and is counted.
    if delivery.failure().is_some_and(|failure| failure.reason == Reason::Poison) {
        count_dead(delivery);
    }
    tracing::warn!(
        delivery.key = %key,
        %desk,
        event.source = %delivery.event.source,
        event.id = %delivery.event.id,
        state,
        "The broker gave up a message of delivery {key}, which is {state}"
    );
}
