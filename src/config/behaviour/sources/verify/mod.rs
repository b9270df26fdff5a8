//! How a source proves who it is: `verify`, and the keys that belong to it.

mod hmac;
mod hubspot;

use std::{net::SocketAddr, time::Duration};

use secrecy::SecretString;

use crate::{
    config::document::{Document, Table},
    signature::SchemeSettings,
};

/// How far a signed time may be from ours: what Standard Webhooks advises.
const TOLERANCE: Duration = Duration::from_mins(5);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scheme {
    StandardWebhooks,
    Hmac,
    Stripe,
    GitHub,
    Shopify,
    WooCommerce,
    Adyen,
    PayPal,
    HubSpot,
    Bearer,
    Basic,
    None,
}

const SCHEMES: [(&str, Scheme); 12] = [
    ("standard-webhooks", Scheme::StandardWebhooks),
    ("hmac", Scheme::Hmac),
    ("stripe", Scheme::Stripe),
    ("github", Scheme::GitHub),
    ("shopify", Scheme::Shopify),
    ("woocommerce", Scheme::WooCommerce),
    ("adyen", Scheme::Adyen),
    ("paypal", Scheme::PayPal),
    ("hubspot", Scheme::HubSpot),
    ("bearer", Scheme::Bearer),
    ("basic", Scheme::Basic),
    ("none", Scheme::None),
];

/// Reads the scheme of one source of the receiver at `listen`; the faults are noted.
pub(super) fn read<'d>(
    document: &mut Document<'d>,
    table: &Table<'d>,
    listen: SocketAddr,
) -> Option<SchemeSettings> {
    if table.get("verify").is_none() {
        let cure = "set it to \"standard-webhooks\", \"hmac\", a vendor's name or \"none\"";
        document.missing(table, "verify", cure);
    }
    let scheme = document.choice(table, "verify", &SCHEMES);
    let secrets = secrets(document, table, scheme);
    let settings = match scheme? {
        Scheme::None => {
            unsigned(document, table, listen);
            SchemeSettings::None
        }
        Scheme::StandardWebhooks => SchemeSettings::StandardWebhooks {
            tolerance: tolerance(document, table),
            secrets: secrets?,
        },
        Scheme::Hmac => {
            let settings = hmac::read(document, table);
            SchemeSettings::Hmac { secrets: secrets?, settings: settings? }
        }
        Scheme::Stripe => {
            SchemeSettings::Stripe { tolerance: tolerance(document, table), secrets: secrets? }
        }
        Scheme::GitHub => SchemeSettings::GitHub { secrets: secrets? },
        Scheme::Shopify => SchemeSettings::Shopify { secrets: secrets? },
        Scheme::WooCommerce => SchemeSettings::WooCommerce { secrets: secrets? },
        Scheme::Adyen => SchemeSettings::Adyen { secrets: secrets? },
        Scheme::PayPal => {
            let cure = "set it to the id that PayPal shows beside the web hook";
            let webhook_id = document.required_text(table, "webhook_id", cure)?;
            SchemeSettings::PayPal { webhook_id: webhook_id.value }
        }
        Scheme::HubSpot => hubspot::read(document, table, secrets)?,
        Scheme::Bearer => SchemeSettings::Bearer { secrets: secrets? },
        Scheme::Basic => {
            let user = user(document, table);
            SchemeSettings::Basic { user: user?, secrets: secrets? }
        }
    };
    Some(settings)
}

fn tolerance<'d>(document: &mut Document<'d>, table: &Table<'d>) -> Duration {
    document.duration(table, "tolerance").unwrap_or(TOLERANCE)
}

/// A colon would end the user's name (RFC 7617, 2).
fn user<'d>(document: &mut Document<'d>, table: &Table<'d>) -> Option<String> {
    let cure = "set it to the name that the sender gives with its password";
    let user = document.required_text(table, "user", cure)?;
    if user.value.contains(':') {
        document.fault(user.at.start, "`user` has a colon in it", "choose a name without one");
        return None;
    }
    Some(user.value)
}

/// Where anybody reaches the receiver, anybody may open tickets: that has to be said aloud.
fn unsigned<'d>(document: &mut Document<'d>, table: &Table<'d>, listen: SocketAddr) {
    let allowed = document.flag(table, "allow_public").unwrap_or(false);
    if !listen.ip().is_loopback() && !allowed {
        let what = format!(
            "{} is unsigned, and the receiver listens on {listen}, where others reach it",
            table.title
        );
        let cure = "choose another `verify`, set DESKBELL_LISTEN to a loopback address, or say \
                    `allow_public = true`";
        document.fault(table.at.start, what, cure);
    }
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
        Some(Scheme::None | Scheme::PayPal) if table.get("secrets").is_some() => {
            let what = format!("{} has secrets that nothing verifies", table.title);
            document.fault(table.at.start, what, "choose another `verify`, or remove them");
            None
        }
        Some(Scheme::None | Scheme::PayPal) | None => None,
        Some(_) if secrets.is_empty() && !has_fault => {
            let what = format!("{} has no secret", table.title);
            let cure = "set `secrets = [\"${NAME}\"]`, or say `verify = \"none\"`";
            document.fault(table.at.start, what, cure);
            None
        }
        Some(_) => (!has_fault).then_some(secrets),
    }
}
