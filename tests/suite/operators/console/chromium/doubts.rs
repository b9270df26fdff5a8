//! A doubt from the overview to its ticket.

use super::{super::doubts::in_doubt, at, logged_in, two_events};
use crate::support::{
    chromium::Look,
    world::{World, eventually},
};

#[tokio::test]
async fn an_operator_finds_a_doubt_and_says_which_ticket_the_desk_has() {
    let world = World::embedded().await;
    in_doubt(&world, "evt_1").await;
    let chromium = logged_in(&world, "operate").await;
    chromium.look(Look::Light).await;
    chromium.click("1 in doubt").await;
    assert_eq!(chromium.url().await, at(&world, "/dead/doubts"));
    chromium.click("Settle").await;
    for look in Look::ALL {
        chromium.look(look).await;
        chromium.picture("doubts", look).await;
        assert!(chromium.fits().await, "{look:?}");
    }
    chromium.click("evt_1").await;
    chromium.picture("doubt", Look::Phone).await;
    chromium.fill("[name=ticket]", "T-4711").await;
    chromium.click("The ticket exists").await;
    chromium.sees("Ticket T-4711").await;
}

#[tokio::test]
async fn an_operator_gives_a_group_of_dead_letters_up() {
    let world = World::embedded().await;
    two_events(&world).await;
    let chromium = logged_in(&world, "operate").await;
    chromium.click("Dead letters").await;
    chromium.click("Give up").await;
    for look in Look::ALL {
        chromium.look(look).await;
        chromium.picture("giving-up", look).await;
        assert!(chromium.fits().await, "{look:?}");
    }
    chromium.fill("details[open] [name=reason]", "a test shop").await;
    chromium.click("Discard it").await;
    eventually("it is told", || async { chromium.text().await.contains("1 is given up") }).await;
    chromium.picture("given-up", Look::Phone).await;
    chromium.click("Back to the dead letters").await;
    assert!(chromium.text().await.contains("No issue is open"));
}
