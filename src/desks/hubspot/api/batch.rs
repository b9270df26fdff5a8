//! Calls on up to a hundred records at once ("Using object APIs", "Error handling").
//!
//! An answer with status 207 is taken apart: what came of each input stands among the results or
//! among the errors. Which input an error is about is said by `objectWriteTraceId`, where every
//! input has one; without, one bad input fails them all.

use std::collections::BTreeMap;

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{NewRecord, Objects, Record};
use crate::desks::{DeskError, call::Call};

/// The most inputs of one call.
pub const LARGEST_BATCH: usize = 100;

/// What came of a batch.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Batch {
    /// `COMPLETE`, where it is.
    #[serde(default)]
    pub status: String,
    /// The records that were made, changed or found, in no promised order.
    #[serde(default)]
    pub results: Vec<Record>,
    /// What was refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<BatchError>,
}

/// Why some inputs of a batch were refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchError {
    /// `VALIDATION_ERROR`
    #[serde(default)]
    pub category: String,
    /// More particular than the category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_category: Option<Value>,
    /// HubSpot's words.
    #[serde(default)]
    pub message: String,
    /// Which inputs: `objectWriteTraceId`, or `ids` of what was not found.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<String, Value>,
    /// What is wrong in particular.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Value>,
}

impl BatchError {
    /// The inputs that it is about, by their trace ids.
    pub fn trace_ids(&self) -> impl Iterator<Item = &str> {
        self.listed("objectWriteTraceId")
    }

    /// The inputs that it is about, by what was not found.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.listed("ids")
    }

    fn listed(&self, name: &str) -> impl Iterator<Item = &str> {
        let ids = self.context.get(name);
        let many = ids.and_then(Value::as_array).into_iter().flatten();
        many.chain(ids.filter(|ids| ids.is_string())).filter_map(Value::as_str)
    }
}

/// Which records are read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BatchRead {
    /// Ids, or values of `id_property`.
    pub ids: Vec<String>,
    /// The unique property that the ids are values of.
    pub id_property: Option<String>,
    /// What is shown; the kind's own where there are none.
    pub properties: Vec<String>,
}

/// A change of one record.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BatchUpdate {
    /// The id, or a value of `id_property`.
    pub id: String,
    /// The unique property that the id is a value of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_property: Option<String>,
    /// Values by property.
    pub properties: BTreeMap<String, String>,
    /// Unique to the batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object_write_trace_id: Option<String>,
}

/// A record that is changed where it exists and made where it does not. HubSpot writes all the
/// properties in either case, and ties it to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BatchUpsert {
    /// A value of `id_property`, at most once in a batch.
    pub id: String,
    /// A unique property of the account's own.
    pub id_property: String,
    /// Values by property.
    pub properties: BTreeMap<String, String>,
    /// Unique to the batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object_write_trace_id: Option<String>,
}

impl Objects<'_> {
    /// Makes up to [`LARGEST_BATCH`] records.
    pub async fn create_batch(&self, records: &[NewRecord]) -> Result<Batch, DeskError> {
        self.batch("create", json!({ "inputs": records }), records.len()).await
    }

    /// Reads up to [`LARGEST_BATCH`] records. Those that do not exist are among the errors.
    pub async fn read_batch(&self, asked: &BatchRead) -> Result<Batch, DeskError> {
        let inputs: Vec<_> = asked.ids.iter().map(|id| json!({ "id": id })).collect();
        let mut body = json!({ "inputs": inputs, "properties": asked.properties });
        if let Some(property) = &asked.id_property {
            body["idProperty"] = property.as_str().into();
        }
        self.batch("read", body, asked.ids.len()).await
    }

    /// Changes up to [`LARGEST_BATCH`] records.
    pub async fn update_batch(&self, changes: &[BatchUpdate]) -> Result<Batch, DeskError> {
        self.batch("update", json!({ "inputs": changes }), changes.len()).await
    }

    /// Makes or changes up to [`LARGEST_BATCH`] records.
    pub async fn upsert_batch(&self, records: &[BatchUpsert]) -> Result<Batch, DeskError> {
        self.batch("upsert", json!({ "inputs": records }), records.len()).await
    }

    /// Puts up to [`LARGEST_BATCH`] records into the recycle bin.
    pub async fn archive_batch(&self, ids: &[String]) -> Result<(), DeskError> {
        check(ids.len())?;
        let inputs: Vec<_> = ids.iter().map(|id| json!({ "id": id })).collect();
        self.api.tell(&self.batch_call("archive", json!({ "inputs": inputs }))).await
    }

    async fn batch(&self, what: &str, body: Value, inputs: usize) -> Result<Batch, DeskError> {
        check(inputs)?;
        self.api.ask(&self.batch_call(what, body)).await
    }

    fn batch_call(&self, what: &str, body: Value) -> Call {
        let template = "/crm/{version}/objects/{object}/batch";
        Call::with_body(Method::POST, template, self.path(&format!("/batch/{what}")), body)
    }
}

fn check(inputs: usize) -> Result<(), DeskError> {
    if (1..=LARGEST_BATCH).contains(&inputs) {
        return Ok(());
    }
    Err(DeskError::Incomplete(format!(
        "a batch holds 1 to {LARGEST_BATCH} inputs, and this one holds {inputs}"
    )))
}
