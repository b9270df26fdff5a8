//! HubSpot: properties and pipelines.

use serde_json::{Value, json};

use super::{Desks, TICKETS, hubspot::example};

const PROPERTIES: &str = "/crm/v3/properties/tickets";

async fn priorities(desks: &Desks) -> Vec<Value> {
    let path = format!("{PROPERTIES}/hs_ticket_priority");
    let property = desks.get_from_hubspot(&path).await.body;
    let options = property["options"].as_array().unwrap().iter();
    options.map(|option| option["value"].clone()).collect()
}

#[tokio::test]
async fn properties_tell_type_options_and_uniqueness() {
    let desks = Desks::unlimited();
    let all = desks.get_from_hubspot(PROPERTIES).await.body;
    let all = all["results"].as_array().unwrap();
    let named = |name: &str| all.iter().find(|property| property["name"] == name).unwrap();
    assert_eq!(named("deskbell_key")["hasUniqueValue"], json!(true));
    assert_eq!(named("subject")["hasUniqueValue"], json!(false));
    assert_eq!(named("hs_ticket_priority")["type"], "enumeration");
    assert_eq!(named("content")["fieldType"], "textarea");
    assert_eq!(named("subject")["groupName"], "ticketinformation");
    assert_eq!(named("subject")["archived"], json!(false));
    let dated = desks.get_from_hubspot("/crm/properties/2026-03/tickets").await.body;
    assert_eq!(dated["results"].as_array().unwrap(), all);
    let unknown = desks.get_from_hubspot(&format!("{PROPERTIES}/nothing")).await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn urgent_is_an_option_only_when_switched_on() {
    let desks = Desks::unlimited();
    assert_eq!(priorities(&desks).await, ["LOW", "MEDIUM", "HIGH"]);
    let switches = serde_json::from_value(json!({"urgent": true})).unwrap();
    desks.sandbox.hubspot().switch(switches);
    assert_eq!(priorities(&desks).await, ["LOW", "MEDIUM", "HIGH", "URGENT"]);
    let mut ticket = example();
    ticket["properties"]["hs_ticket_priority"] = json!("URGENT");
    assert_eq!(desks.post_to_hubspot(TICKETS, &ticket).await.status, 201);
}

#[tokio::test]
async fn a_property_that_was_made_can_be_set_and_is_unique_if_it_says_so() {
    let desks = Desks::unlimited();
    let property = json!({
        "groupName": "ticketinformation", "name": "ingest_key", "label": "Ingest key",
        "hasUniqueValue": true, "type": "string", "fieldType": "text",
    });
    let made = desks.post_to_hubspot(PROPERTIES, &property).await;
    assert_eq!((made.status.as_u16(), &made.body["hasUniqueValue"]), (201, &json!(true)));
    assert_eq!(desks.post_to_hubspot(PROPERTIES, &property).await.status, 409);
    let mut ticket = example();
    ticket["properties"]["ingest_key"] = json!("i-1");
    let made = desks.post_to_hubspot(TICKETS, &ticket).await;
    assert_eq!(desks.post_to_hubspot(TICKETS, &ticket).await.status, 400);
    let found = desks.get_from_hubspot(&format!("{TICKETS}/i-1?idProperty=ingest_key")).await;
    assert_eq!(found.body["id"], made.body["id"]);
}

#[tokio::test]
async fn a_property_that_is_not_well_described_or_one_too_many_is_refused() {
    let desks = Desks::unlimited();
    let property = |name: &str, value_type: &str| {
        json!({
            "groupName": "ticketinformation", "name": name, "label": name,
            "hasUniqueValue": true, "type": value_type, "fieldType": "text",
        })
    };
    assert_eq!(desks.post_to_hubspot(PROPERTIES, &property("", "string")).await.status, 400);
    assert_eq!(desks.post_to_hubspot(PROPERTIES, &property("a", "text")).await.status, 400);
    // `deskbell_key` is the first of the ten that an object type may have.
    for number in 1..10 {
        let property = property(&format!("u{number}"), "string");
        assert_eq!(desks.post_to_hubspot(PROPERTIES, &property).await.status, 201);
    }
    assert_eq!(desks.post_to_hubspot(PROPERTIES, &property("u10", "string")).await.status, 400);
}

#[tokio::test]
async fn the_pipeline_has_four_stages_and_the_last_is_closed() {
    let desks = Desks::unlimited();
    let all = desks.get_from_hubspot("/crm/v3/pipelines/tickets").await.body;
    let pipeline = &all["results"][0];
    assert_eq!(pipeline["id"], "0");
    let stages = pipeline["stages"].as_array().unwrap();
    let found: Vec<_> =
        stages.iter().map(|stage| (&stage["id"], &stage["metadata"]["ticketState"])).collect();
    let (open, closed) = (json!("OPEN"), json!("CLOSED"));
    let ids = ["1", "2", "3", "4"].map(Value::from);
    assert_eq!(found, [(&ids[0], &open), (&ids[1], &open), (&ids[2], &open), (&ids[3], &closed)]);
    let one = desks.get_from_hubspot("/crm/v3/pipelines/tickets/0").await.body;
    assert_eq!(&one, pipeline);
    let listed = desks.get_from_hubspot("/crm/v3/pipelines/tickets/0/stages").await.body;
    assert_eq!(listed["results"], pipeline["stages"]);
    assert_eq!(desks.get_from_hubspot("/crm/v3/pipelines/tickets/9").await.status, 404);
}
