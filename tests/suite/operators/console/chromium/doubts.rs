//! A doubt from the overview to its ticket.

use super::{super::doubts::in_doubt, at, logged_in};
use crate::support::{chromium::Look, world::World};

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
