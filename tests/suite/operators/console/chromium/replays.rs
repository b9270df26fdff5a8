//! A bulk replay, followed while it runs.

use serde_json::json;

use super::{at, logged_in};
use crate::{
    replays::graves::{Grave, dig, ledger_of},
    support::{
        chromium::Look,
        world::{World, eventually},
    },
};

const DEAD: usize = 5;

#[tokio::test(flavor = "multi_thread")]
async fn the_progress_of_a_replay_moves_on_its_page_without_a_reload() {
    let mut world = World::embedded_on_hold();
    let graves: Vec<_> = (0..DEAD).map(|number| Grave::error(format!("dead_{number}"))).collect();
    let ledger = ledger_of(&world);
    dig(&*ledger, &graves).await;
    ledger.close().await;
    world.start().await;
    let begin = ["dead", "replay", "--detach", "--desk", "crm", "--name", "all", "--rate", "120"];
    // Nothing is put back before somebody looks.
    assert!(world.cli(&["desk", "crm", "pause", "--why", "look"]).status.success());
    assert!(world.cli(&begin).status.success());
    let chromium = logged_in(&world, "operate").await;
    chromium.look(Look::Light).await;
    chromium.goto(&at(&world, "/replays/all")).await;
    chromium.shows("0 of 5 put back").await;
    chromium.shows("Live.").await;
    chromium.evaluate("window.isTheSamePage = true").await;
    // What can be done to it is what it offers.
    let offered = "[...document.querySelectorAll('main form button')] \
                   .filter(it => it.checkVisibility()).map(it => it.textContent).join()";
    assert_eq!(chromium.evaluate(offered).await, json!("Pause,Cancel"));
    let bar = "document.querySelector('#replay-now progress').value";
    assert_eq!(chromium.evaluate(bar).await, json!(0));
    assert!(world.cli(&["desk", "crm", "resume"]).status.success());
    chromium.shows("5 of 5 put back").await;
    chromium.shows("done").await;
    assert_eq!(chromium.evaluate(offered).await, json!(""));
    assert_eq!(chromium.evaluate(bar).await, json!(DEAD));
    let ticketed = "document.querySelector('#replay-now tbody tr').cells[3].textContent";
    eventually("all are ticketed", || async {
        chromium.evaluate(ticketed).await == json!(DEAD.to_string())
    })
    .await;
    chromium.picture("replay-live", Look::Light).await;
    assert_eq!(chromium.evaluate("window.isTheSamePage").await, json!(true));
    assert_eq!(chromium.complaints().await, Vec::<String>::new());
}
