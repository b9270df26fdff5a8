//! A place in a payload: `data.customer.email`, or as a JSON pointer `/data/customer/email`.

use std::{fmt, str::FromStr};

use crate::event::{Violation, strict::pointer_step};

/// What every path begins with.
const ROOT: &str = "data";

/// A place in an event's payload.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DataPath(Vec<String>);

/// A text that names no place in a payload.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is no place in the payload: `data.` and names with dots between them, or a JSON pointer")]
pub struct InvalidDataPath;

impl DataPath {
    /// The payload itself.
    pub(super) fn root() -> Self {
        Self(Vec::new())
    }

    /// A member of what is here, or an item.
    pub(super) fn member(&self, name: &str) -> Self {
        Self(self.0.iter().cloned().chain([name.to_owned()]).collect())
    }

    /// The names on the way.
    pub(in super::super) fn steps(&self) -> &[String] {
        &self.0
    }

    /// The place that so many names lead to.
    pub(in super::super) fn cut(&self, names: usize) -> Self {
        Self(self.0.iter().take(names).cloned().collect())
    }

    /// What is wrong here.
    pub(super) fn violation(&self, detail: &str) -> Violation {
        Violation { pointer: self.to_string(), detail: detail.to_owned() }
    }
}

impl FromStr for DataPath {
    type Err = InvalidDataPath;

    fn from_str(text: &str) -> Result<Self, InvalidDataPath> {
        let steps: Vec<String> = match text.strip_prefix('/') {
            Some(pointer) => pointer.split('/').map(unescaped).collect::<Result<_, _>>()?,
            None if text.split('.').any(str::is_empty) => return Err(InvalidDataPath),
            None => text.split('.').map(str::to_owned).collect(),
        };
        match steps.split_first() {
            Some((root, steps)) if root == ROOT && !steps.is_empty() => Ok(Self(steps.to_vec())),
            _ => Err(InvalidDataPath),
        }
    }
}

/// One step of a JSON pointer (RFC 6901, 4).
fn unescaped(step: &str) -> Result<String, InvalidDataPath> {
    let is_good = |rest: &str| rest.starts_with(['0', '1']);
    if step.split('~').skip(1).all(is_good) {
        Ok(step.replace("~1", "/").replace("~0", "~"))
    } else {
        Err(InvalidDataPath)
    }
}

impl fmt::Display for DataPath {
    /// As a JSON pointer into the event.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "/{ROOT}")?;
        self.0.iter().try_for_each(|step| formatter.write_str(&pointer_step(step)))
    }
}
