//! A flood, and the brake let go.

use super::{super::brakes::in_a_flood, at, logged_in};
use crate::support::chromium::Look;

#[tokio::test]
async fn an_operator_sees_a_flood_and_lets_the_brake_go() {
    let (world, _data) = in_a_flood().await;
    let chromium = logged_in(&world, "operate").await;
    chromium.click("Desks").await;
    chromium.click("Brakes").await;
    assert_eq!(chromium.url().await, at(&world, "/brakes"));
    for look in Look::ALL {
        chromium.look(look).await;
        chromium.picture("brakes", look).await;
        assert!(chromium.fits().await, "{look:?}");
    }
    chromium.fill("[name=reason]", "it is mended").await;
    chromium.click("Let go").await;
    let told = chromium.text().await;
    assert!(told.contains("by ann: it is mended"), "{told}");
}
