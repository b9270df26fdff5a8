//! Properties: what a record may hold, of what type, with which options.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::{records::Kind, refusal::Refusal, shown::KEY_PROPERTY};

/// Properties with unique values that an object type may have.
const MOST_UNIQUE: usize = 10;

/// The documented property types.
const TYPES: [&str; 7] =
    ["bool", "date", "datetime", "enumeration", "number", "phone_number", "string"];

/// The documented form fields.
const FIELD_TYPES: [&str; 12] = [
    "booleancheckbox",
    "calculation_equation",
    "checkbox",
    "date",
    "file",
    "html",
    "number",
    "phonenumber",
    "radio",
    "select",
    "text",
    "textarea",
];

/// One allowed value of an enumeration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Choice {
    pub(super) label: String,
    pub(super) value: String,
    display_order: usize,
    hidden: bool,
}

/// What the vendor lists of every property and the sandbox never sets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Unused {
    hidden: bool,
    form_field: bool,
    archived: bool,
}

/// One property, in the vendor's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) label: String,
    #[serde(rename = "type")]
    pub(super) value_type: String,
    pub(super) field_type: String,
    group_name: String,
    description: String,
    pub(super) options: Vec<Choice>,
    pub(super) has_unique_value: bool,
    #[serde(flatten)]
    unused: Unused,
    hubspot_defined: bool,
    #[serde(skip)]
    pub(super) read_only: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
    modification_metadata: Value,
}

impl Property {
    fn new(name: &str, value_type: &str, field_type: &str, now: Timestamp) -> Self {
        Self {
            name: name.to_owned(),
            label: name.to_owned(),
            value_type: value_type.to_owned(),
            field_type: field_type.to_owned(),
            group_name: String::new(),
            description: String::new(),
            options: Vec::new(),
            has_unique_value: false,
            unused: Unused::default(),
            hubspot_defined: true,
            read_only: false,
            created_at: now,
            updated_at: now,
            modification_metadata: json!({
                "archivable": true, "readOnlyDefinition": false, "readOnlyValue": false,
            }),
        }
    }

    fn unique(self) -> Self {
        Self { has_unique_value: true, ..self }
    }

    fn read_only(mut self) -> Self {
        self.modification_metadata["readOnlyValue"] = json!(true);
        Self { read_only: true, ..self }
    }

    fn with_options(self, values: &[&str]) -> Self {
        let choice = |(place, value): (usize, &&str)| Choice {
            label: label_of(value),
            value: (*value).to_owned(),
            display_order: place,
            hidden: false,
        };
        Self { options: values.iter().enumerate().map(choice).collect(), ..self }
    }

    /// The group that it stands in.
    pub(super) fn group(&self) -> &str {
        &self.group_name
    }

    /// Whether several options may stand in one value, `;` between them.
    pub(super) fn is_multiple(&self) -> bool {
        self.field_type == "checkbox"
    }
}

/// `PRODUCT_ISSUE` as people read it: `Product issue`.
fn label_of(value: &str) -> String {
    let (head, tail) = value.split_at(value.len().min(1));
    head.to_owned() + &tail.to_lowercase().replace('_', " ")
}

/// The properties of one object type, by name.
#[derive(Debug)]
pub(super) struct Properties(BTreeMap<String, Property>);

impl Properties {
    /// The properties that every portal has, and for tickets `deskbell_key`.
    pub(super) fn default_of(kind: Kind, now: Timestamp) -> Self {
        let of = |name: &str, value_type: &str, field_type: &str| {
            Property::new(name, value_type, field_type, now)
        };
        let text = |name: &str| of(name, "string", "text");
        let mut list = vec![
            of("createdate", "datetime", "date"),
            of("hs_lastmodifieddate", "datetime", "date").read_only(),
            of("hs_object_id", "number", "number").read_only(),
            text("hubspot_owner_id"),
        ];
        match kind {
            Kind::Ticket => list.extend([
                text("subject"),
                of("content", "string", "textarea"),
                of("hs_pipeline", "enumeration", "select"),
                of("hs_pipeline_stage", "enumeration", "select"),
                of("hs_ticket_priority", "enumeration", "select")
                    .with_options(&["LOW", "MEDIUM", "HIGH"]),
                of("hs_ticket_category", "enumeration", "checkbox").with_options(&[
                    "PRODUCT_ISSUE",
                    "BILLING_ISSUE",
                    "FEATURE_REQUEST",
                    "GENERAL_INQUIRY",
                ]),
                of("source_type", "enumeration", "select")
                    .with_options(&["CHAT", "EMAIL", "FORM", "PHONE"]),
                of("hs_ticket_id", "number", "number").read_only(),
                text("order_id"),
                text("error_code"),
                of("amount", "number", "number"),
                of("order_amount", "number", "number"),
                key_property(now),
            ]),
            Kind::Contact => list.extend([
                text("email").unique(),
                text("firstname"),
                text("lastname"),
                of("phone", "string", "phonenumber"),
                text("company"),
            ]),
            Kind::Company => {
                list.extend([text("name"), text("domain"), of("phone", "string", "phonenumber")]);
            }
            Kind::Deal => list.extend([
                text("dealname"),
                of("amount", "number", "number"),
                text("pipeline"),
                text("dealstage"),
                of("closedate", "datetime", "date"),
            ]),
            Kind::Note => {
                list.extend([of("hs_timestamp", "datetime", "date"), text("hs_note_body")]);
            }
        }
        let group = format!("{}information", kind.singular());
        let named = list.into_iter().map(|mut property| {
            property.group_name.clone_from(&group);
            (property.name.clone(), property)
        });
        Self(named.collect())
    }

    pub(super) fn find(&self, name: &str) -> Option<&Property> {
        self.0.get(name)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Property> {
        self.0.values()
    }

    /// Whether a record can be found by this property.
    pub(super) fn is_unique(&self, name: &str) -> bool {
        self.find(name).is_some_and(|property| property.has_unique_value)
    }

    /// Whether tickets can be `URGENT`.
    pub(super) fn set_urgent(&mut self, urgent: bool) {
        let values = ["LOW", "MEDIUM", "HIGH", "URGENT"];
        self.set_priorities(&values[..if urgent { 4 } else { 3 }]);
    }

    /// What tickets' priorities can be.
    pub(super) fn set_priorities(&mut self, values: &[impl AsRef<str>]) {
        let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
        if let Some(priority) = self.0.remove("hs_ticket_priority") {
            self.0.insert(priority.name.clone(), priority.with_options(&values));
        }
    }

    /// Takes properties away.
    pub(super) fn archive(&mut self, names: &[String]) {
        self.0.retain(|name, _| !names.contains(name));
    }

    /// Makes properties for any text, those that there are not.
    pub(super) fn add_texts(&mut self, names: &[String], now: Timestamp) {
        for name in names {
            let text = Property::new(name, "string", "text", now);
            self.0.entry(name.clone()).or_insert(text);
        }
    }

    /// Whether `deskbell_key` exists.
    pub(super) fn set_key_property(&mut self, present: bool, now: Timestamp) {
        if present {
            let key = key_property(now);
            self.0.entry(key.name.clone()).or_insert(key);
        } else {
            self.0.remove(KEY_PROPERTY);
        }
    }

    /// Creates the property that `body` describes.
    pub(super) fn create(&mut self, body: &Value, now: Timestamp) -> Result<&Property, Refusal> {
        let required = |member: &str| {
            let text = body[member].as_str().filter(|text| !text.is_empty());
            text.ok_or_else(|| Refusal::validation(format!("{member} is required")))
        };
        let (name, label, group) = (required("name")?, required("label")?, required("groupName")?);
        let (value_type, field_type) = (required("type")?, required("fieldType")?);
        if !TYPES.contains(&value_type) || !FIELD_TYPES.contains(&field_type) {
            let message = format!("type {value_type} with fieldType {field_type} is not allowed");
            return Err(Refusal::validation(message));
        }
        if self.0.contains_key(name) {
            let message = format!("A property named '{name}' already exists.");
            return Err(Refusal::already_exists(message));
        }
        let mut property = Property::new(name, value_type, field_type, now);
        property.has_unique_value = body["hasUniqueValue"].as_bool().unwrap_or_default();
        let is_own = |known: &&Property| known.has_unique_value && !known.hubspot_defined;
        if property.has_unique_value && self.all().filter(is_own).count() >= MOST_UNIQUE {
            let message = "The limit of 10 unique properties has been reached.";
            return Err(Refusal::validation(message));
        }
        label.clone_into(&mut property.label);
        group.clone_into(&mut property.group_name);
        property.hubspot_defined = false;
        property.options = choices(&body["options"]);
        Ok(self.0.entry(name.to_owned()).or_insert(property))
    }
}

fn choices(options: &Value) -> Vec<Choice> {
    let options = options.as_array().into_iter().flatten().enumerate();
    let choice = |(place, option): (usize, &Value)| {
        let value = option["value"].as_str()?.to_owned();
        let label = option["label"].as_str().unwrap_or(&value).to_owned();
        Some(Choice { label, value, display_order: place, hidden: false })
    };
    options.filter_map(choice).collect()
}

fn key_property(now: Timestamp) -> Property {
    let mut key = Property::new(KEY_PROPERTY, "string", "text", now).unique();
    "Deskbell key".clone_into(&mut key.label);
    "ticketinformation".clone_into(&mut key.group_name);
    key.hubspot_defined = false;
    key
}
