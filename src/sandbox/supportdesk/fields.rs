//! Reads the fields of a JSON body, and collects everything that is wrong with them.

use actix_web::web::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::refusal::{Details, Refusal};

/// A body being read.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    body: &'a Map<String, Value>,
    faults: Details,
}

/// The JSON of a request's body.
pub(super) fn json(body: &Bytes) -> Result<Value, Refusal> {
    serde_json::from_slice(body).map_err(|cause| {
        let message = format!("Le corps de la requête n'est pas un JSON valide : {cause}");
        Refusal::Validation(Details::from([("body".to_owned(), vec![message])]))
    })
}

impl<'a> Fields<'a> {
    /// The fields of `body`, which has to be an object.
    pub(super) fn of(body: &'a Value) -> Result<Self, Refusal> {
        let message = || vec!["Un objet JSON est attendu.".to_owned()];
        let body = body
            .as_object()
            .ok_or_else(|| Refusal::Validation(Details::from([("body".to_owned(), message())])))?;
        Ok(Self { body, faults: Details::new() })
    }

    /// Notes that `field` is wrong.
    pub(super) fn fault(&mut self, field: &str, message: &str) {
        self.faults.entry(field.to_owned()).or_default().push(message.to_owned());
    }

    /// A field's value, where it is there and not `null`.
    pub(super) fn value(&self, field: &str) -> Option<&'a Value> {
        self.body.get(field).filter(|value| !value.is_null())
    }

    /// A text that may be missing.
    pub(super) fn text(&mut self, field: &str) -> Option<String> {
        let value = self.value(field)?;
        let text = value.as_str().map(str::to_owned);
        if text.is_none() {
            self.fault(field, "Ce champ doit être une chaîne de caractères.");
        }
        text
    }

    /// A text that has to be there, and not empty. Empty where it is not, with the fault noted.
    pub(super) fn required(&mut self, field: &str) -> String {
        if self.value(field).is_none() {
            self.fault(field, "Ce champ est requis.");
            return String::new();
        }
        let text = self.text(field);
        if text.as_deref().is_some_and(|text| text.trim().is_empty()) {
            self.fault(field, "Ce champ ne doit pas être vide.");
        }
        text.unwrap_or_default()
    }

    /// An object that may be missing.
    pub(super) fn object(&mut self, field: &str) -> Option<Map<String, Value>> {
        let value = self.value(field)?;
        let object = value.as_object().cloned();
        if object.is_none() {
            self.fault(field, "Ce champ doit être un objet.");
        }
        object
    }

    /// An ISO instant that may be missing.
    pub(super) fn instant(&mut self, field: &str) -> Option<Timestamp> {
        let text = self.text(field)?;
        let instant = text.parse().ok();
        if instant.is_none() {
            self.fault(field, "Ce champ doit être une date ISO 8601.");
        }
        instant
    }

    /// Refuses the body if anything was wrong.
    pub(super) fn finish(self) -> Result<(), Refusal> {
        if self.faults.is_empty() { Ok(()) } else { Err(Refusal::Validation(self.faults)) }
    }
}
