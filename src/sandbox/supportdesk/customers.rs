//! Customers by external id, their e-mail addresses unique.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{fields::Fields, ids::Ids, refusal::Refusal};

/// A customer, in the vendor's words.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Customer {
    pub(super) id: String,
    pub(super) external_id: String,
    pub(super) email: String,
    pub(super) name: String,
    phone: Option<String>,
    avatar_url: Option<String>,
    metadata: Option<Map<String, Value>>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// All customers of the app.
#[derive(Debug, Default)]
pub(super) struct Customers {
    by_external_id: HashMap<String, Customer>,
    owner_of_email: HashMap<String, String>,
}

/// What a PATCH gives; what is left out stays.
struct Change {
    email: Option<String>,
    name: Option<String>,
    phone: Option<String>,
    avatar_url: Option<String>,
    metadata: Option<Map<String, Value>>,
}

impl Customers {
    /// The customer of the vendor's example, and one more.
    pub(super) fn add_examples(&mut self, ids: &mut Ids, now: Timestamp) {
        let examples =
            [("user_42", "jean@acme.com", "Jean"), ("user_43", "marie@acme.com", "Marie")];
        for (external_id, email, name) in examples {
            let customer = Customer {
                id: ids.next(now),
                external_id: external_id.to_owned(),
                email: email.to_owned(),
                name: name.to_owned(),
                phone: None,
                avatar_url: None,
                metadata: None,
                created_at: now,
                updated_at: now,
            };
            self.owner_of_email.insert(email.to_owned(), external_id.to_owned());
            self.by_external_id.insert(external_id.to_owned(), customer);
        }
    }

    /// The customer with this external id.
    pub(super) fn find(&self, external_id: &str) -> Result<&Customer, Refusal> {
        self.by_external_id.get(external_id).ok_or(Refusal::CustomerNotFound)
    }

    /// Changes a customer, or adds one that is new; a new one needs `email` and `name`.
    pub(super) fn upsert(
        &mut self,
        external_id: &str,
        body: &Value,
        ids: &mut Ids,
        now: Timestamp,
    ) -> Result<Customer, Refusal> {
        let known = self.by_external_id.get(external_id);
        let change = read(external_id, body, known.is_none())?;
        if let Some(email) = &change.email {
            let owner = self.owner_of_email.get(&email.to_lowercase());
            if owner.is_some_and(|owner| owner != external_id) {
                return Err(Refusal::CustomerEmailExists);
            }
        }
        let mut customer = known.cloned().unwrap_or_else(|| Customer {
            id: ids.next(now),
            external_id: external_id.to_owned(),
            email: String::new(),
            name: String::new(),
            phone: None,
            avatar_url: None,
            metadata: None,
            created_at: now,
            updated_at: now,
        });
        self.owner_of_email.remove(&customer.email.to_lowercase());
        customer.email = change.email.unwrap_or(customer.email);
        customer.name = change.name.unwrap_or(customer.name);
        customer.phone = change.phone.or(customer.phone);
        customer.avatar_url = change.avatar_url.or(customer.avatar_url);
        customer.metadata = change.metadata.or(customer.metadata);
        customer.updated_at = now;
        self.owner_of_email.insert(customer.email.to_lowercase(), external_id.to_owned());
        self.by_external_id.insert(external_id.to_owned(), customer.clone());
        Ok(customer)
    }
}

fn read(external_id: &str, body: &Value, is_new: bool) -> Result<Change, Refusal> {
    let mut fields = Fields::of(body)?;
    if external_id.trim().is_empty() {
        fields.fault("externalId", "Ce champ est requis.");
    }
    let text = |fields: &mut Fields<'_>, field: &str| {
        let must_have = is_new || fields.value(field).is_some();
        must_have.then(|| fields.required(field))
    };
    let email = text(&mut fields, "email");
    let name = text(&mut fields, "name");
    if email.as_ref().is_some_and(|email| !email.is_empty() && !email.contains('@')) {
        fields.fault("email", "Cette adresse e-mail n'est pas valide.");
    }
    let change = Change {
        email,
        name,
        phone: fields.text("phone"),
        avatar_url: fields.text("avatarUrl"),
        metadata: fields.object("metadata"),
    };
    fields.finish()?;
    Ok(change)
}
