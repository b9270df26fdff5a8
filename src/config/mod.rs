//! Configuration in two steps, text and then types, from two places: the environment says where and
//! who, the behaviour file says what.
//!
//! All faults of both are found at once, each with its place and its cure. No fault and no `Debug`
//! shows a secret. Only this module reads the environment.

mod behaviour;
mod document;
mod environment;
mod expansion;
mod fault;
mod kinds;
mod mark;
mod source;
mod variables;

pub use environment::{LogFormat, Settings};
pub use fault::{ConfigError, Fault, Place};
pub use mark::FileMark;
pub use source::SourceConfig;

use std::{collections::BTreeMap, ffi::OsString, time::Duration};

use self::variables::Variables;
use crate::{
    callbacks::NotifySettings,
    desks::DeskConfig,
    event::{DeskName, ReceiverName, Redactions, SchemaBook, SourceName},
    ledger::Privacy,
    rules::RuleBook,
};

/// Everything that a start needs to know.
#[derive(Debug)]
pub struct Config {
    /// Where and who.
    pub settings: Settings,
    /// Who posts events.
    pub sources: BTreeMap<SourceName, SourceConfig>,
    /// The accounts that get tickets.
    pub desks: BTreeMap<DeskName, DeskConfig>,
    /// Which events become tickets, and what those say.
    pub rules: RuleBook,
    /// How often desks' accounts are inspected; `None`: never.
    pub preflight: Option<Duration>,
    /// Who is told of the house's own troubles.
    pub notify: BTreeMap<ReceiverName, NotifySettings>,
    /// What of events is about persons, and how long it is kept.
    pub privacy: Privacy,
    /// Tells whether the file has changed since.
    pub mark: FileMark,
    /// What is odd and no fault: a line each.
    pub warnings: Vec<String>,
}

/// The first step: the environment is read, the behaviour file is not.
pub struct Environment {
    variables: Variables,
    settings: Settings,
    faults: Vec<Fault>,
}

impl Environment {
    /// Reads the variables of a process, as `std::env::vars_os` gives them.
    pub fn read(variables: impl Iterator<Item = (OsString, OsString)>) -> Self {
        let mut variables = Variables::new(variables);
        let mut faults = Vec::new();
        let settings = environment::read(&mut variables, &mut faults);
        Self { variables, settings, faults }
    }

    /// Where and who; the default of what is faulty.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Of the second step only what nobody may read of each source's events. Where the behaviour
    /// file does not tell, nobody may read any payload.
    pub fn redactions(mut self) -> Redactions {
        let text = std::fs::read_to_string(&self.settings.behaviour_file).ok();
        text.and_then(|text| behaviour::redactions(&text, &mut self.variables)).unwrap_or_default()
    }

    /// The second step: reads the behaviour file. `schemas` tell the types that there are.
    pub fn load(mut self, schemas: &SchemaBook) -> Result<Config, ConfigError> {
        let path = self.settings.behaviour_file.clone();
        let file = path.display().to_string();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                self.faults.push(Fault {
                    place: Place::Variable("DESKBELL_CONFIG".to_owned()),
                    what: format!("the behaviour file `{file}` cannot be read ({})", error.kind()),
                    cure: "write one, or set DESKBELL_CONFIG to its path".to_owned(),
                });
                String::new()
            }
        };
        let Self { mut variables, settings, mut faults } = self;
        let read = behaviour::read(&file, &text, &mut variables, &settings, schemas, &mut faults);
        if !faults.is_empty() {
            faults.sort();
            return Err(ConfigError { faults });
        }
        let mut warnings = environment::warnings(&variables);
        warnings.extend(read.warnings);
        Ok(Config {
            settings,
            sources: read.sources,
            desks: read.desks,
            rules: read.rules,
            preflight: read.preflight,
            privacy: read.privacy,
            notify: read.notify,
            mark: FileMark::of(&text),
            warnings,
        })
    }
}

impl Config {
    /// Both steps at once.
    pub fn load(
        environment: impl Iterator<Item = (OsString, OsString)>,
        schemas: &SchemaBook,
    ) -> Result<Self, ConfigError> {
        Environment::read(environment).load(schemas)
    }
}
