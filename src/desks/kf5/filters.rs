//! Which tickets are listed or searched for: the documented members of the queries.

use super::{Order, Status};
use crate::desks::call::encoded;

/// Which tickets a list names, and in which order. What is `None` is left to KF5.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Made at this time or after: `2016-01-01 00:00:00`, or seconds since 1970.
    pub created_start: Option<String>,
    /// Made at this time or before.
    pub created_end: Option<String>,
    /// Changed at this time or after.
    pub updated_start: Option<String>,
    /// Changed at this time or before.
    pub updated_end: Option<String>,
    /// By the time at which they were made.
    pub created_order: Option<Order>,
    /// By the time at which they were changed.
    pub updated_order: Option<Order>,
    /// By status.
    pub status_order: Option<Order>,
    /// By a custom field, `field_690`.
    pub field_order: Option<(String, Order)>,
    /// The page to begin with, from 1.
    pub page: Option<u32>,
    /// Tickets on a page; 100 where nothing is said.
    pub per_page: Option<u32>,
}

/// What tickets are searched for. What is `None` or empty does not narrow the search.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// Words, sought in several members and not to the letter.
    pub query: Option<String>,
    /// Any of these.
    pub statuses: Vec<Status>,
    /// The value of any custom field.
    pub field_value: Option<String>,
    /// By the time at which they were made; the newest first where nothing is said.
    pub created_order: Option<Order>,
}

/// The members of a query, in order and encoded.
pub(super) type Query = Vec<(&'static str, String)>;

impl ListFilter {
    pub(super) fn query(&self) -> Query {
        let mut query = Query::new();
        for (name, time) in [
            ("created_start", &self.created_start),
            ("created_end", &self.created_end),
            ("updated_start", &self.updated_start),
            ("updated_end", &self.updated_end),
        ] {
            query.extend(time.as_deref().map(|time| (name, encoded(time))));
        }
        for (name, order) in [
            ("created_order", self.created_order),
            ("updated_order", self.updated_order),
            ("status_order", self.status_order),
        ] {
            query.extend(order.map(|order| (name, order.to_string())));
        }
        if let Some((field, order)) = &self.field_order {
            query.push(("field_order", format!("{}_{order}", encoded(field))));
        }
        query.extend(self.per_page.map(|size| ("per_page", size.to_string())));
        query
    }
}

impl Search {
    pub(super) fn query(&self) -> Query {
        let mut query = Query::new();
        query.extend(self.query.as_deref().map(|words| ("query", encoded(words))));
        if !self.statuses.is_empty() {
            let statuses: Vec<_> = self.statuses.iter().map(|status| status.as_str()).collect();
            query.push(("status", statuses.join(",")));
        }
        query.extend(self.field_value.as_deref().map(|value| ("fieldvalue", encoded(value))));
        query.extend(self.created_order.map(|order| ("created_order", order.to_string())));
        query
    }
}
