//! Giving more dead letters up than one page does at once.

use serde_json::json;

use super::browser::{Browser, Shown};
use crate::{
    replays::graves::{Grave, dig, ledger_of},
    support::world::{World, payment},
};

/// More than one page gives up at once.
const DEAD: usize = 5_300;

/// The fields of the form that goes on, but for its token.
fn fields(page: &Shown) -> Vec<(String, String)> {
    let (_, form) = page.html.split_once(r#"action="/console/dead/discard""#).unwrap();
    let hidden = form.split(r#"<input type="hidden" name=""#).skip(1).map(|field| {
        let (name, rest) = field.split_once(r#"" value=""#).unwrap();
        (name.to_owned(), rest.split_once('"').unwrap().0.replace("&amp;", "&"))
    });
    hidden.filter(|(name, _)| name != "form_token").collect()
}

async fn go_on(browser: &Browser<'_>, page: &Shown) -> Shown {
    let fields = fields(page);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    browser.act("/dead/discard", &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_dead_letters_are_given_up_page_after_page_until_none_is_left() {
    let mut world = World::embedded_on_hold();
    let graves: Vec<_> =
        (0..DEAD).map(|number| Grave::of_nobody(format!("dead_{number}"))).collect();
    let ledger = ledger_of(&world);
    dig(&*ledger, &graves).await;
    ledger.close().await;
    world.start().await;
    let browser = Browser::of(&world, "operate").await;
    let issues = browser.get("/dead").await;
    assert!(issues.html.contains("Discard all 5300"), "{}", issues.html);
    let mut form = fields(&issues);
    assert_eq!(form.len(), 3, "{form:?}");
    form.push(("reason".to_owned(), "a test & nothing else".to_owned()));

    // What dies after the page was shown is nobody's wish.
    let mut data = payment("late");
    data["customerExternalId"] = json!("nobody");
    world.post("late", "payment.failed", &data).await;
    world.settled("late").await;

    let borrowed: Vec<_> = form.iter().map(|(name, value)| (&**name, &**value)).collect();
    let first = browser.act("/dead/discard", &borrowed).await;
    assert_eq!(first.status, 200, "{}", first.html);
    assert!(first.html.contains("<b>5000</b> are given up"), "{}", first.html);
    assert!(first.html.contains("<b>301</b> are left") && first.html.contains("Go on"));
    let second = go_on(&browser, &first).await;
    assert!(second.html.contains("<b>5300</b> are given up"), "{}", second.html);
    assert!(!second.html.contains("Go on"), "{}", second.html);

    let left = world.json(&["dead", "list"]);
    assert_eq!((left.as_array().unwrap().len(), &left[0]["event"]), (1, &json!("late")), "{left}");
    let books = world.books();
    assert_eq!(books["balanced"], true, "{books}");
    // The oldest went last, for the same reason.
    let oldest = browser.get("/events/shop/dead_0").await.html;
    assert!(oldest.contains("Given up by operate"), "{oldest}");
    assert!(oldest.contains("a test &amp; nothing else"), "{oldest}");
}
