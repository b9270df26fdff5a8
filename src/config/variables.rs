//! The variables of the environment, by name or by `<NAME>_FILE`, a path to the value.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
};

/// All variables, as the process was given them.
pub(super) struct Variables {
    values: BTreeMap<String, OsString>,
    /// Names that were asked for.
    asked: BTreeSet<String>,
}

/// Why a variable gives no value; nothing of a value is quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unreadable {
    pub(super) what: String,
    pub(super) cure: String,
}

impl Variables {
    /// Takes the variables of a process. Those whose name is no text are nobody's.
    pub(super) fn new(variables: impl Iterator<Item = (OsString, OsString)>) -> Self {
        let named = variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
        Self { values: named.collect(), asked: BTreeSet::new() }
    }

    /// The value of `name`, or what the file says that `<name>_FILE` names; without the line's end.
    pub(super) fn get(&mut self, name: &str) -> Result<Option<String>, Unreadable> {
        let file_name = format!("{name}_FILE");
        self.asked.extend([name.to_owned(), file_name.clone()]);
        let unreadable = |what: String, cure: &str| Unreadable { what, cure: cure.to_owned() };
        match (self.values.get(name), self.values.get(&file_name)) {
            (None, None) => Ok(None),
            (Some(_), Some(_)) => Err(unreadable(
                format!("`{name}` and `{file_name}` are both set"),
                "unset one of them",
            )),
            (Some(value), None) => value.clone().into_string().map(Some).map_err(|_| {
                unreadable(format!("`{name}` is not UTF-8"), "set it to a text in UTF-8")
            }),
            (None, Some(path)) => match std::fs::read_to_string(path) {
                Ok(text) => Ok(Some(text.trim_end_matches(['\r', '\n']).to_owned())),
                Err(error) => Err(unreadable(
                    format!("the file that `{file_name}` names cannot be read ({})", error.kind()),
                    "name a readable file of UTF-8 text",
                )),
            },
        }
    }

    /// Names that begin with `prefix` and were never asked for.
    pub(super) fn unasked<'v>(&'v self, prefix: &'v str) -> impl Iterator<Item = &'v str> {
        let names = self.values.keys().map(String::as_str);
        names.filter(move |name| name.starts_with(prefix) && !self.asked.contains(*name))
    }
}
