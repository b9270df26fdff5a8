//! The console in a real Chromium. Pictures of every page stay in `target/tmp/screenshots`.

mod admin;
mod brakes;
mod callbacks;
mod doubts;
mod privacy;
mod replays;
mod silencing;

use serde_json::json;

use crate::support::{
    chromium::{Chromium, ENTER, Look, TAB},
    world::{World, eventually, key, payment},
};

/// Logs in as a holder of a new token of this scope does.
pub(super) async fn logged_in(world: &World, scope: &str) -> Chromium {
    let made = world.json(&["token", "create", "ann", "--scope", scope]);
    let chromium = Chromium::start().await;
    chromium.goto(&at(world, "")).await;
    assert!(chromium.url().await.ends_with("/console/login"), "{}", chromium.url().await);
    chromium.fill("#token", made["token"].as_str().unwrap()).await;
    chromium.click("Log in").await;
    assert_eq!(chromium.url().await, at(world, ""));
    chromium
}

pub(super) fn at(world: &World, path: &str) -> String {
    format!("http://{}/console{path}", world.operators_address())
}

/// One event whose customer nobody knows at the desk `support`, and one that is ticketed everywhere.
async fn two_events(world: &World) {
    let mut data = payment("evt_1");
    data["customerExternalId"] = json!("nobody");
    world.post("evt_1", "payment.failed", &data).await;
    world.post("evt_2", "payment.failed", &payment("evt_2")).await;
    world.settled("evt_1").await;
    world.settled("evt_2").await;
}

#[tokio::test]
async fn every_page_fits_a_desktop_and_a_phone_in_light_and_dark_and_the_browser_has_no_complaint()
{
    let world = World::embedded().await;
    two_events(&world).await;
    let chromium = logged_in(&world, "admin").await;
    for (name, path) in [
        ("overview", ""),
        ("events", "/events"),
        ("event", "/events/shop/evt_1"),
        ("dead", "/dead"),
        ("letters", "/dead/letters"),
        ("edit", &format!("/deliveries/{}/edit", key("evt_1", "support"))),
        ("plan", "/replays/plan?reason=unknown-customer"),
        ("replays", "/replays"),
        ("desks", "/desks"),
        ("sources", "/sources"),
        ("callbacks", "/callbacks"),
        ("incidents", "/incidents"),
        ("books", "/books"),
        ("silences", "/silences"),
        ("silencing", "/silences/new?types=payment.failed"),
    ] {
        for look in Look::ALL {
            chromium.look(look).await;
            chromium.goto(&at(&world, path)).await;
            chromium.picture(name, look).await;
            assert!(chromium.fits().await, "{name} does not fit: {look:?}");
        }
        let loaded = "performance.getEntriesByType('resource').map(entry => entry.name)";
        let own = [at(&world, "/style.css"), at(&world, "/live.js")];
        assert_eq!(chromium.evaluate(loaded).await, json!(own), "{name}");
        assert_eq!(chromium.complaints().await, Vec::<String>::new(), "{name}");
    }
}

#[tokio::test]
async fn a_fresh_operator_finds_an_orders_event_sees_why_it_died_fixes_it_and_replays_it() {
    let world = World::embedded().await;
    two_events(&world).await;
    let order = payment("evt_1")["orderId"].as_str().unwrap().to_owned();
    let chromium = logged_in(&world, "operate").await;
    chromium.look(Look::Light).await;
    chromium.click("Events").await;
    chromium.fill("[name=member]", "orderId").await;
    chromium.fill("[name=is]", &order).await;
    chromium.click("Find").await;
    chromium.click("evt_1").await;
    let why = chromium.text().await;
    assert!(why.contains("unknown-customer") && why.contains("Attempt 1 dead"), "{why}");
    chromium.picture("story-1-why", Look::Light).await;
    chromium.click("Edit and replay").await;
    let data = chromium.value("#data").await;
    assert!(data.contains("nobody"), "{data}");
    chromium.fill("#data", &data.replace("nobody", "user_42")).await;
    chromium.fill("#reason", "the shop had sent a test customer").await;
    chromium.click("See what changes").await;
    let changes = chromium.text().await;
    assert!(changes.contains("/data/customerExternalId"), "{changes}");
    chromium.picture("story-2-changes", Look::Light).await;
    chromium.click("Edit").await;
    chromium.sees("Attempt 2 ticketed").await;
    chromium.picture("story-3-ticketed", Look::Light).await;
    let told = world.json(&["events", "show", "evt_1"]);
    let deliveries = told["deliveries"].as_array().unwrap();
    assert!(deliveries.iter().all(|it| it["state"] == "ticketed"), "{told}");
}

#[tokio::test]
async fn the_console_is_used_by_keyboard() {
    let world = World::embedded().await;
    let chromium = logged_in(&world, "read").await;
    chromium.press(&format!("{TAB}{ENTER}")).await;
    assert!(chromium.url().await.ends_with("#main"), "{}", chromium.url().await);
    let focused = "document.activeElement.textContent.trim()";
    chromium.goto(&at(&world, "")).await;
    for stop in ["To the content", "Deskbell", "Overview", "Events"] {
        chromium.press(TAB).await;
        assert_eq!(chromium.evaluate(focused).await, json!(stop));
    }
    chromium.press(ENTER).await;
    let events = at(&world, "/events");
    eventually("the events are there", || async { chromium.url().await == events }).await;
}
