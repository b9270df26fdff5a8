//! A silence from the form to the released ticket.

use super::{at, logged_in};
use crate::support::{
    chromium::Look,
    world::{World, eventually, payment, state},
};

#[tokio::test]
async fn an_operator_silences_events_sees_what_was_kept_away_and_releases_it() {
    let world = World::embedded().await;
    let chromium = logged_in(&world, "operate").await;
    chromium.look(Look::Light).await;
    chromium.click("Silences").await;
    chromium.click("New silence").await;
    chromium.fill("#when", "data.amount >").await;
    chromium.fill("#reason", "the bank migrates").await;
    chromium.click("Make the silence").await;
    let told = "document.querySelector('#when-wrong')?.textContent.length > 0";
    assert_eq!(chromium.evaluate(told).await, true);
    let focused = "document.activeElement.id";
    assert_eq!(chromium.evaluate(focused).await, "when");
    for look in Look::ALL {
        chromium.look(look).await;
        chromium.picture("silencing-wrong", look).await;
        assert!(chromium.fits().await, "{look:?}");
    }
    chromium.fill("#when", "").await;
    chromium.fill("#types", "payment.*").await;
    chromium.fill("#desks", "crm").await;
    chromium.click("Make the silence").await;
    assert_eq!(chromium.url().await, at(&world, "/silences/1"));
    eventually("the silence is known", || async {
        world.metrics().await.contains("deskbell_silences 1")
    })
    .await;
    for id in ["evt_1", "evt_2"] {
        world.post(id, "payment.failed", &payment(id)).await;
        world.settled(id).await;
    }
    chromium.goto(&at(&world, "/silences/1")).await;
    chromium.sees("Release all 2 as tickets").await;
    for look in Look::ALL {
        chromium.look(look).await;
        chromium.picture("silence", look).await;
        assert!(chromium.fits().await, "{look:?}");
    }
    chromium.click("evt_1").await;
    chromium.sees("Attempt 1 suppressed by silence 1").await;
    chromium.picture("silence-event", Look::Light).await;
    chromium.click("Release as a ticket").await;
    world.until("evt_1", |delivery| state(delivery) == "ticketed").await;
    chromium.sees("It was released from silence 1").await;
}
