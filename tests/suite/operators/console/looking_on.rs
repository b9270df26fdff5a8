//! Pages that change while somebody looks, in a real Chromium.

use serde_json::json;

use super::chromium::{at, logged_in};
use crate::support::{
    chromium::Look,
    world::{World, payment},
};

#[tokio::test]
async fn the_overview_changes_without_a_reload_and_leaves_the_focus_where_it_is() {
    let world = World::embedded().await;
    let chromium = logged_in(&world, "read").await;
    chromium.look(Look::Light).await;
    chromium.shows("Live.").await;
    chromium.evaluate("(window.wasLoadedOnce = true)").await;
    chromium.evaluate("document.querySelector('[role=region]').focus()").await;
    let mut data = payment("evt_1");
    data["customerExternalId"] = json!("nobody");
    world.post("evt_1", "payment.failed", &data).await;
    chromium.shows("1 event in the last hour").await;
    chromium.shows("unknown-customer").await;
    chromium.picture("overview-live", Look::Light).await;
    chromium.evaluate("document.querySelector('[id^=issue-] a').focus()").await;
    world.post("evt_2", "payment.failed", &payment("evt_2")).await;
    chromium.shows("2 events in the last hour").await;
    assert_eq!(chromium.evaluate("window.wasLoadedOnce").await, json!(true));
    let focused = "document.activeElement.textContent";
    assert_eq!(chromium.evaluate(focused).await, json!("unknown-customer"));
    assert_eq!(chromium.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_form_that_is_being_filled_in_stays_as_it_is() {
    let world = World::embedded().await;
    let chromium = logged_in(&world, "operate").await;
    chromium.goto(&at(&world, "/desks")).await;
    chromium.shows("Live.").await;
    chromium.fill("[name=reason]", "HubSpot main").await;
    world.post("evt_1", "payment.failed", &payment("evt_1")).await;
    chromium.shows("1 came in within 5 min").await;
    assert_eq!(chromium.value("[name=reason]").await, "HubSpot main");
    assert_eq!(chromium.evaluate("document.activeElement.name").await, json!("reason"));
    chromium.look(Look::Dark).await;
    chromium.picture("desks-live", Look::Dark).await;
}

#[tokio::test]
async fn who_is_logged_out_elsewhere_is_told() {
    let world = World::embedded().await;
    let chromium = logged_in(&world, "read").await;
    chromium.shows("Live.").await;
    assert!(world.cli(&["token", "revoke", "ann"]).status.success());
    chromium.shows("the session is over").await;
}
