//! What is written to Thulium. What is left out stays as it is, or as the system has it.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// Whether a text is HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum BodyType {
    /// `HTML`
    Html,
    /// `PLAIN`
    Plain,
}

/// Who has written a new ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The customer: nobody gets an e-mail.
    InBehalfOf,
    /// The system: **the customer gets the ticket by e-mail**.
    Out,
}

/// A new ticket ("POST tickets").
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct NewTicket {
    /// A mailbox of the system.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The author's e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The text.
    pub body: String,
    /// What the text is; `PLAIN` where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_type: Option<BodyType>,
    /// A comment that agents see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Tokens of temporary files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<String>,
    /// Who else is named as a recipient.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cc: Vec<String>,
    /// `email`, `phone`, `sms`, `chat`, `www`; `email` where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Who has written it; the customer where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// The agent to assign it to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_login: Option<String>,
    /// The customer's id.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "id")]
    pub customer_id: Option<String>,
    /// Tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The status's id.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "id")]
    pub status_id: Option<String>,
    /// The substatus's id.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "id")]
    pub substatus_id: Option<String>,
    /// The category's id.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "id")]
    pub category_id: Option<String>,
    /// The queue's id; by the mailbox where there is none.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "id")]
    pub ticket_queue_id: Option<String>,
    /// Custom fields by name.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub custom_fields: Map<String, Value>,
}

/// A change of a ticket ("PUT tickets/:id").
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct TicketChange {
    /// The agent to assign it to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_login: Option<String>,
    /// The status's id.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "id")]
    pub status_id: Option<String>,
    /// The substatus's id.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "id")]
    pub substatus_id: Option<String>,
    /// The category's id.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "id")]
    pub category_id: Option<String>,
    /// All tags that it shall have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// The queue's id.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "id")]
    pub ticket_queue_id: Option<String>,
    /// Custom fields by name.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub custom_fields: Map<String, Value>,
}

/// A message as if the customer had written it (`POST tickets/:id/customer_response`): nobody gets
/// an e-mail.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct CustomerResponse {
    /// The text.
    pub body: String,
    /// What the text is; `HTML` where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_type: Option<BodyType>,
    /// When it was written, by the system's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// A new customer ("POST customers").
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct NewCustomer {
    /// First name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Surname, which alone is required.
    pub surname: String,
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<String>,
    /// The company's id.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "id")]
    pub company_id: Option<String>,
    /// The type's name.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The group's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The upstream application's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// A note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Custom fields by name.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub custom_fields: Map<String, Value>,
}

/// An id as the vendor's pages write it: digits as a number, anything else as a text.
#[expect(clippy::ref_option, reason = "serde passes the field as it is")]
fn id<S: Serializer>(id: &Option<String>, to: S) -> Result<S::Ok, S::Error> {
    match id.as_deref().map(|id| (id, id.parse::<u64>())) {
        None => to.serialize_none(),
        // A number with a zero before it is no number, but a name.
        Some((id, Ok(number))) if number.to_string() == id => to.serialize_u64(number),
        Some((id, _)) => to.serialize_str(id),
    }
}
