//! Streams of what changes: what they tell, and when they end.

use reqwest::{Method, Response};

use super::browser::Browser;
use crate::support::world::{World, eventually, payment};

/// How many streams sessions of one token have at most.
const MOST_OF_A_TOKEN: usize = 16;

/// A stream, and what it has told so far.
struct Watching {
    answer: Response,
    told: String,
}

impl Watching {
    async fn of(browser: &Browser<'_>, what: &str) -> Self {
        let answer = ask(browser, what).await;
        assert_eq!(answer.status(), 200, "{what}");
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Self { answer, told: String::new() }
    }

    /// Reads until this is told from here on.
    async fn tells(&mut self, text: &str) {
        self.told.clear();
        while !self.told.contains(text) {
            let more = self.answer.chunk().await.unwrap();
            let more = more.unwrap_or_else(|| panic!("it ended without {text}: {}", self.told));
            self.told += std::str::from_utf8(&more).unwrap();
        }
    }

    /// Reads until the end.
    async fn ends(&mut self) {
        while let Ok(Some(_)) = self.answer.chunk().await {}
    }
}

async fn ask(browser: &Browser<'_>, what: &str) -> Response {
    browser.ask(Method::GET, &format!("/live?of={what}"), &[], None).await
}

#[tokio::test]
async fn a_stream_tells_how_things_are_and_what_becomes_of_them() {
    let world = World::embedded().await;
    let browser = Browser::of(&world, "read").await;
    let mut overview = Watching::of(&browser, "overview").await;
    overview.tells("0 events in the last hour").await;
    let mut desks = Watching::of(&browser, "desks").await;
    desks.tells(r#"<div id="desk-crm">"#).await;
    let mut issues = Watching::of(&browser, "issues").await;
    issues.tells(r#"id="issues-now""#).await;
    let mut data = payment("evt_1");
    data["customerExternalId"] = serde_json::json!("nobody");
    world.post("evt_1", "payment.failed", &data).await;
    overview.tells("1 event in the last hour").await;
    desks.tells("1 came in within 5 min").await;
    issues.tells("letters-support-unknown-customer").await;
    assert!(!issues.told.contains("form_token"), "{}", issues.told);
    // What was told at first is as the page has it.
    let page = browser.get("/dead").await.html;
    assert!(page.contains(r#"<div id="letters-support-unknown-customer">"#), "{page}");
}

#[tokio::test]
async fn a_stream_ends_with_its_session_and_with_its_token() {
    let world = World::embedded().await;
    for ends in ["log-out", "revoked"] {
        let made = world.json(&["token", "create", ends, "--scope", "read"]);
        let browser = Browser::with(&world, made["token"].as_str().unwrap()).await;
        let mut stream = Watching::of(&browser, "overview").await;
        stream.tells("event: fragment").await;
        if ends == "log-out" {
            browser.act("/logout", &[]).await;
        } else {
            assert!(world.cli(&["token", "revoke", ends]).status.success());
        }
        stream.tells("event: over").await;
        stream.ends().await;
    }
}

#[tokio::test]
async fn streams_end_with_the_process() {
    let mut world = World::embedded().await;
    let mut stream = {
        let browser = Browser::of(&world, "read").await;
        Watching::of(&browser, "overview").await
    };
    stream.tells("event: fragment").await;
    assert_eq!(world.stop(), Some(0));
    stream.ends().await;
}

#[tokio::test]
async fn streams_of_one_token_are_limited_and_others_have_theirs() {
    let world = World::embedded().await;
    let browser = Browser::of(&world, "read").await;
    let mut streams = Vec::new();
    for _ in 0..MOST_OF_A_TOKEN {
        streams.push(Watching::of(&browser, "desks").await);
    }
    assert_eq!(ask(&browser, "desks").await.status(), 503);
    let other = Browser::of(&world, "operate").await;
    Watching::of(&other, "desks").await.tells("event: fragment").await;
    streams.clear();
    eventually("their places are free", || async { ask(&browser, "desks").await.status() == 200 })
        .await;
}

#[tokio::test]
async fn only_pages_of_ours_watch_and_only_what_there_is() {
    let world = World::embedded().await;
    let browser = Browser::of(&world, "read").await;
    for headers in [
        [("sec-fetch-site", "cross-site")],
        [("sec-fetch-site", "none")],
        [("origin", "http://evil.example")],
    ] {
        let answer = browser.ask(Method::GET, "/live?of=overview", &headers, None).await;
        assert_eq!(answer.status(), 403, "{headers:?}");
    }
    for (what, status) in [
        ("nothing", 422),
        ("desks&name=crm", 422),
        ("desks&of=desks", 422),
        ("desks&limit=1", 422),
        ("replays&name=monday", 404),
    ] {
        assert_eq!(ask(&browser, what).await.status(), status, "{what}");
    }
}
