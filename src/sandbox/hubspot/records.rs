//! Records and the shelves they stand on, each found by id or unique value without a scan.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// The object types that the sandbox keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Kind {
    Ticket,
    Contact,
    Company,
    Deal,
    Note,
}

impl Kind {
    pub(super) const ALL: [Self; 5] =
        [Self::Ticket, Self::Contact, Self::Company, Self::Deal, Self::Note];

    /// Reads a name, in singular or plural, or an object type id.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let is = |kind: &Self| [kind.singular(), kind.plural(), kind.type_id()].contains(&&*name);
        Self::ALL.into_iter().find(is)
    }

    pub(super) fn singular(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Contact => "contact",
            Self::Company => "company",
            Self::Deal => "deal",
            Self::Note => "note",
        }
    }

    pub(super) fn plural(self) -> &'static str {
        match self {
            Self::Ticket => "tickets",
            Self::Contact => "contacts",
            Self::Company => "companies",
            Self::Deal => "deals",
            Self::Note => "notes",
        }
    }

    pub(super) fn type_id(self) -> &'static str {
        match self {
            Self::Contact => "0-1",
            Self::Company => "0-2",
            Self::Deal => "0-3",
            Self::Ticket => "0-5",
            Self::Note => "0-46",
        }
    }

    /// The name in error messages.
    pub(super) fn legacy(self) -> &'static str {
        match self {
            Self::Ticket => "TICKET",
            Self::Contact => "CONTACT",
            Self::Company => "COMPANY",
            Self::Deal => "DEAL",
            Self::Note => "NOTE",
        }
    }

    /// Properties that are answered where none are asked for, besides the three of every record.
    pub(super) fn shown_properties(self) -> &'static [&'static str] {
        match self {
            Self::Ticket => &[
                "content",
                "hs_pipeline",
                "hs_pipeline_stage",
                "hs_ticket_category",
                "hs_ticket_priority",
                "subject",
            ],
            Self::Contact => &["email", "firstname", "lastname"],
            Self::Company => &["name", "domain"],
            Self::Deal => &["dealname", "amount", "pipeline", "dealstage", "closedate"],
            Self::Note => &["hs_note_body", "hs_timestamp"],
        }
    }
}

/// Property values by name. An empty value is no value, and is not kept.
pub(super) type Values = BTreeMap<String, String>;

/// One record with the versions that search may still show.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) id: u64,
    /// The place in the order of creation among records of its kind, from 1.
    pub(super) order: u64,
    pub(super) created_at: Timestamp,
    pub(super) archived_at: Option<Timestamp>,
    versions: Vec<(Timestamp, Arc<Values>)>,
}

impl Record {
    /// A record whose first version was written at `now`.
    fn new(id: u64, order: u64, values: Values, now: Timestamp) -> Self {
        Self {
            id,
            order,
            created_at: now,
            archived_at: None,
            versions: vec![(now, Arc::new(values))],
        }
    }

    /// The newest version.
    pub(super) fn values(&self) -> &Values {
        self.versions.last().map_or(const { &BTreeMap::new() }, |(_, values)| values)
    }

    /// When the newest version was written.
    pub(super) fn updated_at(&self) -> Timestamp {
        self.versions.last().map_or(self.created_at, |(at, _)| *at)
    }

    /// The newest version that search has taken in.
    pub(super) fn searchable(&self, now: Timestamp, lag: Duration) -> Option<&Values> {
        let taken_in = |(at, _): &&(Timestamp, Arc<Values>)| *at + lag <= now;
        self.versions.iter().rev().find(taken_in).map(|(_, values)| &**values)
    }

    /// Adds a version. Those that search no longer shows are forgotten.
    pub(super) fn write(&mut self, values: Values, now: Timestamp, lag: Duration) {
        let shown = self.versions.iter().rposition(|(at, _)| *at + lag <= now).unwrap_or(0);
        self.versions.drain(..shown);
        self.versions.push((now, Arc::new(values)));
    }

    /// The record in the vendor's form, with these properties.
    pub(super) fn json<'a>(&self, shown: impl IntoIterator<Item = &'a str>) -> Value {
        Self::json_of(self, self.values(), shown)
    }

    /// The record in the vendor's form, as the version `values` shows it.
    pub(super) fn json_of<'a>(
        &self,
        values: &Values,
        shown: impl IntoIterator<Item = &'a str>,
    ) -> Value {
        let always = ["createdate", "hs_lastmodifieddate", "hs_object_id"];
        let names = always.into_iter().chain(shown);
        let properties: Map<String, Value> =
            names.filter_map(|name| Some((name.to_owned(), json!(values.get(name)?)))).collect();
        let mut record = json!({
            "id": self.id.to_string(),
            "properties": properties,
            "createdAt": iso(self.created_at),
            "updatedAt": iso(self.updated_at()),
            "archived": self.archived_at.is_some(),
        });
        if let Some(at) = self.archived_at {
            record["archivedAt"] = json!(iso(at));
        }
        record
    }
}

/// An instant as the vendor writes it, with milliseconds.
pub(super) fn iso(instant: Timestamp) -> String {
    format!("{instant:.3}")
}

/// The records of one object type.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    pub(super) records: BTreeMap<u64, Record>,
    holders: HashMap<String, HashMap<String, u64>>,
}

impl Shelf {
    /// Puts a new record on the shelf. Records are never taken off.
    pub(super) fn add(&mut self, id: u64, values: Values, now: Timestamp) {
        let order = self.records.len() as u64 + 1;
        self.records.insert(id, Record::new(id, order, values, now));
    }

    /// The record that holds `value` as its unique `property`.
    pub(super) fn holder(&self, property: &str, value: &str) -> Option<u64> {
        self.holders.get(property)?.get(&folded(property, value)).copied()
    }

    /// Gives `value` of the unique `property` to a record.
    pub(super) fn give(&mut self, property: &str, value: &str, id: u64) {
        let holders = self.holders.entry(property.to_owned()).or_default();
        holders.insert(folded(property, value), id);
    }

    /// Takes `value` of the unique `property` away from its record.
    pub(super) fn free(&mut self, property: &str, value: &str) {
        if let Some(holders) = self.holders.get_mut(property) {
            holders.remove(&folded(property, value));
        }
    }
}

/// E-mail addresses are the same in any case; other values are compared as they are.
fn folded(property: &str, value: &str) -> String {
    if property == "email" { value.to_lowercase() } else { value.to_owned() }
}
