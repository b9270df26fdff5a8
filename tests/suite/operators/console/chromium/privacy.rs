//! A customer from the plan of its erasure to the line in the log.

use super::{
    super::super::erasing::{CANARY, with_a_customer},
    at, logged_in,
};
use crate::support::chromium::{Chromium, Look};

async fn pictures(chromium: &Chromium, name: &str) {
    for look in Look::ALL {
        chromium.look(look).await;
        chromium.picture(name, look).await;
        assert!(chromium.fits().await, "{name}: {look:?}");
    }
}

#[tokio::test]
async fn an_admin_plans_an_erasure_confirms_it_and_finds_it_in_the_list() {
    let world = with_a_customer().await;
    let chromium = logged_in(&world, "admin").await;
    chromium.look(Look::Light).await;
    chromium.click("Admin").await;
    chromium.click("Privacy").await;
    assert_eq!(chromium.url().await, at(&world, "/privacy"));
    chromium.fill("#customer", "nobody").await;
    chromium.click("Plan the erasure").await;
    chromium.shows("Nothing is erased yet.").await;
    pictures(&chromium, "erasure-plan").await;
    // Without a reason and a tick the browser does not even send it.
    chromium.click("Erase").await;
    assert!(chromium.text().await.contains("Nothing is erased yet."));
    chromium.fill("#reason", "they asked for it").await;
    chromium.evaluate("document.querySelector('#sure').click()").await;
    chromium.click("Erase").await;
    chromium.shows("all that Deskbell can erase of this customer is gone").await;
    assert!(!chromium.text().await.contains("nobody"));
    pictures(&chromium, "erasure").await;
    chromium.click("Privacy").await;
    chromium.shows("they asked for it").await;
    assert!(chromium.text().await.contains("sha256:"));
    pictures(&chromium, "privacy").await;
    chromium.goto(&at(&world, "/events/shop/evt_1")).await;
    let told = chromium.text().await;
    assert!(told.contains("erased on") && !told.contains(CANARY), "{told}");
    assert_eq!(chromium.complaints().await, Vec::<String>::new());
}
