//! Reads the JSON of a create or an update.

use actix_web::web::Bytes;
use serde_json::{Map, Value};

use super::refusal::Refusal;

/// A tie that a create asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) to: String,
    pub(super) category: String,
    pub(super) type_id: u32,
}

/// A create's or an update's body.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) properties: Map<String, Value>,
    pub(super) wishes: Vec<Wish>,
}

/// The JSON of a request's body.
pub(super) fn json(body: &Bytes) -> Result<Value, Refusal> {
    if body.is_empty() {
        let message = "Invalid JSON input: a request body was expected, but none found";
        return Err(Refusal::validation(message));
    }
    serde_json::from_slice(body).map_err(|cause| {
        let (line, column) = (cause.line(), cause.column());
        Refusal::validation(format!("Invalid input JSON on line {line}, column {column}"))
    })
}

impl Input {
    /// Reads a body.
    pub(super) fn read(body: &Value) -> Result<Self, Refusal> {
        let properties = body["properties"].as_object().cloned();
        let properties =
            properties.ok_or_else(|| Refusal::malformed("java.util.Map", "properties"))?;
        let mut wishes = Vec::new();
        if let Some(associations) = body.get("associations").filter(|value| !value.is_null()) {
            let list = associations.as_array();
            let list = list.ok_or_else(|| Refusal::malformed("java.util.List", "associations"))?;
            for association in list {
                let to = id(&association["to"]["id"])?;
                wishes.extend(wishes_to(&to, &association["types"])?);
            }
        }
        Ok(Self { properties, wishes })
    }
}

/// A record's id; the documents print it as a number and as a string.
pub(super) fn id(value: &Value) -> Result<String, Refusal> {
    match value {
        Value::String(id) => Ok(id.clone()),
        Value::Number(id) => Ok(id.to_string()),
        _ => Err(Refusal::malformed("java.lang.String", "to.id")),
    }
}

/// The ties to one record, of the types that are listed.
pub(super) fn wishes_to(to: &str, types: &Value) -> Result<Vec<Wish>, Refusal> {
    let list = types.as_array().filter(|types| !types.is_empty());
    let list = list.ok_or_else(|| {
        Refusal::malformed("java.util.HashSet<AssociationSpec>", "a body without types")
    })?;
    list.iter()
        .map(|spec| {
            let category = spec["associationCategory"].as_str();
            let type_id = spec["associationTypeId"].as_u64().and_then(|id| u32::try_from(id).ok());
            match (category, type_id) {
                (Some(category), Some(type_id)) => {
                    Ok(Wish { to: to.to_owned(), category: category.to_owned(), type_id })
                }
                _ => Err(Refusal::malformed("AssociationSpec", "a type without category and id")),
            }
        })
        .collect()
}
