//! Looks for conditions that operators should know of; the ledger says what of it is told.

use std::{sync::Arc, time::Duration};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    causes::Causes,
    clock::Clock,
    conditions::{Condition, Facts, Look, Signal, WINDOW, failing},
    delivery::{Flood, Reason},
    event::{DeskName, ReceiverName},
    ledger::{BookLine, Books, BrakeRecord, DeskPause, DeskRecord, Figures, Ledger, LedgerError},
};

/// How often somebody looks: how late at most a condition is noticed.
const EVERY: Duration = Duration::from_secs(10);

/// Looks after the house for its operators.
#[derive(Debug, Clone)]
pub struct Watchman {
    /// Where everything stands.
    pub ledger: Arc<dyn Ledger>,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// The configured desks. What the ledger remembers of others is over.
    pub desks: Vec<DeskName>,
    /// Who is told.
    pub receivers: Vec<ReceiverName>,
}

impl Watchman {
    /// Starts to look, on `tasks`, until `draining`.
    pub fn start(self, tasks: &TaskTracker, draining: &CancellationToken) {
        let draining = draining.clone();
        tasks.spawn(async move { self.run(&draining).await });
    }

    async fn run(&self, draining: &CancellationToken) {
        let mut is_told = false;
        while !draining.is_cancelled() {
            match self.look().await {
                Ok(()) => is_told = false,
                Err(error) => {
                    if !is_told {
                        let error = Causes(&error);
                        tracing::warn!(%error, "It cannot be looked what operators should know");
                    }
                    is_told = true;
                }
            }
            let _ = draining.run_until_cancelled(tokio::time::sleep(EVERY)).await;
        }
    }

    async fn look(&self) -> Result<(), LedgerError> {
        let at = self.clock.now();
        let figures = self.ledger.figures(at - WINDOW).await?;
        let (pauses, desks) = (self.ledger.pauses().await?, self.ledger.desks().await?);
        let mut signals = Vec::new();
        for desk in &self.desks {
            signals.extend(parked_or_open(desk, &pauses, &desks));
        }
        signals.extend(counted(figures));
        signals.extend(self.ledger.brakes().await?.into_iter().filter_map(flooded));
        signals.extend(unbalanced(&self.ledger.books().await?));
        signals
            .retain(|signal| signal.condition.desk().is_none_or(|desk| self.desks.contains(desk)));
        for event in self.ledger.watch(&Look { at, signals }, &self.receivers).await? {
            tracing::info!(
                event.id, event.type = event.event_type, condition = event.condition,
                "Tells operators `{}`", event.event_type,
            );
        }
        Ok(())
    }
}

/// Whether the desk waits for somebody, or for itself.
fn parked_or_open(desk: &DeskName, pauses: &[DeskPause], desks: &[DeskRecord]) -> Vec<Signal> {
    let pause = pauses.iter().find(|pause| pause.desk == *desk);
    let record = desks.iter().find(|record| record.desk == *desk);
    let breaker = record.and_then(|record| record.standing.as_ref()?.breaker);
    // Another key does not come by itself.
    let (refused, open) = match breaker {
        Some(breaker) if breaker.reason == Reason::Account => (Some(breaker), None),
        other => (None, other),
    };
    let mut signals = Vec::new();
    if pause.is_some() || refused.is_some() {
        let facts = Facts {
            paused: Some(pause.is_some()),
            reason: refused.map(|breaker| breaker.reason),
            ..Facts::default()
        };
        let since = pause.map(|pause| pause.since).or(refused.map(|breaker| breaker.since));
        signals.push(Signal::of(Condition::Parked(desk.clone()), since, facts));
    }
    if let Some(breaker) = open {
        let facts = Facts { reason: Some(breaker.reason), ..Facts::default() };
        signals.push(Signal::of(Condition::Breaker(desk.clone()), Some(breaker.since), facts));
    }
    signals
}

fn counted(figures: Figures) -> Vec<Signal> {
    let outcomes = figures
        .outcomes
        .into_iter()
        .filter_map(|line| failing(Condition::Failing(line.desk), line.failed, line.deliveries));
    let dead = figures.dead.into_iter().map(|line| {
        let facts = Facts { deliveries: Some(line.deliveries), ..Facts::default() };
        Signal::of(Condition::Dead(line.desk, line.reason), Some(line.since), facts)
    });
    outcomes.chain(dead).collect()
}

fn flooded(record: BrakeRecord) -> Option<Signal> {
    let flood = record.brake.floods.iter().rfind(|flood| Flood::is_on(flood))?;
    let condition = Condition::Flood(record.desk, record.rule.parse().ok()?);
    Some(Signal::of(condition, Some(flood.began), Facts::default()))
}

fn unbalanced(books: &Books) -> Option<Signal> {
    let facts = Facts {
        unaccounted: Some(books.lines.iter().map(BookLine::imbalance).sum()),
        nowhere: Some(books.nowhere),
        gaps: Some(books.gaps.len() as u64),
        ..Facts::default()
    };
    (!books.are_whole()).then(|| Signal::of(Condition::Books, None, facts))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{
        ledger::{Gap, Via},
        standing::{OpenBreaker, Standing},
    };

    fn crm() -> DeskName {
        "crm".parse().unwrap()
    }

    fn open(reason: Reason) -> DeskRecord {
        let at = Timestamp::UNIX_EPOCH;
        let breaker = OpenBreaker { reason, since: at, until: at, pause_ms: None, probing: true };
        let standing = Standing { at, until: at, sent: Vec::new(), breaker: Some(breaker) };
        DeskRecord { desk: crm(), holder: None, epoch: 1, until: at, standing: Some(standing) }
    }

    fn pause() -> DeskPause {
        let (since, who, via) = (Timestamp::UNIX_EPOCH, "ann".to_owned(), Via::Token);
        DeskPause { desk: crm(), since, who, via, why: Some("canary".to_owned()) }
    }

    #[test]
    fn a_paused_desk_and_one_that_refuses_the_key_are_parked_and_others_have_a_breaker() {
        for (pauses, desks, expected) in [
            (vec![], vec![], None),
            (vec![pause()], vec![], Some((Condition::Parked(crm()), Some(true), None))),
            (
                vec![],
                vec![open(Reason::Account)],
                Some((Condition::Parked(crm()), Some(false), Some(Reason::Account))),
            ),
            (
                vec![],
                vec![open(Reason::PlanLimit)],
                Some((Condition::Breaker(crm()), None, Some(Reason::PlanLimit))),
            ),
        ] {
            let signal = parked_or_open(&crm(), &pauses, &desks).pop();
            let found =
                signal.map(|signal| (signal.condition, signal.facts.paused, signal.facts.reason));
            assert_eq!(found, expected);
        }
        let both = parked_or_open(&crm(), &[pause()], &[open(Reason::Unreachable)]);
        assert_eq!(both.len(), 2);
        assert!(!format!("{both:?}").contains("canary"));
    }

    #[test]
    fn books_that_are_not_whole_are_told_with_their_figures() {
        assert_eq!(unbalanced(&Books { balanced: true, ..Books::default() }), None);
        let gaps = vec![Gap { found_at: Timestamp::UNIX_EPOCH, entries: None }];
        let line = BookLine { accepted: 3, ticketed: 1, ..BookLine::default() };
        let books = Books { lines: vec![line], nowhere: 4, gaps, ..Books::default() };
        let Facts { unaccounted, nowhere, gaps, .. } = unbalanced(&books).unwrap().facts;
        assert_eq!((unaccounted, nowhere, gaps), (Some(2), Some(4), Some(1)));
    }
}
