//! Operators' silences as rows and back.

mod releases;

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, Transaction};

use super::{SqliteLedger, audit, deliveries::written, error::unreadable};
use crate::{
    delivery::{Delivery, DeliveryKey, NewSilence, SilenceChoice, SilenceId},
    ledger::{Act, By, LedgerError, Silence, Silences},
    sqlite::{from_nanos, to_nanos},
};

/// A silence's columns, with what it suppressed.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT number, starts_at, ends_at, choice, created_at, who, via, why, ended_at, ended_by,
                (SELECT count(*) FROM deliveries
                    WHERE silence = silences.number AND state = 'suppressed'),
                (SELECT count(*) FROM deliveries
                    WHERE silence = silences.number AND state <> 'suppressed'),
                EXISTS (SELECT 1 FROM silence_releases WHERE silence = silences.number)
             FROM silences ",
            $rest
        )
    };
}

/// Those that are not over at `?1`; what they suppressed is not counted.
pub(super) const STANDING: &str = "SELECT number, starts_at, ends_at, choice, created_at, who, via,
        why, ended_at, ended_by, 0, 0, 0
    FROM silences INDEXED BY silences_by_end WHERE ended_at IS NULL AND ends_at > ?1
    ORDER BY number";

fn create(tx: &Transaction<'_>, silence: &NewSilence, by: &By) -> Result<Silence, LedgerError> {
    let By { at, who, via, why } = by;
    let NewSilence { from, until, choice } = silence;
    let why = why.as_deref().unwrap_or_default();
    let (from, until, at) = (to_nanos(*from), to_nanos(*until), to_nanos(*at));
    tx.prepare_cached(
        "INSERT INTO silences (starts_at, ends_at, choice, created_at, who, via, why)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((from, until, written(choice)?, at, who, via.as_str(), why))?;
    let id = SilenceId::of(tx.last_insert_rowid());
    let detail = format!("from {} until {}", silence.from, silence.until);
    audit::note(tx, Act::CreateSilence, &id.to_string(), &detail, by)?;
    find(tx, id)?.ok_or_else(|| LedgerError::Store("a silence is gone".into()))
}

fn end(tx: &Transaction<'_>, id: SilenceId, by: &By) -> Result<Option<Silence>, LedgerError> {
    let ended = tx
        .prepare_cached(
            "UPDATE silences SET ended_at = ?2, ended_by = ?3
             WHERE number = ?1 AND ended_at IS NULL AND ends_at > ?2",
        )?
        .execute((id.number(), to_nanos(by.at), &by.who))?;
    if ended > 0 {
        audit::note(tx, Act::EndSilence, &id.to_string(), "", by)?;
    }
    find(tx, id)
}

fn find(tx: &Transaction<'_>, id: SilenceId) -> Result<Option<Silence>, LedgerError> {
    let mut statement = tx.prepare_cached(select!("WHERE number = ?1"))?;
    statement.query_row([id.number()], |row| Ok(read(row))).optional()?.transpose()
}

fn list(
    tx: &Transaction<'_>,
    before: Option<SilenceId>,
    most: usize,
) -> Result<Vec<Silence>, LedgerError> {
    let before = before.map_or(i64::MAX, SilenceId::number);
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut statement =
        tx.prepare_cached(select!("WHERE number < ?1 ORDER BY number DESC LIMIT ?2"))?;
    statement.query_map([before, most], |row| Ok(read(row)))?.map(|silence| silence?).collect()
}

fn standing(tx: &Transaction<'_>, at: Timestamp) -> Result<Vec<Silence>, LedgerError> {
    let mut statement = tx.prepare_cached(STANDING)?;
    statement.query_map([to_nanos(at)], |row| Ok(read(row)))?.map(|silence| silence?).collect()
}

fn read(row: &Row<'_>) -> Result<Silence, LedgerError> {
    let number: i64 = row.get(0)?;
    let name = || format!("silence {number}");
    let (choice, via): (String, String) = (row.get(3)?, row.get(6)?);
    let choice: SilenceChoice = serde_json::from_str(&choice).map_err(unreadable(name))?;
    let (ended_at, ended_by): (Option<i64>, Option<String>) = (row.get(8)?, row.get(9)?);
    Ok(Silence {
        id: SilenceId::of(number),
        from: from_nanos(row.get(1)?),
        until: from_nanos(row.get(2)?),
        choice,
        created_at: from_nanos(row.get(4)?),
        who: row.get(5)?,
        via: via.parse().map_err(unreadable(name))?,
        why: row.get(7)?,
        ended: ended_at.map(from_nanos).zip(ended_by),
        suppressed: row.get::<_, i64>(10)?.unsigned_abs(),
        released: row.get::<_, i64>(11)?.unsigned_abs(),
        is_releasing: row.get(12)?,
    })
}

#[async_trait]
impl Silences for SqliteLedger {
    async fn create_silence(&self, silence: &NewSilence, by: &By) -> Result<Silence, LedgerError> {
        let (silence, by) = (silence.clone(), by.clone());
        self.write(move |tx| create(tx, &silence, &by)).await
    }

    async fn end_silence(&self, id: SilenceId, by: &By) -> Result<Option<Silence>, LedgerError> {
        let by = by.clone();
        self.write(move |tx| end(tx, id, &by)).await
    }

    async fn silence(&self, id: SilenceId) -> Result<Option<Silence>, LedgerError> {
        self.read(move |tx| find(tx, id)).await
    }

    async fn silences(
        &self,
        before: Option<SilenceId>,
        most: usize,
    ) -> Result<Vec<Silence>, LedgerError> {
        self.read(move |tx| list(tx, before, most)).await
    }

    async fn silences_at(&self, at: Timestamp) -> Result<Vec<Silence>, LedgerError> {
        self.read(move |tx| standing(tx, at)).await
    }

    async fn release_silence(
        &self,
        id: SilenceId,
        by: &By,
    ) -> Result<Option<Silence>, LedgerError> {
        let by = by.clone();
        self.write(move |tx| releases::wish(tx, id, &by)).await
    }

    async fn release_delivery(&self, key: &DeliveryKey, by: &By) -> Result<Delivery, LedgerError> {
        let (key, by) = (key.clone(), by.clone());
        self.write(move |tx| releases::one(tx, &key, &by)).await
    }

    async fn release_some(&self, at: Timestamp, most: usize) -> Result<usize, LedgerError> {
        if !self.read(releases::any).await? {
            return Ok(0);
        }
        self.write(move |tx| releases::some(tx, at, most)).await
    }
}
