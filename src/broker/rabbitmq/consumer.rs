//! The consuming connection. Nothing is published on it, so that the broker never blocks it, and
//! acknowledgements get through a resource alarm.

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt;
use lapin::{Connection, Event};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use super::{status::Status, trouble::Trouble};

/// How often the connection is looked at, in case an event is missed.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long the connection's own end may take.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// The way to the consuming connection.
pub(super) type Consuming = Status<Arc<Connection>>;

/// Lends `connection` to readers until it ends or `stop` says so.
pub(super) async fn run(
    connection: Connection,
    consuming: Arc<Consuming>,
    stop: CancellationToken,
) -> Trouble {
    // The only listener of this connection: two would share the events between them.
    let mut events = connection.events_listener();
    let mut look = interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let connection = Arc::new(connection);
    consuming.up(Arc::clone(&connection));
    let mut last = Trouble::Ended("the connection ended".to_owned());
    loop {
        tokio::select! {
            // A reader's channel that ends is told here as well; that is the reader's affair.
            Some(event) = events.next() => if let Event::Error(error) = event {
                last = error.into();
            },
            _ = look.tick() => {}
            () = stop.cancelled() => {
                let _ = timeout(CLOSE_WITHIN, connection.close(200, "stopping".into())).await;
                return last;
            }
        }
        if !connection.status().connected() {
            return last;
        }
    }
}
