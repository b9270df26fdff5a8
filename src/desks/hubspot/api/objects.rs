//! Calls on single records of one kind.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::json;

use super::{Api, NewRecord, Record};
use crate::desks::{DeskError, call::Call, hubspot::paths};

/// The calls on records of one kind.
#[derive(Debug, Clone, Copy)]
pub struct Objects<'a> {
    pub(super) api: &'a Api,
    pub(super) object: &'a str,
}

/// What of a record is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shown {
    /// Names of properties; the kind's own where there are none.
    pub properties: Vec<String>,
    /// Kinds of records, as paths call them.
    pub associations: Vec<String>,
    /// The unique property that the id is a value of; `None` for HubSpot's own id.
    pub id_property: Option<String>,
    /// From the recycle bin.
    pub archived: bool,
}

impl Shown {
    pub(super) fn pairs(&self) -> Vec<(&'static str, String)> {
        vec![
            ("properties", self.properties.join(",")),
            ("associations", self.associations.join(",")),
            ("idProperty", self.id_property.clone().unwrap_or_default()),
            ("archived", if self.archived { "true".to_owned() } else { String::new() }),
        ]
    }
}

impl Objects<'_> {
    /// Makes a record.
    pub async fn create(&self, record: &NewRecord) -> Result<Record, DeskError> {
        let template = "/crm/{version}/objects/{object}";
        self.api.ask(&Call::with_body(Method::POST, template, self.path(""), json!(record))).await
    }

    /// Reads a record.
    pub async fn get(&self, id: &str, shown: &Shown) -> Result<Record, DeskError> {
        let path = format!("{}{}", self.one(id)?, paths::query(&shown.pairs()));
        self.api.ask(&Call::get("/crm/{version}/objects/{object}/{id}", path)).await
    }

    /// Changes the named properties and no other; an empty value takes one away. With
    /// `id_property`, `id` is the value of that unique property.
    pub async fn update(
        &self,
        id: &str,
        id_property: Option<&str>,
        properties: &BTreeMap<String, String>,
    ) -> Result<Record, DeskError> {
        let pairs = [("idProperty", id_property.unwrap_or_default().to_owned())];
        let path = format!("{}{}", self.one(id)?, paths::query(&pairs));
        let body = json!({ "properties": properties });
        let template = "/crm/{version}/objects/{object}/{id}";
        self.api.ask(&Call::with_body(Method::PATCH, template, path, body)).await
    }

    /// Puts a record into the recycle bin, from which people can take it back.
    pub async fn delete(&self, id: &str) -> Result<(), DeskError> {
        let template = "/crm/{version}/objects/{object}/{id}";
        self.api.tell(&Call::bare(Method::DELETE, template, self.one(id)?)).await
    }

    /// The kind's path, with `rest` behind it.
    pub(super) fn path(&self, rest: &str) -> String {
        format!("{}{rest}", paths::objects(&self.api.settings, self.object))
    }

    pub(super) fn one(&self, id: &str) -> Result<String, DeskError> {
        Ok(self.path(&format!("/{}", paths::id(id)?)))
    }
}
