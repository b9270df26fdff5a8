//! What the pages tell, and what their forms do.

use serde_json::json;

use super::browser::Browser;
use crate::support::world::{World, eventually, key, payment};

/// A world with a dead letter of a customer whom nobody knows.
pub(super) async fn with_a_dead_letter() -> World {
    let world = World::embedded().await;
    let mut data = payment("evt_1");
    data["customerExternalId"] = json!("nobody");
    data["note"] = json!("<b>bold</b>");
    world.post("evt_1", "payment.failed", &data).await;
    world.settled("evt_1").await;
    world
}

#[tokio::test]
async fn an_event_is_found_by_its_order_and_tells_why_it_died() {
    let world = with_a_dead_letter().await;
    let browser = Browser::of(&world, "read").await;
    let order = payment("evt_1")["orderId"].as_str().unwrap().to_owned();
    let empty = "event=&text=&type=&source=&desk=&state=&reason=&priority=&incident=&since=&until=";
    let list = browser.get(&format!("/events?member=orderId&is={order}&{empty}")).await;
    assert_eq!(list.status, 200, "{}", list.html);
    assert!(list.html.contains("/console/events/shop/evt_1"), "{}", list.html);
    let none = browser.get("/events?member=orderId&is=another").await;
    assert!(none.html.contains("No event is like that"), "{}", none.html);
    let page = browser.get("/events/shop/evt_1").await;
    for told in ["Received from shop", "unknown-customer", "ticketed", "Attempt 1"] {
        assert!(page.html.contains(told), "{told}: {}", page.html);
    }
    for told in [
        "<b>payment-failed</b> matches",
        "look at other types",
        "The requests of its ticket",
        "<pre tabindex=\"0\">POST http",
        "Bearer ***",
    ] {
        assert!(page.html.contains(told), "{told}: {}", page.html);
    }
    assert!(page.html.contains("&lt;b&gt;bold") && !page.html.contains("<b>bold"));
    // Who may only look has no buttons.
    assert!(!page.html.contains("/discard"), "{}", page.html);
}

#[tokio::test]
async fn a_field_that_cannot_be_read_is_told_on_a_page() {
    let world = World::embedded().await;
    let browser = Browser::of(&world, "read").await;
    for wrong in ["state=lost", "since=yesterday", "cursor=x", "unknown=1", "desk=a&desk=b"] {
        let shown = browser.get(&format!("/events?{wrong}")).await;
        assert_eq!(shown.status, 422, "{wrong}");
        assert!(shown.html.contains("role=\"alert\""), "{wrong}: {}", shown.html);
    }
}

#[tokio::test]
async fn a_dead_letter_is_discarded_with_a_reason_alone() {
    let world = with_a_dead_letter().await;
    let browser = Browser::of(&world, "operate").await;
    let groups = browser.get("/dead").await;
    assert!(groups.html.contains("unknown-customer"), "{}", groups.html);
    let path = format!("/deliveries/{}/discard", key("evt_1", "support"));
    assert_eq!(browser.act(&path, &[]).await.status, 422);
    let shown = browser.act(&path, &[("reason", "a test")]).await;
    assert_eq!(shown.on_to(), Some("/console/events/shop/evt_1"), "{}", shown.html);
    let page = browser.get("/events/shop/evt_1").await;
    assert!(page.html.contains("Given up by operate") && page.html.contains("a test"));
    assert!(browser.get("/dead").await.html.contains("No issue is open"));
}

#[tokio::test]
async fn a_group_of_dead_letters_is_replayed() {
    let world = with_a_dead_letter().await;
    let browser = Browser::of(&world, "operate").await;
    let group = [("desk", "support"), ("died_of", "unknown-customer")];
    for (short, status) in [(&group[..], 422), (&[("desk", "support"), ("reason", "why")], 400)] {
        assert_eq!(browser.act("/dead/replay", short).await.status, status, "{short:?}");
    }
    let shown = browser.act("/dead/replay", &[group[0], group[1], ("reason", "mended")]).await;
    assert_eq!(shown.status, 200, "{}", shown.html);
    assert!(shown.html.contains("<b>1</b> is back to work"), "{}", shown.html);
    eventually("it has died again", || async {
        browser.get("/events/shop/evt_1").await.html.contains("Attempt 2 dead")
    })
    .await;
}

#[tokio::test]
async fn a_group_of_dead_letters_that_was_seen_is_given_up_with_a_reason() {
    let world = with_a_dead_letter().await;
    let browser = Browser::of(&world, "operate").await;
    let page = browser.get("/dead").await.html;
    let (_, rest) = page.split_once(r#"name="until" value=""#).unwrap();
    let until = rest.split_once('"').unwrap().0;
    let mut later = payment("evt_2");
    later["customerExternalId"] = json!("nobody");
    world.post("evt_2", "payment.failed", &later).await;
    world.settled("evt_2").await;
    let group = [("desk", "support"), ("died_of", "unknown-customer"), ("until", until)];
    assert_eq!(browser.act("/dead/discard", &group).await.status, 422);
    let whole = [&group[1..], &[("reason", "a test shop")]].concat();
    assert_eq!(browser.act("/dead/discard", &whole).await.status, 400);
    let whole = [&group[..], &[("reason", "a test shop")]].concat();
    let shown = browser.act("/dead/discard", &whole).await;
    assert!(shown.html.contains("<b>1</b> is given up"), "{}", shown.html);
    let page = browser.get("/events/shop/evt_1").await.html;
    assert!(page.contains("Given up by operate") && page.contains("a test shop"), "{page}");
    // What died since the page was shown is still there.
    let left = browser.get("/dead/letters").await.html;
    assert!(left.contains("evt_2") && !left.contains("shop/evt_1"), "{left}");
}

#[tokio::test]
async fn an_issue_is_acknowledged_and_ignored() {
    let world = with_a_dead_letter().await;
    let browser = Browser::of(&world, "operate").await;
    assert!(browser.get("").await.html.contains("Open issues"));
    let path = "/dead/issues/support/unknown-customer";
    assert_eq!(browser.act(path, &[("status", "ignored")]).await.status, 422);
    for (status, why) in [("acknowledged", ""), ("ignored", "a test shop")] {
        let shown = browser.act(path, &[("status", status), ("reason", why)]).await;
        assert_eq!(shown.on_to(), Some("/console/dead"), "{}", shown.html);
    }
    let page = browser.get("/dead").await;
    assert!(page.html.contains("Ignored by operate") && page.html.contains("a test shop"));
    assert!(page.html.contains("No issue is open"), "{}", page.html);
    assert!(browser.get("").await.html.contains("1 more"));
}

#[tokio::test]
async fn a_desk_is_paused_and_resumed() {
    let world = World::embedded().await;
    let browser = Browser::of(&world, "operate").await;
    assert_eq!(browser.act("/desks/crm/pause", &[]).await.status, 422);
    let shown = browser.act("/desks/crm/pause", &[("reason", "HubSpot maintenance")]).await;
    assert_eq!(shown.on_to(), Some("/console/desks"));
    for path in ["/desks", ""] {
        let page = browser.get(path).await;
        assert!(page.html.contains("HubSpot maintenance"), "{path}: {}", page.html);
    }
    browser.act("/desks/crm/resume", &[]).await;
    assert!(!browser.get("/desks").await.html.contains("HubSpot maintenance"));
}

#[tokio::test]
async fn the_overview_tells_figures_and_where_to_look() {
    let world = with_a_dead_letter().await;
    let browser = Browser::of(&world, "read").await;
    let page = browser.get("").await.html;
    for told in [
        "The books balance",
        "in the last minute",
        "1 event in the last hour",
        "1 ticket in the last hour",
        "p50",
        "of 1 ticketed in the last hour",
        "Nothing waits.",
        "with 1 dead letter<",
        "No backlog.",
        "breaker closed",
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
}

#[tokio::test]
async fn a_backlog_links_to_its_oldest_event() {
    let world = World::embedded().await;
    let browser = Browser::of(&world, "operate").await;
    browser.act("/desks/crm/pause", &[("reason", "a test")]).await;
    eventually("the worker knows", || async {
        world.metrics().await.contains(r#"deskbell_desk_paused{desk="crm"} 1"#)
    })
    .await;
    world.post("evt_1", "payment.failed", &payment("evt_1")).await;
    eventually("it waits", || async {
        let page = browser.get("").await.html;
        page.contains("/console/events/shop/evt_1") && page.contains("Nothing passes now.")
    })
    .await;
}
