//! What Thulium tells of tickets and customers. Its ids come as texts and as numbers; here they are
//! texts. What is empty or null is nothing.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::desks::reply::text;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Page<T> {
    /// How many there are on all pages, where that is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Those of this page.
    pub result: Vec<T>,
}

/// A ticket ("GET tickets", "GET tickets/:id").
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Ticket {
    /// Its id.
    #[serde(deserialize_with = "id")]
    pub ticket_id: String,
    /// The assigned agent.
    #[serde(deserialize_with = "optional")]
    pub user_login: Option<String>,
    /// The author's e-mail address.
    #[serde(deserialize_with = "optional")]
    pub from: Option<String>,
    /// The queue's name.
    #[serde(deserialize_with = "optional")]
    pub ticket_queue_name: Option<String>,
    /// The queue's id.
    #[serde(deserialize_with = "optional")]
    pub ticket_queue_id: Option<String>,
    /// One line.
    #[serde(deserialize_with = "optional")]
    pub subject: Option<String>,
    /// The category's id.
    #[serde(deserialize_with = "optional")]
    pub category_id: Option<String>,
    /// `email`, `phone`, `sms`, `chat`, `www`
    #[serde(deserialize_with = "optional")]
    pub source: Option<String>,
    /// The status's id.
    #[serde(deserialize_with = "optional")]
    pub status_id: Option<String>,
    /// The substatus's id.
    #[serde(deserialize_with = "optional")]
    pub substatus_id: Option<String>,
    /// The status and substatus as people see them.
    #[serde(deserialize_with = "optional")]
    pub full_status_name: Option<String>,
    /// Tags.
    #[serde(deserialize_with = "texts")]
    pub tags: Vec<String>,
    /// The customer's id.
    #[serde(deserialize_with = "optional")]
    pub customer_id: Option<String>,
    /// When it was opened, by the system's clock.
    #[serde(deserialize_with = "optional")]
    pub created_at: Option<String>,
    /// When it was changed last, by the system's clock.
    #[serde(deserialize_with = "optional")]
    pub updated_at: Option<String>,
    /// When it was closed, by the system's clock.
    #[serde(deserialize_with = "optional")]
    pub closed_at: Option<String>,
    /// How long that took, as `123:33:44`.
    #[serde(deserialize_with = "optional")]
    pub close_time: Option<String>,
    /// When an agent answered first, by the system's clock.
    #[serde(deserialize_with = "optional")]
    pub first_agent_responded_at: Option<String>,
    /// How long that took, as `01:00:12`.
    #[serde(deserialize_with = "optional")]
    pub first_agent_response_time: Option<String>,
    /// What was written, the oldest first.
    #[serde(deserialize_with = "list")]
    pub messages: Vec<Message>,
    /// Custom fields by name, where they were asked for.
    #[serde(deserialize_with = "object")]
    pub custom_fields: Map<String, Value>,
}

impl Ticket {
    /// The value of a custom field; `None` where the ticket tells no such field.
    pub fn custom_field(&self, name: &str) -> Option<Option<String>> {
        self.custom_fields.get(name).map(text)
    }
}

/// One message of a ticket.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Message {
    /// Its id.
    #[serde(deserialize_with = "id")]
    pub message_id: String,
    /// Who wrote it, where that was an agent.
    #[serde(deserialize_with = "optional")]
    pub user_login: Option<String>,
    /// `MAIL`: from the customer; `REPLY`: to the customer; `COMMENT`: among agents.
    #[serde(rename = "type", deserialize_with = "optional")]
    pub kind: Option<String>,
    /// What a mail or a reply says.
    #[serde(deserialize_with = "optional")]
    pub body: Option<String>,
    /// What a comment says.
    #[serde(deserialize_with = "optional")]
    pub comment: Option<String>,
    /// What the system noted.
    #[serde(deserialize_with = "optional")]
    pub system_comment: Option<String>,
    /// When it was written, by the system's clock.
    #[serde(deserialize_with = "optional")]
    pub created_at: Option<String>,
    /// Tokens of attached files.
    #[serde(deserialize_with = "texts")]
    pub attachments: Vec<String>,
    /// The customer's ratings.
    #[serde(deserialize_with = "texts")]
    pub ratings: Vec<String>,
}

impl Message {
    /// Whether `text` stands in it.
    pub fn says(&self, text: &str) -> bool {
        [&self.body, &self.comment].into_iter().flatten().any(|said| said.contains(text))
    }
}

/// A customer ("GET customers", "GET customers/:id").
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Customer {
    /// Its id.
    #[serde(deserialize_with = "id")]
    pub customer_id: String,
    /// First name.
    #[serde(deserialize_with = "optional")]
    pub name: Option<String>,
    /// Surname.
    #[serde(deserialize_with = "optional")]
    pub surname: Option<String>,
    /// E-mail addresses.
    #[serde(deserialize_with = "texts")]
    pub email: Vec<String>,
    /// The first telephone number.
    #[serde(deserialize_with = "optional")]
    pub phone_number: Option<String>,
    /// All telephone numbers.
    #[serde(deserialize_with = "texts")]
    pub phone_numbers: Vec<String>,
    /// The company's id.
    #[serde(deserialize_with = "optional")]
    pub company_id: Option<String>,
    /// The upstream application's id.
    #[serde(deserialize_with = "optional")]
    pub identifier: Option<String>,
    /// The type's name.
    #[serde(rename = "type", deserialize_with = "optional")]
    pub kind: Option<String>,
    /// The group's name.
    #[serde(deserialize_with = "optional")]
    pub group: Option<String>,
    /// Custom fields by name, where they were asked for.
    #[serde(deserialize_with = "object")]
    pub custom_fields: Map<String, Value>,
}

/// A status, queue, category or agent. Their pages are not public: members are read by the names
/// that tickets have for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Its id; an agent's login.
    pub id: String,
    /// What people see.
    pub name: String,
    /// A status's substatuses, a category's subcategories.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Entry>,
}

impl Entry {
    /// Reads one; `None` where it has no id.
    pub(super) fn of(value: &Value) -> Option<Self> {
        const IDS: [&str; 9] = [
            "status_id",
            "substatus_id",
            "ticket_status_id",
            "ticket_queue_id",
            "queue_id",
            "category_id",
            "ticket_category_id",
            "id",
            "login",
        ];
        const PARTS: [&str; 4] = ["substatuses", "subcategories", "categories", "children"];
        let member = |names: &[&str]| names.iter().find_map(|name| text(value.get(name)?));
        let id = member(&IDS).or_else(|| member(&["user_login"]))?;
        let surname = member(&["surname"]).map(|surname| format!(" {surname}")).unwrap_or_default();
        let name = member(&["name", "full_name", "status_name", "ticket_queue_name"])
            .map_or_else(|| id.clone(), |name| name + &surname);
        let parts = PARTS.iter().filter_map(|name| value.get(name)?.as_array()).flatten();
        Some(Self { id, name, parts: parts.filter_map(Self::of).collect() })
    }
}

fn id<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    let value = Value::deserialize(from)?;
    text(&value).ok_or_else(|| serde::de::Error::custom("an id is missing"))
}

fn optional<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Value::deserialize(from).map(|value| text(&value))
}

/// A list; one text alone is a list of one.
fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Array(values) => values.iter().filter_map(text).collect(),
        value => text(&value).into_iter().collect(),
    })
}

fn list<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Message>, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// An object; PHP writes one without members as an empty list.
fn object<'de, D: Deserializer<'de>>(from: D) -> Result<Map<String, Value>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Object(members) => members,
        _ => Map::new(),
    })
}
