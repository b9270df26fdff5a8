//! What is done by the API.

use deskbell::{
    clock::{Clock as _, SystemClock},
    sandbox::{Fault, FaultKind, FaultPlan, Operation},
};
use serde_json::{Value, json};

use super::calling::Operator;
use crate::support::world::{World, eventually, key, payment, state};

/// A world with two dead letters of a customer whom nobody knows.
async fn with_dead_letters() -> World {
    let world = World::embedded().await;
    for id in ["evt_1", "evt_2"] {
        let mut data = payment(id);
        data["customerExternalId"] = json!("nobody");
        world.post(id, "payment.failed", &data).await;
        world.settled(id).await;
    }
    world
}

fn why(words: &str) -> Value {
    json!({ "reason": words })
}

async fn acts(operator: &Operator<'_>) -> Vec<Value> {
    let log = operator.get("/audit").await.good();
    let entries = log["items"].as_array().unwrap().iter();
    let of_api = entries.filter(|entry| entry["via"] == "token");
    of_api.map(|it| json!([it["act"], it["subject"], it["who"], it["why"]])).collect()
}

#[tokio::test]
async fn a_dead_letter_is_replayed_and_discarded_once() {
    let world = with_dead_letters().await;
    let operator = Operator::of(&world, "admin");
    let (first, second) = (key("evt_1", "support"), key("evt_2", "support"));
    // Nothing takes it up, so that it stays as it is.
    operator.post("/desks/support/pause", why("look")).await.good();
    eventually("the pause is noticed", || async {
        world.metrics().await.contains(r#"deskbell_desk_paused{desk="support"} 1"#)
    })
    .await;
    for _ in 0..2 {
        let path = format!("/deliveries/{first}/replay");
        let replayed = operator.post(&path, why("mended")).await.good();
        assert_eq!(state(&replayed), "queued");
        let path = format!("/deliveries/{second}/discard");
        let discarded = operator.post(&path, why("a test")).await.good();
        assert_eq!(
            (state(&discarded), &discarded["discarded_why"]),
            ("discarded", &json!("a test"))
        );
    }
    let refused = operator.post(&format!("/deliveries/{second}/replay"), json!({})).await;
    let crm =
        operator.post(&format!("/deliveries/{}/replay", key("evt_1", "crm")), json!({})).await;
    assert_eq!(crm.problem(), (409, "wrong-state"));
    assert!(crm.body["detail"].as_str().unwrap().contains("ticketed"), "{crm:?}");
    assert_eq!(refused.problem(), (409, "wrong-state"));
    assert_eq!(
        acts(&operator).await,
        [
            json!(["delivery.discard", second, "admin", "a test"]),
            json!(["delivery.replay", first, "admin", "mended"]),
            json!(["desk.pause", "support", "admin", "look"]),
        ]
    );
}

#[tokio::test]
async fn several_dead_letters_are_replayed_by_a_filter() {
    let world = with_dead_letters().await;
    let operator = Operator::of(&world, "operate");
    let path = "/dead-letters/replay";
    for wrong in [
        json!({ "reason": "why" }),
        json!({ "reason": "why", "all": true, "desk": "support" }),
        json!({ "reason": "why", "desk": "support", "limit": 501 }),
        json!({ "desk": "support" }),
        json!({ "reason": "why", "data": { "orderId": "1" } }),
    ] {
        let reply = operator.post(path, wrong.clone()).await;
        assert_eq!(reply.problem(), (422, "bad-parameter"), "{wrong}");
    }
    let one = json!({ "reason": "why", "data": { "data.orderId": "evt_1" }, "limit": 1 });
    let replayed = operator.post(path, one).await.good();
    assert_eq!(replayed["replayed"], json!([key("evt_1", "support")]));
    let none = json!({ "reason": "why", "died_of": "poison" });
    assert_eq!(operator.post(path, none).await.good()["replayed"], json!([]));
}

#[tokio::test]
async fn several_dead_letters_are_given_up_by_a_filter_so_many_at_a_time() {
    let world = with_dead_letters().await;
    let operator = Operator::of(&world, "admin");
    let path = "/dead-letters/discard";
    let unbounded = operator.post(path, json!({ "reason": "why" })).await;
    assert_eq!(unbounded.problem(), (422, "bad-parameter"));
    let early = json!({ "reason": "why", "desk": "support", "until": "2001-01-01T00:00:00Z" });
    assert_eq!(operator.post(path, early).await.good()["discarded"], json!([]));
    let body = json!({ "reason": "a test shop", "died_of": "unknown-customer", "limit": 1 });
    for (id, more) in [("evt_2", true), ("evt_1", false)] {
        let outcome = operator.post(path, body.clone()).await.good();
        assert_eq!(outcome["discarded"], json!([key(id, "support")]));
        assert_eq!(outcome["more"], more);
    }
    let none = operator.post(path, body).await.good();
    assert_eq!((&none["discarded"], &none["more"]), (&json!([]), &json!(false)));
    let first = json!(["delivery.discard", key("evt_1", "support"), "admin", "a test shop"]);
    assert_eq!(acts(&operator).await[0], first);
}

#[tokio::test]
async fn a_desk_is_paused_and_resumed_and_tells_by_whom() {
    let world = World::embedded().await;
    let operator = Operator::of(&world, "operate");
    for _ in 0..2 {
        let paused = operator.post("/desks/crm/pause", why("they migrate")).await.good();
        assert_eq!(paused["paused"]["who"], "operate");
        assert_eq!(paused["paused"]["why"], "they migrate");
    }
    for _ in 0..2 {
        let resumed = operator.post("/desks/crm/resume", json!({})).await.good();
        assert_eq!(resumed["paused"], Value::Null);
    }
    let admin = Operator::of(&world, "admin");
    assert_eq!(
        acts(&admin).await,
        [
            json!(["desk.resume", "crm", "operate", null]),
            json!(["desk.pause", "crm", "operate", "they migrate"]),
        ]
    );
    assert_eq!(operator.post("/books/forget-gaps", why("seen")).await.good()["forgotten"], 0);
}

#[tokio::test]
async fn a_doubt_is_settled_with_the_ticket_that_was_seen() {
    let world = World::embedded().await;
    let fault = Fault::new(FaultKind::Disconnect).after_creating().times(1);
    world.sandbox.supportdesk().faults(FaultPlan::none().on(Operation::Create, fault));
    world.post("evt_1", "order.stuck", &stuck()).await;
    let settled = world.settled("evt_1").await;
    assert_eq!(state(&settled[0]), "uncertain", "{settled:?}");
    let operator = Operator::of(&world, "operate");
    let path = format!("/deliveries/{}/settle", key("evt_1", "support"));
    let missing = operator.post(&path, json!({})).await;
    assert_eq!(missing.body["parameter"], "ticket");
    for _ in 0..2 {
        let known = operator.post(&path, json!({ "ticket": "T-4711" })).await.good();
        assert_eq!((state(&known), &known["ticket"]["id"]), ("ticketed", &json!("T-4711")));
    }
    let other = operator.post(&path, json!({ "ticket": null })).await;
    assert_eq!(other.problem(), (409, "wrong-state"));
}

fn stuck() -> Value {
    json!({ "orderId": "SO-1", "customerExternalId": "user_42", "stage": "packing" })
}

#[tokio::test]
async fn a_token_is_made_and_revoked_by_the_api() {
    let world = World::embedded().await;
    let admin = Operator::of(&world, "admin");
    let wanted = json!({ "name": "ci", "scope": "read", "expires_at": "2100-01-01T00:00:00Z" });
    let made = admin.post("/tokens", wanted.clone()).await.good();
    assert_eq!(admin.post("/tokens", wanted).await.problem(), (409, "wrong-state"));
    let token = made["token"].as_str().unwrap().to_owned();
    let ci = Operator { world: &world, token };
    ci.get("/books").await.good();
    assert_eq!(ci.get("/tokens").await.problem(), (403, "missing-scope"));
    let first = admin.get("/tokens?limit=1").await.good();
    let next = first["next"].as_str().unwrap();
    let second = admin.get(&format!("/tokens?limit=1&cursor={next}")).await.good();
    let names = [&first["items"][0]["name"], &second["items"][0]["name"], &second["next"]];
    assert_eq!(json!(names), json!(["ci", "admin", null]));
    let path = format!("/tokens/{}/revoke", made["record"]["id"]);
    for _ in 0..2 {
        assert!(admin.post(&path, json!({})).await.good()["revoked_at"].is_string());
    }
    assert_eq!(ci.get("/books").await.problem(), (401, "bad-token"));
    for (wrong, parameter) in [
        (json!({ "name": "A", "scope": "read" }), "name"),
        (json!({ "name": "a", "scope": "root" }), "scope"),
        (json!({ "name": "a", "scope": "read", "expires_at": "soon" }), "expires_at"),
    ] {
        assert_eq!(admin.post("/tokens", wrong).await.body["parameter"], parameter);
    }
}

#[tokio::test]
async fn a_silence_is_made_ended_and_released_by_the_api() {
    let world = World::embedded().await;
    let operator = Operator::of(&world, "operate");
    let until = "2999-01-01T00:00:00Z";
    for (body, parameter) in [
        (json!({ "until": until, "types": ["*"] }), "reason"),
        (json!({ "reason": "look", "types": ["*"] }), "until"),
        (json!({ "reason": "look", "until": until, "types": ["*"] }), "until"),
        (json!({ "reason": "look", "until": until, "types": ["x*"] }), "types"),
        (json!({ "reason": "look", "until": until, "when": "data.amount >" }), "when"),
    ] {
        let refused = operator.post("/silences", body).await;
        assert_eq!(refused.problem(), (422, "bad-parameter"), "{refused:?}");
        assert_eq!(refused.body["parameter"], parameter);
    }
    let until = (SystemClock.now() + std::time::Duration::from_hours(1)).to_string();
    let wanted =
        json!({ "reason": "look", "until": until, "types": ["payment.*"], "desks": ["crm"] });
    let made = operator.post("/silences", wanted).await.good();
    assert_eq!((&made["state"], &made["who"]), (&json!("holds"), &json!("operate")));
    eventually("the silence is known", || async {
        world.metrics().await.contains("deskbell_silences 1")
    })
    .await;
    world.post("evt_1", "payment.failed", &payment("evt_1")).await;
    world.settled("evt_1").await;
    let silenced = operator.get("/deliveries?silence=1").await.good();
    let [delivery] = &silenced["items"].as_array().unwrap()[..] else { panic!("{silenced}") };
    assert_eq!((state(delivery), &delivery["silence"]), ("suppressed", &json!(1)));
    assert_eq!(operator.get("/silences/1").await.good()["suppressed"], 1);
    let path = format!("/deliveries/{}/release", key("evt_1", "support"));
    assert_eq!(operator.post(&path, json!({})).await.problem(), (409, "wrong-state"));
    assert_eq!(operator.post("/silences/1/end", json!({})).await.good()["state"], "over");
    let released = operator.post("/silences/1/release", why("they are through")).await.good();
    assert_eq!(released["releasing"], true);
    world.until("evt_1", |delivery| state(delivery) == "ticketed").await;
    let all = operator.get("/silences").await.good();
    assert_eq!((&all["items"][0]["released"], &all["next"]), (&json!(1), &Value::Null));
    assert_eq!(operator.get("/silences/9").await.problem(), (404, "not-found"));
}

#[tokio::test]
async fn call_backs_are_sent_again_by_their_ids_or_their_source() {
    let world = World::embedded().await;
    let operator = Operator::of(&world, "operate");
    for wrong in [
        json!({}),
        json!({ "ids": [] }),
        json!({ "ids": ["one"], "source": "shop" }),
        json!({ "source": "No source" }),
        json!({ "ids": ["one"], "reason": " " }),
    ] {
        let reply = operator.post("/callbacks/resend", wrong.clone()).await;
        assert_eq!(reply.problem(), (422, "bad-parameter"), "{wrong}");
    }
    let known = operator.post("/callbacks/resend", json!({ "ids": ["none"] })).await.good();
    assert_eq!(known, json!({ "resent": [], "under_way": [], "unknown": ["none"] }));
    let all = operator.post("/callbacks/resend", json!({ "source": "shop" })).await.good();
    assert_eq!(all["resent"], json!([]));
    let list = operator.get("/callbacks?limit=1").await.good();
    assert_eq!(list, json!({ "items": [], "next": null }));
}
