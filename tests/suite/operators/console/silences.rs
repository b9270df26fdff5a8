//! Silences: made, looked at, ended, and what they suppressed released.

use super::browser::Browser;
use crate::support::world::{World, eventually, key, payment, state};

/// Makes a silence of everything for `crm`, and waits until the workers know it.
async fn with_a_silence<'w>(world: &'w World, scope: &str) -> Browser<'w> {
    let browser = Browser::of(world, scope).await;
    let fields =
        [("types", "payment.*"), ("desks", "crm"), ("lasts", "2h"), ("reason", "they migrate")];
    let made = browser.act("/silences", &fields).await;
    assert_eq!(made.on_to(), Some("/console/silences/1"), "{}", made.html);
    eventually("the silence is known", || async {
        world.metrics().await.contains("deskbell_silences 1")
    })
    .await;
    browser
}

#[tokio::test]
async fn what_is_wrong_with_a_silence_is_told_at_its_field_and_nothing_is_made() {
    let world = World::embedded().await;
    let browser = Browser::of(&world, "operate").await;
    let form = browser.get("/silences/new?types=payment.failed&sources=shop").await;
    assert!(form.html.contains(r#"name="types" type="text" value="payment.failed""#));
    assert!(form.html.contains(r#"<option value="2h" selected>"#), "{}", form.html);
    for (types, when, lasts, until, reason, field) in [
        ("", "", "2h", "", "why", "types"),
        ("x*", "", "2h", "", "why", "types"),
        ("*", "data.amount >", "2h", "", "why", "when"),
        ("*", "", "2h", "2001-01-01T00:00", "why", "until"),
        ("*", "", "", "", "why", "until"),
        ("*", "", "2h", "", "", "reason"),
    ] {
        let fields = [
            ("types", types),
            ("when", when),
            ("lasts", lasts),
            ("until", until),
            ("from", ""),
            ("reason", reason),
        ];
        let shown = browser.act("/silences", &fields).await;
        assert_eq!(shown.status, 422, "{field}: {}", shown.html);
        assert!(shown.html.contains(&format!(r#"id="{field}-wrong""#)), "{}", shown.html);
        // What was written is not lost.
        assert!(shown.html.contains(&format!(r#"value="{types}""#)), "{}", shown.html);
    }
    let strange = browser.act("/silences", &[("desks", "<b>crm</b>"), ("reason", "why")]).await;
    assert!(strange.html.contains("&lt;b&gt;crm") && !strange.html.contains("<b>crm"));
    assert_eq!(browser.act("/silences", &[("colour", "red")]).await.status, 400);
    let none = browser.get("/silences").await;
    assert_eq!(none.html.matches("There is none.").count(), 3, "{}", none.html);
}

#[tokio::test]
async fn what_a_silence_suppressed_is_counted_listed_and_released() {
    let world = World::embedded().await;
    let browser = with_a_silence(&world, "operate").await;
    for id in ["evt_1", "evt_2", "evt_3"] {
        world.post(id, "payment.failed", &payment(id)).await;
        world.settled(id).await;
    }
    let page = browser.get("/silences/1").await;
    for told in [
        "type=payment.*",
        "desk=crm",
        "they migrate",
        r#"<b class="number">3</b> without a ticket"#,
        "/console/events/shop/evt_2",
        "Release all 3 as tickets",
    ] {
        assert!(page.html.contains(told), "{told}: {}", page.html);
    }
    let first = browser.get("/silences/1?limit=2").await;
    let (_, rest) = first.html.split_once("/console/silences/1?cursor=").unwrap();
    let cursor = rest.split_once('"').unwrap().0;
    let second = browser.get(&format!("/silences/1?cursor={cursor}")).await;
    assert!(second.html.contains("evt_1") && !second.html.contains("evt_3"), "{}", second.html);

    let event = browser.get("/events/shop/evt_1").await;
    for told in ["It has no ticket by", "Attempt 1 suppressed by", "Release as a ticket"] {
        assert!(event.html.contains(told), "{told}: {}", event.html);
    }
    let release = format!("/deliveries/{}/release", key("evt_1", "crm"));
    let released = browser.act(&release, &[]).await;
    assert_eq!(released.on_to(), Some("/console/events/shop/evt_1"), "{}", released.html);
    world.until("evt_1", |delivery| state(delivery) == "ticketed").await;
    let event = browser.get("/events/shop/evt_1").await;
    assert!(event.html.contains("It was released from"), "{}", event.html);

    assert_eq!(browser.act("/silences/1/release", &[]).await.status, 422);
    let all = browser.act("/silences/1/release", &[("reason", "they are through")]).await;
    assert_eq!(all.on_to(), Some("/console/silences/1"), "{}", all.html);
    for id in ["evt_2", "evt_3"] {
        world.until(id, |delivery| state(delivery) == "ticketed").await;
    }
    let page = browser.get("/silences/1").await;
    assert!(page.html.contains(r#"<b class="number">3</b> released"#), "{}", page.html);
    assert!(!page.html.contains("as tickets"), "{}", page.html);
    let found = browser.get("/events?silence=1").await;
    assert!(found.html.contains("evt_3"), "{}", found.html);
}

#[tokio::test]
async fn silences_are_listed_as_running_to_come_and_over() {
    let world = World::embedded().await;
    let browser = with_a_silence(&world, "operate").await;
    let planned = [
        ("types", "*"),
        ("from", "2999-01-01T00:00"),
        ("lasts", "7d"),
        ("reason", "the great move"),
    ];
    assert_eq!(browser.act("/silences", &planned).await.status, 303);
    let ended = [("types", "order.*"), ("lasts", "1h"), ("reason", "a mistake")];
    assert_eq!(browser.act("/silences", &ended).await.status, 303);
    let over = browser.act("/silences/3/end", &[]).await;
    assert_eq!(over.on_to(), Some("/console/silences/3"), "{}", over.html);
    assert_eq!(browser.act("/silences/3/end", &[]).await.status, 303);
    let list = browser.get("/silences").await.html;
    let place = |text: &str| list.find(text).unwrap_or_else(|| panic!("{text}: {list}"));
    let order = ["Running", "they migrate", "To come", "the great move", "Over</h2>", "a mistake"];
    assert!(order.windows(2).all(|pair| place(pair[0]) < place(pair[1])), "{list}");
    let paged = browser.get("/silences?limit=1").await.html;
    let (_, rest) = paged.split_once("/console/silences?cursor=").unwrap();
    let cursor = rest.split_once('"').unwrap().0;
    let second = browser.get(&format!("/silences?cursor={cursor}")).await;
    assert!(!second.html.contains("they migrate"), "{}", second.html);
    assert_eq!(browser.get("/silences/9").await.status, 404);
    assert_eq!(browser.get("/silences?cursor=x").await.status, 422);
    // Who may only look has no buttons.
    let looks = Browser::of(&world, "read").await;
    for path in ["/silences", "/silences/1"] {
        let page = looks.get(path).await.html;
        assert!(!page.contains("/end\"") && !page.contains("/silences/new"), "{page}");
    }
}
