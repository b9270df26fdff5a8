//! What HubSpot is asked, as requests that are not sent yet.

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::{
    Settings,
    kinds::{COMPANY, CONTACT},
    paths::{associations, encoded, objects, resource},
};
use crate::{
    delivery::DeliveryKey,
    desks::{
        call::{Call, segment},
        reply, text,
    },
    ticket::{Customer, Priority, TicketDraft},
};

/// The property that says how soon somebody should look.
pub(super) const PRIORITY: &str = "hs_ticket_priority";

/// The property for the draft's category.
pub(super) const CATEGORY: &str = "hs_ticket_category";

/// What a property of several lines holds at most (`hs_note_body`, page "Notes"). People see the
/// text as it is sent: neither Markdown nor HTML is shown as what it means.
const LONGEST_CONTENT: usize = 65_536;

/// What of a ticket depends on the account, looked up.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Resolved {
    /// The option of [`PRIORITY`].
    pub(super) priority: &'static str,
    /// The option of [`CATEGORY`].
    pub(super) category: Option<String>,
    /// What the ticket is tied to.
    pub(super) ties: Vec<Tie>,
}

/// One association of a ticket that is to be made.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tie {
    /// The record's kind, as paths name it.
    pub(super) object: String,
    /// The record's id.
    pub(super) to: Value,
    /// `HUBSPOT_DEFINED`
    pub(super) category: String,
    /// The type's number.
    pub(super) type_id: Value,
}

/// The option for a priority where the account has all four.
pub(super) fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "LOW",
        Priority::Medium => "MEDIUM",
        Priority::High => "HIGH",
        Priority::Urgent | Priority::Critical => "URGENT",
    }
}

/// The request for the ticket with all its ties.
pub(super) fn create_ticket(
    settings: &Settings,
    key: &DeliveryKey,
    draft: &TicketDraft,
    resolved: &Resolved,
) -> Call {
    let mut body = json!({ "properties": ticket_properties(settings, key, draft, resolved) });
    if !resolved.ties.is_empty() {
        body["associations"] = resolved.ties.iter().map(association).collect();
    }
    let path = objects(settings, "tickets");
    Call::with_body(Method::POST, "/crm/{version}/objects/tickets", path, body)
}

fn ticket_properties(
    settings: &Settings,
    key: &DeliveryKey,
    draft: &TicketDraft,
    resolved: &Resolved,
) -> Map<String, Value> {
    let mut properties = Map::new();
    let mut put = |name: &str, value: &str| {
        if !value.is_empty() {
            properties.insert(name.to_owned(), value.into());
        }
    };
    put("hs_pipeline", &settings.pipeline);
    put("hs_pipeline_stage", &settings.stage);
    put(PRIORITY, resolved.priority);
    put("subject", &draft.subject);
    put("content", &text::plain(&draft.description, LONGEST_CONTENT));
    put(CATEGORY, resolved.category.as_deref().unwrap_or_default());
    for (name, property) in &settings.properties {
        if let Some(value) = draft.metadata.get(name) {
            put(property, &property_value(value));
        }
    }
    if let Some(property) = &settings.key_property {
        put(property, key.as_str());
    }
    properties
}

/// Property values are texts: numbers by their digits as written, lists in the form of HubSpot's
/// checkboxes. What is nothing is an empty text, and is not sent.
pub(super) fn property_value(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(property_value).collect::<Vec<_>>().join(";"),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

fn association(tie: &Tie) -> Value {
    json!({
        "to": { "id": tie.to },
        "types": [{ "associationCategory": tie.category, "associationTypeId": tie.type_id }],
    })
}

/// The request that ties a record to a ticket that exists, by all of `ties`, which are about it. The
/// page names this path whatever the version of the rest. `None` for an id that no record can have.
pub(super) fn tie(ticket: &str, ties: &[&Tie]) -> Option<Call> {
    let Tie { object, to, .. } = ties.first()?;
    let to = reply::text(to)?;
    let path = format!(
        "/crm/v4/objects/tickets/{}/associations/{}/{}",
        segment(ticket)?,
        encoded(object),
        segment(&to)?
    );
    let types = ties.iter().map(
        |tie| json!({ "associationCategory": tie.category, "associationTypeId": tie.type_id }),
    );
    let template = "/crm/v4/objects/tickets/{id}/associations/{to}/{to_id}";
    Some(Call::with_body(Method::PUT, template, path, types.collect()))
}

/// An id as the vendor's page writes it: digits as a number, anything else as a text.
pub(super) fn record_id(id: &str) -> Value {
    let is_number = id.bytes().all(|byte| byte.is_ascii_digit()) && !id.starts_with('0');
    match serde_json::from_str(id) {
        Ok(number @ Value::Number(_)) if is_number => number,
        _ => id.into(),
    }
}

/// The request that changes a ticket's properties. `None` for an id that no ticket can have.
pub(super) fn change_ticket(
    settings: &Settings,
    id: &str,
    properties: &[(&str, &str)],
) -> Option<Call> {
    let properties: Map<String, Value> =
        properties.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    let path = format!("{}/{}", objects(settings, "tickets"), segment(id)?);
    let body = json!({ "properties": properties });
    Some(Call::with_body(Method::PATCH, "/crm/{version}/objects/tickets/{id}", path, body))
}

/// The request for a record that was not found. `None` for a kind of record, or a
/// property, from which none can be made.
pub(super) fn create_record(
    settings: &Settings,
    object: &str,
    property: &str,
    value: &str,
    customer: Option<&Customer>,
) -> Option<Call> {
    let value = value.trim();
    let (template, properties) = match (object, property) {
        CONTACT => ("/crm/{version}/objects/contacts", contact_properties(value, customer)),
        COMPANY => {
            let properties = Map::from_iter([("domain".to_owned(), value.into())]);
            ("/crm/{version}/objects/companies", properties)
        }
        _ => return None,
    };
    let body = json!({ "properties": properties });
    Some(Call::with_body(Method::POST, template, objects(settings, object), body))
}

/// The customer's name and telephone number go in only where it is the customer's own address.
fn contact_properties(email: &str, customer: Option<&Customer>) -> Map<String, Value> {
    let customer = customer.filter(|customer| {
        customer.email.as_deref().is_some_and(|own| own.trim().eq_ignore_ascii_case(email))
    });
    let name = customer.and_then(|customer| customer.name.as_deref()).unwrap_or_default().trim();
    let (first, last) = name.split_once(char::is_whitespace).unwrap_or((name, ""));
    let phone = customer.and_then(|customer| customer.phone.as_deref()).unwrap_or_default();
    [("email", email), ("firstname", first), ("lastname", last.trim()), ("phone", phone.trim())]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect()
}

/// The question for the options of a ticket property.
pub(super) fn property(settings: &Settings, name: &str) -> Call {
    let path = format!("{}/{}", resource(settings, "properties", "tickets"), encoded(name));
    Call::get("/crm/{version}/properties/tickets/{property}", path)
}

/// The question for one property of `object` (its name in paths).
pub(super) fn property_of(settings: &Settings, object: &str, name: &str) -> Call {
    let path = format!("{}/{}", resource(settings, "properties", object), encoded(name));
    Call::get("/crm/{version}/properties/{object}/{property}", path)
}

/// The question for the pipelines of tickets, with their stages.
pub(super) fn pipelines(settings: &Settings) -> Call {
    let path = resource(settings, "pipelines", "tickets");
    Call::get("/crm/{version}/pipelines/tickets", path)
}

/// The question for the labels of associations from a ticket to `object` (its name in paths). The
/// page names this path whatever the version of the rest.
pub(super) fn labels(object: &str) -> Call {
    let path = format!("{}/labels", associations("tickets", object));
    Call::get("/crm/v4/associations/tickets/{object}/labels", path)
}
