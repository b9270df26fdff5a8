//! HubSpot: every documented call on records is accepted and answered in the documented shape.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{Desks, TICKETS, read, ticket_with_key};

/// The first example of the vendor's page.
pub(super) fn example() -> Value {
    json!({"properties": {
        "hs_pipeline": "0",
        "hs_pipeline_stage": "1",
        "hs_ticket_priority": "HIGH",
        "subject": "troubleshoot report",
    }})
}

#[tokio::test]
async fn the_pages_create_is_answered_with_the_record() {
    let desks = Desks::unlimited();
    let answer = desks.post_to_hubspot(TICKETS, &example()).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let record = &answer.body;
    let id = record["id"].as_str().unwrap();
    assert!(id.parse::<u64>().is_ok());
    assert_eq!(record["archived"], json!(false));
    assert_eq!(record["createdAt"], "2026-04-18T10:00:00.000Z");
    assert_eq!(record["updatedAt"], record["createdAt"]);
    let properties = &record["properties"];
    for (name, value) in example()["properties"].as_object().unwrap() {
        assert_eq!(&properties[name], value);
    }
    assert_eq!(properties["hs_object_id"], id);
    assert_eq!(properties["hs_ticket_id"], id);
    assert_eq!(properties["createdate"], record["createdAt"]);
    assert_eq!(properties["hs_lastmodifieddate"], record["createdAt"]);
}

#[tokio::test]
async fn both_path_shapes_reach_the_same_tickets() {
    let desks = Desks::unlimited();
    let id = desks.open_with_key("a").await;
    for base in ["/crm/objects/2026-03/tickets", "/crm/v3/objects/ticket", "/crm/v3/objects/0-5"] {
        let answer = desks.get_from_hubspot(&format!("{base}/{id}")).await;
        assert_eq!(answer.body["id"], id, "{base}");
    }
    let answer = desks.post_to_hubspot("/crm/objects/2026-09/tickets", &example()).await;
    assert_eq!(answer.status, 201);
}

#[tokio::test]
async fn a_missing_pipeline_is_the_default_one() {
    let desks = Desks::unlimited();
    let mut ticket = example();
    ticket["properties"].as_object_mut().unwrap().remove("hs_pipeline");
    let answer = desks.post_to_hubspot(TICKETS, &ticket).await;
    assert_eq!(answer.body["properties"]["hs_pipeline"], "0");
}

#[tokio::test]
async fn a_get_shows_what_is_asked_for_and_leaves_out_what_has_no_value() {
    let desks = Desks::unlimited();
    let id = desks.open_with_key("a").await;
    let plain = desks.get_from_hubspot(&format!("{TICKETS}/{id}")).await;
    assert_eq!(plain.body["properties"]["subject"], "troubleshoot report");
    assert_eq!(plain.body["properties"].get("deskbell_key"), None);
    for query in ["properties=deskbell_key,content", "properties=deskbell_key&properties=content"] {
        let asked = desks.get_from_hubspot(&format!("{TICKETS}/{id}?{query}")).await;
        assert_eq!(asked.body["properties"]["deskbell_key"], "a");
        assert_eq!(asked.body["properties"].get("content"), None);
        assert_eq!(asked.body["properties"].get("subject"), None);
    }
}

#[tokio::test]
async fn a_ticket_is_found_by_its_key_at_once() {
    let desks = Desks::unlimited();
    let by_key = format!("{TICKETS}/k-1?idProperty=deskbell_key");
    assert_eq!(desks.get_from_hubspot(&by_key).await.status, 404);
    let id = desks.open_with_key("k-1").await;
    assert_eq!(desks.get_from_hubspot(&by_key).await.body["id"], id);
}

#[tokio::test]
async fn a_patch_changes_clears_and_leaves() {
    let desks = Desks::unlimited();
    let id = desks.open_with_key("k").await;
    desks.clock.advance(Duration::from_mins(1));
    let change = json!({"properties": {"hs_pipeline_stage": "4", "hs_ticket_priority": ""}});
    let by_key = format!("{TICKETS}/k?idProperty=deskbell_key");
    let answer = read(desks.hubspot(Method::PATCH, &by_key).json(&change)).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body["id"], id);
    assert_eq!(answer.body["updatedAt"], "2026-04-18T10:01:00.000Z");
    assert_eq!(answer.body["createdAt"], "2026-04-18T10:00:00.000Z");
    let properties = &answer.body["properties"];
    assert_eq!(properties["hs_pipeline_stage"], "4");
    assert_eq!(properties.get("hs_ticket_priority"), None);
    assert_eq!(properties["subject"], "troubleshoot report");
}

#[tokio::test]
async fn a_deleted_ticket_is_in_the_recycle_bin() {
    let desks = Desks::unlimited();
    let id = desks.open_with_key("k").await;
    let path = format!("{TICKETS}/{id}");
    assert_eq!(read(desks.hubspot(Method::DELETE, &path)).await.status, 204);
    assert_eq!(read(desks.hubspot(Method::DELETE, &path)).await.status, 204);
    assert_eq!(desks.get_from_hubspot(&path).await.status, 404);
    let recycled = desks.get_from_hubspot(&format!("{path}?archived=true")).await;
    assert_eq!(recycled.body["archived"], json!(true));
    assert!(recycled.body["archivedAt"].is_string());
    let change = read(desks.hubspot(Method::PATCH, &path).json(&example())).await;
    assert_eq!(change.status, 404);
    assert!(desks.sandbox.hubspot().tickets()[0].archived);
}

#[tokio::test]
async fn a_recycled_key_is_held_or_free_as_switched() {
    let desks = Desks::unlimited();
    for (keeps, status) in [(true, 400), (false, 201)] {
        desks.sandbox.hubspot().reset();
        desks
            .sandbox
            .hubspot()
            .switch(serde_json::from_value(json!({"recycled_keep_values": keeps})).unwrap());
        desks.sandbox.hubspot().limits(deskbell::sandbox::LimitSettings::default());
        let id = desks.open_with_key("k").await;
        read(desks.hubspot(Method::DELETE, &format!("{TICKETS}/{id}"))).await;
        let again = desks.post_to_hubspot(TICKETS, &ticket_with_key("k")).await;
        assert_eq!(again.status, status);
    }
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let desks = Desks::unlimited();
    for number in 0..25 {
        desks.open_with_key(&number.to_string()).await;
    }
    let (mut seen, mut after, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let path = format!("{TICKETS}?properties=deskbell_key{after}");
        let page = desks.get_from_hubspot(&path).await.body;
        pages += 1;
        let results = page["results"].as_array().unwrap().iter();
        seen.extend(results.map(|ticket| ticket["properties"]["deskbell_key"].clone()));
        match page["paging"]["next"]["after"].as_str() {
            Some(cursor) => after = format!("&after={cursor}"),
            None => break,
        }
    }
    assert_eq!(pages, 3);
    assert_eq!(seen, (0..25).map(|number| json!(number.to_string())).collect::<Vec<_>>());
    let whole = desks.get_from_hubspot(&format!("{TICKETS}?limit=100")).await.body;
    assert_eq!(whole["results"].as_array().unwrap().len(), 25);
    assert_eq!(whole.get("paging"), None);
}

#[tokio::test]
async fn contacts_companies_and_deals_are_read_and_made() {
    let desks = Desks::unlimited();
    let contacts = "/crm/v3/objects/contacts";
    let by_mail = format!("{contacts}/jean@acme.com?idProperty=email");
    assert_eq!(desks.get_from_hubspot(&by_mail).await.body["id"], "201");
    assert_eq!(desks.get_from_hubspot(&format!("{contacts}/201")).await.body["id"], "201");
    for (kind, properties) in [
        ("contacts", json!({"email": "new@acme.com", "firstname": "New"})),
        ("companies", json!({"name": "New", "domain": "new.com"})),
        ("deals", json!({"dealname": "New", "amount": "12.50"})),
    ] {
        let path = format!("/crm/v3/objects/{kind}");
        let made = desks.post_to_hubspot(&path, &json!({"properties": properties})).await;
        assert_eq!(made.status, 201, "{kind}: {}", made.body);
        let id = made.body["id"].as_str().unwrap();
        assert_eq!(desks.get_from_hubspot(&format!("{path}/{id}")).await.status, 200);
    }
}
