//! One event with all of its deliveries, and what its erasure would do.

use rusqlite::Transaction;

use crate::{
    delivery::{Delivery, EventRef, State, Step},
    event::{Envelope, Event, Route},
    ledger::{
        Erasure, LedgerError, OpenDelivery, ToldTicket,
        sqlite::{
            deliveries,
            error::unreadable,
            events::{self, Which},
        },
    },
};

/// An event and its deliveries.
pub(super) struct Affair {
    number: i64,
    pub(super) event: Event,
    pub(super) deliveries: Vec<Delivery>,
    /// What its routes come to that no worker has taken up: the ledger has no such delivery yet.
    pub(super) untaken: Vec<Delivery>,
}

impl Affair {
    /// Reads the event of this number.
    pub(super) fn read(tx: &Transaction<'_>, number: i64) -> Result<Self, LedgerError> {
        let name = || format!("event number {number}");
        let recorded = events::read(tx, Which::Number, [number])?.pop();
        let envelope = recorded.ok_or("it is not there").map_err(unreadable(name))?.envelope;
        let desks: Vec<String> = tx
            .prepare_cached("SELECT desk FROM routes WHERE event = ?1 AND taken = 0")?
            .query_map([number], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let is_untaken = |route: &&Route| desks.iter().any(|desk| desk == route.desk.as_str());
        let routes = envelope.routes.iter().filter(is_untaken);
        let untaken = routes.map(|route| taken_up(&envelope, route)).collect();
        let deliveries =
            deliveries::query(tx, "SELECT key, doc FROM deliveries WHERE event = ?1", &[&number])?;
        Ok(Self { number, event: envelope.event, deliveries, untaken })
    }

    /// What its erasure would do.
    pub(super) fn foresee(
        &self,
        tx: &Transaction<'_>,
        even_open: bool,
    ) -> Result<Erasure, LedgerError> {
        let all = || self.deliveries.iter().chain(&self.untaken);
        let is_open = |delivery: &&Delivery| !delivery.state.is_final();
        let open: Vec<_> = all().filter(is_open).map(open_delivery).collect();
        if !open.is_empty() && !even_open {
            return Ok(Erasure { open, ..Erasure::default() });
        }
        let conflicts = "SELECT count(*) FROM conflicts WHERE event = ?1";
        let conflicts: i64 =
            tx.prepare_cached(conflicts)?.query_row([self.number], |row| row.get(0))?;
        let mut erasure = Erasure {
            events: 1,
            deliveries: all().count() as u64,
            conflicts: conflicts.unsigned_abs(),
            discarded: open,
            ..Erasure::default()
        };
        for delivery in &self.deliveries {
            let count = |query: &str| -> rusqlite::Result<u64> {
                let key = [delivery.key.as_str()];
                let count: i64 = tx.prepare_cached(query)?.query_row(key, |row| row.get(0))?;
                Ok(count.unsigned_abs())
            };
            erasure.attempts += count("SELECT count(*) FROM attempts WHERE key = ?1")?;
            erasure.edits += count("SELECT count(*) FROM edits WHERE key = ?1")?;
            erasure.callbacks += count("SELECT count(*) FROM callbacks WHERE key = ?1")?;
            let incident = delivery.incident.as_ref().and_then(|part| part.incident.as_ref());
            erasure.incidents += u64::from(incident.is_some());
            let ticket = delivery.ticket().or_else(|| delivery.ticket_to_add_to());
            erasure.tickets.extend(ticket.map(|it| ToldTicket::of(delivery.desk.as_str(), it)));
        }
        Ok(erasure)
    }
}

/// What a worker would have made of the route.
fn taken_up(envelope: &Envelope, route: &Route) -> Delivery {
    let Envelope { event, request_id, received_at, .. } = envelope;
    Delivery::queued(EventRef::of(event), route, request_id.clone(), *received_at)
}

fn open_delivery(delivery: &Delivery) -> OpenDelivery {
    let Delivery { event, desk, key, state, .. } = delivery;
    let is_doubtful = delivery.doubtful_step().is_some();
    OpenDelivery {
        source: event.source.to_string(),
        event: event.id.to_string(),
        desk: desk.to_string(),
        key: key.to_string(),
        state: state.name(),
        may_be_told: is_doubtful
            || matches!(state, State::Attempting { .. } | State::Uncertain { .. })
            || delivery.outcome(&Step::Ticket).is_some(),
    }
}
