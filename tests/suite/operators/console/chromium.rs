//! The console in a real Chromium. Pictures of every page stay in `target/tmp/screenshots`.

use serde_json::json;

use crate::support::{
    chromium::{Chromium, ENTER, Look, TAB},
    world::{World, payment},
};

/// Logs in as a holder of a new token of this scope does.
async fn logged_in(world: &World, scope: &str) -> Chromium {
    let made = world.json(&["token", "create", "ann", "--scope", scope]);
    let chromium = Chromium::start().await;
    chromium.goto(&at(world, "")).await;
    assert!(chromium.url().await.ends_with("/console/login"), "{}", chromium.url().await);
    chromium.fill("#token", made["token"].as_str().unwrap()).await;
    chromium.click("Log in").await;
    assert_eq!(chromium.url().await, at(world, ""));
    chromium
}

fn at(world: &World, path: &str) -> String {
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
        ("desks", "/desks"),
    ] {
        for look in Look::ALL {
            chromium.look(look).await;
            chromium.goto(&at(&world, path)).await;
            chromium.picture(name, look).await;
            assert!(chromium.fits().await, "{name} does not fit: {look:?}");
        }
        let loaded = "performance.getEntriesByType('resource').map(entry => entry.name)";
        let style = at(&world, "/style.css");
        assert_eq!(chromium.evaluate(loaded).await, json!([style]), "{name}");
        assert_eq!(chromium.complaints().await, Vec::<String>::new(), "{name}");
    }
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
    assert_eq!(chromium.url().await, at(&world, "/events"));
}
