//! How a source proves who it is: `verify`, and the keys that belong to it.

use std::time::Duration;

use secrecy::SecretString;

use crate::{
    config::document::{Document, Table},
    signature::{Encoding, Hash, HmacSettings, SchemeSettings, Timestamped},
};

/// How far a signed time may be from ours: what Standard Webhooks advises.
const TOLERANCE: Duration = Duration::from_mins(5);

#[derive(Clone, Copy)]
enum Scheme {
    StandardWebhooks,
    Hmac,
    None,
}

/// Reads the scheme of one source; the faults are noted.
pub(super) fn read<'d>(document: &mut Document<'d>, table: &Table<'d>) -> Option<SchemeSettings> {
    let schemes = [
        ("standard-webhooks", Scheme::StandardWebhooks),
        ("hmac", Scheme::Hmac),
        ("none", Scheme::None),
    ];
    if table.get("verify").is_none() {
        let cure = "set it to \"standard-webhooks\", \"hmac\" or \"none\"";
        document.missing(table, "verify", cure);
    }
    let scheme = document.choice(table, "verify", &schemes);
    let secrets = secrets(document, table, scheme);
    let settings = match scheme? {
        Scheme::None => SchemeSettings::None,
        Scheme::StandardWebhooks => SchemeSettings::StandardWebhooks {
            tolerance: document.duration(table, "tolerance").unwrap_or(TOLERANCE),
            secrets: secrets?,
        },
        Scheme::Hmac => {
            let settings = hmac(document, table);
            SchemeSettings::Hmac { secrets: secrets?, settings: settings? }
        }
    };
    Some(settings)
}

/// The secrets that say something: an empty one, as of a variable that is set to nothing, is none.
fn secrets<'d>(
    document: &mut Document<'d>,
    table: &Table<'d>,
    scheme: Option<Scheme>,
) -> Option<Vec<SecretString>> {
    let noted = document.faults.len();
    let texts = document.texts(table, "secrets").unwrap_or_default();
    let secrets: Vec<SecretString> = texts
        .into_iter()
        .filter(|text| !text.value.is_empty())
        .map(|text| SecretString::from(text.value))
        .collect();
    let has_fault = document.faults.len() > noted;
    match scheme {
        Some(Scheme::None) if table.get("secrets").is_some() => {
            let what = format!("{} has secrets that nothing verifies", table.title);
            document.fault(table.at.start, what, "choose another `verify`, or remove them");
            None
        }
        Some(Scheme::None) | None => None,
        Some(_) if secrets.is_empty() && !has_fault => {
            let what = format!("{} has no secret", table.title);
            let cure = "set `secrets = [\"${NAME}\"]`, or say `verify = \"none\"`";
            document.fault(table.at.start, what, cure);
            None
        }
        Some(_) => (!has_fault).then_some(secrets),
    }
}

fn hmac<'d>(document: &mut Document<'d>, table: &Table<'d>) -> Option<HmacSettings> {
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
