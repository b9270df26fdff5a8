//! `verify = "hmac"`: where the signature is, and what it is over.

use super::TOLERANCE;
use crate::{
    config::document::{Document, Table},
    signature::{Encoding, Hash, HmacSettings, Timestamped},
};

/// Reads where the signature is; the faults are noted.
pub(super) fn read<'d>(document: &mut Document<'d>, table: &Table<'d>) -> Option<HmacSettings> {
    let cure = "name the header that holds the signature, as X-Signature";
    let header = header(document, table, "header", cure);
    let hashes = [("sha256", Hash::Sha256), ("sha512", Hash::Sha512)];
    let encodings = [("hex", Encoding::Hex), ("base64", Encoding::Base64)];
    let hash = document.choice(table, "hash", &hashes).unwrap_or_default();
    let encoding = document.choice(table, "encoding", &encodings).unwrap_or_default();
    let prefix = document.text(table, "prefix").map(|text| text.value).unwrap_or_default();
    let separator = document.text(table, "timestamp_separator");
    let tolerance = document.duration(table, "tolerance");
    let timestamp = if table.get("timestamp_header").is_some() {
        let cure = "name the header that holds the time, as X-Timestamp";
        self::header(document, table, "timestamp_header", cure).map(|header| Timestamped {
            header,
            separator: separator.map_or_else(|| ".".to_owned(), |text| text.value),
            tolerance: tolerance.unwrap_or(TOLERANCE),
        })
    } else {
        for key in ["timestamp_separator", "tolerance"] {
            if let Some(value) = table.get(key) {
                let what = format!("`{key}` has no meaning without a signed time");
                document.fault(value.span().start, what, "set `timestamp_header`, or remove it");
            }
        }
        None
    };
    Some(HmacSettings { header: header?, prefix, hash, encoding, timestamp })
}

fn header<'d>(
    document: &mut Document<'d>,
    table: &Table<'d>,
    key: &'static str,
    cure: &str,
) -> Option<String> {
    let text = document.required_text(table, key, cure)?;
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if !text.value.bytes().all(is_token) {
        document.fault(text.at.start, format!("`{key}` is not a header's name"), cure);
        return None;
    }
    Some(text.value)
}
