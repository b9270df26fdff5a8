//! `[sources.<name>]`.

use serde_json::{Value, json};

use super::{
    values::{
        Variety, choice, count, duration, flag, formed, list, map, or, said, size, table, text,
        texts, varied,
    },
    window,
};
use crate::{delivery::State, formats::Format};

/// What an event type looks like.
pub(super) const EVENT_TYPE: &str =
    r"^(?!desk\.)(?!.*\.\.)[A-Za-z0-9]([A-Za-z0-9._-]{0,126}[A-Za-z0-9])?$";

/// An absolute address.
const ADDRESS: &str = "^https?://";

/// What all sources may say.
const COMMON: [&str; 11] = [
    "verify",
    "secrets",
    "format",
    "map",
    "rate",
    "max_body",
    "types",
    "dataschema",
    "redact",
    "status_tokens",
    "callback",
];

/// Its schema.
pub(super) fn source() -> Value {
    let words = "An application that posts events to `/hooks/<name>`.";
    let schemes: Vec<&str> = schemes().iter().map(|scheme| scheme.word).collect();
    let verify = choice("How a post proves who sent it; `none` asks for no proof.", &schemes);
    let keys = [("verify", verify)].into_iter().chain(proof()).chain(content()).chain(told());
    varied(table(words, keys, &["verify"]), "verify", &COMMON, &self::schemes())
}

/// What the proof is made with.
fn proof() -> Vec<(&'static str, Value)> {
    let any =
        "All of them verify, so that one can be exchanged for another. An empty one is left out.";
    vec![
        ("secrets", texts(any, text(""))),
        ("tolerance", or(duration("How far the signed time may be from ours, either way."), "5m")),
        (
            "header",
            formed("`hmac`: the header that holds the signature.", "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"),
        ),
        ("prefix", text("`hmac`: what stands before the signature in its header.")),
        ("hash", or(choice("`hmac`: the hash function.", &["sha256", "sha512"]), "sha256")),
        (
            "encoding",
            or(choice("`hmac`: how the signature is written.", &["hex", "base64"]), "hex"),
        ),
        (
            "timestamp_header",
            formed(
                "`hmac`: the header of the signed time, in seconds since 1970. Without it the body \
                    alone is signed.",
                "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
            ),
        ),
        (
            "timestamp_separator",
            or(text("`hmac`: what stands between the signed time and the body."), "."),
        ),
        ("webhook_id", said("`paypal`: the id that PayPal shows beside the web hook.")),
        (
            "url",
            formed(
                "`hubspot`: the address that HubSpot posts to, as it stands in the app.",
                ADDRESS,
            ),
        ),
        (
            "versions",
            or(
                texts(
                    "`hubspot`: the signature versions that are taken.",
                    choice("", &["v1", "v2", "v3"]),
                ),
                vec!["v1", "v2", "v3"],
            ),
        ),
        (
            "user",
            formed(
                "`basic`: the name that the sender gives with its password.",
                r"^[^:]*[^:\s][^:]*$",
            ),
        ),
        (
            "allow_public",
            or(flag("`none`: whether the receiver may listen where others reach it."), false),
        ),
    ]
}

/// What is posted, and what of it is taken.
fn content() -> Vec<(&'static str, Value)> {
    let formats = Format::ALL.map(|(word, _)| word);
    let [requests, per] = window("How many requests …", "… in how long, in the long run.");
    let burst = count("How many at once; as many as `requests` where nothing is said.");
    let rate = "How often the source may post; past it, 429 with `Retry-After`.";
    vec![
        ("format", choice("The vendor whose own web hooks the source posts.", &formats)),
        (
            "map",
            list("What is made of native web hooks; the first that fits decides.", &event_map()),
        ),
        ("rate", table(rate, [requests, per, ("burst", burst)], &["requests", "per"])),
        ("max_body", or(size("The longest body, as `500B` or `256KiB`; 1 MiB at most."), "1MiB")),
        (
            "types",
            texts(
                "The event types that may be posted, as `payment.*`; all where nothing is said.",
                formed("", r"^(\*|[A-Za-z0-9][A-Za-z0-9._-]*(\.\*|[A-Za-z0-9])?)$"),
            ),
        ),
        (
            "dataschema",
            map(
                "By event type, the one `dataschema` that an event may name: a URI.",
                text("A URI."),
            ),
        ),
        (
            "redact",
            texts(
                "Paths into the payload that nobody may read, as `data.card.*`.",
                formed("", r"^data\."),
            ),
        ),
    ]
}

/// What the sender is told afterwards.
fn told() -> Vec<(&'static str, Value)> {
    let ends: Vec<&str> = State::ends().collect();
    let usual = vec!["ticketed", "merged", "resolved", "dead"];
    let on = texts("The ends of a delivery that are told.", choice("", &ends));
    let [url, secret, allow_private] = webhook();
    let callback = [url, secret, ("on", or(on, usual)), allow_private];
    let words = "Where the sender is told that a delivery has come to its end.";
    vec![
        (
            "status_tokens",
            texts(
                "Bearer tokens by which the sender may ask what became of its events; all are live. 24 \
                    characters or more, or empty for none.",
                formed("", "^([!-~]{24,})?$"),
            ),
        ),
        ("callback", table(words, callback, &["url", "secret"])),
    ]
}

/// Somebody who is called.
pub(super) fn webhook() -> [(&'static str, Value); 3] {
    [
        ("url", formed("Where to: https, and a public address.", ADDRESS)),
        (
            "secret",
            formed(
                "What calls are signed with by Standard Webhooks: `whsec_` and the base64 of 24 bytes or \
                    more.",
                "^whsec_",
            ),
        ),
        (
            "allow_private",
            or(flag("Whether the address may be private, and http on 127.0.0.1."), false),
        ),
    ]
}

/// `[[sources.<name>.map]]`.
fn event_map() -> Value {
    let data = json!({
        "description": "What the event holds: constants, and templates over `body` and `headers`, in \
            tables and lists.",
        "type": ["object", "array", "string", "number", "boolean"],
    });
    let keys = [
        (
            "when",
            said(
                "An expression over `body` and `headers` that must be true; else the map does not fit.",
            ),
        ),
        ("type", said("The event's type; a template.")),
        (
            "id",
            text(
                "What the sender knows the message by, the same when it is sent again; a template. Must be there where the source has no `format`.",
            ),
        ),
        ("subject", text("The event's CloudEvents `subject`; a template.")),
        (
            "time",
            formed(
                "When it happened, RFC 3339; a template.",
                r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]|\{[{%#]",
            ),
        ),
        ("data", data),
    ];
    table("One kind of event that is made of native web hooks.", keys, &["type", "data"])
}

fn schemes() -> Vec<Variety> {
    let variety = |word, keys: &[&'static str], required: &'static [&'static str]| Variety {
        word,
        keys: keys.to_vec(),
        required,
        besides: json!({}),
    };
    let unsigned = |word, keys: &[&'static str], required: &'static [&'static str]| Variety {
        besides: json!({ "properties": { "secrets": false } }),
        ..variety(word, keys, required)
    };
    let hmac = [
        "header",
        "prefix",
        "hash",
        "encoding",
        "timestamp_header",
        "timestamp_separator",
        "tolerance",
    ];
    let timed = json!({
        "tolerance": ["timestamp_header"], "timestamp_separator": ["timestamp_header"],
    });
    vec![
        variety("standard-webhooks", &["tolerance"], &["secrets"]),
        Variety {
            besides: json!({ "dependentRequired": timed }),
            ..variety("hmac", &hmac, &["secrets", "header"])
        },
        variety("stripe", &["tolerance"], &["secrets"]),
        variety("github", &[], &["secrets"]),
        variety("shopify", &[], &["secrets"]),
        variety("woocommerce", &[], &["secrets"]),
        variety("adyen", &[], &["secrets"]),
        unsigned("paypal", &["webhook_id"], &["webhook_id"]),
        variety("hubspot", &["url", "versions", "tolerance"], &["secrets", "url"]),
        variety("bearer", &[], &["secrets"]),
        variety("basic", &["user"], &["secrets", "user"]),
        unsigned("none", &["allow_public"], &[]),
    ]
}
