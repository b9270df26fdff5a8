//! HubSpot: search, which is some time behind.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{Desks, TICKETS, read};

fn filters(filters: &Value) -> Value {
    json!({"filterGroups": [{"filters": filters}], "properties": ["deskbell_key"], "limit": 200})
}

fn by_key(key: &str) -> Value {
    filters(&json!([{"propertyName": "deskbell_key", "operator": "EQ", "value": key}]))
}

async fn search(desks: &Desks, query: &Value) -> Value {
    let answer = desks.post_to_hubspot(&format!("{TICKETS}/search"), query).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

fn keys(found: &Value) -> Vec<&str> {
    let results = found["results"].as_array().unwrap().iter();
    results.map(|ticket| ticket["properties"]["deskbell_key"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_new_ticket_is_found_only_once_the_index_has_it() {
    let desks = Desks::unlimited();
    desks.open_with_key("k").await;
    assert_eq!(search(&desks, &by_key("k")).await["total"], json!(0));
    desks.clock.advance(Duration::from_millis(4_999));
    assert_eq!(search(&desks, &by_key("k")).await["total"], json!(0));
    desks.clock.advance(Duration::from_millis(1));
    assert_eq!(search(&desks, &by_key("k")).await["total"], json!(1));
}

#[tokio::test]
async fn a_changed_ticket_is_found_as_it_was_until_the_index_has_the_change() {
    let desks = Desks::unlimited();
    let id = desks.open_with_key("k").await;
    desks.clock.advance(Duration::from_secs(10));
    let change = json!({"properties": {"subject": "closed now", "hs_pipeline_stage": "4"}});
    let path = format!("{TICKETS}/{id}");
    assert_eq!(read(desks.hubspot(Method::PATCH, &path).json(&change)).await.status, 200);
    let closed = json!([{"propertyName": "hs_pipeline_stage", "operator": "EQ", "value": "4"}]);
    assert_eq!(search(&desks, &filters(&closed)).await["total"], json!(0));
    assert_eq!(keys(&search(&desks, &by_key("k")).await), ["k"]);
    desks.clock.advance(Duration::from_secs(5));
    assert_eq!(search(&desks, &filters(&closed)).await["total"], json!(1));
}

#[tokio::test]
async fn without_lag_a_ticket_is_found_at_once_and_an_archived_one_never() {
    let desks = Desks::unlimited();
    let switches = serde_json::from_value(json!({"search_lag_ms": 0})).unwrap();
    desks.sandbox.hubspot().switch(switches);
    let id = desks.open_with_key("k").await;
    assert_eq!(search(&desks, &by_key("k")).await["total"], json!(1));
    read(desks.hubspot(Method::DELETE, &format!("{TICKETS}/{id}"))).await;
    assert_eq!(search(&desks, &by_key("k")).await["total"], json!(0));
}

#[tokio::test]
async fn operators_groups_sorts_and_pages_do_what_they_say() {
    let desks = Desks::unlimited();
    for key in ["a", "b", "c"] {
        desks.open_with_key(key).await;
    }
    desks.clock.advance(Duration::from_secs(10));
    let one = |operator: &str, rest: Value| {
        let mut filter = json!({"propertyName": "deskbell_key", "operator": operator});
        filter.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        filters(&json!([filter]))
    };
    for (query, found) in [
        (one("NEQ", json!({"value": "b"})), vec!["a", "c"]),
        (one("IN", json!({"values": ["a", "b"]})), vec!["a", "b"]),
        (one("NOT_IN", json!({"values": ["a", "b"]})), vec!["c"]),
        (one("GT", json!({"value": "a"})), vec!["b", "c"]),
        (one("LTE", json!({"value": "b"})), vec!["a", "b"]),
        (one("BETWEEN", json!({"value": "b", "highValue": "z"})), vec!["b", "c"]),
        (one("HAS_PROPERTY", json!({})), vec!["a", "b", "c"]),
        (one("NOT_HAS_PROPERTY", json!({})), vec![]),
        (one("CONTAINS_TOKEN", json!({"value": "A"})), vec!["a"]),
    ] {
        assert_eq!(keys(&search(&desks, &query).await), found, "{query}");
    }
    let mut either = by_key("a");
    either["filterGroups"].as_array_mut().unwrap().push(by_key("c")["filterGroups"][0].clone());
    assert_eq!(keys(&search(&desks, &either).await), ["a", "c"]);

    let mut sorted = one("HAS_PROPERTY", json!({}));
    sorted["sorts"] = json!(["-deskbell_key"]);
    sorted["limit"] = json!(2);
    let page = search(&desks, &sorted).await;
    assert_eq!((keys(&page), &page["total"]), (vec!["c", "b"], &json!(3)));
    sorted["after"] = page["paging"]["next"]["after"].clone();
    let page = search(&desks, &sorted).await;
    assert_eq!((keys(&page), page.get("paging")), (vec!["a"], None));
}

#[tokio::test]
async fn a_search_past_the_documented_bounds_is_refused() {
    let desks = Desks::unlimited();
    let filter = json!({"propertyName": "subject", "operator": "HAS_PROPERTY"});
    let group = |size: usize| json!({"filters": vec![filter.clone(); size]});
    for query in [
        json!({"filterGroups": vec![group(1); 6]}),
        json!({"filterGroups": [group(7)]}),
        json!({"filterGroups": vec![group(5); 4]}),
        json!({"limit": 201}),
        json!({"after": "10000"}),
        json!({"query": "x".repeat(3000)}),
        json!({"filterGroups": [{"filters": [{"propertyName": "subject", "operator": "LIKE"}]}]}),
    ] {
        let refused = desks.post_to_hubspot(&format!("{TICKETS}/search"), &query).await;
        assert_eq!(refused.status, 400, "{query}");
        assert_eq!(refused.body["category"], "VALIDATION_ERROR");
    }
}
