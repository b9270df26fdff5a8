//! Acts on all that a search chooses.

use futures_util::future::join_all;
use serde::Serialize;
use utoipa::ToSchema;

use super::Office;
use crate::{
    delivery::{Delivery, Transition},
    ledger::{By, Found, Ledger, LedgerError, Page, Search},
    operators::OfficeError,
};

/// How many dead letters one act puts back to work.
pub const MOST_REPLAYED: usize = 500;

/// How many dead letters one act gives up.
pub const MOST_DISCARDED: usize = 500;

/// What became of a replay of several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Replayed {
    /// The keys of those that are back to work.
    pub replayed: Vec<String>,
    /// Those that are not.
    pub refused: Vec<Refused>,
    /// Whether there may be more: the same call again goes on.
    pub more: bool,
}

/// What became of the wish to give several up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Discarded {
    /// The keys of those that are given up.
    pub discarded: Vec<String>,
    /// Those that are not.
    pub refused: Vec<Refused>,
    /// Whether there may be more: the same call again goes on.
    pub more: bool,
}

/// A delivery that an act was not done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Refused {
    /// Its key.
    pub key: String,
    /// Why not.
    pub why: String,
}

impl Office {
    /// Puts dead letters back to work that `search` chooses, `most` at most, the latest first.
    pub async fn replay_all(
        &self,
        search: &Search,
        most: usize,
        by: &By,
    ) -> Result<Replayed, OfficeError> {
        let ledger = self.archive.ledger().await?;
        let act = Transition::Replay { at: by.at };
        let most = most.min(MOST_REPLAYED);
        let Outcome { done, refused, more } = operate(ledger, search, most, &act, by).await?;
        Ok(Replayed { replayed: done, refused, more })
    }

    /// Gives dead letters up that `search` chooses, `most` at most, the latest first.
    pub async fn discard_all(
        &self,
        search: &Search,
        most: usize,
        by: &By,
    ) -> Result<Discarded, OfficeError> {
        Ok(discard_all(self.archive.ledger().await?, search, most, by).await?)
    }
}

/// Gives dead letters up that `search` chooses, [`MOST_DISCARDED`] and `most` at most, the latest first.
pub async fn discard_all(
    ledger: &dyn Ledger,
    search: &Search,
    most: usize,
    by: &By,
) -> Result<Discarded, LedgerError> {
    let why = by.why.clone().unwrap_or_default();
    let act = Transition::Discard { at: by.at, by: by.who.clone(), why };
    let most = most.min(MOST_DISCARDED);
    let Outcome { done, refused, more } = operate(ledger, search, most, &act, by).await?;
    Ok(Discarded { discarded: done, refused, more })
}

/// To which it was done, to which not, and whether there may be more.
struct Outcome {
    done: Vec<String>,
    refused: Vec<Refused>,
    more: bool,
}

async fn operate(
    ledger: &dyn Ledger,
    search: &Search,
    most: usize,
    act: &Transition,
    by: &By,
) -> Result<Outcome, LedgerError> {
    let Found { items, next, .. } = some_dead(ledger, search, most).await?;
    // Together, so that they share the ledger's transactions.
    let acts = items
        .iter()
        .map(|dead| async { (&dead.key, ledger.operate(&dead.key, act.clone(), by).await) });
    let mut outcome = Outcome { done: Vec::new(), refused: Vec::new(), more: next.is_some() };
    for (key, done) in join_all(acts).await {
        match done {
            Ok(_) => outcome.done.push(key.to_string()),
            // Somebody else was there first.
            Err(LedgerError::NotAllowed(why)) => {
                outcome.refused.push(Refused { key: key.to_string(), why: why.to_string() });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(outcome)
}

/// The first dead letters that are chosen. A page of a search may end with nothing on it: who is told
/// that there is more would come again and again for the same.
async fn some_dead(
    ledger: &dyn Ledger,
    search: &Search,
    most: usize,
) -> Result<Found<Delivery>, LedgerError> {
    let search = Search { state: Some("dead"), ..search.clone() };
    let mut page = Page { after: None, most };
    loop {
        let found = ledger.search_deliveries(&search, &page).await?;
        if !found.items.is_empty() || found.next.is_none() {
            return Ok(found);
        }
        page.after = found.next;
    }
}
