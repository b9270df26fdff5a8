//! What a call names: texts that are read into their types, files and sources.

use std::{path::Path, str::FromStr, time::Duration};

use anyhow::Context as _;
use jiff::{Span, SpanRelativeTo, Timestamp};

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

impl WrongArgument {
    fn of<E>(name: &str, given: &str) -> impl FnOnce(E) -> Self
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        |source| Self { name: name.to_owned(), given: given.to_owned(), source: Box::new(source) }
    }
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
    given.parse().map_err(WrongArgument::of(name, given))
}

/// A stretch of time, as the command line says it: `7d`, `2h`.
pub(super) fn span(name: &str, given: &str) -> Result<Duration, WrongArgument> {
    let span: Span = argument(name, given)?;
    let span = span.to_duration(SpanRelativeTo::days_are_24_hours());
    span.and_then(Duration::try_from).map_err(WrongArgument::of(name, given))
}

/// A moment, as the command line says it: an instant, or a stretch of time back from `now`.
pub(super) fn moment(name: &str, given: &str, now: Timestamp) -> Result<Timestamp, WrongCall> {
    if let Ok(instant) = given.parse() {
        return Ok(instant);
    }
    let back = span(name, given).ok().and_then(|back| now.checked_sub(back).ok());
    back.ok_or_else(|| {
        let allowed =
            "a stretch of time, as `2h` or `7d`, or an instant, as `2026-10-18T12:00:00Z`";
        WrongCall(format!("{name} `{given}`: allowed is {allowed}"))
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_an_instant_or_so_long_ago() {
        let now: Timestamp = "2026-10-18T12:00:00Z".parse().unwrap();
        for (given, expected) in [
            ("2h", Some("2026-10-18T10:00:00Z")),
            ("7d", Some("2026-10-11T12:00:00Z")),
            ("2026-10-18T12:00:00.5+02:00", Some("2026-10-18T10:00:00.5Z")),
            ("", None),
            ("soon", None),
            ("2026-10-18", None),
            ("2h ago", None),
            ("1month", None),
            // Before there were times.
            ("19000w", Some("1662-08-27T12:00:00Z")),
            ("1000000w", None),
        ] {
            let read = moment("--since", given, now).ok().map(|it| it.to_string());
            assert_eq!(read.as_deref(), expected, "{given}");
        }
    }
}
