//! HubSpot: ties between records, and their labels.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Desks, TICKETS, hubspot::example, read};

fn tied_to(id: &Value, category: &str, type_id: u32) -> Value {
    json!({
        "to": {"id": id},
        "types": [{"associationCategory": category, "associationTypeId": type_id}],
    })
}

fn with_ties(ties: &[Value]) -> Value {
    let mut ticket = example();
    ticket["associations"] = json!(ties);
    ticket
}

fn ids(list: &Value) -> Vec<&str> {
    let results = list["results"].as_array().unwrap().iter();
    results.map(|tie| tie["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn the_pages_create_with_a_contact_and_a_company_ties_both() {
    let desks = Desks::unlimited();
    // The page prints the ids as numbers.
    let ticket = with_ties(&[
        tied_to(&json!(201), "HUBSPOT_DEFINED", 16),
        tied_to(&json!(301), "HUBSPOT_DEFINED", 26),
    ]);
    let made = desks.post_to_hubspot(TICKETS, &ticket).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let id = made.body["id"].as_str().unwrap();

    let path = format!("{TICKETS}/{id}?associations=contacts,companies,deals");
    let associations = desks.get_from_hubspot(&path).await.body["associations"].clone();
    assert_eq!(ids(&associations["contacts"]), ["201"]);
    assert!(ids(&associations["companies"]).contains(&"301"));
    assert_eq!(associations.get("deals"), None);
    let contact = "/crm/v3/objects/contacts/201?associations=tickets";
    let back = desks.get_from_hubspot(contact).await.body;
    assert_eq!(ids(&back["associations"]["tickets"]), [id]);

    let ties = &desks.sandbox.hubspot().tickets()[0].associations;
    let ties: Vec<_> = ties.iter().map(|tie| (tie.object, tie.id.as_str(), tie.type_id)).collect();
    assert_eq!(
        ties,
        [("contacts", "201", 16), ("companies", "301", 26), ("companies", "301", 339)]
    );
}

#[tokio::test]
async fn a_tie_that_cannot_be_made_refuses_the_whole_create() {
    let desks = Desks::unlimited();
    for (what, tie) in [
        ("no such contact", tied_to(&json!("999"), "HUBSPOT_DEFINED", 16)),
        ("a company's id with a contact's type", tied_to(&json!("301"), "HUBSPOT_DEFINED", 16)),
        ("the opposite direction", tied_to(&json!("201"), "HUBSPOT_DEFINED", 15)),
        ("an unknown type", tied_to(&json!("201"), "HUBSPOT_DEFINED", 9999)),
        ("a label that was not made", tied_to(&json!("201"), "USER_DEFINED", 16)),
        ("no such note", tied_to(&json!("201"), "HUBSPOT_DEFINED", 227)),
        ("no types", json!({"to": {"id": "201"}, "types": []})),
        ("no id", json!({"to": {}, "types": [{}]})),
    ] {
        let refused = desks.post_to_hubspot(TICKETS, &with_ties(&[tie])).await;
        assert_eq!(refused.status, 400, "{what}");
        assert_eq!(refused.body["category"], "VALIDATION_ERROR", "{what}");
    }
    assert!(desks.sandbox.hubspot().tickets().is_empty());
}

#[tokio::test]
async fn an_existing_ticket_is_tied_and_untied_by_the_pages_calls() {
    let desks = Desks::unlimited();
    let id = desks.open_with_key("k").await;
    for kind in ["16", "ticket_to_contact"] {
        let path = format!("{TICKETS}/{id}/associations/contacts/201/{kind}");
        for _ in 0..2 {
            let tied = read(desks.hubspot(Method::PUT, &path)).await;
            assert_eq!(tied.status, 200, "{}", tied.body);
            assert_eq!(ids(&tied.body["associations"]["contacts"]), ["201"]);
        }
        assert_eq!(desks.sandbox.hubspot().tickets()[0].associations.len(), 1);
        assert_eq!(read(desks.hubspot(Method::DELETE, &path)).await.status, 204);
        assert!(desks.sandbox.hubspot().tickets()[0].associations.is_empty());
    }
    let unknown = format!("{TICKETS}/{id}/associations/contacts/999/16");
    let refused = read(desks.hubspot(Method::PUT, &unknown)).await;
    assert_eq!(refused.body["context"]["INVALID_OBJECT_IDS"], json!(["CONTACT=999 is not valid"]));
}

#[tokio::test]
async fn v4_ties_by_default_and_by_label() {
    let desks = Desks::unlimited();
    let id = desks.open_with_key("k").await;
    let base = format!("/crm/v4/objects/tickets/{id}/associations");
    let default = read(desks.hubspot(Method::PUT, &format!("{base}/default/companies/301"))).await;
    assert_eq!(default.status, 200);
    let spec = &default.body["results"][0]["associationSpec"];
    assert_eq!(spec["associationTypeId"], json!(339));

    let labels = "/crm/v4/associations/tickets/contacts/labels";
    let label = json!({"label": "Reporter", "name": "reporter"});
    let made = desks.post_to_hubspot(labels, &label).await.body;
    let type_id = made["results"][0]["typeId"].as_u64().unwrap();
    let types = json!([{"associationCategory": "USER_DEFINED", "associationTypeId": type_id}]);
    let path = format!("{base}/contacts/201");
    let tied = read(desks.hubspot(Method::PUT, &path).json(&types)).await;
    assert_eq!((tied.status.as_u16(), &tied.body["labels"]), (201, &json!(["Reporter"])));

    let listed = desks.get_from_hubspot(&format!("{base}/contacts")).await.body;
    assert_eq!(listed["results"][0]["toObjectId"], json!(201));
    assert_eq!(listed["results"][0]["associationTypes"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn labels_list_the_documented_types_and_those_that_were_made() {
    let desks = Desks::unlimited();
    let list = async |pair: &str| {
        let path = format!("/crm/v4/associations/{pair}/labels");
        let results = desks.get_from_hubspot(&path).await.body["results"].clone();
        let results = results.as_array().unwrap().clone();
        results.iter().map(|kind| kind["typeId"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(list("tickets/contacts").await, [16]);
    assert_eq!(list("contacts/tickets").await, [15]);
    assert_eq!(list("tickets/companies").await, [339, 26]);
    assert_eq!(list("tickets/deals").await, [28]);
    assert_eq!(list("0-5/0-5").await, [452]);
    let labels = "/crm/v4/associations/tickets/contacts/labels";
    let label = json!({"label": "Reporter", "name": "reporter"});
    assert_eq!(desks.post_to_hubspot(labels, &label).await.status, 200);
    assert_eq!(desks.post_to_hubspot(labels, &label).await.status, 409);
    assert_eq!(list("tickets/contacts").await.len(), 2);
    assert_eq!(list("contacts/tickets").await.len(), 2);
}
