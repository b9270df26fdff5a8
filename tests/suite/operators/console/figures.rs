//! What pages and lists cost where very much is dead.
//!
//! `DESKBELL_TEST_GRAVES=100000 scripts/test --locked --test suite console::figures -- --nocapture`
//! tells the times.

use std::{
    fs,
    time::{Duration, Instant},
};

use reqwest::Client;
use serde_json::json;

use super::browser::Browser;
use crate::{
    replays::graves::{Grave, dig, ledger_of},
    support::world::World,
    trial::variable,
};

/// How often each is asked for where the times are wanted.
const LOOKS: usize = 40;

const PAGES: &[&str] = &[
    "",
    "/events",
    "/events?member=orderId&is=SO-7",
    "/events?text=nowhere",
    "/events/shop/dead_7",
    "/incidents",
    "/dead",
    "/dead/letters",
    "/dead/letters?reason=unknown-customer&desk=support",
    "/dead/letters?text=nowhere",
    "/dead/doubts",
    "/deliveries/@key/edit",
    "/replays",
    "/replays/plan?desk=support",
    "/silences",
    "/desks",
    "/brakes",
    "/sources",
    "/callbacks",
    "/books",
    "/audit",
    "/tokens",
    "/privacy",
];

const LISTS: &[&str] = &[
    "/overview",
    "/events",
    "/events?data.orderId=SO-7",
    "/events?text=nowhere",
    "/deliveries",
    "/deliveries?desk=support&state=dead",
    "/dead-letters?limit=200",
    "/dead-letters?data.orderId=SO-7",
    "/dead-letters?text=nowhere",
    "/issues",
    "/incidents",
    "/desks",
    "/books",
    "/replays",
    "/silences",
    "/brakes",
    "/sources",
    "/callbacks",
    "/audit",
    "/tokens",
    "/retention",
    "/journal",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_page_and_list_answers_where_very_much_is_dead() {
    let wanted = variable("DESKBELL_TEST_GRAVES");
    let looks = if wanted.is_some() { LOOKS } else { 1 };
    let count = wanted.map_or(400, |count| count.parse().unwrap());
    let mut world = World::embedded_on_hold();
    let graves: Vec<_> = (0..count).map(grave).collect();
    dig(&*ledger_of(&world), &graves).await;
    world.start().await;
    let browser = Browser::of(&world, "admin").await;
    let key = graves[0].key().to_string();
    for path in PAGES {
        look_at(&browser, &path.replace("@key", &key), looks).await;
    }
    let dead = browser.get("/dead").await.html;
    assert!(dead.contains(&format!(r#"<b class="number">{count}</b> dead letters"#)), "{dead}");

    let made = world.json(&["token", "create", "lists", "--scope", "admin"]);
    let token = made["token"].as_str().unwrap();
    let client = Client::builder().no_proxy().build().unwrap();
    for path in LISTS {
        let url = format!("{}/api/v1{path}", browser.origin());
        let mut times = Vec::new();
        for _ in 0..looks {
            let began = Instant::now();
            let answer = client.get(&url).bearer_auth(token).send().await.unwrap();
            let (status, body) = (answer.status(), answer.text().await.unwrap());
            times.push(began.elapsed());
            assert_eq!(status, 200, "{path}: {body}");
        }
        tell(&format!("/api/v1{path}"), times);
    }
}

/// None of it is due, and all of it is old enough to be looked at.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_retention_looks_at_the_oldest_where_very_much_is_kept() {
    let wanted = variable("DESKBELL_TEST_GRAVES");
    let looks = if wanted.is_some() { LOOKS } else { 1 };
    let count = wanted.map_or(5_100, |count| count.parse().unwrap());
    let mut world = World::embedded_on_hold();
    let graves: Vec<_> = (0..count).map(grave).collect();
    dig(&*ledger_of(&world), &graves).await;
    let file = world.path("deskbell.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{text}\n[privacy.retention]\nticketed = \"1ms\"\n")).unwrap();
    world.start().await;
    let browser = Browser::of(&world, "admin").await;
    let page = look_at(&browser, "/privacy", looks).await;
    let told = r#"<b class="number">0</b> events are due now among the oldest 5000 that may be"#;
    assert!(page.contains(told), "{page}");
}

/// Asks for a page so often, tells the times, and gives it.
async fn look_at(browser: &Browser<'_>, path: &str, looks: usize) -> String {
    let (mut times, mut html) = (Vec::new(), String::new());
    for _ in 0..looks {
        let began = Instant::now();
        let shown = browser.get(path).await;
        times.push(began.elapsed());
        assert_eq!(shown.status, 200, "{path}: {}", shown.html);
        html = shown.html;
    }
    tell(&format!("/console{path}"), times);
    html
}

/// An order of its own.
fn grave(number: usize) -> Grave {
    let data = json!({
        "orderId": format!("SO-{number}"), "customerExternalId": "user_42", "stage": "picking"
    });
    Grave { data, ..Grave::order(format!("dead_{number}")) }
}

fn tell(path: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    println!("{path}: p50 {:?}, p95 {:?}", at(50), at(95));
}
