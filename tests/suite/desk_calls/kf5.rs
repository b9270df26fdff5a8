//! KF5's calls.

use std::fs;

use serde_json::{Value, json};

use super::{Desks, Said};

/// The simulated desks, and a KF5 desk `china` beside the example's.
fn start() -> Desks {
    let desks = Desks::start();
    let file = desks.folder.path().join("deskbell.toml");
    let url = desks.sandbox.kf5().base_url().unwrap();
    let desk = format!(
        "[desks.china]\nkind = \"kf5\"\nbase_url = \"{url}\"\nemail = \"agent@example.org\"\n\
         token = \"kf5-sandbox\"\nkey_field = \"field_1\"\n"
    );
    let example = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{desk}\n{example}")).unwrap();
    desks
}

async fn say(desks: &Desks, words: &[&str]) -> Said {
    desks.desk(&[&["china"], words].concat()).await
}

async fn json_of(desks: &Desks, words: &[&str]) -> Value {
    say(desks, &[words, &["--json"]].concat()).await.json()
}

async fn open(desks: &Desks, more: &[&str]) -> String {
    let words = ["ticket", "create", "--title", "Trouble", "--content", "It failed."];
    let opened = json_of(desks, &[&words, more].concat()).await;
    opened["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_kf5_ticket_is_opened_shown_changed_replied_to_and_deleted() {
    let desks = start();
    let file = desks.folder.path().join("log.txt");
    fs::write(&file, "a line").unwrap();
    let uploaded = json_of(&desks, &["upload", file.to_str().unwrap()]).await;
    assert_eq!(uploaded["name"], "log.txt");
    let id = open(
        &desks,
        &[
            "--email",
            "lea@acme.com",
            "--name",
            "Léa",
            "--type",
            "incident",
            "--priority",
            "high",
            "--tag",
            "payment",
            "--field",
            "field_4=SO-1",
            "--upload",
            uploaded["token"].as_str().unwrap(),
        ],
    )
    .await;
    let shown = json_of(&desks, &["ticket", "get", &id]).await;
    let told = json!([&shown["title"], &shown["type"], &shown["priority"], &shown["tags"]]);
    assert_eq!(told, json!(["Trouble", "incident", "high", ["payment"]]));
    assert_eq!(shown["custom_fields"][0], json!({ "name": "field_4", "value": "SO-1" }));
    let words = ["ticket", "update", &id, "--status", "pending", "--content", "We look."];
    assert_eq!(json_of(&desks, &words).await["status"], "pending");
    let comments = json_of(&desks, &["ticket", "comments", &id]).await;
    // Nobody is written to unless it is said.
    assert_eq!(
        (&comments[1]["content"], &comments[1]["public"]),
        (&json!("We look."), &json!(false))
    );
    let table = say(&desks, &["ticket", "list", "--created-order", "desc"]).await;
    assert!(table.out.contains("TITLE") && table.out.contains("Trouble"), "{}", table.out);
    let users = json_of(&desks, &["users", "lea@"]).await;
    assert_eq!(users[0]["id"], shown["requester_id"]);
    assert_eq!(say(&desks, &["ticket", "delete", &id]).await.code, Some(0));
    let gone = say(&desks, &["ticket", "get", &id]).await;
    assert_eq!(gone.code, Some(1));
    assert!(gone.aside.contains("no ticket"), "{}", gone.aside);
}

#[tokio::test]
async fn a_change_of_several_kf5_tickets_tells_of_each_what_came_of_it() {
    let desks = start();
    open(&desks, &[]).await;
    open(&desks, &["--assignee", "733"]).await;
    let results = json_of(&desks, &["ticket", "update", "1", "2", "--status", "solved"]).await;
    let expected = json!([
        { "id": "1", "success": false, "errors": "状态为已解决时,受理人不能为空" },
        { "id": "2", "success": true, "errors": null },
    ]);
    assert_eq!(results, expected);
    let alone = say(&desks, &["ticket", "update", "1", "--status", "solved"]).await;
    assert_eq!(alone.code, Some(1));
    assert!(alone.aside.contains("状态为已解决时"), "{}", alone.aside);
    let both = json_of(&desks, &["ticket", "get", "1", "2"]).await;
    assert_eq!((&both[0]["status"], &both[1]["status"]), (&json!("new"), &json!("solved")));
    assert_eq!(say(&desks, &["ticket", "delete", "1", "2"]).await.code, Some(0));
    assert_eq!(json_of(&desks, &["ticket", "list"]).await, json!([]));
}

#[tokio::test]
async fn kf5s_problems_incidents_agents_and_fields_are_listed() {
    let desks = start();
    let problem = open(&desks, &["--type", "problem"]).await;
    let incident = open(&desks, &["--type", "incident", "--problem", &problem]).await;
    assert_eq!(json_of(&desks, &["ticket", "problems"]).await[0]["id"], problem);
    assert_eq!(json_of(&desks, &["ticket", "incidents", &problem]).await[0]["id"], incident);
    let agents = json_of(&desks, &["ticket", "collaborators", &incident]).await;
    assert_eq!(agents.as_array().unwrap().len(), 2);
    assert_eq!(json_of(&desks, &["fields"]).await[1]["name"], "field_36");
    assert_eq!(json_of(&desks, &["users"]).await["email"], "agent@example.org");
    let lag = json!({ "search_lag_ms": 0 });
    desks.sandbox.kf5().switch(serde_json::from_value(lag).unwrap());
    let found = json_of(&desks, &["ticket", "search", "trouble", "--status", "new,open"]).await;
    assert_eq!(found.as_array().unwrap().len(), 2);
    let most = json_of(&desks, &["ticket", "list", "--per-page", "1", "--most", "1"]).await;
    assert_eq!(most.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_wrong_call_of_kf5_sends_nothing() {
    let desks = start();
    for (words, told) in [
        (&["ticket", "get", "1/2"][..], "is no id"),
        (&["ticket", "create", "--title", "t"], "--content or --html"),
        (&["ticket", "update", "1", "--status", "done"], "none of KF5's words"),
        (&["upload", "nowhere.txt"], "cannot be read"),
    ] {
        let said = say(&desks, words).await;
        assert_eq!(said.code, Some(2), "{words:?}: {}", said.aside);
        assert!(said.aside.contains(told), "{words:?}: {}", said.aside);
    }
    assert!(desks.sandbox.kf5().calls(0).is_empty());
}
