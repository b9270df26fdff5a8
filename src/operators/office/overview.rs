//! How things stand.

use super::Office;
use crate::{
    desks::Window,
    event::DeskName,
    ledger::{Books, DeskPause, DeskRecord, Issue, Lately},
    operators::{
        OfficeError,
        forecast::{Signs, forecast},
        views::{DeskView, IssueCounts, OldestView, Overview, TimeToTicketView},
    },
};

/// How things stand, with what the figures are taken from.
#[derive(Debug, Clone)]
pub struct Survey {
    /// In figures.
    pub overview: Overview,
    /// The accounts.
    pub books: Books,
    /// The dead letters as issues, those with the most first.
    pub issues: Vec<Issue>,
}

/// What is known of desks.
struct Known {
    records: Vec<DeskRecord>,
    pauses: Vec<DeskPause>,
    lately: Lately,
    books: Books,
}

impl Office {
    /// How things stand: a bounded part of the ledger is read beside the accounts.
    pub async fn survey(&self) -> Result<Survey, OfficeError> {
        let known = self.known().await?;
        let issues = self.issues().await?;
        let desks = self.views(&known);
        let Known { lately, books, .. } = known;
        let overview = Overview {
            at: lately.at,
            whole: books.are_whole(),
            events: books.events,
            waiting: desks.iter().map(|desk| desk.waiting).sum(),
            received: lately.received,
            ticketed: lately.ticketed,
            time_to_ticket: lately.times.as_ref().map(TimeToTicketView::of),
            oldest_waiting: lately.oldest.as_ref().map(|it| OldestView::of(it, lately.at)),
            issues: IssueCounts::of(&issues),
            desks,
        };
        Ok(Survey { overview, books, issues })
    }

    /// All desks: the configured ones, and those that a worker has ever spoken to.
    pub async fn desks(&self) -> Result<Vec<DeskView>, OfficeError> {
        Ok(self.views(&self.known().await?))
    }

    /// One desk, with what was found at its account last.
    pub async fn desk(&self, name: &DeskName) -> Result<DeskView, OfficeError> {
        let found = self.desks().await?.into_iter().find(|desk| desk.desk == name.as_str());
        let desk = found.ok_or_else(|| OfficeError::unknown("desk", name.as_str()))?;
        let inspection = self.archive.ledger().await?.inspection(name).await?;
        Ok(DeskView { inspection, ..desk })
    }

    async fn known(&self) -> Result<Known, OfficeError> {
        let ledger = self.archive.ledger().await?;
        Ok(Known {
            records: ledger.desks().await?,
            pauses: ledger.pauses().await?,
            lately: ledger.lately(self.clock.now()).await?,
            books: ledger.books().await?,
        })
    }

    fn views(&self, known: &Known) -> Vec<DeskView> {
        let recorded = known.records.iter().map(|record| &record.desk);
        let mut names: Vec<&DeskName> = self.desks.keys().chain(recorded).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(|name| self.view(name, known)).collect()
    }

    fn view(&self, name: &DeskName, known: &Known) -> DeskView {
        let Known { records, pauses, lately, books } = known;
        let record = records.iter().find(|record| &record.desk == name);
        let pause = pauses.iter().find(|pause| &pause.desk == name);
        let kind = self.desks.get(name).copied();
        let mut view = DeskView::new(name, kind, record, pause, books, lately.at);
        // Where the desk is not configured here, its last worker has written its windows down.
        let written: Vec<Window> = view.windows.iter().map(Into::into).collect();
        view.forecast = forecast(&Signs {
            at: lately.at,
            waiting: view.waiting,
            lately: lately.desks.iter().find(|desk| &desk.desk == name),
            windows: self.planner.pacing.get(name).unwrap_or(&written),
            is_held: view.paused.is_some() || view.breaker.state != "closed",
        });
        view
    }
}
