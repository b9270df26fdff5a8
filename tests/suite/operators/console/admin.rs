//! Who may, and who did what.

use deskbell::ledger::Scope;
use serde_json::json;

use super::browser::Browser;
use crate::support::world::World;

#[tokio::test]
async fn a_token_is_shown_once_and_what_is_wrong_with_its_name_at_the_field() {
    let world = World::embedded().await;
    let browser = Browser::of(&world, "admin").await;
    let fields = |name| [("name", name), ("scope", "operate"), ("lasts", "12h")];
    for wrong in ["", "Night shift", "admin"] {
        let shown = browser.act("/tokens", &fields(wrong)).await;
        assert_eq!(shown.status, 422, "{wrong}: {}", shown.html);
        assert!(shown.html.contains(r#"id="name-wrong""#), "{wrong}: {}", shown.html);
        assert!(shown.html.contains("<option selected>operate"), "{wrong}: {}", shown.html);
    }
    let endless = [("name", "x"), ("scope", "read"), ("lasts", "a while")];
    assert_eq!(browser.act("/tokens", &endless).await.status, 400);
    let made = browser.act("/tokens", &fields("night-shift")).await;
    let (_, rest) = made.html.split_once("tabindex=\"0\">").unwrap();
    let token = rest.split_once('<').unwrap().0;
    assert!(token.starts_with("dbt_") && made.html.contains("not shown again"), "{}", made.html);
    let holder = Browser::with(&world, token).await;
    assert_eq!(holder.get("/silences/new").await.status, 200);

    let list = browser.get("/tokens").await.html;
    assert!(list.contains("night-shift") && !list.contains(token), "{list}");
    let known = world.json(&["token", "list"]);
    assert_eq!((&known[0]["name"], &known[0]["scope"]), (&json!("night-shift"), &json!("operate")));
    let revoke = format!("/tokens/{}/revoke", known[0]["id"]);
    for _ in 0..2 {
        let revoked = browser.act(&revoke, &[("reason", "it leaked")]).await;
        assert_eq!(revoked.on_to(), Some("/console/tokens"), "{}", revoked.html);
    }
    assert_eq!(holder.get("").await.on_to(), Some("/console/login"));
    assert!(browser.get("/tokens").await.html.contains(">revoked</span>"));
    assert_eq!(browser.act("/tokens/99/revoke", &[]).await.status, 404);
}

#[tokio::test]
async fn tokens_and_the_audit_log_come_page_by_page() {
    let world = World::embedded().await;
    let browser = Browser::of(&world, "admin").await;
    for name in ["one", "two", "three"] {
        world.json(&["token", "create", name, "--scope", "read"]);
    }
    for (list, newest, oldest) in [("tokens", "three", "two"), ("audit", "three", "two")] {
        let page = browser.get(&format!("/{list}?limit=1")).await.html;
        assert!(page.contains(newest) && !page.contains(&format!(">{oldest}")), "{page}");
        let (_, rest) = page.split_once(&format!("/console/{list}?")).unwrap();
        let rest = rest.split_once("cursor=").unwrap().1;
        let cursor = rest.split_once(['"', '&']).unwrap().0;
        let page = browser.get(&format!("/{list}?limit=1&cursor={cursor}")).await.html;
        assert!(page.contains(oldest) && !page.contains(&format!(">{newest}")), "{page}");
    }
}

#[tokio::test]
async fn the_audit_log_is_searched_by_who_and_what_and_when() {
    let world = World::embedded().await;
    let browser = Browser::of(&world, "admin").await;
    let other = Browser::of_once(&world, Scope::Operate).await;
    browser.act("/desks/crm/pause", &[("reason", "<b>they</b> migrate")]).await;
    other.act("/desks/support/pause", &[("reason", "look")]).await;
    let nothing = "who=&act=&subject=&since=&until=";
    let all = browser.get(&format!("/audit?{nothing}")).await.html;
    assert!(all.contains("&lt;b&gt;they") && !all.contains("<b>they"), "{all}");
    for (filter, crm, support) in [
        ("who=admin&act=desk.pause", true, false),
        ("subject=support", false, true),
        ("act=desk.pause", true, true),
        ("act=desk.resume", false, false),
        ("since=2999-01-01T00:00", false, false),
        ("until=2001-01-01T00:00", false, false),
    ] {
        let page = browser.get(&format!("/audit?{filter}")).await.html;
        assert_eq!(page.contains(">crm</a>"), crm, "{filter}: {page}");
        assert_eq!(page.contains(">support</a>"), support, "{filter}: {page}");
    }
    for wrong in ["act=dance", "since=soon", "colour=red", "cursor=x"] {
        assert_eq!(browser.get(&format!("/audit?{wrong}")).await.status, 422, "{wrong}");
    }
}
