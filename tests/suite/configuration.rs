//! What a start says about a configuration: the example is whole, and every fault has its place
//! and its cure.

mod faults;
mod format_faults;
mod rule_faults;
mod schema;
mod source_faults;
mod source_limits;

use std::{ffi::OsString, fs, path::Path, time::Duration};

use deskbell::{
    config::{Config, ConfigError},
    desks::{OnUncertain, Vendor},
    event::{Event, SchemaBook, SourceName},
    signature::SchemeSettings,
    ticket::{Action, Missing, Priority, Target},
};
use tempfile::TempDir;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/deskbell.toml");

const SECRETS: [(&str, &str); 4] = [
    ("SHOP_SECRET", "whsec_c2hvcC1zZWNyZXQtb2YtYS10ZXN0"),
    ("BILLING_SECRET", "billing-secret-of-a-test"),
    ("SUPPORTDESK_API_KEY", "sk_live_of_a_test"),
    ("HUBSPOT_TOKEN", "pat-of-a-test"),
];

fn load(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let variables = variables.iter().map(|(name, value)| (OsString::from(name), value.into()));
    Config::load(variables, &SchemaBook::builtin())
}

fn example(more: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let variables: Vec<_> =
        [("DESKBELL_CONFIG", EXAMPLE)].iter().chain(&SECRETS).chain(more).copied().collect();
    load(&variables)
}

fn write(text: &str) -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("deskbell.toml");
    fs::write(&path, text).unwrap();
    let path = path.display().to_string();
    (folder, path)
}

fn event(event_type: &str, data: &str) -> Event {
    let json = format!(
        r#"{{"specversion":"1.0","id":"e1","source":"/s","type":"{event_type}","data":{data}}}"#
    );
    Event::from_cloudevents(&"shop".parse().unwrap(), json.as_bytes()).unwrap()
}

#[test]
fn the_example_is_whole() {
    let config = example(&[]).unwrap();
    assert_eq!(config.warnings, Vec::<String>::new());
    let names: Vec<&str> = config.sources.keys().map(SourceName::as_str).collect();
    assert_eq!(names, ["billing", "shop"]);
    let crm = &config.desks["crm"];
    assert_eq!(crm.settings.base_url, "https://api.hubapi.com");
    let Vendor::HubSpot(hubspot) = &crm.vendor else { panic!("{crm:?}") };
    assert_eq!(hubspot.key_property.as_deref(), Some("deskbell_key"));
    let SchemeSettings::StandardWebhooks { secrets, tolerance } = &config.sources["shop"].verify
    else {
        panic!("shop is signed by Standard Webhooks")
    };
    assert_eq!((secrets.len(), *tolerance), (1, Duration::from_mins(5)));
}

/// The desks in the example's comments are written as they would be read.
#[test]
fn the_examples_commented_desks_are_whole() {
    let example = fs::read_to_string(EXAMPLE).unwrap();
    let at = example.find("# [desks.helpdesk]").unwrap();
    let block = example[at..].lines().take_while(|line| line.starts_with('#'));
    let block: Vec<_> = block.map(|line| line.strip_prefix("# ").unwrap_or_default()).collect();
    let (_folder, path) = write(&block.join("\n"));
    let variables = [("DESKBELL_CONFIG", path.as_str()), ("THULIUM_PASSWORD", "pass-of-a-test")];
    let config = load(&variables).unwrap();
    let desk = config.desks.values().next().unwrap();
    let Vendor::Thulium(thulium) = &desk.vendor else { panic!("{desk:?}") };
    assert_eq!(thulium.priority_tags.len(), 3);
    assert_eq!(thulium.custom_fields["orderId"], "Numer zamówienia");
    assert_eq!(thulium.comment_field.as_deref(), Some("content"));
    assert!(!format!("{config:?}").contains("pass-of-a-test"));
}

#[test]
fn the_example_takes_secrets_and_addresses_from_the_environment() {
    let (_folder, path) = write("from-a-file\n");
    let config = example(&[
        ("SHOP_SECRET_OLD_FILE", &path),
        ("HUBSPOT_URL", "http://127.0.0.1:9101/"),
        ("SUPPORTDESK_URL", "http://127.0.0.1:9102/api/v1"),
    ])
    .unwrap();
    let SchemeSettings::StandardWebhooks { secrets, .. } = &config.sources["shop"].verify else {
        panic!("shop is signed by Standard Webhooks")
    };
    assert_eq!(secrets.len(), 2);
    let crm = &config.desks["crm"];
    assert_eq!(crm.settings.base_url, "http://127.0.0.1:9101");
}

#[test]
fn the_example_makes_the_contracts_tickets() {
    let book = example(&[]).unwrap().rules;
    let event = event(
        "payment.failed",
        r#"{"orderId":"A-1","customerExternalId":"c1","errorCode":"card_declined",
            "amount":1200.50,"currency":"EUR",
            "customer":{"name":"Ann","email":"a@b.example","company":{"domain":"b.example"}}}"#,
    );
    let routes = book.route(&event);
    assert_eq!(routes.len(), 2);
    assert!(routes.iter().all(|route| route.priority == Priority::Urgent));
    let crm = "crm".parse().unwrap();
    let draft = book.draft(&routes[0].rule, &crm, &event).unwrap().unwrap();
    assert_eq!(draft.subject, "Payment failed for order #A-1");
    assert!(draft.description.contains("failed with `card_declined`"), "{}", draft.description);
    assert!(draft.description.contains("1200.50 EUR"), "{}", draft.description);
    assert_eq!(draft.metadata["amount"].to_string(), "1200.50");
    let incident = draft.incident.unwrap();
    assert_eq!((incident.key.as_str(), incident.action), ("payment:A-1", Action::Open));
    assert_eq!(draft.tags, ["payment", "eur"]);
    let value = "a@b.example".to_owned();
    assert_eq!(draft.associations[0].target, Target::Match { property: "email".to_owned(), value });
    assert_eq!(draft.associations[0].missing, Missing::Create);
    assert_eq!(draft.associations[1].missing, Missing::Skip);
    let support = book.draft(&routes[0].rule, &"support".parse().unwrap(), &event);
    assert!(support.unwrap().unwrap().associations.is_empty());
}

#[test]
fn an_unknown_customer_can_be_created_by_one_rule_and_not_by_another() {
    let book = example(&[]).unwrap().rules;
    let data = r#"{"orderId":"A-1","customerExternalId":"c1","stage":"packing","errorCode":"x",
        "amount":20,"customer":{"name":"Ann","email":"a@b.example"}}"#;
    for (event_type, may_create) in [("payment.failed", true), ("order.stuck", false)] {
        let event = event(event_type, data);
        let rule = &book.route(&event)[0].rule;
        let draft = book.draft(rule, &"support".parse().unwrap(), &event).unwrap().unwrap();
        let customer = draft.customer.unwrap();
        assert_eq!(customer.external_id.as_deref(), Some("c1"));
        assert_eq!(customer.name.is_some() && customer.email.is_some(), may_create);
    }
}

#[test]
fn small_sums_and_unknown_types_match_no_rule() {
    let book = example(&[]).unwrap().rules;
    for (event_type, data) in
        [("payment.failed", r#"{"amount":9.99}"#), ("payment.failed", "{}"), ("refund.made", "{}")]
    {
        assert!(book.route(&event(event_type, data)).is_empty(), "{event_type} {data}");
    }
}

#[test]
fn defaults_are_those_that_the_vendors_document() {
    let (_folder, path) = write(
        r#"
        [desks.s]
        kind = "supportdesk"
        api_key = "k"
        [desks.h]
        kind = "hubspot"
        token = "t"
        pipeline = "0"
        stage = "1"
        key_property = ""
        "#,
    );
    let config = load(&[("DESKBELL_CONFIG", &path)]).unwrap();
    let support = &config.desks["s"].settings;
    let hubspot = &config.desks["h"];
    assert_eq!(support.base_url, "https://supportdesk.innovartx.com/api/v1");
    let windows = |pacing: &[deskbell::desks::Window]| -> Vec<(u32, u64)> {
        pacing.iter().map(|window| (window.requests, window.per.as_secs())).collect()
    };
    assert_eq!(windows(&support.pacing), [(3, 1), (20, 10), (100, 60)]);
    assert_eq!(windows(&hubspot.settings.pacing), [(100, 10)]);
    assert_eq!(support.timeout, Duration::from_secs(10));
    assert_eq!(support.retry.max_attempts, 13);
    assert_eq!(support.retry.max_age, Duration::from_hours(72));
    assert_eq!(support.on_uncertain, OnUncertain::Park);
    let Vendor::HubSpot(vendor) = &hubspot.vendor else { panic!("{hubspot:?}") };
    assert_eq!((vendor.version.as_str(), &vendor.key_property), ("v3", &None));
}

#[test]
fn the_environment_has_the_contracts_defaults() {
    let settings = example(&[]).unwrap().settings;
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.ops_listen.to_string(), "127.0.0.1:8081");
    assert_eq!(settings.data_dir, Path::new("./deskbell-data"));
    assert_eq!(settings.log, "info");
    assert!(settings.amqp_url.is_none());
    let url = "amqps://user:pass@host/vhost";
    let more = [("DESKBELL_AMQP_URL", url), ("DESKBELL_STORE_URL", "sqlite:/var/ledger.db")];
    let settings = example(&more).unwrap().settings;
    assert!(settings.amqp_url.is_some());
    assert_eq!(settings.ledger_file.as_deref(), Some(Path::new("/var/ledger.db")));
}

#[test]
fn a_configuration_never_prints_a_secret() {
    let more = [("DESKBELL_AMQP_URL", "amqp://user:rabbit-password@host")];
    let printed = format!("{:?}", example(&more).unwrap());
    for (_, secret) in SECRETS {
        assert!(!printed.contains(secret), "{printed}");
    }
    assert!(!printed.contains("rabbit-password"), "{printed}");
}

#[test]
fn a_misspelt_variable_is_a_warning() {
    let more = [("DESKBELL_LISTN", "x"), ("DESKBELL_TEST_AMQP_URL", "x"), ("OTHER", "x")];
    let warnings = example(&more).unwrap().warnings;
    assert_eq!(warnings, ["nothing reads DESKBELL_LISTN: did you mean `DESKBELL_LISTEN`?"]);
}

#[test]
fn a_variable_that_the_file_refers_to_is_no_surprise() {
    let (_folder, path) = write(
        "[sources.a]\nverify = \"hmac\"\nheader = \"X-S\"\nsecrets = [\"${DESKBELL_MINE}\"]\n",
    );
    let variables = [("DESKBELL_CONFIG", path.as_str()), ("DESKBELL_MINE", "s")];
    assert_eq!(load(&variables).unwrap().warnings, Vec::<String>::new());
}

#[test]
fn a_text_may_hold_dollars_and_defaults() {
    let (_folder, path) = write(
        r#"
        [sources.shop]
        verify = "none"
        [desks.s]
        kind = "supportdesk"
        api_key = "k"
        [[rules]]
        name = "r"
        on = "order.stuck"
        desks = ["s"]
        subject = "${{ data.amount }} $5 $${HOME} ${STAGE:-test} ${EMPTY:-a b} ${SET}"
        description = "d"
        "#,
    );
    let variables = [("DESKBELL_CONFIG", path.as_str()), ("EMPTY", ""), ("SET", "${NOT_READ}")];
    let book = load(&variables).unwrap().rules;
    let event = event("order.stuck", r#"{"amount":12.50}"#);
    let draft = book.draft(&"r".parse().unwrap(), &"s".parse().unwrap(), &event);
    assert_eq!(draft.unwrap().unwrap().subject, "$12.50 $5 ${HOME} test a b ${NOT_READ}");
}

#[test]
fn the_example_needs_no_more_than_the_schemas_require() {
    let book = example(&[]).unwrap().rules;
    for (event_type, data) in [
        (
            "payment.failed",
            r#"{"orderId":"A","customerExternalId":"c","errorCode":"e","amount":10}"#,
        ),
        ("order.stuck", r#"{"orderId":"A","customerExternalId":"c","stage":"s"}"#),
        ("integration.error", r#"{"integration":"erp","errorCode":"e"}"#),
    ] {
        let event = event(event_type, data);
        let routes = book.route(&event);
        assert!(!routes.is_empty(), "{event_type}");
        for route in routes {
            let draft = book.draft(&route.rule, &route.desk, &event).unwrap().unwrap();
            assert_eq!(draft.associations, [], "{event_type}");
            assert!(draft.metadata.values().all(|value| !value.is_null()), "{event_type}");
        }
    }
}
