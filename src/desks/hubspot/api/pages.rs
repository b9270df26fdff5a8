//! Lists of records, page by page.

use futures_util::{Stream, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};

use super::{Objects, Record, Shown};
use crate::desks::{DeskError, call::Call, hubspot::paths};

/// The most records of one page ("Using object APIs").
const LARGEST_PAGE: u8 = 100;

/// Some of a list's records, and where the rest begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// The records.
    pub results: Vec<Record>,
    /// What there is besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paging: Option<Paging>,
    /// How many there are in all; searches alone say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Paging {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<Next>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Next {
    after: String,
}

impl Page {
    /// The cursor of the next page; `None` after the last one.
    pub fn next(&self) -> Option<&str> {
        Some(&self.paging.as_ref()?.next.as_ref()?.after)
    }
}

impl<'a> Objects<'a> {
    /// Reads one page of at most `limit` records (1 to 100), from the cursor `after`.
    pub async fn page(
        &self,
        shown: &Shown,
        limit: u8,
        after: Option<&str>,
    ) -> Result<Page, DeskError> {
        let mut pairs =
            vec![("limit", limit.to_string()), ("after", after.unwrap_or_default().to_owned())];
        pairs.extend(shown.pairs());
        let path = self.path(&paths::query(&pairs));
        self.api.ask(&Call::get("/crm/{version}/objects/{object}", path)).await
    }

    /// All records, in HubSpot's order; a page is asked for when its first record is.
    pub fn list(self, shown: Shown) -> impl Stream<Item = Result<Record, DeskError>> + 'a {
        let pages = stream::try_unfold(Some(None::<String>), move |after| {
            let shown = shown.clone();
            async move {
                let Some(after) = after else { return Ok::<_, DeskError>(None) };
                let page = self.page(&shown, LARGEST_PAGE, after.as_deref()).await?;
                let next = page.next().map(|after| Some(after.to_owned()));
                Ok(Some((stream::iter(page.results.into_iter().map(Ok)), next)))
            }
        });
        pages.try_flatten()
    }
}
