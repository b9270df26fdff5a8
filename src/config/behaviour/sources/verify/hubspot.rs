//! `verify = "hubspot"`: the address that is signed, and the versions that are taken.

use secrecy::SecretString;

use super::tolerance;
use crate::{
    config::document::{Document, Table},
    signature::{HubSpotVersion, SchemeSettings},
};

const VERSIONS: [(&str, HubSpotVersion); 3] =
    [("v1", HubSpotVersion::V1), ("v2", HubSpotVersion::V2), ("v3", HubSpotVersion::V3)];

/// Reads HubSpot's keys; the faults are noted.
pub(super) fn read<'d>(
    document: &mut Document<'d>,
    table: &Table<'d>,
    secrets: Option<Vec<SecretString>>,
) -> Option<SchemeSettings> {
    let url = url(document, table);
    let versions = versions(document, table);
    let tolerance = tolerance(document, table);
    Some(SchemeSettings::HubSpot { secrets: secrets?, url: url?, versions: versions?, tolerance })
}

fn url<'d>(document: &mut Document<'d>, table: &Table<'d>) -> Option<String> {
    let cure = "set it to the address that HubSpot posts to, as it stands in the app: \
                https://events.example.com/hooks/crm";
    let url = document.required_text(table, "url", cure)?;
    if !(url.value.starts_with("https://") || url.value.starts_with("http://")) {
        document.fault(url.at.start, "`url` is not a whole address", cure);
        return None;
    }
    Some(url.value)
}

fn versions<'d>(document: &mut Document<'d>, table: &Table<'d>) -> Option<Vec<HubSpotVersion>> {
    let Some(words) = document.texts(table, "versions") else {
        return Some(VERSIONS.map(|(_, version)| version).into());
    };
    let named = |word: &str| VERSIONS.iter().find(|(name, _)| *name == word).map(|(_, one)| *one);
    let versions: Option<Vec<_>> = words.iter().map(|word| named(&word.value)).collect();
    let versions = versions.filter(|versions| !versions.is_empty());
    if versions.is_none() {
        let at = table.get("versions").map_or(table.at.start, |value| value.span().start);
        document.fault(at, "`versions` is no list of versions", "write [\"v1\", \"v2\", \"v3\"]");
    }
    versions
}
