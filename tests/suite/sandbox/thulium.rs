//! Thulium: every documented call is accepted and answered in the documented shape.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{Answer, Desks, read};

impl Desks {
    fn thulium(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.sandbox.thulium().base_url().unwrap());
        self.http.request(method, url).basic_auth("api_user", Some("api_pass_sandbox"))
    }

    async fn ask_thulium(&self, path: &str) -> Answer {
        read(self.thulium(Method::GET, path)).await
    }

    async fn tell_thulium(&self, method: Method, path: &str, body: &Value) -> Answer {
        read(self.thulium(method, path).json(body)).await
    }

    async fn open_at_thulium(&self, subject: &str, key: &str) -> String {
        let body = json!({
            "to": "mailbox@foo.bar", "subject": subject, "body": "email content",
            "from": "john.doe@foo.bar", "custom_fields": { "deskbell_key": key },
        });
        let answer = self.tell_thulium(Method::POST, "/tickets", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["ticket_id"].to_string()
    }

    fn switch_thulium(&self, switches: Value) {
        self.sandbox.thulium().switch(serde_json::from_value(switches).unwrap());
    }
}

#[tokio::test]
async fn a_ticket_is_opened_read_and_listed_as_the_pages_show_it() {
    let desks = Desks::unlimited();
    let id = desks.open_at_thulium("ticket subject", "k-1").await;
    assert_eq!(id, "1232");
    let got = desks.ask_thulium("/tickets/1232?include_custom_fields=true").await.body;
    assert_eq!(got["ticket_id"], json!(1232));
    assert_eq!(got["custom_fields"]["deskbell_key"], "k-1");
    assert_eq!(got["custom_fields"]["ID"], Value::Null);
    assert_eq!(got["messages"][0]["type"], "MAIL");
    assert_eq!(got["created_at"], "2026-04-18 10:00");
    let listed = desks.ask_thulium("/tickets?limit=1&offset=0").await.body;
    assert_eq!((&listed["count"], &listed["result"][0]["ticket_id"]), (&json!(1), &json!("1232")));
    assert_eq!(listed["result"][0].get("custom_fields"), None);
    let [ticket] = &desks.sandbox.thulium().tickets()[..] else { panic!() };
    assert_eq!((ticket.key.as_deref(), ticket.status.as_str()), (Some("k-1"), "1"));
    assert_eq!(desks.sandbox.thulium().tickets_with("k-1").len(), 1);
}

#[tokio::test]
async fn one_key_sent_twice_makes_two_tickets() {
    let desks = Desks::unlimited();
    desks.open_at_thulium("a", "k").await;
    desks.open_at_thulium("b", "k").await;
    assert_eq!(desks.sandbox.thulium().tickets_with("k").len(), 2);
}

#[tokio::test]
async fn tickets_are_found_by_alternatives_of_custom_fields_and_in_order() {
    let desks = Desks::unlimited();
    for key in ["k-1", "k-2", "k-20"] {
        desks.open_at_thulium(key, key).await;
        desks.clock.advance(std::time::Duration::from_mins(1));
    }
    let subjects = |body: &Value| -> Vec<String> {
        let result = body["result"].as_array().unwrap().iter();
        result.map(|ticket| ticket["subject"].as_str().unwrap().to_owned()).collect()
    };
    let both = "/tickets?custom_fields[deskbell_key][0]=k-1&custom_fields[deskbell_key][1]=k-2";
    assert_eq!(subjects(&desks.ask_thulium(both).await.body), ["k-2", "k-1"]);
    let one = "/tickets?custom_fields[deskbell_key]=k-2&order=create_date";
    assert_eq!(subjects(&desks.ask_thulium(one).await.body), ["k-2"]);
    desks.switch_thulium(json!({ "loose_filter": true }));
    assert_eq!(subjects(&desks.ask_thulium(one).await.body), ["k-2", "k-20"]);
    desks.switch_thulium(json!({ "filter_lag_ms": 90_000 }));
    assert_eq!(subjects(&desks.ask_thulium(one).await.body), ["k-2"]);
    let day = "/tickets?create_date_from=2026-04-18%2010:01&date_to=2026-04-18&status_id[]=1";
    assert_eq!(subjects(&desks.ask_thulium(day).await.body), ["k-20", "k-2"]);
    let second = desks.ask_thulium("/tickets?limit=1&offset=1&order=create_date").await.body;
    assert_eq!((&second["count"], subjects(&second)), (&json!(3), vec!["k-2".to_owned()]));
}

#[tokio::test]
async fn a_ticket_is_changed_commented_and_closed_and_only_a_reply_is_an_e_mail() {
    let desks = Desks::unlimited();
    let id = desks.open_at_thulium("a", "k").await;
    let path = format!("/tickets/{id}");
    let body = json!({ "body": "Hello world." });
    let answer =
        desks.tell_thulium(Method::POST, &format!("{path}/customer_response"), &body).await;
    assert_eq!((answer.status.as_u16(), answer.body), (200, json!("")));
    let body = json!({ "content": "Among us." });
    desks.tell_thulium(Method::POST, &format!("{path}/comment"), &body).await;
    let body = json!({ "status_id": 4, "substatus_id": "5", "tags": ["x"] });
    assert_eq!(desks.tell_thulium(Method::PUT, &path, &body).await.status, 200);
    let got = desks.ask_thulium(&path).await.body;
    assert_eq!(got["full_status_name"], "Zamknięte - Rozwiązane");
    assert_eq!((&got["closed_at"], &got["tags"]), (&json!("2026-04-18 10:00"), &json!(["x"])));
    let kinds: Vec<_> =
        got["messages"].as_array().unwrap().iter().map(|it| it["type"].clone()).collect();
    assert_eq!(kinds, ["MAIL", "MAIL", "COMMENT"]);
    assert_eq!(desks.sandbox.thulium().tickets()[0].properties.get("emails"), None);

    let reply = json!({ "body": "Hello.", "user_login": "akowalski" });
    let answer = desks.tell_thulium(Method::POST, &format!("{path}/agent_response"), &reply).await;
    assert_eq!(answer.body, json!([]));
    assert_eq!(desks.sandbox.thulium().tickets()[0].properties["emails"], 1);
}

#[tokio::test]
async fn customers_are_made_and_found() {
    let desks = Desks::unlimited();
    let body = json!({ "surname": "Nowak", "email": "nowak@foo.bar", "identifier": "user_7" });
    let made = desks.tell_thulium(Method::POST, "/customers", &body).await.body;
    assert_eq!(made, json!({ "customer_id": 274 }));
    for query in ["identifier=user_7", "email=NOWAK@foo.bar"] {
        let found = desks.ask_thulium(&format!("/customers?{query}")).await.body;
        assert_eq!((&found["count"], &found["result"][0]["surname"]), (&json!(1), &json!("Nowak")));
    }
    assert_eq!(desks.ask_thulium("/customers/273").await.body["surname"], "Kowalski");
    assert_eq!(desks.ask_thulium("/customers?identifier=user").await.body["count"], 0);
}

#[tokio::test]
async fn the_systems_lists_are_answered() {
    let desks = Desks::unlimited();
    for (path, count) in
        [("/ticket_statuses", 4), ("/ticket_queues", 2), ("/ticket_categories", 3), ("/agents", 2)]
    {
        assert_eq!(desks.ask_thulium(path).await.body.as_array().unwrap().len(), count, "{path}");
    }
    assert_eq!(desks.ask_thulium("/agents/akowalski").await.body["surname"], "Kowalski");
}

#[tokio::test]
async fn what_is_not_there_or_not_allowed_is_refused_in_the_documented_body() {
    let desks = Desks::unlimited();
    let ticket = |member: &str, value: Value| {
        let mut body = json!({ "to": "mailbox@foo.bar", "subject": "s", "body": "b" });
        body[member] = value;
        body
    };
    for body in [
        ticket("to", json!("elsewhere@foo.bar")),
        ticket("subject", json!("")),
        ticket("body", Value::Null),
        ticket("body_type", json!("MARKDOWN")),
        ticket("direction", json!("in")),
        ticket("customer_id", json!(999)),
        ticket("status_id", json!(99)),
        ticket("tags", json!("a")),
        ticket("custom_fields", json!({ "nothing": "x" })),
    ] {
        let answer = desks.tell_thulium(Method::POST, "/tickets", &body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.body["request_id"].is_string());
        assert!(answer.body["errors"][0]["message"].is_string(), "{}", answer.body);
    }
    for (path, status) in [
        ("/tickets/7", 404),
        ("/nothing", 404),
        ("/tickets?limit=101", 400),
        ("/tickets?order=subject", 400),
        ("/tickets?date_from=yesterday", 400),
        ("/tickets?custom_fields[nothing]=x", 400),
    ] {
        assert_eq!(desks.ask_thulium(path).await.status, status, "{path}");
    }
    let url = format!("{}/tickets", desks.sandbox.thulium().base_url().unwrap());
    assert_eq!(read(desks.http.get(url).basic_auth("api_user", Some("x"))).await.status, 401);
    assert!(desks.sandbox.thulium().tickets().is_empty());
}
