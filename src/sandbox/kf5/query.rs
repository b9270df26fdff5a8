//! Reads the query of a list and cuts its page out.

use std::collections::HashMap;

use actix_web::{HttpRequest, web::Query};
use jiff::{
    Timestamp,
    civil::DateTime,
    tz::{Offset, TimeZone},
};
use serde_json::{Map, Value, json};

use super::{refusal::Refusal, settings::Settings, ticket::Ticket};

/// The largest page, and the default one.
const PAGE: usize = 100;

/// The most tickets that one call may name.
const MOST_IDS: usize = 100;

/// What a query says, by name.
#[derive(Debug)]
pub(super) struct Asked(HashMap<String, String>);

impl Asked {
    pub(super) fn of(request: &HttpRequest) -> Self {
        let query = Query::from_query(request.query_string());
        Self(query.map(Query::into_inner).unwrap_or_default())
    }

    /// A member that says something.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// The members of a list with commas.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let items = self.text(name).unwrap_or_default().split(',');
        items.filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }

    /// The tickets that `ids` names.
    pub(super) fn ids(&self) -> Result<Vec<u64>, Refusal> {
        let ids: Option<Vec<u64>> = self.list("ids").iter().map(|id| id.parse().ok()).collect();
        let ids = ids.filter(|ids| !ids.is_empty()).ok_or(Refusal::Invalid("ids"))?;
        if ids.len() > MOST_IDS { Err(Refusal::TooManyTickets) } else { Ok(ids) }
    }

    /// Those of `tickets` that the times let through, in the order that is asked for; by id where
    /// none is.
    pub(super) fn filtered<'t>(
        &self,
        tickets: impl Iterator<Item = &'t Ticket>,
    ) -> Result<Vec<&'t Ticket>, Refusal> {
        let (created_from, created_to) = (self.time("created_start")?, self.time("created_end")?);
        let (updated_from, updated_to) = (self.time("updated_start")?, self.time("updated_end")?);
        let within = |at: Timestamp, from: Option<Timestamp>, to: Option<Timestamp>| {
            from.is_none_or(|from| from <= at) && to.is_none_or(|to| at <= to)
        };
        let mut tickets: Vec<_> = tickets
            .filter(|ticket| {
                within(ticket.created_at, created_from, created_to)
                    && within(ticket.updated_at, updated_from, updated_to)
            })
            .collect();
        self.sort(&mut tickets, "created_order", |ticket| (ticket.created_at, ticket.id));
        self.sort(&mut tickets, "updated_order", |ticket| (ticket.updated_at, ticket.id));
        self.sort(&mut tickets, "status_order", |ticket| (ticket.status.clone(), ticket.id));
        if let Some((field, order)) =
            self.text("field_order").and_then(|text| text.rsplit_once('_'))
        {
            let value = |ticket: &&Ticket| {
                let field = ticket.fields.iter().find(|(name, _)| name == field);
                field.map(|(_, value)| value.to_string())
            };
            tickets.sort_by_key(value);
            if order == "desc" {
                tickets.reverse();
            }
        }
        Ok(tickets)
    }

    /// Sorts where the query says so.
    pub(super) fn sort<K: Ord>(
        &self,
        tickets: &mut [&Ticket],
        name: &str,
        key: impl Fn(&Ticket) -> K,
    ) {
        match self.text(name) {
            Some("asc") => tickets.sort_by_key(|ticket| key(ticket)),
            Some("desc") => tickets.sort_by_key(|ticket| std::cmp::Reverse(key(ticket))),
            _ => {}
        }
    }

    /// The answer with the page of `records` that is asked for.
    pub(super) fn page(&self, member: &str, records: &[Value], settings: &Settings) -> Value {
        let number = |name: &str| self.text(name).and_then(|text| text.parse::<usize>().ok());
        let page = number("page").unwrap_or(1).max(1);
        let size = number("per_page").unwrap_or(PAGE).clamp(1, PAGE);
        let begin = (page - 1).saturating_mul(size).min(records.len());
        let end = begin.saturating_add(size).min(records.len());
        let mut body = Map::new();
        body.insert(member.to_owned(), records[begin..end].into());
        if settings.next_page {
            let link = |page: usize| json!(format!("https://sandbox.kf5.com/apiv2/?page={page}"));
            let next = if end < records.len() { link(page + 1) } else { Value::Null };
            body.insert("next_page".to_owned(), next);
            let previous = if page > 1 { link(page - 1) } else { Value::Null };
            body.insert("previous_page".to_owned(), previous);
            body.insert("count".to_owned(), records.len().into());
        }
        Value::Object(body)
    }

    /// A date of China's, or seconds since 1970.
    fn time(&self, name: &str) -> Result<Option<Timestamp>, Refusal> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let at = match text.parse::<i64>() {
            Ok(seconds) => Timestamp::from_second(seconds).ok(),
            Err(_) => DateTime::strptime("%Y-%m-%d %H:%M:%S", text)
                .and_then(|date| date.to_zoned(TimeZone::fixed(Offset::constant(8))))
                .map(|zoned| zoned.timestamp())
                .ok(),
        };
        at.map(Some).ok_or(Refusal::Invalid("时间"))
    }
}
