//! Lists that come in pages: page after page, each asked for when the one before is used up.

use futures_util::{Stream, TryStreamExt, stream};
use serde_json::Value;

use super::{Id, answers, client::Client, filters::Query, reading::Record};
use crate::desks::{DeskError, call::Call, reply::Reply};

/// How many records a page has where nothing else is asked for (the vendor's page).
const PAGE_LENGTH: usize = 100;

/// A list that is to be read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Listing {
    /// The path without anything of an event.
    pub(super) template: &'static str,
    /// The path without the query.
    pub(super) path: String,
    /// The query without the page.
    pub(super) query: Query,
    /// The member of the answer that holds the records.
    pub(super) member: &'static str,
    /// The page to ask for, from 1.
    pub(super) page: u32,
    /// How many records were asked for on each.
    pub(super) per_page: Option<u32>,
}

/// One page.
pub(super) struct Page<T> {
    /// Its records.
    pub(super) records: Vec<T>,
    /// Whether none comes after it.
    pub(super) is_last: bool,
    /// What it begins with: a desk that knows no pages gives the same one again and again.
    begins: Option<Id>,
}

impl Listing {
    /// The request for the page. The first one is not named, as in the vendor's examples.
    pub(super) fn call(&self) -> Call {
        let mut path = self.path.clone();
        let page = (self.page > 1).then(|| ("page", self.page.to_string()));
        for (number, (name, value)) in self.query.iter().chain(page.as_ref()).enumerate() {
            path.push(if number == 0 { '?' } else { '&' });
            path.push_str(name);
            path.push('=');
            path.push_str(value);
        }
        Call::get(self.template, path)
    }

    /// Reads the answer. `next_page` tells whether there is more; where it is not said, a page that
    /// is not full is the last one.
    pub(super) fn read<T: Record>(&self, reply: &Reply) -> Result<Page<T>, DeskError> {
        let json = answers::success(reply)?;
        let list = json.get(self.member).and_then(Value::as_array);
        let list = list.ok_or_else(|| reply.unreadable("the list is missing"))?;
        let records: Option<Vec<T>> = list.iter().map(T::read).collect();
        let records = records.ok_or_else(|| reply.unreadable("a record has no `id`"))?;
        let asked = self.per_page.and_then(|size| usize::try_from(size).ok());
        let is_last = match json.get("next_page") {
            Some(next) => next.is_null() || next.as_str() == Some(""),
            None => records.len() < asked.unwrap_or(PAGE_LENGTH),
        };
        let begins = list.first().and_then(|first| first.get("id")).and_then(Id::read);
        let is_last = is_last || records.is_empty();
        Ok(Page { records, is_last, begins })
    }
}

/// Where the reading of a list stands.
struct Reading<'a> {
    client: &'a Client,
    listing: Listing,
    before: Option<Id>,
}

/// The records of all pages from `listing` on. It ends with the last page, or with an error.
pub(super) fn records<T: Record>(
    client: &Client,
    listing: Listing,
) -> impl Stream<Item = Result<T, DeskError>> {
    let begin = Some(Reading { client, listing, before: None });
    let pages = stream::try_unfold(begin, |reading| async {
        let Some(mut reading) = reading else { return Ok(None) };
        let page = reading.client.page::<T>(&reading.listing).await?;
        if page.begins.is_some() && page.begins == reading.before {
            return Ok(None);
        }
        reading.before = page.begins;
        reading.listing.page += 1;
        let next = (!page.is_last).then_some(reading);
        Ok(Some((stream::iter(page.records.into_iter().map(Ok)), next)))
    });
    pages.try_flatten()
}
