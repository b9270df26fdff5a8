//! Acts on all that a search chooses.

use futures_util::future::join_all;
use serde::Serialize;
use utoipa::ToSchema;

use super::Office;
use crate::{
    delivery::Transition,
    ledger::{By, Found, LedgerError, Page, Search},
    operators::OfficeError,
};

/// How many dead letters one act puts back to work.
pub const MOST_REPLAYED: usize = 500;

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
        let search = Search { state: Some("dead"), ..search.clone() };
        let page = Page { after: None, most: most.min(MOST_REPLAYED) };
        let Found { items, next, .. } = ledger.search_deliveries(&search, &page).await?;
        // Together, so that they share the ledger's transactions.
        let acts = items.iter().map(|dead| async {
            let act = Transition::Replay { at: by.at };
            (&dead.key, ledger.operate(&dead.key, act, by).await)
        });
        let mut outcome =
            Replayed { replayed: Vec::new(), refused: Vec::new(), more: next.is_some() };
        for (key, done) in join_all(acts).await {
            match done {
                Ok(_) => outcome.replayed.push(key.to_string()),
                // Somebody else was there first.
                Err(LedgerError::NotAllowed(why)) => {
                    outcome.refused.push(Refused { key: key.to_string(), why: why.to_string() });
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(outcome)
    }
}
