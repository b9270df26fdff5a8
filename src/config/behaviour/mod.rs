//! The behaviour file's part: sources, desks and rules.

mod associations;
mod brake;
mod desks;
mod operators;
mod preflight;
mod privacy;
mod rules;
mod sources;
mod templates;

use std::{collections::BTreeMap, time::Duration};

use toml::de::DeTable;

use super::{
    Settings,
    document::{Document, Table},
    fault::Fault,
    source::{self, SourceConfig},
    variables::Variables,
};
use crate::{
    callbacks::NotifySettings,
    desks::DeskConfig,
    event::{DeskName, EventType, ReceiverName, Redactions, SchemaBook, SourceName},
    ledger::Privacy,
    rules::RuleBook,
};

/// What the behaviour file says.
#[derive(Debug, Default)]
pub(super) struct Behaviour {
    pub(super) sources: BTreeMap<SourceName, SourceConfig>,
    pub(super) desks: BTreeMap<DeskName, DeskConfig>,
    pub(super) rules: RuleBook,
    pub(super) preflight: Option<Duration>,
    pub(super) notify: BTreeMap<ReceiverName, NotifySettings>,
    pub(super) privacy: Privacy,
    pub(super) warnings: Vec<String>,
}

/// Reads the behaviour file `file`, which says `text`, for a process with these `settings`; the faults are
/// noted.
pub(super) fn read(
    file: &str,
    text: &str,
    variables: &mut Variables,
    settings: &Settings,
    schemas: &SchemaBook,
    faults: &mut Vec<Fault>,
) -> Behaviour {
    let knows_type = &|event_type: &EventType| schemas.knows(event_type);
    let mut document = Document::new(file, text, variables);
    let (parsed, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        document.fault(at, "the file is not TOML", error.message().trim());
    }
    let behaviour = if errors.is_empty() {
        let root = Table::new(parsed.get_ref(), 0..0, "the file");
        let sources = sources::read(&mut document, &root, settings.listen, schemas);
        let desks = desks::read(&mut document, &root);
        let rules = rules::read(&mut document, &root, &desks, knows_type);
        let preflight = preflight::read(&mut document, &root);
        let has_rabbitmq = settings.amqp_url.is_some();
        let notify = operators::read(&mut document, &root, has_rabbitmq);
        let privacy = privacy::read(&mut document, &root);
        document.finish(&root);
        let whole = |desks: desks::Desks| {
            desks.into_iter().filter_map(|(name, (_, desk))| Some((name, desk?)))
        };
        let warnings = std::mem::take(&mut document.warnings);
        let rules = rules.hiding(source::redactions(&sources));
        Behaviour {
            sources,
            desks: whole(desks).collect(),
            rules,
            preflight,
            notify,
            privacy,
            warnings,
        }
    } else {
        Behaviour::default()
    };
    faults.append(&mut document.faults);
    behaviour
}

/// Reads of the behaviour file `text` what nobody may read of each source's events; `None` where
/// that cannot be told. What else is wrong with the file is of no account.
pub(super) fn redactions(text: &str, variables: &mut Variables) -> Option<Redactions> {
    let mut document = Document::new("", text, variables);
    let (parsed, errors) = DeTable::parse_recoverable(text);
    let root = Table::new(parsed.get_ref(), 0..0, "the file");
    let redactions = sources::redactions(&mut document, &root);
    (errors.is_empty() && document.faults.is_empty()).then_some(redactions)
}
