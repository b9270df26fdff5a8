//! What the account lets records hold: pipelines with their stages, and properties.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::Api;
use crate::desks::{DeskError, call::Call, hubspot::paths};

/// A pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pipeline {
    /// The internal id, which `hs_pipeline` takes.
    pub id: String,
    /// What people see.
    pub label: String,
    /// The place among pipelines.
    #[serde(default)]
    pub display_order: i64,
    /// In order.
    #[serde(default)]
    pub stages: Vec<Stage>,
    /// Whether it is used no more.
    #[serde(default)]
    pub archived: bool,
}

/// One stage of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stage {
    /// The internal id, which `hs_pipeline_stage` takes.
    pub id: String,
    /// What people see.
    pub label: String,
    /// The place among stages.
    #[serde(default)]
    pub display_order: i64,
    /// `ticketState`: `OPEN` or `CLOSED`.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Whether it is used no more.
    #[serde(default)]
    pub archived: bool,
}

/// A property of records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Property {
    /// The internal name.
    pub name: String,
    /// What people see.
    #[serde(default)]
    pub label: String,
    /// `string`, `number`, `enumeration`, …
    #[serde(default)]
    pub r#type: String,
    /// `text`, `select`, …
    #[serde(default)]
    pub field_type: String,
    /// The group that it stands in.
    #[serde(default)]
    pub group_name: String,
    /// Whether no two records have the same value.
    #[serde(default)]
    pub has_unique_value: bool,
    /// What an enumeration may be.
    #[serde(default)]
    pub options: Vec<PropertyOption>,
    /// Whether records may be given a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modification_metadata: Option<ModificationMetadata>,
}

/// What may be done with a property.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ModificationMetadata {
    /// HubSpot sets the values itself.
    pub read_only_value: bool,
}

/// A group of properties.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PropertyGroup {
    /// The internal name, which a new property names.
    pub name: String,
    /// What people see.
    #[serde(default)]
    pub label: String,
}

/// One option of an enumeration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PropertyOption {
    /// What people see.
    #[serde(default)]
    pub label: String,
    /// The internal value, which is sent.
    pub value: String,
    /// Whether people are not offered it.
    #[serde(default)]
    pub hidden: bool,
}

/// What a list answers.
#[derive(Deserialize)]
pub(in super::super) struct Results<T> {
    pub(in super::super) results: Vec<T>,
}

impl Api {
    /// The pipelines of records of `object`, with their stages.
    pub async fn pipelines(&self, object: &str) -> Result<Vec<Pipeline>, DeskError> {
        let path = paths::resource(&self.settings, "pipelines", object);
        self.results(Call::get("/crm/{version}/pipelines/{object}", path)).await
    }

    /// The stages of one pipeline.
    pub async fn stages(&self, object: &str, pipeline: &str) -> Result<Vec<Stage>, DeskError> {
        let pipelines = paths::resource(&self.settings, "pipelines", object);
        let path = format!("{pipelines}/{}/stages", paths::id(pipeline)?);
        self.results(Call::get("/crm/{version}/pipelines/{object}/{id}/stages", path)).await
    }

    /// All properties of records of `object`.
    pub async fn properties(&self, object: &str) -> Result<Vec<Property>, DeskError> {
        let path = paths::resource(&self.settings, "properties", object);
        self.results(Call::get("/crm/{version}/properties/{object}", path)).await
    }

    /// One property by its internal name.
    pub async fn property(&self, object: &str, name: &str) -> Result<Property, DeskError> {
        let properties = paths::resource(&self.settings, "properties", object);
        let path = format!("{properties}/{}", paths::id(name)?);
        self.ask(&Call::get("/crm/{version}/properties/{object}/{name}", path)).await
    }

    async fn results<T: DeserializeOwned>(&self, call: Call) -> Result<Vec<T>, DeskError> {
        let results: Results<T> = self.ask(&call).await?;
        Ok(results.results)
    }
}
