//! Declares anew what somebody deleted while Deskbell runs. Neither a publisher nor a consumer of
//! something else would notice: the journal still takes an event whose work queue is gone. A work queue
//! that somebody put there instead, with other arguments, is found by the same look.

use std::{sync::Arc, time::Duration};

use lapin::Connection;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{consumer::Consuming, supervisor::Link, trouble::Trouble};

/// How often the queues are looked for: how long at most events may be lost to a lane, until the
/// workers put them back.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// How long a look and its mending may take.
const MEND_WITHIN: Duration = Duration::from_mins(1);

/// Looks for the queues until `stop`, over the consuming connection: the look ends a channel where
/// a queue is missing, which the publishing connection would take for its own.
pub(super) async fn run(link: Arc<Link>, consuming: Arc<Consuming>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(LOOK_EVERY) => {}
        }
        // Without a connection there is nothing to do: the next one declares everything.
        let Ok(connection) = consuming.current() else { continue };
        tokio::select! {
            () = stop.cancelled() => return,
            mended = timeout(MEND_WITHIN, mend(&link, &connection)) => {
                if let Ok(Err(trouble)) = mended {
                    let words = trouble.words();
                    tracing::warn!("The queues on RabbitMQ could not be looked after: {words}");
                }
            }
        }
    }
}

async fn mend(link: &Link, connection: &Connection) -> Result<(), Trouble> {
    if let Some(queue) = link.topology.missing(connection).await? {
        link.topology.declare(connection).await?;
        tracing::warn!(
            amqp.queue = queue.as_str(),
            "The queue `{queue}` was gone; declared it anew"
        );
        return Ok(());
    }
    link.topology.declare_all_lanes(connection).await
}
