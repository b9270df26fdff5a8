//! The behaviour file's part: sources, desks and rules.

mod associations;
mod brake;
mod desks;
mod preflight;
mod rules;
mod sources;
mod templates;

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use toml::de::DeTable;

pub(super) use self::sources::Sources;
use super::{
    document::{Document, Table},
    fault::Fault,
    variables::Variables,
};
use crate::{
    desks::DeskConfig,
    event::{DeskName, EventType},
    rules::RuleBook,
};

/// What the behaviour file says.
#[derive(Debug, Default)]
pub(super) struct Behaviour {
    pub(super) sources: Sources,
    pub(super) desks: BTreeMap<DeskName, DeskConfig>,
    pub(super) rules: RuleBook,
    pub(super) preflight: Option<Duration>,
}

/// Reads the behaviour file `file`, which says `text`, for a receiver at `listen`; the faults are noted.
pub(super) fn read(
    file: &str,
    text: &str,
    variables: &mut Variables,
    listen: SocketAddr,
    knows_type: &dyn Fn(&EventType) -> bool,
    faults: &mut Vec<Fault>,
) -> Behaviour {
    let mut document = Document::new(file, text, variables);
    let (parsed, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        document.fault(at, "the file is not TOML", error.message().trim());
    }
    let behaviour = if errors.is_empty() {
        let root = Table::new(parsed.get_ref(), 0..0, "the file");
        let sources = sources::read(&mut document, &root, listen, knows_type);
        let desks = desks::read(&mut document, &root);
        let rules = rules::read(&mut document, &root, &desks, knows_type);
        let preflight = preflight::read(&mut document, &root);
        document.finish(&root);
        let whole = |desks: desks::Desks| {
            desks.into_iter().filter_map(|(name, (_, desk))| Some((name, desk?)))
        };
        Behaviour { sources, desks: whole(desks).collect(), rules, preflight }
    } else {
        Behaviour::default()
    };
    faults.append(&mut document.faults);
    behaviour
}
