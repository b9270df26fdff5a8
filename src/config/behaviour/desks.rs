//! `[desks.<name>]`: which accounts get tickets, and how they are called.

mod kf5;
mod thulium;

use std::{collections::BTreeMap, time::Duration};

use secrecy::SecretString;

use crate::{
    config::document::{Document, Said, Table},
    delivery::RetrySchedule,
    desks::{DeskConfig, DeskSettings, OnUncertain, Vendor, Window, hubspot, supportdesk},
    event::DeskName,
};

/// Every desk that the file names, with its kind and, where it has no fault, its settings.
pub(super) type Desks = BTreeMap<DeskName, (Option<Kind>, Option<DeskConfig>)>;

/// A desk's vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    HubSpot,
    SupportDesk,
    Thulium,
    Kf5,
}

const KINDS: [(&str, Kind); 4] = [
    ("hubspot", Kind::HubSpot),
    ("supportdesk", Kind::SupportDesk),
    ("thulium", Kind::Thulium),
    ("kf5", Kind::Kf5),
];

/// For one call to a desk.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The lowest limit that HubSpot documents: that of private apps on Free and Starter.
const HUBSPOT_PACING: [Window; 1] = [Window { requests: 100, per: Duration::from_secs(10) }];

/// What SupportDesk documents; the windows hold all at once.
const SUPPORTDESK_PACING: [Window; 3] = [
    Window { requests: 3, per: Duration::from_secs(1) },
    Window { requests: 20, per: Duration::from_secs(10) },
    Window { requests: 100, per: Duration::from_mins(1) },
];

/// Reads all desks.
pub(super) fn read<'d>(document: &mut Document<'d>, root: &Table<'d>) -> Desks {
    let mut desks = Desks::new();
    let Some(table) = document.table(root, "desks", "[desks]") else { return desks };
    for (key, value) in table.members() {
        let name = Said { value: key.get_ref().to_string(), at: key.span() };
        let title = format!("[desks.{}]", name.value);
        let Some(table) = document.table_of(value, &name.value, title) else { continue };
        if let Some(name) = document.name::<DeskName>(&name, "desk") {
            let (kind, desk) = desk(document, &table, name.clone());
            desks.insert(name, (kind, desk));
        }
    }
    desks
}

fn desk<'d>(
    document: &mut Document<'d>,
    table: &Table<'d>,
    name: DeskName,
) -> (Option<Kind>, Option<DeskConfig>) {
    if table.get("kind").is_none() {
        let cure = "set it to \"hubspot\", \"supportdesk\", \"thulium\" or \"kf5\"";
        document.missing(table, "kind", cure);
        return (None, None);
    }
    let Some(kind) = document.choice(table, "kind", &KINDS) else { return (None, None) };
    let vendor = match kind {
        Kind::HubSpot => hubspot(document, table).map(Vendor::HubSpot),
        Kind::SupportDesk => {
            let cure = "set it to \"${SUPPORTDESK_API_KEY}\"";
            let api_key = document.required_text(table, "api_key", cure);
            api_key
                .map(|key| supportdesk::Settings { api_key: SecretString::from(key.value) })
                .map(Vendor::SupportDesk)
        }
        Kind::Thulium => thulium::read(document, table).map(Vendor::Thulium),
        Kind::Kf5 => kf5::read(document, table).map(Vendor::Kf5),
    };
    let settings = settings(document, table, name, kind);
    document.finish(table);
    (Some(kind), vendor.map(|vendor| DeskConfig { settings, vendor }))
}

fn settings<'d>(
    document: &mut Document<'d>,
    table: &Table<'d>,
    name: DeskName,
    kind: Kind,
) -> DeskSettings {
    let (address, windows) = match kind {
        Kind::SupportDesk => {
            ("https://supportdesk.innovartx.com/api/v1", SUPPORTDESK_PACING.as_slice())
        }
        Kind::Kf5 => ("", crate::desks::kf5::PACING),
        Kind::Thulium => ("", crate::desks::thulium::PACING),
        Kind::HubSpot => ("https://api.hubapi.com", HUBSPOT_PACING.as_slice()),
    };
    let choices = [("park", OnUncertain::Park), ("retry", OnUncertain::Retry)];
    let schedule = RetrySchedule::default();
    DeskSettings {
        name,
        base_url: document.base_url(table, "base_url", address),
        timeout: document.duration(table, "timeout").unwrap_or(TIMEOUT),
        pacing: pacing(document, table).unwrap_or_else(|| windows.to_vec()),
        retry: RetrySchedule {
            max_attempts: document
                .count(table, "max_attempts")
                .map_or(schedule.max_attempts, |count| count.value),
            max_age: document.duration(table, "max_age").unwrap_or(schedule.max_age),
        },
        on_uncertain: document.choice(table, "on_uncertain", &choices).unwrap_or_default(),
    }
}

fn pacing<'d>(document: &mut Document<'d>, table: &Table<'d>) -> Option<Vec<Window>> {
    let list = document.list(table, "pacing")?;
    let mut windows = Vec::new();
    for item in list {
        let Some(window) = document.table_of(item, "pacing", "a window of `pacing`") else {
            continue;
        };
        for key in ["requests", "per"] {
            if window.get(key).is_none() {
                document.missing(&window, key, "write it as { requests = 3, per = \"1s\" }");
            }
        }
        let requests = document.count(&window, "requests");
        let per = document.duration(&window, "per");
        document.finish(&window);
        if let (Some(requests), Some(per)) = (requests, per) {
            windows.push(Window { requests: requests.value, per });
        }
    }
    if list.is_empty() {
        let at = table.get("pacing").map_or(table.at.start, |value| value.span().start);
        document.fault(at, "`pacing` has no window", "name one, or remove it for the vendor's");
    }
    Some(windows)
}

fn hubspot<'d>(document: &mut Document<'d>, table: &Table<'d>) -> Option<hubspot::Settings> {
    let token = document.required_text(table, "token", "set it to \"${HUBSPOT_TOKEN}\"");
    let cure = "set it to the pipeline's internal id; \"0\" is the default pipeline";
    let pipeline = document.required_text(table, "pipeline", cure);
    let cure = "set it to the internal id of the stage for new tickets";
    let stage = document.required_text(table, "stage", cure);
    let resolved_stage = document.text(table, "resolved_stage").map(|text| text.value);
    let key_property = document
        .text(table, "key_property")
        .map_or_else(|| "deskbell_key".to_owned(), |text| text.value);
    let version = version(document, table);
    let properties = mapping(document, table, "properties");
    Some(hubspot::Settings {
        token: SecretString::from(token?.value),
        pipeline: pipeline?.value,
        stage: stage?.value,
        resolved_stage: resolved_stage.filter(|stage| !stage.is_empty()),
        key_property: (!key_property.is_empty()).then_some(key_property),
        version,
        properties,
    })
}

/// The version stands in paths: nothing but a version may.
fn version<'d>(document: &mut Document<'d>, table: &Table<'d>) -> String {
    let Some(text) = document.text(table, "version") else { return "v3".to_owned() };
    let is_date = text.value.len() == 7
        && text.value.bytes().enumerate().all(|(at, byte)| match at {
            4 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if text.value != "v3" && !is_date {
        document.fault(text.at.start, "`version` is no version", "write v3, or a date as 2026-03");
    }
    text.value
}

/// A table of texts by names.
fn mapping<'d>(
    document: &mut Document<'d>,
    table: &Table<'d>,
    key: &'static str,
) -> BTreeMap<String, String> {
    let title = format!("`{key}` of {}", table.title);
    let Some(members) = document.table(table, key, title) else { return BTreeMap::new() };
    let mut mapping = BTreeMap::new();
    for (name, value) in members.members() {
        if let Some(text) = document.text_of(value, name.get_ref()) {
            mapping.insert(name.get_ref().to_string(), text.value);
        }
    }
    mapping
}
