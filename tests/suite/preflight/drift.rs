//! Every kind of drift is a fault with a cure, and none once it is mended.

use deskbell::sandbox::{Fault, FaultPlan, Operation, kf5::Kf5Switches, thulium::ThuliumSwitches};
use serde_json::{Value, json};

use super::{at_hubspot, check, subjects, words, world};
use crate::support::world::World;

#[tokio::test]
async fn a_sound_account_has_no_fault_and_is_only_asked() {
    let world = world();
    let output = world.cli(&["check", "--online"]);
    let told = words(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{told}{}", words(&output.stderr));
    for desk in ["support", "crm", "helpdesk", "china"] {
        assert!(told.contains(&format!("{desk}: 0 faults")), "{told}");
    }
    for secret in ["pat-sandbox", "sk_live_sandbox", "api_pass_sandbox", "kf5-sandbox"] {
        assert!(!told.contains(secret), "{told}");
    }
    let sandbox = &world.sandbox;
    let calls = [
        sandbox.supportdesk().calls(0),
        sandbox.hubspot().calls(0),
        sandbox.thulium().calls(0),
        sandbox.kf5().calls(0),
    ];
    for calls in calls {
        assert!((1..=12).contains(&calls.len()), "{calls:?}");
        let asks = |method: &str, operation| method == "GET" || operation == Operation::Whoami;
        assert!(calls.iter().all(|call| asks(&call.method, call.operation)), "{calls:?}");
    }
}

/// Changes the account, and back: in between there is one fault, of `subject`.
fn found(world: &World, drift: &Value, subject: &str, mended: &Value) {
    at_hubspot(&world.sandbox, drift);
    let (code, told) = check(world, "crm");
    assert_eq!(subjects(&told, "fault"), [subject], "{drift}: {told}");
    assert_eq!(code, Some(1), "{drift}");
    let finding = &told["findings"].as_array().unwrap().iter().find(|it| it["verdict"] == "fault");
    assert!(finding.unwrap()["cure"].is_string(), "{told}");
    assert!(!finding.unwrap()["used_by"].as_array().unwrap().is_empty(), "{told}");
    at_hubspot(&world.sandbox, mended);
    let (code, told) = check(world, "crm");
    assert_eq!((code, subjects(&told, "fault").len()), (Some(0), 0), "{mended}: {told}");
}

#[tokio::test]
async fn every_drift_at_hubspot_is_found_before_an_event_fails_of_it() {
    let world = world();
    let all = json!({ "priorities": ["LOW", "MEDIUM", "HIGH"] });
    let granted = json!({ "revoked_scopes": [] });
    for (drift, subject, mended) in [
        (json!({ "without_stages": ["1"] }), "stage `1`", json!({ "with_stages": ["1"] })),
        (
            json!({ "key_property": false }),
            "property `deskbell_key`",
            json!({ "key_property": true }),
        ),
        (
            json!({ "without_properties": ["order_id"] }),
            "property `order_id`",
            json!({ "with_properties": ["order_id"] }),
        ),
        (json!({ "priorities": ["MEDIUM", "HIGH"] }), "priority `LOW`", all),
        (
            json!({ "revoked_scopes": ["crm.objects.contacts.read"] }),
            "scope to read contacts",
            granted,
        ),
        (json!({ "without_stages": ["4"] }), "resolved stage `4`", json!({ "with_stages": ["4"] })),
    ] {
        found(&world, &drift, subject, &mended);
    }
    at_hubspot(&world.sandbox, &json!({ "without_stages": ["1"] }));
    let output = world.cli(&["check", "--online", "--desk", "crm"]);
    let told = words(&output.stdout);
    assert!(
        told.contains("HubSpot has no stage `1` in pipeline `0`: it has `2` Waiting"),
        "{told}"
    );
}

#[tokio::test]
async fn what_may_be_read_is_found_out_where_the_key_does_not_tell_its_scopes() {
    let world = world();
    at_hubspot(&world.sandbox, &json!({ "private_app": false }));
    let (code, told) = check(&world, "crm");
    assert_eq!((code, subjects(&told, "fault").len()), (Some(0), 0), "{told}");
    assert!(subjects(&told, "unknown").contains(&"scopes".to_owned()), "{told}");
    at_hubspot(&world.sandbox, &json!({ "revoked_scopes": ["crm.objects.contacts.read"] }));
    let (code, told) = check(&world, "crm");
    assert_eq!((code, subjects(&told, "fault")), (Some(1), vec!["scope to read contacts".into()]));
    assert!(told.to_string().contains("required scopes: crm.objects.contacts.read"), "{told}");
}

#[tokio::test]
async fn every_drift_at_kf5_is_found_before_an_event_fails_of_it() {
    let world = world();
    let switch = |switches: Value| {
        let switches: Kf5Switches = serde_json::from_value(switches).unwrap();
        world.sandbox.kf5().switch(switches);
    };
    for (drift, subject) in [
        (json!({ "required_fields": ["field_7"] }), "required field `field_7`"),
        (json!({ "missing_fields": ["field_1"] }), "field `field_1`"),
        (json!({ "missing_fields": ["field_124"] }), "field `field_124`"),
        (json!({ "groups": [166] }), "group `165`"),
    ] {
        switch(drift.clone());
        let (code, told) = check(&world, "china");
        assert_eq!((code, subjects(&told, "fault")), (Some(1), vec![subject.into()]), "{told}");
        switch(json!({ "required_fields": [], "missing_fields": [], "groups": [165] }));
        assert_eq!(check(&world, "china").0, Some(0), "{drift}");
    }
}

#[tokio::test]
async fn every_drift_at_thulium_is_found_before_an_event_fails_of_it() {
    let world = world();
    let switch = |switches: Value| {
        let switches: ThuliumSwitches = serde_json::from_value(switches).unwrap();
        world.sandbox.thulium().switch(switches);
    };
    switch(json!({ "missing_statuses": ["4"] }));
    let (code, told) = check(&world, "helpdesk");
    let resolved = "resolved status `4`".to_owned();
    assert_eq!((code, subjects(&told, "fault")), (Some(1), vec![resolved]), "{told}");
    let field = "custom field `deskbell_key`".to_owned();
    assert!(subjects(&told, "unknown").contains(&field), "{told}");
    switch(json!({ "missing_statuses": [] }));

    // A ticket tells of the custom fields that there are.
    let tickets = format!("{}/tickets", world.sandbox.thulium().base_url().unwrap());
    let ticket = json!({ "to": "mailbox@foo.bar", "subject": "s", "body": "b" });
    let client = reqwest::Client::new();
    let opened = client.post(tickets).basic_auth("api_user", Some("api_pass_sandbox"));
    assert!(opened.json(&ticket).send().await.unwrap().status().is_success());
    let (code, told) = check(&world, "helpdesk");
    assert_eq!((code, subjects(&told, "sound").contains(&field)), (Some(0), true), "{told}");
    switch(json!({ "without_custom_fields": ["deskbell_key"] }));
    let (code, told) = check(&world, "helpdesk");
    assert_eq!((code, subjects(&told, "fault")), (Some(1), vec![field]), "{told}");
}

#[tokio::test]
async fn a_key_that_is_no_longer_taken_is_the_one_fault() {
    let mut world = world();
    let plan = FaultPlan::none().on(Operation::Whoami, Fault::answer(401));
    world.sandbox.supportdesk().faults(plan);
    world.set("HUBSPOT_TOKEN", "pat-of-yesterday");
    for desk in ["support", "crm"] {
        let (code, told) = check(&world, desk);
        assert_eq!(code, Some(1), "{told}");
        assert_eq!(subjects(&told, "fault"), ["credentials"], "{told}");
        assert_eq!(told["findings"].as_array().unwrap().len(), 1, "{told}");
        assert!(!told.to_string().contains("pat-of-yesterday"), "{told}");
    }
}

#[tokio::test]
async fn a_desk_that_cannot_be_reached_is_said_so() {
    let mut world = world();
    world.set("HUBSPOT_URL", "http://127.0.0.1:9");
    let (code, told) = check(&world, "crm");
    assert_eq!((code, told["findings"].as_array().map(Vec::len)), (Some(1), Some(0)), "{told}");
    assert!(told["unreachable"].as_str().unwrap().contains("could not be reached"), "{told}");
    let output = world.cli(&["check", "--online"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(words(&output.stdout).contains("crm: cannot be asked"), "{}", words(&output.stdout));
}

#[tokio::test]
async fn a_wrong_call_is_told_from_a_desk_that_lacks_something() {
    let world = world();
    for arguments in [
        &["check", "--desk", "crm"][..],
        &["check", "--online", "--desk", "nowhere"],
        &["setup", "nowhere"],
        &["setup"],
    ] {
        let output = world.cli(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", words(&output.stderr));
    }
}
