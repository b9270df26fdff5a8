//! What a call names: texts that are read into their types, files and sources.

use std::{path::Path, str::FromStr};

use anyhow::Context as _;

use crate::{config::Config, event::SourceName, signature::SchemeSettings};

/// An argument that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{name} `{given}`")]
pub(super) struct WrongArgument {
    name: String,
    given: String,
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// A call that cannot be carried out as it stands; also the context of why not.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct WrongCall(pub(super) String);

/// What a file that the call names says.
pub(super) fn read_file(path: &Path) -> anyhow::Result<String> {
    let unread = || WrongCall(format!("`{}` cannot be read", path.display()));
    std::fs::read_to_string(path).with_context(unread)
}

/// The source that the call names; the first by name where it names none.
pub(super) fn source<'c>(
    config: &'c Config,
    name: Option<&str>,
) -> anyhow::Result<(&'c SourceName, &'c SchemeSettings)> {
    let Some(name) = name else {
        let none = || WrongCall("no source is configured".to_owned());
        let first = config.sources.iter().next().with_context(none);
        return first.map(|(name, source)| (name, &source.verify));
    };
    let unknown = || WrongCall(format!("there is no source `{name}` in the configuration"));
    let named = config.sources.get_key_value(&argument::<SourceName>("--source", name)?);
    named.map(|(name, source)| (name, &source.verify)).with_context(unknown)
}

/// Reads an argument into its type.
pub(super) fn argument<T>(name: &str, given: &str) -> Result<T, WrongArgument>
where
    T: FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    given.parse().map_err(|source| WrongArgument {
        name: name.to_owned(),
        given: given.to_owned(),
        source: Box::new(source),
    })
}
