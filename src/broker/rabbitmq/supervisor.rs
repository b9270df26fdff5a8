//! Keeps one connection: dials, declares the topology, hands the connection to its session, and
//! begins again when that ends. The client library's own recovery stays off: it makes promises about
//! confirms and consumers that it does not always keep, and hides from us when it begins.

use std::{sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use lapin::{Connect, Connection, ConnectionProperties, uri::AMQPUri};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::{status::Status, topology::Topology, trouble::Trouble};

/// How long dialling and the handshake may take together.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// How long the declarations may take; those of a new broker are slow.
const DECLARE_WITHIN: Duration = Duration::from_mins(1);
/// The pause after a first failure; it doubles from failure to failure.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// The pause where only a person can help.
const MISFIT_PAUSE: Duration = Duration::from_secs(30);
/// A connection that held this long was a good one.
const GOOD_AFTER: Duration = Duration::from_secs(10);

/// The way to the broker.
#[derive(Debug)]
pub(super) struct Link {
    uri: AMQPUri,
    pub(super) topology: Topology,
}

impl Link {
    pub(super) fn new(uri: AMQPUri, topology: Topology) -> Self {
        Self { uri, topology }
    }

    /// Where the broker is, without the user and the password.
    pub(super) fn place(&self) -> String {
        let AMQPUri { authority, vhost, .. } = &self.uri;
        format!("{}:{}/{}", authority.host, authority.port, vhost.trim_start_matches('/'))
    }

    /// A fresh connection to a broker that has all it needs.
    async fn open(&self, purpose: &str) -> Result<Connection, Trouble> {
        let properties = ConnectionProperties::default()
            .with_connection_name(format!("deskbell {purpose}").into());
        let connection = timeout(CONNECT_WITHIN, self.uri.clone().connect(properties))
            .await
            .map_err(|_| Trouble::Unavailable(late("accept a connection", CONNECT_WITHIN)))?
            .map_err(|error| Trouble::Unavailable(error.to_string()))?;
        timeout(DECLARE_WITHIN, self.topology.declare(&connection))
            .await
            .map_err(|_| Trouble::Unavailable(late("declare the queues", DECLARE_WITHIN)))??;
        Ok(connection)
    }
}

fn late(what: &str, within: Duration) -> String {
    format!("the broker did not {what} within {} s", within.as_secs())
}

/// Keeps a connection until `stop`. `session` has it for as long as it is good, and says why it is
/// not any more.
pub(super) async fn keep<T: Clone>(
    link: Arc<Link>,
    status: Arc<Status<T>>,
    stop: CancellationToken,
    session: impl Fn(Connection) -> BoxFuture<'static, Trouble>,
) {
    let mut failures = 0;
    while !stop.is_cancelled() {
        let opening = tokio::select! {
            opening = link.open(status.purpose()) => opening,
            () = stop.cancelled() => break,
        };
        let trouble = match opening {
            Ok(connection) => {
                let begun = Instant::now();
                let trouble = session(connection).await;
                if begun.elapsed() > GOOD_AFTER {
                    failures = 0;
                }
                trouble
            }
            Err(trouble) => trouble,
        };
        let pause = pause(&trouble, failures, getrandom::u32().unwrap_or(u32::MAX / 2));
        failures = failures.saturating_add(1);
        if stop.is_cancelled() {
            break;
        }
        status.down(&trouble);
        tokio::select! {
            () = sleep(pause) => {}
            () = stop.cancelled() => {}
        }
    }
    status.down(&Trouble::Unavailable("Deskbell is stopping".to_owned()));
}

/// How long to wait after `failures` earlier failures. `luck` spreads the processes of a cluster, so
/// that a broker that comes back is not met by all at once.
fn pause(trouble: &Trouble, failures: u32, luck: u32) -> Duration {
    let full = match trouble {
        Trouble::Misfit(_) => MISFIT_PAUSE,
        Trouble::Unavailable(_) | Trouble::Ended(_) => {
            FIRST_PAUSE.saturating_mul(1 << failures.min(16)).min(LONGEST_PAUSE)
        }
    };
    full.mul_f64(0.5 + 0.5 * f64::from(luck) / f64::from(u32::MAX))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::broker::rabbitmq::names::Names;

    #[test]
    fn a_place_never_shows_who_connects() {
        let uri: AMQPUri = "amqp://me:hunter2@broker:5673/%2fshop".parse().unwrap();
        let link = Link::new(uri, Topology::new(Names::under("deskbell"), vec![], false));
        assert_eq!(link.place(), "broker:5673/shop");
    }

    #[test]
    fn pauses_grow_to_a_bound_and_are_spread() {
        let gone = Trouble::Ended(String::new());
        assert_eq!(pause(&gone, 0, u32::MAX), Duration::from_millis(250));
        assert_eq!(pause(&gone, 3, u32::MAX), Duration::from_secs(2));
        assert_eq!(pause(&gone, u32::MAX, u32::MAX), LONGEST_PAUSE);
        assert_eq!(pause(&gone, u32::MAX, 0), LONGEST_PAUSE / 2);
        assert_eq!(pause(&Trouble::Misfit(String::new()), 0, u32::MAX), MISFIT_PAUSE);
    }
}
