//! The behaviour file: sources, desks, rules.
//!
//! Held for every input: every fault has a place in the file and a cure, and none quotes what comes
//! from the environment; rules that compile route and draft any event, or say why not without a
//! word of it.

use std::{ffi::OsString, sync::LazyLock};

use deskbell::{
    config::{Config, ConfigError, Place},
    event::{Event, Redactions, SchemaBook, SourceName},
    rules::{Matching, RuleBook},
    signature::Scheme,
};

/// The value of the variable `SECRET`.
const SECRET: &str = "canary_in_the_environment";

/// Stands in the texts of the events.
const MARK: &str = "canary-in-the-event";

/// Events with what templates stumble over.
const EVENTS: [(&str, &str); 4] = [
    (
        "payment.failed",
        r#"{"orderId":"canary-in-the-event","customerExternalId":"u","errorCode":"*_`<","amount":
            1299.90,"customer":{"email":"canary-in-the-event@example.org","name":null}}"#,
    ),
    ("order.stuck", r##"{"orderId":"#1","customerExternalId":"","stage":"a\nb\u0000","n":1e999}"##),
    (
        "integration.error",
        r#"{"integration":"ü\u202e","errorCode":-0.00,"message":"canary-in-the-event {{ x }}",
            "list":[[[[1]]],{"a":{"b":[]}},82098291194615450812345],"":{"":1}}"#,
    ),
    ("order.released", "null"),
];

static SCHEMAS: LazyLock<SchemaBook> = LazyLock::new(SchemaBook::builtin);
static SOURCE: LazyLock<SourceName> = LazyLock::new(|| "shop".parse().unwrap());

/// Whether a start would take the file.
pub(crate) fn run(input: &[u8]) -> bool {
    let text = String::from_utf8_lossy(input);
    match load(input) {
        Ok(config) => {
            for (_, source) in config.sources {
                if let Err(error) = Scheme::new(source.verify) {
                    assert!(!error.to_string().contains(SECRET), "{error}");
                }
            }
            // As if the file configured the events' source.
            let rules = config.rules.hiding(Redactions::none());
            for (event_type, data) in EVENTS {
                decide(&rules, event_type, data, &text);
            }
            true
        }
        Err(ConfigError { faults }) => {
            assert!(!faults.is_empty());
            for fault in faults {
                let is_placed = match &fault.place {
                    Place::Variable(name) => name == "DESKBELL_CONFIG",
                    Place::File { line, column, .. } => {
                        (1..=text.split('\n').count()).contains(line) && *column > 0
                    }
                };
                let words = fault.to_string();
                assert!(is_placed && !fault.what.is_empty() && !fault.cure.is_empty(), "{words}");
                assert!(text.contains(SECRET) || !words.contains(SECRET), "{words}");
            }
            false
        }
    }
}

/// Reads the file as a start does.
pub(crate) fn load(input: &[u8]) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deskbell.toml");
    std::fs::write(&path, input).unwrap();
    let variables: [(OsString, OsString); 3] = [
        ("DESKBELL_CONFIG".into(), path.into()),
        ("SECRET".into(), SECRET.into()),
        ("EMPTY".into(), "".into()),
    ];
    Config::load(variables.into_iter(), &SCHEMAS)
}

fn decide(book: &RuleBook, event_type: &str, data: &str, file: &str) {
    let document = format!(
        r#"{{"specversion":"1.0","id":"1","source":"/s","type":"{event_type}","data":{data}}}"#
    );
    let event = Event::from_cloudevents(&SOURCE, document.as_bytes()).unwrap();
    let quotes_nothing = |words: &str| {
        assert!(!words.is_empty() && (file.contains(MARK) || !words.contains(MARK)), "{words}");
    };
    for verdict in book.verdicts(&event) {
        if let Matching::Undecided(words) = verdict.matching {
            quotes_nothing(&words);
        }
    }
    for route in book.route(&event) {
        match book.draft(&route.rule, &route.desk, &event) {
            Ok(Some(draft)) => assert_eq!(draft.subject.lines().count(), 1, "{draft:?}"),
            Ok(None) => panic!("the rule that routed it is gone"),
            Err(error) => quotes_nothing(&error.words),
        }
    }
}
