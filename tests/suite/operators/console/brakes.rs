//! Floods, and letting a brake go.

use deskbell::ledger::Scope;
use serde_json::json;
use tempfile::TempDir;

use super::browser::Browser;
use crate::support::world::{World, eventually, payment};

const CONFIG: &str = include_str!("../../brake/deskbell.toml");

/// A world in which five payments have failed, and one ticket stands for the last three.
pub(super) async fn in_a_flood() -> (World, TempDir) {
    let data = tempfile::tempdir().unwrap();
    let mut world = World::embedded_in(data.path());
    let config = CONFIG.replace("WITHIN", "1h").replace("over = 20", "over = 2");
    std::fs::write(world.path("brake.toml"), config).unwrap();
    world.set("DESKBELL_CONFIG", "brake.toml");
    world.start().await;
    for number in 0..5 {
        let id = format!("evt_{number}");
        world.post(&id, "payment.failed", &payment(&id)).await;
    }
    eventually("the flood has its ticket", || {
        let floods = world.json(&["brake", "list"]);
        std::future::ready(floods[0]["events"] == 3 && floods[0]["ticket"].is_object())
    })
    .await;
    (world, data)
}

#[tokio::test]
async fn a_brake_that_is_on_is_listed_and_let_go() {
    let (world, _data) = in_a_flood().await;
    let browser = Browser::of(&world, "operate").await;
    let page = browser.get("/brakes").await.html;
    for told in
        ["payment-failed", r#"<b class="number">3</b> events"#, "past 2 tickets", "Let go</button>"]
    {
        assert!(page.contains(told), "{told}: {page}");
    }
    let looks = Browser::of_once(&world, Scope::Read).await;
    assert!(!looks.get("/brakes").await.html.contains("Let go</button>"));
    let path = "/brakes/crm/payment-failed/release";
    assert_eq!(browser.act(path, &[]).await.status, 422);
    for _ in 0..2 {
        let released = browser.act(path, &[("reason", "it is mended")]).await;
        assert_eq!(released.on_to(), Some("/console/brakes"), "{}", released.html);
    }
    let page = browser.get("/brakes").await.html;
    assert!(
        page.contains("by operate: it is mended") && !page.contains("Let go</button>"),
        "{page}"
    );
    assert_eq!(browser.act("/brakes/crm/other/release", &[("reason", "why")]).await.status, 404);
    let log = world.json(&["audit", "list", "--act", "brake.release"]);
    let told = json!([log[0]["who"], log[0]["via"], log[1]]);
    assert_eq!(told, json!(["operate", "console", null]));
}
