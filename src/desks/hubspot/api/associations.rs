//! Calls on what ties records to each other.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Api, AssociationSpec, Objects};
use crate::desks::{DeskError, call::Call, hubspot::paths};

/// A type of association between two kinds of records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssociationLabel {
    /// `HUBSPOT_DEFINED`
    pub category: String,
    /// The type's number in this direction.
    pub type_id: u64,
    /// What people see; none for the plain tie.
    #[serde(default)]
    pub label: Option<String>,
}

/// What ties two records after they were tied by label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labelled {
    /// All labels of the tie.
    #[serde(default)]
    pub labels: Vec<String>,
}

#[derive(Deserialize)]
struct Labels {
    results: Vec<AssociationLabel>,
}

impl Objects<'_> {
    /// Ties record `id` to record `to` of the kind `object`, by a type's number. Doing it again
    /// changes nothing, as with all ties.
    pub async fn associate(
        &self,
        id: &str,
        object: &str,
        to: &str,
        type_id: u64,
    ) -> Result<(), DeskError> {
        self.tie(Method::PUT, id, object, to, type_id).await
    }

    /// Takes away the tie of this type.
    pub async fn unassociate(
        &self,
        id: &str,
        object: &str,
        to: &str,
        type_id: u64,
    ) -> Result<(), DeskError> {
        self.tie(Method::DELETE, id, object, to, type_id).await
    }

    /// Ties two records by the plain type (version 4).
    pub async fn associate_by_default(
        &self,
        id: &str,
        object: &str,
        to: &str,
    ) -> Result<(), DeskError> {
        let path = self.tie_v4(id, "default/", object, to)?;
        let template = "/crm/v4/objects/{object}/{id}/associations/default/{to}/{to_id}";
        self.api.tell(&Call::bare(Method::PUT, template, path)).await
    }

    /// Ties two records by types that may be labels (version 4).
    pub async fn associate_labelled(
        &self,
        id: &str,
        object: &str,
        to: &str,
        types: &[AssociationSpec],
    ) -> Result<Labelled, DeskError> {
        let path = self.tie_v4(id, "", object, to)?;
        let template = "/crm/v4/objects/{object}/{id}/associations/{to}/{to_id}";
        self.api.ask(&Call::with_body(Method::PUT, template, path, json!(types))).await
    }

    async fn tie(
        &self,
        method: Method,
        id: &str,
        object: &str,
        to: &str,
        type_id: u64,
    ) -> Result<(), DeskError> {
        let (object, to) = (paths::encoded(object), paths::id(to)?);
        let path = format!("{}/associations/{object}/{to}/{type_id}", self.one(id)?);
        let template = "/crm/{version}/objects/{object}/{id}/associations/{to}/{to_id}/{type}";
        self.api.tell(&Call::bare(method, template, path)).await
    }

    fn tie_v4(&self, id: &str, which: &str, object: &str, to: &str) -> Result<String, DeskError> {
        let (id, to) = (paths::id(id)?, paths::id(to)?);
        let (from, object) = (paths::encoded(self.object), paths::encoded(object));
        Ok(format!("/crm/v4/objects/{from}/{id}/associations/{which}{object}/{to}"))
    }
}

impl Api {
    /// The types of associations from records of `from` to those of `to`.
    pub async fn labels(&self, from: &str, to: &str) -> Result<Vec<AssociationLabel>, DeskError> {
        let path = format!("{}/labels", paths::associations(from, to));
        let labels: Labels =
            self.ask(&Call::get("/crm/v4/associations/{from}/{to}/labels", path)).await?;
        Ok(labels.results)
    }
}
