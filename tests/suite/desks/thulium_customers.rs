//! Thulium: whose ticket it is.

use deskbell::{
    delivery::{Outcome, Reason, Step},
    desks::DeskError,
    ticket::{Association, AssociationKind, Customer, Missing, Target, TicketDraft},
};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

use super::accounts::{act, answer, asked, deliver, draft, last_body, thulium};

/// Answers the question for customers by one filter.
async fn known(server: &MockServer, filter: &str, value: &str, customers: Value) {
    let count = customers.as_array().unwrap().len();
    let body = json!({ "count": count, "result": customers });
    Mock::given(matchers::method("GET"))
        .and(matchers::path("/customers"))
        .and(matchers::query_param(filter, value))
        .respond_with(ResponseTemplate::new(200).set_body_json(body))
        .mount(server)
        .await;
}

async fn nobody() -> MockServer {
    let server = MockServer::start().await;
    known(&server, "identifier", "user_42", json!([])).await;
    known(&server, "email", "jean@acme.com", json!([])).await;
    answer(&server, "POST", "/customers", 200, json!({ "customer_id": 900 })).await;
    answer(&server, "POST", "/tickets", 200, json!({ "ticket_id": 1 })).await;
    server
}

async fn somebody(filter: &str, value: &str, customers: Value) -> MockServer {
    let server = MockServer::start().await;
    known(&server, filter, value, customers).await;
    answer(&server, "POST", "/tickets", 200, json!({ "ticket_id": 1 })).await;
    server
}

fn tied(property: &str, value: &str, missing: Missing) -> TicketDraft {
    let association = Association {
        object: "customer".to_owned(),
        target: Target::Match { property: property.to_owned(), value: value.to_owned() },
        kind: AssociationKind::Default,
        missing,
    };
    TicketDraft { associations: vec![association], ..draft() }
}

#[tokio::test]
async fn a_customer_is_found_by_the_id_upstream() {
    let listed = json!([
        { "customer_id": "300", "identifier": "user_42" },
        { "customer_id": 273, "identifier": "user_42" },
        { "customer_id": 9, "identifier": "user_420" },
    ]);
    let server = somebody("identifier", "user_42", listed).await;
    deliver(&*thulium(&server), &draft()).await.unwrap();
    assert_eq!(last_body(&server).await["customer_id"], json!(273));
    assert_eq!(asked(&server).await.len(), 2);
}

#[tokio::test]
async fn a_customer_is_found_by_e_mail_where_the_id_finds_nobody() {
    let server = somebody("identifier", "user_42", json!([])).await;
    let listed = json!([
        { "customer_id": 1, "email": "jean@acme.com", "identifier": "user_43" },
        { "customer_id": 2, "email": "Jean@acme.com", "identifier": "" },
    ]);
    known(&server, "email", "jean@acme.com", listed).await;
    deliver(&*thulium(&server), &draft()).await.unwrap();
    assert_eq!(last_body(&server).await["customer_id"], json!(2));
}

#[tokio::test]
async fn an_unknown_customer_is_made_where_the_rule_gives_a_name_and_once() {
    let server = nobody().await;
    let desk = thulium(&server);
    deliver(&*desk, &draft()).await.unwrap();
    let requests = server.received_requests().await.unwrap();
    let made: Value = serde_json::from_slice(&requests[2].body).unwrap();
    assert_eq!(
        made,
        json!({
            "name": "Jean de la", "surname": "Tour", "email": "jean@acme.com",
            "phone_number": "+33 1", "identifier": "user_42",
        })
    );
    assert_eq!(last_body(&server).await["customer_id"], json!(900));
    deliver(&*desk, &draft()).await.unwrap();
    let made = asked(&server).await.into_iter().filter(|line| line == "POST /customers").count();
    assert_eq!(made, 1);
}

#[tokio::test]
async fn an_unknown_customer_without_a_name_is_left_out_of_the_ticket() {
    let server = nobody().await;
    let mut nameless = draft();
    nameless.customer.as_mut().unwrap().name = None;
    deliver(&*thulium(&server), &nameless).await.unwrap();
    let sent = last_body(&server).await;
    assert_eq!((sent.get("customer_id"), &sent["from"]), (None, &json!("jean@acme.com")));
    assert!(!asked(&server).await.contains(&"POST /customers".to_owned()));
}

#[tokio::test]
async fn a_draft_that_names_nobody_asks_for_nobody() {
    let server = nobody().await;
    let nobodys = TicketDraft { customer: Some(Customer::default()), ..draft() };
    deliver(&*thulium(&server), &nobodys).await.unwrap();
    assert_eq!(asked(&server).await, ["POST /tickets"]);
}

#[tokio::test]
async fn an_associations_customer_is_looked_up_in_its_own_way() {
    let listed = json!([{ "customer_id": 5, "phone_numbers": ["+48 222 333 444"] }]);
    let server = somebody("phone_number", "48222333444", listed).await;
    deliver(&*thulium(&server), &tied("phone_number", "48222333444", Missing::Fail)).await.unwrap();
    assert_eq!(last_body(&server).await["customer_id"], json!(5));
}

#[tokio::test]
async fn an_associations_customer_that_is_not_there_follows_the_rule() {
    for (missing, expected) in
        [(Missing::Skip, None), (Missing::Create, Some(json!(900))), (Missing::Fail, None)]
    {
        let server = nobody().await;
        known(&server, "email", "new@acme.com", json!([])).await;
        let ticket = deliver(&*thulium(&server), &tied("email", "new@acme.com", missing)).await;
        if missing == Missing::Fail {
            let error = ticket.unwrap_err();
            assert_eq!(error.failure().reason, Reason::MissingRecord);
            assert!(!error.to_string().contains("acme"), "{error}");
        } else {
            ticket.unwrap();
            assert_eq!(last_body(&server).await.get("customer_id"), expected.as_ref());
        }
    }
}

#[tokio::test]
async fn a_customer_that_is_refused_is_looked_up_anew() {
    let listed = json!([{ "customer_id": 273, "identifier": "user_42" }]);
    let server = MockServer::start().await;
    known(&server, "identifier", "user_42", listed).await;
    let refusal = json!({ "errors": [{ "message": "no such customer", "code": 1 }] });
    answer(&server, "POST", "/tickets", 400, refusal).await;
    let desk = thulium(&server);
    for looked_up in [1, 2] {
        let error = deliver(&*desk, &draft()).await.unwrap_err();
        assert!(matches!(error, DeskError::Refused(..)), "{error:?}");
        let asked = asked(&server).await;
        assert_eq!(asked.iter().filter(|line| line.starts_with("GET")).count(), looked_up);
    }
}

#[tokio::test]
async fn a_lost_answer_about_a_customer_is_no_doubt_about_the_ticket() {
    let server = MockServer::start().await;
    answer(&server, "GET", "/customers", 502, json!({})).await;
    let step = act(&*thulium(&server), &Step::Customer, &draft(), &[]).await;
    assert!(!matches!(step, Ok(Outcome::Record(_))));
    let verdict = step.unwrap_err().verdict(&Step::Customer);
    assert_eq!(verdict, deskbell::delivery::Verdict::Retry { after: None });
}
