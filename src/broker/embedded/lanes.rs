//! The lanes of one desk: looks for a job, takes it, or waits until there may be one.

use std::{collections::HashSet, num::NonZeroU16, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::Transaction;

use super::{
    error::UnreadableRow,
    held::Desk,
    rows::{ENVELOPE_COLUMNS, RawEnvelope, read_envelope},
    settle::Settling,
};
use crate::{
    broker::{BrokerError, Fairness, IdleLane, Job, Lanes, Lease},
    clock::Clock,
    event::DeskName,
    sqlite::{Store, from_nanos, to_nanos},
    ticket::Priority,
};

/// The longest sleep before the clock is asked again: it may be moved while nobody looks.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// The first `?4` due jobs of a lane: its fresh ones and its postponed ones, each in an index's
/// order, merged.
pub(super) const FIRST: &str = "SELECT number FROM (
    SELECT due, number FROM (
        SELECT due, number FROM jobs
        WHERE desk = ?1 AND lane = ?2 AND postponed = 0
        ORDER BY due, number LIMIT ?4)
    UNION ALL
    SELECT due, number FROM (
        SELECT due, number FROM jobs
        WHERE desk = ?1 AND lane = ?2 AND postponed = 1 AND due <= ?3
        ORDER BY due, number LIMIT ?4))
    ORDER BY due, number LIMIT ?4";

/// When the next postponed job of a lane is due.
pub(super) const NEXT_DUE: &str = "SELECT min(due) FROM jobs
    WHERE desk = ?1 AND lane = ?2 AND postponed = 1 AND due > ?3";

/// Whether a job of a lane waits for nothing but a worker.
pub(super) const WAITS: &str = "SELECT EXISTS (
    SELECT 1 FROM jobs WHERE desk = ?1 AND lane = ?2 AND postponed = 0)";

/// One reader of a desk's lanes.
pub(super) struct EmbeddedLanes {
    pub(super) store: Arc<Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) name: DeskName,
    pub(super) desk: Arc<Desk>,
    /// Tells this reader's jobs in hand from another's.
    pub(super) reader: u64,
    pub(super) prefetch: NonZeroU16,
    pub(super) fairness: Fairness,
}

/// What a look at the lanes found.
enum Found {
    Job(Lease),
    /// None; the next one that waits for its time does so until then.
    NoneBefore(Option<Timestamp>),
}

#[async_trait]
impl Lanes for EmbeddedLanes {
    async fn next(&mut self) -> Result<Lease, BrokerError> {
        let desk = Arc::clone(&self.desk);
        loop {
            let changed = desk.changed();
            tokio::pin!(changed);
            changed.as_mut().enable();
            match self.look().await? {
                Found::Job(lease) => return Ok(lease),
                Found::NoneBefore(None) => changed.await,
                Found::NoneBefore(Some(due)) => tokio::select! {
                    () = changed => {}
                    () = tokio::time::sleep(self.sleep_before(due)) => {}
                },
            }
        }
    }

    async fn idle(&mut self) -> Result<Vec<IdleLane>, BrokerError> {
        let name = self.name.clone();
        let looking = self.store.read(move |tx| {
            let mut idle = Vec::new();
            for lane in Priority::URGENT_FIRST {
                let mut statement = tx.prepare_cached(WAITS)?;
                let waits: bool =
                    statement.query_row((name.as_str(), lane.lane()), |row| row.get(0))?;
                if !waits {
                    idle.push(IdleLane { lane, sent_ahead: HashSet::new() });
                }
            }
            Ok(idle)
        });
        looking.await
    }
}

impl EmbeddedLanes {
    async fn look(&mut self) -> Result<Found, BrokerError> {
        let desk = Arc::clone(&self.desk);
        let _turn = desk.turn.lock().await;
        let open: Vec<(Priority, HashSet<i64>)> = Priority::URGENT_FIRST
            .into_iter()
            .filter_map(|lane| Some((lane, desk.in_hand(self.reader, lane, self.prefetch)?)))
            .collect();
        let (name, now) = (self.name.clone(), to_nanos(self.clock.now()));
        // A copy, so that a wait that is given up has not spent a lane's turn.
        let mut fairness = self.fairness.clone();
        let look = self.store.read(move |tx| {
            let heads = heads(tx, &name, &open, now)?;
            let is_waiting = |lane| heads.first.iter().any(|(head, _)| *head == lane);
            let picked = fairness.pick(is_waiting);
            let first = heads.first.into_iter().find(|(lane, _)| Some(*lane) == picked);
            let job = first.map(|(lane, number)| Ok::<_, BrokerError>((lane, job(tx, number)?)));
            Ok::<_, BrokerError>((job.transpose()?, heads.next_due, fairness))
        });
        let (job, next_due, fairness) = look.await?;
        self.fairness = fairness;
        match job {
            Some((lane, job)) => Ok(Found::Job(self.lease(job, lane)?)),
            None => Ok(Found::NoneBefore(next_due.map(from_nanos))),
        }
    }

    fn lease(&self, job: RawJob, lane: Priority) -> Result<Lease, BrokerError> {
        let number = job.number;
        match job.parse(&self.name, lane) {
            Ok(job) => {
                let in_hand = self.desk.take(number, self.reader, lane);
                let (store, clock) = (Arc::clone(&self.store), Arc::clone(&self.clock));
                let settling = Settling { store, clock, in_hand };
                Ok(Lease::new(job, Box::new(settling)))
            }
            Err(error) => {
                // It would come up first for ever and keep its lane from the others.
                self.desk.set_aside(number, lane);
                Err(error.into())
            }
        }
    }

    fn sleep_before(&self, due: Timestamp) -> Duration {
        let left = due.duration_since(self.clock.now());
        Duration::try_from(left).unwrap_or_default().clamp(Duration::from_millis(1), LONGEST_SLEEP)
    }
}

/// The first job of each lane; where there is none, when the next postponed one is due.
#[derive(Default)]
struct Heads {
    first: Vec<(Priority, i64)>,
    next_due: Option<i64>,
}

fn heads(
    tx: &Transaction<'_>,
    desk: &DeskName,
    open: &[(Priority, HashSet<i64>)],
    now: i64,
) -> Result<Heads, BrokerError> {
    let mut heads = Heads::default();
    for (lane, in_hand) in open {
        if let Some(number) = first(tx, desk, *lane, in_hand, now)? {
            heads.first.push((*lane, number));
        }
    }
    if heads.first.is_empty() {
        for (lane, _) in open {
            let due: Option<i64> = tx
                .prepare_cached(NEXT_DUE)?
                .query_row((desk.as_str(), lane.lane(), now), |row| row.get(0))?;
            heads.next_due = heads.next_due.into_iter().chain(due).min();
        }
    }
    Ok(heads)
}

/// The first job of the lane that is due and in nobody's hands.
fn first(
    tx: &Transaction<'_>,
    desk: &DeskName,
    lane: Priority,
    in_hand: &HashSet<i64>,
    now: i64,
) -> Result<Option<i64>, BrokerError> {
    // As many as are in hand and one more: the one that is not is among them.
    let most = i64::try_from(in_hand.len()).unwrap_or(i64::MAX).saturating_add(1);
    let mut statement = tx.prepare_cached(FIRST)?;
    let mut rows = statement.query((desk.as_str(), lane.lane(), now, most))?;
    while let Some(row) = rows.next()? {
        let number = row.get(0)?;
        if !in_hand.contains(&number) {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

/// A job's columns, not parsed yet.
struct RawJob {
    number: i64,
    envelope: i64,
    row: RawEnvelope,
    rule: String,
}

impl RawJob {
    fn parse(self, desk: &DeskName, lane: Priority) -> Result<Job, UnreadableRow> {
        let rule = self.rule.parse().map_err(|source| UnreadableRow {
            table: "jobs",
            number: self.number,
            source: Box::new(source),
        })?;
        let envelope = Arc::new(self.row.parse(self.envelope)?);
        Ok(Job { envelope, desk: desk.clone(), rule, priority: lane })
    }
}

fn job(tx: &Transaction<'_>, number: i64) -> Result<RawJob, BrokerError> {
    let mut statement = tx.prepare_cached(&format!(
        "SELECT {ENVELOPE_COLUMNS}, rule FROM jobs JOIN envelopes ON envelopes.number = envelope
         WHERE jobs.number = ?1"
    ))?;
    let job = statement.query_row([number], |row| {
        let (envelope, raw) = read_envelope(row)?;
        Ok(RawJob { number, envelope, row: raw, rule: row.get("rule")? })
    });
    Ok(job?)
}
