//! KF5: every documented call is accepted and answered in the documented shape, and what the page
//! forbids is refused.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{Answer, Desks, read};

/// The example of the vendor's page.
fn example() -> Value {
    json!({ "ticket": {
        "title": "Let's create ticket",
        "comment": { "content": "what are you waiting for?" },
        "requester": { "email": "pablito@example.org", "name": "new user" },
        "type": "problem",
    }})
}

fn with(member: &str, value: Value) -> Value {
    let mut body = example();
    body["ticket"][member] = value;
    body
}

fn call(desks: &Desks, method: Method, path: &str) -> RequestBuilder {
    let url = format!("{}{path}", desks.sandbox.kf5().base_url().unwrap());
    desks.http.request(method, url).basic_auth("agent@example.org/token", Some("kf5-sandbox"))
}

async fn open(desks: &Desks, body: &Value) -> Answer {
    read(call(desks, Method::POST, "/tickets.json").json(body)).await
}

async fn get(desks: &Desks, path: &str) -> Answer {
    read(call(desks, Method::GET, path)).await
}

async fn put(desks: &Desks, path: &str, body: &Value) -> Answer {
    read(call(desks, Method::PUT, path).json(body)).await
}

#[tokio::test]
async fn the_pages_create_is_answered_as_the_page_shows_it() {
    let desks = Desks::unlimited();
    let answer = open(&desks, &example()).await;
    assert_eq!(answer.status, 201);
    let place = answer.headers["location"].to_str().unwrap();
    assert!(place.ends_with("/apiv2/tickets/1.json"), "{place}");
    let ticket = &answer.body["ticket"];
    assert_eq!((&ticket["id"], &ticket["type"]), (&json!(1), &json!("problem")));
    assert_eq!(ticket["description"], "what are you waiting for?");
    // China's time, which the page writes without a zone.
    assert_eq!(ticket["created_at"], "2026-04-18 18:00:00");
    let page: Value =
        serde_json::from_str(include_str!("../../data/desks/kf5-ticket.json")).unwrap();
    let members = |ticket: &Value| ticket.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(members(ticket), members(&page));
    assert_eq!(get(&desks, "/tickets/1.json").await.body["ticket"], *ticket);
}

#[tokio::test]
async fn a_requester_is_made_once_and_found_by_address_or_number() {
    let desks = Desks::unlimited();
    let first = open(&desks, &example()).await.body["ticket"]["requester_id"].clone();
    for again in [json!("pablito@example.org"), json!({ "email": "PABLITO@example.org" })] {
        assert_eq!(
            open(&desks, &with("requester", again)).await.body["ticket"]["requester_id"],
            first
        );
    }
    let by_number = open(&desks, &with("requester", json!("18613210119"))).await;
    let number = &by_number.body["ticket"]["requester_id"];
    assert_ne!(*number, first);
    let person = json!({ "phone": 18_613_210_119_u64, "name": "new user" });
    assert_eq!(
        open(&desks, &with("requester", person)).await.body["ticket"]["requester_id"],
        *number
    );
    // `requester_id` counts first; without either it is the agent who asks.
    let both = with("requester_id", json!(733));
    assert_eq!(open(&desks, &both).await.body["ticket"]["requester_id"], 733);
    let nobody = with("requester", Value::Null);
    assert_eq!(open(&desks, &nobody).await.body["ticket"]["requester_id"], 733);
}

#[tokio::test]
async fn what_the_page_does_not_allow_is_refused() {
    let desks = Desks::unlimited();
    for (member, value) in [
        ("title", json!("")),
        ("comment", Value::Null),
        ("comment", json!({ "content": " " })),
        ("type", json!("bug")),
        ("status", json!("done")),
        ("priority", json!("HIGH")),
        ("assignee_id", json!(1)),
        ("group_id", json!(1)),
        ("problem_id", json!(9)),
        ("requester_id", json!(9)),
        ("requester", json!({ "email": "nobody" })),
        ("requester", json!({ "name": "nobody" })),
        ("tags", json!("a")),
        ("collaborator_ids", json!([9])),
        ("custom_fields", json!([{ "name": "colour", "value": "x" }])),
        ("custom_fields", json!([{ "name": "field_36", "value": "x" }])),
        ("comment", json!({ "content": "c", "uploads": ["unknown"] })),
        ("status", json!("solved")),
    ] {
        let answer = open(&desks, &with(member, value.clone())).await;
        assert_eq!(answer.status, 422, "{member} {value}");
        assert!(answer.body["message"].is_string());
    }
    assert!(desks.sandbox.kf5().tickets().is_empty());
    assert_eq!(open(&desks, &json!([])).await.status, 422);
    assert_eq!(read(call(&desks, Method::POST, "/tickets.json").body("{")).await.status, 400);
}

#[tokio::test]
async fn a_change_of_many_is_answered_ticket_by_ticket() {
    let desks = Desks::unlimited();
    open(&desks, &example()).await;
    open(&desks, &with("assignee_id", json!(733))).await;
    let body = json!({ "ticket": { "status": "solved" } });
    let answer = put(&desks, "/tickets/update_many.json?ids=1,2", &body).await;
    let page: Value =
        serde_json::from_str(include_str!("../../data/desks/kf5-update-many-answer.json")).unwrap();
    assert_eq!((answer.status.as_u16(), answer.body), (200, page));
    let many: Vec<_> = (1..=101).map(|id: u32| id.to_string()).collect();
    let path = format!("/tickets/update_many.json?ids={}", many.join(","));
    assert_eq!(put(&desks, &path, &body).await.status, 400);
}

#[tokio::test]
async fn a_reply_is_added_and_a_closed_ticket_changes_no_more() {
    let desks = Desks::unlimited();
    open(&desks, &example()).await;
    let reply = json!({ "ticket": {
        "comment": { "content": "thank you", "public": "true" }, "status": "closed",
    }});
    let answer = put(&desks, "/tickets/1.json", &reply).await;
    assert_eq!((answer.status.as_u16(), &answer.body["ticket"]["status"]), (200, &json!("closed")));
    let comments = get(&desks, "/tickets/1/comments.json").await.body["comments"].take();
    assert_eq!(
        (&comments[1]["content"], &comments[1]["public"]),
        (&json!("thank you"), &json!(true))
    );
    assert_eq!(put(&desks, "/tickets/1.json", &reply).await.status, 422);
    assert_eq!(put(&desks, "/tickets/2.json", &reply).await.status, 404);
}

#[tokio::test]
async fn search_is_late_and_takes_a_part_of_a_value_for_the_whole() {
    let desks = Desks::unlimited();
    let fields =
        |value: &str| with("custom_fields", json!([{ "name": "field_8", "value": value }]));
    open(&desks, &fields("12345")).await;
    open(&desks, &fields("123456")).await;
    let found = async |query: &str| {
        let answer = get(&desks, &format!("/tickets/search.json?{query}")).await;
        let tickets = answer.body["tickets"].as_array().unwrap().clone();
        tickets.iter().map(|ticket| ticket["id"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert!(found("fieldvalue=12345").await.is_empty());
    desks.clock.advance(std::time::Duration::from_secs(5));
    assert_eq!(found("fieldvalue=12345").await, [2, 1]);
    assert_eq!(found("fieldvalue=12345&created_order=asc").await, [1, 2]);
    assert_eq!(found("fieldvalue=123456").await, [2]);
    assert_eq!(found("query=CREATE&status=open,new").await, [2, 1]);
    assert!(found("status=open,solved").await.is_empty());
}

#[tokio::test]
async fn a_list_is_filtered_ordered_and_cut_into_pages() {
    let desks = Desks::unlimited();
    for _ in 0..3 {
        open(&desks, &example()).await;
        desks.clock.advance(std::time::Duration::from_mins(1));
    }
    let listed = async |query: &str| {
        let answer = get(&desks, &format!("/tickets.json?{query}")).await;
        let tickets = answer.body["tickets"].as_array().unwrap().clone();
        tickets.iter().map(|ticket| ticket["id"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(listed("").await, [1, 2, 3]);
    assert_eq!(listed("created_order=desc&per_page=2").await, [3, 2]);
    assert_eq!(listed("created_order=desc&per_page=2&page=2").await, [1]);
    assert_eq!(listed("created_start=2026-04-18%2018:01:00").await, [2, 3]);
    assert_eq!(listed("created_end=1776506400").await, [1]);
    assert_eq!(get(&desks, "/tickets.json?created_end=soon").await.status, 422);
    let page = get(&desks, "/tickets.json?per_page=2").await.body;
    assert_eq!((&page["count"], &page["previous_page"]), (&json!(3), &Value::Null));
    assert!(page["next_page"].as_str().unwrap().ends_with("page=2"));
}

#[tokio::test]
async fn a_wrong_key_and_a_right_that_is_missing_are_refused() {
    let desks = Desks::unlimited();
    let url = format!("{}/users/me.json", desks.sandbox.kf5().base_url().unwrap());
    for (user, password) in [("agent@example.org", "kf5-sandbox"), ("agent@example.org/token", "x")]
    {
        let request = desks.http.get(&url).basic_auth(user, Some(password));
        assert_eq!(read(request).await.status, 401);
    }
    assert_eq!(get(&desks, "/users/me.json").await.body["user"]["id"], 733);
    open(&desks, &example()).await;
    desks.sandbox.kf5().switch(serde_json::from_value(json!({ "role": "agent" })).unwrap());
    assert_eq!(get(&desks, "/tickets.json").await.status, 403);
    assert_eq!(read(call(&desks, Method::DELETE, "/tickets/1.json")).await.status, 403);
    assert_eq!(get(&desks, "/tickets/search.json").await.status, 200);
    assert_eq!(get(&desks, "/nowhere.json").await.status, 404);
}

#[tokio::test]
async fn the_admin_path_shows_tickets_and_takes_customers() {
    let desks = Desks::unlimited();
    let admin = desks.sandbox.kf5().admin_url().unwrap();
    let customers = json!({ "customers": [{ "email": "n@example.org", "name": "New" }] });
    let seeded = read(desks.http.post(format!("{admin}/customers")).json(&customers)).await;
    let seeded = seeded.body["customers"][0]["id"].clone();
    let key = "e915b8136583ba4477fd052f9a169a9f";
    let mut ticket = with("requester", json!("n@example.org"));
    ticket["ticket"]["custom_fields"] = json!([{ "name": "field_1", "value": key }]);
    assert_eq!(open(&desks, &ticket).await.body["ticket"]["requester_id"], seeded);
    let shown = read(desks.http.get(format!("{admin}/tickets?key={key}"))).await.body;
    assert_eq!(shown["count"], 1);
    assert_eq!(shown["tickets"][0]["customer"], "n@example.org");
    let calls = desks.sandbox.kf5().calls(0);
    assert_eq!((calls[0].key.as_deref(), calls[0].ticket.as_deref()), (Some(key), Some("1")));
    desks.sandbox.kf5().reset();
    assert!(desks.sandbox.kf5().tickets().is_empty());
}
