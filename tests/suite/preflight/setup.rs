//! `deskbell setup <desk>`.

use serde_json::{Value, json};

use super::{at_hubspot, check, words, world};

#[tokio::test]
async fn setup_makes_the_property_and_a_second_run_says_that_it_is_there() {
    let world = world();
    at_hubspot(&world.sandbox, &json!({ "key_property": false }));
    let rehearsed = world.json(&["setup", "crm", "--dry-run"]);
    let requests = rehearsed["requests"].as_array().unwrap();
    assert_eq!(requests.len(), 3, "{rehearsed}");
    assert_eq!(requests[2]["body"]["hasUniqueValue"], json!(true));
    assert!(!rehearsed.to_string().contains("pat-sandbox"), "{rehearsed}");
    assert!(world.sandbox.hubspot().calls(0).is_empty());

    let setup = || -> Value { world.json(&["setup", "crm"])["setup"]["ready"].clone() };
    assert_eq!(setup(), "made");
    let made = world.sandbox.hubspot().calls(0);
    assert_eq!(made.last().map(|call| (&*call.method, call.status)), Some(("POST", Some(201))));
    assert_eq!(setup(), "there");
    assert_eq!(check(&world, "crm").0, Some(0));
    let words = words(&world.cli(&["setup", "crm"]).stdout);
    assert_eq!(words, "crm: the ticket property `deskbell_key` is there\n");
}

#[tokio::test]
async fn setup_says_which_scope_the_token_lacks_and_what_can_be_sent_instead() {
    let world = world();
    let revoked = json!({ "key_property": false, "revoked_scopes": ["crm.schemas.tickets.write"] });
    at_hubspot(&world.sandbox, &revoked);
    let output = world.cli(&["setup", "crm"]);
    let told = words(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    for said in [
        "required scopes: crm.schemas.tickets.write",
        "Create property",
        "/crm/v3/properties/tickets",
        "\"hasUniqueValue\": true",
        "Bearer ***",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
    at_hubspot(&world.sandbox, &json!({ "revoked_scopes": [] }));
    assert_eq!(world.cli(&["setup", "crm"]).status.code(), Some(0));
}

#[tokio::test]
async fn a_wrong_property_of_that_name_is_told_and_left_alone() {
    let world = world();
    at_hubspot(&world.sandbox, &json!({ "key_property": false }));
    at_hubspot(&world.sandbox, &json!({ "with_properties": ["deskbell_key"] }));
    let output = world.cli(&["setup", "crm"]);
    let told = words(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("its values are not unique"), "{told}");
    let calls = world.sandbox.hubspot().calls(0);
    assert!(calls.iter().all(|call| call.method == "GET"), "{calls:?}");
}

#[tokio::test]
async fn where_nothing_can_be_made_setup_looks_and_says_what_a_person_does() {
    let world = world();
    let ready = |desk: &str| world.json(&["setup", desk])["setup"]["ready"].clone();
    assert_eq!((ready("support"), ready("china")), (json!("there"), json!("there")));
    // No ticket tells of custom fields yet.
    assert_eq!(ready("helpdesk"), "unknown");
    let missing = serde_json::from_value(json!({ "missing_fields": ["field_1"] })).unwrap();
    world.sandbox.kf5().switch(missing);
    let output = world.cli(&["setup", "china"]);
    let told = words(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("An administrator creates a text field"), "{told}");
}
