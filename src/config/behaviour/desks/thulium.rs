//! The keys of `kind = "thulium"`.

use std::collections::BTreeMap;

use secrecy::SecretString;

use crate::{
    config::document::{Document, Table},
    desks::thulium::Settings,
    ticket::Priority,
};

/// Where there is no other name for the custom field that holds the delivery key.
const KEY_FIELD: &str = "deskbell_key";

/// Every system has an address of its own.
pub(super) const ADDRESS: &str = "set it to \"https://<system>.thulium.com/api\"";

/// Reads them.
pub(super) fn read<'d>(document: &mut Document<'d>, table: &Table<'d>) -> Option<Settings> {
    if table.get("base_url").is_none() {
        document.missing(table, "base_url", ADDRESS);
    }
    let user = document.required_text(table, "user", "set it to the API user's name");
    let password = document.required_text(table, "password", "set it to \"${THULIUM_PASSWORD}\"");
    let cure = "set it to the address of one of the system's mailboxes";
    let mailbox = document.required_text(table, "mailbox", cure);
    let mut text = |key| document.text(table, key).map(|text| text.value);
    let key_field = text("key_field").unwrap_or_else(|| KEY_FIELD.to_owned());
    let [priority_field, status, resolved_status, queue, category, comment_field] =
        ["priority_field", "status", "resolved_status", "queue", "category", "comment_field"]
            .map(|key| text(key).filter(|text| !text.is_empty()));
    let priority_tags = priority_tags(document, table);
    let custom_fields = super::mapping(document, table, "custom_fields");
    if let Some(user) = user.as_ref().filter(|user| user.value.contains(':')) {
        // RFC 7617: the first colon ends the name.
        document.fault(user.at.start, "`user` holds a colon", "give the password in `password`");
    }
    if resolved_status.is_some() && status.is_none() {
        let cure = "set it to the id of new tickets' status, which a reopened ticket goes back to";
        document.missing(table, "status", cure);
    }
    Some(Settings {
        user: user?.value,
        password: SecretString::from(password?.value),
        mailbox: mailbox?.value,
        key_field: (!key_field.is_empty()).then_some(key_field),
        priority_field,
        priority_tags,
        status,
        resolved_status,
        queue,
        category,
        custom_fields,
        comment_field,
    })
}

fn priority_tags<'d>(document: &mut Document<'d>, table: &Table<'d>) -> BTreeMap<Priority, String> {
    let title = format!("`priority_tags` of {}", table.title);
    let Some(tags) = document.table(table, "priority_tags", title) else { return BTreeMap::new() };
    let mut named = BTreeMap::new();
    for priority in Priority::URGENT_FIRST {
        if let Some(tag) = document.text(&tags, priority.lane()) {
            named.insert(priority, tag.value);
        }
    }
    document.finish(&tags);
    named.retain(|_, tag| !tag.trim().is_empty());
    named
}
