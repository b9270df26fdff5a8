//! `[sources.<name>.callback]`: where a source is told what became of its events.

use std::collections::BTreeSet;

use crate::{
    callbacks::{CallbackSettings, InvalidUrl, Reach, Webhook, callback_scheme, callback_url},
    config::document::{Document, Table},
    delivery::State,
};

/// What a source is told of where it does not say: its ticket is there, or will not be.
const USUAL: [&str; 4] = ["ticketed", "merged", "resolved", "dead"];

/// Reads the call-back of one source, where it has one.
pub(super) fn read<'d>(
    document: &mut Document<'d>,
    source: &Table<'d>,
) -> Option<CallbackSettings> {
    let title = format!("`callback` of {}", source.title);
    let table = document.table(source, "callback", title)?;
    let noted = document.faults.len();
    let webhook = webhook(document, &table);
    let on = states(document, &table);
    document.finish(&table);
    if document.faults.len() > noted {
        return None;
    }
    Some(CallbackSettings { webhook: webhook?, on })
}

/// Reads whom a table names to be called.
pub(in crate::config::behaviour) fn webhook<'d>(
    document: &mut Document<'d>,
    table: &Table<'d>,
) -> Option<Webhook> {
    let reach = match document.flag(table, "allow_private") {
        Some(true) => Reach::Private,
        Some(false) | None => Reach::Public,
    };
    let url = document.required_text(table, "url", "set it to \"https://host/path\"");
    let url = url.and_then(|text| match callback_url(&text.value, reach) {
        Ok(url) => Some(url),
        Err(error) => {
            document.fault(text.at.start, format!("`url` {error}"), cure(error));
            None
        }
    });
    let secret = document.required_text(table, "secret", "set it to \"${NAME}\"");
    let scheme = secret.and_then(|text| match callback_scheme(&text.value) {
        Ok(scheme) => Some(scheme),
        Err(error) => {
            let cure = "set it to `whsec_` and the base64 of 24 bytes or more";
            document.fault(text.at.start, format!("`secret` {error}"), cure);
            None
        }
    });
    Some(Webhook { url: url?, scheme: scheme?, reach })
}

fn cure(error: InvalidUrl) -> &'static str {
    match error {
        InvalidUrl::NotAnAddress => "write it as https://host/path",
        InvalidUrl::NotHttps => {
            "use https; http is for 127.0.0.1 alone, with `allow_private = true`"
        }
        InvalidUrl::User => "leave them out; the receiver knows Deskbell by the signature",
        InvalidUrl::NotPublic => {
            "name a public one, or set `allow_private = true` for a private network"
        }
    }
}

fn states<'d>(document: &mut Document<'d>, table: &Table<'d>) -> BTreeSet<&'static str> {
    let Some(texts) = document.texts(table, "on") else { return USUAL.into() };
    let known: Vec<&'static str> = State::ends().collect();
    if texts.is_empty() {
        document.fault(table.at.start, "`on` names no state", "name one, or leave `on` out");
    }
    let mut states = BTreeSet::new();
    for text in texts {
        if let Some(name) = known.iter().find(|name| **name == text.value) {
            states.insert(*name);
        } else {
            let what = "`on` names a state that no delivery ends in";
            document.fault(text.at.start, what, format!("choose of {}", known.join(", ")));
        }
    }
    states
}
