//! Deliveries of which nobody knows whether the desk has their ticket.

use deskbell::sandbox::{Fault, FaultKind, FaultPlan, Operation};
use serde_json::json;

use super::browser::Browser;
use crate::support::world::{World, key, state};

/// Has the answer of the next ticket at `support` lost, so that this event is in doubt there.
pub(super) async fn in_doubt(world: &World, id: &str) {
    let fault = Fault::new(FaultKind::Disconnect).after_creating().times(1);
    world.sandbox.supportdesk().faults(FaultPlan::none().on(Operation::Create, fault));
    let data = json!({ "orderId": format!("SO-{id}"), "customerExternalId": "user_42", "stage": "packing" });
    world.post(id, "order.stuck", &data).await;
    let settled = world.settled(id).await;
    assert_eq!(state(&settled[0]), "uncertain", "{settled:?}");
}

#[tokio::test]
async fn a_doubt_is_settled_with_the_ticket_that_was_seen_or_tried_again_or_given_up() {
    let world = World::embedded().await;
    for id in ["evt_1", "evt_2", "evt_3"] {
        in_doubt(&world, id).await;
    }
    let browser = Browser::of(&world, "operate").await;
    assert!(browser.get("").await.html.contains(">3 in doubt</a>"));
    let list = browser.get("/dead/doubts?limit=2").await;
    assert!(list.html.contains("evt_3") && !list.html.contains("shop/evt_1"), "{}", list.html);
    assert!(list.html.contains("/console/dead/doubts?cursor="), "{}", list.html);
    let path = |id: &str, act: &str| format!("/deliveries/{}/{act}", key(id, "support"));

    let seen = ("seen", "ticket");
    for (fields, status) in [
        (&[seen][..], 422),
        (&[seen, ("ticket", " ")], 422),
        (&[("ticket", "T-4711")], 400),
        (&[("seen", "absent"), ("ticket", "T-4711")], 400),
    ] {
        assert_eq!(
            browser.act(&path("evt_1", "settle"), fields).await.status,
            status,
            "{fields:?}"
        );
    }
    let fields = [seen, ("ticket", " T-4711 "), ("reason", "it is there")];
    for _ in 0..2 {
        let settled = browser.act(&path("evt_1", "settle"), &fields).await;
        assert_eq!(settled.on_to(), Some("/console/events/shop/evt_1"), "{}", settled.html);
    }
    assert!(browser.get("/events/shop/evt_1").await.html.contains("T-4711"));

    let absent = browser.act(&path("evt_2", "settle"), &[("seen", "absent")]).await;
    assert_eq!(absent.status, 303, "{}", absent.html);
    world.until("evt_2", |delivery| state(delivery) == "ticketed").await;
    assert_eq!(browser.act(&path("evt_3", "discard"), &[("reason", "a test")]).await.status, 303);

    assert!(browser.get("/dead/doubts").await.html.contains("There is none."));
    assert!(!browser.get("").await.html.contains("in doubt"));
    assert_eq!(browser.act(&path("evt_3", "settle"), &fields).await.status, 409);
    let log = world.json(&["audit", "list"]);
    let settled = log.as_array().unwrap().iter().find(|it| it["why"] == "it is there").unwrap();
    assert_eq!((&settled["act"], &settled["via"]), (&json!("delivery.settle"), &json!("console")));
}

#[tokio::test]
async fn who_may_only_look_settles_no_doubt() {
    let world = World::embedded().await;
    in_doubt(&world, "evt_1").await;
    let browser = Browser::of(&world, "read").await;
    for page in ["/dead/doubts", "/events/shop/evt_1"] {
        let page = browser.get(page).await.html;
        assert!(page.contains("evt_1") && !page.contains("/settle"), "{page}");
    }
}
