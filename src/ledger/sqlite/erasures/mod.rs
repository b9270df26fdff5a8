//! Erasing: some events are looked at on a snapshot, and those of the customer rewritten, each whole, in
//! one transaction.

mod affair;
mod chosen;
pub(super) mod expiry;
mod rewriting;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use rusqlite::{OptionalExtension as _, Transaction};

use self::{
    affair::Affair,
    chosen::{Chosen, choose},
};
use super::SqliteLedger;
use crate::{
    delivery::Delivery,
    event::{Erased, EventId, SourceName},
    ledger::{
        Act, By, ErasedPart, Erasing, Erasures, ExpiredPart, Expiring, LedgerError, Whether,
        sqlite::{audit, deliveries},
    },
    sqlite::{StoreError, from_nanos},
};

#[async_trait]
impl Erasures for SqliteLedger {
    async fn erase(&self, erasing: &Erasing, by: &By) -> Result<ErasedPart, LedgerError> {
        let (looking, by) = (erasing.clone(), by.clone());
        let chosen = self.read(move |tx| choose(tx, &looking)).await?;
        let erasing = erasing.clone();
        if erasing.dry_run {
            return self
                .read(move |tx| {
                    let mut part = ErasedPart { next: chosen.next, ..ErasedPart::default() };
                    for number in chosen.numbers {
                        let affair = Affair::read(tx, number)?;
                        part.erasure.add(affair.foresee(tx, erasing.even_open)?);
                    }
                    Ok(part)
                })
                .await;
        }
        if chosen.numbers.is_empty() {
            return Ok(ErasedPart { next: chosen.next, ..ErasedPart::default() });
        }
        self.write(move |tx| erase(tx, &chosen, &erasing, &by)).await
    }

    async fn expire(&self, expiring: &Expiring) -> Result<ExpiredPart, LedgerError> {
        let expiring = expiring.clone();
        let looking = expiring.clone();
        let over = self.read(move |tx| expiry::choose(tx, &looking)).await?;
        if expiring.dry_run || over.numbers.is_empty() {
            return Ok(ExpiredPart { expired: over.foreseen, next: over.next });
        }
        self.write(move |tx| expiry::expire(tx, &over, &expiring)).await
    }

    async fn erased(&self, events: &[(SourceName, EventId)]) -> Result<Vec<Whether>, LedgerError> {
        let events = events.to_vec();
        self.read(move |tx| events.iter().map(|(source, id)| whether(tx, source, id)).collect())
            .await
    }

    async fn forget_changes(&self) -> Result<bool, LedgerError> {
        self.empty_log().await.map_err(|error: StoreError| LedgerError::Store(Box::new(error)))
    }
}

fn erase(
    tx: &Transaction<'_>,
    chosen: &Chosen,
    erasing: &Erasing,
    by: &By,
) -> Result<ErasedPart, LedgerError> {
    let mut part = ErasedPart { next: chosen.next, ..ErasedPart::default() };
    let erased = Erased { at: by.at, by: by.who.clone() };
    let why = by.why.as_deref().unwrap_or_default();
    for number in &chosen.numbers {
        let discard = erasing.even_open.then_some(why);
        part.erasure.add(rewriting::rewrite(tx, *number, &erased, discard)?);
    }
    part.erasure.replays += rewriting::replays(tx, &erasing.customer, &erased)?;
    if let Some(note) = &erasing.note
        && part.erasure.events > 0
    {
        audit::note(tx, Act::Erase, &erasing.digest(), note, by)?;
        part.noted = true;
    }
    Ok(part)
}

fn whether(
    tx: &Transaction<'_>,
    source: &SourceName,
    id: &EventId,
) -> Result<Whether, LedgerError> {
    let number: Option<i64> = tx
        .prepare_cached("SELECT number FROM events WHERE id = ?1 AND source = ?2")?
        .query_row((id.as_str(), source.as_str()), |row| row.get(0))
        .optional()?;
    let Some(number) = number else { return Ok(Whether::Unknown) };
    Ok(of_event(tx, number)?.map_or(Whether::Kept, Whether::Erased))
}

/// When and by whom the event of this number was erased.
pub(super) fn of_event(tx: &Transaction<'_>, number: i64) -> rusqlite::Result<Option<Erased>> {
    let row: (Option<i64>, Option<String>) = tx
        .prepare_cached("SELECT erased_at, erased_by FROM events WHERE number = ?1")?
        .query_row([number], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let erased = row.0.zip(row.1);
    Ok(erased.map(|(at, by)| Erased { at: from_nanos(at), by }))
}

/// Ends a delivery of an event that is erased already: one that a copy of the event has brought, for
/// a desk that had none.
pub(super) fn end_late(
    tx: &Transaction<'_>,
    delivery: Delivery,
    erased: &Erased,
) -> Result<Delivery, LedgerError> {
    let why = format!("its event was {erased}");
    let delivery = rewriting::ended(tx, delivery, erased, &why)?;
    let delivery = delivery.without_payload(erased);
    deliveries::update(tx, &delivery)?;
    Ok(delivery)
}
