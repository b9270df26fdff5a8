//! Reads the query of a GET or PATCH.

use super::{records::Kind, refusal::Refusal};

/// The largest page of a list, and the default one.
const LARGEST_PAGE: usize = 100;
const DEFAULT_PAGE: usize = 10;

/// What a query asks for. Lists may be written with commas or by repeating the name.
#[derive(Debug, Default)]
pub(super) struct Asked {
    properties: Vec<String>,
    pub(super) associations: Vec<Kind>,
    pub(super) id_property: Option<String>,
    pub(super) archived: bool,
    pub(super) limit: usize,
    pub(super) after: u64,
}

impl Asked {
    /// Reads the pairs of a query. Unknown names and object types are passed over.
    pub(super) fn read(pairs: &[(String, String)]) -> Result<Self, Refusal> {
        let mut asked = Self { limit: DEFAULT_PAGE, ..Self::default() };
        for (name, value) in pairs {
            let listed = || value.split(',').filter(|item| !item.is_empty());
            match name.as_str() {
                "properties" => asked.properties.extend(listed().map(str::to_owned)),
                "associations" => asked.associations.extend(listed().filter_map(Kind::parse)),
                "idProperty" => asked.id_property = Some(value.clone()),
                "archived" => asked.archived = value == "true",
                "limit" => {
                    let limit = value.parse().ok();
                    let limit = limit.filter(|limit| (1..=LARGEST_PAGE).contains(limit));
                    asked.limit = limit.ok_or_else(|| {
                        Refusal::validation(format!("limit must be from 1 to {LARGEST_PAGE}"))
                    })?;
                }
                "after" => {
                    let after = value.parse();
                    asked.after =
                        after.map_err(|_| Refusal::validation("after is not a cursor"))?;
                }
                _ => {}
            }
        }
        Ok(asked)
    }

    /// The properties to answer; the kind's own where none were asked for.
    pub(super) fn shown(&self, kind: Kind) -> Vec<&str> {
        if self.properties.is_empty() {
            kind.shown_properties().to_vec()
        } else {
            self.properties.iter().map(String::as_str).collect()
        }
    }
}
