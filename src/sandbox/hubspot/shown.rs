//! The portal from the sandbox's side: what is seeded, and how tickets are shown.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    input::Input,
    portal::Portal,
    records::{Kind, Record},
    refusal::Refusal,
};
use crate::sandbox::{SandboxAssociation, SandboxTicket};

/// The property that carries a delivery's key.
pub(super) const KEY_PROPERTY: &str = "deskbell_key";

impl Portal {
    /// Adds contacts, companies and deals.
    pub(super) fn seed(&mut self, customers: &Value, now: Timestamp) -> Result<Value, Refusal> {
        let mut added = Map::new();
        for kind in [Kind::Contact, Kind::Company, Kind::Deal] {
            let list = customers[kind.plural()].as_array().into_iter().flatten();
            let mut ids = Vec::new();
            for properties in list {
                let input = Input::read(&json!({"properties": properties}))?;
                ids.push(self.create(kind, &input, now)?.to_string());
            }
            added.insert(kind.plural().to_owned(), json!(ids));
        }
        Ok(Value::Object(added))
    }

    /// All tickets as the sandbox shows them.
    pub(super) fn shown_tickets(&self) -> Vec<SandboxTicket> {
        let records = self.shelf(Kind::Ticket).records.values();
        records.map(|record| self.shown(record)).collect()
    }

    /// The ticket that carries `key`. The property is unique: there is no second.
    pub(super) fn shown_ticket_with(&self, key: &str) -> Option<SandboxTicket> {
        let tickets = self.shelf(Kind::Ticket);
        let id = tickets.holder(KEY_PROPERTY, key)?;
        tickets.records.get(&id).map(|record| self.shown(record))
    }

    fn notes_of(&self, id: u64) -> Vec<String> {
        let ties = self.links.of(id).filter(|tie| tie.to == Kind::Note);
        let notes = ties.filter_map(|tie| self.record(Kind::Note, tie.id, false).ok());
        notes.filter_map(|note| note.values().get("hs_note_body").cloned()).collect()
    }

    fn shown(&self, record: &Record) -> SandboxTicket {
        let values = record.values();
        let value = |name: &str| values.get(name).cloned();
        let associations = self.links.of(record.id).map(|tie| SandboxAssociation {
            object: tie.to.plural(),
            id: tie.id.to_string(),
            type_id: tie.type_id,
        });
        SandboxTicket {
            order: record.order,
            id: record.id.to_string(),
            number: None,
            key: value(KEY_PROPERTY),
            subject: value("subject").unwrap_or_default(),
            description: value("content").unwrap_or_default(),
            priority: value("hs_ticket_priority"),
            status: value("hs_pipeline_stage").unwrap_or_default(),
            customer: None,
            properties: values.iter().map(|(name, value)| (name.clone(), json!(value))).collect(),
            associations: associations.collect(),
            comments: self.notes_of(record.id),
            archived: record.archived_at.is_some(),
            created_at: record.created_at,
        }
    }
}
