//! Kinds of values that several tables have: durations, addresses, names.

use std::{fmt::Display, net::IpAddr, str::FromStr, time::Duration};

use reqwest::Url;

use super::document::{Document, Said, Table};

/// The units of durations, in milliseconds.
const UNITS: [(&str, u64); 5] =
    [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// The units of sizes, in bytes.
const SIZES: [(&str, u32); 3] = [("B", 1), ("KiB", 1024), ("MiB", 1024 * 1024)];

impl<'d> Document<'d> {
    /// The duration of `key`: `10s`, `5m`, `1h30m`; never nothing.
    pub(super) fn duration(&mut self, table: &Table<'d>, key: &'static str) -> Option<Duration> {
        let text = self.text(table, key)?;
        let duration = parse_duration(&text.value);
        if duration.is_none() {
            let what = format!("`{key}` is no duration");
            self.fault(text.at.start, what, "write it as 500ms, 10s, 5m, 72h or 1h30m");
        }
        duration
    }

    /// The size of `key` in bytes: `500B`, `256KiB`, `1MiB`; never nothing.
    pub(super) fn size(&mut self, table: &Table<'d>, key: &'static str) -> Option<Said<u32>> {
        let text = self.text(table, key)?;
        let Some(value) = parse_size(&text.value) else {
            let what = format!("`{key}` is no size");
            self.fault(text.at.start, what, "write it as 256KiB, 1MiB or 500B");
            return None;
        };
        Some(Said { value, at: text.at })
    }

    /// The base address of `key`, without a slash at the end, or `default`.
    pub(super) fn base_url(
        &mut self,
        table: &Table<'d>,
        key: &'static str,
        default: &str,
    ) -> String {
        let Some(text) = self.text(table, key) else { return default.to_owned() };
        let problem = match Url::parse(&text.value) {
            Err(_) => Some(("is not an address", "write it as https://host/path")),
            Ok(url) => wrong_with(&url),
        };
        if let Some((what, cure)) = problem {
            self.fault(text.at.start, format!("`{key}` {what}"), cure);
        }
        text.value.trim_end_matches('/').to_owned()
    }

    /// The name that `text` is.
    pub(super) fn name<N: FromStr<Err: Display>>(
        &mut self,
        text: &Said<String>,
        key: &str,
    ) -> Option<N> {
        match text.value.parse() {
            Ok(name) => Some(name),
            Err(error) => {
                self.fault(text.at.start, format!("`{key}` {error}"), "choose another name");
                None
            }
        }
    }
}

fn wrong_with(url: &Url) -> Option<(&'static str, &'static str)> {
    let host = url.host_str()?.trim_matches(['[', ']']);
    let is_loopback =
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback) {
        return Some(("is not https", "use https; http is for this machine alone"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some(("holds a user or a password", "leave them out; keys have their own keys"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Some(("has a `?` or a `#`", "end it with the path"));
    }
    None
}

fn parse_duration(text: &str) -> Option<Duration> {
    let mut milliseconds = 0_u64;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let count: u64 = rest[..digits].parse().ok()?;
        let unit_end =
            rest[digits..].find(|next: char| next.is_ascii_digit()).unwrap_or(rest.len() - digits);
        let unit = rest[digits..digits + unit_end].trim();
        let (_, worth) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
        milliseconds = milliseconds.checked_add(count.checked_mul(worth)?)?;
        rest = &rest[digits + unit_end..];
    }
    (milliseconds > 0).then(|| Duration::from_millis(milliseconds))
}

fn parse_size(text: &str) -> Option<u32> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let count: u32 = text[..digits].parse().ok()?;
    let (_, worth) = SIZES.into_iter().find(|(name, _)| *name == text[digits..].trim())?;
    count.checked_mul(worth).filter(|size| *size > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units_and_are_never_nothing() {
        for (text, seconds) in [("10s", 10), ("5m", 300), ("72h", 259_200), ("1h 30m", 5400)] {
            assert_eq!(parse_duration(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "10", "s", "0s", "-1s", "1w", "99999999999999999999s", "1é"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }
    #[test]
    fn sizes_have_units_and_are_never_nothing() {
        for (text, bytes) in [("500B", 500), ("256KiB", 262_144), (" 1 MiB ", 1_048_576)] {
            assert_eq!(parse_size(text), Some(bytes), "{text}");
        }
        for text in ["", "10", "KiB", "0B", "-1B", "1KB", "1GiB", "9999999MiB", "1é"] {
            assert_eq!(parse_size(text), None, "{text}");
        }
    }
}
