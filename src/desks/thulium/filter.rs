//! What lists are narrowed down to, as the query of a request.

use std::{fmt, str::FromStr};

use jiff::civil::{Date, DateTime};

use crate::desks::call::encoded;

/// The most tickets of one page ("GET tickets").
pub const LONGEST_TICKET_PAGE: u32 = 100;

/// The most customers of one page ("GET customers").
pub const LONGEST_CUSTOMER_PAGE: u32 = 1000;

/// A day or a minute in the system's own time zone: `2014-07-04`, `2014-07-14 12:34`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment(String);

/// A text that is no [`Moment`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is not a time: write 2014-07-04 or \"2014-07-14 12:34\"")]
pub struct InvalidMoment;

impl FromStr for Moment {
    type Err = InvalidMoment;

    fn from_str(text: &str) -> Result<Self, InvalidMoment> {
        let is_moment = match text.len() {
            10 => text.parse::<Date>().is_ok(),
            16 => text.parse::<DateTime>().is_ok() && text.as_bytes()[10] == b' ',
            _ => false,
        };
        if is_moment { Ok(Self(text.to_owned())) } else { Err(InvalidMoment) }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// One custom field and the values of which it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomField {
    /// The field's name.
    pub name: String,
    /// Its alternatives.
    pub values: Vec<String>,
}

/// Which tickets, in what order, and which part of them. All conditions hold at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TicketFilter {
    /// At most so many in a page; the system's 100 where there is none, and never more.
    pub limit: Option<u32>,
    /// How many to pass over.
    pub offset: Option<u64>,
    /// Changed then or later.
    pub date_from: Option<Moment>,
    /// Changed then or before.
    pub date_to: Option<Moment>,
    /// Opened then or later.
    pub create_date_from: Option<Moment>,
    /// Opened then or before.
    pub create_date_to: Option<Moment>,
    /// Of this company.
    pub company_id: Option<String>,
    /// Of this customer.
    pub customer_id: Option<String>,
    /// Assigned to the agent of this login.
    pub user_login: Option<String>,
    /// From here: `email`, `phone`, `sms`, `chat`, `www`.
    pub source: Option<String>,
    /// In this queue.
    pub ticket_queue_id: Option<String>,
    /// In this category.
    pub category_id: Option<String>,
    /// With this message.
    pub message_id: Option<String>,
    /// In one of these states.
    pub status_ids: Vec<String>,
    /// With these custom fields.
    pub custom_fields: Vec<CustomField>,
    /// Whether the answer tells custom fields.
    pub include_custom_fields: bool,
    /// `create_date`, `update_date`, or with `-` the latest first. Without, the latest changed first.
    pub order: Vec<String>,
}

impl TicketFilter {
    /// The query, in the order of the vendor's page; with its `?`, or empty.
    pub(super) fn query(&self) -> String {
        let mut query = Query::default();
        query.put("limit", self.limit.map(|limit| limit.min(LONGEST_TICKET_PAGE)));
        query.put("offset", self.offset);
        query.put("date_from", self.date_from.as_ref());
        query.put("date_to", self.date_to.as_ref());
        query.put("create_date_from", self.create_date_from.as_ref());
        query.put("create_date_to", self.create_date_to.as_ref());
        query.put("company_id", self.company_id.as_ref());
        query.put("customer_id", self.customer_id.as_ref());
        query.put("user_login", self.user_login.as_ref());
        query.put("source", self.source.as_ref());
        query.put("ticket_queue_id", self.ticket_queue_id.as_ref());
        query.put("category_id", self.category_id.as_ref());
        query.put("message_id", self.message_id.as_ref());
        for status in &self.status_ids {
            query.put("status_id[]", Some(status));
        }
        query.put_custom_fields(&self.custom_fields);
        query.put("include_custom_fields", self.include_custom_fields.then_some(true));
        query.put("order", (!self.order.is_empty()).then(|| self.order.join(",")));
        query.0
    }
}

/// Which customers, in what order, and which part of them. All conditions hold at once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerFilter {
    /// With this id of the upstream application.
    pub identifier: Option<String>,
    /// With this e-mail address.
    pub email: Option<String>,
    /// With this telephone number.
    pub phone_number: Option<String>,
    /// With this tax number.
    pub nip: Option<String>,
    /// Of this company.
    pub company_id: Option<String>,
    /// Of this type, by its name.
    pub customer_type: Option<String>,
    /// In this group, by its name.
    pub group: Option<String>,
    /// With these custom fields.
    pub custom_fields: Vec<CustomField>,
    /// Whether the answer tells custom fields.
    pub include_custom_fields: bool,
    /// At most so many in a page; the system's 100 where there is none, and never more than 1000.
    pub limit: Option<u32>,
    /// How many to pass over.
    pub offset: Option<u64>,
    /// Names of fields, with `-` the greatest first.
    pub order: Vec<String>,
}

impl CustomerFilter {
    /// The query, in the order of the vendor's page; with its `?`, or empty.
    pub(super) fn query(&self) -> String {
        let mut query = Query::default();
        query.put("identifier", self.identifier.as_ref());
        query.put("email", self.email.as_ref());
        query.put("phone_number", self.phone_number.as_ref());
        query.put("nip", self.nip.as_ref());
        query.put("company_id", self.company_id.as_ref());
        query.put("type", self.customer_type.as_ref());
        query.put("group", self.group.as_ref());
        query.put_custom_fields(&self.custom_fields);
        query.put("include_custom_fields", self.include_custom_fields.then_some(true));
        query.put("limit", self.limit.map(|limit| limit.min(LONGEST_CUSTOMER_PAGE)));
        query.put("offset", self.offset);
        query.put("order", (!self.order.is_empty()).then(|| self.order.join(",")));
        query.0
    }
}

/// A query that grows.
#[derive(Default)]
struct Query(String);

impl Query {
    /// Adds `name`, which stands as it is, where there is a value.
    fn put(&mut self, name: &str, value: Option<impl fmt::Display>) {
        if let Some(value) = value {
            self.0.push(if self.0.is_empty() { '?' } else { '&' });
            self.0.push_str(name);
            self.0.push('=');
            self.0.push_str(&encoded(&value.to_string()));
        }
    }

    /// One value stands alone, several are numbered, as the vendor's page has them.
    fn put_custom_fields(&mut self, fields: &[CustomField]) {
        for CustomField { name, values } in fields {
            let name = encoded(name);
            match &values[..] {
                [value] => self.put(&format!("custom_fields[{name}]"), Some(value)),
                values => {
                    for (number, value) in values.iter().enumerate() {
                        self.put(&format!("custom_fields[{name}][{number}]"), Some(value));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_day_or_a_minute() {
        for good in ["2014-07-04", "2014-07-14 12:34"] {
            assert!(good.parse::<Moment>().is_ok(), "{good}");
        }
        for bad in
            ["", "2014-13-04", "2014-07-14T12:34", "2014-07-14 12:3", "04.07.2014", "ą14-07-14"]
        {
            assert_eq!(bad.parse::<Moment>(), Err(InvalidMoment), "{bad}");
        }
    }

    #[test]
    fn a_filter_without_conditions_is_no_query() {
        assert_eq!(TicketFilter::default().query(), "");
        assert_eq!(CustomerFilter::default().query(), "");
    }

    #[test]
    fn no_page_is_asked_to_be_longer_than_the_system_gives() {
        let tickets = TicketFilter { limit: Some(500), ..TicketFilter::default() };
        assert_eq!(tickets.query(), "?limit=100");
        let customers = CustomerFilter { limit: Some(5000), ..CustomerFilter::default() };
        assert_eq!(customers.query(), "?limit=1000");
    }

    #[test]
    fn values_and_names_are_encoded() {
        let field = CustomField { name: "Numer zamówienia".into(), values: vec!["a&b=c".into()] };
        let filter = TicketFilter { custom_fields: vec![field], ..TicketFilter::default() };
        assert_eq!(filter.query(), "?custom_fields[Numer%20zam%C3%B3wienia]=a%26b%3Dc");
    }
}
