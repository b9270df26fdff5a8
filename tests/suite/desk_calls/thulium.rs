//! `deskbell desk helpdesk …`: a Thulium system.

use std::fs;

use serde_json::json;

use super::Desks;

const HELPDESK: &str = r#"
[desks.helpdesk]
kind = "thulium"
base_url = "{url}"
user = "api_user"
password = "api_pass_sandbox"
mailbox = "mailbox@foo.bar"
pacing = [{ requests = 100, per = "1s" }]
"#;

/// Desks whose configuration has a Thulium too.
fn desks() -> Desks {
    let desks = Desks::start();
    let path = desks.folder.path().join("deskbell.toml");
    let url = desks.sandbox.thulium().base_url().unwrap();
    let config = fs::read_to_string(&path).unwrap() + &HELPDESK.replace("{url}", &url);
    fs::write(path, config).unwrap();
    desks
}

async fn open(desks: &Desks, subject: &str, more: &[&str]) -> String {
    let words = ["helpdesk", "ticket", "create", "--subject", subject, "--body", "b", "--json"];
    let made = desks.desk(&[&words, more].concat()).await.json();
    made["ticket_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_thulium_ticket_is_opened_shown_changed_commented_and_listed() {
    let desks = desks();
    let id = open(&desks, "Trouble", &["--tag", "a", "--custom-field", "ID=7"]).await;
    open(&desks, "Another", &["--custom-field", "ID=8"]).await;
    for words in [
        &["ticket", "update", &id, "--status", "4", "--substatus", "5"][..],
        &["ticket", "respond", &id, "--body", "Hello."],
        &["ticket", "comment", &id, "--text", "Among us."],
    ] {
        let said = desks.desk(&[&["helpdesk"], words].concat()).await;
        assert_eq!(said.code, Some(0), "{}", said.aside);
    }
    let shown = desks.desk(&["helpdesk", "ticket", "get", &id, "--json"]).await.json();
    assert_eq!(shown["full_status_name"], "Zamknięte - Rozwiązane");
    assert_eq!((&shown["tags"], &shown["custom_fields"]["ID"]), (&json!(["a"]), &json!("7")));
    assert_eq!(shown["messages"].as_array().unwrap().len(), 3);
    let listed = desks
        .desk(&["helpdesk", "ticket", "list", "--custom-field", "ID=7", "--custom-field", "ID=9"])
        .await;
    assert!(listed.out.contains("Trouble") && !listed.out.contains("Another"), "{}", listed.out);
    let all = desks.desk(&["helpdesk", "ticket", "list", "--most", "1", "--json"]).await.json();
    assert_eq!((all.as_array().unwrap().len(), &all[0]["ticket_id"]), (1, &json!(id)));
}

#[tokio::test]
async fn nobody_is_e_mailed_unless_the_call_says_so() {
    let desks = desks();
    open(&desks, "Quiet", &[]).await;
    assert_eq!(desks.sandbox.thulium().tickets()[0].properties.get("emails"), None);
    open(&desks, "Loud", &["--email-the-customer"]).await;
    assert_eq!(desks.sandbox.thulium().tickets()[1].properties["emails"], 1);
}

#[tokio::test]
async fn customers_and_lists_of_a_thulium_are_shown() {
    let desks = desks();
    let words = ["customer", "create", "--surname", "Nowak", "--identifier", "user_7", "--json"];
    let made = desks.desk(&[&["helpdesk"], &words[..]].concat()).await.json();
    let id = made["customer_id"].as_str().unwrap();
    let shown = desks.desk(&["helpdesk", "customer", "get", id, "--json"]).await.json();
    assert_eq!(shown["surname"], "Nowak");
    let found = desks.desk(&["helpdesk", "customer", "list", "--identifier", "user_7"]).await;
    assert!(found.out.contains("Nowak") && !found.out.contains("Kowalski"), "{}", found.out);
    let statuses = desks.desk(&["helpdesk", "statuses", "--json"]).await.json();
    let rows = statuses.as_array().unwrap();
    let closed = rows.iter().find(|row| row["id"] == "5").unwrap();
    assert_eq!((&closed["name"], &closed["part_of"]), (&json!("Rozwiązane"), &json!("4")));
    for list in ["queues", "categories", "agents"] {
        assert_eq!(desks.desk(&["helpdesk", list]).await.code, Some(0), "{list}");
    }
    let agent = desks.desk(&["helpdesk", "agents", "akowalski", "--json"]).await.json();
    assert_eq!(agent["name"], "Adam Kowalski");
}

#[tokio::test]
async fn what_a_thulium_does_not_have_or_take_ends_with_one() {
    let desks = desks();
    for (words, told) in [
        (&["ticket", "get", "99"][..], "no such ticket"),
        (&["customer", "get", "99"], "no such customer"),
        (&["ticket", "update", "99", "--status", "1"], "not found"),
        (&["ticket", "list", "--order", "subject"], "not ordered by [subject]"),
    ] {
        let said = desks.desk(&[&["helpdesk"], words].concat()).await;
        assert_eq!(said.code, Some(1), "{words:?}: {}", said.aside);
        assert!(said.aside.contains(told), "{words:?}: {}", said.aside);
    }
    let said = desks.desk(&["helpdesk", "ticket", "list", "--date-from", "yesterday"]).await;
    assert_eq!(said.code, Some(2), "{}", said.aside);
}
