//! The keys of `kind = "kf5"`.

use std::collections::BTreeMap;

use secrecy::SecretString;

use crate::{
    config::document::{Document, Said, Table},
    desks::kf5::{Id, Kind, Settings, Status},
};

/// What every account's address ends with.
const ADDRESS_END: &str = "/apiv2";

/// Every account has an address of its own.
const ADDRESS_CURE: &str = "set it to \"https://<subdomain>.kf5.com/apiv2\"";

const FIELD_CURE: &str = "write it as field_123; `GET /ticket_fields.json` lists them";

/// Reads them.
pub(super) fn read<'d>(document: &mut Document<'d>, table: &Table<'d>) -> Option<Settings> {
    check_address(document, table);
    let cure = "set it to the e-mail address of the agent in whose name Deskbell asks";
    let email = document.required_text(table, "email", cure);
    if let Some(email) = email.as_ref().filter(|email| email.value.contains(':')) {
        // RFC 7617: the first colon ends the name.
        document.fault(email.at.start, "`email` holds a colon", "write it as agent@example.org");
    }
    let token = document.required_text(table, "token", "set it to \"${KF5_TOKEN}\"");
    let key_field = key_field(document, table);
    let kind = document.choice(table, "type", Kind::ALL);
    let (group, assignee) = (id(document, table, "group"), id(document, table, "assignee"));
    let status = document.choice(table, "status", Status::ALL);
    let resolved_status = document.choice(table, "resolved_status", Status::ALL);
    let fields = fields(document, table);
    Some(Settings {
        email: email?.value,
        token: SecretString::from(token?.value),
        key_field: key_field.map(|field| field.value).filter(|field| !field.is_empty()),
        kind,
        group,
        assignee,
        status,
        resolved_status: resolved_status.unwrap_or(Status::Solved),
        fields,
    })
}

fn check_address<'d>(document: &mut Document<'d>, table: &Table<'d>) {
    if table.get("base_url").is_none() {
        return document.missing(table, "base_url", ADDRESS_CURE);
    }
    let Some(address) = document.text(table, "base_url") else { return };
    if !address.value.trim_end_matches('/').ends_with(ADDRESS_END) {
        let what = format!("`base_url` does not end with {ADDRESS_END}");
        document.fault(address.at.start, what, ADDRESS_CURE);
    }
}

/// Must be there, and may be empty: whoever goes without it should know.
fn key_field<'d>(document: &mut Document<'d>, table: &Table<'d>) -> Option<Said<String>> {
    if table.get("key_field").is_none() {
        let cure = "set it to the custom field for the delivery's key, as field_123, or to \"\"";
        document.missing(table, "key_field", cure);
    }
    let field = document.text(table, "key_field")?;
    if !field.value.is_empty() && !is_field(&field.value) {
        document.fault(field.at.start, "`key_field` is no custom field", FIELD_CURE);
    }
    Some(field)
}

fn id<'d>(document: &mut Document<'d>, table: &Table<'d>, key: &'static str) -> Option<Id> {
    let text = document.text(table, key)?;
    let id = text.value.parse().ok();
    if id.is_none() {
        document.fault(text.at.start, format!("`{key}` is no id"), "write it as \"165\"");
    }
    id
}

fn fields<'d>(document: &mut Document<'d>, table: &Table<'d>) -> BTreeMap<String, String> {
    let title = format!("`fields` of {}", table.title);
    let Some(members) = document.table(table, "fields", title) else { return BTreeMap::new() };
    let mut fields = BTreeMap::new();
    for (name, value) in members.members() {
        let name = name.get_ref().to_string();
        let Some(field) = document.text_of(value, &name) else { continue };
        if !is_field(&field.value) {
            document.fault(field.at.start, format!("`{name}` names no custom field"), FIELD_CURE);
        }
        fields.insert(name, field.value);
    }
    fields
}

fn is_field(name: &str) -> bool {
    name.strip_prefix("field_").is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}
