//! Thulium: every documented call as its page shows it.

use deskbell::desks::{
    DeskError,
    thulium::{
        Account, CustomField, CustomerFilter, CustomerResponse, NewCustomer, NewTicket,
        TicketChange, TicketFilter,
    },
};
use futures_util::TryStreamExt;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

use super::accounts::{
    SECRET, answer, answer_with, asked, bytes, data, last_body, thulium_account, thulium_settings,
};

fn account(server: &MockServer) -> Account {
    thulium_account(&server.uri(), &thulium_settings())
}

/// Answers one page, where its query says so.
async fn page(server: &MockServer, offset: &str, count: u64, ids: std::ops::Range<u64>) {
    let tickets: Vec<Value> = ids.map(|id| json!({ "ticket_id": id })).collect();
    Mock::given(matchers::path("/tickets"))
        .and(matchers::query_param("offset", offset))
        .respond_with(
            ResponseTemplate::new(200).set_body_json(json!({ "count": count, "result": tickets })),
        )
        .mount(server)
        .await;
}

#[tokio::test]
async fn the_pages_list_is_asked_as_the_page_shows_it_and_read_whole() {
    let server = MockServer::start().await;
    answer(&server, "GET", "/tickets", 200, data("thulium-listed.json")).await;
    let filter = TicketFilter {
        limit: Some(1),
        offset: Some(0),
        date_from: Some("2014-07-04".parse().unwrap()),
        date_to: Some("2014-07-05".parse().unwrap()),
        company_id: Some("21".to_owned()),
        user_login: Some("akowalski".to_owned()),
        include_custom_fields: true,
        ..TicketFilter::default()
    };
    let page = account(&server).tickets_page(&filter).await.unwrap();
    let line = String::from_utf8(bytes("thulium-list.txt")).unwrap();
    assert_eq!(asked(&server).await, [format!("GET {}", line.trim())]);
    let request = &server.received_requests().await.unwrap()[0];
    let pair = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        format!("api_user:{SECRET}"),
    );
    assert_eq!(request.headers["authorization"], format!("Basic {pair}"));

    assert_eq!(page.count, Some(3));
    let ticket = &page.result[0];
    assert_eq!(ticket.ticket_id, "23962");
    assert_eq!(ticket.ticket_queue_id.as_deref(), Some("32"));
    assert_eq!(ticket.tags, ["abc", "xyz"]);
    assert_eq!(ticket.full_status_name.as_deref(), Some("some status - some sub status"));
    assert_eq!(ticket.custom_field("Uwagi"), Some(Some("information".to_owned())));
    assert_eq!((ticket.custom_field("ID"), ticket.custom_field("X")), (Some(None), None));
    let message = &ticket.messages[0];
    assert_eq!((message.kind.as_deref(), message.user_login.as_deref()), (Some("MAIL"), None));
    assert!(message.says("hello") && message.ratings == ["2", "3"]);
}

#[tokio::test]
async fn the_pages_writes_are_sent_as_the_pages_show_them() {
    let server = MockServer::start().await;
    answer(&server, "POST", "/tickets", 200, json!({ "ticket_id": 1232 })).await;
    let reply = ResponseTemplate::new(200);
    answer_with(&server, "POST", "/tickets/1234/customer_response", reply.clone()).await;
    answer_with(&server, "POST", "/tickets/1234/comment", reply.clone()).await;
    answer_with(&server, "PUT", "/tickets/1234", reply).await;
    let account = account(&server);
    let text = |text: &str| Some(text.to_owned());
    let ticket = NewTicket {
        to: "mailbox@foo.bar".to_owned(),
        subject: "ticket subject".to_owned(),
        from: text("john.doe@foo.bar"),
        body: "email content".to_owned(),
        comment: text("ticket comment"),
        attachments: vec!["61527075253ba62a76ca5c".to_owned()],
        cc: vec!["cc_mail1@foo.bar".to_owned(), "cc_mail2@foo.bar".to_owned()],
        ..NewTicket::default()
    };
    assert_eq!(account.create_ticket(&ticket).await.unwrap(), "1232");
    let shown = String::from_utf8(bytes("thulium-create.json")).unwrap();
    let sent = server.received_requests().await.unwrap().pop().unwrap().body;
    assert_eq!(String::from_utf8(sent).unwrap(), shown.trim());

    let response =
        CustomerResponse { body: "Hello world.".to_owned(), ..CustomerResponse::default() };
    account.respond_as_customer("1234", &response).await.unwrap();
    assert_eq!(last_body(&server).await, data("thulium-customer-response.json"));
    account.comment("1234", "content", "Hello.").await.unwrap();
    assert_eq!(last_body(&server).await, json!({ "content": "Hello." }));
    let change = TicketChange {
        status_id: text("4"),
        substatus_id: text("5"),
        tags: Some(Vec::new()),
        user_login: text("akowalski"),
        ..TicketChange::default()
    };
    account.update_ticket("1234", &change).await.unwrap();
    let sent = last_body(&server).await;
    let expected =
        json!({ "user_login": "akowalski", "status_id": 4, "substatus_id": 5, "tags": [] });
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn every_documented_filter_is_asked_for() {
    let server = MockServer::start().await;
    answer(&server, "GET", "/tickets", 200, json!({ "count": 0, "result": [] })).await;
    let text = |text: &str| Some(text.to_owned());
    let field = |name: &str, values: &[&str]| CustomField {
        name: name.to_owned(),
        values: values.iter().map(|&value| value.to_owned()).collect(),
    };
    let filter = TicketFilter {
        create_date_from: Some("2014-07-04".parse().unwrap()),
        create_date_to: Some("2014-07-14 12:34".parse().unwrap()),
        customer_id: text("32122"),
        source: text("www"),
        ticket_queue_id: text("2"),
        category_id: text("3"),
        message_id: text("432"),
        status_ids: vec!["1".to_owned(), "2".to_owned()],
        custom_fields: vec![field("ID", &["1", "2"]), field("Uwagi", &["information"])],
        order: vec!["-create_date".to_owned(), "update_date".to_owned()],
        ..TicketFilter::default()
    };
    account(&server).tickets_page(&filter).await.unwrap();
    let expected = "GET /tickets?create_date_from=2014-07-04\
                    &create_date_to=2014-07-14%2012%3A34&customer_id=32122&source=www\
                    &ticket_queue_id=2&category_id=3&message_id=432&status_id[]=1&status_id[]=2\
                    &custom_fields[ID][0]=1&custom_fields[ID][1]=2\
                    &custom_fields[Uwagi]=information&order=-create_date%2Cupdate_date";
    assert_eq!(asked(&server).await, [expected]);
}

#[tokio::test]
async fn all_pages_are_read_to_the_end() {
    let server = MockServer::start().await;
    page(&server, "0", 250, 1..101).await;
    page(&server, "100", 250, 101..201).await;
    page(&server, "200", 250, 201..251).await;
    let account = account(&server);
    let tickets: Vec<_> = account.tickets(TicketFilter::default()).try_collect().await.unwrap();
    let ids: Vec<u64> = tickets.iter().map(|ticket| ticket.ticket_id.parse().unwrap()).collect();
    assert_eq!(ids, (1..251).collect::<Vec<_>>());
    let asked = asked(&server).await;
    assert_eq!(asked.len(), 3);
    assert_eq!(asked[0], "GET /tickets?limit=100&offset=0&order=create_date");
}

#[tokio::test]
async fn a_list_that_shrinks_while_it_is_read_ends() {
    let server = MockServer::start().await;
    page(&server, "0", 101, 1..101).await;
    page(&server, "100", 101, 0..0).await;
    let account = account(&server);
    let tickets: Vec<_> = account.tickets(TicketFilter::default()).try_collect().await.unwrap();
    assert_eq!(tickets.len(), 100);
}

#[tokio::test]
async fn a_page_that_fails_is_told_after_those_before_it() {
    let server = MockServer::start().await;
    page(&server, "0", 250, 1..101).await;
    let account = account(&server);
    let mut tickets = Box::pin(account.tickets(TicketFilter::default()));
    for _ in 0..100 {
        assert!(tickets.try_next().await.unwrap().is_some());
    }
    assert!(matches!(tickets.try_next().await, Err(DeskError::Unreadable { .. })));
}

#[tokio::test]
async fn ids_are_read_as_texts_and_as_numbers() {
    for (id, number) in [(json!(1234), json!(273)), (json!("1234"), json!("273"))] {
        let server = MockServer::start().await;
        let ticket =
            json!({ "ticket_id": id, "customer_id": number, "status_id": 2, "tags": null });
        answer(&server, "GET", "/tickets/1234", 200, ticket).await;
        answer(&server, "POST", "/tickets", 200, json!({ "ticket_id": id })).await;
        answer(&server, "POST", "/customers", 200, json!({ "customer_id": number })).await;
        let account = account(&server);
        let ticket = account.ticket("1234").await.unwrap().unwrap();
        assert_eq!((ticket.ticket_id.as_str(), ticket.status_id.as_deref()), ("1234", Some("2")));
        assert_eq!(ticket.customer_id.as_deref(), Some("273"));
        assert_eq!(account.create_ticket(&NewTicket::default()).await.unwrap(), "1234");
        let customer = NewCustomer { surname: "Kowalski".to_owned(), ..NewCustomer::default() };
        assert_eq!(account.create_customer(&customer).await.unwrap(), "273");
    }
}

#[tokio::test]
async fn what_is_not_there_is_none_and_no_id_leaves_its_path() {
    let server = MockServer::start().await;
    let missing = json!({ "request_id": "r", "errors": [{ "message": "no", "code": 404 }] });
    answer(&server, "GET", "/tickets/7", 404, missing.clone()).await;
    answer(&server, "GET", "/agents/nobody", 404, missing).await;
    let account = account(&server);
    assert_eq!(account.ticket("7").await.unwrap(), None);
    assert_eq!(account.agent("nobody").await.unwrap(), None);
    for id in ["", "..", "."] {
        assert!(matches!(account.ticket(id).await, Err(DeskError::Incomplete(_))), "{id}");
    }
    assert_eq!(asked(&server).await.len(), 2);
}

#[tokio::test]
async fn customers_are_asked_for_by_every_documented_filter() {
    let server = MockServer::start().await;
    answer(&server, "GET", "/customers", 200, json!({ "count": 0, "result": [] })).await;
    let text = |text: &str| Some(text.to_owned());
    let filter = CustomerFilter {
        identifier: text("3434558"),
        email: text("jan.kowalski@foo.bar"),
        phone_number: text("555666777"),
        nip: text("6783144527"),
        company_id: text("456"),
        customer_type: text("custom type"),
        group: text("g"),
        limit: Some(1000),
        ..CustomerFilter::default()
    };
    account(&server).customers_page(&filter).await.unwrap();
    let expected = "GET /customers?identifier=3434558&email=jan.kowalski%40foo.bar\
                    &phone_number=555666777&nip=6783144527&company_id=456&type=custom%20type\
                    &group=g&limit=1000";
    assert_eq!(asked(&server).await, [expected]);
}

#[tokio::test]
async fn lists_are_read_in_every_shape_that_they_may_have() {
    let server = MockServer::start().await;
    let statuses = json!([{ "status_id": "4", "name": "Zamknięte",
        "substatuses": [{ "substatus_id": 5, "name": "Rozwiązane" }] }]);
    answer(&server, "GET", "/ticket_statuses", 200, statuses).await;
    let queues = json!({ "result": [{ "id": 32, "name": "help" }, { "name": "no id" }] });
    answer(&server, "GET", "/ticket_queues", 200, queues).await;
    let agents = json!([{ "login": "akowalski", "name": "Adam", "surname": "Kowalski" }]);
    answer(&server, "GET", "/agents", 200, agents).await;
    let account = account(&server);
    let statuses = account.statuses().await.unwrap();
    assert_eq!((statuses[0].id.as_str(), statuses[0].parts[0].id.as_str()), ("4", "5"));
    let queues = account.queues().await.unwrap();
    assert_eq!((queues.len(), queues[0].id.as_str()), (1, "32"));
    let agents = account.agents().await.unwrap();
    assert_eq!((agents[0].id.as_str(), agents[0].name.as_str()), ("akowalski", "Adam Kowalski"));
}
