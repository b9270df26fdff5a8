//! Publishes. One task owns the one channel with confirms: the client library numbers a message and
//! queues it in two steps, and two tasks on one channel can swap their confirms.
//!
//! Whoever publishes hands the message over and waits for its fate. The task takes all that is
//! there at once, so that a burst leaves in one write, and keeps a window of messages in flight.

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt;
use lapin::{
    BasicProperties, Connection, Event, options::ConfirmSelectOptions, types::ShortString,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{MissedTickBehavior, interval, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{status::Status, trouble::Trouble, window::Window, wire::Message};
use crate::broker::BrokerError;

/// How long a publish may wait for its confirm.
const CONFIRM_WITHIN: Duration = Duration::from_secs(5);
/// How long the channel may take to open. The client library never answers for what it was given in
/// the moment that the connection broke.
const OPEN_WITHIN: Duration = Duration::from_secs(10);
/// How long the connection's own end may take.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);
/// How often what nobody waits for any more is forgotten.
const TIDY_EVERY: Duration = Duration::from_secs(1);
/// How many messages may be in flight: from here on the broker gains little, and each waits longer.
pub(super) const WINDOW: usize = 256;

/// A message with its address, and whoever waits for its fate.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) exchange: ShortString,
    pub(super) key: ShortString,
    pub(super) properties: BasicProperties,
    pub(super) body: Vec<u8>,
    pub(super) reply: oneshot::Sender<Result<(), BrokerError>>,
}

/// The way to the publishing task.
pub(super) type Publishing = Status<mpsc::Sender<Outgoing>>;

impl Publishing {
    /// Publishes one message; `Ok` means that the broker has it on disk in every queue it goes to.
    pub(super) async fn publish(
        &self,
        exchange: ShortString,
        key: ShortString,
        message: Message,
    ) -> Result<(), BrokerError> {
        let inbox = self.current()?;
        let (reply, fate) = oneshot::channel();
        let Message { properties, body } = message;
        let outgoing = Outgoing { exchange, key, properties, body, reply };
        let gone = || BrokerError::Disconnected("the connection ended before a confirm".to_owned());
        let publishing = async {
            inbox.send(outgoing).await.map_err(|_| gone())?;
            fate.await.map_err(|_| gone())?
        };
        timeout(CONFIRM_WITHIN, publishing)
            .await
            .unwrap_or(Err(BrokerError::TimedOut(CONFIRM_WITHIN)))
    }
}

/// Publishes over `connection` until it ends or `stop` says so; then everything in flight has a
/// fate.
pub(super) async fn run(
    connection: Connection,
    publishing: Arc<Publishing>,
    stop: CancellationToken,
) -> Trouble {
    match timeout(OPEN_WITHIN, Session::open(connection, publishing)).await {
        Ok(Ok(mut session)) => session.run(stop).await,
        Ok(Err(trouble)) => trouble,
        Err(_elapsed) => Trouble::Ended("the broker opened no channel in time".to_owned()),
    }
}

struct Session {
    connection: Connection,
    publishing: Arc<Publishing>,
    window: Window,
    sender: mpsc::Sender<Outgoing>,
    inbox: mpsc::Receiver<Outgoing>,
}

impl Session {
    async fn open(connection: Connection, publishing: Arc<Publishing>) -> Result<Self, Trouble> {
        let channel = connection.create_channel().await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        let (sender, inbox) = mpsc::channel(WINDOW);
        Ok(Self { connection, publishing, window: Window::over(channel), sender, inbox })
    }

    async fn run(&mut self, stop: CancellationToken) -> Trouble {
        // The only listener of this connection: two would share the events between them.
        let mut events = self.connection.events_listener();
        let mut tidy = interval(TIDY_EVERY);
        tidy.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut batch = Vec::with_capacity(WINDOW);
        self.publishing.up(self.sender.clone());
        loop {
            let (room, idle) = (self.window.room(), self.window.is_idle());
            let turn = tokio::select! {
                biased;
                event = events.next() => self.note(event),
                fates = self.window.sweep(), if !idle => self.window.settle(fates),
                _ = tidy.tick() => self.window.tidy().and_then(|()| self.alive()),
                () = stop.cancelled() => return self.close().await,
                _ = self.inbox.recv_many(&mut batch, room), if room > 0 => {
                    self.send(&mut batch);
                    Ok(())
                }
            };
            if let Err(trouble) = turn {
                return trouble;
            }
        }
    }

    fn send(&mut self, batch: &mut Vec<Outgoing>) {
        // What is written now would leave with the end of the alarm, long after its sender has
        // been told that it failed.
        let blocked = self.connection.status().blocked();
        for outgoing in batch.drain(..) {
            if blocked {
                // Whoever waited may have given up.
                let _ = outgoing.reply.send(Err(alarm("").into()));
            } else {
                self.window.publish(outgoing);
            }
        }
    }

    fn note(&mut self, event: Option<Event>) -> Result<(), Trouble> {
        match event {
            Some(Event::ConnectionBlocked(reason)) => {
                self.publishing.down(&alarm(&reason));
                self.window.give_up(|| alarm(&reason).into());
                Ok(())
            }
            Some(Event::ConnectionUnblocked) => {
                self.publishing.up(self.sender.clone());
                Ok(())
            }
            Some(Event::Error(error)) => Err(error.into()),
            Some(_) => self.alive(),
            None => Err(Trouble::Ended("the connection ended".to_owned())),
        }
    }

    fn alive(&self) -> Result<(), Trouble> {
        if self.connection.status().connected() && self.window.is_open() {
            Ok(())
        } else {
            Err(Trouble::Ended("the broker closed the channel".to_owned()))
        }
    }

    async fn close(&mut self) -> Trouble {
        self.inbox.close();
        let last = async {
            while !self.window.is_idle() {
                let fates = self.window.sweep().await;
                if self.window.settle(fates).is_err() {
                    break;
                }
            }
        };
        // A blocked connection never gets through with its end either.
        let _ = timeout(CONFIRM_WITHIN, last).await;
        let _ = timeout(CLOSE_WITHIN, self.connection.close(200, "stopping".into())).await;
        Trouble::Ended("Deskbell is stopping".to_owned())
    }
}

/// A resource alarm: the broker reads nothing from this connection.
fn alarm(reason: &str) -> Trouble {
    let reason = if reason.is_empty() { "out of memory or disk" } else { reason };
    Trouble::Unavailable(format!("the broker has blocked publishing: {reason}"))
}
