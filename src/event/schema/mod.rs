//! The schemas that `data` has to satisfy, one for each event type: JSON Schema 2020-12.
//!
//! Promises: no schema reaches outside its file, over the network or on disk; patterns are matched
//! in linear time; formats are asserted; and what is said of a violation never quotes the payload.

mod compile;
mod fault;
mod violation;

pub use fault::SchemaFault;
pub use violation::Violation;

use std::{collections::BTreeMap, fs, path::Path};

use jsonschema::Validator;
use serde_json::Value;

use self::compile::compile;
use super::{Event, EventType, Limits, read_json};

/// As many violations of one event as are told.
pub const MOST_VIOLATIONS: usize = 50;

/// The types that come with Deskbell.
const BUILTIN: [(&str, &str); 6] = [
    ("integration.error", include_str!("../../../schemas/integration.error.json")),
    ("integration.recovered", include_str!("../../../schemas/integration.recovered.json")),
    ("order.released", include_str!("../../../schemas/order.released.json")),
    ("order.stuck", include_str!("../../../schemas/order.stuck.json")),
    ("payment.failed", include_str!("../../../schemas/payment.failed.json")),
    ("payment.recovered", include_str!("../../../schemas/payment.recovered.json")),
];

/// The known event types, each with its schema compiled.
#[derive(Debug, Clone)]
pub struct SchemaBook(BTreeMap<EventType, Schema>);

#[derive(Debug, Clone)]
struct Schema {
    document: Value,
    validator: Validator,
}

impl SchemaBook {
    /// The types that come with Deskbell.
    ///
    /// # Panics
    ///
    /// Never: the files are part of the program, and a test reads every one.
    #[expect(
        clippy::expect_used,
        reason = "the files are part of the program, and a test reads them"
    )]
    pub fn builtin() -> Self {
        let mut book = Gathering::default();
        for (name, text) in BUILTIN {
            book.add(Path::new(&format!("{name}.json")), text.as_bytes());
        }
        book.finish().expect("the schemas that come with Deskbell")
    }

    /// The types that come with Deskbell, and those of `folder`, one file `<event type>.json` each,
    /// which win over them. Files whose names do not end so are passed over.
    pub fn with_folder(folder: &Path) -> Result<Self, Vec<SchemaFault>> {
        let mut book = Gathering { schemas: Self::builtin().0, faults: Vec::new() };
        let files = match json_files(folder) {
            Ok(files) => files,
            Err(error) => return Err(vec![SchemaFault::of(folder, error.to_string())]),
        };
        for file in files {
            match fs::read(&file) {
                Ok(text) => book.add(&file, &text),
                Err(error) => book.faults.push(SchemaFault::of(&file, error.to_string())),
            }
        }
        book.finish()
    }

    /// Whether there is a schema for this type.
    pub fn knows(&self, event_type: &EventType) -> bool {
        self.0.contains_key(event_type)
    }

    /// All types, in the order of their names.
    pub fn types(&self) -> impl Iterator<Item = &EventType> {
        self.0.keys()
    }

    /// The schema of a type, as its file has it.
    pub fn document(&self, event_type: &EventType) -> Option<&Value> {
        self.0.get(event_type).map(|schema| &schema.document)
    }

    /// Checks an event's `data`, and tells all that is wrong with it, up to [`MOST_VIOLATIONS`].
    /// An event of an unknown type is not checked: ask [`SchemaBook::knows`].
    pub fn check(&self, event: &Event) -> Result<(), Vec<Violation>> {
        let Some(schema) = self.0.get(&event.event_type) else { return Ok(()) };
        let violations: Vec<Violation> = schema
            .validator
            .iter_errors(&event.data)
            .flat_map(|error| Violation::all_of(&error))
            .take(MOST_VIOLATIONS)
            .collect();
        if violations.is_empty() { Ok(()) } else { Err(violations) }
    }
}

/// A book in the making, with all faults so far.
#[derive(Default)]
struct Gathering {
    schemas: BTreeMap<EventType, Schema>,
    faults: Vec<SchemaFault>,
}

impl Gathering {
    fn add(&mut self, file: &Path, text: &[u8]) {
        match Self::read(file, text) {
            Ok((event_type, schema)) => {
                self.schemas.insert(event_type, schema);
            }
            Err(faults) => self.faults.extend(faults),
        }
    }

    fn read(file: &Path, text: &[u8]) -> Result<(EventType, Schema), Vec<SchemaFault>> {
        let name = file.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        let event_type = name
            .parse::<EventType>()
            .map_err(|error| vec![SchemaFault::of(file, format!("the file's name {error}"))])?;
        let document = read_json(text, Limits::POSTED)
            .map_err(|error| vec![SchemaFault::of(file, format!("the file {error}"))])?;
        let validator = compile(file, &document)?;
        Ok((event_type, Schema { document, validator }))
    }

    fn finish(self) -> Result<SchemaBook, Vec<SchemaFault>> {
        if self.faults.is_empty() { Ok(SchemaBook(self.schemas)) } else { Err(self.faults) }
    }
}

/// The folder's files that end in `.json`, in the order of their names.
fn json_files(folder: &Path) -> std::io::Result<Vec<std::path::PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() && path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests;
