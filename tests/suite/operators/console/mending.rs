//! Editing a dead letter's event, and replaying many.

use serde_json::json;

use super::{browser::Browser, pages::with_a_dead_letter};
use crate::support::world::{World, eventually, key, payment};

/// The payload of the form, with another customer.
fn mended(customer: &str) -> String {
    let mut data = payment("evt_1");
    data["customerExternalId"] = json!(customer);
    data["note"] = json!("<b>bold</b>");
    data.to_string()
}

#[tokio::test]
async fn an_event_is_edited_only_as_it_would_be_accepted_and_with_a_reason() {
    let world = with_a_dead_letter().await;
    let browser = Browser::of(&world, "operate").await;
    let path = format!("/deliveries/{}/edit", key("evt_1", "support"));
    let form = browser.get(&path).await;
    assert!(form.html.contains("nobody") && form.html.contains("unknown-customer"));
    let act = async |data: &str, seen: &str, act: &str, reason: &str| {
        let fields = [
            ("data", data),
            ("seen", seen),
            ("act", act),
            ("reason", reason),
            ("replay", "as-routed"),
        ];
        browser.act(&path, &fields).await
    };
    let known = mended("user_42");
    for (data, reason, told) in [
        ("{", "why", "data</code>"),
        ("{}", "why", "is required"),
        (mended("nobody").as_str(), "why", "nothing would be another"),
        (known.as_str(), "", "is missing"),
    ] {
        let shown = act(data, "0", "edit", reason).await;
        assert!(shown.html.contains("Nothing was changed") && shown.html.contains(told), "{told}");
        // What was written is not lost.
        assert!(shown.html.contains("</textarea>") && shown.status == 200, "{told}");
    }
    let look = act(&known, "0", "look", "").await;
    for told in ["What changes", "customerExternalId</code>", "nobody", "user_42"] {
        assert!(look.html.contains(told), "{told}: {}", look.html);
    }
    let done = act(&known, "0", "edit", "the shop had a test customer").await;
    assert_eq!(done.on_to(), Some("/console/events/shop/evt_1"), "{}", done.html);
    eventually("it is ticketed", || async {
        browser.get("/events/shop/evt_1").await.html.contains("Attempt 2 ticketed")
    })
    .await;
    let page = browser.get("/events/shop/evt_1").await;
    assert!(page.html.contains("Edited (1)") && page.html.contains("a test customer"));
    assert_eq!(act(&known, "0", "edit", "again").await.status, 409);
}

#[tokio::test]
async fn a_replay_is_planned_begun_and_followed() {
    let world = World::embedded().await;
    for id in ["evt_1", "evt_2", "evt_3"] {
        let mut data = payment(id);
        data["customerExternalId"] = json!("nobody");
        world.post(id, "payment.failed", &data).await;
        world.settled(id).await;
    }
    let browser = Browser::of(&world, "operate").await;
    let letters = browser.get("/dead/letters?reason=unknown-customer&desk=").await;
    let plan = "/replays/plan?reason=unknown-customer";
    assert!(letters.html.contains(&format!("/console{plan}")), "{}", letters.html);
    let page = browser.get(plan).await;
    assert!(page.html.contains(">Replay 3<"), "{}", page.html);
    let (_, rest) = page.html.split_once(r#"name="filter" value=""#).unwrap();
    let filter = rest.split_once('"').unwrap().0.replace("&quot;", "\"");
    let fields = |name, rate| {
        [("filter", filter.as_str()), ("name", name), ("rate", rate), ("reason", "they are known")]
    };
    for (name, rate) in [("Not a name", ""), ("monday", "0"), ("monday", "fast")] {
        assert_eq!(browser.act("/replays", &fields(name, rate)).await.status, 422, "{name} {rate}");
    }
    let begun = browser.act("/replays", &fields("monday", "")).await;
    assert_eq!(begun.on_to(), Some("/console/replays/monday"), "{}", begun.html);
    eventually("all are put back, and dead again", || async {
        let page = browser.get("/replays/monday").await.html;
        page.contains("<b>3</b> of 3 put back") && page.contains("3 dead again")
    })
    .await;
    assert!(browser.get("/replays").await.html.contains("they are known"));
    assert_eq!(browser.act("/replays/monday/stop", &[]).await.status, 404);
    assert_eq!(browser.act("/replays/tuesday/pause", &[]).await.status, 404);
}
