//! The admin path: everything that the handles offer, over HTTP.

use std::sync::Arc;

use deskbell::{
    clock::SystemClock,
    sandbox::{SandboxSettings, start},
};
use reqwest::Method;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{Answer, Desks, TICKETS, hubspot, read, supportdesk::example, ticket_with_key};

async fn admin(desks: &Desks, method: Method, path: &str, body: Option<Value>) -> Answer {
    let base = desks.sandbox.hubspot().admin_url().unwrap();
    let request = desks.http.request(method, format!("{base}{path}"));
    read(body.iter().fold(request, reqwest::RequestBuilder::json)).await
}

async fn post(desks: &Desks, path: &str, body: Value) -> Answer {
    admin(desks, Method::POST, path, Some(body)).await
}

#[tokio::test]
async fn tickets_are_shown_with_key_priority_and_properties() {
    let desks = Desks::unlimited();
    desks.open_with_key("a").await;
    desks.open_with_key("b").await;
    let all = admin(&desks, Method::GET, "/tickets", None).await.body;
    assert_eq!(all["count"], json!(2));
    let first = &all["tickets"][0];
    assert_eq!((&first["order"], &first["key"]), (&json!(1), &json!("a")));
    assert_eq!(first["priority"], "HIGH");
    assert_eq!(first["properties"]["subject"], "troubleshoot report");
    let one = admin(&desks, Method::GET, "/tickets?key=b", None).await.body;
    assert_eq!((&one["count"], &one["tickets"][0]["order"]), (&json!(1), &json!(2)));
}

#[tokio::test]
async fn faults_are_taken_as_json_and_tell_how_often_they_struck() {
    let desks = Desks::unlimited();
    let plan = json!({
        "create": [{"kind": "answer", "status": 500, "after_creating": true, "times": 3}],
        "any": [{"kind": "throttle", "retry_after": 7, "one_in": 1, "seed": 2}],
    });
    let set = post(&desks, "/faults", plan).await;
    assert_eq!(set.body["create"][0], json!({"kind": "answer", "struck": 0, "left": 3}));
    let refused = desks.post_to_hubspot(TICKETS, &ticket_with_key("k")).await;
    assert_eq!(refused.status, 500);
    let throttled = desks.get_from_hubspot(TICKETS).await;
    assert_eq!(
        (throttled.status.as_u16(), &throttled.headers["retry-after"]),
        (429, &"7".parse().unwrap())
    );
    let standing = admin(&desks, Method::GET, "/faults", None).await.body;
    assert_eq!(standing["create"][0], json!({"kind": "answer", "struck": 1, "left": 2}));
    assert_eq!(standing["any"][0], json!({"kind": "answer", "struck": 1, "left": null}));
    assert_eq!(post(&desks, "/faults", json!({})).await.body, json!({}));
    assert_eq!(desks.get_from_hubspot(TICKETS).await.status, 200);
}

#[tokio::test]
async fn a_fault_that_cannot_be_made_is_refused_with_the_reason() {
    let desks = Desks::unlimited();
    for fault in [
        json!({"kind": "answer"}),
        json!({"kind": "answer", "status": 99}),
        json!({"kind": "latency"}),
        json!({"kind": "away", "how": "refused"}),
        json!({"kind": "explode"}),
        json!({"kind": "disconnect", "often": true}),
    ] {
        let refused = post(&desks, "/faults", json!({"create": [fault]})).await;
        assert_eq!(refused.status, 400, "{fault}");
        assert!(refused.body["detail"].is_string());
    }
    assert_eq!(post(&desks, "/faults", json!({"open": []})).await.status, 400);
}

#[tokio::test]
async fn calls_windows_switches_and_absence_are_set_over_http() {
    let desks = Desks::unlimited();
    let windows = json!({"calls": [{"requests": 2, "per_ms": 1000}], "search": [], "daily": 9});
    assert_eq!(post(&desks, "/limits", windows.clone()).await.body, windows);
    assert_eq!(admin(&desks, Method::GET, "/limits", None).await.body, windows);
    for status in [200, 200, 429] {
        assert_eq!(desks.get_from_hubspot(TICKETS).await.status, status);
    }
    assert_eq!(post(&desks, "/limits", json!({})).await.status, 200);
    let calls = admin(&desks, Method::GET, "/calls?after=2", None).await.body;
    assert_eq!(calls["count"], json!(1));
    let call = &calls["calls"][0];
    assert_eq!((&call["number"], &call["operation"]), (&json!(3), &json!("list")));
    assert_eq!((&call["status"], &call["path"]), (&json!(429), &json!(TICKETS)));

    assert_eq!(post(&desks, "/settings", json!({"urgent": true})).await.status, 204);
    assert_eq!(post(&desks, "/settings", json!({"urgnt": true})).await.status, 400);
    let mut urgent = hubspot::example();
    urgent["properties"]["hs_ticket_priority"] = json!("URGENT");
    assert_eq!(desks.post_to_hubspot(TICKETS, &urgent).await.status, 201);

    let away = json!({"how": "closed", "for_ms": 600_000});
    assert_eq!(post(&desks, "/away", away).await.status, 204);
    assert!(desks.hubspot(Method::GET, TICKETS).send().await.is_err());
    desks.sandbox.hubspot().come_back();
}

#[tokio::test]
async fn customers_are_seeded_and_a_reset_forgets_everything() {
    let desks = Desks::unlimited();
    let contacts =
        json!({"contacts": [{"email": "seeded@acme.com"}], "companies": [{"name": "S"}]});
    let seeded = post(&desks, "/contacts", contacts.clone()).await;
    let id = seeded.body["contacts"][0].as_str().unwrap();
    let by_mail = "/crm/v3/objects/contacts/seeded@acme.com?idProperty=email";
    assert_eq!(desks.get_from_hubspot(by_mail).await.body["id"], id);
    assert_eq!(post(&desks, "/contacts", contacts).await.status, 400);

    let supportdesk = desks.sandbox.supportdesk();
    let customer = json!({"customers": [{"externalId": "s1", "email": "s@x.com", "name": "S"}]});
    supportdesk.seed(&customer).unwrap();
    let mut ticket = example();
    ticket["customerExternalId"] = json!("s1");
    assert_eq!(desks.open_at_supportdesk(&ticket).await.status, 201);

    assert_eq!(post(&desks, "/reset", json!({})).await.status, 204);
    supportdesk.reset();
    assert!(supportdesk.tickets().is_empty() && supportdesk.calls(0).is_empty());
    assert_eq!(desks.get_from_hubspot(by_mail).await.status, 404);
    assert_eq!(desks.open_at_supportdesk(&ticket).await.status, 404);
    assert_eq!(
        desks.open_at_supportdesk(&example()).await.body["data"]["ticketNumber"],
        "INV-1001"
    );
}

#[tokio::test]
async fn the_sandbox_stops_on_its_token_and_frees_its_ports() {
    let stop = CancellationToken::new();
    let mut settings = SandboxSettings::on_loopback(Arc::new(SystemClock));
    settings.hubspot = None;
    let sandbox = start(settings, stop.clone()).unwrap();
    assert_eq!(sandbox.hubspot().base_url(), None);
    let address = sandbox.supportdesk().address().unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_ok());
    stop.cancel();
    sandbox.stopped().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
    std::net::TcpListener::bind(address).unwrap();
}
