//! What a bulk replay would do, and how long it would take. Nothing is written, and the ledger is
//! read page by page.

use std::{collections::BTreeMap, num::NonZeroU32, sync::Arc, time::Duration};

use super::foresight::Foresight;
use crate::{
    desks::Window,
    event::{DeskName, SchemaBook},
    ledger::{Found, Ledger, LedgerError, Page, Search, SearchDocument},
    operators::views::{PlanDesk, ReplayPlan},
    rules::LiveRules,
};

/// How many dead letters a plan looks into, at most: the latest ones. That many take a page's time.
pub const MOST_EXAMINED: usize = 3_000;

/// How many of them are read at a time.
const AT_A_TIME: usize = 250;

/// How many pages are read at most, where a filter finds little on each.
const MOST_PAGES: usize = 200;

/// What a plan is made by: today's rules and schemas, and the quotas of the desks.
#[derive(Debug, Clone)]
pub struct Planner {
    /// The rules that hold now.
    pub rules: Arc<LiveRules>,
    /// The schemas that events have to satisfy.
    pub schemas: SchemaBook,
    /// The windows of each desk's quota.
    pub pacing: BTreeMap<DeskName, Vec<Window>>,
}

impl Planner {
    /// What a replay of what `search` chooses would do, at this rate.
    pub async fn plan(
        &self,
        ledger: &dyn Ledger,
        search: &Search,
        rate: Option<NonZeroU32>,
    ) -> Result<ReplayPlan, LedgerError> {
        let mut desks: BTreeMap<DeskName, PlanDesk> = BTreeMap::new();
        for (desk, chosen) in ledger.dead_by_desk(search).await? {
            desks.insert(desk.clone(), PlanDesk { chosen, ..PlanDesk::of(&desk) });
        }
        let is_complete = self.examine(ledger, search, &mut desks).await?;
        for (name, desk) in &mut desks {
            if is_complete {
                desk.chosen = desk.examined;
            }
            let pacing = self.pacing.get(name);
            desk.quota_seconds = pacing.map(|windows| lasts(desk.chosen, windows).as_secs());
        }
        let chosen = desks.values().map(|desk| desk.chosen).sum::<u64>();
        let rate_seconds = rate.map(|rate| (chosen * 60).div_ceil(u64::from(rate.get())));
        let quotas = desks.values().filter_map(|desk| desk.quota_seconds);
        Ok(ReplayPlan {
            filter: SearchDocument::of(search),
            chosen,
            exact: is_complete || !search.is_of_payload(),
            examined: desks.values().map(|desk| desk.examined).sum(),
            rate: rate.map(NonZeroU32::get),
            seconds: quotas.chain(rate_seconds).max(),
            desks: desks.into_values().filter(|desk| desk.chosen > 0).collect(),
        })
    }

    /// Looks into what is chosen; whether into all of it.
    async fn examine(
        &self,
        ledger: &dyn Ledger,
        search: &Search,
        desks: &mut BTreeMap<DeskName, PlanDesk>,
    ) -> Result<bool, LedgerError> {
        let rules = self.rules.now();
        let mut foresight = Foresight::new(ledger, &rules, &self.schemas);
        let (mut after, mut examined) = (None, 0);
        for _ in 0..MOST_PAGES {
            let most = AT_A_TIME.min(MOST_EXAMINED - examined);
            if most == 0 {
                return Ok(false);
            }
            let page = Page { after, most };
            let Found { items, next, .. } = ledger.dead_letters(search, &page).await?;
            examined += items.len();
            for letter in &items {
                let desk = &letter.delivery.desk;
                let foreseen = foresight.of(letter).await?;
                let known = desks.entry(desk.clone()).or_insert_with(|| PlanDesk::of(desk));
                known.count(foreseen);
            }
            if next.is_none() {
                return Ok(true);
            }
            after = next;
        }
        Ok(false)
    }
}

/// How long so many calls take under these windows, one for each.
pub(in crate::operators) fn lasts(calls: u64, windows: &[Window]) -> Duration {
    let under = |window: &Window| {
        let requests = u128::from(window.requests.max(1));
        let millis = u128::from(calls) * window.per.as_millis() / requests;
        Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX))
    };
    windows.iter().map(under).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_window_tells_how_long_it_takes() {
        let window = |requests, seconds| Window { requests, per: Duration::from_secs(seconds) };
        assert_eq!(lasts(100, &[]), Duration::ZERO);
        assert_eq!(lasts(1900, &[window(190, 10)]), Duration::from_secs(100));
        let both = [window(3, 1), window(100, 60)];
        assert_eq!(lasts(600, &both), Duration::from_mins(6));
        assert_eq!(lasts(7, &[window(0, 1)]), Duration::from_secs(7));
    }
}
