//! What `/metrics` says, what is documented of it, and what alerts and the dashboard make of it.

mod alerts;
mod dashboard;
mod exposition;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use deskbell::{
    sandbox::{Fault, FaultKind, FaultPlan, Operation},
    telemetry::{Kind, METRICS},
};
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use self::exposition::{Family, families};
use crate::support::{
    rabbit::RabbitNode,
    world::{World, eventually, payment},
};

/// What a world has beside its own, so that every metric has something to show.
const MORE: &str = r#"
[sources.woo]
verify = "woocommerce"
secrets = ["a-secret-of-woocommerce"]

[sources.gateway]
verify = "none"
format = "stripe"

[operators.notify.chat]
queue = true
"#;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The cells of the table's rows: name, type, labels, from, means.
fn documented() -> Vec<[String; 5]> {
    let text = read("docs/metrics.md");
    let rows = text.lines().filter(|line| line.starts_with("| `deskbell_"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [name, kind, labels, from, means, cure] = cells[..] else { panic!("{row}") };
        assert!(!from.is_empty() && !cure.is_empty(), "{row}");
        [
            name.replace('`', ""),
            kind.to_owned(),
            labels.replace('`', ""),
            from.to_owned(),
            means.to_owned(),
        ]
    })
    .collect()
}

#[test]
fn every_metric_is_documented_with_its_type_its_labels_and_its_meaning() {
    let known: Vec<[String; 4]> = METRICS
        .iter()
        .map(|metric| {
            let (name, kind) = (metric.name.to_owned(), metric.kind.as_str().to_owned());
            [name, kind, metric.labels.join(", "), metric.text.to_owned()]
        })
        .collect();
    let rows =
        documented().into_iter().map(|[name, kind, labels, _, means]| [name, kind, labels, means]);
    assert_eq!(rows.collect::<Vec<_>>(), known);
}

#[test]
fn names_follow_the_customs_of_prometheus() {
    for metric in METRICS {
        let (name, kind) = (metric.name, metric.kind);
        assert_eq!(name.ends_with("_total"), kind == Kind::Counter, "{name}");
        assert!(kind != Kind::Histogram || name.ends_with("_seconds"), "{name}");
        for suffix in ["_bucket", "_sum", "_count", "_ms", "_minutes"] {
            assert!(!name.ends_with(suffix), "{name}");
        }
    }
}

/// Rewrites a part of a world's behaviour file.
fn change(world: &World, from: &str, to: &str) {
    let path = world.path("deskbell.toml");
    let before = fs::read_to_string(&path).unwrap();
    assert!(before.contains(from), "{from}");
    fs::write(path, before.replacen(from, to, 1)).unwrap();
}

/// A process over RabbitMQ whose every metric has something to show.
async fn eventful(node: &RabbitNode) -> World {
    let mut world = World::over_rabbitmq(node.url());
    change(&world, "every = \"off\"", "every = \"1h\"");
    let secrets = "secrets = [\"${SHOP_SECRET}\"]";
    let callback = "\n[sources.shop.callback]\nurl = \"https://hooks.example.com/\"\n\
                    secret = \"whsec_Y2FsbC1iYWNrcyBhcmUgc2lnbmVkIHdpdGggdGhpcw==\"\non = [\"discarded\"]\n";
    change(&world, secrets, &format!("{secrets}{callback}{MORE}"));
    let rule = "on = \"integration.error\"";
    change(&world, rule, &format!("{rule}\nbrake = {{ over = 1, within = \"1h\" }}"));
    world.start().await;
    world
}

fn order(customer: &str) -> Value {
    json!({ "orderId": "SO-9", "customerExternalId": customer, "stage": "picking" })
}

/// A ticket, a flood, a dead letter, an event that no rule matches, a refusal, a breaker that opens.
async fn have_traffic(world: &World) {
    world.post("ticketed", "payment.failed", &payment("SO-1")).await;
    world.settled("ticketed").await;
    let mut small = payment("SO-2");
    small["amount"] = json!(1);
    world.post("unmatched", "payment.failed", &small).await;
    for id in ["flood-1", "flood-2"] {
        let error = json!({ "integration": "sync", "errorCode": "E", "message": "m" });
        world.post(id, "integration.error", &error).await;
    }
    world.post("dead", "order.stuck", &order("user_999")).await;
    world.settled("dead").await;
    let forged = world.sender.post("forged", "another", "order.stuck", &order("user_42")).await;
    assert_eq!(forged.unwrap().status().as_u16(), 401);
    for (source, content_type, body) in [
        ("woo", "application/x-www-form-urlencoded", "webhook_id=17".to_owned()),
        ("gateway", "application/json", of_no_interest().to_string()),
    ] {
        let url = format!("http://{}/hooks/{source}", world.sender.receiver);
        let request = world.sender.client.post(url).header(CONTENT_TYPE, content_type).body(body);
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }
    let refused = Fault::new(FaultKind::PlanLimit);
    world.sandbox.supportdesk().faults(FaultPlan::none().on(Operation::Create, refused));
    world.post("kept", "order.stuck", &order("user_42")).await;
}

/// Of Stripe.
fn of_no_interest() -> Value {
    json!({ "id": "evt_1", "object": "event", "type": "customer.created", "created": 1_700_000_000,
        "data": { "object": { "object": "customer", "id": "cus_1" } } })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_has_seen_all_kinds_of_trouble_shows_every_metric_of_the_table_and_no_other()
{
    let node = RabbitNode::start();
    let world = eventful(&node).await;
    have_traffic(&world).await;
    let has = |shown: &BTreeMap<String, Family>, sample: &str| {
        shown.values().any(|family| family.samples.contains(sample))
    };
    eventually("the breaker is open, and all is shown", async || {
        let shown = families(&world.metrics().await);
        shown.len() >= METRICS.len()
            && has(&shown, "deskbell_desk_breaker{desk=\"support\",state=\"open\"} 1")
            && has(&shown, "deskbell_waiting_deliveries{desk=\"support\",priority=\"medium\"} 1")
    })
    .await;
    let shown = families(&world.metrics().await);
    let known: BTreeSet<&str> = METRICS.iter().map(|metric| metric.name).collect();
    assert_eq!(shown.keys().map(String::as_str).collect::<BTreeSet<_>>(), known);
    for metric in METRICS {
        let family = &shown[metric.name];
        assert_eq!(family.help, metric.text, "{}", metric.name);
        assert_eq!(family.kind, metric.kind.as_str(), "{}", metric.name);
        let labels: BTreeSet<String> = metric.labels.iter().map(ToString::to_string).collect();
        assert_eq!(family.labels, BTreeSet::from([labels]), "{}", metric.name);
    }
    for sample in [
        "deskbell_dead_letters_total{desk=\"support\",reason=\"unknown-customer\"} 1",
        "deskbell_refused_total{source=\"shop\",reason=\"signature_wrong\"} 1",
        "deskbell_published_total{source=\"shop\",outcome=\"durable\"} 6",
        "deskbell_published_total{source=\"shop\",outcome=\"not-durable\"} 0",
        "deskbell_passed_over_total{source=\"gateway\",type=\"customer.created\"} 1",
        "deskbell_books_balanced 1",
        "deskbell_books_unaccounted_deliveries 0",
    ] {
        assert!(has(&shown, sample), "{sample} in {}", world.metrics().await);
    }
}

#[tokio::test]
async fn a_process_without_traffic_shows_what_is_documented_to_be_there_from_the_start() {
    let world = World::embedded().await;
    let rows = documented().into_iter();
    let there: BTreeSet<String> =
        rows.filter(|row| row[3] == "the start").map(|[name, ..]| name).collect();
    assert!(there.len() > 10);
    eventually("all that needs no traffic is shown", async || {
        let shown = families(&world.metrics().await);
        there.iter().all(|name| shown.contains_key(name))
    })
    .await;
}

/// In the sources: `counter!(`, perhaps a line, and the name.
#[test]
fn every_metric_that_is_written_anywhere_is_in_the_table_with_its_type() {
    let mut written = BTreeSet::new();
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = fs::read_to_string(path).unwrap();
        for kind in [Kind::Counter, Kind::Gauge, Kind::Histogram] {
            for call in text.split(&format!("metrics::{}!(", kind.as_str())).skip(1) {
                let name = call.trim_start().strip_prefix('"').and_then(|it| it.split('"').next());
                written.insert((name.unwrap().to_owned(), kind.as_str()));
            }
        }
    }
    let known = METRICS.iter().map(|metric| (metric.name.to_owned(), metric.kind.as_str()));
    assert_eq!(written, known.collect());
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let found = |path: PathBuf| if path.is_dir() { sources(&path) } else { vec![path] };
    entries.flat_map(found).filter(|path| path.extension().is_some_and(|it| it == "rs")).collect()
}
