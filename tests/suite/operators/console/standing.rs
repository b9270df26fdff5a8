//! How things stand: the books, incidents and sources; and what is done about that.

use super::{browser::Browser, pages::with_a_dead_letter};
use crate::support::world::{World, eventually, key};

#[tokio::test]
async fn the_books_tell_what_is_missing_and_gaps_are_forgotten_with_a_reason_alone() {
    let world = World::embedded().await;
    let browser = Browser::of(&world, "operate").await;
    let page = browser.get("/books").await.html;
    for told in ["The books balance", "The journal lost nothing", "0 events accepted"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert_eq!(browser.act("/books/forget-gaps", &[]).await.status, 422);
    let forgotten = browser.act("/books/forget-gaps", &[("reason", "seen")]).await;
    assert_eq!(forgotten.on_to(), Some("/console/books"), "{}", forgotten.html);
}

#[tokio::test]
async fn sources_tell_how_they_prove_who_they_are() {
    let world = World::embedded().await;
    let page = Browser::of(&world, "read").await.get("/sources").await.html;
    for told in ["shop", "standard-webhooks", "Secret 1", "Nothing was refused"] {
        assert!(page.contains(told), "{told}: {page}");
    }
}

#[tokio::test]
async fn incidents_are_found_by_desk_and_key() {
    let world = World::embedded().await;
    let browser = Browser::of(&world, "read").await;
    let page = browser.get("/incidents?incident=none&desk=crm&since=&until=").await;
    assert!(page.html.contains("No incident is like that"), "{}", page.html);
    for wrong in ["since=soon", "state=dead", "cursor=x"] {
        assert_eq!(browser.get(&format!("/incidents?{wrong}")).await.status, 422, "{wrong}");
    }
}

#[tokio::test]
async fn a_dead_letter_is_replayed_by_todays_rules() {
    let world = with_a_dead_letter().await;
    let browser = Browser::of(&world, "operate").await;
    let path = format!("/deliveries/{}/replay", key("evt_1", "support"));
    assert_eq!(browser.act(&path, &[("rules", "tomorrow")]).await.status, 400);
    let replayed = browser.act(&path, &[("rules", "today"), ("reason", "rules changed")]).await;
    assert_eq!(replayed.on_to(), Some("/console/events/shop/evt_1"), "{}", replayed.html);
    eventually("it has died again", || async {
        browser.get("/events/shop/evt_1").await.html.contains("Attempt 2 dead")
    })
    .await;
}
