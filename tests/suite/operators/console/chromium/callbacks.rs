//! A call-back that its receiver refused until the end, and the button that sends it again.

use std::time::Duration;

use deskbell::ledger::{CallbackOutcome, Callbacks as _};
use serde_json::json;

use super::{at, logged_in};
use crate::{
    callbacks::receiver::{Receiver, calling},
    replays::graves::{ledger_of, now},
    support::{
        chromium::Look,
        world::{World, eventually},
    },
};

/// How often a call-back is tried before it is given up: over three days, says docs/status.md.
const TRIES: u32 = 10;

/// Has all tries but the last go by. The process is stopped.
async fn all_tries_but_one_go_by(world: &World) {
    let (ledger, shop) = (ledger_of(world), "shop".parse().unwrap());
    let (now, day) = (now(), Duration::from_hours(24));
    let mut attempts = 0;
    while attempts + 1 < TRIES {
        let taken = ledger.take_callback(&shop, now + day, now + day).await.unwrap().unwrap();
        let error = "the receiver answered 403".to_owned();
        let again = CallbackOutcome::Again { at: now, error };
        ledger.settle_callback(&taken, again).await.unwrap();
        attempts = taken.attempt;
    }
    ledger.close().await;
}

#[tokio::test]
async fn a_call_back_that_was_refused_until_the_end_is_sent_again_by_its_button_and_arrives() {
    let receiver = Receiver::start(&[403]).await;
    let mut world = calling(&receiver).await;
    let error = json!({ "integration": "sync", "errorCode": "E", "message": "m" });
    world.post("evt_1", "integration.error", &error).await;
    let first = receiver.next().await;
    world.stop();
    all_tries_but_one_go_by(&world).await;
    world.start().await;
    let chromium = logged_in(&world, "operate").await;
    chromium.goto(&at(&world, "/callbacks")).await;
    chromium.sees("given up").await;
    let told = chromium.text().await;
    assert!(told.contains("begun 10 times") && told.contains("403"), "{told}");
    for look in Look::ALL {
        chromium.look(look).await;
        chromium.picture("callbacks-given-up", look).await;
        assert!(chromium.fits().await, "{look:?}");
    }
    let refused = receiver.count().await;
    receiver.take_all().await;
    chromium.fill("article [name=reason]", "their firewall is open again").await;
    chromium.click("Send again").await;
    chromium.sees("Every source has been told everything.").await;
    eventually("it arrives", || async { receiver.count().await > refused }).await;
    let mut last = receiver.next().await;
    for _ in 2..=refused {
        last = receiver.next().await;
    }
    assert_eq!(last.verified(), first.verified());
    assert_eq!(last.header("webhook-id"), first.header("webhook-id"));
    let log = world.json(&["audit", "list", "--act", "callback.resend"]);
    assert_eq!(log[0]["why"], "their firewall is open again", "{log}");
    assert_eq!((&log[0]["who"], &log[0]["via"]), (&json!("ann"), &json!("console")));
}
