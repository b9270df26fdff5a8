//! The example requests of the vendors' pages, sent by the typed clients: byte for byte what the
//! pages show, up to the order of members.

use std::collections::BTreeMap;

use deskbell::{
    desks::{
        Vendor,
        hubspot::{
            Api,
            api::{AssociationSpec, NewAssociation, NewRecord, RecordId, Shown},
        },
        supportdesk,
    },
    ticket::Priority,
};
use serde_json::{Map, Value, json};
use wiremock::{MockServer, ResponseTemplate};

use super::accounts::{answer_with, bytes, config, data, hubspot_settings, supportdesk_vendor};

/// The same JSON, its members in the order of their names.
fn sorted(json: &[u8]) -> String {
    fn sort(value: Value) -> Value {
        match value {
            Value::Object(members) => {
                let sorted: BTreeMap<_, _> =
                    members.into_iter().map(|(name, value)| (name, sort(value))).collect();
                Value::Object(sorted.into_iter().collect())
            }
            Value::Array(items) => Value::Array(items.into_iter().map(sort).collect()),
            value => value,
        }
    }
    sort(serde_json::from_slice(json).unwrap()).to_string()
}

/// What the server was asked: method, path with query, body.
async fn asked(server: &MockServer) -> Vec<(String, String, Vec<u8>)> {
    let requests = server.received_requests().await.unwrap();
    let path = |url: &reqwest::Url| match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    requests
        .into_iter()
        .map(|request| (request.method.to_string(), path(&request.url), request.body))
        .collect()
}

fn hubspot(server: &MockServer) -> Api {
    let vendor = hubspot_settings();
    let config = config(&server.uri(), Vendor::HubSpot(vendor.clone()));
    Api::new(&config.settings, &vendor).unwrap()
}

fn example() -> NewRecord {
    let properties = [
        ("hs_pipeline", "0"),
        ("hs_pipeline_stage", "1"),
        ("hs_ticket_priority", "HIGH"),
        ("subject", "troubleshoot report"),
    ];
    let properties = properties.map(|(name, value)| (name.to_owned(), value.to_owned()));
    NewRecord { properties: properties.into(), ..NewRecord::default() }
}

#[tokio::test]
async fn hubspots_examples_of_new_tickets_are_sent_as_the_page_shows_them() {
    let server = MockServer::start().await;
    let path = "/crm/v3/objects/tickets";
    let created = ResponseTemplate::new(201).set_body_json(data("hubspot-created.json"));
    answer_with(&server, "POST", path, created).await;
    let api = hubspot(&server);
    api.tickets().create(&example()).await.unwrap();
    let tie = |id: &str, type_id| NewAssociation {
        to: RecordId::of(id),
        types: vec![AssociationSpec::own(type_id)],
    };
    let associations = vec![tie("201", 16), tie("301", 26)];
    api.tickets().create(&NewRecord { associations, ..example() }).await.unwrap();
    let examples = ["hubspot-create.json", "hubspot-create-associated.json"];
    for ((method, asked, body), example) in asked(&server).await.into_iter().zip(examples) {
        assert_eq!((method.as_str(), asked.as_str()), ("POST", path));
        assert_eq!(sorted(&body), sorted(&bytes(example)), "{example}");
    }
}

#[tokio::test]
async fn hubspots_paths_are_the_pages() {
    let server = MockServer::start().await;
    let api = hubspot(&server);
    let tickets = api.tickets();
    let shown = Shown {
        properties: vec!["subject".to_owned(), "content".to_owned()],
        associations: vec!["contacts".to_owned(), "companies".to_owned()],
        ..Shown::default()
    };
    // Nothing is answered here: what is asked is looked at.
    drop(tickets.get("1", &shown).await);
    drop(tickets.page(&shown, 10, None).await);
    drop(tickets.update("1", None, &BTreeMap::new()).await);
    drop(tickets.associate("1", "contacts", "201", 16).await);
    drop(tickets.unassociate("1", "contacts", "201", 16).await);
    drop(tickets.delete("1").await);
    drop(api.properties("tickets").await);
    drop(api.labels("tickets", "contacts").await);
    let expected = [
        (
            "GET",
            "/crm/v3/objects/tickets/1?properties=subject,content&associations=contacts,companies",
        ),
        (
            "GET",
            "/crm/v3/objects/tickets?limit=10&properties=subject,content&associations=contacts,companies",
        ),
        ("PATCH", "/crm/v3/objects/tickets/1"),
        ("PUT", "/crm/v3/objects/tickets/1/associations/contacts/201/16"),
        ("DELETE", "/crm/v3/objects/tickets/1/associations/contacts/201/16"),
        ("DELETE", "/crm/v3/objects/tickets/1"),
        ("GET", "/crm/v3/properties/tickets"),
        ("GET", "/crm/v4/associations/tickets/contacts/labels"),
    ];
    let asked = asked(&server).await;
    let asked: Vec<_> = asked.iter().map(|(method, path, _)| (&**method, &**path)).collect();
    assert_eq!(asked, expected);
}

#[tokio::test]
async fn supportdesks_examples_of_new_tickets_are_sent_as_the_page_shows_them() {
    let server = MockServer::start().await;
    let path = "/tickets/api-create";
    let created = ResponseTemplate::new(201).set_body_json(data("supportdesk-created.json"));
    answer_with(&server, "POST", path, created).await;
    let config = config(&server.uri(), supportdesk_vendor());
    let Vendor::SupportDesk(vendor) = &config.vendor else { panic!("{config:?}") };
    let api = supportdesk::Api::new(&config.settings, vendor).unwrap();
    let metadata: Map<String, Value> =
        serde_json::from_str(r#"{"orderId": "12345", "amount": 99.9}"#).unwrap();
    for (description, example) in [
        (
            "La tentative de paiement a échoué avec le code CARD_DECLINED. Le client a été \
             notifié par email.",
            "supportdesk-create-curl.json",
        ),
        ("La tentative de paiement a échoué…", "supportdesk-create-node.json"),
    ] {
        let ticket = supportdesk::NewTicket {
            customer_external_id: "user_42".to_owned(),
            subject: "Paiement échoué pour la commande #12345".to_owned(),
            description: description.to_owned(),
            priority: Some(Priority::High),
            metadata: Some(metadata.clone()),
            ..supportdesk::NewTicket::default()
        };
        let made = api.create_ticket(&ticket).await.unwrap();
        assert_eq!(made.ticket_number.as_deref(), Some("INV-1042"));
        let customer = json!(made.customer.unwrap());
        assert_eq!(customer["externalId"], "user_42");
        let (method, asked, body) = asked(&server).await.pop().unwrap();
        assert_eq!((method.as_str(), asked.as_str()), ("POST", path));
        assert_eq!(sorted(&body), sorted(&bytes(example)), "{example}");
    }
}
