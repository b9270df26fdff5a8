//! KF5: every documented call, as the vendor's page shows it.

use deskbell::desks::{
    DeskError,
    kf5::{
        Change, Client, Id, Ids, Kind, ListFilter, NewComment, NewTicket, Order, Requester, Search,
        Status,
    },
};
use futures_util::{Stream, TryStreamExt};
use serde_json::{Map, Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

use super::accounts::{SECRET, answer, asked, bytes, data, kf5_client, last_body};

pub(super) fn id(text: &str) -> Id {
    text.parse().unwrap()
}

pub(super) fn ids(texts: &[&str]) -> Ids {
    texts.iter().map(|text| id(text)).collect::<Vec<_>>().try_into().unwrap()
}

async fn all<T>(records: impl Stream<Item = Result<T, DeskError>>) -> Vec<T> {
    records.try_collect().await.unwrap()
}

/// A server that answers everything with every member that any call reads.
async fn answering() -> (MockServer, Client) {
    let server = MockServer::start().await;
    let body = json!({
        "ticket": data("kf5-ticket.json"), "tickets": [], "users": [], "comments": [],
        "ticket_fields": [], "user": { "id": 733 }, "results": [],
        "attachment": { "id": "7", "token": "00154af5872418a7792dda" },
    });
    let reply = ResponseTemplate::new(200).set_body_json(body);
    Mock::given(matchers::any()).respond_with(reply).mount(&server).await;
    let client = kf5_client(&server);
    (server, client)
}

fn ticket(title: &str, content: &str) -> NewTicket {
    NewTicket {
        title: title.to_owned(),
        comment: NewComment::text(content),
        requester: None,
        change: Change::default(),
    }
}

fn solved() -> Change {
    Change { status: Some(Status::Solved), ..Change::default() }
}

#[tokio::test]
async fn every_request_of_the_page_is_sent_to_its_path() {
    let (server, client) = answering().await;
    let search = |search: Search| all(client.search(&search));
    let filter = ListFilter::default();
    all(client.tickets(&filter)).await;
    all(client.tickets_of(&id("733"), &filter)).await;
    assert_eq!(client.show(&id("8")).await.unwrap().unwrap().id, id("8"));
    client.show_many(&ids(&["1", "2"])).await.unwrap();
    client.create(&ticket("the title", "the content")).await.unwrap();
    client.update(&id("8"), &solved()).await.unwrap();
    client.update_many(&ids(&["1", "2"]), &solved()).await.unwrap();
    client.delete(&id("8")).await.unwrap();
    client.delete_many(&ids(&["1", "2", "3"])).await.unwrap();
    search(Search { query: Some("iphone6".to_owned()), ..Search::default() }).await;
    search(Search { statuses: vec![Status::Open, Status::Solved], ..Search::default() }).await;
    search(Search { field_value: Some("12345".to_owned()), ..Search::default() }).await;
    all(client.collaborators(&id("8"))).await;
    all(client.incidents(&id("8"))).await;
    all(client.problems()).await;
    let page = String::from_utf8(bytes("kf5-requests.txt")).unwrap();
    assert_eq!(asked(&server).await, page.lines().collect::<Vec<_>>());
}

#[tokio::test]
async fn the_pages_bodies_are_sent_as_the_page_shows_them() {
    let (server, client) = answering().await;
    client.create(&ticket("the title", "the content")).await.unwrap();
    assert_eq!(last_body(&server).await, data("kf5-create-curl.json"));

    let mut second = ticket("Let's create ticket", "what are you waiting for?");
    second.requester = Some(Requester::Person {
        email: Some("pablito@example.org".to_owned()),
        phone: None,
        name: Some("new user".to_owned()),
    });
    second.change.kind = Some(Kind::Problem);
    client.create(&second).await.unwrap();
    assert_eq!(last_body(&server).await, data("kf5-create.json"));

    let thanks =
        NewComment { public: Some(true), ..NewComment::text("Thanks, this is now solved!") };
    let reply = Change { comment: Some(thanks), ..solved() };
    client.update(&id("8"), &reply).await.unwrap();
    assert_eq!(last_body(&server).await, data("kf5-update-curl.json"));

    // The page writes a truth as a text here.
    let more = Map::from_iter([("public".to_owned(), json!("true"))]);
    let thanks = NewComment { more, ..NewComment::text("thank you") };
    client.update(&id("8"), &Change { comment: Some(thanks), ..solved() }).await.unwrap();
    assert_eq!(last_body(&server).await, data("kf5-update.json"));

    client.update_many(&ids(&["1", "2"]), &solved()).await.unwrap();
    assert_eq!(last_body(&server).await, data("kf5-update-many.json"));
}

#[tokio::test]
async fn the_pages_parts_of_a_ticket_are_sent_as_the_page_shows_them() {
    let (server, client) = answering().await;
    let address = |text: &str| Some(Requester::Address(text.to_owned()));
    let person = Requester::Person {
        email: Some("pablito@example.org".to_owned()),
        phone: Some("18613210119".to_owned()),
        name: Some("new user".to_owned()),
    };
    let base = || ticket("t", "c");
    let fields = vec![("field_123".to_owned(), json!("test"))];
    let uploads = vec!["00154af5872418a7792dda".to_owned()];
    let tickets = [
        NewTicket { requester: address("newuser@mail.com"), ..base() },
        NewTicket { requester: address("18613210119"), ..base() },
        NewTicket { requester: Some(person), ..base() },
        NewTicket { change: Change { custom_fields: fields, ..Change::default() }, ..base() },
        NewTicket {
            comment: NewComment { uploads, ..NewComment::text("with attachments") },
            ..base()
        },
    ];
    let parts = data("kf5-create-parts.json");
    for (ticket, part) in tickets.iter().zip(parts.as_array().unwrap()) {
        client.create(ticket).await.unwrap();
        let sent = &last_body(&server).await["ticket"];
        for (member, value) in part.as_object().unwrap() {
            assert_eq!(&sent[member], value);
        }
    }
}

#[tokio::test]
async fn every_member_of_a_change_is_sent_under_its_name() {
    let (server, client) = answering().await;
    let change = Change {
        title: Some("t".to_owned()),
        assignee: Some(id("733")),
        group: Some(id("165")),
        kind: Some(Kind::Task),
        problem: Some(id("32")),
        due_at: Some("2016-01-01 00:00:00".to_owned()),
        tags: Some(vec!["a".to_owned()]),
        collaborators: Some(vec![id("100"), id("x-1")]),
        more: Map::from_iter([("template_id".to_owned(), json!(4))]),
        ..Change::default()
    };
    client.update(&id("8"), &change).await.unwrap();
    let expected = json!({
        "title": "t", "type": "task", "assignee_id": 733, "group_id": 165, "problem_id": 32,
        "due_at": "2016-01-01 00:00:00", "tags": ["a"], "collaborator_ids": [100, "x-1"],
        "template_id": 4,
    });
    assert_eq!(last_body(&server).await, json!({ "ticket": expected }));
    client.update(&id("8"), &Change { tags: Some(Vec::new()), ..Change::default() }).await.unwrap();
    assert_eq!(last_body(&server).await, json!({ "ticket": { "tags": [] } }));
}

#[tokio::test]
async fn a_list_is_narrowed_and_ordered_as_the_page_says() {
    let (server, client) = answering().await;
    let filter = ListFilter {
        created_start: Some("2016-01-01 00:00:00".to_owned()),
        created_end: Some("1460000000".to_owned()),
        updated_order: Some(Order::Ascending),
        field_order: Some(("field_690".to_owned(), Order::Descending)),
        page: Some(3),
        per_page: Some(20),
        ..ListFilter::default()
    };
    all(client.tickets(&filter)).await;
    let expected = "GET /apiv2/tickets.json?created_start=2016-01-01%2000%3A00%3A00\
        &created_end=1460000000&updated_order=asc&field_order=field_690_desc&per_page=20&page=3";
    assert_eq!(asked(&server).await, [expected]);
}

#[tokio::test]
async fn the_neighbours_calls_are_sent_to_their_paths() {
    let (server, client) = answering().await;
    assert_eq!(client.me().await.unwrap().id, id("733"));
    all(client.users("a+b@example.org")).await;
    assert!(client.ticket_fields().await.unwrap().is_empty());
    all(client.comments(&id("8"))).await;
    let file = client.upload("一 x.png", b"\x89PNG\xff".to_vec()).await.unwrap();
    assert_eq!((file.id, file.token.as_str()), (Some(id("7")), "00154af5872418a7792dda"));
    let paths = [
        "GET /apiv2/users/me.json",
        "GET /apiv2/users/search.json?query=a%2Bb%40example.org",
        "GET /apiv2/ticket_fields.json",
        "GET /apiv2/tickets/8/comments.json?sort_order=asc",
        "POST /apiv2/attachments.json?filename=%E4%B8%80%20x.png",
    ];
    assert_eq!(asked(&server).await, paths);
    let requests = server.received_requests().await.unwrap();
    let upload = requests.last().unwrap();
    assert_eq!(upload.headers["content-type"], "application/binary");
    assert_eq!(upload.body, b"\x89PNG\xff");
}

#[tokio::test]
async fn the_agent_and_the_token_are_told_as_user_and_password() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let (server, client) = answering().await;
    client.me().await.unwrap();
    let request = &server.received_requests().await.unwrap()[0];
    let both = STANDARD.encode(format!("agent@example.org/token:{SECRET}"));
    assert_eq!(request.headers["authorization"], format!("Basic {both}"));
}

#[tokio::test]
async fn the_pages_ticket_is_read_whole_whether_its_ids_are_numbers_or_texts() {
    let mut page = data("kf5-ticket.json");
    for name in ["id", "requester_id", "assignee_id", "group_id"] {
        let (server, number) = (MockServer::start().await, page[name].clone());
        answer(&server, "GET", "/apiv2/tickets/8.json", 200, json!({ "ticket": page })).await;
        let ticket = kf5_client(&server).show(&id("8")).await.unwrap().unwrap();
        assert_eq!((&ticket.id, &ticket.requester_id), (&id("8"), &Some(id("738"))));
        assert_eq!(
            (ticket.assignee_id.clone(), ticket.group_id.clone()),
            (Some(id("733")), Some(id("165")))
        );
        assert_eq!(ticket.field("field_36").as_deref(), Some("下拉菜单选项"));
        assert_eq!(ticket.tags, ["TAG测试", "TAG测试1"]);
        let mut shown = serde_json::to_value(&ticket).unwrap();
        for member in ["id", "requester_id", "assignee_id", "group_id"] {
            shown[member] = serde_json::from_str(shown[member].as_str().unwrap()).unwrap();
        }
        assert_eq!(shown, data("kf5-ticket.json"));
        page[name] = Value::String(number.to_string());
    }
}

#[tokio::test]
async fn a_change_of_many_tells_of_each_ticket_what_came_of_it() {
    let server = MockServer::start().await;
    let path = "/apiv2/tickets/update_many.json";
    answer(&server, "PUT", path, 200, data("kf5-update-many-answer.json")).await;
    let results = kf5_client(&server).update_many(&ids(&["1", "2"]), &solved()).await.unwrap();
    let told: Vec<_> =
        results.iter().map(|it| (it.id.as_str(), it.success, it.errors.as_deref())).collect();
    assert_eq!(told, [("1", false, Some("状态为已解决时,受理人不能为空")), ("2", true, None)]);
}

#[tokio::test]
async fn a_ticket_that_there_is_not_is_none() {
    let server = MockServer::start().await;
    answer(&server, "GET", "/apiv2/tickets/8.json", 404, json!({ "message": "no" })).await;
    assert_eq!(kf5_client(&server).show(&id("8")).await.unwrap(), None);
    server.reset().await;
    let page = ResponseTemplate::new(404).set_body_string("<html>");
    super::accounts::answer_with(&server, "GET", "/apiv2/tickets/8.json", page).await;
    assert!(kf5_client(&server).show(&id("8")).await.is_err());
}

#[tokio::test]
async fn a_desk_that_knows_no_pages_is_read_once() {
    let server = MockServer::start().await;
    let records: Vec<_> = (1..=100).map(|id| json!({ "id": id })).collect();
    let path = "/apiv2/tickets/problems.json";
    answer(&server, "GET", path, 200, json!({ "tickets": records })).await;
    assert_eq!(all(kf5_client(&server).problems()).await.len(), 100);
    assert_eq!(asked(&server).await.len(), 2);
}
