//! The way in, and the ways out.

use serde_json::json;

use super::browser::Browser;
use crate::support::world::{World, eventually};

#[tokio::test]
async fn a_cookie_is_for_the_console_alone_and_for_no_script() {
    let world = World::embedded().await;
    let made = world.json(&["token", "create", "ann", "--scope", "read"]);
    let token = made["token"].as_str().unwrap();
    let browser = Browser::new(&world);
    let shown = browser.post("/login", &[("token", token)]).await;
    let cookie = shown.headers["set-cookie"].to_str().unwrap();
    for part in [
        "deskbell-console=dbs_",
        "; Path=/console",
        "; Max-Age=43200",
        "; HttpOnly",
        "; SameSite=Strict",
    ] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain") && !cookie.contains(token));
    let https = [("origin", "https://ops.example"), ("sec-fetch-site", "same-origin")];
    let form = [("token", token)];
    let shown = browser.send(reqwest::Method::POST, "/login", &https, Some(&form)).await;
    assert!(shown.headers["set-cookie"].to_str().unwrap().ends_with("; Secure"));
}

#[tokio::test]
async fn who_shows_no_live_token_stays_outside() {
    let world = World::embedded().await;
    let browser = Browser::new(&world);
    let shown = browser.post("/login", &[("token", "dbt_x")]).await;
    assert_eq!(shown.status, 401);
    assert!(shown.html.contains("deskbell token create"), "{}", shown.html);
    world.json(&["token", "create", "ann", "--scope", "read"]);
    for fields in [&[("token", "dbt_x")][..], &[("token", "")], &[]] {
        let shown = browser.post("/login", fields).await;
        assert_eq!(shown.status, 401, "{fields:?}");
        assert!(!shown.headers.contains_key("set-cookie"), "{fields:?}");
        assert!(!shown.html.contains("dbt_x"), "{fields:?}");
    }
}

#[tokio::test]
async fn a_session_that_was_logged_out_is_dead() {
    let world = World::embedded().await;
    let browser = Browser::of(&world, "read").await;
    let shown = browser.act("/logout", &[]).await;
    assert_eq!(shown.on_to(), Some("/console/login"));
    assert!(shown.headers["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    // The cookie is kept, as a thief would.
    assert_eq!(browser.get("").await.on_to(), Some("/console/login"));
    assert_eq!(browser.act("/logout", &[]).await.status, 401);
}

#[tokio::test]
async fn logging_out_everywhere_ends_the_sessions_of_that_token_alone() {
    let world = World::embedded().await;
    let made = world.json(&["token", "create", "ann", "--scope", "read"]);
    let token = made["token"].as_str().unwrap();
    let (here, there) = (Browser::with(&world, token).await, Browser::with(&world, token).await);
    let other = Browser::of(&world, "operate").await;
    here.act("/logout-everywhere", &[]).await;
    for browser in [&here, &there] {
        assert_eq!(browser.get("").await.status, 303);
    }
    assert_eq!(other.get("").await.status, 200);
}

#[tokio::test]
async fn a_session_ends_with_its_token() {
    let world = World::embedded().await;
    let browser = Browser::of(&world, "operate").await;
    assert!(world.cli(&["token", "revoke", "operate"]).status.success());
    assert_eq!(browser.get("").await.on_to(), Some("/console/login"));
    let short = ["token", "create", "short", "--scope", "read", "--expires", "5s"];
    let made = world.json(&short);
    let browser = Browser::with(&world, made["token"].as_str().unwrap()).await;
    eventually("the token has expired", || async { browser.get("").await.status == 303 }).await;
}

#[tokio::test]
async fn who_comes_in_and_goes_stands_in_the_audit_log() {
    let world = World::embedded().await;
    let browser = Browser::of(&world, "read").await;
    browser.act("/logout", &[]).await;
    let log = world.json(&["audit", "list"]);
    let acts: Vec<_> = log.as_array().unwrap().iter().take(2).collect();
    for (entry, act) in acts.iter().zip(["session.end", "session.open"]) {
        let told = json!([entry["act"], entry["who"], entry["via"]]);
        assert_eq!(told, json!([act, "read", "console"]));
    }
}
