//! Erasing a customer: plan, ledger, journal, files.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::Office;
use crate::{
    broker::{BrokerError, JOURNAL_DAYS, embedded::JournalEraser},
    event::{Erased, Event},
    ledger::{By, Erasing, Erasure, FieldMatch, InvalidField, Ledger, Whether},
    operators::OfficeError,
};

/// Entries of the journal that are looked at in one go.
const MOST_ENTRIES: usize = 200;

/// Whom to erase, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EraseWish {
    /// What events of the customer say: one of these is enough.
    pub customer: Vec<FieldMatch>,
    /// Whether what has not come to an end is discarded.
    pub even_open: bool,
    /// Whether nothing is written.
    pub dry_run: bool,
}

impl EraseWish {
    /// A customer by id, with the members of the payload that may name it.
    pub fn new(paths: &[String], id: &str) -> Result<Self, InvalidField> {
        let fields = paths.iter().map(|path| FieldMatch::new(path, id));
        Ok(Self { customer: fields.collect::<Result<_, _>>()?, even_open: false, dry_run: false })
    }
}

/// Where the broker keeps events.
#[derive(Debug)]
pub enum KeptJournal {
    /// In a file of this machine, if there is one yet.
    Embedded(Option<JournalEraser>),
    /// In a stream of RabbitMQ, of which nothing can be taken away.
    Stream,
}

/// What was erased, and what was not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ErasureReport {
    /// Whether nothing was written.
    pub dry_run: bool,
    /// The SHA-256 of the customer's id, as the log of operators' acts has it.
    pub customer: String,
    /// What the ledger had.
    pub erasure: Erasure,
    /// What the broker had.
    pub journal: JournalReport,
    /// Whether the stores' logs of changes were emptied; where not, they still hold what was
    /// overwritten: run it again.
    pub files_are_clean: bool,
}

/// What became of the customer's entries in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
pub struct JournalReport {
    /// Entries that were erased, or would be.
    pub erased: u64,
    /// Entries that the ledger has not recorded yet: they are kept. Run it again.
    pub unrecorded: u64,
    /// RabbitMQ's stream and other teams' queues cannot be edited. The stream drops what is in it
    /// now about then; null: there is none.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub stream_until: Option<Timestamp>,
}

impl ErasureReport {
    /// Whether nothing is left that this could have erased.
    pub fn is_whole(&self) -> bool {
        self.erasure.open.is_empty() && self.journal.unrecorded == 0 && self.files_are_clean
    }
}

impl Office {
    /// Erases what the events of a customer say. Run again, it goes on where it was cut off.
    pub async fn erase(&self, wish: &EraseWish, by: &By) -> Result<ErasureReport, OfficeError> {
        let ledger = self.archive.ledger().await?;
        let EraseWish { customer, even_open, dry_run } = wish.clone();
        let plan = Erasing { customer, even_open, dry_run: true, after: 0, note: None };
        let digest = plan.digest();
        let mut erasure = through(ledger, plan.clone(), by).await?;
        if !dry_run {
            let note = Some(told(&erasure));
            erasure = through(ledger, Erasing { dry_run: false, note, ..plan.clone() }, by).await?;
        }
        let (mut journal, mut files_are_clean) = (JournalReport::default(), true);
        match self.archive.kept_journal().await? {
            KeptJournal::Embedded(None) => {}
            KeptJournal::Embedded(Some(eraser)) => {
                journal = in_journal(ledger, &eraser, &plan.customer, dry_run).await?;
                files_are_clean &= eraser.close().await.map_err(unwritten)?;
            }
            KeptJournal::Stream => {
                journal.stream_until = Some(by.at + Duration::from_hours(24 * JOURNAL_DAYS));
            }
        }
        if !dry_run {
            files_are_clean &= ledger.forget_changes().await?;
        }
        Ok(ErasureReport { dry_run, customer: digest, erasure, journal, files_are_clean })
    }
}

/// Goes through all events.
async fn through(
    ledger: &dyn Ledger,
    mut erasing: Erasing,
    by: &By,
) -> Result<Erasure, OfficeError> {
    let mut erasure = Erasure::default();
    loop {
        let part = ledger.erase(&erasing, by).await?;
        erasure.add(part.erasure);
        if part.noted {
            erasing.note = None;
        }
        match part.next {
            Some(next) => erasing.after = next,
            None => return Ok(erasure),
        }
    }
}

/// What the log of operators' acts says.
fn told(plan: &Erasure) -> String {
    let Erasure { events, deliveries, edits, .. } = plan;
    let (discarded, tickets) = (plan.discarded.len(), plan.tickets.len());
    format!(
        "{events} events, {deliveries} deliveries ({discarded} discarded), {edits} edits; \
         {tickets} tickets stay at their desks"
    )
}

/// The ledger decides which entries are to go: so a journal that a crash left behind is caught up
/// with.
async fn in_journal(
    ledger: &dyn Ledger,
    eraser: &JournalEraser,
    customer: &[FieldMatch],
    dry_run: bool,
) -> Result<JournalReport, OfficeError> {
    let (mut report, mut after) = (JournalReport::default(), 0);
    loop {
        let entries = eraser.events(after, MOST_ENTRIES).await.map_err(unwritten)?;
        let Some((last, _)) = entries.last() else { return Ok(report) };
        after = *last;
        let name = |(_, event): &(i64, Event)| (event.source.clone(), event.id.clone());
        let names: Vec<_> = entries.iter().map(name).collect();
        let known = ledger.erased(&names).await?;
        let mut tombstones = Vec::new();
        for ((number, event), whether) in entries.into_iter().zip(known) {
            let is_meant = customer.iter().any(|wanted| wanted.holds(&event.data));
            match whether {
                Whether::Erased(when) => tombstones.extend(tombstone(number, &event, &when)),
                Whether::Kept => report.erased += u64::from(dry_run && is_meant),
                Whether::Unknown => report.unrecorded += u64::from(is_meant),
            }
        }
        report.erased += tombstones.len() as u64;
        if !dry_run && !tombstones.is_empty() {
            eraser.replace(tombstones).await.map_err(unwritten)?;
        }
    }
}

/// What is to stand there, unless it does.
fn tombstone(number: i64, event: &Event, erased: &Erased) -> Option<(i64, Event)> {
    let tombstone = event.erased(erased);
    (tombstone != *event).then_some((number, tombstone))
}

fn unwritten(error: BrokerError) -> OfficeError {
    OfficeError::Ledger(Box::new(error))
}
