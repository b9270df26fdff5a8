//! Nothing secret leaks: no log line of any level, no metric, no problem document and no exit shows a
//! secret, or anything of an event but its type and id, whatever happens to it.
//!
//! Every secret and every text of an event here is a canary, and everything that the process says is
//! searched for all of them.

mod echo;
mod other_desks;
mod redacted;
mod refusals;

use std::{sync::Arc, time::Duration};

use deskbell::sandbox::{
    AnswerBody, Fault, FaultKind, FaultPlan, HUBSPOT_TOKEN, KF5_TOKEN, Operation, SUPPORTDESK_KEY,
    THULIUM_PASSWORD,
};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use self::echo::Echo;
use crate::{
    support::{
        rabbit::RabbitNode,
        visitor::Visitor,
        world::{World, eventually, key, state},
    },
    trial::upstream::SECRET,
};

/// The password that the process has for its broker.
const BROKER_PASSWORD: &str = "canary-of-the-broker";

/// All that must be nowhere: `canary` plain, in hex, as a list of bytes and in base64; the secrets;
/// an amount; how signatures begin.
const CANARIES: [&str; 11] = [
    "canary",
    "63616e617279",
    "99, 97, 110, 97, 114, 121",
    "y2fuyxj5",
    "01234567890123456789",
    HUBSPOT_TOKEN,
    SUPPORTDESK_KEY,
    KF5_TOKEN,
    THULIUM_PASSWORD,
    "86421.97",
    "v1,",
];

/// What the process said, with where it said it.
#[derive(Default)]
struct Said(Vec<(String, String)>);

impl Said {
    fn note(&mut self, place: &str, words: impl Into<String>) {
        self.0.push((place.to_owned(), words.into()));
    }

    /// Runs a command; what it prints for operators may quote an event, what it logs may not.
    fn cli(&mut self, world: &World, arguments: &[&str]) {
        let output = world.cli(arguments);
        self.note(&arguments.join(" "), String::from_utf8(output.stderr).unwrap());
    }

    /// Everything that a stopped process has left behind, and what was noted.
    #[track_caller]
    fn must_hold_no_canary(mut self, world: &World) {
        let log = world.log();
        // The level is in force: what only a debug line tells is there.
        assert!(log.contains("Called desk `crm`"), "{log}");
        self.note("log", log);
        self.note("output", std::fs::read_to_string(world.path("output")).unwrap());
        let secret = SECRET.trim_start_matches("whsec_").trim_end_matches('=').to_lowercase();
        for (place, words) in self.0 {
            let words = words.to_lowercase();
            for canary in CANARIES.into_iter().chain([&*secret]) {
                if let Some(at) = words.find(canary) {
                    let around = words.get(at.saturating_sub(300)..).unwrap_or(&words);
                    let around: String = around.chars().take(500).collect();
                    panic!("`{canary}` is in {place}: … {around} …");
                }
            }
        }
    }
}

fn payment() -> Value {
    json!({
        "orderId": "canary-order",
        "customerExternalId": "user_42",
        "errorCode": "canary_declined",
        "amount": serde_json::from_str::<Value>("86421.97").unwrap(),
        "customer": { "email": "canary@example.org", "name": "Canary Name", "phone": "+49 canary" },
    })
}

fn order(customer: &str) -> Value {
    json!({ "orderId": "canary-order", "customerExternalId": customer, "stage": "canary-stage" })
}

fn integration() -> Value {
    json!({ "integration": "canary-erp", "errorCode": "canary-code", "message": "canary@example.org" })
}

async fn succeeds(world: &World, id: &str) {
    world.post(id, "payment.failed", &payment()).await;
    let deliveries = world.settled(id).await;
    assert!(deliveries.iter().all(|delivery| state(delivery) == "ticketed"), "{deliveries:?}");
    // Another body under the same id.
    let mut other = payment();
    other["orderId"] = json!("canary-of-another-order");
    world.post(id, "payment.failed", &other).await;
}

/// The ways in which a desk can fail.
fn faults() -> Vec<Fault> {
    let throttled =
        FaultKind::Answer { status: 429, body: AnswerBody::Vendor, retry_after: Some(1) };
    let broken = [AnswerBody::Html, AnswerBody::Garbage, AnswerBody::Huge, AnswerBody::Cut];
    let mut faults = vec![
        Fault::answer(423),
        Fault::answer(401),
        Fault::answer(500).after_creating(),
        Fault::new(throttled),
        Fault::new(FaultKind::Disconnect).after_creating(),
        Fault::new(FaultKind::Silence(Duration::from_mins(1))).after_creating(),
    ];
    faults.extend(broken.map(|body| Fault::answer_with(502, body)));
    faults
}

/// One event for each way in which HubSpot can fail.
async fn meets_every_fault(world: &World) {
    let faults = faults();
    let ids: Vec<String> = (0..faults.len()).map(|number| format!("evt_fault_{number}")).collect();
    for (id, fault) in ids.iter().zip(faults) {
        world.sandbox.hubspot().faults(FaultPlan::none().on(Operation::Create, fault));
        world.post(id, "integration.error", &integration()).await;
        eventually("the fault strikes", || {
            let standing = world.sandbox.hubspot().fault_standing();
            std::future::ready(standing[&Operation::Create][0].struck == 1)
        })
        .await;
    }
    for id in ids {
        let [delivery] = &world.settled(&id).await[..] else { panic!() };
        assert_eq!(state(delivery), "ticketed", "{delivery}");
    }
}

/// A dead letter, replayed in vain and discarded; a doubt, settled by an operator.
async fn needs_an_operator(world: &World, said: &mut Said) {
    world.post("evt_dead", "order.stuck", &order("canary-customer")).await;
    world.settled("evt_dead").await;
    let dead = key("evt_dead", "support");
    said.cli(world, &["dead", "replay", &dead]);
    world.until("evt_dead", |delivery| state(delivery) == "dead").await;
    said.cli(world, &["dead", "show", &dead]);
    said.cli(world, &["dead", "discard", &dead, "--why", "a canary"]);

    let fault = Fault::new(FaultKind::Disconnect).after_creating();
    world.sandbox.supportdesk().faults(FaultPlan::none().on(Operation::Create, fault));
    world.post("evt_doubt", "order.stuck", &order("user_42")).await;
    world.until("evt_doubt", |delivery| state(delivery) == "uncertain").await;
    said.cli(world, &["dead", "settle", &key("evt_doubt", "support"), "--absent"]);
    world.until("evt_doubt", |delivery| state(delivery) == "ticketed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_leaks_through_refusals_faults_and_operators() {
    let mut world = World::embedded_with("DESKBELL_LOG", "trace").await;
    let mut said = Said::default();
    succeeds(&world, "evt_1").await;
    for (name, answer) in refusals::provoke(&world.sender).await {
        said.note(name, answer);
    }
    meets_every_fault(&world).await;
    needs_an_operator(&world, &mut said).await;
    said.note("metrics", world.metrics().await);
    assert_eq!(world.stop(), Some(0));
    said.must_hold_no_canary(&world);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_leaks_where_a_desk_sends_back_what_it_was_sent() {
    let mut world = World::embedded_with("DESKBELL_LOG", "trace").await;
    let mut said = Said::default();
    let desks = [Echo::start().await, Echo::start().await];
    let kept = world.sandbox.hubspot().base_url().unwrap();
    assert_eq!(world.stop(), Some(0));
    world.set("HUBSPOT_URL", &desks[0].url());
    world.set("SUPPORTDESK_URL", &desks[1].url());
    world.start().await;
    for number in 0.. {
        if desks.iter().all(Echo::has_given_every_answer) {
            break;
        }
        assert!(number < 1_000, "the desks are asked too seldom");
        world.post(&format!("evt_{number}"), "payment.failed", &payment()).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    said.note("metrics", world.metrics().await);
    assert_eq!(world.stop(), Some(0));

    world.set("HUBSPOT_URL", &kept);
    world.start().await;
    said.cli(&world, &["dead", "replay", "--desk", "crm", "--detach"]);
    eventually("what was dead is delivered", || {
        std::future::ready(world.json(&["dead", "list", "--desk", "crm"]) == json!([]))
    })
    .await;
    assert_eq!(world.stop(), Some(0));
    said.must_hold_no_canary(&world);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_leaks_over_rabbitmq() {
    let node = Arc::new(spawn_blocking(RabbitNode::start).await.unwrap());
    node.ctl(&["add_user", "deskbell", BROKER_PASSWORD]);
    node.ctl(&["set_permissions", "deskbell", ".*", ".*", ".*"]);
    let url = |password: &str| node.url().replace("guest:guest", &format!("deskbell:{password}"));
    let mut said = Said::default();
    let mut world = World::over_rabbitmq(&url("canary-of-another-broker"));
    world.set("DESKBELL_LOG", "trace");
    world.spawn();
    world.wait_until_alive().await;
    let refused = world.sender.post_raw("evt_0", "payment.failed", &payment()).await.unwrap();
    assert_eq!(refused.status().as_u16(), 503);
    said.note("the answer without a broker", refused.text().await.unwrap());
    assert_eq!(world.stop(), Some(0));

    world.set("DESKBELL_AMQP_URL", &url(BROKER_PASSWORD));
    world.start().await;
    succeeds(&world, "evt_1").await;
    for (name, answer) in refusals::provoke(&world.sender).await {
        said.note(name, answer);
    }
    // What is no event of Deskbell's is buried.
    let visitor = Visitor::at(node.url()).await;
    for body in [&b"canary"[..], br#"{"specversion":"1.0","id":"1","data":"canary"}"#] {
        visitor.publish_body("deskbell.desks", "desk.crm.high", "poison", body).await;
    }
    eventually("the poison is buried", || {
        std::future::ready(world.log().matches("Buried a message").count() == 2)
    })
    .await;
    let restarted = node.clone();
    spawn_blocking(move || restarted.restart()).await.unwrap();
    world.sender.post_until_accepted("evt_2", "payment.failed", &payment()).await;
    world.settled("evt_2").await;
    said.note("metrics", world.metrics().await);
    assert_eq!(world.stop(), Some(0));
    said.must_hold_no_canary(&world);
}

#[tokio::test]
async fn nothing_secret_leaks_from_a_start_that_fails() {
    let mut world = World::over_rabbitmq("amqp://deskbell:canary@127.0.0.1:canary/");
    world.set("DESKBELL_LOG", "trace");
    let output = world.cli(&["run"]);
    assert_eq!(output.status.code(), Some(2));
    world.set("DESKBELL_AMQP_URL", "http://deskbell:canary@127.0.0.1/");
    world.set("SHOP_SECRET", "canary");
    let faulty = world.cli(&["run"]);
    assert_eq!(faulty.status.code(), Some(2));
    let printed = [output.stdout, output.stderr, faulty.stdout, faulty.stderr].concat();
    let printed = String::from_utf8(printed).unwrap();
    assert!(printed.contains("DESKBELL_AMQP_URL") && !printed.contains("canary"), "{printed}");
}
