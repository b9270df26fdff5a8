//! SupportDesk's own words: what its calls take and answer. Members that an answer may lack are
//! optional, whatever the page prints.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ticket::Priority;

/// What `POST /tickets/api-create` takes (page "Tickets").
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewTicket {
    /// The customer, who has to exist, by the application's own id.
    pub customer_external_id: String,
    /// One line.
    pub subject: String,
    /// Markdown.
    pub description: String,
    /// `MEDIUM` where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Free data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
    /// Ids (UUID) of tags that exist.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tag_ids: Vec<String>,
}

/// A ticket as the answer to its creation shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ticket {
    /// `clyyyyy`
    pub id: String,
    /// What people call it: `INV-1042`.
    pub ticket_number: Option<String>,
    /// One line.
    pub subject: Option<String>,
    /// `IN_PROGRESS` once an agent has it.
    pub status: Option<String>,
    /// `HIGH`
    pub priority: Option<String>,
    /// Always `API`.
    pub channel: Option<String>,
    /// Whom it is about.
    pub customer: Option<Person>,
    /// Who has it.
    pub assigned_agent: Option<Person>,
    /// RFC 3339.
    pub created_at: Option<String>,
}

/// A customer or an agent within a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// SupportDesk's id.
    pub id: Option<String>,
    /// The application's id, of a customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Full name, of an agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
}

/// What `PATCH /customers/:externalId` takes (page "Customers"). A customer who is new needs
/// `email` and `name`; an address belongs to one customer alone.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerChange {
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Full name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Address of a picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar_url: Option<String>,
    /// Free data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
}

/// What `POST /customer-events` takes (page "Events").
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewEvent {
    /// The customer, by the application's own id.
    pub customer_external_id: String,
    /// Of `a-z`, `0-9`, `_` and `.`, at most 100.
    pub r#type: String,
    /// Free data.
    pub payload: Map<String, Value>,
    /// RFC 3339; now, where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<String>,
}

/// Whose key it is (page "Authentication").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The application's id.
    pub app_id: Option<String>,
    /// Its short name.
    pub slug: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// `agent` for a server's key.
    pub key_type: Option<String>,
}
