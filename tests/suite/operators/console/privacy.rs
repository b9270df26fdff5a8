//! How long persons' data is kept, and customers that are erased.

use std::fs;

use serde_json::json;

use super::{
    super::erasing::{CANARY, is_anywhere, with_a_customer},
    browser::Browser,
};
use crate::support::world::{World, eventually, of_desk, payment, state};

const PLAN: &str = "/privacy/plan";

const ERASE: &str = "/privacy/erase";

/// The customer's id, as `with_a_customer` has it.
const CUSTOMER: &str = "nobody";

#[tokio::test]
async fn a_customer_is_erased_after_a_plan_with_a_reason_and_a_confirmation() {
    let world = with_a_customer().await;
    let browser = Browser::of(&world, "admin").await;
    assert!(browser.get("/privacy").await.html.contains("No customer was erased."));
    let customer = ("customer", CUSTOMER);
    let plan = browser.act(PLAN, &[("customer", " nobody ")]).await;
    assert_eq!(plan.status, 200, "{}", plan.html);
    for told in ["<code>nobody</code>", "<td>events</td><td class=\"number\">1</td>"] {
        assert!(plan.html.contains(told), "{told}: {}", plan.html);
    }
    assert!(plan.html.contains("Tickets that only their desks can erase"), "{}", plan.html);
    for (fields, status, place) in [
        (&[customer][..], 422, r#"id="reason-wrong""#),
        (&[customer, ("reason", "they asked")], 422, r#"id="sure-wrong""#),
        (&[customer, ("sure", "yes")], 422, r#"id="reason-wrong""#),
        (&[("sure", "yes"), ("reason", "they asked")], 422, r#"id="customer-wrong""#),
        (&[customer, ("sure", "maybe"), ("reason", "they asked")], 400, "cannot be read"),
        (&[customer, ("sure", "yes"), ("reason", "why"), ("dry_run", "yes")], 400, ""),
    ] {
        let shown = browser.act(ERASE, fields).await;
        assert_eq!(shown.status, status, "{fields:?}: {}", shown.html);
        assert!(shown.html.contains(place), "{fields:?}: {}", shown.html);
    }
    assert!(is_anywhere(&world, CANARY));
    assert_eq!(world.json(&["audit", "list", "--act", "customer.erase"]), json!([]));

    let foreseen = world.json(&["erase", "--customer", CUSTOMER, "--dry-run"]);
    let sure = [customer, ("reason", "they <b>asked</b>"), ("sure", "yes")];
    let done = browser.act(ERASE, &sure).await;
    assert_eq!(done.status, 200, "{}", done.html);
    assert!(done.html.contains("is gone"), "{}", done.html);
    for (what, count) in [
        ("events", &foreseen["erasure"]["events"]),
        ("deliveries, dead letters among them", &foreseen["erasure"]["deliveries"]),
        ("attempts", &foreseen["erasure"]["attempts"]),
        ("entries", &foreseen["journal"]["erased"]),
    ] {
        let row = format!("<td>{what}</td><td class=\"number\">{count}</td>");
        assert!(*count != json!(0) && done.html.contains(&row), "{row}: {}", done.html);
    }
    assert!(!is_anywhere(&world, CANARY), "the payload is still in a file");
    assert!(!done.html.contains("nobody"), "{}", done.html);

    let log = world.json(&["audit", "list", "--act", "customer.erase"]);
    assert_eq!((&log[0]["who"], &log[0]["via"]), (&json!("admin"), &json!("console")));
    let page = browser.get("/privacy").await.html;
    for told in [log[0]["subject"].as_str().unwrap(), "they &lt;b&gt;asked", "1 events"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(!page.contains("nobody"), "{page}");
    let again = browser.act(ERASE, &sure).await;
    assert_eq!(again.status, 200, "{}", again.html);
    assert!(again.html.contains("<td>events</td><td class=\"number\">0</td>"), "{}", again.html);
}

#[tokio::test]
async fn a_customer_is_looked_for_in_other_members_where_that_is_said() {
    let world = with_a_customer().await;
    let browser = Browser::of(&world, "admin").await;
    let one = "<td>events</td><td class=\"number\">1</td>";
    let plan = async |customer, paths| {
        browser.act(PLAN, &[("customer", customer), ("paths", paths)]).await
    };
    assert!(plan("SO-4711", "data.orderId, data.no").await.html.contains(one));
    assert!(plan("SO-4711", "").await.html.contains("There is nothing to erase"));
    let wrong = plan("SO-4711", "orderId").await;
    assert_eq!(wrong.status, 422, "{}", wrong.html);
    assert!(wrong.html.contains(r#"id="paths-wrong""#), "{}", wrong.html);
    let odd = plan("<script>alert(1)</script>", "").await.html;
    assert!(odd.contains("&lt;script&gt;") && !odd.contains("<script>alert"), "{odd}");
}

#[tokio::test]
async fn what_has_not_come_to_an_end_is_kept_and_discarded_only_where_that_is_said() {
    let world = World::embedded().await;
    assert!(world.cli(&["desk", "support", "pause", "--why", "look"]).status.success());
    eventually("the pause is noticed", || async {
        world.metrics().await.contains(r#"deskbell_desk_paused{desk="support"} 1"#)
    })
    .await;
    let data = json!({ "orderId": "SO-1", "customerExternalId": "user_42", "stage": "picking" });
    world.post("evt_1", "order.stuck", &data).await;
    let browser = Browser::of(&world, "admin").await;
    eventually("it is recorded", || {
        let shown = world.cli(&["events", "show", "evt_1"]);
        std::future::ready(shown.status.success())
    })
    .await;
    let customer = ("customer", "user_42");
    let plan = browser.act(PLAN, &[customer]).await.html;
    assert!(plan.contains("Kept, for it has not come to its end"), "{plan}");
    assert!(plan.contains("/console/events/shop/evt_1"), "{plan}");
    let (reason, sure, open) = (("reason", "why"), ("sure", "yes"), ("even_open", "yes"));
    let kept = browser.act(ERASE, &[customer, reason, sure]).await.html;
    assert!(kept.contains("Something is left"), "{kept}");
    let plan = browser.act(PLAN, &[customer, open]).await.html;
    assert!(plan.contains("Would be discarded, though"), "{plan}");
    assert!(plan.contains(r#"name="even_open" value="yes""#), "{plan}");
    let done = browser.act(ERASE, &[customer, reason, sure, open]).await.html;
    assert!(done.contains("Discarded, though"), "{done}");
    assert_eq!(state(&world.settled("evt_1").await[0]), "discarded");
}

#[tokio::test]
async fn what_is_kept_is_told_with_its_time_and_how_much_of_it_is_due() {
    let mut world = World::embedded_on_hold();
    let file = world.path("deskbell.toml");
    let text = fs::read_to_string(&file).unwrap();
    let times = "[privacy.retention]\nticketed = \"1s\"\nmerged = \"36h\"\nresolved = \"90d\"\n";
    fs::write(&file, format!("{text}\n{times}")).unwrap();
    world.start().await;
    // The workers look when they start, and then ten minutes later.
    world.post("evt_1", "payment.failed", &payment("SO-1")).await;
    let mut of_nobody = payment("SO-2");
    of_nobody["customerExternalId"] = json!("nobody");
    world.post("evt_2", "payment.failed", &of_nobody).await;
    world.settled("evt_1").await;
    assert_eq!(state(of_desk(&world.settled("evt_2").await, "support")), "dead");
    let browser = Browser::of(&world, "admin").await;
    eventually("its time is over", || async {
        let page = browser.get("/privacy").await.html;
        page.contains(r#"<b class="number">1</b> event is due now"#)
    })
    .await;
    let page = browser.get("/privacy").await.html;
    for row in [
        "<td>ticketed</td><td>1 s</td><td class=\"number\">2</td>",
        "<td>merged</td><td>36 h 0 min</td><td class=\"number\">0</td>",
        "<td>resolved</td><td>90 days</td><td class=\"number\">0</td>",
        "<td>dead</td><td><span class=\"soft\">ever</span></td><td class=\"number\">0</td>",
        "<td>unmatched</td><td><span class=\"soft\">ever</span></td><td class=\"number\"></td>",
    ] {
        assert!(page.contains(row), "{row}: {page}");
    }
    assert!(!page.contains("among the oldest"), "{page}");
}
