//! Records: as HubSpot shows them, and as it takes them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A record as HubSpot shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// The id, digits.
    pub id: String,
    /// Those that were asked for, or the kind's own; `None`: no value.
    #[serde(default)]
    pub properties: BTreeMap<String, Option<String>>,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// Whether it is in the recycle bin.
    #[serde(default)]
    pub archived: bool,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived_at: Option<String>,
    /// By kind, those that were asked for and exist.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub associations: BTreeMap<String, TiedRecords>,
    /// Where a person sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// After an upsert: whether it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<bool>,
    /// The input that it came of, where HubSpot says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_write_trace_id: Option<String>,
}

/// The records of one kind that a record is tied to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TiedRecords {
    /// One for each type of association.
    #[serde(default)]
    pub results: Vec<TiedRecord>,
}

/// A record that another is tied to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TiedRecord {
    /// The id, digits.
    pub id: String,
    /// `ticket_to_contact`
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub r#type: String,
}

/// A record that is to be made.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewRecord {
    /// Values by property. A ticket needs `subject`, `hs_pipeline_stage` and, where the account has
    /// several, `hs_pipeline`: internal ids.
    pub properties: BTreeMap<String, String>,
    /// What it is tied to from its first moment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub associations: Vec<NewAssociation>,
    /// In a batch: unique to it. With one in every input, a bad one fails alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_write_trace_id: Option<String>,
}

/// A tie of a record that is to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewAssociation {
    /// The other record.
    pub to: RecordId,
    /// What the tie means.
    pub types: Vec<AssociationSpec>,
}

/// The other end of a tie.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordId {
    /// The id as the page writes it: digits as a number. Both forms are taken.
    pub id: serde_json::Value,
}

impl RecordId {
    /// The record of this id.
    pub fn of(id: &str) -> Self {
        Self { id: super::super::requests::record_id(id) }
    }
}

/// A type of association.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociationSpec {
    /// `HUBSPOT_DEFINED`, `USER_DEFINED`, `INTEGRATOR_DEFINED` or `WORK`.
    pub association_category: String,
    /// The type's number in one direction: 16 from a ticket to a contact.
    pub association_type_id: u64,
}

impl AssociationSpec {
    /// One of HubSpot's own types.
    pub fn own(type_id: u64) -> Self {
        Self { association_category: "HUBSPOT_DEFINED".to_owned(), association_type_id: type_id }
    }
}
