//! Edits as rows and back, and the acts that they are part of.

use async_trait::async_trait;
use rusqlite::{OptionalExtension as _, Transaction, named_params};
use serde_json::Value;

use super::{
    SqliteLedger, audit, deliveries,
    error::unreadable,
    events::{self, Which},
    requeues,
};
use crate::{
    delivery::{Delivery, DeliveryKey, Transition},
    event::{
        DataPath, Envelope, Event, EventView, Limits, Redaction, Redactions, Route, changes,
        read_json,
    },
    ledger::{
        Act, Amended, Amendment, By, EditRecord, Edited, Edits, LedgerError, Rerouting, Whole,
    },
    sqlite::{from_nanos, to_nanos},
};

/// The payload of edit `?2` of the delivery `?1`.
pub(super) const COUNTING: &str = "SELECT data FROM edits WHERE key = ?1 AND number = ?2";

/// The payloads of all edits of the event of number `?1`.
pub(super) const OF_EVENT: &str = "SELECT data FROM edits WHERE event = ?1";

/// The edits of the delivery `?1`.
pub(super) const OF_DELIVERY: &str =
    "SELECT number, at, who, via, why, touched, data FROM edits WHERE key = ?1 ORDER BY number";

/// As many places as an entry of the audit log names.
const MOST_NAMED: usize = 5;

#[async_trait]
impl Edits for SqliteLedger {
    async fn whole(&self, key: &DeliveryKey) -> Result<Option<Whole>, LedgerError> {
        let (key, redactions) = (key.clone(), self.redactions.clone());
        self.read(move |tx| {
            let Some(delivery) = deliveries::find(tx, &key)? else { return Ok(None) };
            let (_, envelope) = first_recorded(tx, &delivery)?;
            let data = counting(tx, &delivery)?.unwrap_or_else(|| envelope.event.data.clone());
            let hidden = redactions.hidden_of(&envelope.event.source);
            Ok(Some(Whole { delivery, envelope, data, hidden }))
        })
        .await
    }

    async fn amend(
        &self,
        key: &DeliveryKey,
        amendment: &Amendment,
        by: &By,
    ) -> Result<Amended, LedgerError> {
        let (key, amendment, by) = (key.clone(), amendment.clone(), by.clone());
        let redactions = self.redactions.clone();
        self.write(move |tx| amend(tx, &key, amendment, &by, &redactions)).await
    }

    async fn edits(&self, key: &DeliveryKey) -> Result<Vec<EditRecord>, LedgerError> {
        let (key, redactions) = (key.clone(), self.redactions.clone());
        self.read(move |tx| list(tx, &key, &redactions)).await
    }
}

/// The payload that counts for a delivery, where it was edited.
pub(super) fn counting(
    tx: &Transaction<'_>,
    delivery: &Delivery,
) -> Result<Option<Value>, LedgerError> {
    let Some(number) = delivery.edit else { return Ok(None) };
    let key = delivery.key.as_str();
    let data: Option<String> =
        tx.prepare_cached(COUNTING)?.query_row((key, number), |row| row.get(0)).optional()?;
    let name = || format!("edit {number} of delivery {key}");
    let data = data.ok_or("it is not there").map_err(unreadable(name))?;
    parse(&data, name).map(Some)
}

/// What was made of the event of this number, for those who may only see what is not redacted.
pub(super) fn events(
    tx: &Transaction<'_>,
    number: i64,
    redactions: &Redactions,
) -> Result<Vec<EventView>, LedgerError> {
    let edited: Vec<String> = tx
        .prepare_cached(OF_EVENT)?
        .query_map([number], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if edited.is_empty() {
        return Ok(Vec::new());
    }
    let Some(record) = events::read(tx, Which::Number, [number])?.pop() else {
        return Ok(Vec::new());
    };
    let view = |data: String| {
        let data = parse(&data, || format!("an edit of event number {number}"))?;
        Ok(redactions.view(Event { data, ..record.envelope.event.clone() }))
    };
    edited.into_iter().map(view).collect()
}

fn parse(data: &str, name: impl FnOnce() -> String) -> Result<Value, LedgerError> {
    read_json(data.as_bytes(), Limits::CARRIED).map_err(unreadable(name))
}

fn first_recorded(
    tx: &Transaction<'_>,
    delivery: &Delivery,
) -> Result<(i64, Envelope), LedgerError> {
    let key = delivery.key.as_str();
    let number: i64 = tx
        .prepare_cached("SELECT event FROM deliveries WHERE key = ?1")?
        .query_row([key], |row| row.get(0))?;
    let record = events::read(tx, Which::Number, [number])?.pop();
    let record = record.ok_or("it is not there");
    let record = record.map_err(unreadable(|| format!("the event of delivery {key}")))?;
    Ok((number, record.envelope))
}

fn amend(
    tx: &Transaction<'_>,
    key: &DeliveryKey,
    amendment: Amendment,
    by: &By,
    redactions: &Redactions,
) -> Result<Amended, LedgerError> {
    let Amendment { mut seen, edit, replay } = amendment;
    let found = deliveries::find(tx, key)?;
    let mut delivery = found.ok_or_else(|| LedgerError::UnknownDelivery(key.clone()))?;
    let event: i64 = tx
        .prepare_cached("SELECT event FROM deliveries WHERE key = ?1")?
        .query_row([key.as_str()], |row| row.get(0))?;
    if let Some(edit) = edit {
        delivery = deliveries::advance(tx, delivery, [Transition::Edit { at: by.at, seen }])?;
        seen += 1;
        insert(tx, (key, seen), event, &edit, by)?;
        let hidden = redactions.hidden_of(&delivery.event.source);
        let detail = format!("{}: edit {seen} of {}", of(&delivery), named(&edit, &hidden));
        audit::note(tx, Act::Edit, key.as_str(), &detail, by)?;
    }
    let mut others = Vec::new();
    match replay {
        None => {}
        Some(Rerouting::AsRouted) => {
            delivery = requeues::operate(tx, key, Transition::Replay { at: by.at }, by)?;
        }
        Some(Rerouting::Today { rule, priority, others: routes }) => {
            let act = Transition::Reroute { at: by.at, seen, rule, priority };
            delivery = requeues::operate(tx, key, act, by)?;
            for route in routes.iter().filter(|route| route.desk != delivery.desk) {
                others.extend(add(tx, (event, &delivery), route, by)?);
            }
        }
    }
    Ok(Amended { delivery, others })
}

fn insert(
    tx: &Transaction<'_>,
    (key, number): (&DeliveryKey, u32),
    event: i64,
    edit: &Edited,
    by: &By,
) -> Result<(), LedgerError> {
    let touched: Vec<String> = edit.touched.iter().map(DataPath::to_string).collect();
    tx.prepare_cached(
        "INSERT INTO edits (key, number, event, at, who, via, why, touched, data)
         VALUES (:key, :number, :event, :at, :who, :via, :why, :touched, :data)",
    )?
    .execute(named_params! {
        ":key": key.as_str(),
        ":number": number,
        ":event": event,
        ":at": to_nanos(by.at),
        ":who": by.who,
        ":via": by.via.as_str(),
        ":why": by.why,
        ":touched": deliveries::written(&touched)?,
        ":data": edit.data.to_string(),
    })?;
    Ok(())
}

/// Gives a desk that has no delivery of the event one, with the payload that counts for `of_desk`.
fn add(
    tx: &Transaction<'_>,
    (event, of_desk): (i64, &Delivery),
    route: &Route,
    by: &By,
) -> Result<Option<Delivery>, LedgerError> {
    if !events::add_route(tx, event, route)? {
        return Ok(None);
    }
    let Delivery { event: named, request_id, .. } = of_desk;
    let delivery = Delivery {
        edit: of_desk.edit.map(|_| 1),
        ..Delivery::queued(named.clone(), route, request_id.clone(), by.at)
    };
    let key = delivery.key.as_str();
    deliveries::insert(tx, event, &delivery)?;
    tx.prepare_cached(
        "INSERT INTO edits (key, number, event, at, who, via, why, touched, data)
         SELECT ?1, 1, event, at, who, via, why,
             (SELECT json_group_array(place.value) FROM edits AS all_of, json_each(touched) AS place
              WHERE all_of.key = ?2 AND all_of.number <= ?3), data
         FROM edits WHERE key = ?2 AND number = ?3",
    )?
    .execute((key, of_desk.key.as_str(), of_desk.edit))?;
    requeues::put(tx, &delivery.key, delivery.priority)?;
    let detail = format!("{}: rule {}, {}", of(&delivery), delivery.rule, delivery.priority);
    audit::note(tx, Act::Route, key, &detail, by)?;
    Ok(Some(delivery))
}

fn of(delivery: &Delivery) -> String {
    let Delivery { event, desk, .. } = delivery;
    format!("event {} of {} at {desk}", event.id, event.source)
}

/// The places that were written: names alone, and none below what is hidden.
fn named(edit: &Edited, hidden: &Redaction) -> String {
    let shown = |path: &DataPath| hidden.shown(path).to_string();
    let mut places: Vec<String> = edit.touched.iter().map(shown).collect();
    places.dedup();
    let more = places.len().saturating_sub(MOST_NAMED);
    places.truncate(MOST_NAMED);
    let places = places.join(", ");
    if more > 0 { format!("{places} and {more} more") } else { places }
}

fn list(
    tx: &Transaction<'_>,
    key: &DeliveryKey,
    redactions: &Redactions,
) -> Result<Vec<EditRecord>, LedgerError> {
    let Some(delivery) = deliveries::find(tx, key)? else { return Ok(Vec::new()) };
    if delivery.edit.is_none() {
        return Ok(Vec::new());
    }
    let (_, envelope) = first_recorded(tx, &delivery)?;
    let hidden = redactions.hidden_of(&envelope.event.source);
    let mut statement = tx.prepare_cached(OF_DELIVERY)?;
    let mut rows = statement.query([key.as_str()])?;
    let (mut edits, mut touched) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let number: u32 = row.get(0)?;
        let (via, written, data): (String, String, String) =
            (row.get(3)?, row.get(5)?, row.get(6)?);
        let name = || format!("edit {number} of delivery {key}");
        let written: Vec<String> = serde_json::from_str(&written).map_err(unreadable(name))?;
        for place in written {
            touched.push(place.parse::<DataPath>().map_err(unreadable(name))?);
        }
        let data = parse(&data, name)?;
        edits.push(EditRecord {
            number,
            at: from_nanos(row.get(1)?),
            who: row.get(2)?,
            via: via.parse().map_err(unreadable(name))?,
            why: row.get(4)?,
            changes: changes((&envelope.event.data, &data), &hidden, &touched),
        });
    }
    Ok(edits)
}
